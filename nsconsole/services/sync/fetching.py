"""Pages of a table in the order of their place, each fetched while the last one is written."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from nsconsole.mapping import Column, Kind, MappedTable
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.netsuite.keyset import Query, by_key, column_groups
from nsconsole.services.sync.asking import Asker
from nsconsole.services.sync.healing import heal
from nsconsole.services.sync.run import PausedError, TableRun
from nsconsole.store.mirror import Key

Place: TypeAlias = tuple[str, ...]
"""Where a row stands in an order, in NetSuite's own text."""

_MOST_RANGES = 32  # read side by side; NetSuite takes fewer calls at once
_FIRST = 0.1  # seconds that the work on the first page may take, which is not known yet
_WAITS = 2.0  # times as long as the work on pages takes: then more of them are asked for at once


class Range(NamedTuple):
    """Rows after one place, up to another; None is the beginning or the end of all."""

    after: Place | None = None
    upto: Place | None = None


AskFor: TypeAlias = Callable[[MappedTable, Sequence[Column], Place | None, Place | None], Query]
"""Makes the query for some columns of the rows after one place, up to another."""


@dataclass(frozen=True, slots=True)
class _Reading:
    ask_for: AskFor
    order: Sequence[str]
    only: Collection[str] | None


class UnreadableError(Exception):
    """NetSuite gave rows that cannot be what they claim; the run ends and changes nothing more."""


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """Rows at the beginning of a range, with the columns that they were asked for.

    `expected` counts these and all that follow in the range; after its `last` page nothing does.
    `left` are the ranges that are read next in its place.
    """

    columns: tuple[Column, ...]
    rows: list[dict[str, str]]
    keys: list[Key]
    range: Range
    end: Place | None
    last: bool
    expected: int
    left: tuple[Range, ...] = ()

    def stamps(self, cursor: str) -> list[str]:
        """Give the values of the cursor, of those rows that have one."""
        return [row[cursor] for row in self.rows if cursor in row]


def by_key_between(
    table: MappedTable, columns: Sequence[Column], after: Place | None, upto: Place | None
) -> Query:
    """Ask for rows in the order of the key."""
    return by_key(table, columns, after=after, upto=upto)


def _the_rest(page: FetchedPage) -> Iterable[Range]:
    return () if page.last else (Range(page.end, page.range.upto),)


def pages(
    run: TableRun,
    ask_for: AskFor,
    *,
    order: Sequence[str],
    ranges: Iterable[Range] = (Range(),),
    onward: Callable[[FetchedPage], Iterable[Range]] = _the_rest,
    only: Collection[str] | None = None,
) -> Iterator[FetchedPage]:
    """Give the pages of some ranges, which are read side by side, as they come.

    `order` names the columns that make a row's place, `only` those that are wanted, if not all.
    `onward` tells what is to be read after a page: one range, or several in its place. It is asked
    where pages are waited for; where they are not, more of them at once would only be in the way.
    """

    reading = _Reading(ask_for, order, only)
    healing = threading.Lock()

    def fetch(part: Range) -> FetchedPage:
        while True:
            table = run.table
            try:
                return _fetch(table, run.asker, reading, part)
            except NetSuiteError as error:
                if run.asker.is_closed:
                    raise  # the table may be another run's by now
                with healing:
                    if run.table is table:  # else another range met the same, and has healed it
                        heal(run, error)

    waited, worked = 0.0, _FIRST
    pool = ThreadPoolExecutor(_MOST_RANGES, thread_name_prefix=f"fetch-{run.table.name}")
    try:
        coming: set[Future[FetchedPage]] = {pool.submit(fetch, part) for part in ranges}
        while coming:
            began = time.monotonic()
            done, coming = wait(coming, return_when=FIRST_COMPLETED)
            found = [future.result() for future in done]
            came = time.monotonic()
            waited += came - began
            following = onward if waited >= _WAITS * worked else _the_rest
            found = [replace(page, left=tuple(following(page))) for page in found]
            coming |= {pool.submit(fetch, part) for page in found for part in page.left}
            yield from found
            worked += time.monotonic() - came
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _fetch(table: MappedTable, asker: Asker, reading: _Reading, part: Range) -> FetchedPage:
    only, (after, upto) = reading.only, part
    wanted = tuple(c for c in table.columns if only is None or c.name in only)
    first, *others = _in_groups(table, wanted)
    answer = asker.ask(reading.ask_for(table, first, after, upto))
    rows = answer.rows
    last = not answer.has_more and answer.total <= len(rows)
    if not rows and not last:
        raise UnreadableError(f"NetSuite counts {answer.total} rows more and gives none of them")
    rows = _unrepeated(table, rows)
    keys, places = keys_of(table, rows), _places(table, rows, reading.order)
    _check_order(table, places, keys, after)
    end = places[-1] if places else after
    for some in others if rows else ():
        rest = asker.ask(reading.ask_for(table, some, after, end))
        rows, keys = _joined(table, rows, rest.rows)
        if rest.has_more or rest.total > len(rest.rows):
            # Rows came in between the two queries and pushed the last ones out: those come next.
            end, last = _end_of(table, rows, reading.order), False
    return FetchedPage(wanted, rows, keys, part, end, last, answer.total)


