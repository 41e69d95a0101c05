"""Taking the Records Catalog that a script saved in a browser, and that script itself."""

import json
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from nsconsole.catalog import Source
from nsconsole.netsuite.metadata.export import Export, load_export
from nsconsole.services.coverage.catalog.fetching import alone
from nsconsole.services.coverage.catalog.merging import Merge
from nsconsole.services.coverage.catalog.reports import (
    FetchStatus,
    ImportReport,
    SourceReport,
    counted,
)
from nsconsole.services.errors import BadInputError
from nsconsole.services.workspace import Workspace
from nsconsole.store import catalog as store

LARGEST = 64 * 2**20
"""Bytes of a file that is taken; the catalogs of large accounts have a tenth of that."""

_SCRIPT = Path(__file__).with_name("export_script.js")
_TABLES_A_MERGE = 50


def export_script() -> str:
    """Give the script that saves the Records Catalog in a browser."""
    return _SCRIPT.read_text(encoding="utf-8")


def import_export(workspace: Workspace, data: bytes) -> ImportReport:
    """Merge a saved Records Catalog, in the place of the one that was taken before.

    Raises BadInputError for anything that is none, and ServiceError while the catalog is fetched;
    nothing is changed then.
    """
    export = _checked(data)
    with alone(workspace):
        return _merge(workspace, export)


def _checked(data: bytes) -> Export:
    if len(data) > LARGEST:
        raise BadInputError(f"this is more than {LARGEST // 2**20} MB, too much for a catalog")
    try:
        return load_export(data)
    except ValueError as error:
        raise BadInputError(
            f"this is not a Records Catalog as `nsconsole catalog export-script` saves it: {error}"
        ) from error


def _merge(workspace: Workspace, export: Export) -> ImportReport:
    now = workspace.now()
    at = min(export.saved_at or now, now)
    columns = {table.name: table.columns for table in export.tables if table.columns is not None}
    with workspace.database.writing() as connection:
        fetch_id = store.begin_fetch(connection, "import", owner=workspace.owner, at=now)
        changes = Merge(connection, fetch_id, at).tables({Source.EXPORT: export.tables})
        listed = {table.name for table in export.tables}
        left = store.tables_told_by(connection, Source.EXPORT) - listed
    names = iter([*columns, *left])
    while some := list(islice(names, _TABLES_A_MERGE)):
        with workspace.database.writing() as connection:
            said = {name: {Source.EXPORT: columns.get(name, ())} for name in some}
            changes += Merge(connection, fetch_id, at).columns(said)
    _end(workspace, fetch_id, export)
    return ImportReport(fetch_id, len(export.tables), export.columns, counted(changes))


def _end(workspace: Workspace, fetch_id: int, export: Export) -> None:
    described = sum(table.columns is not None for table in export.tables)
    report = SourceReport(len(export.tables), described, export.columns)
    with workspace.database.writing() as connection:
        store.end_fetch(
            connection,
            fetch_id,
            FetchStatus.DONE.value,
            at=workspace.now(),
            requests=0,
            sources_json=json.dumps({Source.EXPORT.value: asdict(report)}),
            error=None,
        )
