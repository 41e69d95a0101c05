"""A round at the Coverage screen: audit, probe, plan, approve, apply; exclusions; what is next."""

import asyncio
import threading

import pytest

from nsconsole.services.coverage.catalog import fetching
from nsconsole.services.coverage.catalog.reports import FetchReport, FetchStatus
from nsconsole.services.coverage.exclusions import exclusions
from nsconsole.services.phases.applying import apply_phase
from nsconsole.services.phases.listing import phases
from tests import phases as made
from tests.console.coverage.conftest import filtered


class SlowFetch:
    """A fetch of the catalog that tells how far it is, and then waits for its end."""

    def __init__(self):
        self.go_on = threading.Event()

    def __call__(self, workspace, *, progress, stopping):
        progress(150, 300)
        while not self.go_on.wait(0.01):
            if stopping():
                return FetchReport(1, FetchStatus.CANCELLED, 150, 1.0, {}, {})
        return FetchReport(1, FetchStatus.DONE, 300, 2.0, {}, {})


@pytest.fixture
def slow_fetch(monkeypatch):
    fetch = SlowFetch()
    monkeypatch.setattr(fetching, "fetch_catalog", fetch)
    return fetch


async def test_an_audit_goes_on_in_the_background_and_is_called_off(
    app, at_coverage, furnished, slow_fetch
):
    async with at_coverage(app) as person:
        await person.type("A")
        await person.until(lambda: "→ Audit ████████░░░░░░░░  50% · c calls it off" in person.sees)
        await person.type("A")
        await person.until(lambda: "The audit before is not over" in person.told)
        await person.type("s")  # the screen goes on meanwhile
        await person.until(lambda: "most rows first (s)" in person.sees)
        await person.press("c")
        await person.until_told("the audit was called off; nothing was counted")
        assert "→ Audit" not in person.sees
        furnished.column("vendor", "phone", 9)
        slow_fetch.go_on.set()
        await person.press("A")
        await person.until_told("Audit 4: 20.69 % of 29 columns are mirrored; 0 gaps closed, 1 op")
        await person.until_seen("11 tables, 35 gaps (v)")


async def test_what_an_admin_excludes_has_their_note_until_they_include_it_again(
    console, at_coverage, furnished, workspace, admin
):
    async with at_coverage(console(workspace, authority=admin)) as person:
        await filtered(person, "department", "x")
        assert "Exclude department?" in person.sees
        await person.press("enter")
        assert person.asked  # not without a note
        await person.write("One site only.")
        await person.press("enter")
        await person.until_told("department excluded.")
        await person.until_seen("Excluded (x takes it back): One site only.")
        assert [(each.table, each.note) for each in exclusions(workspace)] == [
            ("department", "One site only.")
        ]
        await person.press("x")
        assert "Include department again?" in person.sees
        await person.press("y")
        await person.until_told("department included again.")
        assert exclusions(workspace) == []


async def test_only_an_admin_excludes(app, at_coverage, furnished, workspace):
    async with at_coverage(app) as person:
        await person.press("x")
        await person.write("Why not.")
        await person.press("enter")
        await person.until_told("rita is a reviewer; this takes the role admin")
        assert exclusions(workspace) == []


class TestWithNetSuite:
    """Two small tables, of which one is mirrored in part."""

    @pytest.fixture
    def workspace(self, open_workspace, sandbox):
        return open_workspace(sandbox.environ)

    @pytest.fixture
    def two_tables(self, workspace, sandbox, clock):
        made.load(sandbox, clock)
        made.begin(workspace)

    async def test_a_round_is_probed_planned_approved_applied_and_seen(
        self, app, at_coverage, two_tables, workspace
    ):
        async with at_coverage(app, size=(120, 40)) as person:
            await filtered(person, "thing", "space", "P")
            await person.until_told("Probed: NetSuite gives 2 of 2 columns.")
            await person.press("p")
            assert "Plan a phase of 1 table?" in person.sees
            assert "thing: all that is missing" in person.sees
            await person.press("enter")
            assert phases(workspace) == []  # enter is Cancel
            await person.press("U", "escape", "p")
            assert "Plan the next phase?" in person.sees
            await person.press("y")
            await person.until_seen("A phase is planned")
            await person.press("enter")
            (phase,) = phases(workspace)
            await person.until_seen(f"Phase {phase.number}")
            assert "Everything" in person.sees  # the inbox
            await app.action_start_round()
            await person.until_seen(f"▶ 3 Approve  {phase.name} waits in the inbox (1).")
            await person.press("y")
            await person.until_seen("Everything")
            made.approve(workspace, app._session.authority, phase.proposal_id)
            await asyncio.to_thread(apply_phase, workspace, phase.id)
            await person.press("5", "f")
            await person.until_seen("✓ applied")
            await person.press("escape")
            await person.until_seen("Gaps ·")
            await person.press("R")
            await person.until_seen(f"The last round: {phase.name}, ")


async def test_a_round_begins_with_the_stage_at_which_the_workspace_is(
    app, sitting, furnished, clock
):
    async with sitting(app) as person:
        await person.press("ctrl+p")
        await person.write("start a round")
        await person.press("enter")
        await person.until_seen("▶ 2 Plan     22 columns to go, by the audit of 5m ago: p plans.")
        await person.press("escape")
        clock.advance(90_000)
        await person.press("R")
        assert "▶ 1 Audit    The last audit is 1d old: A asks NetSuite again." in person.sees
