"""Planning a phase on a NetSuite: what is chosen, how each table is to be mirrored, and why."""

import json
import shutil
from contextlib import closing

import pytest

from nsconsole.catalog import Reason, State
from nsconsole.mapping import Kind, Mode, Parent
from nsconsole.sandbox.server import Options, running
from nsconsole.services.errors import BadInputError, NetSuiteUnavailableError, ServiceError
from nsconsole.services.phases import finding
from nsconsole.services.phases.plan import from_json, to_json
from nsconsole.services.phases.planning import NothingToPlanError, plan_phase
from nsconsole.services.phases.rules import rules_file
from nsconsole.services.sync.sync_map import load_map, replace_map
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from nsconsole.store import mirror_tables
from tests.conftest import Clock, Sandbox, _environ
from tests.planning import catalogued, row_of
from tests.sync.tables import mapped

AT = "2026-11-20T10:00:00Z"
RULES = '[[phase]]\nname = "all"\ntitle = "All of it"\ntables = ["*"]\norder = "use"\n'


def _rows(count, **columns):
    return [{name: make(n) for name, make in columns.items()} for n in range(1, count + 1)]


def _number(n):
    return n


LOADED = {
    "gadget": (
        {"id": "INTEGER", "name": "TEXT", "lastmodifieddate": "DATETIME", "order": "TEXT"},
        ["id"],
        _rows(3, id=_number, name=str, lastmodifieddate=lambda n: AT),
    ),
    "pairs": (  # that each row has another gadget today, makes that no key
        {"gadget": "INTEGER", "other": "INTEGER", "amount": "DECIMAL", "serial": "TEXT"},
        ["gadget", "other"],
        _rows(6, gadget=_number, other=lambda n: n % 2, amount=_number),
    ),
    "unstamped": (
        {"id": "INTEGER", "lastmodifieddate": "DATETIME"},
        ["id"],
        _rows(4, id=_number, lastmodifieddate=lambda n: AT if n > 1 else None),
    ),
    "hidden_key": (
        {"secret": "INTEGER", "word": "TEXT", "size": "INTEGER"},
        ["secret"],
        _rows(4, secret=_number, word=lambda n: "same", size=lambda n: 1),
    ),
    "nothing_in_it": ({"key": "INTEGER", "name": "TEXT"}, ["key"], []),
    "untold": (
        {"id": "INTEGER", "flag": "BOOLEAN"},
        ["id"],
        _rows(2, id=_number, flag=lambda n: "T"),
    ),
    "wide": (
        {"id": "INTEGER", **{f"c{n}": "TEXT" for n in range(1, 6)}},
        ["id"],
        _rows(1, id=_number, c2=str, c4=str, c5=str),
    ),
    "part": (
        {"gadget": "INTEGER", "line": "INTEGER", "name": "TEXT"},
        ["gadget", "line"],
        _rows(5, gadget=lambda n: 1, line=_number),
    ),
}
KINDS = {"INTEGER": "integer", "DECIMAL": "real", "TEXT": "text", "BOOLEAN": "boolean",
         "DATETIME": "datetime"}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox(seeded_state, tmp_path_factory):
    """A NetSuite that all these tests share, with tables of its own."""
    state = tmp_path_factory.mktemp("account") / "sandbox.db"
    shutil.copy(seeded_state, state)
    with running(Options(state=state, now=Clock())) as started:
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        sandbox = Sandbox(started.url, _environ(started, *names), {})
        sandbox.load(
            **{
                name: {"columns": columns, "key": key, "rows": rows}
                for name, (columns, key, rows) in LOADED.items()
            }
        )
        sandbox.drift("hidden_key", hide="secret")
        yield sandbox


