"""Gaps as they are listed, excluded and compared between audits; and what an audit makes known."""

import json

import pytest

from nsconsole.catalog import Key, Reason
from nsconsole.services import audit_trail
from nsconsole.services.coverage import exclusions, findings
from nsconsole.services.coverage.domains import domain_of, domains
from nsconsole.services.coverage.gaps import list_gaps, missing_columns, missing_tables
from nsconsole.services.coverage.history import audits, compare
from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.status import coverage
from nsconsole.store.tables import stamp
from tests.services.coverage_world import World


@pytest.fixture
def world(world):
    """Two tables: customer, of which two columns are mirrored, and bom, of which nothing is."""
    world.tells(
        "customer", rows=250, id="integer", name="text", email="text", balance="unqueryable"
    )
    world.tells("bom", id="integer", name={"kind": "text", "filled": 3, "sampled": 4})
    world.mirrored(customer={"name": "text"})
    world.audit()
    return world


def _names(gaps):
    return [f"{gap.table}.{gap.column}" for gap in gaps]


def test_gaps_are_listed_by_their_value_with_what_the_catalog_says(world):
    gaps = list_gaps(world.workspace)
    assert _names(gaps) == ["customer.email", "bom.", "bom.id", "bom.name", "customer.balance"]
    email, bom, _, name, balance = gaps
    assert (email.gap, email.reason, email.rows) == ("missing_column", Reason.NEVER_PLANNED, 250)
    assert (email.kind, email.domain, email.since) == ("text", "customers", world.workspace.now())
    assert (bom.label, bom.kind) == ("Bom", None)
    assert (name.filled, name.sampled) == (3, 4)
    assert balance.reason is Reason.NOT_QUERYABLE


def test_gaps_are_listed_of_a_table_a_domain_or_for_a_reason_and_in_part(world):
    of = world.workspace
    assert _names(list_gaps(of, table="customer")) == ["customer.email", "customer.balance"]
    assert _names(list_gaps(of, domain="bom", limit=1, offset=1)) == ["bom.id"]
    assert _names(list_gaps(of, reason="not_queryable")) == ["customer.balance"]
    assert list_gaps(of, table="vendor") == []


@pytest.mark.parametrize(("by", "hint"), [("domain", "bom"), ("reason", "not_queryable")])
def test_a_domain_or_reason_that_there_is_not_is_refused_with_those_that_there_are(world, by, hint):
    with pytest.raises(BadInputError, match=hint):
        list_gaps(world.workspace, **{by: "nonsense"})


def test_missing_is_what_netsuite_gives_and_the_mirror_lacks(world):
    assert missing_tables(world.workspace) == ["bom"]
    assert missing_columns(world.workspace) == [
        ("bom", "id", "integer"), ("bom", "name", "text"), ("customer", "email", "text")
    ]  # fmt: skip


def test_what_an_admin_excludes_is_no_longer_counted_until_they_include_it_again(world, admin):
    exclusions.exclude(world.workspace, admin, [Key("bom")], "we make nothing")
    assert {gap.reason for gap in list_gaps(world.workspace, table="bom")} == {Reason.EXCLUDED}
    assert missing_tables(world.workspace) == []
    assert world.audit().line.columns_total == 3
    assert list_gaps(world.workspace, table="bom")[1].note == "we make nothing"
    assert _names(list_gaps(world.workspace))[0] == "customer.email"
    exclusions.include(world.workspace, admin, [Key("bom")])
    assert missing_tables(world.workspace) == ["bom"]
    assert world.audit().line.columns_total == 5
    assert exclusions.exclusions(world.workspace) == []


def test_what_is_excluded_and_included_between_two_audits_is_as_it_was(world, admin):
    before = world.order()
    exclusions.exclude(world.workspace, admin, [Key("customer", "email")], "no")
    assert world.order() != before
    exclusions.include(world.workspace, admin, [Key("customer", "email")])
    world.audit()
    assert world.order() == before


