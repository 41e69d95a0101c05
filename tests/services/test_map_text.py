"""The map as text: what was written is read back the same, and what is wrong is named."""

import contextlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nsconsole.mapping import TIERS, Column, Kind, MappedTable, Mode, Parent
from nsconsole.netsuite.keyset import by_cursor, by_key, count_unstamped
from nsconsole.services.errors import BadInputError
from nsconsole.services.sync.map_edit import changes
from nsconsole.services.sync.map_rules import broken_rules
from nsconsole.services.sync.map_text import base_map, check_rules, parse, render

BIN = """
[bin]
key = ["id"]
mode = "incremental"
tier = 15
cursor = "lastmodifieddate"
tracked_as = ["bin"]
[bin.columns]
id = "integer"
binnumber = "text"
lastmodifieddate = "datetime"
"""


def _complaint(text):
    with pytest.raises(BadInputError) as caught:
        parse(text)
    return str(caught.value)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: not name.endswith("_live") and name not in ("pending_pushes", "link")
)


@st.composite
def tables(draw, name, owner=None):
    keys = draw(st.dictionaries(NAMES, st.sampled_from([Kind.INTEGER, Kind.TEXT]), min_size=1))
    others = draw(st.dictionaries(NAMES, st.sampled_from(list(Kind))))
    if owner:
        others[owner.name] = Kind.INTEGER
    kinds = others | keys
    moments = sorted(column for column, kind in kinds.items() if kind is Kind.DATETIME)
    cursor = draw(st.sampled_from([None, *moments]))
    quiet = owner is not None and owner.cursor is None
    modes = [mode for mode in Mode if (cursor and not quiet) or mode is not Mode.INCREMENTAL]
    tracked = draw(st.lists(NAMES, max_size=30, unique=True)) if len(keys) == 1 else []
    return MappedTable(
        name=name,
        columns=tuple(Column(column, kind) for column, kind in kinds.items()),
        key=tuple(keys),
        mode=draw(st.sampled_from(modes)),
        tier=draw(st.sampled_from(TIERS)),
        cursor=cursor,
        tracked_as=tuple(tracked),
        parent=Parent(owner.name, owner.name) if owner else None,
    )


