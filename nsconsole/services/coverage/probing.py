"""Probing: asking NetSuite which columns it really gives, and how full they are.

All columns of a table are asked for at once. Where NetSuite names those that it does not give, they
are left out and the rest is asked for again; where it only fails, the culprits are searched for by
halves. k bad columns among n take at most k·⌈log2 n⌉ + k + 1 requests, and every question that is
answered has also measured how full its columns are.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nsconsole.catalog import ColumnFact, Reason
from nsconsole.mapping import Column, Kind, is_name
from nsconsole.netsuite import measuring
from nsconsole.netsuite.drift import Drift, read_drift
from nsconsole.netsuite.drift import Reason as Said
from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.keyset import Query
from nsconsole.services.coverage.learning import Probed, keep, refuse_table
from nsconsole.services.errors import BadInputError, ServiceError
from nsconsole.services.link import calling
from nsconsole.services.sync.asking import Asker
from nsconsole.services.sync.halt import Halt, StoppedError
from nsconsole.services.sync.healing import find_bad
from nsconsole.services.workspace import Workspace
from nsconsole.store import catalog as store
from nsconsole.store.catalog import ColumnRow

if TYPE_CHECKING:
    from nsconsole.netsuite.suiteql import Page

SAMPLE = 1000
"""Rows in which it is counted how many have a value."""

_UNNAMED = "NetSuite fails as soon as a query names it, and does not say why"
_REASONS = {
    Said.REMOVED: Reason.REMOVED,
    Said.NO_PERMISSION: Reason.NOT_PERMITTED,
}
_KINDS = {
    Kind.INTEGER: re.compile(r"-?(0|[1-9][0-9]{0,17})"),
    Kind.REAL: re.compile(r"-?(0|[1-9][0-9]*)?\.[0-9]+|-?(0|[1-9][0-9]*)"),
    Kind.BOOLEAN: re.compile(r"[TF]"),
}


class TableRefusedError(Exception):
    """NetSuite does not give the table as a whole; the message is NetSuite's."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def probe_columns(
    workspace: Workspace,
    table: str,
    columns: Sequence[str] = (),
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
    stopping: Callable[[], bool] = lambda: False,
) -> list[Probed]:
    """Ask which columns of a table NetSuite gives; all that the catalog knows if none is named.

    What is found goes into the catalog. `progress` hears how many columns are settled, and of how
    many. Raises BadInputError for a name that no table can have, or a table without known columns;
    NetSuiteUnavailableError if NetSuite cannot be asked; ServiceError when stopped.
    """
    name = table.lower()
    if not is_name(name):
        raise BadInputError(f"“{table}” cannot be the name of a NetSuite table")
    known = {row.name: row for row in _known(workspace, name)}
    wanted = list(dict.fromkeys(column.lower() for column in columns)) or list(known)
    if not wanted:
        raise BadInputError(
            f"no column of {name} is known; name some, or run `nsconsole catalog fetch` first"
        )
    asked = [Column(c, known[c].kind if c in known else Kind.TEXT) for c in wanted]
    try:
        with calling(workspace) as netsuite:
            asker = Asker(netsuite, Halt(stopping, workspace.sleep))
            found = probe(asker, name, asked, progress=progress)
    except TableRefusedError as error:
        refuse_table(workspace, name, error.reason)
        return [Probed(c, queryable=False, reason=error.reason, detail=str(error)) for c in wanted]
    except StoppedError as error:
        raise ServiceError("stopped; nothing was kept") from error
    except NetSuiteError as error:  # a refusal that is about neither columns nor the table
        raise ServiceError(str(error)) from error
    keep(workspace, name, found)
    return found


def _known(workspace: Workspace, table: str) -> list[ColumnRow]:
    with workspace.database.reading() as connection:
        return [row for row in store.columns(connection, [table]) if row.gone_at is None]


def probe(
    asker: Asker,
    table: str,
    columns: Sequence[Column],
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Probed]:
    """Ask for columns, as many as may be at once; give what was found, in their order.

    Raises TableRefusedError, and NetSuiteError for anything that is not about the columns.
    """
    good = [column for column in columns if is_name(column.name)]
    found = {
        column.name: Probed(column.name, queryable=False, reason=Reason.BAD_NAME)
        for column in columns
        if not is_name(column.name)
    }
    step = measuring.MOST_MEASURED
    for at in range(0, len(good), step):
        found |= _Search(asker, table).run(good[at : at + step])
        progress(len(found), len(columns))
    return [found[column.name] for column in columns]