def test_an_excluded_column_keeps_its_own_note_and_its_exclusion_beside_its_tables(world, admin):
    exclude = exclusions.exclude
    exclude(world.workspace, admin, [Key("bom", "name")], "empty")
    exclude(world.workspace, admin, [Key("bom", "name")], "empty, I looked")
    exclude(world.workspace, admin, [Key("bom")], "all of it")
    gaps = {gap.column: gap.note for gap in list_gaps(world.workspace, table="bom")}
    assert gaps == {"": "all of it", "id": "all of it", "name": "empty, I looked"}
    exclusions.include(world.workspace, admin, [Key("bom")])
    reasons = {gap.column: gap.reason for gap in list_gaps(world.workspace, table="bom")}
    assert reasons == {
        "": Reason.NEVER_PLANNED, "id": Reason.NEVER_PLANNED, "name": Reason.EXCLUDED
    }  # fmt: skip


def test_an_exclusion_stands_in_the_audit_trail_and_takes_an_admin(world, admin, reviewer):
    exclusions.exclude(world.workspace, admin, [Key("bom", "name")], "empty")
    exclusions.include(world.workspace, admin, [Key("bom", "name")])
    trail = [e for e in audit_trail.export(world.workspace) if e["subject"] == "coverage:bom.name"]
    assert [(e["actor"], e["event"]) for e in trail] == [
        ("ada", "coverage_excluded"), ("ada", "coverage_included")
    ]  # fmt: skip
    for change in (
        lambda: exclusions.exclude(world.workspace, reviewer, [Key("bom")], "no"),
        lambda: exclusions.include(world.workspace, reviewer, [Key("bom")]),
    ):
        with pytest.raises(RefusedError, match="admin"):
            change()


def test_only_what_is_known_can_be_excluded_and_only_with_a_note(world, admin):
    for table, column in (("nonsense", None), ("bom", "nonsense"), ("Bom", None)):
        with pytest.raises(BadInputError, match="no catalog tells"):
            exclusions.exclude(world.workspace, admin, [Key(table, column or "")], "no")
    with pytest.raises(BadInputError, match="note"):
        exclusions.exclude(world.workspace, admin, [Key("bom")], "  ")
    with pytest.raises(BadInputError, match="is not excluded"):
        exclusions.include(world.workspace, admin, [Key("bom", "name")])


def _moved(gaps):
    return {(gap.table, gap.column) for gap in gaps}


def test_any_two_audits_can_be_compared_either_way(world, clock):
    clock.advance(60)
    world.tells("customer", rows=250, phone="text")
    second = world.audit().line
    clock.advance(60)
    world.mirrored(customer={"name": "text", "email": "text"}, bom={"name": "text"})
    third = world.audit().line
    assert (second.opened, second.closed) == (1, 0)
    assert (third.opened, third.closed) == (0, 4)
    phone, closed = {("customer", "phone")}, {("customer", "email"), ("bom", "")}
    closed |= {("bom", "id"), ("bom", "name")}
    whole = compare(world.workspace, 1)
    assert (whole.later, _moved(whole.opened), _moved(whole.closed)) == (3, phone, closed)
    assert whole.closed[0].column == "email"  # the most valuable first
    assert (whole.percent_before, whole.percent_after) == (40.0, 83.33)
    back = compare(world.workspace, 3, 1)
    assert (_moved(back.opened), _moved(back.closed)) == (closed, phone)
    assert compare(world.workspace, 2, 2).opened == ()
    assert [line.id for line in audits(world.workspace)] == [3, 2, 1]
    assert audits(world.workspace, limit=1) == [third]
    assert coverage(world.workspace) == third


def test_a_gap_that_came_and_went_between_two_audits_is_in_neither_and_one_that_came_back_in_both(
    world,
):
    world.mirrored(customer={"name": "text", "email": "text"})
    world.tells("customer", rows=250, phone="text")
    world.audit()
    world.map(customer={"name": "text"})
    world.column("customer", "phone", gone_at=stamp(world.workspace.now()))
    world.audit()
    delta = compare(world.workspace, 1, 3)
    assert (delta.opened, delta.closed) == ((), ())


