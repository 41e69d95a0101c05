"""Whatever stands in a proposal is shown as it is: no markup, no code that a terminal obeys."""

import json

import pytest

from .hostile import BIDI, CODES, HOSTILE, MARKUP, WIDE, obeyed


@pytest.fixture
def hostile(stage_raw, workspace, admin):
    """Proposals of which every text is hostile: pending, high risk, rejected, and failed."""
    from nsconsole.services.approvals import Choice, Verdict, decide

    change = {
        "memo": HOSTILE,
        MARKUP: CODES + BIDI,
        "item": [{MARKUP: HOSTILE, "x": CODES}, {"y": WIDE}],
    }
    texts = {
        "action_type": "update_record",
        "target_record": "vendor",
        "target_id": MARKUP + CODES,
        "target_name": HOSTILE,
        "author": MARKUP + CODES,
        "summary": HOSTILE,
        "search_text": HOSTILE.casefold(),
        "reason": f"{HOSTILE}\n{BIDI}",
        "proposed_change_json": json.dumps(change),
        "seen_json": json.dumps({"values": change, "names": {"memo": {HOSTILE: HOSTILE}}}),
    }
    failed, rejected, high, plain = (
        stage_raw(**texts, risk_tier=tier, risk_rank=rank)
        for tier, rank in (("low", 1), ("low", 1), ("high", 3), ("medium", 2))
    )
    decide(workspace, admin, Verdict.APPROVE, [Choice(failed)])
    decide(workspace, admin, Verdict.REJECT, [Choice(rejected)], reason=MARKUP)
    error = json.dumps({"outcome": "permanent", "code": MARKUP, "message": HOSTILE})
    with workspace.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE ns_pending_pushes SET error_json = ?, status = 'dead', ns_internal_id = ?",
            (error, CODES),
        )
        connection.exec_driver_sql("UPDATE ns_link SET detail = ?", (HOSTILE,))
        connection.exec_driver_sql("UPDATE proposed_actions SET decided_by = ? WHERE id = ?",
                                   (MARKUP + CODES, rejected))  # fmt: skip
    return failed, rejected, high, plain


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["small", "wide"])
async def test_hostile_text_is_shown_literally_on_every_screen(app, sitting, hostile, size):
    async with sitting(app, size=size) as person:
        looks = []

        async def look(*keys):
            await person.press(*keys)
            assert app.is_running
            looks.append(person.sees)
            assert obeyed(looks[-1]) == set()

        await look("v")
        assert "[red]x[/] [@click=app.quit]q[/] [/nope]" in looks[-1]
        for key in "jjj":
            await look(key)
            await look("enter")
            await look("pagedown")
            await look("end")
            await look("escape")
        await look("g")
        for dialog in ("a", "r", "question_mark", "ctrl+p"):
            await look(dialog)
            await look("escape")
        await look("j", "a")  # of high risk: its name and id stand in the dialog
        await look("escape", "asterisk", "a")
        await look("escape", "U", "slash")
        await person.write("[red] ␛ \x1b[2J")
        await look("enter")
        await look("escape")
        await look("G", "a")  # decided: the message names who did
        assert "[@click=app.quit]" in "".join(looks)


async def test_a_click_on_hostile_text_does_what_a_click_does(app, sitting, hostile):
    async with sitting(app, size=(120, 40)) as person:
        for y in range(0, 39, 3):
            await person.pilot.click(offset=(30, y))
            assert app.is_running
        await person.press("escape", "escape")
        assert person.rows


async def test_hostile_text_in_an_answer_or_message_is_literal(
    app, sitting, hostile, workspace, decide, admin
):
    plain = hostile[-1]
    async with sitting(app) as person:
        await person.press("a")
        decide(admin, "rejected", plain, reason="No.")
        with workspace.database.writing() as connection:
            connection.exec_driver_sql(
                "UPDATE proposed_actions SET decided_by = ? WHERE id = ?", (HOSTILE, plain)
            )
        await person.press("y")
        await person.until_told("[red]x[/] [@click=app.quit]q[/] [/nope]")
        assert obeyed(person.told) == set()
        assert obeyed(person.sees) == set()
        app.post_message(_failed(HOSTILE))
        await person.settle()
        assert obeyed(person.sees) == set()


async def test_an_opening_that_fails_with_hostile_text_shows_it_literally(sitting, clock):
    from nsconsole.console.app import NsConsole

    def opening(tell):
        tell(HOSTILE)
        raise ValueError(HOSTILE)

    async with sitting(NsConsole(opening, account=HOSTILE, now=clock)) as person:
        await person.until_seen("The workspace cannot be opened")
        assert "[red]x[/]" in person.sees
        assert obeyed(person.sees) == set()


async def test_the_operator_of_a_hostile_name_is_asked_literally(
    console, sitting, hostile, workspace
):
    from nsconsole.services.operators import Operator, Role

    who = Operator(MARKUP + CODES, None, Role.REVIEWER, disabled=False)
    async with sitting(console(workspace, who)) as person:
        await person.press("a", "y")
        await person.until_seen("your edit token?")
        assert obeyed(person.sees) == set()


def _failed(why):
    from nsconsole.console.messages import LaneFailed

    return LaneFailed(why)
