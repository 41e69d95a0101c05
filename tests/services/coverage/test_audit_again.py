"""An audit looks again at what changed alone, and comes to what one from nothing would find."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsconsole.services.coverage import audit as service
from nsconsole.services.sync.sync_map import load_map
from nsconsole.store import coverage as store
from nsconsole.store import coverage_audit as sets
from tests.services.coverage_world import World

AT = "2026-11-20T00:00:00.000000Z"
GONE = {"gone_at": AT}
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
