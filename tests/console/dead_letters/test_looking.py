"""Looking at dead letters: groups, a letter in full, the filter, the ways out."""

import json

import pytest

from nsconsole.services.dead_letters.letters import show_dead_letter

from .conftest import CHANGED


async def test_letters_stand_under_the_head_of_their_group_with_its_count(app, at_letters, laid):
    async with at_letters(app) as person:
        assert [row.split()[0] for row in person.rows if not row[5:8].strip().isdigit()]
        heads = [row for row in person.rows if "oldest" in row]
        assert [" ".join(head.split()) for head in heads] == [
            f"▌conflict {CHANGED} 1 letter, oldest 2h",
            "exhausted RCRD_LOCKED 1 letter, oldest 15m",
            "refused USER_ERROR 3 letters, oldest 5m",
            "unknown outcome 1 letter, oldest 2m",
        ]
        ids = [row.split()[0] for row in person.rows if row not in heads]
        assert ids == ["1", "2", "5", "4", "3", "6"]
        assert "Dead letters · 6 letters" in person.sees


async def test_a_letter_tells_its_age_its_attempts_and_what_was_to_change(app, at_letters, laid):
    async with at_letters(app) as person:
        await person.press("j", "j", "j")
        assert person.row.split(maxsplit=4)[1:4] == ["2", "15m", "3×"]
        assert "Vendor 16 Acme: cost 10.00 → 12.50" in person.row


async def test_a_conflict_is_laid_out_three_ways(app, at_letters, laid):
    async with at_letters(app) as person:
        await person.press("j")
        table = [line.split() for line in person.sees.splitlines()]
        assert ["seen", "proposed", "in", "NetSuite"] in table
        assert ["cost", "10.00", "12.50", "11.00", "⚠"] in table


async def test_a_letter_in_full_has_meaning_mend_attempts_and_the_error_as_json(
    app, at_letters, laid, workspace
):
    async with at_letters(app, size=(100, 70)) as person:
        await person.press("G", "enter")
        sees = person.sees
        assert "letter 6 · proposal #6 (o) · 3 attempts · 2m ago" in sees
        assert "Means  The call left, but no answer told what came of it" in sees
        assert "Mend   Do a dry run to see what NetSuite holds." in sees
        attempts = [line.split() for line in sees.splitlines() if " ms" in line]
        assert [words[1] for words in attempts] == ["09:12:40", "09:12:50", "09:13:00"]
        assert attempts[0][2:] == ["refused", "no", "answer", "120", "ms"]
        assert "the answer was lost" in sees
        shown = sees[sees.index("{") : sees.rindex("}") + 1]
        assert json.loads(shown) == show_dead_letter(workspace, 6).error


async def test_a_value_that_the_table_has_no_room_for_stands_below_it_in_full(
    app, at_letters, graveyard
):
    title = "Head of " + " and of ".join(f"department {n}" for n in range(8))
    change = {"title": title}
    graveyard.lay(action_type="update_contact", target_record="contact", change=change, seen={})
    async with at_letters(app, size=(120, 40)) as person:
        await person.press("G")
        assert "job title, proposed, in full:" in person.sees.lower()
        assert "department 7" in person.sees


async def test_lines_are_counted_and_said_not_to_be_compared(app, at_letters, graveyard, bill):
    graveyard.lay(
        action_type=bill["action_type"],
        target_record="vendorBill",
        target_id=None,
        change=bill["change"],
        seen={},
    )
    async with at_letters(app) as person:
        await person.press("G")
        assert "item: 2 lines, not compared" in person.sees


async def test_a_letter_that_was_never_sent_says_so(app, at_letters, graveyard):
    graveyard.lay("tampered", "DIGEST_MISMATCH", attempts=0)
    async with at_letters(app, size=(100, 50)) as person:
        await person.press("G")
        assert "It was never sent." in person.sees


async def test_the_head_of_a_group_tells_what_its_letters_have_in_common(app, at_letters, laid):
    async with at_letters(app) as person:
        await person.press("j", "j", "j", "j")
        assert "3 letters · the oldest 5m old, the newest 5m" in person.sees
        assert "Means " in person.sees
        assert "Mend " in person.sees


async def test_one_key_goes_from_group_to_group_and_back(app, at_letters, laid):
    async with at_letters(app) as person:
        seen = []
        for key in ("]", "]", "j", "[", "[", "[", "[", "]", "]", "]", "]"):
            await person.press(
                {"]": "right_square_bracket", "[": "left_square_bracket"}.get(key, key)
            )
            seen.append(person.row[1:].split()[0])
        assert seen == [
            "exhausted", "refused", "5", "refused", "exhausted", "conflict", "conflict",
            "exhausted", "refused", "unknown", "unknown",
        ]  # fmt: skip


