"""A NetSuite that drifts between two audits, and the heading under which each change stands."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from nsconsole.sandbox import birth, definitions
from nsconsole.sandbox.schema import Access
from nsconsole.sandbox.server import Options, running
from nsconsole.services.coverage.audit import audit
from nsconsole.services.coverage.findings import mark_seen, unseen
from nsconsole.services.coverage.gaps import drifted
from nsconsole.services.coverage.history import domains
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.sync_map import replace_map
from tests.conftest import Sandbox, _environ
from tests.services.coverage_world import mapped_table

RECORD = "customrecord_gfs_equipment"
KEPT = {"customer", "vendor", RECORD, "customrecordtype", "customfield", "customlist"}


@pytest.fixture
def account(seeded_state, tmp_path, clock):
    """A NetSuite with few tables, which is quickly asked."""
    state = tmp_path / "sandbox.db"
    shutil.copy(seeded_state, state)
    with closing(sqlite3.connect(state)) as connection, connection:
        (seed,) = connection.execute("SELECT seed FROM sandbox_meta").fetchone()
        removed = [
            (name, definitions.to_json(replace(table, access=Access.REMOVED)))
            for name, table in birth.tables(seed).items()
            if name not in KEPT
        ]
        connection.executemany("INSERT OR REPLACE INTO sandbox_table VALUES (?, ?)", removed)
    with running(Options(state=state, now=clock)) as started:
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        sandbox = Sandbox(started.url, _environ(started, *names), {})
        _show(sandbox, RECORD, "open")  # so that its own lists are of the few tables, too
        yield sandbox


def _show(sandbox, table, access):
    sandbox._door(f"tables/{table}", {"access": access})


@pytest.fixture
def workspace(account, open_workspace):
    """A workspace that mirrors two tables, and was audited."""
    workspace = open_workspace(account.environ)
    columns = dict.fromkeys(("email", "phone", "altname", "companyname"), "text")
    replace_map(workspace, [mapped_table("customer", **columns), mapped_table(RECORD, name="text")])
    sync(workspace)
    audit(workspace, trigger="person")
    return workspace


@pytest.fixture
def news(workspace, clock):
    """Audit a minute later; give what is new, by heading."""

    def audited():
        clock.advance(60)
        report = audit(workspace, trigger="nightly")
        found = unseen(workspace)
        assert {finding.audit_id for finding in found} <= {report.audit_id}
        mark_seen(workspace, [finding.id for finding in found], by="ada")
        return {
            finding.heading.value: {thing.name for thing in finding.things} for finding in found
        }

    return audited


def _drifted(workspace):
    return {gap.column or gap.table: (gap.gap, gap.reason.value) for gap in drifted(workspace)}


def test_each_drift_stands_under_its_heading_in_the_next_audit(account, workspace, news):
    assert domains(workspace)
    assert news() == {}

    account.drift("customer", drop="email")
    assert news() == {"gone": {"customer.email"}}
    assert _drifted(workspace) == {"email": ("mapped_gone", "removed")}
    sync(workspace, ["customer"])
    assert news() == {}
    assert _drifted(workspace) == {"email": ("set_aside", "removed")}

    account.drift("customer", rename=["phone", "phone_number"])
    assert news() == {"renamed": {"customer.phone"}}
    assert _drifted(workspace)["phone"] == ("mapped_gone", "removed")

    account.drift("customer", hide="altname")
    assert news() == {"no_longer_given": {"customer.altname"}}
    assert _drifted(workspace)["altname"] == ("mapped_gone", "not_queryable")

    account.drift("customer", add={"name": "custentity_new", "type": "text"})
    assert news() == {"new": {"customer.custentity_new"}}

    account.drift("customer", show="altname")
    assert news() == {"returned": {"customer.altname"}}
    assert "altname" not in _drifted(workspace)

    _show(account, RECORD, "removed")
    assert news() == {"gone": {RECORD}}
    assert _drifted(workspace)[RECORD] == ("mapped_gone", "removed")

    _show(account, RECORD, "open")
    assert news() == {"returned": {RECORD}}
    assert RECORD not in _drifted(workspace)
