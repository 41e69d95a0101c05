"""The inbox: its pages, counts and positions are those of a plain sorted list."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsconsole.services import inbox
from nsconsole.services.inbox import Sort, View
from nsconsole.services.lines import first_lines
from nsconsole.services.pushes.draining import drain
from nsconsole.store import tables

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = ["acme", "100%", "a_b", "o'neill", 'quo"te', "straße", "é", "[red]", "\\", "/", "*", "7"]
RANKS = {"low": 1, "medium": 2, "high": 3}

ROWS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["pending", "pending", "approved", "rejected"]),
        "risk_tier": st.sampled_from(list(RANKS)),
        "author": st.sampled_from(["ann", "Bob", "Émile", "zoe"]),
        "action_type": st.sampled_from(["update_vendor_cost", "create_record", "delete_record"]),
        "text": st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
        "decided": st.sampled_from([-2, 0, 3]),  # hours after noon
    }
)
VIEWS = st.builds(
    View,
    sort=st.sampled_from(Sort),
    words=st.lists(
        st.sampled_from([*WORDS, "ACME", "STRASSE", "É", "2", "9" * 30]), max_size=2
    ).map(tuple),
    decided_since=st.none() | st.just(NOON),
    everything=st.booleans(),
)
KEYS = {
    Sort.NEWEST: lambda row: -row["id"],
    Sort.OLDEST: lambda row: row["id"],
    Sort.RISK: lambda row: (-RANKS[row["risk_tier"]], -row["id"]),
    Sort.AUTHOR: lambda row: (row["author"], row["id"]),
    Sort.KIND: lambda row: (row["action_type"], row["id"]),
}


def expected(rows, view):
    """The ids that a view shows, in order, worked out in plain Python."""
    shown = [row for row in rows if in_scope(row, view) and matches(row, view.words)]
    return [row["id"] for row in sorted(shown, key=KEYS[view.sort])]


def in_scope(row, view):
    if view.everything or row["status"] == "pending":
        return True
    return view.decided_since is not None and row["decided_at"] >= view.decided_since


def matches(row, words):
    return all(
        word.casefold() in row["text"].casefold() or word == str(row["id"]) for word in words
    )


def fill(connection, drawn):
    """Put rows into an empty table, decided ones with their decision; give them with their ids."""
    connection.execute(tables.proposed_actions.delete())
    rows = []
    for id_, row in enumerate(drawn, start=1):
        decided = None if row["status"] == "pending" else NOON + timedelta(hours=row["decided"])
        rows.append(row | {"id": id_, "decided_at": decided})
    for row in rows:
        kept = {name: value for name, value in row.items() if name not in ("text", "decided")}
        connection.execute(
            tables.proposed_actions.insert().values(
                **kept,
                risk_rank=RANKS[row["risk_tier"]],
                search_text=row["text"].casefold(),
                target_record="vendor",
                summary="s",
                reason="",
                external_id=str(row["id"]),
                proposed_change_json="{}",
                seen_json="{}",
                digest="d",
                created_at=NOON,
            )
        )
    return rows


@pytest.fixture
def editable(workspace, query):
    """The workspace without the triggers that keep its proposals as they are."""
    query("DROP TRIGGER proposed_actions_kept")
    return workspace


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(ROWS, max_size=25), view=VIEWS, size=st.integers(1, 7))
def test_pages_counts_and_positions_are_those_of_a_sorted_list(editable, drawn, view, size):
    with editable.database.writing() as connection:
        rows = fill(connection, drawn)
    ids = expected(rows, view)

    pages = []
    for offset in range(0, len(ids) + 1, size):
        pages += inbox.page(editable, view, offset=offset, limit=size)
    assert [line.id for line in pages] == ids
    assert inbox.count(editable, view) == len(ids)
    for row in rows:
        place = ids.index(row["id"]) if row["id"] in ids else None
        assert inbox.position(editable, view, row["id"]) == place
    assert inbox.position(editable, view, 999) is None
    pending = {row["id"] for row in rows if row["status"] == "pending"} & set(ids)
    assert {line.id for line in inbox.pending(editable, view)} == pending


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("%", [1]),
        ("_", [2]),
        ("'", [3]),
        ('"', [3]),
        ("\\", [4]),
        ("/", [5]),
        ("ACME", [5]),
        ("STRASSE", [6]),
        ("é", [6]),
        ("*", []),
        ("2", [2, 6]),
        ("02", [2]),
        ("99999999999999999999", []),
        ("", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_filter_takes_each_character_as_itself_and_digits_as_an_id_too(editable, word, found):
    texts = ["100%", "a_b", 'o\'neill says "no"', "back\\slash", "1/1 Acme", "Straße 22, É"]
    row = {"status": "pending", "risk_tier": "low", "author": "ann", "action_type": "create_record"}
    with editable.database.writing() as connection:
        fill(connection, [row | {"text": text} for text in texts])
    view = View(words=(word,), sort=Sort.OLDEST)
    assert [line.id for line in inbox.page(editable, view, offset=0, limit=9)] == found


@pytest.mark.parametrize("words", [(), ("acme",)])
@pytest.mark.parametrize("since", [None, NOON])
@pytest.mark.parametrize("sort", Sort)
def test_the_first_page_is_read_off_an_index_without_sorting_what_is_pending(
    workspace, plans, sort, since, words
):
    view = View(sort=sort, decided_since=since, words=words)
    ordered, *_ = plans(lambda: inbox.page(workspace, view, offset=0, limit=50))
    (pending,) = [step for step in ordered if "INDEX ix_proposed_actions_status" in step.detail]
    assert pending.detail.startswith("SEARCH proposed_actions USING ")
    if since is not None:
        assert any("INDEX ix_proposed_actions_decided_at" in step.detail for step in ordered)
    sorts = [step for step in ordered if "TEMP B-TREE" in step.detail]
    assert pending.parent not in {step.parent for step in sorts}  # only what was decided is sorted


def test_a_line_tells_how_its_push_stands(workspace, enqueue, stage):
    enqueue({"action_type": "delete_record", "target_record": "contact", "target_id": "323"})
    enqueue({"action_type": "update_contact", "target_id": "324", "change": {"title": "CEO"}})
    stage({"action_type": "update_contact", "target_id": "325", "change": {"title": "CEO"}})
    view = View(everything=True, sort=Sort.OLDEST)
    assert [line.push for line in inbox.page(workspace, view, offset=0, limit=9)] == [
        "queued",
        "queued",
        None,
    ]
    drain(workspace, limit=1)
    applied, queued, pending = inbox.page(workspace, view, offset=0, limit=9)
    assert (applied.push, applied.ns_internal_id, applied.error) == ("applied", "323", None)
    assert (queued.push, queued.ns_internal_id) == ("queued", None)
    assert (pending.status, pending.push) == ("pending", None)


def test_a_line_tells_the_error_of_its_newest_push(workspace, sandbox, enqueue):
    enqueue({"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12}})
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    drain(workspace)
    (line,) = inbox.listed(workspace, status="approved")
    assert line.error.startswith("RCRD_HAS_BEEN_CHANGED: ")


def test_proposals_are_listed_by_status_the_newest_first(workspace, stage, approve):
    entry = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12}}
    stage(entry, entry, entry)
    approve(2)
    assert [line.id for line in inbox.listed(workspace, status=None)] == [3, 2, 1]
    assert [line.id for line in inbox.listed(workspace, status="pending")] == [3, 1]
    assert [line.id for line in inbox.listed(workspace, status=None, limit=1)] == [3]


class TestTheFirstLines:
    @pytest.fixture
    def staged(self, workspace, enqueue, stage):
        entry = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12}}
        enqueue(entry)
        stage(entry, entry, entry)
        return workspace

    @pytest.mark.parametrize("limit", [1, 50])
    def test_are_those_of_the_page(self, staged, limit):
        page = inbox.page(staged, View(), offset=0, limit=limit)
        assert first_lines(staged.settings, limit) == (page, 3)

    def test_are_read_from_a_relative_path_too(self, staged, home, monkeypatch):
        monkeypatch.chdir(home)
        relative = replace(staged.settings, database_url="sqlite:///nsconsole.db")
        assert first_lines(relative, 9) == first_lines(staged.settings, 9)

    def test_are_left_to_the_workspace_when_there_is_no_such_database(self, staged, tmp_path):
        for name in ("missing.db", "garbage.db", "older.db"):
            path = tmp_path / name
            if name == "garbage.db":
                path.write_bytes(b"garbage" * 999)
            if name == "older.db":
                with closing(sqlite3.connect(path)) as connection:
                    connection.execute("CREATE TABLE alembic_version AS SELECT '0000' version_num")
            moved = replace(staged.settings, database_url=f"sqlite:///{path}")
            assert first_lines(moved, 9) is None
