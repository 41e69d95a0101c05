"""Fetching the catalog: the lists first, then each table's description, many at once.

Lists and SuiteQL's descriptions are always asked for, since a table may change at any time. The
record service is asked about a table only where SuiteQL's description is another one than the last
time, or tells nothing; custom fields are read again only if one of them changed.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection

from nsconsole.catalog import Event, Source
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.netsuite.metadata import customization
from nsconsole.services import link
from nsconsole.services.coverage.catalog.asking import Asker
from nsconsole.services.coverage.catalog.custom_fields import (
    CustomFields,
    read_fields,
    read_tables,
)
from nsconsole.services.coverage.catalog.describing import Description, Said, describe
from nsconsole.services.coverage.catalog.listing import Lists, wanted
from nsconsole.services.coverage.catalog.merging import Merge
from nsconsole.services.coverage.catalog.reports import (
    FetchReport,
    FetchStatus,
    SourceReport,
    counted,
)
from nsconsole.services.errors import NetSuiteUnavailableError, ServiceError
from nsconsole.services.interpreter import make_room
from nsconsole.services.sync.halt import Halt, StoppedError
from nsconsole.services.workspace import Workspace
from nsconsole.store import catalog as store
from nsconsole.store.slots import Held

_T = TypeVar("_T")

_TABLES_A_MERGE = 50
_THREADS_A_PERMIT = 2  # so that a place is taken again as soon as it is free
_MARK = "mark"


def fetch_catalog(
    workspace: Workspace,
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
    stopping: Callable[[], bool] = lambda: False,
) -> FetchReport:
    """Ask NetSuite what it has and merge it; a source that fails stays as it was.

    `progress` is told how many tables are described, of how many. Raises NetSuiteUnavailableError
    if NetSuite cannot be reached or refuses the login, and ServiceError while another process is at
    it; what was merged by then stays.
    """
    link.check_login(workspace)
    with alone(workspace):
        return _Fetch(workspace, Halt(stopping, workspace.sleep), progress).run()


def alone(workspace: Workspace) -> Held:
    """Keep others from changing the catalog for a `with` block. Raises ServiceError if one does."""
    held = workspace.locks.try_take("catalog")
    if held is None:
        raise ServiceError("the catalog is being read by somebody else just now; wait for that")
    return held


class _Fetch:
    """One fetch; all of the database is written by the thread that runs it."""

    def __init__(
        self, workspace: Workspace, halt: Halt, progress: Callable[[int, int], None]
    ) -> None:
        self._workspace = workspace
        self._halt = halt
        self._asker = Asker(workspace, halt)
        self._progress = progress
        self._at = workspace.now()
        self._began = time.monotonic()
        self._id = 0
        self._mark: str | None = None
        self._changes: Counter[Event] = Counter()
        self._sources = {
            source: SourceReport()
            for source in (Source.SUITEQL, Source.RECORDS, Source.CUSTOMIZATION)
        }

    def run(self) -> FetchReport:
        with self._workspace.database.writing() as connection:
            self._mark = _last_mark(connection)
            owner = self._workspace.owner
            self._id = store.begin_fetch(connection, "fetch", owner=owner, at=self._at)
        try:
            self._read()
        except StoppedError:
            status = FetchStatus.FAILED if self._halt.reason else FetchStatus.CANCELLED
            report = self._end(status, self._halt.reason)
        except BaseException as error:
            self._end(FetchStatus.FAILED, f"it was cut off ({type(error).__name__})")
            raise
        else:
            report = self._end(*self._outcome())
        if self._halt.reason:
            raise NetSuiteUnavailableError(self._halt.reason)
        return report

    def _read(self) -> None:
        make_room()
        with ThreadPoolExecutor(thread_name_prefix="catalog-list") as pool:
            lists = self._read_lists(pool)
        link.note(self._workspace, None)
        with self._workspace.database.reading() as connection:
            known = {row.name: row for row in store.tables(connection)}
        threads = _THREADS_A_PERMIT * self._workspace.governor.size()
        pool = ThreadPoolExecutor(threads, thread_name_prefix="catalog")
        try:
            asked = pool.submit(self._read_fields, lists)
            coming = [pool.submit(describe, self._asker, each) for each in wanted(lists, known)]
            self._merge_lists(lists)
            fields = self._answer(asked, Source.CUSTOMIZATION)
            merged = self._merge_descriptions(coming, fields)
            if fields is not None:
                self._merge_fields(fields, besides=merged)
                self._mark = fields.mark
        finally:
            pool.shutdown(cancel_futures=True)

    def _read_lists(self, pool: ThreadPoolExecutor) -> Lists:
        ask = self._asker.ask
        pool.submit(self._asker.learn_limit)
        suiteql = pool.submit(ask, lambda netsuite: netsuite.suiteql_tables())
        record_types = pool.submit(ask, lambda netsuite: netsuite.record_types())
        custom_records = pool.submit(read_tables, self._asker, customization.RECORD_TYPES)
        custom_lists = pool.submit(read_tables, self._asker, customization.LISTS)
        return Lists(
            self._answer(suiteql, Source.SUITEQL),
            self._answer(record_types, Source.RECORDS),
            self._answer(custom_records, Source.CUSTOMIZATION),
            self._answer(custom_lists, Source.CUSTOMIZATION),
        )

    def _answer(self, asked: Future[_T], source: Source) -> _T | None:
        """Give what was asked of a source, or note that NetSuite does not give it."""
        try:
            return asked.result()
        except NetSuiteError as error:
            self._halt.check()
            self._sources[source].failed[""] = str(error)
            return None

    def _merge_lists(self, lists: Lists) -> None:
        said = lists.said()
        for source, tables in said.items():
            self._sources[source].tables = len(tables)
        with self._merging() as merge:
            self._changes += counted(merge.tables(said))

    def _read_fields(self, lists: Lists) -> CustomFields | None:
        if lists.custom_records is None:
            return None
        return read_fields(self._asker, lists.custom_records.by_id, self._mark)

    def _merge_descriptions(
        self, coming: Sequence[Future[Description]], fields: CustomFields | None
    ) -> set[str]:
        """Merge descriptions as they come, some tables at a time; give the tables merged."""
        described = (each for each in self._described(coming) if each.said)
        merged: set[str] = set()
        while some := list(islice(described, _TABLES_A_MERGE)):
            said = {each.table: self._with_fields(each, fields) for each in some}
            with self._merging() as merge:
                self._changes += counted(merge.columns(said))
                digests = {each.table: each.digest for each in some}
                store.describe(merge.connection, digests, self._at)
            merged |= said.keys()
        return merged

    def _with_fields(self, description: Description, fields: CustomFields | None) -> Said:
        if fields is None:
            return description.said
        names = {fact.name for facts in description.said.values() for fact in facts}
        return {**self._said_by(fields, description.table, names), **description.said}

    def _said_by(self, fields: CustomFields, table: str, columns: Iterable[str]) -> Said:
        custom = fields.of(table, columns)
        self._sources[Source.CUSTOMIZATION].described += bool(custom)
        self._sources[Source.CUSTOMIZATION].columns += len(custom)
        return {Source.CUSTOMIZATION: custom}

    def _described(self, coming: Sequence[Future[Description]]) -> Iterator[Description]:
        for done, each in enumerate(as_completed(coming), start=1):
            description = each.result()
            for source, facts in description.said.items():
                report = self._sources.setdefault(source, SourceReport())
                report.described += 1
                report.columns += len(facts)
            for source, why in description.failures.items():
                self._sources[source].failed[description.table] = why
            if description.digest and not description.said:
                self._sources[Source.SUITEQL].unchanged += 1
            self._progress(done, len(coming))
            yield description

    def _merge_fields(self, fields: CustomFields, *, besides: Collection[str]) -> None:
        """Merge the custom fields of tables whose descriptions are as they were."""
        columns: dict[str, list[str]] = {}
        with self._workspace.database.reading() as connection:
            for table, column in store.custom_columns(connection):
                columns.setdefault(table, []).append(column)
            before = store.tables_told_by(connection, Source.CUSTOMIZATION)
        names = iter(sorted({*columns, *before, *fields.by_table} - set(besides)))
        while some := list(islice(names, _TABLES_A_MERGE)):
            said = {name: self._said_by(fields, name, columns.get(name, ())) for name in some}
            with self._merging() as merge:
                self._changes += counted(merge.columns(said))

    @contextmanager
    def _merging(self) -> Iterator[Merge]:
        with self._workspace.database.writing() as connection:
            yield Merge(connection, self._id, self._at)

    def _outcome(self) -> tuple[FetchStatus, str]:
        told = [why for report in self._sources.values() for why in report.failed.values()]
        if not any(report.tables for report in self._sources.values()):
            return FetchStatus.FAILED, told[0] if told else "NetSuite lists no table at all"
        return (FetchStatus.PARTIAL, told[0]) if told else (FetchStatus.DONE, "")

    def _end(self, status: FetchStatus, error: str) -> FetchReport:
        sources = {source.value: asdict(report) for source, report in self._sources.items()}
        sources[Source.CUSTOMIZATION.value][_MARK] = self._mark
        with self._workspace.database.writing() as connection:
            store.end_fetch(
                connection,
                self._id,
                status.value,
                at=self._workspace.now(),
                requests=self._asker.requests,
                sources_json=json.dumps(sources),
                error=error or None,
            )
        return FetchReport(
            fetch_id=self._id,
            status=status,
            requests=self._asker.requests,
            seconds=time.monotonic() - self._began,
            sources=self._sources,
            changes=self._changes,
            error=error,
        )


def _last_mark(connection: Connection) -> str | None:
    """Give what stood for the custom fields when they were last read."""
    last = store.last_fetch(connection, "fetch")
    told = json.loads(last.sources_json) if last else {}
    mark = told.get(Source.CUSTOMIZATION.value, {}).get(_MARK)
    return mark if isinstance(mark, str) else None
