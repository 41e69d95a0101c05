"""Statements on dead letters: none reads all that ever was, nor all that waits."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from nsconsole.store import dead_letters, replays
from nsconsole.store.dead_letters import Filter

AT = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
KEYS = [f"vendor:{number}" for number in range(50)]
IDS = list(range(50))


def listed(connection, *, grouped):
    dead_letters.listed(connection, Filter(), resolved=False, grouped=grouped, offset=0, limit=100)


@pytest.fixture
def plans(store):
    """Give the plan of each statement that some work runs, step by step."""

    def of(work):
        said = []
        event.listen(store.engine, "before_cursor_execute", lambda *told: said.append(told[2:4]))
        with store.writing() as connection:
            work(connection)
            asked = [told for told in said if told[0].startswith(("SELECT", "UPDATE"))]
            return [
                row[3]
                for sql, values in asked
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            ]

    return of


@pytest.mark.parametrize(
    "work",
    [
        lambda c: listed(c, grouped=False),
        lambda c: listed(c, grouped=True),
        lambda c: dead_letters.groups(c, Filter()),
        dead_letters.count_open,
        lambda c: dead_letters.open_ids(c, Filter()),
        lambda c: replays.resting_on(c, KEYS),
    ],
)
def test_the_open_ones_are_found_by_an_index_that_holds_no_others(plans, work):
    steps = [step for step in plans(work) if "ns_push_dlq_log" in step]
    assert steps
    assert {step for step in steps if "INDEX ix_ns_push_dlq_log_" not in step} == set()


@pytest.mark.parametrize(
    "work",
    [
        lambda c: replays.waiting_on(c, KEYS),
        lambda c: replays.among(c, IDS, reason="canary"),
        lambda c: replays.approvals(c, IDS),
        lambda c: replays.call_off(c, IDS, AT),
        lambda c: replays.reopen(c, IDS),
        lambda c: replays.link(c, IDS, reason=""),
    ],
)
def test_what_is_asked_as_pushes_end_reads_no_more_than_concerns_them(plans, work):
    steps = plans(work)
    assert steps
    allowed = ("(record_key=?)", "(proposal_id=?)", "rowid=?)", "SUBQUERY")
    assert [step for step in steps if not any(words in step for words in allowed)] == []