@pytest.fixture
def workspace(sandbox, migrated_database, clock, tmp_path):
    """A workspace whose map is small, and whose rules know nothing."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(migrated_database, home / "nsconsole.db")
    settings = load_settings(sandbox.environ, home=home)
    with closing(open_workspace(settings, environ=sandbox.environ, now=clock)) as workspace:
        workspace.sleep = clock.advance
        replace_map(workspace, [mapped("customer", {"companyname": "text"})])
        rules_file(workspace).parent.mkdir()
        rules_file(workspace).write_text(RULES, encoding="utf-8")
        yield workspace


def known(workspace, *tables, **how):
    """Have tables in the catalog as they were loaded."""
    for name in tables:
        columns = {column: KINDS[kind] for column, kind in LOADED[name][0].items()}
        catalogued(workspace, name, **how, **columns)


def plan(workspace, *tables, **how):
    return plan_phase(workspace, tables=tables, author="ada", **how).plan


def planned(workspace, table, **how):
    """The one table of a phase of that table."""
    (only,) = plan(workspace, table, **how).tables
    return only


def test_the_cursor_is_what_moves_and_every_row_has(workspace):
    known(workspace, "gadget")
    gadget = planned(workspace, "gadget")
    assert (gadget.table.key, gadget.table.cursor) == (("id",), "lastmodifieddate")
    assert (gadget.table.mode, gadget.table.tier) == (Mode.INCREMENTAL, 15)
    assert gadget.why["key"] == "id: by its name, and each of 3 rows has its own"
    assert gadget.why["cursor"] == (
        "lastmodifieddate: moves with every change, and each of 3 rows has one"
    )
    assert gadget.rows == gadget.estimate.rows == 3


def test_rows_without_a_stamp_are_read_whole(workspace):
    known(workspace, "unstamped")
    unstamped = planned(workspace, "unstamped")
    assert (unstamped.table.cursor, unstamped.table.mode) == (None, Mode.SNAPSHOT_DIFF)
    assert unstamped.table.tier == 60
    assert unstamped.why["cursor"] == "none: 1 of 4 rows have no lastmodifieddate"


def test_a_key_is_found_by_asking_where_no_name_tells(workspace):
    known(workspace, "pairs", refers={"gadget": "gadget", "other": "gadget"})
    pairs = planned(workspace, "pairs")
    assert pairs.table.key == ("gadget", "other")
    assert pairs.why["key"] == "gadget + other: found by asking, and each of 6 rows has its own"


def test_a_table_without_a_key_is_left_out_and_not_asked_again(workspace):
    known(workspace, "hidden_key", "gadget")
    made = plan(workspace)
    assert made.new_tables == ("gadget",)
    left = {each.column: each for each in made.left_out}
    assert left[""].reason is Reason.NO_KEY
    assert "several of its 4 rows" in left[""].detail
    assert left["secret"].reason is Reason.NOT_QUERYABLE
    assert row_of(workspace, "hidden_key").reason is Reason.NO_KEY
    assert row_of(workspace, "hidden_key").state is State.QUERYABLE
    with pytest.raises(NothingToPlanError, match="104_all waits to be decided"):
        plan(workspace)
    with pytest.raises(NothingToPlanError, match=r"several of its 4 rows.*\[known\]"):
        plan(workspace, "hidden_key")


def test_rules_know_keys_and_owners(workspace):
    known(workspace, "gadget", "part")
    gadget = planned(workspace, "gadget")
    replace_map(workspace, [*(entry.table for entry in load_map(workspace)), gadget.table])
    with rules_file(workspace).open("a", encoding="utf-8") as file:
        file.write('[known.part]\nkey = ["gadget", "line"]\ntier = 5\n')
        file.write('parent = { table = "gadget", column = "gadget" }\n')
    part = planned(workspace, "part")
    assert part.table.key == ("gadget", "line")
    assert part.table.parent == Parent("gadget", "gadget")
    assert (part.table.mode, part.table.cursor) == (Mode.INCREMENTAL, None)
    assert part.why["key"] == "gadget + line: known of this table, and each of 5 rows has its own"
    assert part.why["tier"] == "5 minutes: known of this table"


def test_a_table_without_rows_is_planned_by_its_names(workspace):
    known(workspace, "nothing_in_it")
    empty = planned(workspace, "nothing_in_it")
    assert empty.table.key == ("key",)
    assert empty.why["key"] == "key: by its name; no row is there yet to tell"
    assert empty.estimate.requests == 1


def test_a_table_whose_columns_nobody_tells_is_looked_into(workspace):
    catalogued(workspace, "untold", state="unknown")
    untold = planned(workspace, "untold")
    assert {c.name: c.kind for c in untold.table.columns} == {
        "id": Kind.INTEGER, "flag": Kind.BOOLEAN,
    }  # fmt: skip
    assert row_of(workspace, "untold", "flag").kind is Kind.BOOLEAN


def test_the_record_services_texts_are_the_numbers_that_they_are(workspace):
    catalogued(workspace, "untold", state="unknown", id="text", flag="boolean")
    assert planned(workspace, "untold").table.column("id").kind is Kind.INTEGER
    assert row_of(workspace, "untold", "id").kind is Kind.INTEGER


def test_as_many_columns_come_as_there_is_room_for_the_fullest_first(workspace, monkeypatch):
    monkeypatch.setattr(finding, "MOST_COLUMNS", 4)  # SQLite has room for 2,000
    known(workspace, "wide")
    made = plan(workspace, "wide")
    assert [c.name for c in made.tables[0].table.columns] == ["id", "c2", "c4", "c5"]
    assert [(each.column, each.reason) for each in made.left_out] == [
        ("c1", Reason.NEVER_PLANNED),
        ("c3", Reason.NEVER_PLANNED),
    ]


def test_names_that_would_clash_or_cannot_be_are_left_out(workspace):
    migrated(workspace)
    clashing = ("customer_live", "pending_pushes", "phase_version")
    for name in (*clashing, "own_names"):
        catalogued(workspace, name, id="integer", _ns_synced_at="text", **{"a-b": "text"})
    there = {"columns": {"id": "INTEGER", "_ns_synced_at": "TEXT"}, "rows": []}
    _load(workspace, **dict.fromkeys((*clashing, "own_names"), there))
    made = plan(workspace)
    assert made.new_tables == ("own_names",)
    assert made.tables[0].new_columns == ("id",)
    left = {(each.table, each.column): each.reason for each in made.left_out}
    assert {left[name, ""] for name in clashing} == {Reason.BAD_NAME}
    assert {row_of(workspace, name, "id").reason for name in clashing} == {Reason.BAD_NAME}
    assert left["own_names", "a-b"] is Reason.BAD_NAME
    assert left["own_names", "_ns_synced_at"] is Reason.BAD_NAME


def migrated(workspace):
    """Have Alembic's table of versions, as after a first phase."""
    with workspace.database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE ns_phase_version (version_num VARCHAR(32))")


