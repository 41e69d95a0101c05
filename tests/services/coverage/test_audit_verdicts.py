"""What an audit finds missing or no longer as it was mapped, and why."""

import pytest

from nsconsole.catalog import Reason

AT = "2026-11-20T00:00:00.000000Z"
NEVER = Reason.NEVER_PLANNED


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