@pytest.mark.parametrize("ids", [(7, 1), (1, 7), (7, None)])
def test_an_audit_that_there_is_not_cannot_be_compared(world, ids):
    with pytest.raises(BadInputError, match="there is no audit 7"):
        compare(world.workspace, *ids)


def test_before_the_first_audit_there_is_nothing_to_show(workspace):
    assert coverage(workspace) is None
    assert (list_gaps(workspace), audits(workspace), findings.unseen(workspace)) == ([], [], [])


def test_the_first_audit_finds_nothing_new(workspace):
    world = World(workspace).begin()
    world.tells("bom", id="integer")
    world.changed("new", "bom")
    world.audit()
    assert findings.unseen(workspace) == []


def test_what_became_of_the_catalog_is_told_once_under_its_heading(world):
    world.changed("new", "vendor")
    world.changed("new", "customer", "phone", after="text")
    world.changed("renamed", "customer", "fax", before="fax", after="faxnumber")
    world.changed("type_changed", "customer", "email", before="text", after="integer")
    world.changed("gone", "bom")
    world.changed("state_changed", "item", "", "queryable", "unqueryable: not_permitted")
    world.changed("state_changed", "item", "cost", "unqueryable: not_queryable", "queryable")
    world.audit()
    found = findings.unseen(world.workspace)
    assert {finding.heading.value: finding.summary for finding in found} == {
        "new": "1 table and 1 column new in NetSuite: vendor, customer.phone",
        "returned": "1 column back in NetSuite: item.cost",
        "renamed": "1 column probably renamed: customer.fax → faxnumber",
        "type_changed": "1 column of another type now: customer.email",
        "no_longer_given": "1 table no longer given: item",
        "gone": "1 table gone from NetSuite: bom",
    }
    assert found[0].things[0].name == "bom"
    assert findings.mark_seen(world.workspace, [found[0].id], by="ada") == 1
    assert findings.mark_seen(world.workspace, [found[0].id], by="bob") == 0
    world.audit()
    assert len(findings.unseen(world.workspace)) == len(found) - 1


def test_of_a_table_that_is_gone_its_columns_are_not_told_one_by_one(world):
    world.changed("gone", "customer")
    gone = stamp(world.workspace.now())
    world.tells("customer", gone_at=gone)
    world.audit()
    (finding,) = findings.unseen(world.workspace)
    assert finding.summary == "1 table gone from NetSuite: customer"


def test_of_many_changes_a_finding_names_a_few(world):
    world.sql(
        "INSERT INTO ns_catalog_changes (at, fetch_id, table_name, name, event)"
        " SELECT ?, 1, 'bom', 'custom_' || value, 'new' FROM json_each(?)",
        stamp(world.workspace.now()),
        json.dumps(list(range(1_000))),
    )
    world.audit()
    (finding,) = findings.unseen(world.workspace)
    assert finding.summary == (
        "1,000 columns new in NetSuite: bom.custom_0, bom.custom_1, bom.custom_2, …"
    )
    assert len(finding.things) == 500


@pytest.mark.parametrize(
    ("table", "domain"),
    [
        ("customer", "customers"),
        ("customeraddressbook", "customers"),
        ("vendorcategory", "vendors"),
        ("item", "items"),
        ("inventorybalance", "inventory"),
        ("bomrevision", "bom"),
        ("transactionaccountingline", "gl"),
        ("pricelevel", "pricing"),
        ("transactionline", "sales"),
        ("customrecordtype", "system"),
        ("map_customer_custentity_x", "customers"),
        ("map_customrecord_a_b", "custom"),
        ("nobody_knows", "other"),
    ],
)
def test_a_table_belongs_to_the_first_domain_whose_pattern_fits(table, domain):
    assert domain_of(table, custom=False) == domain
    assert domain in domains()


def test_what_the_account_made_is_of_the_custom_domain():
    assert domain_of("vendorthing", custom=True) == "custom"
