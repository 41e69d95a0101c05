"""What the Coverage screen shows: figures, gaps and why, tables in full, history, news."""

from tests.console.coverage.conftest import filtered
from tests.console.hostile import HOSTILE, obeyed
from tests.services.coverage_world import World


async def test_the_figures_stand_above_the_gaps_and_the_one_under_the_cursor_below(
    app, at_coverage, furnished
):
    async with at_coverage(app, size=(120, 40)) as person:
        assert "Coverage 21.43 % " in person.sees
        assert "6 of 28 columns · 2 of 9 tables · audited 5m ago" in person.sees
        assert "vendors    ██████████ 100 %" in person.sees
        assert "Gaps · 10 tables, 34 gaps (v) · by priority (s)" in person.sees
        shown = [row for row in person.rows if "customeraddressbook" in row]
        assert "customers  whole, 4 columns  never planned" in shown[0]
        assert "2,411" in shown[0]
        await filtered(person, "machine")
        await person.until(lambda: "customrecord_machine" in person.row)
        assert (
            "The mirror lacks the whole table, 3 columns. 2 of them can be planned" in person.sees
        )


async def test_gaps_are_filtered_sorted_and_seen_one_by_one(app, at_coverage, furnished):
    async with at_coverage(app) as person:
        await filtered(person, "customers never")
        await person.until_seen("2 tables, 9 gaps (v) · by priority (s) · filter “customers never”")
        assert {row.split()[0].strip("▌") or row.split()[1] for row in person.rows} == {
            "customer",
            "customeraddressbook",
        }
        await person.press("v", "s", "s")
        await person.until_seen("Gaps · 9 gaps (v) · fullest first (s) · filter “customers never”")
        assert person.rows[0].split()[1:3] == ["customeraddressbook.city", "never"]
        assert "100 %" in person.rows[0]
        await person.press("slash")
        await person.write("zzz")
        await person.until_seen("No gap matches the filter. esc clears it.")
        await person.press("escape")
        await person.until_seen("34 gaps")


async def test_a_table_is_picked_with_all_its_gaps(app, at_coverage, furnished):
    async with at_coverage(app) as person:
        await filtered(person, "pricelevel", "space")
        assert "1 picked (U unpicks)" in person.sees
        await person.press("v")
        await person.until_seen("pricelevel.name")
        assert all("●" in row for row in person.rows)
        await person.press("j", "space")
        assert "Its table is picked, and it with it." in person.told
        await person.press("U")
        assert not any("●" in row for row in person.rows)
        await person.press("asterisk")
        assert "4 picked" in person.sees


async def test_a_table_is_shown_column_by_column_beside_what_each_source_says(
    app, at_coverage, furnished
):
    furnished.put(
        "ns_catalog_facts", table_name="customer", name="fax", source="records",
        at="2026-11-22T09:15:00.000000Z", shown_name="fax", label="", native_type="string",
    )  # fmt: skip
    async with at_coverage(app, size=(120, 40)) as person:
        await filtered(person, "customer", "g", "enter")
        await person.until_seen("customer: 6 columns, 2 mirrored")
        assert "✓ mirrored" in person.sees.partition("name ")[2].partition("\n")[0]
        await person.press("j", "j", "j")
        assert "record service has it as string · SuiteQL catalog gives it as STRING" in person.sees
        assert "<1 %" in person.sees
        await person.press("space")
        assert "● fax" in person.sees
        await person.press("escape")
        assert "1 picked" in person.sees


async def test_audits_are_listed_with_their_deltas_and_compared(app, at_coverage, furnished):
    async with at_coverage(app, size=(120, 40)) as person:
        await person.press("h")
        (line,) = (line for line in person.sees.splitlines() if "22.22 %" in line)
        assert line.split()[1:] == [
            "2", "2026-11-23", "09:15", "person", "22.22", "%", "-44.45", "0", "30", "│",
        ]  # fmt: skip
        await person.press("enter")
        assert "From audit 2 to audit 3" in person.sees
        assert "Opened: 1 gap" in person.sees
        assert "customer.phone  column, never planned" in person.sees