class _Search:
    """The search through columns that fit one query."""

    def __init__(self, asker: Asker, table: str) -> None:
        self._asker = asker
        self._table = table
        self._found: dict[str, Probed] = {}
        self._answered = False
        self._failed_alone = 0

    def run(self, columns: Sequence[Column]) -> dict[str, Probed]:
        left = list(columns)
        while left:
            try:
                self._measure(left)
                break
            except NetSuiteError as error:
                if _names_nothing(error):
                    self._search(left, error)
                    break
                named = self._named(left, error)
            left = [column for column in left if column.name not in named]
        return self._found

    def _measure(self, columns: Sequence[Column]) -> None:
        """Ask for columns; if they can be had, this is what is to know of them."""
        query = measuring.fill(self._table, columns, sample=SAMPLE)
        (row,) = _ask(self._asker, query).rows
        self._answered = True
        sampled = int(row["sampled"])
        for place, column in enumerate(columns):
            filled = int(row[f"f{place}"])
            self._found[column.name] = Probed(
                column.name, queryable=True, filled=filled, sampled=sampled
            )

    def _named(self, columns: Sequence[Column], error: NetSuiteError) -> set[str]:
        """Settle the columns that an error names; raises it if it names none of them."""
        drift = read_drift(error)
        if drift is None:
            raise error
        _refuse_table(drift, error)
        named = {column.name for column in columns} & drift.columns.keys()
        if not named:
            raise error
        for name in named:
            reason = _REASONS.get(drift.columns[name], Reason.NOT_QUERYABLE)
            self._found[name] = Probed(name, queryable=False, reason=reason, detail=drift.message)
        return named

    def _search(self, columns: Sequence[Column], failure: NetSuiteError) -> None:
        first = True

        def works(some: Sequence[Column]) -> bool:
            nonlocal first
            if first:  # they were asked for all together already
                first = False
                self._doubt(len(columns), columns, failure)
                return False
            return self._works(some, len(columns))

        for culprit in find_bad(columns, works):
            self._found.setdefault(
                culprit.name,
                Probed(
                    culprit.name,
                    queryable=False,
                    reason=Reason.NOT_QUERYABLE,
                    detail=_UNNAMED,
                    unnamed=True,
                ),
            )

    def _works(self, some: Sequence[Column], of: int) -> bool:
        try:
            self._measure(some)
        except NetSuiteError as error:
            if _names_nothing(error):
                self._doubt(of, some, error)
            else:
                self._named(some, error)
            return False
        return True

    def _doubt(self, of: int, failed: Sequence[Column], error: NetSuiteError) -> None:
        """Before everything is blamed on columns: see whether the table answers without any.

        By then the search has saved the request that this takes: columns that fail alone, and
        nothing that works before them, are found in one question less than others.
        """
        self._failed_alone += len(failed) == 1
        if self._answered or self._failed_alone < min(of, 2):
            return
        try:
            self._measure(())
        except NetSuiteError:
            raise error from None


def _ask(asker: Asker, query: Query) -> "Page":
    """Ask once where a failure may be the answer, and patiently where it is an outage."""
    try:
        return asker.ask(query, limit=1, attempts=1)
    except NetSuiteError as error:
        if error.outcome is not Outcome.TRANSIENT or _names_nothing(error):
            raise
    return asker.ask(query, limit=1)


def _names_nothing(error: NetSuiteError) -> bool:
    """Whether a query may have failed for one of its columns, without a word of which."""
    if error.status == 500 and error.code == "UNEXPECTED_ERROR":
        return True
    refused = error.status == 400 and error.code == "INVALID_PARAMETER"
    return refused and read_drift(error) is None


def _refuse_table(drift: Drift | None, error: NetSuiteError) -> None:
    if drift is not None and drift.table is not None:
        hidden = drift.table is Said.NO_PERMISSION
        reason = Reason.NOT_PERMITTED if hidden else Reason.NOT_QUERYABLE
        raise TableRefusedError(reason, drift.message) from error


def discover(asker: Asker, table: str) -> list[ColumnFact]:
    """Find a table's columns, and guess what they hold, in its first rows; none if there is no row.

    This is for tables whose columns no source tells. A column without a value in these rows is not
    seen. Raises TableRefusedError, and NetSuiteError as `probe` does.
    """
    try:
        page = asker.ask(measuring.sample(table, SAMPLE))
    except NetSuiteError as error:
        _refuse_table(read_drift(error), error)
        raise
    values: dict[str, list[str]] = {}
    for row in page.rows:
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    return [
        ColumnFact(name, name, native_type=_guess(name, texts).value, exposed=True)
        for name, texts in values.items()
    ]


def _guess(name: str, texts: Sequence[str]) -> Kind:
    """Guess what a column holds; a date comes in the account's own format and without its time."""
    for kind, pattern in _KINDS.items():
        if all(map(pattern.fullmatch, texts)):
            return kind
    if name.endswith("date") and all(any(map(str.isdigit, text)) for text in texts):
        return Kind.DATETIME if name.startswith("lastmod") else Kind.DATE
    return Kind.TEXT
