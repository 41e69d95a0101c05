"""Replay and dismissal: after a question, by an admin, of what was meant when the key was hit."""

import pytest

HEAD_OF_REFUSED = ("j",) * 4


def queued(workspace):
    from nsconsole.services.pushes.listing import list_pushes

    return [push.proposal_id for push in list_pushes(workspace, status="queued")]


@pytest.fixture
def resolutions(graveyard, laid):
    """How each letter was seen to."""
    ids = [id_ for some in laid.values() for id_ in some]
    return lambda: {
        id_: letter.resolution
        for id_ in ids
        if (letter := graveyard.letter(id_)).resolution is not None
    }


# Replay


async def test_a_letter_goes_out_again_after_a_question_that_says_what_will_come_of_it(
    app, at_letters, laid, workspace, resolutions
):
    async with at_letters(app) as person:
        await person.press("j", "r")
        assert "Replay letter 1?" in person.sees
        assert "Vendor 42 Acme: cost 10.00 → 12.50" in person.sees
        assert "conflict: NetSuite compares again, and refuses what still differs." in person.sees
        assert "One goes first" not in person.sees
        await person.press("y")
        await person.until_told("Letter 1 on the queue again.")
        await person.until_seen("5 letters")
    assert resolutions() == {1: "replayed"}
    assert queued(workspace) == [1]
    assert app.background.asked == 1


async def test_what_is_asked_in_the_first_place_is_not_done_by_the_key_that_asks_or_by_enter(
    app, at_letters, laid, resolutions
):
    async with at_letters(app) as person:
        await person.press("j", "r", "r", "enter")
        assert not person.asked
        await person.press("r", "escape")
        await person.hold("r", times=8)
        await person.until(lambda: person.asked)
        assert len(app.screen_stack) == 2
        await person.press("escape")
        assert not person.asked
    assert resolutions() == {}


async def test_the_head_stands_for_its_whole_group(app, at_letters, laid, workspace, resolutions):
    async with at_letters(app) as person:
        await person.press(*HEAD_OF_REFUSED, "r")
        assert "Replay 3 dead letters?" in person.sees
        assert "3 refused: NetSuite is asked anew" in person.sees
        assert "One goes first." in person.sees
        await person.press("y")
        await person.until_told("3 letters on the queue again: one goes first")
    assert resolutions() == dict.fromkeys(laid["refused"], "replayed")
    assert len(queued(workspace)) == 3


async def test_a_selection_is_replayed_as_one_and_then_nothing_is_selected(
    app, at_letters, laid, resolutions
):
    async with at_letters(app) as person:
        await person.press("j", "space", "j", "space")
        assert "2 selected (U unselects)" in person.sees
        assert sum("●" in row for row in person.rows) == 2
        await person.press("R")
        assert "Replay 2 dead letters?" in person.sees
        assert "1 conflict:" in person.sees
        assert "1 exhausted:" in person.sees
        await person.press("y")
        await person.until_told("2 letters on the queue again")
        assert "selected" not in person.sees
    assert resolutions() == {1: "replayed", 2: "replayed"}


async def test_without_a_selection_the_key_for_it_says_how_to_select(app, at_letters, laid):
    async with at_letters(app) as person:
        await person.press("R")
        assert "Nothing is selected; space selects, * all." in person.told
        assert not person.asked


async def test_all_that_match_are_selected_and_those_out_of_sight_are_counted(
    app, at_letters, laid, resolutions
):
    async with at_letters(app) as person:
        await person.press("j", "space", "slash", *"terms", "enter", "asterisk")
        await person.until_seen("4 selected")
        await person.press("R")
        assert "Replay 4 dead letters?" in person.sees
        assert "⚠ 1 selected letter not in sight (filter)" in person.sees
        await person.press("y")
        await person.until_told("4 letters on the queue again")
    assert resolutions().keys() == {1, *laid["refused"]}


async def test_a_group_is_selected_and_unselected_at_its_head(app, at_letters, laid):
    async with at_letters(app) as person:
        await person.press(*HEAD_OF_REFUSED, "space")
        await person.until_seen("3 selected")
        await person.press("j", "space")
        await person.until_seen("2 selected")
        await person.press("g", *HEAD_OF_REFUSED, "space")
        await person.until_seen("3 selected")
        await person.press("space")
        await person.until(lambda: "selected" not in person.sees)


async def test_a_group_that_was_selected_and_then_replayed_at_its_head_is_selected_no_longer(
    app, at_letters, laid
):
    async with at_letters(app) as person:
        await person.press(*HEAD_OF_REFUSED, "asterisk", "asterisk")
        await person.until_seen("6 selected")
        await person.press("r", "y")
        await person.until_told("3 letters on the queue again")
        await person.until_seen("3 selected")