@st.composite
def maps(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    found = [draw(tables(name)) for name in names]
    owners = [table for table in found if len(table.key) == 1]
    if owners and (line := f"{owners[0].name[:8]}line") not in names:
        found.append(draw(tables(line, owner=owners[0])))
    return found


@given(maps())
@example(base_map())
def test_what_is_rendered_is_read_back_as_the_same(tables):
    assert parse(render(tables)) == tables
    assert render(parse(render(tables))) == render(tables)


@given(st.text())
@example("[x.columns]")
@example("a = " + "[" * 2000)
@example("[a]\nkey = [[]]\nparent = 1\ncolumns = []\ntier = true")
@example('["\x1b"]\nkey = ["id"]')
def test_a_text_is_a_map_or_is_refused(text):
    with contextlib.suppress(BadInputError):
        assert parse(text)


def test_a_table_is_read_with_all_that_is_said_of_it():
    text = """
[orderline]
key = ["order", "line"]
mode = "full"
tier = 60
parent = { table = "bin", column = "order" }
[orderline.columns]
order = "integer"
line = "text"
rate = "real"
billed = "boolean"
day = "date"
"""
    bin_, line = parse(BIN + text)
    assert bin_.tracked_as == ("bin",)
    assert bin_.cursor == "lastmodifieddate"
    assert line == MappedTable(
        "orderline",
        (
            Column("order", Kind.INTEGER),
            Column("line", Kind.TEXT),
            Column("rate", Kind.REAL),
            Column("billed", Kind.BOOLEAN),
            Column("day", Kind.DATE),
        ),
        ("order", "line"),
        Mode.FULL,
        60,
        parent=Parent("bin", "order"),
    )


@pytest.mark.parametrize(
    ("was", "is_", "said"),
    [
        ("tier = 15", "tier = 7", "[bin] tier: must be one of 5, 15, 60"),
        ("tier = 15", 'tier = "15"', "[bin] tier: must be one of 5, 15, 60"),
        ("tier = 15", "tier = true", "[bin] tier: must be one of 5, 15, 60"),
        ("tier = 15", "", "[bin] tier: must be one of 5, 15, 60"),
        ("tier = 15", "teir = 15", "[bin] teir: is not known; did you mean “tier”?"),
        ('"incremental"', '"incremantal"', "“incremantal” is not one of incremental, full"),
        ('"incremental"', '"incremantal"', "did you mean “incremental”?"),
        ('mode = "incremental"', "", "[bin] mode: is missing"),
        ('"integer"', '"integr"', "[bin] columns.id: “integr” is not one of integer, real"),
        ('"integer"', '"integr"', "did you mean “integer”?"),
        ('"integer"', "4", "[bin] columns.id: must be text between quotes"),
        ('key = ["id"]', 'key = "id"', '[bin] key: must be a list, as ["id"]'),
        ('key = ["id"]', "key = [1]", '[bin] key: must be a list, as ["id"]'),
        ('key = ["id"]', "", "[bin] key: is missing"),
        ('key = ["id"]', "key = []", "[bin] key: needs at least one column"),
        ('key = ["id"]', 'key = ["id", "id"]', "[bin] key: id stands twice"),
        ('key = ["id"]', 'key = ["ID"]', "[bin] key: ID is not one of its columns"),
        ('id = "integer"', 'id = "real"', "[bin] key: id must be integer or text, not real"),
        ('id = "integer"', 'Id = "integer"', "[bin] columns: Id cannot be a name"),
        ('binnumber = "text"', '"bin number" = "text"', "columns: bin number cannot be a name"),
        ('binnumber = "text"', '_ns_synced_at = "text"', "_ns_… are columns of nsconsole's own"),
        ('binnumber = "text"', 'id = "text"', "this is not TOML: Cannot overwrite a value"),
        ('cursor = "lastmodifieddate"', "", "[bin] cursor: the mode incremental needs one"),
        ('cursor = "lastmodifieddate"', 'cursor = "x"', "cursor: x is not one of its columns"),
        ('cursor = "lastmodifieddate"', "cursor = 1", "[bin] cursor: must be text between quotes"),
        ('"datetime"', '"date"', "cursor: lastmodifieddate must be datetime, not date"),
        ('["bin"]', '["Bin"]', "[bin] tracked_as: Bin cannot be a script id"),
        ('["bin"]', '["bin"]\nparent = 4', "[bin] parent: must be a section of its own"),
        ('["bin"]', '["bin"]\nparent = {}', "[bin] parent.column: is missing"),
        ('["bin"]', '["bin"]\nparent = {tabel = "a"}', "did you mean “table”?"),
        (
            '["bin"]',
            '["bin"]\nparent = {table = "bin", column = "id"}',
            "[bin] parent: bin is not another table of the map",
        ),
        ("[bin]", "tier = 5\n[bin]", "tier: does not stand in the section of a table"),
        ("[bin.columns]", "[bin.colums]", "colums: is not known; did you mean “columns”?"),
        ("[bin.columns]", "[bin.colums]", "[bin] columns: is missing"),
        ("[bin]", "[bin\n", "this is not TOML"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_section_and_key(was, is_, said):
    assert was in BIN
    assert said in _complaint(BIN.replace(was, is_, 1))


def test_all_that_is_wrong_is_told_at_once():
    said = _complaint(BIN.replace("15", "16").replace('"text"', '"txt"')).splitlines()
    assert [line.partition(":")[0] for line in said] == ["[bin] tier", "[bin] columns.binnumber"]


def test_a_text_without_a_table_is_no_map():
    assert _complaint("# nothing\n") == "there is no table in it"


def _table(name, **how):
    columns = (Column("id", Kind.INTEGER), Column("name", Kind.TEXT))
    return MappedTable(name, columns, ("id",), Mode.FULL, 60, **how)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([_table("pending_pushes")], "ns_pending_pushes is a table of nsconsole's own"),
        ([_table("link")], "ns_link is a table of nsconsole's own"),
        ([_table("bin"), _table("bin_live")], "cannot be mirrored beside bin"),
        ([_table("bin"), _table("bin")], "[bin]: stands twice"),
        ([_table("Bin")], "cannot be the name of a table"),
        ([replace(_table("bin"), columns=())], "columns: there are none"),
        ([replace(_table("bin"), columns=_table("bin").columns * 2)], "columns: id stands twice"),
        ([replace(_table("bin"), tier=10)], "tier: must be one of"),
        ([_table("line", parent=Parent("order", "id"))], "order is not another table of the map"),
        (
            [_table("bin"), _table("line", parent=Parent("bin", "bin"))],
            "[line] parent: bin is not one of its columns",
        ),
        (
            [replace(_table("bin"), key=("id", "name")), _table("a", parent=Parent("bin", "id"))],
            "[a] parent: bin has a key of several columns",
        ),
        (
            [replace(_table("bin", tracked_as=("bin",)), key=("id", "name"))],
            "deletedrecord knows rows by one number",
        ),
        (
            [
                replace(
                    _table("wide"),
                    columns=tuple(Column(f"c{n}", Kind.TEXT) for n in range(1991)),
                    key=("c0",),
                )
            ],
            "1,991 are too many; 1,990 have room",
        ),
    ],
)
def test_a_map_that_cannot_be_is_refused_whoever_made_it(bad, said):
    assert any(said in rule for rule in broken_rules(bad))
    with pytest.raises(BadInputError):
        check_rules(bad)


@pytest.fixture
def owner():
    """A table with a cursor, to whose rows others may belong."""
    return parse(BIN)[0]


def test_lines_without_a_cursor_are_found_by_their_parents(owner):
    lines = replace(_table("line", parent=Parent("bin", "id")), mode=Mode.INCREMENTAL)
    assert broken_rules([owner, lines]) == []
    alone = replace(lines, parent=None)
    assert broken_rules([owner, alone]) == [
        "[line] cursor: the mode incremental needs one, or a parent that has one"
    ]


@pytest.mark.parametrize("cursor", [None, "lastmodifieddate"])
def test_a_parent_that_does_not_tell_what_changed_is_refused(owner, cursor):
    quiet = replace(owner, mode=Mode.FULL, cursor=None)
    lines = replace(owner, name="line", cursor=cursor, parent=Parent("bin", "id"))
    assert broken_rules([quiet, lines]) == [
        "[line] parent: bin has no cursor, which would tell whose rows changed"
    ]
    assert broken_rules([quiet, replace(lines, mode=Mode.SNAPSHOT_DIFF)]) == []


def test_a_map_that_can_be_breaks_no_rule():
    assert broken_rules([_table("bin"), _table("bins_live")]) == []


def test_netsuite_has_every_column_and_cursor_of_the_base_map(workspace):
    netsuite = workspace.netsuite()
    for table in base_map():
        page = netsuite.suiteql(*_asked(by_key(table, table.columns, after=None)))
        assert page.rows or page.total == 0
        keys = [tuple(row[name] for name in table.key) for row in page.rows]
        assert len(set(keys)) == len(keys)
        if table.cursor:
            (counted,) = netsuite.suiteql(*_asked(count_unstamped(table))).rows
            assert counted["unstamped"] == "0", table.name
            since = workspace.now()
            netsuite.suiteql(*_asked(by_cursor(table, table.columns, since=since, after=None)))


def _asked(query):
    return query.sql, query.params


def test_the_base_map_has_what_a_distributor_lives_on_and_reads_lines_through_their_owner():
    tables = {table.name: table for table in base_map()}
    quick = {"customer", "vendor", "item", "contact", "transaction", "transactionline"}
    assert {name for name in quick if tables[name].tier == 5} == quick
    assert tables["transactionline"].parent == Parent("transaction", "transaction")
    assert tables["transactionline"].key == ("transaction", "id")
    assert tables["deletedrecord"].key == ("recordid", "recordtypeid", "scriptid")
    assert {"salesorder", "journalentry"} < set(tables["transaction"].tracked_as)


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("contact", "isinactive"),
        ("vendor", "isinactive"),
        ("item", "itemtype"),
        ("transaction", "type"),
    ],
)
def test_a_deletion_of_each_kind_is_known_to_the_base_map(workspace, sandbox, table, kind):
    (tracked,) = [mapped.tracked_as for mapped in base_map() if mapped.name == table]
    netsuite = workspace.netsuite()
    for row in netsuite.suiteql(f"SELECT MAX(id) AS id FROM {table} GROUP BY {kind}").rows:
        sandbox.delete(table, int(row["id"]))
        query = f"SELECT scriptid FROM deletedrecord WHERE recordid = {row['id']}"
        assert {deleted["scriptid"] for deleted in netsuite.suiteql(query).rows} & set(tracked)