async def test_the_filter_finds_words_of_the_change_and_of_what_netsuite_said(
    app, at_letters, laid
):
    async with at_letters(app) as person:
        await person.press("slash")
        await person.write("terms")
        await person.press("enter")
        assert "3 letters · filter “terms” (esc clears)" in person.sees
        assert len(person.rows) == 4
        await person.press("escape", "slash")
        await person.write("vendor 16")
        assert "Dead letters · 1 letter ·" in person.sees
        await person.press("escape")
        assert "Dead letters · 6 letters" in person.sees
        assert person.app.focused is person.listed


async def test_a_filter_that_nothing_matches_says_how_to_leave_it(app, at_letters, laid):
    async with at_letters(app) as person:
        await person.press("slash")
        await person.write("nowhere")
        await person.until_seen("Nothing matches the filter. esc clears it.")


async def test_an_empty_screen_says_what_comes_here(app, at_letters):
    async with at_letters(app) as person:
        assert "No dead letters: what was approved reached NetSuite, or waits (3)." in person.sees
        for key in ("r", "R", "d", "e", "x", "space", "asterisk", "U", "o", "y", "enter", "G"):
            await person.press(key)
            assert not person.asked
        assert "There is no letter under the cursor." in person.told


async def test_a_letter_is_copied_whole_as_json(app, at_letters, laid, monkeypatch):
    copied = []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with at_letters(app) as person:
        await person.press("j", "y")
        await person.until_told("Copied")
    whole = json.loads(copied[0])
    assert (whole["id"], whole["cause"], whole["code"]) == (1, "conflict", CHANGED)
    assert whole["change"] == {"cost": 12.5}
    assert whole["payload"]["values"] == {"cost": 12.5}
    assert [tried["number"] for tried in whole["attempts"]] == [1]


async def test_keys_that_come_faster_than_letters_are_read_mean_the_letter_under_the_cursor(
    app, at_letters, laid, monkeypatch
):
    copied = []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with at_letters(app) as person:
        await person.press("j")
        await person.write("jjyjjje")
        await person.until_seen("Edit letter 4 and propose it anew")
        await person.press("escape")
        await person.write("gjo")
        await person.until(lambda: app.current_mode == "inbox" and person.listed.line)
        assert person.listed.line.id == 1
    assert [json.loads(text)["id"] for text in copied] == [2]


async def test_a_head_is_not_copied_opened_or_edited_as_a_letter(app, at_letters, laid):
    async with at_letters(app) as person:
        for key in ("y", "o", "e"):
            await person.press(key)
            assert person.told.endswith("There is no letter under the cursor.")
            assert not person.asked


async def test_its_proposal_is_shown_in_the_inbox(app, at_letters, laid, stage_raw):
    stage_raw(summary="Vendor 1 Other: cost 1.00 → 2.00")
    async with at_letters(app) as person:
        await person.press("j", "j", "j", "o")
        await person.until(lambda: app.current_mode == "inbox" and person.listed.line)
        assert person.listed.line.id == 2
        assert "Vendor 16 Acme" in person.row
        assert "Everything · 7 proposals" in person.sees


async def test_its_proposal_is_shown_whatever_the_inbox_was_filtered_by(app, at_letters, laid):
    async with at_letters(app) as person:
        await person.press("1", "slash", *"nowhere", "enter", "4", "G", "o")
        await person.until(lambda: app.current_mode == "inbox" and person.listed.line)
        assert person.listed.line.id == 6


@pytest.mark.parametrize("keys", [["enter", "escape"], ["slash", "escape"], ["escape"]])
async def test_escape_leads_back_to_the_list(app, at_letters, laid, keys):
    async with at_letters(app) as person:
        await person.press("j", *keys)
        assert app.focused is person.listed
        assert "Dead letters · 6 letters" in person.sees


async def test_on_a_wide_screen_the_letter_stands_beside_the_list(app, at_letters, laid):
    async with at_letters(app, size=(160, 40)) as person:
        await person.press("j")
        line = next(line for line in person.sees.splitlines() if "▌" in line)
        assert "cost 10.00 → 12.50" in line
        assert "letter 1 · proposal #1" in line


async def test_the_help_names_every_key(app, at_letters, laid):
    async with at_letters(app, size=(100, 60)) as person:
        await person.press("question_mark")
        for named in ("Replay the selection", "Dry run", "Dismiss", "Select all that match"):
            assert named in person.sees


@pytest.mark.parametrize("size", [(20, 6), (5, 3), (200, 60)])
async def test_any_size_of_the_terminal_is_survived(app, at_letters, laid, size):
    async with at_letters(app) as person:
        await person.press("j")
        for dialog in ("r", "x", "e", "question_mark"):
            await person.press(dialog)
            await person.pilot.resize_terminal(*size)
            await person.settle()
            await person.press("escape")
        await person.pilot.resize_terminal(80, 24)
        await person.settle()
        assert "Vendor 42" in person.row
