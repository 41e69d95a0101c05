"""Address books, and the addresses that they, the transactions and the warehouses share.

An address is known by its `nkey`, which is unique among all of them.
"""

from __future__ import annotations

from nsconsole.sandbox.schema import Table, table

_ADDRESS = """
    nkey integer*, addressee text, attention text, addr1 text, addr2 text, addr3 text,
    city text, state text, zip text, country text, addrphone text, addrtext memo,
    lastmodifieddate datetime*, dropdownstate text*, override boolean, recordowner integer*
"""
_COLUMNS = (
    "nkey, addressee, attention, addr1, addr2, addr3, city, state, zip, country, addrphone, "
    "addrtext, lastmodifieddate, dropdownstate, override, recordowner"
)
_BOOK = """
    internalid integer*, entity =>{owner}, addressbookaddress integer*, label text,
    defaultbilling boolean, defaultshipping boolean, isresidential boolean, externalid text
"""
_OWNERS = ("customer", "vendor", "employee")


def _book(owner: str) -> Table:
    return table(
        f"{owner}addressbook", _BOOK.format(owner=owner), label="label", key=("internalid",)
    )


def _addresses(name: str) -> Table:
    return table(name, _ADDRESS, label="addr1", key=("nkey",), space="address")


def _same_addresses(name: str, *sources: str) -> Table:
    """A table that shows the addresses of others."""
    view = " UNION ALL ".join(f"SELECT {_COLUMNS} FROM {source}" for source in sources)  # noqa: S608 - constants above
    return table(name, _ADDRESS, label="addr1", key=("nkey",), view=view)


ADDRESSES: tuple[Table, ...] = (
    *(_book(owner) for owner in _OWNERS),
    *(_addresses(f"{owner}addressbookentityaddress") for owner in _OWNERS),
    _same_addresses("entityaddress", *(f"{owner}addressbookentityaddress" for owner in _OWNERS)),
    _same_addresses("transactionbillingaddress", "customeraddressbookentityaddress"),
    _same_addresses("transactionshippingaddress", "customeraddressbookentityaddress"),
    _addresses("locationmainaddress"),
    _addresses("subsidiarymainaddress"),
)
"""The tables of addresses."""
