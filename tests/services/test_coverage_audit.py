"""The audit: what is missing, what is no longer as it was mapped, why, and how much there is."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from nsconsole.catalog import Reason
from nsconsole.services.coverage import audit as service
from nsconsole.services.coverage.history import audits, percent
from nsconsole.services.errors import ServiceError
from nsconsole.services.sync.sync_map import load_map
from nsconsole.store import coverage as store
from nsconsole.store import coverage_audit as sets
from tests.catalog_account import columns, running_account
from tests.services.coverage_world import World

AT = "2026-11-20T00:00:00.000000Z"
NEVER = Reason.NEVER_PLANNED


@pytest.fixture
def workspace(open_workspace):
    """A workspace without NetSuite: nothing here asks it."""
    return open_workspace({})


@pytest.fixture
def world(workspace):
    return World(workspace).begin()


def test_what_is_mapped_and_mirrored_is_no_gap_and_all_else_is_one(world):
    world.tells("customer", id="integer", name="text", email="text")
    world.tells("bom", id="integer")
    world.mirrored(customer={"name": "text"})
    line = world.audit().line
    assert world.gaps() == {
        "customer.email": ("missing_column", NEVER),
        "bom": ("missing_table", NEVER),
        "bom.id": ("missing_column", NEVER),
    }
    assert (line.tables_mirrored, line.tables_total) == (1, 2)
    assert (line.columns_mirrored, line.columns_total) == (2, 4)
    assert line.coverage_percent == 50.0


def set_aside(world):
    world.mirrored(customer={"name": "text"})
    world.sql(
        "UPDATE sync_column_map SET set_aside_at = ?, set_aside_reason = 'removed',"
        " set_aside_detail = '' WHERE name = 'name'",
        AT,
    )


def unmapped(world):
    world.mirrored(customer={"name": "text"})
    world.map(customer={})


def mapped(world):
    world.map(customer={"name": "text"})


def mirrored(world):
    world.mirrored(customer={"name": "text"})


def lacking(world):
    world.mirrored(customer={})


def excluded(world):
    world.mirrored(customer={})
    world.put(
        "coverage_exclusions",
        table_name="customer",
        name="name",
        note="n",
        excluded_by="ada",
        at=AT,
    )


GONE = {"gone_at": AT}
VERDICTS = {
    "mirrored": (mirrored, "text", None, True),
    "never planned": (lacking, "text", ("missing_column", NEVER), True),
    "not queryable": (
        lacking,
        {"state": "unqueryable", "reason": "not_queryable"},
        ("missing_column", Reason.NOT_QUERYABLE),
        False,
    ),
    "hidden from the role": (
        lacking,
        {"state": "unqueryable", "reason": "not_permitted"},
        ("missing_column", Reason.NOT_PERMITTED),
        False,
    ),
    "a feature is off": (
        lacking,
        {"state": "unqueryable", "reason": "feature_off"},
        ("missing_column", Reason.FEATURE_OFF),
        False,
    ),
    "a name that cannot be": (
        lacking,
        {"state": "unqueryable", "reason": "bad_name"},
        ("missing_column", Reason.BAD_NAME),
        False,
    ),
    "nobody knows yet": (
        lacking,
        {"state": "unknown", "reason": "unprobed"},
        ("missing_column", Reason.UNPROBED),
        True,
    ),
    "excluded": (excluded, "text", ("missing_column", Reason.EXCLUDED), False),
    "gone, and never mirrored": (lacking, GONE, None, False),
    "gone, and mapped": (mirrored, GONE, ("mapped_gone", Reason.REMOVED), False),
    "hidden, and mapped": (
        mirrored,
        {"state": "unqueryable", "reason": "not_queryable"},
        ("mapped_gone", Reason.NOT_QUERYABLE),
        False,
    ),
    "set aside by the sync": (set_aside, "text", ("set_aside", Reason.SET_ASIDE), True),
    "set aside, and gone": (set_aside, GONE, ("set_aside", Reason.REMOVED), False),
    "in the mirror, out of the map": (unmapped, "text", ("unmapped", NEVER), True),
    "out of the map, and gone": (unmapped, GONE, ("unmapped", Reason.REMOVED), False),
    "mapped, and not pulled yet": (mapped, "text", ("missing_column", Reason.NOT_SYNCED), True),
    "of another type": (mirrored, "integer", ("type_changed", NEVER), True),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_a_column_has_the_gap_that_it_should_and_its_reason(world, case):
    prepare, said, verdict, counts = VERDICTS[case]
    world.tells("customer", id="integer", name=said)
    prepare(world)
    line = world.audit().line
    assert world.gaps().get("customer.name") == verdict
    assert line.columns_total == 1 + counts
    is_mirrored = verdict is None or verdict[0] == "type_changed"
    assert line.columns_mirrored == (case != "mapped, and not pulled yet") + (
        counts and is_mirrored
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"state": "unqueryable", "reason": "not_permitted"}, Reason.NOT_PERMITTED),
        ({"gone_at": AT}, Reason.REMOVED),
    ],
)
def test_a_table_that_is_not_given_takes_its_columns_with_it(world, said, reason):
    world.tells("customer", id="integer", name="text", **said)
    world.mirrored(customer={"name": "text"})
    line = world.audit().line
    gap = ("mapped_gone", reason)
    assert world.gaps() == {"customer": gap, "customer.id": gap, "customer.name": gap}
    assert (line.tables_total, line.columns_total) == (0, 0)


def test_a_table_that_is_gone_and_was_never_mirrored_is_no_gap(world):
    world.tells("customer", id="integer", gone_at=AT)
    world.audit()
    assert world.gaps() == {}


@pytest.mark.parametrize(
    ("pause", "reason"), [("gone", Reason.REMOVED), ("no_permission", Reason.NOT_PERMITTED)]
)
def test_what_the_sync_found_gone_is_a_gap_whatever_the_catalog_says(world, pause, reason):
    world.tells("customer", id="integer")
    world.mirrored(customer={})
    world.sql("UPDATE sync_table_map SET pause_reason = ?", pause)
    world.audit()
    assert world.gaps()["customer"] == ("mapped_gone", reason)


def test_a_table_that_no_catalog_lists_is_taken_as_given_while_it_is_synced(world):
    (table,) = world.map(hidden={"name": "text"})
    world.audit()
    assert world.gaps()["hidden"] == ("mapped_gone", Reason.REMOVED)
    world.mirror(table)
    world.audit()
    assert world.gaps() == {}


def test_a_mapped_column_that_a_full_description_leaves_out_is_gone(world):
    world.tells("customer", id="integer")
    world.tells("vendor", source="records", id="integer")
    world.mirrored(customer={"name": "text"}, vendor={"name": "text"})
    world.audit()
    assert world.gaps() == {"customer.name": ("mapped_gone", Reason.REMOVED)}


def test_what_only_the_mirror_has_is_unmapped_until_it_goes(world):
    world.mirrored(customer={"name": "text"})
    world.map()
    world.audit()
    removed = ("unmapped", Reason.REMOVED)
    assert world.gaps() == {
        "customer": removed, "customer.id": removed, "customer.name": removed
    }  # fmt: skip
    world.sql("DROP VIEW ns_customer_live")
    world.sql("DROP TABLE ns_customer")
    world.audit()
    assert world.gaps() == {}


def test_nsconsoles_own_tables_and_old_mirrors_are_no_gap(world):
    world.mirrored(customer={})
    world.sql("CREATE TABLE ns_customer_before_20261122T091500 (id INTEGER, _ns_synced_at TEXT)")
    world.sql("CREATE TABLE ns_phase_version (version_num TEXT)")
    world.tells("customer", id="integer")
    world.audit()
    assert world.gaps() == {}


def test_an_excluded_table_is_not_counted_nor_are_its_columns(world):
    world.tells("bom", id="integer", name="text")
    world.tells("customer", id="integer")
    world.mirrored(customer={})
    world.put("coverage_exclusions", table_name="bom", name="", note="no", excluded_by="ada", at=AT)
    line = world.audit().line
    assert {reason for _, reason in world.gaps().values()} == {Reason.EXCLUDED}
    assert (line.tables_total, line.columns_total, line.coverage_percent) == (1, 1, 100.0)


def test_names_that_are_hostile_are_kept_letter_by_letter(world):
    names = ["a'b", 'q"; DROP TABLE x', "../etc", "<script>", "x" * 200, "Mixed", "mixed", "select"]
    for name in names:
        world.tells(name, **{name: "text"})
    world.audit()
    assert world.gaps().keys() == {*names, *(f"{name}.{name}" for name in names)}


def test_an_audit_without_news_writes_no_gap(world, clock):
    world.tells("customer", id="integer", name="text")
    world.mirrored(customer={})
    world.audit()
    before = world.sql("SELECT * FROM coverage_gaps")
    clock.advance(60)
    line = world.audit().line
    assert (line.opened, line.closed) == (0, 0)
    assert world.sql("SELECT * FROM coverage_gaps") == before


def test_another_reason_or_priority_is_neither_opened_nor_closed(world):
    world.tells("bom", id={"state": "unknown"})
    world.audit()
    world.tells("bom", rows=7, id="integer")
    line = world.audit().line
    assert (line.opened, line.closed) == (0, 0)
    assert world.gaps()["bom.id"] == ("missing_column", NEVER)


def test_without_a_catalog_there_is_nothing_to_audit_by(workspace):
    with pytest.raises(ServiceError, match="catalog fetch"):
        service.take_stock(workspace, trigger="person")


def test_an_audit_that_is_called_off_counts_nothing(open_workspace):
    with running_account() as account:
        account.suiteql = {"bom": columns(id="integer")}
        workspace = open_workspace(account.environ)
        with pytest.raises(ServiceError, match="called off"):
            service.audit(workspace, trigger="person", stopping=lambda: True)
    assert audits(workspace) == []


def test_the_first_audit_lays_down_the_base_map(workspace):
    World(workspace).fetched()
    service.take_stock(workspace, trigger="nightly")
    assert load_map(workspace)


def test_the_phases_order_comes_first_and_what_cannot_be_closed_last(world):
    world.tells("remaining", rows=9_000, id="integer")
    world.tells("bom", rows=5, id={"kind": "integer", "filled": 1, "sampled": 2}, name="text")
    world.tells("customer", rows=1, id="integer", new="text", custentity_x={"custom": 1})
    world.tells("pricing", rows=10, id="unqueryable")
    world.mirrored(customer={})
    world.audit()
    assert world.order() == [
        "customer.new",  # the master tables first
        "bom",  # then new ones, by rows and fill
        "bom.name",
        "bom.id",
        "pricing",
        "customer.custentity_x",  # custom fields have a phase of their own
        "remaining",
        "remaining.id",
        "pricing.id",
    ]


def test_broken_rules_leave_the_order_to_rows_and_fill(world):
    rules = world.workspace.settings.home / "phases" / "rules.toml"
    rules.parent.mkdir()
    rules.write_text("this is no TOML")
    world.tells("bom", rows=5)
    world.tells("remaining", rows=9_000)
    world.audit()
    assert world.order() == ["remaining", "bom"]


def test_coverage_is_weighted_by_rows_and_fill_where_they_are_known(world):
    world.tells("bom", rows=100, id="integer", name={"filled": 1, "sampled": 4})
    world.tells("customer", rows=300, id="integer")
    world.tells("uncounted", id="integer")
    world.mirrored(customer={})
    report = world.audit()
    assert report.line.weighted_percent == round(100 * 300 / (300 + 100 + 25), 2)
    assert [(d.name, d.mirrored, d.total) for d in report.domains] == [
        ("bom", 0, 2), ("customers", 1, 1), ("other", 0, 1)
    ]  # fmt: skip


def test_nothing_that_is_missing_is_rounded_away():
    assert percent(0, 0) == 100.0
    assert percent(29_999, 30_000) == 99.99
    assert percent(1, 3) == 33.33


def test_the_number_of_statements_is_the_same_for_any_number_of_tables(world):
    def statements():
        asked = []
        engine = world.workspace.database.engine

        def note(_connection, _cursor, statement, *_):
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        world.audit()
        event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    world.tells("customer", id="integer")
    world.audit()
    few = statements()
    for number in range(20):
        world.tells(f"table_{number}", id="integer", name="text")
    assert statements() == few


TABLES, COLUMNS = st.sampled_from(["customer", "bom"]), st.sampled_from(["id", "name", "x"])
SAID = st.sampled_from(
    [
        {"kind": "text"},
        {"kind": "integer"},
        {"kind": "integer", "filled": 1, "sampled": 2},
        {"state": "unqueryable", "reason": "not_permitted"},
        {"state": "unqueryable"},
        {"state": "unknown"},
        GONE,
    ]
)
OF_TABLE = st.sampled_from([{}, {"state": "unqueryable"}, {"state": "unknown"}, GONE, {"rows": 5}])
STEPS = st.one_of(
    st.tuples(st.just("table"), TABLES, OF_TABLE),
    st.tuples(st.just("column"), TABLES, COLUMNS, SAID),
    st.tuples(st.just("map"), st.dictionaries(TABLES, st.sets(st.sampled_from(["name", "x"])))),
    st.tuples(st.just("mirror")),
    st.tuples(st.just("aside"), TABLES),
    st.tuples(st.just("exclude"), TABLES, st.sampled_from(["", "name"])),
    st.tuples(st.just("include")),
)


FILLED = (
    *("ns_catalog_columns", "ns_catalog_tables", "ns_catalog_facts"),
    *("coverage_gaps", "coverage_findings", "coverage_audits"),
    *("coverage_tables", "coverage_exclusions"),
)


def _take(world, step):
    match step:
        case "table", table, said:
            world.tells(table, **said)
        case "column", table, name, said:
            world.column(table, name, **said)
        case "map", tables:
            world.map(**{table: dict.fromkeys(names, "text") for table, names in tables.items()})
        case ("mirror",):
            world.mirror(*(entry.table for entry in load_map(world.workspace)))
        case "aside", table:
            world.sql(
                "UPDATE sync_column_map SET set_aside_at = ?, set_aside_reason = 'gone'"
                " WHERE table_name = ? AND name = 'name'",
                AT,
                table,
            )
        case "exclude", table, name:
            row = {"table_name": table, "name": name, "note": "n", "excluded_by": "ada", "at": AT}
            world.put("coverage_exclusions", **row)
        case ("include",):
            world.sql("DELETE FROM coverage_exclusions")


def _open(connection):
    query = "SELECT table_name, name, gap, reason, priority FROM coverage_gaps "
    return sorted(map(tuple, connection.exec_driver_sql(f"{query} WHERE closed_audit_id IS NULL")))


def _from_nothing(world):
    """Give what an audit finds and counts that knows of none before it; nothing is kept."""
    with world.workspace.database.reading() as connection:
        connection.exec_driver_sql("DELETE FROM coverage_gaps")
        connection.exec_driver_sql("DELETE FROM coverage_tables")
        known = sets.known_tables(connection)
        places = service._places(world.workspace, known)
        sets.compare(connection, places)
        sets.write(connection, store.audits(connection, limit=1)[0].id)
        found = _open(connection), _counts(connection)
        connection.rollback()
    return found


OF_NAME = "table_name = 'customer' AND name = 'name'"
CHANGES = [
    f"UPDATE ns_catalog_columns SET state = 'unqueryable' WHERE {OF_NAME}",
    f"UPDATE ns_catalog_columns SET gone_at = '{AT}' WHERE {OF_NAME}",
    f"UPDATE ns_catalog_columns SET kind = 'integer' WHERE {OF_NAME}",
    "UPDATE ns_catalog_columns SET reason = 'feature_off' WHERE name = 'balance'",
    "UPDATE ns_catalog_columns SET filled = 1 WHERE name = 'email'",
    "UPDATE ns_catalog_columns SET sampled = 9 WHERE name = 'email'",
    "UPDATE ns_catalog_columns SET custom = 1 WHERE name = 'email'",
    "UPDATE ns_catalog_columns SET name = 'mail' WHERE name = 'email'",
    "UPDATE ns_catalog_tables SET state = 'unqueryable'",
    f"UPDATE ns_catalog_tables SET gone_at = '{AT}'",
    "UPDATE ns_catalog_tables SET state = 'unknown'",
    "UPDATE ns_catalog_tables SET row_count = 7",
    "DELETE FROM ns_catalog_facts",
    f"UPDATE sync_column_map SET kind = 'integer' WHERE {OF_NAME}",
    f"UPDATE sync_column_map SET set_aside_at = '{AT}' WHERE {OF_NAME}",
    f"DELETE FROM sync_column_map WHERE {OF_NAME}",
    "DELETE FROM sync_table_map WHERE name = 'waiting'",
    "UPDATE sync_table_map SET pause_reason = 'gone'",
    "ALTER TABLE ns_customer ADD COLUMN email TEXT",
    "INSERT INTO coverage_exclusions VALUES ('customer', '', 'n', 'ada', '')",
    "INSERT INTO coverage_exclusions VALUES ('customer', 'email', 'n', 'ada', '')",
    "UPDATE coverage_exclusions SET name = 'name'",
    "DELETE FROM coverage_exclusions",
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_gap_rests_on_is_looked_at_again_when_it_changes(world, change):
    world.tells(
        "customer",
        rows=100,
        id="integer",
        name="text",
        email={"filled": 2, "sampled": 4},
        phone="text",
        balance={"state": "unqueryable", "reason": "not_queryable"},
    )
    world.tells("bom", id="integer", name="text")
    world.mirrored(customer={"name": "text", "untold": "text"}, waiting={})
    world.sql("DROP VIEW ns_waiting_live")
    world.sql("DROP TABLE ns_waiting")
    world.sql("INSERT INTO coverage_exclusions VALUES ('bom', 'id', 'n', 'ada', '')")
    world.audit()
    before = world.sql("SELECT * FROM coverage_gaps"), world.sql("SELECT * FROM coverage_tables")
    world.sql(change)
    expected = _from_nothing(world)
    world.audit()
    assert (_now(world), _counted(world)) == expected
    assert before != (
        world.sql("SELECT * FROM coverage_gaps"), world.sql("SELECT * FROM coverage_tables")
    )  # fmt: skip


def _now(world):
    with world.workspace.database.reading() as connection:
        return _open(connection)


def _counted(world):
    with world.workspace.database.reading() as connection:
        return _counts(connection)


def _counts(connection):
    return sorted(map(tuple, connection.exec_driver_sql("SELECT * FROM coverage_tables")))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(STEPS, max_size=6), min_size=2, max_size=4))
def test_audit_after_audit_comes_to_what_one_audit_would_find(open_workspace, rounds):
    world = World(open_workspace({}))
    for table in FILLED:
        world.sql(f"DELETE FROM {table}")
    world.fetched()
    world.sql("INSERT OR IGNORE INTO sync_tiers (minutes, next_run_at) VALUES (60, ?)", AT)
    world.map()
    world.audit()
    for steps in rounds:
        for step in steps:
            _take(world, step)
        expected = _from_nothing(world)
        world.audit()
        assert (_now(world), _counted(world)) == expected
