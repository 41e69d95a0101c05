"""A person's edit of the map: who may make it, and what it changes."""

from collections.abc import Iterator, Sequence

from nsconsole.mapping import MappedTable, Parent
from nsconsole.services.audit_trail import Entry
from nsconsole.services.errors import RefusedError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.sync.sync_map import MapChange, load_map, replace_map
from nsconsole.services.workspace import Workspace

_SETTINGS = ("key", "mode", "tier", "cursor", "tracked_as", "parent")


def edit_map(
    workspace: Workspace,
    authority: Authority,
    tables: Sequence[MappedTable],
    *,
    instead_of: Sequence[MappedTable],
) -> MapChange:
    """Put a whole map in the place of the one that it was made from (admin).

    Raises RefusedError also if that one is no longer the present map, and BadInputError for a map
    that cannot be.
    """
    with workspace.database.reading() as connection:
        require(connection, authority, Role.ADMIN)
    if list(tables) == list(instead_of):
        return MapChange((), (), ())
    if [entry.table for entry in load_map(workspace)] != list(instead_of):
        raise RefusedError("somebody else changed the map meanwhile; look at it again")
    told = _entries(authority.operator.name, instead_of, tables)
    return replace_map(workspace, tables, told=told)


def changes(before: Sequence[MappedTable], after: Sequence[MappedTable]) -> list[str]:
    """Say in lines what another map would change; none if nothing."""
    lines = [
        f"{mark} {name}: {what}"
        for mark, name, whats in _differences(before, after)
        for what in whats
    ]
    return lines or _reordering(before, after)


def _differences(
    before: Sequence[MappedTable], after: Sequence[MappedTable]
) -> Iterator[tuple[str, str, list[str]]]:
    """Give each table that goes, comes or changes: its mark, its name, and what changes."""
    old = {table.name: table for table in before}
    new = {table.name: table for table in after}
    for name in (name for name in old if name not in new):
        yield "-", name, ["no longer mirrored; the rows stay as they are"]
    for name, table in new.items():
        if name not in old:
            columns = len(table.columns)
            yield "+", name, [f"{columns} columns, {table.mode}, every {table.tier} minutes"]
    for name in (name for name in new if name in old):
        if whats := _table_changes(old[name], new[name]):
            yield "~", name, whats


def _reordering(before: Sequence[MappedTable], after: Sequence[MappedTable]) -> list[str]:
    moved = [table.name for table in before] != [table.name for table in after]
    return ["~ the order of the tables"] if moved else []


def _entries(by: str, before: Sequence[MappedTable], after: Sequence[MappedTable]) -> list[Entry]:
    entries = [
        Entry(by, "map_edited", f"map:{name}", {"changes": whats})
        for _, name, whats in _differences(before, after)
    ]
    return entries or [Entry(by, "map_edited", "map", {"changes": _reordering(before, after)})]


def _table_changes(old: MappedTable, new: MappedTable) -> list[str]:
    if old == new:
        return []
    lines = _column_changes(old, new)
    for word in _SETTINGS:
        before, after = getattr(old, word), getattr(new, word)
        if before != after:
            lines.append(f"{word} is {_told(after)}, was {_told(before)}")
    if old.key_columns != new.key_columns:
        lines.append(f"pulled anew for its key; {new.mirror} is kept under another name")
    return lines or ["the order of its columns"]


def _column_changes(old: MappedTable, new: MappedTable) -> list[str]:
    before = {column.name: column.kind for column in old.columns}
    after = {column.name: column.kind for column in new.columns}
    lines = [f"- column {name}" for name in before if name not in after]
    for name, kind in after.items():
        if name not in before:
            lines.append(f"+ column {name}, {kind}")
        elif before[name] is not kind:
            lines.append(f"column {name} is {kind}, was {before[name]}")
    return lines


def _told(value: object) -> str:
    if isinstance(value, Parent):
        return f"{value.table} by {value.column}"
    if isinstance(value, tuple):
        return ", ".join(value) or "nothing"
    return "nothing" if value is None else str(value)
