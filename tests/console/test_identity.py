"""The cursor and a question stay with their proposal, whatever changes around them."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from nsconsole.services import inbox


@pytest.fixture
def remove(workspace, admin, clock):
    """Let a proposal leave the list: somebody whose clock is behind decides it."""
    from nsconsole.services.approvals import Choice, Verdict, decide

    def run(id_):
        before = clock() - timedelta(days=1)
        behind = replace(workspace, connect=workspace.connect, now=lambda: before)
        decide(behind, admin, Verdict.REJECT, [Choice(id_)], reason="No.")

    return run


class SlowRows:
    """Rows that were read come late, as from a slow disk, once `hold` was called."""

    def __init__(self, monkeypatch):
        self.held, self._free = threading.Event(), threading.Event()
        self._free.set()
        self._page = inbox.page
        monkeypatch.setattr(inbox, "page", self._late)

    def _late(self, *view, **window):
        lines = self._page(*view, **window)
        if not self._free.is_set():
            self.held.set()
            self._free.wait(10)
        return lines

    def hold(self):
        self._free.clear()

    def go_on(self):
        self._free.set()


@pytest.fixture
def slow_rows(monkeypatch):
    return SlowRows(monkeypatch)


async def test_rows_that_come_in_above_leave_the_cursor_on_its_proposal(
    app, sitting, staged, stage, vendor
):
    async with sitting(app) as person:
        await person.press("j", "j")
        before = person.row
        assert "Contact 323" in before
        stage(vendor, vendor, vendor)
        await person.until_seen("8 proposals")
        assert person.row == before
        assert person.listed.line.id == staged[2]


async def test_a_row_that_goes_above_leaves_the_cursor_on_its_proposal(
    app, sitting, staged, remove
):
    async with sitting(app) as person:
        await person.press("j", "j")
        remove(staged[-1])
        await person.until_seen("4 proposals")
        assert person.listed.line.id == staged[2]
        assert "Contact 323" in person.row


async def test_a_change_between_the_picture_and_the_key_does_not_change_what_is_asked(
    app, sitting, staged, stage, vendor
):
    async with sitting(app) as person:
        await person.press("j")
        stage({**vendor, "target_id": "14"})
        await person.press("a")
        assert "Item 104 ABR-1000: price 17.65 → 18.90" in person.sees
        await person.press("y")
        await person.until_told("Approved #4.")


async def test_after_its_proposal_left_the_list_the_cursor_stands_for_none(
    app, sitting, staged, remove
):
    async with sitting(app) as person:
        await person.press("j", "j")
        remove(staged[2])
        await person.until_seen("That proposal left the list.")
        for key in ("a", "r", "enter", "space"):
            await person.press(key)
            assert not person.asked
        assert "There is no proposal under the cursor." in person.told
        await person.press("k")
        assert person.listed.line.id == staged[3]


async def test_a_list_that_became_shorter_takes_the_cursor_back(app, sitting, staged, remove):
    async with sitting(app) as person:
        await person.press("G")
        remove(staged[0])
        await person.until_seen("4 proposals")
        await person.press("j")
        assert person.listed.line.id == staged[1]


async def test_the_list_stands_still_under_a_question_and_catches_up_after_it(
    app, sitting, staged, stage, vendor, decide, admin
):
    async with sitting(app) as person:
        await person.press("a")
        before = person.rows
        stage(vendor)
        decide(admin, "rejected", staged[0], reason="No.")
        # The change has come in and was put off; nothing on the screen tells of that.
        await person.until(lambda: app.screen_stack[0]._stale)
        await person.settle()
        assert person.rows == before
        await person.press("escape")
        await person.until_seen("6 proposals")
        assert any(row.endswith("✗ rejected") for row in person.rows)
        assert person.listed.line.id == staged[-1]


async def test_rows_that_were_asked_for_before_a_key_do_not_take_the_cursor_back(
    app, sitting, staged, stage, vendor, slow_rows
):
    async with sitting(app) as person:
        slow_rows.hold()
        stage(vendor)
        await person.until(slow_rows.held.is_set)
        await person.type("j")
        await person.until(lambda: person.listed.line.id == staged[-2])
        slow_rows.go_on()
        await person.until_seen("6 proposals")
        assert person.listed.line.id == staged[-2]
        assert "That proposal left the list." not in person.sees


async def test_to_scroll_away_from_the_cursor_is_not_to_lose_it(app, sitting, stage, vendor):
    ids = stage(*[vendor] * 400)
    async with sitting(app) as person:
        person.listed.scroll_to(y=380, animate=False)
        await person.until(lambda: person.listed.line is None)
        assert "#400 ·" in person.sees
        stage(vendor)
        await person.until_seen("401 proposals")
        await person.press("a")
        assert not person.asked  # what is not in sight is not decided
        person.listed.scroll_to(y=0, animate=False)
        await person.until(lambda: person.listed.line is not None)
        assert person.listed.line.id == ids[-1]
