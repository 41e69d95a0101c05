"""What becomes of a column's value in a copy of its row: SQL over `own` (a row) and `copy`.

`copy.number` counts the copies of a transaction, `copy.master` those of a party or item. With a
line goes `head`, the copy of its transaction, and `span`, where the lines of that one stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import Kind, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.schema import Column, Table

MASTERS = (
    "customer", "vendor", "contact", "customeraddressbook", "customeraddressbookentityaddress",
    "vendoraddressbook", "vendoraddressbookentityaddress", "customersubsidiaryrelationship",
    "vendorsubsidiaryrelationship", "companycontactrelationship", "entitynote", "item",
    "itemprice", "itemvendor", "itemmember", "itemsubsidiarymap", "map_item_subsidiary",
    "inventoryitemlocations", "itemlocationconfiguration", "inventorynumber", "inventorybalance",
    "bom", "bomrevision", "bomrevisioncomponentmember", "bomassembly",
)  # fmt: skip
TRADE = (
    "transaction", "transactionline", "nexttransactionlink", "nexttransactionlinelink",
    "inventoryassignment",
)  # fmt: skip
_LAST_EMPLOYEE = 12  # employees are not copied; their ids are the first of all entities'

# Columns that hold ids without being declared as references.
_LOOSE = {
    "addressbookaddress": "address",
    "defaultbillingaddress": "address",
    "defaultshippingaddress": "address",
    "billingaddress": "address",
    "shippingaddress": "address",
    "toplevelparent": "entity",
    "entitynumber": "entity",
}
_NAMES = {
    "customer": ("entityid", "companyname", "altname", "fullname"),
    "vendor": ("entityid", "companyname", "altname", "fullname", "legalname"),
    "customeraddressbookentityaddress": ("addressee",),
    "vendoraddressbookentityaddress": ("addressee",),
    "customersubsidiaryrelationship": ("name",),
    "vendorsubsidiaryrelationship": ("name",),
    "bom": ("name",),
    "bomrevision": ("name",),
}
# Texts that begin with a name, and the column that has it.
_LABELS = {
    ("customer", "defaultaddress"): "companyname",
    ("vendor", "defaultaddress"): "companyname",
    ("customeraddressbookentityaddress", "addrtext"): "addressee",
    ("vendoraddressbookentityaddress", "addrtext"): "addressee",
}
_CODES = {
    "customer": ("accountnumber",),
    "vendor": ("accountnumber",),
    "item": ("itemid", "fullname", "mpn", "vendorname", "upccode", "urlcomponent"),
    "inventorynumber": ("inventorynumber",),
}
_OF_HEAD = {
    "linecreateddate": "head.createddate",
    "linelastmodifieddate": "head.lastmodifieddate",
}


@dataclass(frozen=True, slots=True)
class Copying:
    """`times` is how often a transaction is there; `spans` the number of ids of each space."""

    times: int
    spans: Mapping[str, int]

    def value(self, table: Table, column: Column) -> str:
        """The value of `column` in a copy."""
        own = f"own.{quote(column.name)}"
        if table.name in TRADE:
            made = self._of_trade(table, column.name, own)
        else:
            made = _renamed(table.name, column.name, own)
        return made or self._shifted(_space(table, column), own)

    def _of_trade(self, table: Table, name: str, own: str) -> str | None:
        if name in _OF_HEAD:
            return _OF_HEAD[name]
        if name == "uniquekey":
            before = f"(span.first - 1) * {self.times} + copy.number * span.size"
            return f"{before} + {own} - span.first + 1"
        if name in ("createddate", "lastmodifieddate"):
            return self._moment(table, name, own)
        if table.name == "transaction" and name in _NUMBERED:
            return _NUMBERED[name].format(own=own, id=self.transaction("own.id"))
        return None

    def transaction(self, number: str) -> str:
        """The id that the copy of transaction `number` has: copies stand side by side."""
        return f"(({number} - 1) * {self.times} + copy.number + 1)"

    def newest(self, table: Table) -> str:
        """The largest transaction id that the copy of a row of the trade's tables has."""
        column = "nextdoc" if "nextdoc" in table.columns else owner(table)
        return self.transaction(f"own.{quote(column)}")

    def _shifted(self, space: str | None, own: str) -> str:
        if space is None:
            return own
        if space in TRADE:
            return self.transaction(own)
        moved = f"{own} + copy.master * {self.spans[space]}"
        if space == "entity":
            return f"CASE WHEN {own} > {_LAST_EMPLOYEE} THEN {moved} ELSE {own} END"
        return moved

    def _moment(self, table: Table, name: str, own: str) -> str:
        """The same day at another time: made in the morning, last touched in the afternoon."""
        number = self.newest(table)
        start, step = (28_800, 7919) if name == "createddate" else (46_800, 6007)
        return f"substr({own}, 1, 11) || time({start} + {number} * {step} % 18000, 'unixepoch')"


_BRANCH = "' (Branch ' || (copy.master + 1) || ')'"
_TRANID = "rtrim({own}, '0123456789') || (10000 + {id})"
_NUMBERED = {
    "tranid": _TRANID,
    "typebaseddocumentnumber": _TRANID,
    "trandisplayname": _TRANID,  # it ends with the number, too
    "transactionnumber": "CAST(20000 + {id} AS TEXT)",
    "number": "10000 + {id}",
}


def _renamed(table: str, name: str, own: str) -> str | None:
    """A name or code of a party or item: the copies' are those of its branches."""
    if name in _NAMES.get(table, ()):
        other = f"{own} || {_BRANCH}"
    elif title := _LABELS.get((table, name)):
        other = f"own.{title} || {_BRANCH} || substr({own}, length(own.{title}) + 1)"
    elif name in _CODES.get(table, ()):
        other = f"{own} || '-' || (copy.master + 1)"
    else:
        return None
    return f"CASE copy.master WHEN 0 THEN {own} ELSE {other} END"


def owner(table: Table) -> str:
    """The column of a table of the trade that says which transaction a row goes with."""
    if table.name == "transaction":
        return "id"
    return next(column.name for column in table.references if column.owned)


def _space(table: Table, column: Column) -> str | None:
    """The sequence of ids that the column's values are of, if these are copied."""
    if table.name not in (*MASTERS, *TRADE):
        return None
    if (column.name,) == table.key and column.kind is Kind.INTEGER:
        return table.space
    if column.name in _LOOSE:
        return _LOOSE[column.name]
    if column.target in ("customer", "vendor", "contact"):
        return "entity"
    return column.target if column.target in ("entity", *MASTERS, *TRADE) else None
