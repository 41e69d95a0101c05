"""Whatever happens on either side: syncs that follow what changed lead to NetSuite's own rows.

A colleague edits, adds and deletes rows, commits late, and changes columns; the account overloads,
cuts and fails; the clocks are moved; the program is killed. After every sync that says it is done,
the mirror is compared with what NetSuite really holds, and in the end with a full pull into an
empty workspace.
"""

import contextlib
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from nsconsole.sandbox.behaviour import Behaviour
from nsconsole.sandbox.server import Options, running
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.sync.reports import TableStatus
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests.conftest import Clock, Sandbox, _environ

from .mirror import Mirror, differences, netsuite_rows
from .tables import CUSTOMER, DELETIONS, LINES, STAMP, TRANSACTION, WORDS, iso, mapped

ORDERS = mapped(
    "orders",
    {"memo": "text", "size": "integer", "amount": "real", "open": "boolean", "day": "date"},
)
RATES = mapped("rates", {"name": "text", "rate": "real"}, cursor=None)
MAP = (ORDERS, RATES, CUSTOMER, TRANSACTION, LINES, DELETIONS)
STAMPED = (ORDERS, CUSTOMER, TRANSACTION, LINES)
COLUMNS = [("orders", c) for c in ("memo", "size", "amount", "open", "day")]
COLUMNS += [("customer", "comments"), ("transaction", "memo")]

ZONES = ("UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland")
# An hour or so before the clocks are moved, in Los Angeles and in Auckland, forward and back.
BEGINNINGS = tuple(
    map(
        datetime.fromisoformat,
        ("2027-03-14T08:47Z", "2027-11-07T07:47Z", "2027-04-03T12:47Z", "2027-09-25T12:47Z"),
    )
)
FAULTS = ("concurrency", "error_503", "error_500", "drop_before", "drop_after", "truncated",
          "malformed")  # fmt: skip
LOOKBACK = 3600
ID_OF_LINES = "uniquekey"
SYNCS_TO_SETTLE = 8

places = st.integers(0, 10**6)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


class Killed(BaseException):
    """The end of a process, as near as one process can come to it."""


@pytest.fixture(scope="session")
def small_account(tmp_path_factory):
    """The state of a sandbox with few transactions."""
    path = tmp_path_factory.mktemp("sandbox") / "small.db"
    with running(Options(state=path, now=Clock(), rows=60)):
        return path


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory):
    """The database of a workspace whose map is laid down, and nothing else."""
    home = tmp_path_factory.mktemp("home")
    workspace = open_workspace(load_settings({}, home=home))
    Mirror(workspace, None, home).use(*MAP)
    workspace.close()
    return workspace.database.path


