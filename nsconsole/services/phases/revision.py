"""The migration of a phase: a revision of Alembic's, made from what differs, and its SQL.

What Alembic finds missing between the true schema and the wanted one becomes the revision; nothing
that is there is ever dropped or made narrower by it. It is written for every database, not only for
SQLite, and can be taken back: a downgrade drops what the upgrade made.
"""

import hashlib
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection

from nsconsole.mapping import MappedTable
from nsconsole.store import phase_schema

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations import ops

_TEMPLATE = '''\
"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down_revision!r}
branch_labels = None
depends_on = None

# SQLite's own words for them where it is SQLite, since the mirror's types are looked up by these.
INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REAL = sa.Double().with_variant(sa.REAL(), "sqlite")
TEXT = sa.Text()


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''


@dataclass(frozen=True, slots=True)
class Revision:
    """The text of a revision."""

    number: int
    name: str
    text: str

    @property
    def digest(self) -> str:
        """What tells this text from any other."""
        return digest(self.text)


def digest(text: str) -> str:
    """Give the SHA-256 of a revision's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def make(
    connection: Connection, tables: Sequence[MappedTable], *, number: int, name: str, title: str
) -> Revision:
    """Write the revision that makes the mirrors of `tables` as these want them.

    `name` is the phase's, such as 104_phase2_expand_ns_columns.
    """
    script = _difference(connection, tables)
    before = {t.name: phase_schema.true_columns(connection, t.mirror) for t in tables}
    _add_views(script, tables, before)
    down = phase_schema.applied_revisions(connection)
    text = _TEMPLATE.format(
        title=title.replace("\\", "").replace('"', "'"),
        revision=str(number),
        down_revision=tuple(down) if len(down) > 1 else next(iter(down), None),
        upgrade=_rendered(script.upgrade_ops),
        # SQLite would write all rows anew for each column that is dropped, and so for all together.
        downgrade=_rendered(script.downgrade_ops, as_batch=True),
    )
    return Revision(number, name, text)


def _difference(connection: Connection, tables: Sequence[MappedTable]) -> "ops.MigrationScript":
    # Alembic costs more to import than all else, and is seldom needed.
    from alembic.autogenerate import produce_migrations
    from alembic.runtime.migration import MigrationContext

    mirrors = {table.mirror for table in tables}

    def is_concerned(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in mirrors

    def is_wanted(_: object, __: object, ___: str, reflected: bool, beside: object) -> bool:
        return not reflected or beside is not None  # what only the mirror has, stays

    context = MigrationContext.configure(
        connection,
        opts={
            "include_name": is_concerned,
            "include_object": is_wanted,
            "compare_type": False,  # a column that was widened to text keeps what it holds
            "compare_server_default": False,
        },
    )
    return produce_migrations(context, phase_schema.wanted(tables))


def _add_views(
    script: "ops.MigrationScript", tables: Sequence[MappedTable], before: dict[str, list[str]]
) -> None:
    """Make each changed mirror's view anew: it names its columns."""
    from alembic.operations.ops import ExecuteSQLOp

    upgrade, downgrade = script.upgrade_ops, script.downgrade_ops
    if upgrade is None or downgrade is None:
        return  # Alembic makes both
    drops: list[ops.MigrateOperation] = []
    made: list[ops.MigrateOperation] = []
    back: list[ops.MigrateOperation] = []
    for table in tables:
        there = before[table.name]
        added = [column.name for column in table.columns if column.name not in there]
        if not added:
            continue
        if there:
            drops.append(ExecuteSQLOp(phase_schema.drop_view(table)))
            back.append(ExecuteSQLOp(phase_schema.create_view(table, there)))
        made.append(ExecuteSQLOp(phase_schema.create_view(table, [*there, *added])))
    new = [ExecuteSQLOp(phase_schema.drop_view(t)) for t in tables if not before[t.name]]
    upgrade.ops[:] = [*drops, *upgrade.ops, *made]
    downgrade.ops[:] = [*new, *drops, *downgrade.ops, *back]


def _rendered(
    operations: "ops.UpgradeOps | ops.DowngradeOps | None", *, as_batch: bool = False
) -> str:
    from alembic.autogenerate import render_python_code

    if operations is None:
        return ""  # Alembic makes both
    text = render_python_code(operations, render_item=_render_item, render_as_batch=as_batch)
    lines = [line for line in text.splitlines() if not line.strip().startswith("# ###")]
    return "\n".join(lines)


def _render_item(kind: str, item: object, _: "AutogenContext") -> str | Literal[False]:
    if kind == "type":
        for name in ("INTEGER", "REAL", "TEXT"):
            if item is getattr(phase_schema, name):
                return name
    return False


def write(folder: Path, revision: Revision) -> Path:
    """Write a revision into the phases' folder, whole or not at all; give the file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"{revision.name}.py"
    unfinished = file.with_suffix(f".{os.getpid()}.part")
    unfinished.write_text(revision.text, encoding="utf-8")
    unfinished.replace(file)
    return file


def sql_of(file: Path, *, dialect: str = "sqlite") -> str:
    """Give the SQL that the upgrade of a revision's file does to a database of that sort."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.util import load_python_file

    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    context = MigrationContext.configure(dialect_name=dialect, opts=opts)
    module = load_python_file(str(file.parent), file.name)
    with Operations.context(context):
        module.upgrade()
    return buffer.getvalue().strip()