def test_the_map_that_the_readme_shows_is_one():
    readme = Path(__file__).parents[2] / "README.md"
    (example,) = re.findall("```toml\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    assert [table.name for table in parse(example)] == ["vendor"]


def test_the_packaged_map_is_read_wherever_the_program_runs_from(tmp_path):
    code = "from nsconsole.services.sync.map_text import base_map; print(len(base_map()))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"LANG": "C", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == len(base_map())


def test_the_same_map_changes_nothing():
    assert changes(base_map(), base_map()) == []


def test_what_an_edit_changes_is_said_line_by_line():
    (before,) = parse(BIN)
    columns = (
        Column("id", Kind.TEXT),
        Column("lastmodifieddate", Kind.DATETIME),
        Column("zone", Kind.TEXT),
    )
    after = replace(before, columns=columns, tier=5, tracked_as=(), parent=Parent("a", "id"))
    assert changes([before], [after]) == [
        "~ bin: - column binnumber",
        "~ bin: column id is text, was integer",
        "~ bin: + column zone, text",
        "~ bin: tier is 5, was 15",
        "~ bin: tracked_as is nothing, was bin",
        "~ bin: parent is a by id, was nothing",
        "~ bin: pulled anew for its key; ns_bin is kept under another name",
    ]
    assert changes([before], [_table("a")]) == [
        "- bin: no longer mirrored; the rows stay as they are",
        "+ a: 2 columns, full, every 60 minutes",
    ]


def test_another_order_is_a_change_too():
    bin_, a = parse(BIN)[0], _table("a")
    assert changes([bin_, a], [a, bin_]) == ["~ the order of the tables"]
    turned = replace(a, columns=a.columns[::-1])
    assert changes([a], [turned]) == ["~ a: the order of its columns"]
