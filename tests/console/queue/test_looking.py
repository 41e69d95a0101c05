"""What the Queue screen shows: what waits, for what and how long, and what went last."""

import pytest

from nsconsole.console.queue import reading
from nsconsole.services.pushes import breaker


def unwrapped(person):
    return " ".join(person.sees.split())


async def test_each_push_says_what_it_waits_for(app, at_queue, busy):
    async with at_queue(app) as person:
        told = {row.split("#")[1].split()[0].rstrip("?"): row for row in person.rows}
        for name, words in {
            "sent": "→ in flight 3s",
            "failed": "↻ retry, 41s",
            "held": "held by ada",
            "due": "due",
            "behind": f"behind #{busy['due']}",
            "undoable": "↶ undo, 5s",
        }.items():
            assert words in told[str(busy[name])]
        assert "Queue · 6 waiting · 1 in flight · 1 held" in person.sees


async def test_what_goes_next_stands_above_what_goes_later(app, at_queue, busy):
    async with at_queue(app) as person:
        order = ["sent", "due", "failed", "held", "behind", "undoable"]
        shown = [row.split("#")[1].split()[0].rstrip("?") for row in person.rows]
        assert shown == [str(busy[name]) for name in order]
        assert f"▲#{busy['due']}" in person.rows[1]
        assert f"#{busy['failed']}?" in person.rows[2]


async def test_the_seconds_are_counted(app, at_queue, busy, clock):
    async with at_queue(app) as person:
        clock.advance(2)
        await person.until_seen("↶ undo, 3s")
        assert "↻ retry, 39s" in person.sees
        clock.advance(3)
        await person.until(lambda: "undo," not in person.sees)
        assert person.rows[-1].split()[-2:] == ["due", "5s"]


async def test_the_push_under_the_cursor_is_told_in_full(app, at_queue, busy):
    async with at_queue(app) as person:
        await person.press("j", "j")
        assert "It is tried again in 41s; D tries now." in person.sees
        assert "? may be done already" in person.sees
        assert "last: UNEXPECTED_ERROR: NetSuite failed (HTTP 503)" in person.sees
        await person.press("k")
        assert "▲ goes first" in person.sees


async def test_what_was_applied_last_is_shown(app, at_queue, busy):
    async with at_queue(app) as person:
        shown = person.sees.partition("Applied last")[2]
        assert shown.index("Item 31 SAF-1000") < shown.index("Vendor 7 Bolt & Nut")
        assert "✓   1m" in shown


async def test_an_empty_queue_says_what_comes_here(app, at_queue, workspace):
    async with at_queue(app) as person:
        assert "Nothing waits to be sent." in person.sees
        assert "nothing yet" in person.sees
        await person.press("h", "c", "u", "o")
        assert "There is no push under the cursor." in person.told


async def test_what_is_approved_elsewhere_comes_in_by_itself(app, at_queue, queue):
    async with at_queue(app) as person:
        queue.approve("Vendor 16 Atlas Abrasives: terms Net 30 → Net 45")
        await person.until_seen("↶ undo, 5s")
        assert "1 waiting" in person.sees


async def test_a_filter_narrows_the_list(app, at_queue, busy):
    async with at_queue(app) as person:
        await person.press("slash", *"zhang", "enter")
        await person.until(lambda: len(person.rows) == 2)
        assert "Queue · 2 waiting · filter “zhang” (esc clears)" in person.sees
        await person.press("slash", *"zz")
        await person.until_seen("Nothing that waits matches the filter.")
        await person.press("escape")
        await person.until(lambda: len(person.rows) == 6)


async def test_of_a_long_queue_the_first_are_shown_and_the_rest_counted(
    app, at_queue, busy, monkeypatch
):
    monkeypatch.setattr(reading, "MOST", 4)  # so that six are many
    async with at_queue(app) as person:
        assert "Queue · 6 waiting · 1 in flight · 1 held · the first 4 shown" in person.sees
        assert len(person.rows) == 4


async def test_the_proposal_is_opened_in_the_inbox(app, at_queue, busy, queue):
    async with at_queue(app) as person:
        await person.press("G", "o")
        await person.until_seen("Everything ·")
        opened = queue.pushes()[busy["undoable"]].proposal_id
        await person.until(lambda: "Atlas Abrasives" in person.row)
        await person.until_seen(f"#{opened} ·")


@pytest.mark.parametrize(
    ("state", "told"),
    [("refused", "NetSuite refuses the login"), ("unreachable", "NetSuite cannot be reached")],
)
async def test_what_holds_all_up_stands_above_the_list(app, at_queue, busy, queue, state, told):
    queue.link(state, "connection refused.", ago=120)
    async with at_queue(app, size=(120, 40)) as person:
        await person.until_seen(f"⚠ {told} since 2026-11-22 09:14 (2m): connection refused.")
        reason = "login refused" if state == "refused" else "NetSuite away"
        assert reason in person.rows[1]


async def test_a_breaker_that_is_held_open_says_by_whom_and_how_it_goes_on(
    app, at_queue, busy, workspace, admin
):
    breaker.hold(workspace, admin, "month end")
    async with at_queue(app, size=(120, 40)) as person:
        await person.until_seen("⚠ ada holds the breaker open since 2026-11-22 09:16 (0s): month")
        assert "Nothing is sent meanwhile, and nothing is lost. B resets it." in unwrapped(person)
        assert "breaker HELD" in person.sees
        assert "breaker" in person.rows[1]
        breaker.reset(workspace, admin)
        await person.until(lambda: "holds the breaker" not in person.sees)
        assert "breaker HELD" not in person.sees


async def test_an_open_breaker_counts_down_to_its_next_try(app, at_queue, busy, workspace, clock):
    with workspace.database.writing() as connection:
        pass_ = breaker.enter(connection, clock())
        for _ in range(5):
            breaker.failed(connection, pass_, clock(), "HTTP 503")
    async with at_queue(app, size=(120, 40)) as person:
        await person.until_seen("⚠ The breaker is open since 2026-11-22 09:16 (0s): HTTP 503.")
        assert "It tries again in 30s; B resets it." in person.sees
        assert "breaker, 30s" in person.rows[1]
        assert "breaker OPEN" in person.sees
        clock.advance(12)
        await person.until_seen("It tries again in 18s")


async def test_text_from_outside_is_shown_literally(app, at_queue, queue):
    (id_,) = queue.approve("[bold]Vendor[/] \x1b[2J\u202e 42")
    queue.put(id_, held_at=0, held_by="[red]x\x1b[0m")
    error = '{"code":"[b]X","message":"\\u001b]0;hi\\u0007[/]"}'
    queue.put(id_, error_json=error)
    async with at_queue(app) as person:
        assert "[bold]Vendor[/] ␛[2J⟨U+202E⟩ 42" in person.sees
        assert "held by [red]x␛" in person.sees
        assert "last: [b]X: ␛]0;hi␇[/]" in person.sees
        await person.press("c")
        assert "[bold]Vendor[/] ␛[2J" in person.sees


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40)])
async def test_it_fits_the_terminal(app, at_queue, busy, queue, size):
    queue.link("refused", "INVALID_LOGIN_ATTEMPT", ago=60)
    async with at_queue(app, size=size) as person:
        await person.until_seen("refuses the login")
        lines = person.sees.splitlines()
        assert len(lines) <= size[1]
        assert "h Hold" in lines[-1]
        assert len(person.rows) >= 3
