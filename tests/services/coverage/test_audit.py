"""The audit: what it writes, weighs, puts first, and cannot do without."""

import pytest
from sqlalchemy import event

from nsconsole.catalog import Reason
from nsconsole.services.coverage import audit as service
from nsconsole.services.coverage.history import audits, percent
from nsconsole.services.errors import ServiceError
from nsconsole.services.sync.sync_map import load_map
from tests.catalog_account import columns, running_account
from tests.services.coverage_world import World

NEVER = Reason.NEVER_PLANNED


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
