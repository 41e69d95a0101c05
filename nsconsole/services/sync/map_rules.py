"""What a map must be like, whoever wrote it: each broken rule is a sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence

from nsconsole.mapping import TIERS, Kind, MappedTable, Mode, Parent, is_name
from nsconsole.store.tables import metadata

_MOST_COLUMNS = 1990  # SQLite takes 2,000, and the mirror adds its own
_OURS = "_ns_"  # how the columns begin that the mirror adds
_KEY_KINDS = (Kind.INTEGER, Kind.TEXT)  # those that every database puts into an order of its own


def broken_rules(tables: Sequence[MappedTable]) -> list[str]:
    """Check a whole map; nothing is wrong with it if the list is empty."""
    known = {table.name: table for table in tables}
    repeated = [f"[{name}]: stands twice" for name in _repeated([table.name for table in tables])]
    return repeated + [
        f"[{table.name}] {rule}" for table in tables for rule in _broken_by(table, known)
    ]


def _broken_by(table: MappedTable, known: dict[str, MappedTable]) -> Iterator[str]:
    yield from _name_rules(table, known)
    yield from _column_rules(table)
    yield from _key_rules(table)
    yield from _cursor_rules(table)
    if table.tier not in TIERS:
        yield f"tier: must be one of {', '.join(map(str, TIERS))}"
    if table.parent:
        yield from _parent_rules(table, table.parent, known)
    yield from _tracking_rules(table)


def _name_rules(table: MappedTable, known: dict[str, MappedTable]) -> Iterator[str]:
    if not is_name(table.name):
        yield "cannot be the name of a table: letters, digits and _, in lower case"
    if table.mirror in metadata.tables:
        yield f"cannot be mirrored: {table.mirror} is a table of nsconsole's own"
    base = table.name.removesuffix("_live")
    if base != table.name and base in known:
        yield f"cannot be mirrored beside {base}, whose view has the name {table.mirror}"


def _column_rules(table: MappedTable) -> Iterator[str]:
    names = [column.name for column in table.columns]
    if not names:
        yield "columns: there are none"
    if len(names) > _MOST_COLUMNS:
        yield f"columns: {len(names):,} are too many; {_MOST_COLUMNS:,} have room"
    for name in _repeated(names):
        yield f"columns: {name} stands twice"
    for name in names:
        if not is_name(name):
            yield f"columns: {name} cannot be a name: letters, digits and _, in lower case"
        elif name.startswith(_OURS):
            yield f"columns: {name} cannot be a name: {_OURS}… are columns of nsconsole's own"


def _key_rules(table: MappedTable) -> Iterator[str]:
    if not table.key:
        yield "key: needs at least one column"
    for name in _repeated(table.key):
        yield f"key: {name} stands twice"
    kinds = {column.name: column.kind for column in table.columns}
    for name in table.key:
        if name not in kinds:
            yield f"key: {name} is not one of its columns"
        elif kinds[name] not in _KEY_KINDS:
            yield f"key: {name} must be integer or text, not {kinds[name]}"


def _cursor_rules(table: MappedTable) -> Iterator[str]:
    kinds = {column.name: column.kind for column in table.columns}
    if table.cursor is None:
        if table.mode is Mode.INCREMENTAL and table.parent is None:
            yield "cursor: the mode incremental needs one, or a parent that has one"
    elif table.cursor not in kinds:
        yield f"cursor: {table.cursor} is not one of its columns"
    elif kinds[table.cursor] is not Kind.DATETIME:
        yield f"cursor: {table.cursor} must be datetime, not {kinds[table.cursor]}"


def _parent_rules(
    table: MappedTable, parent: Parent, known: dict[str, MappedTable]
) -> Iterator[str]:
    owner = known.get(parent.table)
    if owner is None or owner is table:
        yield f"parent: {parent.table} is not another table of the map"
    elif len(owner.key) != 1:
        yield f"parent: {owner.name} has a key of several columns"
    elif table.mode is Mode.INCREMENTAL and owner.cursor is None:
        yield f"parent: {owner.name} has no cursor, which would tell whose rows changed"
    elif table.name in _owners(owner, known):
        yield f"parent: {owner.name} belongs to {table.name} in its turn"
    if parent.column not in {column.name for column in table.columns}:
        yield f"parent: {parent.column} is not one of its columns"


def _owners(table: MappedTable, known: dict[str, MappedTable]) -> set[str]:
    """Give the names of a table's parent, of its parent, and so on."""
    found: set[str] = set()
    while table.parent and table.parent.table in known and table.parent.table not in found:
        found.add(table.parent.table)
        table = known[table.parent.table]
    return found


def _tracking_rules(table: MappedTable) -> Iterator[str]:
    if table.tracked_as and len(table.key) != 1:
        yield "tracked_as: deletedrecord knows rows by one number, and the key has several columns"
    for name in table.tracked_as:
        if not is_name(name):
            yield f"tracked_as: {name} cannot be a script id: letters, digits and _, in lower case"


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
