"""The lines of transactions: added, changed and removed through the sublists of a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.restlet.fields import (
    RefusedError,
    brief,
    changed_values,
    check_references,
    stored_value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.restlet.records import RecordType, Sublist
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Column
    from nsconsole.sandbox.values import Stored

CENT = 2
"""The decimals of an amount."""

_SIGNED = ("quantity", "foreignamount")


def edit(
    rows: Rows,
    kind: RecordType,
    head: Mapping[str, Stored],
    sublists: Mapping[str, list[dict[str, object]]],
    at: str,
    *,
    fresh: bool,
) -> None:
    """Add, change and remove lines of the transaction `head`.

    In a transaction that is not `fresh`, a line that says its `line` (its id within the
    transaction) changes that one, or takes it away if it says `"remove": true`; every other is
    added, under an id that no line of the transaction has had. A line that goes leaves no trace
    in `deletedrecord`.

    Raises:
        RefusedError: unknown sublist, line or field, or a bad value.
    """
    for name, given in sublists.items():
        sublist = kind.sublists.get(name)
        if sublist is None:
            raise RefusedError("SSS_INVALID_SUBLIST_ID", f"The sublist {name} is invalid.")
        editor = _Editor(rows, sublist, head, at)
        for line in given:
            editor.edit(line, fresh=fresh)


def rebook(rows: Rows, head: Mapping[str, Stored], before: Mapping[str, Stored]) -> None:
    """Let the lines follow another exchange rate or entity of their header."""
    rows.connection.execute(
        """UPDATE transactionline SET netamount = round(foreignamount * ?, 2)
           WHERE "transaction" = ?""",
        (head["exchangerate"], head["id"]),
    )
    was: dict[str, Stored] = {"transaction": head["id"], "entity": before["entity"]}
    rows.change("transactionline", {"entity": head["entity"]}, was)


def insert_line(
    rows: Rows, head: Mapping[str, Stored], number: int, line: Mapping[str, Stored], at: str
) -> None:
    """Add a line under that number; the main line is number 0."""
    row: dict[str, Stored] = {
        "uniquekey": rows.next_id(rows.tables["transactionline"].space),
        "transaction": head["id"],
        "id": number,
        "linesequencenumber": number,
        "taxline": "F",
        "isclosed": "F",
        "entity": head["entity"],
        "subsidiary": _subsidiary(rows, head),
        "linecreateddate": at,
        "linelastmodifieddate": at,
        **line,
    }
    rows.insert("transactionline", rows.fitting("transactionline", row))


@dataclass(frozen=True, slots=True)
class _Editor:
    """Edits the lines of one sublist of the transaction `head`."""

    rows: Rows
    sublist: Sublist
    head: Mapping[str, Stored]
    at: str

    def edit(self, line: Mapping[str, object], *, fresh: bool) -> None:
        present = None if fresh or line.get("line") is None else self._present(line)
        if line.get("remove") is True:
            self._remove(present, line)
            return
        given = _stored_line(self._columns, self.sublist, line)
        if present is None:
            self._add(given)
        else:
            self._change(present, given)

    @property
    def _columns(self) -> Mapping[str, Column]:
        return self.rows.tables["transactionline"].columns

    def _present(self, line: Mapping[str, object]) -> dict[str, Stored]:
        """The line of that id, if it is one of the sublist's."""
        lines = self.rows.connection.execute(
            """SELECT * FROM transactionline WHERE "transaction" = ? AND mainline = 'F'""",
            (self.head["id"],),
        ).fetchall()
        for row in lines:
            of_sublist = ("item" in self.sublist.columns) is (row["item"] is not None)
            if of_sublist and str(row["id"]) == str(line["line"]):
                return dict(row)
        raise RefusedError(
            "SSS_INVALID_SUBLIST_OPERATION",
            f"There is no line {brief(line['line'])} in the sublist.",
        )

    def _add(self, given: dict[str, Stored]) -> None:
        _check_mandatory(self.sublist, given)
        check_references(self.rows, self._columns, given)
        line = _item_defaults(self.rows, self.sublist, given) | given
        line = _priced(line, given, self.head)
        line |= {"mainline": "F", "accountinglinetype": self.sublist.linetype}
        insert_line(self.rows, self.head, _next_number(self.rows, self.head), line, self.at)

    def _change(self, row: dict[str, Stored], given: dict[str, Stored]) -> None:
        changed = changed_values(row, given)
        check_references(self.rows, self._columns, changed)
        if "item" in changed:
            sourced = _item_defaults(self.rows, self.sublist, changed)
            given = {**sourced, "quantity": row["quantity"], **given}
        line = {**row, **given}
        _check_mandatory(self.sublist, line)
        line = _priced(line, given, self.head) | {"linelastmodifieddate": self.at}
        line = self.rows.fitting("transactionline", line)
        self.rows.change("transactionline", line, {"uniquekey": row["uniquekey"]})

    def _remove(self, row: Mapping[str, Stored] | None, line: Mapping[str, object]) -> None:
        if row is None or set(line) != {"line", "remove"}:
            raise RefusedError(
                "SSS_INVALID_SUBLIST_OPERATION", "A line to remove is named by its line alone."
            )
        self.rows.connection.execute(
            "INSERT INTO sandbox_sequence VALUES (?1, ?2) "
            "ON CONFLICT (space) DO UPDATE SET last = max(last, ?2)",
            (_numbers(self.head), row["id"]),
        )
        self.rows.remove("transactionline", {"uniquekey": row["uniquekey"]})


