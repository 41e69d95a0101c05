"""What NetSuite holds now, read beside the screen, and what stands there when it cannot be read."""

import shutil
import time

import pytest

_LATENCY = 6  # seconds


def _requests(sandbox):
    return sum(sum(counts.values()) for counts in sandbox.stats()["requests"].values())


async def test_the_present_value_stands_beside_the_proposed_one(app, sitting, staged):
    async with sitting(app) as person:
        await person.until_seen("10.00 ✓")
        assert "Conflict" not in person.sees
        for text in ("seen", "in NetSuite", "proposed", "12.50"):
            assert text in person.sees


async def test_a_record_that_somebody_edited_meanwhile_is_a_conflict(app, sitting, staged, sandbox):
    sandbox.edit("item", {"id": 104, "baseprice": 18.25})
    async with sitting(app) as person:
        await person.press("j")
        await person.until_seen("18.25 ⚠")
        assert "Conflict: NetSuite changed after this was staged." in person.sees
        await person.press("a")
        assert "NetSuite changed after this was staged; it will refuse the write." in person.sees


async def test_netsuite_is_asked_again_by_a_key(app, sitting, staged, sandbox):
    async with sitting(app) as person:
        await person.until_seen("10.00 ✓")
        sandbox.edit("vendorsubsidiaryrelationship", {"id": 1})
        sandbox.edit("vendor", {"id": 42, "comments": "x"})
        before = _requests(sandbox)
        await person.press("ctrl+r")
        await person.until(lambda: _requests(sandbox) > before)
        await person.until_seen("10.00 ✓")


async def test_a_record_that_is_gone_is_said_to_be(app, sitting, staged, workspace, stage_raw):
    stage_raw(target_id="99999999")
    async with sitting(app) as person:
        await person.until_seen("The record is no longer in NetSuite.")
        await person.press("a")
        assert "NetSuite changed after this was staged" in person.sees


async def test_a_new_record_is_not_looked_for(app, sitting, stage, sandbox, bill):
    stage(bill)
    before = _requests(sandbox)
    async with sitting(app) as person:
        await person.press("j", "k", "ctrl+r")
        assert "asking NetSuite" not in person.sees
    assert _requests(sandbox) == before


async def test_the_cursor_that_flies_past_asks_for_the_last_only(app, sitting, staged, sandbox):
    async with sitting(app) as person:
        before = _requests(sandbox)
        await person.hold("j", times=3)
        await person.hold("k", times=2)
        await person.until_seen("17.65 ✓")
        assert _requests(sandbox) <= before + 2


async def test_netsuite_out_of_reach_is_a_sentence_and_the_keys_go_on(
    console, sitting, staged, workspace, open_workspace, sandbox, reviewer
):
    nowhere = open_workspace({**sandbox.environ, "NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:9"})
    async with sitting(console(nowhere, authority=reviewer)) as person:
        await person.until_seen("NetSuite's present values are not known")
        await person.until_seen("UNREACHABLE")
        await person.press("j", "a", "y")
        await person.until_told("Approved #4.")


async def test_a_slow_netsuite_holds_up_no_key(console, sitting, stage, slow, reviewer, vendor):
    stage(vendor, vendor)
    began = time.monotonic()
    async with sitting(console(slow, authority=reviewer)) as person:
        await person.until(lambda: person.lanes.newest)
        await person.type("j")
        assert person.listed.cursor_row == 1
        assert "asking NetSuite …" in person.sees
        await person.type("a")
        await person.until(lambda: person.asked)
        assert time.monotonic() - began < _LATENCY


async def test_refused_credentials_are_not_tried_again_by_moving_around(
    console, sitting, staged, open_workspace, sandbox, reviewer
):
    wrong = open_workspace({**sandbox.environ, "NSCONSOLE_TOKEN_SECRET": "0" * 64})
    async with sitting(console(wrong, authority=reviewer)) as person:
        await person.until_seen("REFUSES LOGIN")
        await person.until_seen("NetSuite's present values are not known")
        assert len(sandbox.stats()["refused_logins"]) == 1
        for key in ("j", "j", "k", "ctrl+r", "v", "k", "j"):
            await person.press(key)
            await person.until_seen("present values are not known")
        assert len(sandbox.stats()["refused_logins"]) == 1
        assert "0" * 64 not in person.sees


@pytest.fixture
def slow(open_workspace, seeded_state, tmp_path, clock, sandbox, workspace):
    """The same workspace on a NetSuite that takes its time to answer."""
    from nsconsole.sandbox.server import Options, running

    state = tmp_path / "slow.db"
    shutil.copy(seeded_state, state)
    with running(Options(state=state, now=clock, latency_ms=_LATENCY * 1000)) as started:
        yield open_workspace({**sandbox.environ, "NSCONSOLE_NETSUITE_URL": started.url})
