"""Side tables with the names of NetSuite's own: their columns are drawn by the account's seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from nsconsole.sandbox.generated.families import COMMON, FAMILIES, Family
from nsconsole.sandbox.schema import Access, Column, Table, make_table, table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_HIDDEN = {"payrollitem", "oauthtoken", "generaltoken", "deviceid", "paymentcard",
           "paymentcardtoken", "usrauditlog"}  # fmt: skip
"""What the integration's role may not see."""

RECORDED: frozenset[str] = frozenset(
    name for family in FAMILIES if family.recorded for name in family.names.split()
)
"""Those that are record types of the record service too."""


def standard_tables(seed: int, present: Collection[str]) -> Iterator[Table]:
    """Every side table whose name is not among those present."""
    rng = Random(f"{seed} side tables")  # noqa: S311 - believable data, no secret
    common = _columns(COMMON)
    for family in FAMILIES:
        always = _columns(family.always)
        pool = {**_columns(family.sometimes), **common}
        optional = [column for name, column in pool.items() if name not in always]
        for name in family.names.split():
            chosen = rng.sample(optional, round(len(optional) * rng.uniform(0.5, 0.95)))
            if name not in present:
                yield _made(name, family, [*always.values(), *chosen])


def _columns(declaration: str) -> dict[str, Column]:
    return table("", declaration, key=(declaration.split(maxsplit=1)[0],)).columns


def _made(name: str, family: Family, columns: list[Column]) -> Table:
    names = [column.name for column in columns]
    return make_table(
        name,
        columns,
        label=next(each for each in ("name", "title", "scriptid") if each in names),
        key=(names[0],),
        access=Access.NO_PERMISSION if name in _HIDDEN else Access.OPEN,
        feature=family.feature,
    )
