"""Which columns of a table a phase can have: those that a probe finds NetSuite to give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nsconsole.catalog import Reason, kind_of
from nsconsole.mapping import Column, Kind
from nsconsole.services.coverage.learning import Probed, add_columns, keep
from nsconsole.services.coverage.probing import discover, probe
from nsconsole.services.phases.choosing import TableGap
from nsconsole.services.phases.plan import LeftOut
from nsconsole.services.phases.shaping import Given
from nsconsole.services.sync.asking import Asker
from nsconsole.services.workspace import Workspace

MOST_COLUMNS = 1990
"""What SQLite has room for in a table, beside the mirror's own columns."""

_NUMBERED = ("id", "internalid", "key", "uniquekey", "nkey", "primarykey")
_LARGE = "clob"
_OURS = "_ns_"  # how the columns begin that the mirror adds


@dataclass(frozen=True, slots=True)
class Columns:
    """What NetSuite gives of a table, what is left out, and the share of rows that has a value."""

    given: tuple[Given, ...]
    left_out: tuple[LeftOut, ...]
    fills: Mapping[str, float]


def find_columns(workspace: Workspace, gap: TableGap, asker: Asker, *, mapped: int) -> Columns:
    """Probe what the mirror lacks of a table, of which it has `mapped` columns already.

    What is found goes into the catalog. Raises TableRefusedError, and NetSuiteError for what is
    about neither the columns nor the table.
    """
    named = [row for row in gap.columns if not row.name.startswith(_OURS)]
    known = {row.name: _given(row.name, row.kind, row.refers_to, row.native_type) for row in named}
    if not gap.described:
        known = _discovered(workspace, gap, known, asker)
    probed = _probed(gap.name, [each.column for each in known.values()], asker)
    keep(workspace, gap.name, probed, kinds=_other_kinds(gap, known))
    given = [replace(known[p.column], full=p.filled == p.sampled) for p in probed if p.queryable]
    refused = [
        LeftOut(gap.name, p.column, p.reason or Reason.NOT_QUERYABLE, p.detail)
        for p in probed
        if not p.queryable
    ]
    fills = {p.column: (p.filled or 0) / p.sampled for p in probed if p.sampled}
    kept = _fullest(given, fills, MOST_COLUMNS - mapped)
    names = {each.column.name for each in kept}
    crowded_out = [
        LeftOut(gap.name, each.column.name, Reason.NEVER_PLANNED, "the mirror has no room for it")
        for each in given
        if each.column.name not in names
    ]
    ours = [
        LeftOut(gap.name, row.name, Reason.BAD_NAME, f"{_OURS}… are columns of the mirror's own")
        for row in gap.columns
        if row.name.startswith(_OURS)
    ]
    return Columns(tuple(kept), (*ours, *refused, *crowded_out), fills)


def _given(name: str, kind: Kind, refers_to: str | None = None, native_type: str = "") -> Given:
    large = _LARGE in native_type.lower()
    return Given(Column(name, kind), full=False, refers_to=refers_to, large=large)


def _discovered(
    workspace: Workspace, gap: TableGap, known: Mapping[str, Given], asker: Asker
) -> dict[str, Given]:
    """Look into the rows of a table whose columns no source that knows of queries tells."""
    facts = discover(asker, gap.name)
    add_columns(workspace, gap.name, facts)
    seen = {fact.name: kind_of(fact.native_type) or Kind.TEXT for fact in facts}
    found = {name: _numbered(each, seen) for name, each in known.items()}
    new = {name: kind for name, kind in seen.items() if name not in found}
    return found | {n: _given(n, kind) for n, kind in new.items() if not n.startswith(_OURS)}


def _numbered(each: Given, seen: Mapping[str, Kind]) -> Given:
    """Take ids for the numbers that they are: the record service calls every one a text."""
    column = each.column
    is_id = column.name in _NUMBERED or each.refers_to is not None
    if column.kind is Kind.TEXT and is_id and seen.get(column.name, Kind.INTEGER) is Kind.INTEGER:
        return replace(each, column=Column(column.name, Kind.INTEGER))
    return each


def _other_kinds(gap: TableGap, known: Mapping[str, Given]) -> dict[str, Kind]:
    thought = {row.name: row.kind for row in gap.columns}
    kinds = {name: each.column.kind for name, each in known.items()}
    return {name: kind for name, kind in kinds.items() if thought.get(name, kind) is not kind}


def _probed(table: str, columns: Sequence[Column], asker: Asker) -> list[Probed]:
    """Probe columns; those that failed without being named are asked for once more."""
    found = {each.column: each for each in probe(asker, table, columns)}
    doubtful = [column for column in columns if found[column.name].unnamed]
    if doubtful:
        found |= {each.column: each for each in probe(asker, table, doubtful)}
    return list(found.values())


def _fullest(given: Sequence[Given], fills: Mapping[str, float], room: int) -> Sequence[Given]:
    """Keep as many columns as there is room for, the fullest, in their order."""
    if len(given) <= room:
        return given
    by_fill = sorted(given, key=lambda each: -fills.get(each.column.name, 0))
    names = {each.column.name for each in by_fill[:room]}
    return [each for each in given if each.column.name in names]