def tell_many(world, prefix, count):
    """The catalog tells of many columns of a table."""
    world.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO ns_catalog_columns (table_name, name, position, label, kind, native_type,"
        " custom, state, first_seen_at, seen_at)"
        " SELECT table_name, printf('%s_%04d', ?, i), i, '', kind, '', 1, state, seen_at, seen_at"
        " FROM ns_catalog_columns, n WHERE name = 'id'",
        count,
        prefix,
    )


async def test_of_many_gaps_only_those_in_sight_are_read(app, at_coverage, workspace, world):
    world.tells("customer", id="integer")
    tell_many(world, "custentity", 260)
    world.audit()
    async with at_coverage(app) as person:
        await person.press("v")
        await person.until_seen("262 gaps (v)")
        assert sum(row is not None for row in person.listed.rows) < 200
        await person.press("G", *["pageup"] * 8)
        await person.until(lambda: "custentity_" in person.row)
        row, place = person.row, person.rows.index(person.row)
        assert sum(row is not None for row in person.listed.rows) < 200
        tell_many(world, "aaa", 200)
        world.audit()
        await person.until_seen("462 gaps")
        assert (person.row, person.rows.index(person.row)) == (row, place)


async def test_names_from_netsuite_are_shown_as_they_are(app, at_coverage, world):
    for name in (HOSTILE[:300], "[red]x[/]\x1b[2J", '"; DROP TABLE t; --'):
        world.tells(name, **{"[b]c[/]\u202e": "text"})
    world.sql("UPDATE ns_catalog_tables SET label = name, domain = '[i]d\x1b[0m'")
    world.audit()
    async with at_coverage(app) as person:
        for keys in (
            (),
            ("j",),
            ("j",),
            ("v",),
            ("enter",),
            ("escape", "h"),
            ("enter",),
            ("escape", "escape", "p"),
        ):
            await person.press(*keys)
            assert not obeyed(person.sees)
        await person.press("escape", "slash")
        await person.write("red")
        await person.until_seen("[red]x[/]␛[2J.[b]c[/]⟨U+202E⟩")


async def test_without_an_audit_the_screen_says_what_one_is(app, at_coverage, workspace):
    async with at_coverage(app, shows="No audit yet: press A.") as person:
        assert "Coverage · no audit yet" in person.sees
        await person.press("A")
        await person.until_told("no credentials for account 1234567_SB1")
        await person.press("c")
        assert "Nothing is under way here." in person.told


async def test_a_refused_login_is_said_and_nothing_is_asked(app, at_coverage, furnished, workspace):
    from nsconsole.store import link

    row = link.LinkRow("refused", "INVALID_LOGIN_ATTEMPT", "login", workspace.now())
    with workspace.database.writing() as connection:
        link.put(connection, workspace.settings.account, row)
    async with at_coverage(app) as person:
        await person.until_seen("⚠ NetSuite refuses the login since 2026-11-24 09:20")
        await person.press("A")
        assert "NetSuite refuses the login. Run `nsconsole doctor` first." in person.told


async def test_what_is_new_stands_beside_the_inbox_until_somebody_looked(
    app, sitting, furnished: World
):
    async with sitting(app, size=(120, 40)) as person:
        await person.until_seen("⚑ 1 column new in NetSuite: customer.custentity_route")
        assert "⚑ 1 column probably renamed: vendor.fax → telefax" in person.sees
        await person.press("5")
        await person.until_seen("⚑ New")
        await person.press("n")
        await person.until_seen("What is new")
        assert "vendor.fax: fax → telefax" in person.sees
        await person.press("escape")
        await person.until(lambda: "⚑" not in person.sees)
        await person.press("1")
        await person.until(lambda: "⚑" not in person.sees)
