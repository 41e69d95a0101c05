"""Self-healing: columns that NetSuite no longer gives are set aside, and taken back later.

What is set aside keeps its data in the mirror. An overload, an outage, a refused login or a table
that is hidden as a whole is never taken for the fault of a column.
"""

from collections.abc import Callable, Mapping, Sequence

from nsconsole.mapping import Column
from nsconsole.netsuite.drift import Drift, Reason, read_drift
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.netsuite.keyset import probe
from nsconsole.services.sync.log import Level
from nsconsole.services.sync.run import PausedError, TableRun
from nsconsole.store import sync_map

_QUICK = 2  # attempts of a question whose answer may well be a failure
_ROUNDS = 4  # in which a column must fail, and the key alone work, to be to blame
_MOST_PROBES = 8  # requests of one run for columns that are set aside
_UNNAMED = "an error that names no column"


def heal(run: TableRun, error: NetSuiteError) -> None:
    """Set aside the columns that `error` is about, so that the page can be asked for again.

    Raises PausedError if the table, its key or its cursor is gone, and `error` itself if it is not
    about columns.
    """
    drift = read_drift(error)
    _refuse_table(drift, error)
    named = {name: reason.value for name, reason in drift.columns.items()} if drift else {}
    asked = {column.name for column in run.table.columns}
    if _is_anonymous(error):
        named = dict.fromkeys(_culprits(run, error), "unnamed")
    lost = {name: reason for name, reason in named.items() if name in asked}
    if not lost:
        raise error
    _refuse_vital(run, lost, str(error))
    _set_aside(run, lost, drift.message if drift else _UNNAMED)


def _refuse_table(drift: Drift | None, error: NetSuiteError) -> None:
    if drift is not None and drift.table is not None:
        reason = "gone" if drift.table is Reason.UNKNOWN else "no_permission"
        raise PausedError(reason, drift.message) from error


def _refuse_vital(run: TableRun, lost: Mapping[str, str], detail: str) -> None:
    for name in run.table.key:
        if name in lost:
            raise PausedError("key_gone", f"its key column {name} is gone: {detail}")
    if run.table.cursor in lost:
        raise PausedError("cursor_gone", f"its cursor column {run.table.cursor} is gone: {detail}")


def _set_aside(run: TableRun, lost: Mapping[str, str], detail: str) -> None:
    with run.workspace.database.writing() as connection:
        reasons = {name: (reason, detail) for name, reason in lost.items()}
        sync_map.set_aside(connection, run.table.name, reasons, run.workspace.now())
        for name, reason in lost.items():
            run.log_with(
                connection, Level.WARNING, "column_set_aside",
                column=name, reason=reason, said=detail,
            )  # fmt: skip
    run.dropped += lost
    run.table = run.table.without(lost)


def _is_anonymous(error: NetSuiteError) -> bool:
    """Whether it is the error by which NetSuite sometimes means a column, without saying so."""
    return error.status == 500 and error.code == "UNEXPECTED_ERROR"


def _culprits(run: TableRun, error: NetSuiteError) -> list[str]:
    """Find the columns without which the query works; raises `error` if none is to blame."""
    candidates = [column for column in run.table.columns if column.name not in run.table.key]
    if not _works(run, ()):
        raise error  # not even the key can be had: it is not about columns
    suspects = find_bad(candidates, lambda some: _works(run, some))
    for _ in range(_ROUNDS):
        suspects = [column for column in suspects if not _works(run, (column,))]
        if not suspects or not _works(run, (), attempts=1):
            raise error  # it fails and works as it pleases
    return [column.name for column in suspects]


def _works(run: TableRun, columns: Sequence[Column], *, attempts: int = _QUICK) -> bool:
    query = probe(run.table, [*run.table.key_columns, *columns])
    try:
        run.asker.ask(query, limit=1, attempts=attempts)
    except NetSuiteError as error:
        if _is_anonymous(error):
            return False
        raise
    return True


def find_bad(columns: Sequence[Column], works: Callable[[Sequence[Column]], bool]) -> list[Column]:
    """Find the columns that no query works with, by few questions.

    For k of n columns these are at most k·(⌈log2 n⌉ + 1) + 1.
    """
    bad: list[Column] = []
    left = list(columns)
    while left and not works(left):
        low, high = 0, len(left)  # the first `low` work together, the first `high` do not
        while high - low > 1:
            middle = (low + high) // 2
            if works(left[:middle]):
                low = middle
            else:
                high = middle
        bad.append(left[low])
        left = left[low + 1 :]  # what stands before works
    return bad


def take_back(run: TableRun, set_aside: Sequence[str], mapped: Sequence[Column]) -> None:
    """Ask for the columns that are set aside, and take back those that NetSuite gives again.

    `set_aside` comes with what was refused longest ago first. Raises NetSuiteError for anything
    that is not about these columns.
    """
    by_name = {column.name: column for column in mapped}
    candidates = [by_name[name] for name in set_aside if name in by_name]
    refused: list[str] = []
    for left in reversed(range(_MOST_PROBES)):
        if not candidates:
            break
        try:
            query = probe(run.table, [*run.table.key_columns, *candidates])
            run.asker.ask(query, limit=1, attempts=_QUICK)
        except NetSuiteError as error:
            some, few = _refused(error, candidates)
            refused += [column.name for column in some]
            # So few that the last probe is of one alone: each run learns of some for certain.
            room = min(few, 2 ** (left - 1)) if left else 0
            candidates = [column for column in candidates if column not in some][:room]
        else:
            break
    _take_back(run, refused, candidates)


def _refused(error: NetSuiteError, candidates: Sequence[Column]) -> tuple[Sequence[Column], int]:
    """Which candidates an answer refuses for certain, and how many to ask for next."""
    drift = read_drift(error)
    _refuse_table(drift, error)
    named = [column for column in candidates if drift and column.name in drift.columns]
    if named:
        return named, len(candidates)
    if _is_anonymous(error):
        half = len(candidates) // 2
        return ([], half) if half else (candidates, 0)
    raise error


def _take_back(run: TableRun, refused: Sequence[str], found: Sequence[Column]) -> None:
    names = [column.name for column in found]
    with run.workspace.database.writing() as connection:
        sync_map.probed(connection, run.table.name, refused, run.workspace.now())
        if names:
            sync_map.take_back(connection, run.table.name, names)
        for name in names:
            run.log_with(connection, Level.INFO, "column_returned", column=name)
    run.table = run.table.with_columns(found)
