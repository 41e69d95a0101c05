"""Statements on pushes: however much is finished, only what waits is looked through."""

from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from nsconsole.store import pushes
from nsconsole.store.tables import proposed_actions

LONGEST = timedelta(hours=1)


@pytest.fixture
def queued(write, later):
    """Queue pushes about some records; give their ids."""

    def run(*record_keys):
        rows = [
            {
                "proposal_id": number,
                "request_id": f"request-{number}",
                "payload_json": "{}",
                "digest": "",
                "record_key": key,
            }
            for number, key in enumerate(record_keys, 1)
        ]
        return write(_enqueue, rows, later(0))

    return run


def _enqueue(connection, rows, at):
    """Enqueue pushes of proposals that are nothing but there."""
    texts = ("action_type", "target_record", "author", "summary", "search_text", "reason", "digest")
    proposal = dict.fromkeys(texts, "") | {
        "status": "approved",
        "risk_rank": 1,
        "risk_tier": "low",
        "created_at": at,
        "decided_by": "ada",
        "decided_at": at,
        "proposed_change_json": "{}",
        "seen_json": "{}",
    }
    numbers = [row["proposal_id"] for row in rows]
    staged = [proposal | {"id": number, "external_id": str(number)} for number in numbers]
    connection.execute(insert(proposed_actions), staged)
    return pushes.enqueue(connection, rows, at)


@pytest.fixture
def plans(store):
    """Do something in a transaction; give how SQLite goes about each of its statements."""

    def run(work, *arguments, **named):
        said = []
        event.listen(store.engine, "before_cursor_execute", _noted := _note(said))
        try:
            with store.writing() as connection:
                work(connection, *arguments, **named)
        finally:
            event.remove(store.engine, "before_cursor_execute", _noted)
        with store.reading() as connection:
            return [
                [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
                for sql, values in said
            ]

    return run


def _note(said):
    def note(_connection, _cursor, statement, parameters, _context, many):
        said.append((statement, parameters[0] if many else parameters))

    return note


@pytest.fixture
def lease(later):
    """What a lease is taken with."""
    return {
        "owner": "me",
        "limit": 50,
        "now": later(1),
        "expires": later(120),
        "longest_wait": LONGEST,
    }


def test_a_lease_goes_through_what_waits_in_its_order_and_stops(queued, plans, lease):
    queued("vendor:1", "vendor:2")
    (steps,) = plans(pushes.lease, **lease)
    looks = {step for step in steps if "ns_pending_pushes" in step}
    assert looks == {
        "SCAN ns_pending_pushes USING INDEX ix_ns_pending_pushes_waiting",
        "SEARCH earlier USING INDEX ix_ns_pending_pushes_record (record_key=? AND id<?)",
        "SEARCH ns_pending_pushes USING INTEGER PRIMARY KEY (rowid=?)",
    }
    assert sum("ix_ns_pending_pushes_waiting" in step for step in steps) == 1
    assert not any("TEMP B-TREE" in step for step in steps)


@pytest.mark.parametrize(
    ("work", "names"),
    [
        (pushes.rescue, ("now", "longest")),
        (pushes.hurry, ("at",)),
        (pushes.held_back_until, ()),
    ],
)
def test_no_look_of_a_drain_goes_through_what_is_finished(plans, queued, later, work, names):
    queued("vendor:1")
    given = {"now": later(1), "at": later(1), "longest": LONGEST}
    (steps,) = plans(work, **{name: given[name] for name in names})
    (look,) = [step for step in steps if "ns_pending_pushes" in step]
    of_those_alone = ("ix_ns_pending_pushes_waiting", "ix_ns_pending_pushes_status (status=?)")
    assert look.endswith(of_those_alone)


def released(push, later, *, tries):
    """What gives a push back, due at once."""
    held = {"push_id": push.id, "held_fence": push.fence, "error": None, "unsure": 0}
    return held | {"new_status": "queued", "next_at": later(1), "tries": tries}


def test_what_was_tried_goes_alone_and_never_along_with_others(queued, write, lease, later):
    queued("vendor:1", "vendor:2", "vendor:3")
    taken = write(pushes.lease, **lease)
    tries = zip(taken, (0, 1, 0), strict=True)
    write(pushes.released, [released(push, later, tries=n) for push, n in tries], later(1))
    fresh = write(pushes.lease, **lease)
    assert [push.record_key for push in fresh] == ["vendor:1", "vendor:3"]
    assert [(push.record_key, push.attempts) for push in write(pushes.lease, **lease)] == [
        ("vendor:2", 2)
    ]


def test_a_late_answer_changes_nothing_of_a_later_lease(queued, write, lease, later, rows):
    queued("vendor:1")
    (late,) = write(pushes.lease, **lease)
    write(pushes.rescue, later(200), longest=LONGEST)
    (push,) = write(pushes.lease, **lease | {"now": later(201), "expires": later(300)})
    assert push.fence == late.fence + 1
    before = rows("SELECT * FROM ns_pending_pushes")
    answers = [
        {"push_id": one.id, "held_fence": one.fence, "internal_id": "42"} for one in (late, push)
    ]
    assert write(pushes.applied, answers[:1], later(202)) == []
    assert write(pushes.released, [released(late, later, tries=1)], later(202)) == []
    assert rows("SELECT * FROM ns_pending_pushes") == before
    assert write(pushes.applied, answers, later(203)) == [push.id]
    assert write(pushes.released, [released(push, later, tries=1)], later(204)) == []
    assert rows("SELECT push_id FROM proposed_actions_applied_mirror") == [(push.id,)]


def test_what_a_call_settles_is_found_by_its_id(plans, queued, write, lease, later):
    queued("vendor:1")
    (push,) = write(pushes.lease, **lease)
    row = {"push_id": push.id, "held_fence": push.fence, "internal_id": "42"}
    (end, mirror) = plans(pushes.applied, [row], later(1))
    for steps in (end, mirror):
        assert any("USING INTEGER PRIMARY KEY (rowid=?)" in step for step in steps)
        assert not any("SCAN" in step for step in steps)


def test_no_look_of_a_settling_goes_through_all_letters_or_pushes(
    plans, queued, write, lease, later
):
    queued("vendor:1", "vendor:2")
    taken = write(pushes.lease, **lease)
    (held,) = plans(pushes.still_held, {push.id: push.fence for push in taken}, until=later(2))
    (concerned,) = plans(pushes.concern_letters, taken)
    for steps in (held, concerned):
        assert not any("SCAN ns_" in step for step in steps)
    assert "SEARCH ns_pending_pushes USING INTEGER PRIMARY KEY (rowid=?)" in held