def _stored_line(
    columns: Mapping[str, Column], sublist: Sublist, line: Mapping[str, object]
) -> dict[str, Stored]:
    """The line's fields as columns; what is sold is booked with a negative sign."""
    given: dict[str, Stored] = {}
    for name, value in line.items():
        if name == "line" or (name == "remove" and value is False):
            continue
        column = columns.get(_column_name(columns, sublist, name))
        stored = stored_value(name, column, value)
        assert column is not None  # noqa: S101 - stored_value refuses an unknown field
        if column.name in _SIGNED and isinstance(stored, int | float):
            stored = sublist.sign * stored
        given[column.name] = stored
    return given


def _column_name(columns: Mapping[str, Column], sublist: Sublist, name: str) -> str:
    """Where a field of a line is kept; a custom field of lines is kept under its own name."""
    own = name if name in columns and columns[name].custom else ""
    return sublist.columns.get(name, own)


def _check_mandatory(sublist: Sublist, line: Mapping[str, Stored]) -> None:
    missing = [name for name in sublist.mandatory if line.get(sublist.columns[name]) is None]
    if missing:
        raise RefusedError("USER_ERROR", f"Please enter value(s) for: {', '.join(missing)}")


def _item_defaults(rows: Rows, sublist: Sublist, given: Mapping[str, Stored]) -> dict[str, Stored]:
    """What choosing an item fills in: its type, unit, description, price and a quantity of one."""
    price = "baseprice" if sublist.sign < 0 else "cost"
    sourced = {"itemtype": "itemtype", "units": "stockunit", "memo": "displayname", "rate": price}
    item = rows.record("item", given.get("item"), *sourced.values())
    if not item:
        return {}
    line = {name: item.get(source) for name, source in sourced.items()}
    return {**line, "quantity": float(sublist.sign)}


def _priced(
    line: dict[str, Stored], given: Mapping[str, Stored], head: Mapping[str, Stored]
) -> dict[str, Stored]:
    """`line` with the amount that its given quantity, rate, debit or credit make."""
    quantity, rate = _number(line, "quantity"), _number(line, "rate")
    if line.get("debitforeignamount") is not None or line.get("creditforeignamount") is not None:
        amount = _number(line, "debitforeignamount") - _number(line, "creditforeignamount")
    elif given.get("foreignamount") is not None:
        amount = _number(line, "foreignamount")
        if "rate" not in given and quantity:
            rate = amount / quantity
    elif quantity or rate:
        amount = quantity * rate
    else:
        amount = _number(line, "foreignamount")
    amount = round(amount, CENT)
    net = round(amount * _number(head, "exchangerate"), CENT)
    priced: dict[str, Stored] = {"foreignamount": amount, "netamount": net}
    return line | priced | ({"rate": rate} if line.get("item") is not None else {})


def _number(line: Mapping[str, Stored], name: str) -> float:
    value = line.get(name)
    return float(value) if value is not None else 0.0


def _next_number(rows: Rows, head: Mapping[str, Stored]) -> int:
    """A number that no line of the transaction has had."""
    (number,) = rows.connection.execute(
        """SELECT 1 + max(
               (SELECT coalesce(max(id), 0) FROM transactionline WHERE "transaction" = ?),
               (SELECT coalesce(max(last), 0) FROM sandbox_sequence WHERE space = ?))""",
        (head["id"], _numbers(head)),
    ).fetchone()
    return int(number)


def _numbers(head: Mapping[str, Stored]) -> str:
    return f"lines of transaction {head['id']}"


def _subsidiary(rows: Rows, head: Mapping[str, Stored]) -> Stored:
    """That of the other lines, or of the party."""
    present = rows.tables["transactionline"].columns
    if "subsidiary" not in present:
        return None
    other = rows.one("transactionline", ("subsidiary",), {"transaction": head["id"]})
    if other is not None:
        return str(other[0]) if isinstance(other[0], str) else other[0]
    party = rows.record("vendor", head["entity"], "subsidiary") or rows.record(
        "customer", head["entity"], "subsidiary"
    )
    return party.get("subsidiary") or 1
