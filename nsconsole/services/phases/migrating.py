"""Running the revision of a phase: the very text that was approved, and nothing else."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from nsconsole.services.errors import ServiceError, TamperedError
from nsconsole.services.phases.plan import PhasePlan
from nsconsole.store.phase_schema import VERSION_TABLE

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from alembic.script.base import Script


def approved_revision(home: Path, plan: PhasePlan) -> bytes:
    """Read the revision of a plan from the workspace's folder.

    Raises ServiceError if it cannot be read, TamperedError if it is not what was planned.
    """
    path = home / plan.revision_path
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ServiceError(f"{path} cannot be read: {error.strerror}") from error
    if hashlib.sha256(source).hexdigest() != plan.revision_digest:
        raise TamperedError(
            f"{path} is not what was planned: its digest does not match. Nothing was run; put the "
            "file back as it was, or plan the phase again"
        )
    return source


def run_revision(connection: Connection, source: bytes, name: str) -> None:
    """Upgrade by one revision within the open transaction of a connection.

    The other files beside it are not looked at: what was not approved is not even imported. Raises
    ServiceError for whatever the revision meets.
    """
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script.base import Script

    try:
        module = ModuleType(name)
        exec(compile(source, name, "exec"), module.__dict__)  # noqa: S102 - its digest is approved
        script = Script(module, module.revision, name)
        context = MigrationContext.configure(
            connection,
            opts={"version_table": VERSION_TABLE, "fn": lambda heads, _: [_step(script, heads)]},
        )
        with Operations.context(context):
            context.run_migrations()
    except Exception as error:  # a revision is a program, which may meet anything
        raise ServiceError(f"the migration cannot be run: {error}") from error


def _step(script: "Script", heads: Iterable[str]) -> "RevisionStep":
    """Give the step that puts a revision into Alembic's table, beside or after those in it."""
    from alembic.runtime.migration import MigrationStep
    from alembic.script.revision import Revision, RevisionMap
    from alembic.util import to_tuple

    others = {*heads, *to_tuple(script.down_revision, default=())}
    known = RevisionMap(lambda: [script, *(Revision(name, None) for name in sorted(others))])
    known.get_revision(script.revision)  # whereby each of them learns what it rests on
    return MigrationStep.upgrade_from_script(known, script)
