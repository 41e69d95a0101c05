import asyncio
import json
import threading

import pytest

from nsconsole.console.app import NsConsole
from nsconsole.console.inbox.proposal_list import ProposalList
from nsconsole.console.session import Session
from nsconsole.services.lines import first_lines


@pytest.fixture
def told(workspace):
    """How a proposal stands in the database: status, who decided, why."""
    from nsconsole.services.details import detail

    def tell(id_):
        found = detail(workspace, id_)
        return found.line.status, found.line.decided_by, found.decision_reason

    return tell


@pytest.fixture
def all_pending(workspace):
    """Whether nobody decided anything, and nothing is queued."""
    from nsconsole.services.status import standing

    def check():
        found = standing(workspace)
        return set(found.proposals) == {"pending"} | {
            name for name, count in found.proposals.items() if not count
        } and not any(found.queue.values())

    return check


async def test_approving_takes_two_keystrokes_and_the_row_follows_the_push_to_the_end(
    app, sitting, staged, told, sandbox
):
    async with sitting(app) as person:
        assert person.row.endswith("cost 10.00 → 12.5…")
        await person.press("a")
        assert "Approve this change?" in person.sees
        assert "Vendor 42 Acme Industrial Supply: cost 10.00 → 12.50, +25 %" in person.sees
        await person.press("y")
        await person.until(lambda: person.row.endswith("queued"))
        assert "Approved #5." in person.told
        assert told(staged[-1]) == ("approved", "rita", "")
        assert app.background.asked == 1
        assert sandbox.ledger() == []
        await person.drain()
        await person.until(lambda: person.row.endswith("✓ applied"))
        await person.until_seen("medium risk · applied, internal id 42")
        (change,) = sandbox.ledger()
        assert (change["record_type"], change["fields"]) == ("vendor", {"cost": 12.5})


async def test_a_push_under_way_shows_as_in_flight(app, sitting, staged, workspace):
    from tests.leases import take

    async with sitting(app) as person:
        await person.press("a", "y")
        await person.until(lambda: person.row.endswith("queued"))
        assert take(workspace, limit=1)
        await person.until(lambda: person.row.endswith("in flight"))


@pytest.mark.parametrize("keys", [["enter"], ["a", "enter"]], ids=["list", "confirmation"])
async def test_enter_held_down_decides_nothing(app, sitting, staged, all_pending, keys):
    async with sitting(app) as person:
        await person.press(*keys[:-1])
        await person.hold("enter", times=20)
        assert not person.asked
        assert all_pending()


async def test_the_key_that_asks_does_not_confirm_and_asks_once(app, sitting, staged, all_pending):
    async with sitting(app) as person:
        await person.hold("a", times=20)
        assert len(app.screen_stack) == 2
        await person.hold("a", times=20)
        assert len(app.screen_stack) == 2
        assert app.focused.id == "no"
        await person.press("escape")
        assert not person.asked
        assert all_pending()


async def test_the_key_that_confirms_decides_once_however_long_it_is_held(
    app, sitting, staged, told
):
    async with sitting(app) as person:
        await person.press("a")
        await person.hold("y", times=20)
        await person.until_told("Approved #5.")
        assert [told(id_)[0] for id_ in staged] == ["pending"] * 4 + ["approved"]


@pytest.mark.parametrize("typed", ["83", "zhang & SONS stamping"])
async def test_high_risk_takes_the_name_or_id_of_the_record(app, sitting, staged, told, typed):
    async with sitting(app) as person:
        await person.press("j", "j", "j", "a")
        assert "High risk. Type the record's id (83) or name (Zhang & Sons" in person.sees
        await person.write(typed)
        assert told(staged[1])[0] == "pending"
        await person.press("enter")
        await person.until(lambda: told(staged[1])[0] == "approved")


async def test_high_risk_is_not_approved_by_other_words(app, sitting, staged, all_pending):
    async with sitting(app) as person:
        await person.press("j", "j", "j", "a")
        await person.hold("enter", times=5)
        await person.write("y8")
        await person.press("enter", "tab", "tab", "enter")
        assert person.asked or all_pending()
        assert all_pending()


async def test_a_new_record_of_high_risk_takes_the_number_of_the_proposal(
    app, sitting, staged, told
):
    async with sitting(app) as person:
        await person.press("G", "a")
        await person.write(str(staged[0]))
        await person.press("enter")
        await person.until(lambda: told(staged[0])[0] == "approved")