def _in_groups(table: MappedTable, wanted: Sequence[Column]) -> list[tuple[Column, ...]]:
    """The columns in as many parts as NetSuite wants queries, the cursor in each."""
    cursor = () if table.cursor is None else (table.column(table.cursor),)
    return [(*cursor, *group) for group in column_groups(table, wanted)]


def _joined(
    table: MappedTable, rows: list[dict[str, str]], more: list[dict[str, str]]
) -> tuple[list[dict[str, str]], list[Key]]:
    # A row that moved on between the two queries comes again with a later page.
    found = dict(zip(keys_of(table, more), more, strict=True))
    both = [(k, row) for k, row in zip(keys_of(table, rows), rows, strict=True) if k in found]
    return [row | found[key] for key, row in both], [key for key, _ in both]


def _end_of(table: MappedTable, rows: Sequence[dict[str, str]], order: Sequence[str]) -> Place:
    if not rows:
        raise UnreadableError(f"NetSuite gave no row of {table.name} twice")
    return _places(table, rows[-1:], order)[0]


def _unrepeated(table: MappedTable, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Take a row that was given twice for one; what differs under one key is a finding."""
    keys = keys_of(table, rows)
    if len(set(keys)) == len(keys):
        return rows
    by_key = dict(zip(keys, rows, strict=True))
    if any(by_key[key] != row for key, row in zip(keys, rows, strict=True)):
        raise PausedError(
            "key_not_unique", f"rows of {table.name} share the key {', '.join(table.key)}"
        )
    return list(by_key.values())


def keys_of(table: MappedTable, rows: Sequence[dict[str, str]]) -> list[Key]:
    """Give the rows' keys. Raises UnreadableError if a row has none that fits the mirror."""
    try:
        values = [_values(rows, column) for column in table.key_columns]
    except KeyError as error:
        raise UnreadableError(f"NetSuite gave a row without its key {error.args[0]}") from error
    except ValueError as error:
        raise UnreadableError(f"a key of {table.name} is not a number: {error}") from error
    return list(zip(*values, strict=True))


def _values(rows: Sequence[dict[str, str]], column: Column) -> list[str] | list[int]:
    texts = [row[column.name] for row in rows]
    return list(map(int, texts)) if column.kind is Kind.INTEGER else texts


def _places(
    table: MappedTable, rows: Sequence[dict[str, str]], order: Sequence[str]
) -> list[Place]:
    try:
        return list(zip(*([row[name] for row in rows] for name in order), strict=True))
    except KeyError as error:
        raise UnreadableError(f"NetSuite gave a row of {table.name} without {error}") from error


def _check_order(
    table: MappedTable, places: Sequence[Place], keys: Sequence[Key], after: Place | None
) -> None:
    """Refuse a page that does not lead on: asked for ever, or rows passed over unseen."""
    if not table.has_ordered_key:
        if places and places[-1] == after:
            raise UnreadableError("NetSuite gave the same rows again")
        return
    stamps = len(places[0]) - len(table.key) if places else 0
    ranks = [(place[:stamps], key) for place, key in zip(places, keys, strict=True)]
    if after is not None:
        ranks.insert(0, (after[:stamps], tuple(map(int, after[stamps:]))))
    if any(one >= other for one, other in pairwise(ranks)):
        raise UnreadableError("NetSuite gave rows out of their order")
