"""What is asked for at the Sync screen: pulls, pauses, an end; and why a key does nothing."""

import pytest


async def test_a_table_is_synced_now(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "j", "S")
        assert app.background.synced == [(["customer"], False)] == app.background.synced[:1]
        assert "customer: the sync begins now." in person.told


async def test_selected_tables_are_synced_together_and_unselected(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("space", "j", "space")
        assert "2 selected (U unselects)" in person.sees
        await person.press("S")
        assert app.background.synced == [(["customer", "contact"], False)]
        assert "selected" not in person.sees


async def test_a_full_pull_is_asked_about_with_what_it_takes(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "j", "F")
        assert "Pull customer in full?" in person.sees
        assert "about 86,415 rows, 87 pages, some 41s at the last pace" in person.sees
        await person.press("y")
        assert app.background.synced == [(["customer"], True)]


async def test_several_full_pulls_are_added_up(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("slash", *"r", "enter", "space", "j", "j", "space", "j", "space", "F")
        assert app.screen_stack[-1].query("#question")
        await person.press("escape", "U", "escape", "g", "j", "j", "space", "G", "space", "F")
        assert "Together:" in person.sees
        await person.press("escape")
        assert app.background.synced == []


async def test_a_full_pull_is_not_begun_by_the_key_that_asks_or_by_enter(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "j", "F", "F", "enter")
        assert not person.asked
        await person.press("F", "escape")
        assert app.background.synced == []


@pytest.mark.parametrize("key", ["F", "enter"])
async def test_a_key_that_is_held_opens_one_question_or_sheet(app, at_sync, furnished, key):
    async with at_sync(app) as person:
        await person.press("j", "j")
        await person.hold(key, times=8)
        await person.until(lambda: person.asked)
        assert len(app.screen_stack) == 2
        await person.press("escape")
        assert not person.asked
    assert app.background.synced == []


async def test_a_table_that_was_never_read_has_no_estimate(app, at_sync, mirror):
    mirror.lay_down(customer=5)
    async with at_sync(app) as person:
        await person.press("F")
        assert "never read, so nobody knows how many rows" in person.sees


async def test_a_full_pull_is_of_the_table_that_was_asked_about(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "j", "F")
        furnished.remap("aardvark", "customer")
        await person.press("y")
        assert app.background.synced == [(["customer"], True)]


@pytest.mark.parametrize("key", ["S", "F"])
async def test_a_table_under_way_or_paused_is_not_pulled_and_the_reason_is_told(
    app, at_sync, furnished, key
):
    async with at_sync(app) as person:
        await person.press("j", key)
        assert person.told.startswith("currency is paused: by anna since ")
        assert person.told.endswith(" UTC. p resumes it.")
        await person.press("G", "k", key)
        assert "transaction is being pulled already." in person.told
        assert not person.asked
    assert app.background.synced == []


async def test_of_several_those_are_pulled_that_can_be(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "space", "space", "S")
        assert "currency is paused" in person.told
        assert app.background.synced == [(["customer"], False)]


async def test_what_is_told_takes_the_place_of_what_was_told_before(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "j", "p")
        await person.until_told("customer paused")
        await person.press("P")
        await person.until_told("The 5 minute tier is paused.")
        await person.press("c")
        assert person.told == "customer is not being pulled just now."


async def test_that_many_cannot_be_pulled_is_told_in_one_sentence(app, at_sync, furnished):
    furnished.runs("vendor", for_seconds=5, read=1000)
    async with at_sync(app) as person:
        await person.press("j", "space", "G", "space", "k", "space", "S")
        assert "is being pulled already. Nor can 2 more be pulled now." in person.told
    assert app.background.synced == []


async def test_nothing_is_asked_of_a_netsuite_that_refuses_the_login(app, at_sync, furnished):
    furnished.link("refused", "INVALID_LOGIN_ATTEMPT", ago=60)
    async with at_sync(app) as person:
        await person.until_seen("NetSuite refuses the login")
        await person.press("j", "j", "S", "F")
        assert "Run `nsconsole doctor` first." in person.told
        assert not person.asked
    assert app.background.synced == []


async def test_a_table_is_paused_and_resumed(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "j", "p")
        await person.until_told("customer paused. p resumes.")
        assert furnished.entry("customer").paused.by == "rita"
        await person.until(lambda: "paused" in person.row)
        await person.press("p")
        await person.until_told("customer resumed")
        assert furnished.entry("customer").paused is None


async def test_a_selection_is_paused_as_one(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "space", "space", "p")  # currency is paused already
        await person.until_told("customer paused")
        await person.until(lambda: sum("paused" in row for row in person.rows) == 2)
        await person.press("p")
        await person.until_told("2 tables resumed")
        assert furnished.entry("currency").paused is None


async def test_a_tier_is_paused_and_resumed_by_the_table_under_the_cursor(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("P")
        await person.until_told("The 5 minute tier is paused.")
        assert furnished.tier(5).paused_by == "rita"
        await person.until_seen("5 min paused")
        await person.press("P")
        await person.until_told("The 5 minute tier goes on.")
        assert furnished.tier(5).paused_by is None


async def test_a_pull_is_cancelled_wherever_it_runs(app, at_sync, furnished):
    run = furnished.runs("vendor", for_seconds=5, read=1000)
    async with at_sync(app) as person:
        await person.press("G", "c")
        await person.until_told("vendor: the pull ends after this page")
        assert furnished.cancelled_by(run) == "rita"
        await person.until(lambda: "stopping" in person.row)


async def test_a_table_that_is_not_pulled_cannot_be_cancelled(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("c")
        assert "contact is not being pulled just now." in person.told


async def test_one_who_may_only_look_is_known_by_the_login(
    console, at_sync, furnished, workspace, monkeypatch
):
    monkeypatch.setattr("getpass.getuser", lambda: "operating system's mike")
    async with at_sync(console(workspace)) as person:
        await person.press("p")
        await person.until_told("contact paused")
    assert furnished.entry("contact").paused.by == "operating system's mike"


async def test_an_order_that_comes_too_late_is_told_so(app, at_sync, furnished, slow_overview):
    async with at_sync(app) as person:
        slow_overview.hold()
        furnished.remap("vendor")
        await person.until(slow_overview.held.is_set)
        await person.type("p")
        await person.until(lambda: "the map has no table contact" in person.told)
        slow_overview.go_on()
        await person.until_seen("1 table ")
