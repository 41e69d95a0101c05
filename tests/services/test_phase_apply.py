"""A phase from its approval to the audit after it; what holds it up, and how it is taken back."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from nsconsole.sandbox.server import Options, running
from nsconsole.services import audit_trail, operators
from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.details import detail, look_now
from nsconsole.services.errors import (
    BadInputError,
    NetSuiteUnavailableError,
    RefusedError,
    ServiceError,
    TamperedError,
)
from nsconsole.services.phases.applying import apply_phase
from nsconsole.services.phases.due import apply_due
from nsconsole.services.phases.listing import phase, phases
from nsconsole.services.phases.revision import digest
from nsconsole.services.phases.undoing import undo_phase
from nsconsole.services.pushes.queue import undo
from nsconsole.services.sync.sync_map import load_map, replace_map
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests import phases as made
from tests.conftest import Clock, Sandbox, _environ

STEPS = ["backup", "migration", "map", "pull", "audit"]
PROPOSAL = 1


@pytest.fixture(scope="module")
def account(seeded_state, tmp_path_factory):
    """A NetSuite that all these tests share, with two small tables of its own."""
    state = tmp_path_factory.mktemp("account") / "sandbox.db"
    shutil.copy(seeded_state, state)
    with running(Options(state=state, now=Clock())) as started:
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        sandbox = Sandbox(started.url, _environ(started, *names), {})
        made.load(sandbox, Clock())
        yield sandbox


@pytest.fixture(scope="module")
def prepared(account, migrated_database, tmp_path_factory):
    """The folder of a workspace in which a phase waits for a decision, and who may decide."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    home.mkdir()
    shutil.copy(migrated_database, home / "nsconsole.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operators, "_COST", {"n": 2, "r": 1, "p": 1})
        with closing(_open(home, account, Clock())) as workspace:
            first = operators.first_operator(workspace, "ada", login="ada")
            ada = operators.authenticate(workspace, *first)
            added = operators.add_operator(workspace, ada, "rita", operators.Role.REVIEWER)
            rita = operators.authenticate(workspace, *added)
            made.begin(workspace)
            made.stage(workspace)
    return home, ada, rita


def _open(home, account, now):
    settings = load_settings(account.environ, home=home)
    return open_workspace(settings, environ=account.environ, now=now)


@pytest.fixture
def workspace(prepared, account, clock, tmp_path):
    """A workspace of one's own in which a phase waits, and waiting takes no time."""
    home = tmp_path / "home"
    shutil.copytree(prepared[0], home)
    with closing(_open(home, account, clock)) as workspace:
        workspace.sleep = clock.advance
        yield workspace


@pytest.fixture
def admin(prepared):
    return prepared[1]


@pytest.fixture
def reviewer(prepared):
    return prepared[2]


@pytest.fixture
def approved(workspace, reviewer):
    """The id of a phase that was approved."""
    return made.approve(workspace, reviewer, PROPOSAL).phase_id


@pytest.fixture
def query(workspace):
    """Run SQL on the workspace's database past every rule; give the rows."""

    def run(sql, *parameters):
        with workspace.database.writing() as connection:
            result = connection.exec_driver_sql(sql, parameters)
            return [tuple(row) for row in result] if result.returns_rows else []

    return run


def _map(workspace):
    return {e.table.name: {c.name for c in e.table.columns} for e in load_map(workspace)}


def _names(table):
    return {column.name for column in table.columns}


def _columns(query, mirror):
    return {name for (name,) in query("SELECT name FROM pragma_table_info(?)", mirror)}


def _mapped_fully(workspace):
    wanted = (made.WIDE_THING, made.PART)
    return _map(workspace) == {table.name: _names(table) for table in wanted}


def _untouched(workspace, query):
    mapped = _map(workspace) == {"thing": _names(made.THING)}
    return mapped and not _columns(query, "ns_part") and "size" not in _columns(query, "ns_thing")


def _stands(workspace, id_):
    return phase(workspace, id_).line.state


def test_what_was_approved_is_backed_up_migrated_mapped_pulled_and_audited(
    workspace, approved, query
):
    assert _untouched(workspace, query)
    ended = apply_phase(workspace, approved)
    assert ended.line.state == "applied"
    assert [(step.step, step.state) for step in ended.steps] == [(s, "done") for s in STEPS]
    assert _mapped_fully(workspace)
    assert query("SELECT id, size, colour FROM ns_thing_live ORDER BY id") == [
        (n, n, f"word {n}") for n in range(1, made.ROWS + 1)
    ]
    assert query("SELECT id, name, weight FROM ns_part_live ORDER BY id") == [
        (n, f"word {n}", n / 4) for n in range(1, made.ROWS + 1)
    ]
    _holds_what_was_before(ended.steps[0].detail["file"])
    _closed_what_was_planned(ended)


def _holds_what_was_before(backup):
    with closing(sqlite3.connect(backup)) as copy:
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
        assert "ns_thing" in tables
        assert "ns_part" not in tables
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _closed_what_was_planned(ended):
    found = ended.steps[-1].detail
    assert (found["left"], found["also_closed"], found["opened"]) == ([], [], [])
    assert found["closed"] == len({"thing.size", "thing.colour", "part", *_names(made.PART)})
    assert found["audit_id"] == ended.line.result_audit_id


def test_applying_again_changes_nothing(workspace, approved, query):
    first = apply_phase(workspace, approved)
    requests = query("SELECT count(*) FROM sync_runs")
    assert apply_phase(workspace, approved) == first
    assert query("SELECT count(*) FROM sync_runs") == requests


def test_a_phase_makes_no_push_and_is_no_change_of_a_record(workspace, approved, admin, query):
    assert query("SELECT count(*) FROM ns_pending_pushes") == [(0,)]
    (taken_back,) = undo(workspace, admin, [PROPOSAL])
    assert (taken_back.done, "nsconsole phase undo" in taken_back.why) == (False, True)
    shown = detail(workspace, PROPOSAL)
    assert (shown.changes, shown.phase.line.state, shown.stale) == ((), "approved", ())
    assert look_now(workspace, PROPOSAL) is None


def test_nothing_is_applied_that_nobody_approved(workspace, reviewer, query):
    (line,) = phases(workspace)
    with pytest.raises(RefusedError, match="waits for a decision"):
        apply_phase(workspace, line.id)
    decide(workspace, reviewer, Verdict.REJECT, [Choice(PROPOSAL)], reason="not now")
    assert _stands(workspace, line.id) == "withdrawn"
    with pytest.raises(RefusedError, match="was withdrawn"):
        apply_phase(workspace, line.id)
    with pytest.raises(BadInputError, match="no phase 99"):
        apply_phase(workspace, 99)
    assert _untouched(workspace, query)


def _tier_changed(workspace, query):
    replace_map(workspace, [replace(made.THING, tier=60)])


def _mirror_widened(workspace, query):
    query("ALTER TABLE ns_thing ADD COLUMN size INTEGER")


def _column_gone(workspace, query):
    query("UPDATE ns_catalog_columns SET gone_at = seen_at WHERE name = 'weight'")


def _column_gone_and_told(workspace, query):
    workspace.now.advance(60)
    query(
        "INSERT INTO ns_catalog_changes (at, fetch_id, table_name, name, event) "
        "VALUES ('2026-11-22T09:16:00.000000Z', 1, 'part', 'weight', 'gone')"
    )
    _column_gone(workspace, query)


MOVES = [
    (_tier_changed, "the map has changed: thing: tier is 60, was 5"),
    (_mirror_widened, "the mirror table ns_thing has other columns"),
    (_column_gone, "what NetSuite's catalog says of part has changed"),
    (_column_gone_and_told, "part.weight is gone from NetSuite"),
]


@pytest.mark.parametrize(("move", "told"), MOVES)
def test_a_stale_plan_is_not_approved_and_says_what_moved(workspace, reviewer, query, move, told):
    move(workspace, query)
    decision = made.approve(workspace, reviewer, PROPOSAL)
    assert not decision.won
    assert decision.status == "pending"
    assert told in decision.why
    assert any(told in what for what in detail(workspace, PROPOSAL).stale)
    assert phases(workspace)[0].state == "proposed"


def test_a_plan_that_turns_stale_after_its_approval_is_withdrawn(workspace, approved, query):
    _tier_changed(workspace, query)
    with pytest.raises(RefusedError, match=r"is stale: .* tier is 60, was 5"):
        apply_phase(workspace, approved)
    assert _stands(workspace, approved) == "withdrawn"
    assert _untouched(workspace, query)


def test_a_revision_that_is_not_the_approved_one_is_not_run(workspace, approved, query):
    file = workspace.settings.home / phase(workspace, approved).plan.revision_path
    text = file.read_text()
    file.write_text(text + "\nraise SystemExit('run all the same')\n")
    with pytest.raises(TamperedError, match="its digest does not match"):
        apply_phase(workspace, approved)
    assert _stands(workspace, approved) == "failed"
    assert _untouched(workspace, query)
    file.write_text(text)
    assert apply_phase(workspace, approved).line.state == "applied"


@pytest.mark.parametrize("column", ["plan_json", "sql_text"])
def test_a_plan_that_was_changed_by_force_is_neither_approved_nor_applied(
    workspace, reviewer, query, column
):
    (before,) = query(f"SELECT {column} FROM coverage_phases")
    query(f"UPDATE coverage_phases SET {column} = replace({column}, 'colour', 'color')")
    with pytest.raises(TamperedError, match="is not what was staged"):
        made.approve(workspace, reviewer, PROPOSAL)
    query(f"UPDATE coverage_phases SET {column} = ?", *before)
    made.approve(workspace, reviewer, PROPOSAL)
    query(f"UPDATE coverage_phases SET {column} = replace({column}, 'colour', 'color')")
    with pytest.raises(TamperedError, match="is not what was staged"):
        apply_phase(workspace, 1)
    assert _untouched(workspace, query)


def _stage_failing(workspace, number):
    """Stage a phase whose migration makes a table, and then fails."""
    plan = made.plan(workspace, number=number)
    file = workspace.settings.home / plan.revision_path
    text = file.read_text().replace(
        "\n\n\ndef downgrade", "\n    raise ValueError('no room')\n\n\ndef downgrade"
    )
    file.write_text(text)
    return made.stage(workspace, replace(plan, revision_digest=digest(text)))


def test_a_migration_that_fails_leaves_the_schema_as_it_was_and_says_so(workspace, reviewer, query):
    id_, proposal = _stage_failing(workspace, 105)
    made.approve(workspace, reviewer, proposal)
    with pytest.raises(ServiceError, match=r"phase 105 failed at its migration: .*no room"):
        apply_phase(workspace, id_)
    assert _untouched(workspace, query)
    stands = phase(workspace, id_)
    assert (stands.line.state, stands.step.step, stands.step.state) == (
        "failed",
        "migration",
        "failed",
    )
    assert apply_due(workspace) == []  # a person is to look first


def test_a_pull_that_netsuite_holds_up_goes_on_by_itself_after_a_minute(
    workspace, approved, account, clock
):
    account.fault("suiteql", "error_503", rate=1)
    try:
        with pytest.raises(NetSuiteUnavailableError):
            apply_phase(workspace, approved)
    finally:
        account._door("faults", method="DELETE")
    stands = phase(workspace, approved)
    assert (stands.line.state, stands.step.step) == ("applying", "pull")
    assert stands.line.error
    assert apply_due(workspace) == []
    clock.advance(61)
    (ended,) = apply_due(workspace)
    assert (ended.line.state, ended.line.error) == ("applied", None)


def test_the_map_waits_for_the_end_of_a_sync(workspace, approved):
    held = workspace.locks.take("table-thing")
    heard = []

    def tell(step, words):
        heard.append((step, words))
        if "waiting" in words:
            held.release()

    assert apply_phase(workspace, approved, progress=tell).line.state == "applied"
    assert ("map", "waiting for the end of a sync") in heard


def test_the_pull_waits_for_whoever_is_quicker(workspace, approved, query):
    held, heard = [], []

    def tell(step, words):
        heard.append((step, words))
        if step == "map":
            held.append(workspace.locks.take("table-part"))
        if "waiting" in words:
            held[0].release()

    assert apply_phase(workspace, approved, progress=tell).line.state == "applied"
    assert ("pull", "waiting for the end of a sync of part") in heard
    assert query("SELECT count(*) FROM ns_part") == [(made.ROWS,)]


def test_one_process_at_a_time_applies_phases(workspace, approved):
    held = workspace.locks.take("phase")
    waits = []

    def stop():
        waits.append(_stands(workspace, approved))
        return len(waits) == 3

    assert apply_phase(workspace, approved, stopping=stop).line.state == "approved"
    held.release()
    assert waits == ["approved"] * 3
    assert apply_phase(workspace, approved).line.state == "applied"


def test_whoever_stops_it_finds_it_where_it_was(workspace, approved, query):
    steps = []

    def tell(step, _):
        steps.append(step)

    stopped = apply_phase(workspace, approved, progress=tell, stopping=lambda: "map" in steps)
    assert (stopped.line.state, stopped.line.error) == ("applying", None)
    assert _mapped_fully(workspace)
    assert query("SELECT count(*) FROM ns_part") == [(0,)]
    (ended,) = apply_due(workspace)
    assert ended.line.state == "applied"
    assert query("SELECT count(*) FROM ns_part") == [(made.ROWS,)]


def test_a_column_that_netsuite_no_longer_gives_is_told_as_not_closed(
    workspace, approved, account, query
):
    account.drift("part", hide="weight")
    try:
        ended = apply_phase(workspace, approved)
    finally:
        account.drift("part", show="weight")
    assert ended.line.state == "applied"
    assert ended.steps[-1].detail["left"] == [["part", "weight"]]
    assert ended.steps[-2].detail["set_aside"] == {"part": ["weight"]}


def test_a_table_that_netsuite_takes_away_holds_up_no_other(workspace, approved, account, query):
    account._door("tables/part", {"access": "no permission"})
    try:
        ended = apply_phase(workspace, approved)
    finally:
        account._door("tables/part", {"access": "open"})
    assert ended.line.state == "applied"
    assert set(ended.steps[-2].detail["paused"]) == {"part"}
    assert query("SELECT count(size) FROM ns_thing") == [(made.ROWS,)]


def test_what_somebody_changes_in_the_map_meanwhile_stays(workspace, approved, clock):
    editing = []

    def tell(step, _):
        if step == "map" and not editing:
            editing.append("about to begin")

    def now():
        # The map was read by now, and is about to be replaced.
        if editing == ["about to begin"]:
            editing.append("done")
            replace_map(workspace, [replace(made.THING, tier=60)])
        return clock()

    workspace.now = now
    apply_phase(workspace, approved, progress=tell)
    assert _mapped_fully(workspace)
    assert next(e.table for e in load_map(workspace) if e.table.name == "thing").tier == 60


def test_undoing_takes_the_columns_out_of_the_map_and_keeps_the_data(
    workspace, approved, admin, reviewer, query
):
    apply_phase(workspace, approved)
    with pytest.raises(RefusedError, match="takes the role admin"):
        undo_phase(workspace, reviewer, approved)
    with (
        workspace.locks.take("table-thing"),
        pytest.raises(RefusedError, match="try again in a moment"),
    ):
        undo_phase(workspace, admin, approved)
    assert _mapped_fully(workspace)
    undone = undo_phase(workspace, admin, approved)
    assert undone.line.state == "undone"
    assert _map(workspace) == {"thing": _names(made.THING)}
    assert query("SELECT count(size), count(colour) FROM ns_thing") == [(made.ROWS, made.ROWS)]
    assert query("SELECT count(weight) FROM ns_part") == [(made.ROWS,)]
    gaps = query("SELECT table_name, name FROM coverage_gaps WHERE closed_audit_id IS NULL")
    assert {("thing", "size"), ("thing", "colour"), ("part", "")} <= set(gaps)
    with pytest.raises(RefusedError, match="nothing to undo"):
        undo_phase(workspace, admin, approved)
    _tells_of_the_whole(workspace)


def _tells_of_the_whole(workspace):
    trail = list(audit_trail.export(workspace))
    assert [(e["event"], e["actor"]) for e in trail if "phase" in e["subject"]] == [
        ("phase_planned", "ada"),
        *[(f"phase_{step}", "nsconsole") for step in STEPS],
        ("phase_undone", "ada"),
    ]
    assert audit_trail.verify(workspace).sound


def test_what_was_undone_can_be_planned_and_applied_again(workspace, approved, admin, query):
    apply_phase(workspace, approved)
    undo_phase(workspace, admin, approved)
    id_, proposal = made.stage(workspace, number=105)
    made.approve(workspace, admin, proposal)
    assert apply_phase(workspace, id_).line.state == "applied"
    assert _mapped_fully(workspace)
    assert query("SELECT version_num FROM ns_phase_version") == [("105",)]


def test_a_phase_on_which_a_later_one_rests_is_not_undone(workspace, approved, admin):
    apply_phase(workspace, approved)
    wider = made.PART.with_columns([replace(made.PART.column("name"), name="maker")])
    id_, proposal = made.stage(workspace, number=105, tables=[wider])
    made.approve(workspace, admin, proposal)
    with pytest.raises(RefusedError, match=r"phase 105 rests on part, .* phase undo 2"):
        undo_phase(workspace, admin, approved)
    undo_phase(workspace, admin, id_)
    assert undo_phase(workspace, admin, approved).line.state == "undone"


def test_two_plans_of_one_number_are_not_both_staged(workspace):
    with pytest.raises(BadInputError, match="Plan again"):
        made.stage(workspace)
    assert len(phases(workspace)) == 1


def test_no_proposal_of_a_phase_comes_from_outside(workspace):
    from nsconsole.services.proposals import propose

    entry = {
        "action_type": "apply_phase",
        "target_record": "phase",
        "target_id": "1",
        "change": {"a": 1},
    }
    with pytest.raises(BadInputError, match="unknown kind"):
        propose(workspace, [entry], author="bot")


def test_a_proposal_says_in_its_row_what_the_phase_brings(workspace, query):
    ((author, risk, summary, change),) = query(
        "SELECT author, risk_tier, summary, proposed_change_json FROM proposed_actions"
    )
    assert (author, risk) == ("nsconsole", "high")
    assert "1 new table, 1 table widened, 6 new columns" in summary
    assert json.loads(change)["tables"] == ["thing", "part"]