async def test_a_rejection_takes_a_reason(app, sitting, staged, told):
    async with sitting(app, size=(80, 40)) as person:
        await person.press("r", "enter")
        await person.write("  ")
        await person.press("enter")
        assert "Reject this change?" in person.sees
        await person.write("List is old.")
        assert told(staged[-1])[0] == "pending"
        await person.press("enter")
        await person.until(lambda: person.row.endswith("✗ rejected"))
        assert told(staged[-1]) == ("rejected", "rita", "List is old.")
        await person.until_seen("rejected by rita: List is old.")


async def test_cancel_by_escape_or_by_its_button_leaves_all_as_it_was(
    app, sitting, staged, all_pending
):
    async with sitting(app) as person:
        for key in ("a", "r"):
            await person.press(key, "escape")
            assert not person.asked
        await person.press("a", "enter")
        assert not person.asked
        assert all_pending()


async def test_a_selection_is_approved_by_one_confirmation_that_counts_it(
    app, sitting, staged, told
):
    async with sitting(app) as person:
        await person.press("space", "space", "space")
        assert "3 selected" in person.sees
        assert sum("●" in row for row in person.rows) == 3
        await person.press("a")
        for text in (
            "Approve 3 proposals?",
            "kinds: 1 update_vendor_cost, 1 update_item_price, 1 update_contact",
            "risk: 2 medium, 1 low",
        ):
            assert text in " ".join(person.sees.replace("│", " ").split())
        await person.press("y")
        await person.until_told("Approved 3 proposals.")
        assert [told(id_)[0] for id_ in staged] == ["pending"] * 2 + ["approved"] * 3
        assert "selected" not in person.sees


async def test_all_of_a_selection_can_be_read_where_the_screen_is_small(app, sitting, staged):
    async with sitting(app) as person:
        await person.press("asterisk", "a")
        assert "+25 %" not in person.sees
        assert "Type how many you approve (5)" in person.sees
        await person.press(*["down"] * 5)
        assert "+25 %" in person.sees
        assert "Type how many you approve (5)" in person.sees


async def test_a_selection_with_high_risk_takes_its_number(app, sitting, staged, told):
    async with sitting(app) as person:
        await person.press("asterisk", "a")
        assert "Type how many you approve (5)" in person.sees
        await person.write("4")
        await person.press("enter")
        assert person.asked
        await person.press("backspace", "5", "enter")
        await person.until_told("Approved 5 proposals.")
        assert {told(id_)[0] for id_ in staged} == {"approved"}


async def test_what_the_filter_hides_of_a_selection_is_said_before_it_is_decided(
    app, sitting, staged
):
    async with sitting(app) as person:
        await person.press("space", "space", "slash")
        await person.write("vendor 42")
        await person.press("enter", "a")
        assert "1 selected proposal not in sight (filter)" in person.sees
        await person.press("escape", "r")
        assert "1 selected proposal not in sight (filter)" in person.sees


async def test_everything_that_matches_the_filter_is_selected_at_once(app, sitting, staged):
    async with sitting(app) as person:
        await person.press("slash")
        await person.write("pricing-bot")
        await person.press("enter", "asterisk")
        assert "2 selected" in person.sees
        await person.press("escape", "escape")
        assert "2 selected" in person.sees
        assert sum("●" in row for row in person.rows) == 2
        await person.press("U")
        assert "selected" not in person.sees


async def test_what_somebody_else_decides_leaves_the_selection(app, sitting, staged, decide, admin):
    async with sitting(app) as person:
        await person.press("space", "space")
        decide(admin, "rejected", staged[-1], reason="No.")
        await person.until_seen("1 selected")


async def test_only_what_is_pending_can_be_selected_or_decided(app, sitting, staged, decide, admin):
    decide(admin, "rejected", staged[-1], reason="No.")
    async with sitting(app) as person:
        await person.press("v", "space")
        assert "Only what is pending, or was approved just now, can be selected." in person.told
        await person.press("a")
        assert not person.asked
        assert "#5 was rejected by ada already." in person.told


async def test_a_claim_lost_to_somebody_else_names_them_and_refreshes_the_list(
    app, sitting, staged, decide, admin, told
):
    async with sitting(app) as person:
        await person.press("a")
        decide(admin, "rejected", staged[-1], reason="No.")
        await person.press("y")
        await person.until_told("#5 was not decided by you")
        assert "ada rejected it first" in person.told
        await person.until(lambda: person.row.endswith("✗ rejected"))
        assert told(staged[-1])[:2] == ("rejected", "ada")
        assert app.background.asked == 0


async def test_nobody_approves_what_they_staged_themselves(
    app, sitting, stage, all_pending, vendor
):
    stage({**vendor, "author": "Rita"})
    async with sitting(app) as person:
        await person.press("a", "y")
        await person.until_told("you staged it yourself")
        assert all_pending()