async def test_a_group_without_a_code_is_not_taken_for_its_whole_cause(app, at_letters, graveyard):
    (bare,) = graveyard.lay("unknown_outcome", "")
    (coded,) = graveyard.lay("unknown_outcome", "UNEXPECTED_ERROR")
    async with at_letters(app) as person:
        await person.press("r")
        assert f"Replay letter {bare}?" in person.sees
        await person.press("y")
        await person.until_told(f"Letter {bare} on the queue again.")
    assert graveyard.letter(coded).resolution is None


async def test_what_is_not_as_it_was_approved_is_left_out_and_that_is_said(
    app, at_letters, graveyard
):
    (other,) = graveyard.lay()
    (tampered,) = graveyard.lay("tampered", "DIGEST_MISMATCH", attempts=0)
    async with at_letters(app) as person:
        await person.press("G", "r")
        await person.until_told("What is not as it was approved is never sent. x dismisses it.")
        assert not person.asked
        await person.press("asterisk", "R")
        await person.until_seen("never sent, these stay")
        await person.press("y")
        await person.until_told(f"Letter {other} on the queue again.")
    assert graveyard.letter(tampered).resolution is None


async def test_a_letter_that_somebody_else_saw_to_is_not_sent_and_that_is_told(
    app, at_letters, graveyard, laid, workspace
):
    async with at_letters(app) as person:
        await person.press("j", "r")
        graveyard.resolve(1)
        await person.press("y")
        await person.until_told("1 letter somebody else saw to before.")
    assert queued(workspace) == []


async def test_the_letter_of_the_key_is_replayed_whatever_came_in_meanwhile(
    app, at_letters, graveyard, laid, resolutions
):
    async with at_letters(app) as person:
        await person.press("j", "j", "j", "r")
        graveyard.lay("conflict", "RCRD_HAS_BEEN_CHANGED", count=3)
        await person.until(lambda: app.screen_stack[0]._stale)
        await person.press("y")
        await person.until_told("Letter 2 on the queue again.")
    assert resolutions() == {2: "replayed"}


# Dismissal


async def test_a_letter_is_dismissed_with_a_reason(app, at_letters, laid, graveyard):
    async with at_letters(app) as person:
        await person.press("j", "x")
        assert "Dismiss letter 1?" in person.sees
        await person.press("enter")
        assert person.asked  # not without a reason
        await person.write("Done by hand.")
        await person.press("enter")
        await person.until_told("Letter 1 dismissed.")
        await person.until_seen("5 letters")
    letter = graveyard.letter(1)
    assert (letter.resolution, letter.resolved_by) == ("dismissed", "ada")
    assert letter.reason == "Done by hand."


async def test_a_selection_is_dismissed_with_one_reason(app, at_letters, laid, resolutions):
    async with at_letters(app) as person:
        await person.press("asterisk", "x")
        await person.until_seen("Dismiss 6 dead letters?")
        await person.write("Old.")
        await person.press("enter")
        await person.until_told("6 letters dismissed.")
        await person.until_seen("No dead letters")
    assert set(resolutions().values()) == {"dismissed"}


async def test_with_a_letter_opened_the_keys_mean_it_and_not_the_selection(
    app, at_letters, laid, resolutions
):
    async with at_letters(app) as person:
        await person.press("asterisk", "j", "enter", "x")
        assert "Dismiss letter 1?" in person.sees
        await person.press("N", "o", "enter")
        await person.until_told("Letter 1 dismissed.")
    assert resolutions() == {1: "dismissed"}


# Who may


@pytest.mark.parametrize("who", ["reviewer", "viewer", None])
async def test_one_who_is_no_admin_is_told_so_and_asked_nothing(
    console, at_letters, laid, workspace, request, resolutions, who
):
    app = console(workspace, authority=request.getfixturevalue(who) if who else None)
    async with at_letters(app) as person:
        await person.until_seen("looking only: an admin sees to them")
        for keys in (["j", "r"], ["space", "R"], ["x"], ["k", "e"]):
            await person.press(*keys)
            await person.until_told("Only an admin sees to dead letters")
            assert not person.asked
    assert resolutions() == {}


async def test_the_edit_token_is_asked_for_once(console, at_letters, laid, workspace, admin):
    from nsconsole.services.operators import rotate_token

    operator, token = rotate_token(workspace, admin, "ada")
    app = console(workspace, operator)
    async with at_letters(app) as person:
        await person.press("j", "r", "y")
        await person.until_seen("ada, your edit token?")
        await person.write(token)
        assert token not in person.sees
        await person.press("enter")
        await person.until_told("Letter 1 on the queue again.")
        await person.until_seen("5 letters")
        await person.press("g", "j", "r", "y")
        await person.until_told("Letter 2 on the queue again.")


async def test_a_wrong_token_is_told_and_nothing_is_sent(
    console, at_letters, laid, workspace, admin, resolutions
):
    app = console(workspace, admin.operator)
    async with at_letters(app) as person:
        await person.press("j", "r", "y")
        await person.until_seen("your edit token?")
        await person.press(*"wrong", "enter")
        await person.until_told("that is not ada's edit token")
    assert resolutions() == {}