def _load(workspace, **tables):
    Sandbox(workspace.settings.netsuite_url, {}, {}).load(**tables)


def test_a_mapped_table_is_widened_by_what_netsuite_gives(workspace):
    catalogued(workspace, "customer", id="integer", email="text", balance="real", fax="text")
    made = plan(workspace, "customer")
    (customer,) = made.tables
    assert not customer.new
    assert customer.new_columns == ("email", "fax")
    before = load_map(workspace)[0].table
    assert customer.table.without(["email", "fax"]) == before
    assert [(each.column, each.reason) for each in made.left_out] == [
        ("balance", Reason.NOT_QUERYABLE)
    ]
    assert customer.why == {"columns": "1 of 2 have a value in the first rows"}
    assert made.name == "104_expand_customer"


def test_picked_columns_come_with_those_that_a_new_table_needs(workspace):
    known(workspace, "gadget")
    made = plan(workspace, columns={"GADGET": ["name"]})
    assert [c.name for c in made.tables[0].table.columns] == ["id", "name", "lastmodifieddate"]


def test_the_largest_come_first_and_no_more_than_wanted(workspace):
    known(workspace, "gadget", "pairs", "unstamped", refers={"gadget": "x", "other": "x"})
    assert plan(workspace, limit=2).new_tables == ("pairs", "unstamped")
    # What waits in the inbox is not planned a second time.
    assert plan(workspace, limit=2).new_tables == ("gadget",)
    with pytest.raises(BadInputError, match="pairs is in 104_all already"):
        plan(workspace, "pairs")


