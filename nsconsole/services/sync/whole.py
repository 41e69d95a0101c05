"""Reading a whole table: page by page in the order of its key, each page kept with its place.

A large table is read in several ranges of keys at once. A pull that was cut off goes on, in each
range, at the place of its last page. Rows of the mirror that lie between two neighbours of a page,
and that NetSuite did not give, have vanished.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise

from sqlalchemy import Connection

from nsconsole.mapping import MappedTable, Mode
from nsconsole.netsuite.keyset import last_key
from nsconsole.services.sync.fetching import (
    FetchedPage,
    Place,
    Range,
    by_key_between,
    pages,
)
from nsconsole.services.sync.lines import queue_lines
from nsconsole.services.sync.log import Level
from nsconsole.services.sync.run import CLOCKS, PausedError, TableRun, Written
from nsconsole.services.sync.writing import upsert
from nsconsole.store import mirror, sync_map, sync_runs, sync_state
from nsconsole.store.mirror import Key

_FEW = 20  # rows that may vanish at once from any table
_MANY, _SHARE = 100, 0.2  # … from a larger one: so many, or that part of it
_RANGE = 5_000  # rows that are worth a range of their own, whose last page is seldom a full one
_BEGINNING = "1970-01-01T00:00:00Z"  # the watermark of a table that has no row yet


@dataclass(frozen=True, slots=True)
class Pull:
    """The checkpoint of a pull: when it began, what it has read so far, and what is left.

    `watermark` is the cursor's newest value, `unstamped` the number of rows without one;
    `expected` is NetSuite's count of all rows at the beginning.
    """

    started_at: str
    watermark: str | None = None
    left: tuple[Range, ...] = (Range(),)
    rows: int = 0
    unstamped: int = 0
    expected: int | None = None

    def behind(self, page: FetchedPage, cursor: str | None) -> "Pull":
        """Give the checkpoint after another page."""
        stamps = page.stamps(cursor) if cursor else []
        return replace(
            self,
            watermark=max([*stamps, self.watermark or _BEGINNING]),
            left=tuple(self._left_behind(page)),
            rows=self.rows + len(page.rows),
            unstamped=self.unstamped + len(page.rows) - len(stamps),
            expected=page.expected if self.expected is None else self.expected,
        )

    def _left_behind(self, page: FetchedPage) -> Iterator[Range]:
        for part in self.left:
            yield from page.left if part == page.range else (part,)

    def to_json(self) -> str:
        """Write it down."""
        return json.dumps(asdict(self))


def load_pull(text: str | None) -> Pull | None:
    """Read a checkpoint back."""
    if text is None:
        return None
    kept = json.loads(text)
    left = tuple(Range(_place(after), _place(upto)) for after, upto in kept.pop("left"))
    return Pull(**kept, left=left)


def _place(kept: list[str] | None) -> Place | None:
    return None if kept is None else tuple(kept)


def pull_whole(run: TableRun, checkpoint: Pull | None) -> None:
    """Make the mirror equal to the whole table, from the checkpoint on or from the beginning."""
    pull = checkpoint or _begin(run)
    if checkpoint:
        run.log(Level.INFO, "pull_resumed", rows=checkpoint.rows)
        run.began = datetime.fromisoformat(checkpoint.started_at)
    found = pages(
        run, by_key_between, order=run.table.key, ranges=pull.left, onward=partial(_onward, run)
    )
    for page in found:
        before, pull = pull, pull.behind(page, run.table.cursor)
        if run.expected is None:
            _expect(run, before.rows, pull)
        run.write(partial(_write, run, page, pull), read=len(page.rows))


def _onward(run: TableRun, page: FetchedPage) -> Iterable[Range]:
    """Tell what is left of a page's range: in parts, if it is long and NetSuite has calls to spare.

    Keys are seldom evenly spread: what turns out to be the larger part is cut again.
    """
    if page.last or page.end is None:
        return ()
    rest = Range(page.end, page.range.upto)
    count = min(page.expected // _RANGE, run.workspace.governor.idle())
    if count < 2 or not run.table.has_ordered_key:
        return (rest,)
    last = rest.upto or _last_key(run)
    return _split(page.end, int(last[0]), count, rest.upto) if last else (rest,)


def _last_key(run: TableRun) -> Place | None:
    rows = run.asker.ask(last_key(run.table), limit=1).rows
    return tuple(rows[0][name] for name in run.table.key) if rows else None


def _split(after: Place, last: int, count: int, upto: Place | None) -> list[Range]:
    """Cut all behind a place into ranges that have the same share of the numbers up to `last`."""
    first, *others = after
    numbers = {int(first) + (last - int(first)) * part // count for part in range(1, count)}
    inner = [(str(number), *["0"] * len(others)) for number in sorted(numbers - {int(first)})]
    return [Range(*ends) for ends in pairwise([after, *inner, upto])]


def _begin(run: TableRun) -> Pull:
    started = run.workspace.now().isoformat()
    with run.workspace.database.writing() as connection:
        # This pull brings them all.
        sync_map.note_backfill(
            connection, run.table.name, [c.name for c in run.table.columns], None
        )
        mirror.forget_seen(connection, run.table)
    return Pull(started)


def _expect(run: TableRun, rows_before: int, pull: Pull) -> None:
    expected = run.expected = pull.expected or 0
    with run.workspace.database.writing() as connection:
        sync_runs.expect(connection, run.id, expected_rows=expected, rows_before=rows_before)
        if pull.left:
            run.log_with(connection, Level.INFO, "pull_began", expected=expected)


def _write(
    run: TableRun, page: FetchedPage, pull: Pull, connection: Connection, at: datetime
) -> Written:
    table = run.table
    if not run.first:
        queue_lines(connection, run, page)
    # Before the upsert: where the mirror has nothing yet, there is nothing to compare.
    gone = mark_vanished(connection, run, page, at)
    written = upsert(connection, run, page, at, only_changes=table.mode is not Mode.FULL)
    if not pull.left:
        sync_state.pulled(
            connection,
            table.name,
            began_at=datetime.fromisoformat(pull.started_at),
            ended_at=at,
            watermark=_watermark(connection, run, pull),
            rows=pull.rows,
        )
    else:
        sync_state.save_pull(connection, table.name, pull.to_json())
    return Written(written, gone)


def _watermark(connection: Connection, run: TableRun, pull: Pull) -> str | None:
    """Tell up to which stamp all is read; None if the cursor cannot tell what changed.

    A row that changed behind the reader's back bears a stamp of after the pull's beginning, by
    NetSuite's clock. So the pages tell enough, and NetSuite need not look through a large table
    for its newest stamp, for which it may take too long.
    """
    if run.table.mode is not Mode.INCREMENTAL or run.table.cursor is None:
        return None
    if pull.unstamped:
        tell_unstamped(connection, run, pull.unstamped)
        return None
    began = datetime.fromisoformat(pull.started_at) - CLOCKS
    return min(pull.watermark or _BEGINNING, f"{began:%Y-%m-%dT%H:%M:%SZ}")


def tell_unstamped(connection: Connection, run: TableRun, missing: int) -> None:
    """Log that rows without a stamp keep the cursor from being trusted."""
    run.log_with(
        connection, Level.WARNING, "cursor_untrusted", cursor=run.table.cursor, missing=missing
    )


def mark_vanished(connection: Connection, run: TableRun, page: FetchedPage, at: datetime) -> int:
    """Mark what the mirror has within a page's range of keys and the page has not; count it.

    Raises PausedError if that makes too much of the table: a role that sees less, or an answer cut
    short, looks just like a deletion.
    """
    gone = _mark(connection, run.table, page, at)
    run.vanished += gone
    if run.lenient or run.vanished <= _FEW:
        return gone
    there = mirror.count(connection, run.table) + run.vanished
    if run.vanished == there or run.vanished > max(_MANY, there * _SHARE):
        raise PausedError(
            "mass_deletion",
            f"NetSuite gives {run.vanished:,} of {there:,} rows no more, and nothing was marked as "
            "deleted. Does the role still see them? If they are really gone: "
            f"nsconsole sync {run.table.name} --full",
        )
    return gone


def _mark(connection: Connection, table: MappedTable, page: FetchedPage, at: datetime) -> int:
    if table.has_ordered_key:
        after, upto = page.range.after, page.range.upto if page.last else page.end
        return mirror.mark_vanished(
            connection, table, after=_as_key(after), upto=_as_key(upto), keys=page.keys, at=at
        )
    mirror.remember_seen(connection, table, page.keys)
    if not page.last:
        return 0
    gone = mirror.mark_unseen(connection, table, at=at)
    mirror.forget_seen(connection, table)
    return gone


def _as_key(place: Place | None) -> Key | None:
    return None if place is None else tuple(map(int, place))