class Account(RuleBasedStateMachine):
    """An account at work, and a mirror that follows it."""

    def __init__(self, small_account, empty_workspace):
        super().__init__()
        self.closing = contextlib.ExitStack()
        self.folder = Path(self.closing.enter_context(TemporaryDirectory()))
        self.clock = Clock()
        self.state = self.folder / "sandbox.db"
        self.template = empty_workspace
        shutil.copy(small_account, self.state)
        self.away = {}  # (table, column): the name under which its values are kept meanwhile
        self.hidden = set()
        self.untold = set()  # keys of orders that were deleted, of which NetSuite does not tell
        self.late = set()
        self.number = 10**6

    @initialize(
        zone=st.sampled_from(ZONES),
        begin=st.sampled_from(BEGINNINGS),
        manners=st.fixed_dictionaries(
            {
                "bad_column": st.sampled_from(("named", "error_500")),
                "name_all_bad_columns": st.booleans(),
            }
        ),
    )
    def open_account(self, zone, begin, manners):
        self.clock.now = begin
        behaviour = Behaviour(time_zone=zone, **manners)
        options = Options(state=self.state, now=self.clock, behaviour=behaviour)
        started = self.closing.enter_context(running(options))
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        self.sandbox = Sandbox(started.url, _environ(started, *names), {})
        self.mirror = self.opened("home")
        long_ago = begin - timedelta(days=30)
        rows = [
            {"id": n, "memo": f"order {n}", "size": n, "amount": n / 4, "open": n % 3 == 0,
             "day": "2027-02-03", STAMP: iso(long_ago + timedelta(minutes=n))}
            for n in range(1, 300)
        ]  # fmt: skip
        self.mirror.load(ORDERS, rows)
        self.mirror.load(RATES, [{"id": n, "name": f"R{n}", "rate": n / 8} for n in range(1, 30)])
        self.synced()

    def opened(self, name):
        """The mirror of a workspace of that name, empty but for its map."""
        home = self.folder / name
        home.mkdir()
        shutil.copy(self.template, home / "nsconsole.db")
        environ = self.sandbox.environ
        settings = replace(load_settings(environ, home=home), sync_lookback=LOOKBACK)
        workspace = open_workspace(settings, environ=environ, now=self.clock)
        workspace.sleep = self.clock.advance
        self.closing.callback(workspace.close)
        return Mirror(workspace, self.sandbox, self.state)

    def teardown(self):
        with self.closing:
            if hasattr(self, "mirror"):
                self.end()

    def end(self):
        """All that was taken away is given back, and a full pull from the beginning compared."""
        for which in list(self.away):
            self.back(*which)
        for table in list(self.hidden):
            self.hide_or_show_a_table(table)
        self.settle()
        self.commit_as_late_as_can_be(place=17, text="at the edge")
        self.a_day_later()
        fresh = self.opened("fresh")
        fresh.sync()
        for table in MAP:
            assert differences(self.mirror.live(table.name), fresh.live(table.name)) == []

    # What happens in NetSuite

    def some_id(self, table, place):
        """The id of some row, which lines have too beside their key."""
        name = ID_OF_LINES if table is LINES else "id"
        ids = netsuite_rows(self.state, f'SELECT "{name}" FROM "{table.name}" ORDER BY 1')
        return {name: ids[place % len(ids)][0]} if ids else None

    def new_id(self, table, place):
        self.number += 1
        if table is not LINES:
            return {"id": self.number}
        owner = self.some_id(TRANSACTION, place)
        return owner and {ID_OF_LINES: self.number, "transaction": owner["id"], "id": self.number}

    def row(self, table, id_, text):
        """What a colleague writes into a row, so far as the columns are there."""
        values = {
            "memo": text, "comments": text, "companyname": text, "name": text or "?",
            "size": len(text), "amount": len(text) / 8, "quantity": len(text) / 4,
            "rate": len(text) / 2, "open": len(text) % 2 == 0, "day": "2027-05-06",
        }  # fmt: skip
        names = [c.name for c in table.columns if (table.name, c.name) not in self.away]
        written = {name: values[name] for name in names if name in values}
        return id_ | written

    @rule(table=st.sampled_from((*STAMPED, RATES)), place=places, text=texts)
    def edit(self, table, place, text):
        id_ = self.some_id(table, place)
        if id_:
            self.sandbox.edit(table.name, self.row(table, id_, text))

    @rule(table=st.sampled_from((*STAMPED, RATES)), place=places, text=texts)
    def insert(self, table, place, text):
        id_ = self.new_id(table, place)
        if id_:
            self.sandbox.edit(table.name, self.row(table, id_, text))

    @rule(table=st.sampled_from((*STAMPED, RATES)), place=places)
    def delete(self, table, place):
        id_ = self.some_id(table, place)
        if id_:
            self.sandbox.delete(table.name, *id_.values())
            if table is ORDERS:
                self.untold.add((id_["id"],))

    @rule(
        change=st.sampled_from(("edit", "insert", "delete")),
        table=st.sampled_from(STAMPED),
        place=places,
        seconds=st.integers(1, LOOKBACK - 60),
    )
    def commit_late(self, change, table, place, seconds):
        # A second change of the very second that a late commit is stamped with cannot be told
        # from the first one by anybody.
        while iso(self.clock() - timedelta(seconds=seconds)) in self.late:
            seconds -= 1
        self.late.add(iso(self.clock() - timedelta(seconds=seconds)))
        self.sandbox.behave(late_commit_seconds=max(seconds, 0))
        if change == "delete":
            self.delete(table, place)
        else:
            getattr(self, change)(table, place, f"late {seconds}"[:8])
        self.sandbox.behave(late_commit_seconds=0)

    @rule(place=places, text=texts)
    def commit_as_late_as_can_be(self, place, text):
        """What bears the very stamp from which on the next sync reads, and comes after the last."""
        self.edit(ORDERS, place, "now")
        self.synced()
        self.sandbox.behave(late_commit_seconds=LOOKBACK)
        self.edit(ORDERS, place + 1, text)
        self.sandbox.behave(late_commit_seconds=0)
        self.synced()

    @precondition(lambda self: self.number < 10**6 + 1000)
    @rule(text=texts)
    def burst(self, text):
        rows = [self.row(ORDERS, self.new_id(ORDERS, 0), text) for _ in range(1_005)]
        self.sandbox.edit("orders", *rows)

    @rule(place=places, ahead=st.integers(1, 10**6))
    def stamp_in_the_future(self, place, ahead):
        id_ = self.some_id(ORDERS, place)
        if id_:
            stamp = iso(self.clock() + timedelta(seconds=ahead))
            self.sandbox.edit("orders", self.row(ORDERS, id_, "future") | {STAMP: stamp})

    @rule(which=st.sampled_from(COLUMNS), how=st.sampled_from(("drop", "hide", "rename")))
    def take_a_column_away(self, which, how):
        table, column = which
        if which in self.away:
            return
        other = f"{column}_was"
        self.sandbox.drift(table, **{how: [column, other] if how == "rename" else column})
        self.away[which] = how

    @precondition(lambda self: self.away)
    @rule(place=places)
    def give_a_column_back(self, place):
        which = sorted(self.away)[place % len(self.away)]
        self.back(*which)

    def back(self, table, column):
        how = self.away.pop((table, column))
        mapped_as = next(each for each in MAP if each.name == table)
        # Another type than before would be another column, whose rows are empty and bear no stamp.
        kind = "text area" if table != "orders" else WORDS[mapped_as.column(column).kind]
        changes = {
            "drop": {"add": {"name": column, "type": kind}},
            "hide": {"show": column},
            "rename": {"rename": [f"{column}_was", column]},
        }
        self.sandbox.drift(table, **changes[how])

    @precondition(lambda self: ("orders", STAMP) not in self.away)
    @rule()
    def hide_the_cursor(self):
        self.sandbox.drift("orders", hide=STAMP)
        self.away["orders", STAMP] = "hide"

    @rule(table=st.sampled_from(("orders", "rates")))
    def hide_or_show_a_table(self, table):
        self.mirror.hide_table(table, "open" if table in self.hidden else "no permission")
        self.hidden ^= {table}

    @rule(
        fault=st.sampled_from(FAULTS),
        times=st.integers(1, 6),
        table=st.sampled_from((None, "orders", "customer", "transactionline")),
    )
    def trouble(self, fault, times, table):
        where = {"where": {"table": table}} if table else {}
        self.sandbox.fault("suiteql", fault, times=times, **where)

    @rule(seconds=st.sampled_from((1, 7, 61, 300, 1800, 3601, 20_000)))
    def time_passes(self, seconds):
        self.clock.advance(seconds)

    # What the mirror does

    @rule(full=st.integers(0, 9))
    def sync(self, full):
        self.synced(full=full == 0)

    def synced(self, *, full=False):
        """Sync once, though it may come to nothing; all that it says is done must be right."""
        try:
            reports = self.mirror.sync(full=full)
        except NetSuiteUnavailableError:
            return {}
        for table in MAP:
            if reports[table.name].status is TableStatus.DONE:
                self.compare(table)
        return reports

    @rule(writes=st.integers(0, 8), full=st.booleans())
    def die_in_a_sync(self, writes, full):
        left = iter(range(writes))

        def die(_):
            if next(left, None) is None:
                raise Killed

        with contextlib.suppress(Killed, NetSuiteUnavailableError):
            self.mirror.sync(full=full, progress=die)

    @rule(looks=st.integers(0, 30))
    def stop_a_sync(self, looks):
        left = iter(range(looks))
        with contextlib.suppress(NetSuiteUnavailableError):
            self.mirror.sync(stopping=lambda: next(left, None) is None)

    @rule()
    def settle(self):
        """Trouble ends; a few syncs later all is as it is in NetSuite, and found out to be so."""
        self.mirror.no_more_faults()
        for _ in range(SYNCS_TO_SETTLE):
            self.clock.advance(301)
            reports = self.synced()
            if all(self.is_settled(table, reports) for table in MAP):
                break
        else:
            raise AssertionError(f"not settled: {reports}")

    @rule()
    def a_day_later(self):
        """After a day at the latest, what NetSuite does not tell of is known too."""
        self.settle()
        self.clock.advance(25 * 3600)
        self.settle()
        if "orders" not in self.unreadable():
            self.untold = set()
            self.compare(ORDERS)

    def unreadable(self):
        """The tables that nobody can sync just now."""
        cursorless = {"orders"} if ("orders", STAMP) in self.away else set()
        return self.hidden | cursorless

    def is_settled(self, table, reports):
        if table.name not in reports:
            return False
        if table.name in self.unreadable():
            return reports[table.name].status is TableStatus.PAUSED
        missing = {column for name, column in self.away if name == table.name}
        done = reports[table.name].status is TableStatus.DONE
        return done and self.mirror.set_aside(table.name) == missing

    def compare(self, table):
        called = {
            column: f"{column}_was"
            for (name, column), how in self.away.items()
            if name == table.name and how == "rename"
        }
        live, truth = self.mirror.live(table.name), self.mirror.truth(table.name, called=called)
        if table is ORDERS:
            live = {key: row for key, row in live.items() if key in truth or key not in self.untold}
        assert differences(live, truth) == []


@pytest.mark.parametrize("examples", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_syncs_lead_to_what_netsuite_holds_whatever_happened(
    small_account, empty_workspace, examples
):
    run_state_machine_as_test(
        lambda: Account(small_account, empty_workspace),
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink takes many minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
