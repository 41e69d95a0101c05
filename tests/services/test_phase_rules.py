"""The rules by which gaps become phases, and what they choose."""

import re

import pytest

from nsconsole.catalog import State
from nsconsole.mapping import Kind, Parent
from nsconsole.services.errors import BadInputError
from nsconsole.services.phases.choosing import TableGap, by_rules
from nsconsole.services.phases.rules import Order, load_rules, parse, rules_file
from nsconsole.store.phase_gaps import ColumnRow

ONE = '[[phase]]\nname = "one"\ntitle = "One"\ntables = ["*"]\n'


def gap(name, *columns, mapped=False, rows=None, domain="other", custom=(), unfit=False):
    """A table's gap of some columns, those of `custom` being the account's own."""
    rows_of = [
        ColumnRow(
            name, column, Kind.TEXT, "text", column in custom, None, State.QUERYABLE, None, None
        )
        for column in (*columns, *custom)
    ]
    return TableGap(name, domain, mapped, rows, tuple(rows_of), unfit)


def chosen(rules, *gaps):
    """What the rules choose: the names of the phases, each with its tables in order."""
    return [(c.name, [each.name for each in c.tables]) for c in by_rules(rules, gaps)]


@pytest.fixture(scope="module")
def base():
    from nsconsole.services.phases import rules

    return parse(rules._BASE.read_text(encoding="utf-8"))


def test_the_phases_come_in_the_order_of_the_seed(base):
    assert [rule.name for rule in base.phases[:4]] == [
        "phase2_expand_ns_columns",
        "phase4_new_ns_object_mirrors",
        "phase5_11_full_coverage",
        "phase13_pricing_master_backfill",
    ]


def test_gaps_go_to_the_first_rule_that_is_about_them(base):
    found = chosen(
        base,
        gap("customer", "credit", mapped=True, custom=["custentity_x"]),
        gap("transactionline", "class", mapped=True),
        gap("term", "id"),
        gap("bom", "id"),
        gap("pricing", "id"),
        gap("customrecord_thing", "id", custom=["custrecord_x"]),
        gap("job", "id"),
    )
    assert [name for name, _ in found] == [rule.name for rule in base.phases]
    firsts = [tables for name, tables in found if name != "remaining_objects"]
    assert firsts == [
        ["customer"], ["term"], ["bom", "transactionline"], ["pricing"], ["customer"],
        ["customrecord_thing"],
    ]  # fmt: skip


def test_a_rule_of_standard_fields_leaves_custom_ones_for_later(base):
    both = gap("customer", "credit", mapped=True, custom=["custentity_x"])
    columns = {c.name: [each.name for each in c.tables[0].columns] for c in by_rules(base, [both])}
    assert columns["phase2_expand_ns_columns"] == ["credit"]
    assert columns["custom_fields"] == ["custentity_x"]


def test_a_new_table_gets_all_its_columns(base):
    (first, *_) = by_rules(base, [gap("bom", "id", custom=["custrecord_x"])])
    assert [column.name for column in first.tables[0].columns] == ["id", "custrecord_x"]


def test_tables_come_as_listed_by_use_or_by_domain():
    gaps = [
        gap("a", "id", rows=5, domain="tax"),
        gap("b", "id", rows=70, domain="customers"),
        gap("c", "id", domain="customers"),
    ]
    listed = parse(ONE.replace('["*"]', '["c", "a", "*"]'))
    assert chosen(listed, *gaps) == [("one", ["c", "a", "b"])]
    assert chosen(parse(f'{ONE}order = "use"'), *gaps) == [("one", ["b", "a", "c"])]
    assert chosen(parse(f'{ONE}order = "domain"'), *gaps) == [("one", ["a", "b", "c"])]


def test_tables_that_cannot_be_mirrored_are_not_chosen_again():
    assert chosen(parse(ONE), gap("a", "id", unfit=True)) == []


def test_what_is_known_of_a_table_is_what_fits_first(base):
    assert base.known("map_item_subsidiary").key == ("mapone", "maptwo")
    assert base.known("transactionaccountingline").parent == Parent("transaction", "transaction")
    assert base.known("customer").key == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("most_tables = 0\n" + ONE, "most_tables: must be a whole number above 0"),
        ("most_table = 3\n" + ONE, "most_table: is not known; did you mean “most_tables”?"),
        ("", "there is no [[phase]]"),
        ('phase = "x"', "there is no [[phase]]"),
        ("= 3", "this is not TOML"),
        (ONE + "tier = 7", "[[phase]] one: tier: must be one of 5, 15, 60"),
        (ONE + 'only = "all"', "[[phase]] one: only: 'all' is not one of mapped, new"),
        (ONE + 'ordr = "use"', "[[phase]] one: ordr: is not known; did you mean “order”?"),
        (ONE.replace('"one"', '"../one"'), "[[phase]] ../one: name: must be of lower-case letters"),
        (ONE.replace('["*"]', '"*"'), '[[phase]] one: tables: must be a list, as ["id"]'),
        (ONE.replace('"One"', "3"), "[[phase]] one: title: must be text between quotes"),
        (ONE + ONE, "two phases are named one"),
        (ONE + '[known.x]\nkey = "id"', '[known.x] key: must be a list, as ["id"]'),
        (ONE + '[known.x]\nparent = { table = "y" }', "[known.x] parent.column: is missing"),
        (ONE + "[known]\nx = 3", "[known.x] must be a section of its own"),
    ],
)
def test_rules_that_cannot_be_are_told_of_with_their_place(text, line):
    with pytest.raises(BadInputError, match=re.escape(line)):
        parse(text)


def test_the_workspace_gets_a_copy_that_it_may_change(open_workspace, base):
    workspace = open_workspace({})
    assert load_rules(workspace) == base
    file = rules_file(workspace)
    file.write_text(f'{ONE}order = "use"', encoding="utf-8")
    assert [rule.order for rule in load_rules(workspace).phases] == [Order.USE]
    file.write_text("most_tables = 'x'", encoding="utf-8")
    with pytest.raises(BadInputError, match=re.escape(f"{file}: there is no")):
        load_rules(workspace)