def test_the_proposal_the_file_and_the_plan_say_the_same(workspace):
    known(workspace, "gadget")
    staged = plan_phase(workspace, author="ada")
    home = workspace.settings.home
    assert staged.plan.revision_path == "phases/104_all.py"
    assert "CREATE TABLE ns_gadget" in staged.plan.sql
    assert '"order" TEXT' in staged.plan.sql
    assert (home / staged.plan.revision_path).exists()
    assert set(staged.plan.base) == {"gadget:map", "gadget:mirror", "gadget:catalog"}
    with workspace.database.reading() as connection:
        row = connection.exec_driver_sql(
            "SELECT p.plan_json, p.state, a.risk_tier, a.status FROM coverage_phases AS p"
            " JOIN proposed_actions AS a ON a.id = p.proposal_id WHERE p.id = ?",
            (staged.phase_id,),
        ).one()
    assert from_json(row.plan_json) == staged.plan == from_json(to_json(staged.plan))
    assert (row.state, row.risk_tier, row.status) == ("proposed", "high", "pending")
    assert "1 new table, 4 columns" in staged.summary


def test_a_mirror_that_is_there_already_keeps_its_key(workspace):
    known(workspace, "gadget")
    there = mapped("gadget", {"name": "text"}, key=("name",), cursor=None)
    with workspace.database.writing() as connection:
        mirror_tables.ensure(connection, there)
    gadget = planned(workspace, "gadget")
    assert gadget.table.key == ("name",)
    assert gadget.why["key"] == "name: the key of the mirror that is there already"


def test_what_cannot_be_planned_is_told_in_a_sentence(workspace):
    known(workspace, "gadget")
    catalogued(workspace, "payrollitem", state="unqueryable", id="integer")
    with pytest.raises(BadInputError, match="the catalog has no table nosuch"):
        plan(workspace, "nosuch")
    with pytest.raises(BadInputError, match="payrollitem cannot be queried"):
        plan(workspace, "payrollitem")
    with pytest.raises(BadInputError, match=r"gadget\.nosuch cannot be planned"):
        plan(workspace, columns={"gadget": ["nosuch"]})
    with workspace.database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO coverage_exclusions VALUES ('gadget', '', 'no need', 'ada', ?)", (AT,)
        )
    with pytest.raises(BadInputError, match="gadget was excluded"):
        plan(workspace, "gadget")
    with pytest.raises(NothingToPlanError):
        plan(workspace)


def test_an_empty_catalog_asks_for_an_audit(workspace):
    with pytest.raises(BadInputError, match="nsconsole audit"):
        plan(workspace)


def test_a_hidden_table_is_passed_over_for_the_next(workspace):
    known(workspace, "gadget")
    catalogued(workspace, "payrollitem", state="unknown", id="integer")
    made = plan(workspace, limit=1)
    assert made.new_tables == ("gadget",)
    assert [(each.table, each.reason) for each in made.left_out] in (
        [], [("payrollitem", Reason.NOT_PERMITTED)],
    )  # fmt: skip
    with pytest.raises(NothingToPlanError):
        plan(workspace)
    assert row_of(workspace, "payrollitem").state is State.UNQUERYABLE


def test_nothing_is_staged_when_netsuite_is_away_or_somebody_stops_it(workspace, sandbox):
    known(workspace, "gadget")
    with pytest.raises(ServiceError, match="stopped"):
        plan(workspace, stopping=lambda: True)
    sandbox.fault("suiteql", "error_503", rate=1)
    try:
        with pytest.raises(NetSuiteUnavailableError):
            plan(workspace)
    finally:
        sandbox._door("faults", method="DELETE")
    with workspace.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM coverage_phases").scalar() == 0
    assert not list(rules_file(workspace).parent.glob("*.py"))


def test_how_far_it_is_is_told(workspace):
    known(workspace, "gadget", "unstamped")
    said = []
    plan(workspace, progress=said.append)
    assert any(words.startswith("all: probed 2 of 2 tables") for words in said)
    assert json.dumps(said)