async def test_a_viewer_is_refused(console, sitting, staged, workspace, viewer, all_pending):
    async with sitting(console(workspace, authority=viewer)) as person:
        await person.press("a", "y")
        await person.until_told("vic is a viewer; this takes the role reviewer or admin")
        assert all_pending()


async def test_somebody_who_is_no_operator_may_look_and_is_told_how_to_become_one(
    console, sitting, staged, workspace, all_pending
):
    async with sitting(console(workspace)) as person:
        await person.until_seen("looking only")
        await person.press("a", "y")
        await person.until_told("you are not an operator of this workspace")
        assert all_pending()


async def test_the_edit_token_is_asked_for_once_and_never_shown(
    console, sitting, staged, workspace, admin, told
):
    from nsconsole.services.operators import Role, add_operator

    sam, token = add_operator(workspace, admin, "sam", Role.REVIEWER)
    async with sitting(console(workspace, sam)) as person:
        await person.press("a", "y")
        await person.until_seen("sam, your edit token?")
        await person.write("wrong-token")
        assert "wrong-token" not in person.sees
        await person.press("enter")
        await person.until_told("that is not sam's edit token")
        assert told(staged[-1])[0] == "pending"

        await person.press("a", "y")
        await person.until_seen("sam, your edit token?")
        await person.write(token)
        assert token not in person.sees
        await person.press("enter")
        await person.until_told("Approved #5.")

        await person.press("j", "a", "y")
        await person.until_told("Approved #4.")
        assert token not in person.sees
        assert told(staged[-2]) == ("approved", "sam", "")


async def test_the_edit_token_of_the_environment_is_not_asked_for(
    console, sitting, staged, workspace, admin
):
    from nsconsole.services.operators import Role, add_operator

    sam, token = add_operator(workspace, admin, "sam", Role.REVIEWER)
    async with sitting(console(workspace, sam, edit_token=token)) as person:
        await person.press("a", "y")
        await person.until_told("Approved #5.")


async def test_a_wrong_edit_token_in_the_environment_is_refused_and_then_asked_for(
    console, sitting, staged, workspace, admin
):
    from nsconsole.services.operators import Role, add_operator

    sam, _ = add_operator(workspace, admin, "sam", Role.REVIEWER)
    async with sitting(console(workspace, sam, edit_token="an old one")) as person:
        await person.press("a", "y")
        await person.until_told("that is not sam's edit token")
        await person.press("a", "y")
        await person.until_seen("sam, your edit token?")


async def test_an_edit_token_that_was_replaced_is_asked_for_anew(
    console, sitting, staged, workspace, admin, all_pending
):
    from nsconsole.services import operators

    made = operators.add_operator(workspace, admin, "sam", operators.Role.REVIEWER)
    authority = operators.authenticate(workspace, *made)
    operators.rotate_token(workspace, admin, "sam")
    async with sitting(console(workspace, authority=authority)) as person:
        await person.press("a", "y")
        await person.until_told("sam's edit token was changed")
        assert all_pending()
        await person.press("a", "y")
        await person.until_seen("sam, your edit token?")


async def test_a_proposal_that_was_changed_in_the_file_is_not_decided(
    app, sitting, staged, workspace, all_pending
):
    async with sitting(app) as person:
        await person.press("a")
        with workspace.database.writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS proposed_actions_immutable")
            change = json.dumps({"cost": 99999})
            connection.exec_driver_sql(
                "UPDATE proposed_actions SET proposed_change_json = ? WHERE id = ?",
                (change, staged[-1]),
            )
        await person.press("y")
        await person.until_told("is not what was staged")
        assert all_pending()


async def test_the_first_rows_can_be_decided_before_the_workspace_is_open(
    app, reviewer, workspace, staged, told
):
    """Whoever knows what they want need not wait: the decision follows as soon as it can."""
    may_open = threading.Event()

    def opening(tell):
        assert may_open.wait(30)
        return Session(
            workspace=workspace,
            identify=lambda: reviewer.operator,
            background=lambda _tell: app.background,
            authority=reviewer,
        )

    early = NsConsole(
        opening,
        account="1234567_SB1",
        first_page=lambda limit: first_lines(workspace.settings, limit),
        now=workspace.now,
    )
    async with early.run_test(size=(80, 24)) as pilot, asyncio.timeout(30):
        while not early.screen.query_one(ProposalList).line:
            await pilot.pause()
        await pilot.press("a")
        while len(early.screen_stack) == 1:
            await pilot.pause()
        await pilot.press("y")
        while len(early.screen_stack) == 2:
            await pilot.pause()
        assert told(staged[-1])[0] == "pending"
        may_open.set()
        while told(staged[-1])[0] == "pending":
            await pilot.pause()
    early.stop_background()
    assert told(staged[-1]) == ("approved", "rita", "")
