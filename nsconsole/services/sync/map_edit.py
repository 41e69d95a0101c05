"""A person's edit of the map: who may make it, and what it changes."""

from collections.abc import Sequence

from nsconsole.mapping import MappedTable, Parent
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
    return replace_map(workspace, tables)


def changes(before: Sequence[MappedTable], after: Sequence[MappedTable]) -> list[str]:
    """Say in lines what another map would change; none if nothing."""
    old = {table.name: table for table in before}
    new = {table.name: table for table in after}
    lines = [
        f"- {name}: no longer mirrored; the rows stay as they are"
        for name in old
        if name not in new
    ]
    lines += [
        f"+ {table.name}: {len(table.columns)} columns, {table.mode}, every {table.tier} minutes"
        for table in after
        if table.name not in old
    ]
    for name in (name for name in new if name in old):
        lines += [f"~ {name}: {what}" for what in _table_changes(old[name], new[name])]
    if not lines and list(old) != list(new):
        lines.append("~ the order of the tables")
    return lines


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
