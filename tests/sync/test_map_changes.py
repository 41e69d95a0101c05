"""The map is edited: what is mirrored by then, what is under way, and what comes of it."""

from dataclasses import replace

import pytest

from nsconsole.mapping import Mode, Parent
from nsconsole.services.errors import BadInputError
from nsconsole.services.sync import tiers
from nsconsole.services.sync.reports import TableStatus

from .tables import DELETIONS, STAMP, TRANSACTION, iso, mapped

ITEM = mapped("widget", {"name": "text", "code": "text"})
ROWS = [{"id": n, "name": f"n{n}", "code": f"c{9 - n}"} for n in range(1, 4)]


@pytest.fixture
def widgets(mirror, clock):
    """A table of three rows, in step with NetSuite."""
    mirror.use(ITEM)
    mirror.load(ITEM, [row | {STAMP: iso(clock())} for row in ROWS])
    mirror.sync()
    assert mirror.agrees()
    clock.advance(600)
    return mirror


def by_code():
    return mapped("widget", {"name": "text", "code": "text", "id": "integer"}, key=("code",))


# Another key


def test_a_table_with_another_key_is_pulled_anew_and_the_old_rows_stay(widgets, clock):
    widgets.use(by_code())
    assert widgets.query("SELECT * FROM ns_widget_live") == []
    assert widgets.sync()["widget"].rows_written == len(ROWS)
    assert widgets.agrees()
    (renamed,) = widgets.told("mirror_renamed", "widget")
    assert renamed["mirror"] == f"ns_widget_before_{clock():%Y%m%dT%H%M%S}"
    kept = widgets.query(f"SELECT id, name, code FROM {renamed['mirror']} ORDER BY id")
    assert kept == ROWS


def test_a_table_that_comes_back_with_another_key_is_pulled_anew(widgets, clock):
    widgets.use(mapped("other", {"name": "text"}))
    clock.advance(60)
    widgets.use(by_code())
    assert widgets.sync()["widget"].status is TableStatus.DONE
    assert widgets.agrees()


def test_a_key_may_change_back_and_forth(widgets, clock):
    for table in (by_code(), ITEM, by_code()):
        clock.advance(1)
        widgets.use(table)
        assert widgets.sync()["widget"].status is TableStatus.DONE
        assert widgets.agrees()
    names = {renamed["mirror"] for renamed in widgets.told("mirror_renamed")}
    assert len(names) == 3
    assert all(widgets.query(f"SELECT count(*) AS n FROM {name}") == [{"n": 3}] for name in names)


def test_what_else_changes_leaves_the_mirror_in_its_place(widgets):
    widgets.use(mapped("widget", {"name": "text", "fax": "text"}, tier=60))
    assert widgets.told("mirror_renamed") == []
    assert len(widgets.live("widget")) == len(ROWS)


# Columns that are set aside


def test_a_column_that_netsuite_does_not_give_pauses_its_table_as_the_cursor(widgets, sandbox):
    dated = mapped("widget", {"name": "text", "seen": "datetime"})
    widgets.use(dated)
    widgets.sync()
    assert widgets.set_aside("widget") == {"seen"}
    widgets.use(mapped("widget", {"name": "text", STAMP: "datetime"}, cursor="seen"))
    assert widgets.set_aside("widget") == set()
    assert widgets.sync()["widget"].status is TableStatus.PAUSED
    assert widgets.entry("widget").paused.reason == "cursor_gone"
    widgets.use(ITEM)
    tiers.resume_table(widgets.workspace, "widget", by="ada")
    assert widgets.sync()["widget"].status is TableStatus.DONE
    assert widgets.agrees()


# Edits while a table is synced


@pytest.fixture
def under_way(widgets):
    """Have a run of the table under way, as another process would."""
    with widgets.workspace.locks.try_take("table-widget"):
        yield widgets


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(by_code(), id="key"),
        pytest.param(replace(ITEM, cursor=None, mode=Mode.FULL), id="cursor"),
        pytest.param(mapped("widget", {"name": "text"}), id="a column less"),
        pytest.param(mapped("widget", {"name": "text", "code": "integer"}), id="kind"),
        pytest.param(mapped("other", {"name": "text"}), id="taken out"),
    ],
)
def test_a_table_is_not_edited_while_it_is_synced(under_way, table):
    with pytest.raises(BadInputError, match="widget is being synced just now; cancel it"):
        under_way.use(table)
    assert under_way.table("widget") == ITEM
    assert under_way.told("map_changed")[1:] == []


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([mapped("widget", {"name": "text", "code": "text"}, tier=60)], id="its tier"),
        pytest.param([mapped("other", {"name": "text"}), ITEM], id="another table"),
    ],
)
def test_what_does_not_concern_its_rows_may_be_edited_meanwhile(under_way, others):
    under_way.use(*others)
    assert under_way.table("widget") == others[-1]


def test_after_an_edit_its_tables_can_be_synced_again(widgets):
    widgets.use(by_code())
    assert widgets.sync()["widget"].status is TableStatus.DONE


# Lines that only their parents tell of


@pytest.fixture
def unstamped_lines(mirror, clock):
    """Transactions, and lines that are mapped without a stamp, in step with NetSuite."""
    lines = mapped(
        "transactionline",
        {"transaction": "integer", "id": "integer", "memo": "text"},
        key=("transaction", "id"),
        cursor=None,
        mode=Mode.INCREMENTAL,
        parent=Parent("transaction", "transaction"),
    )
    mirror.use(lines, TRANSACTION, DELETIONS)
    mirror.sync()
    assert mirror.agrees()
    clock.advance(600)
    return mirror


def test_lines_without_a_stamp_follow_their_parents(unstamped_lines, sandbox):
    mirror = unstamped_lines
    sql = 'SELECT uniquekey FROM transactionline WHERE "transaction" = 7'
    gone, edited, *_ = [row["uniquekey"] for row in mirror.netsuite(sql)]
    sandbox.delete("transactionline", gone)
    sandbox.edit("transactionline", {"uniquekey": edited, "memo": "edited"})
    report = mirror.sync()["transactionline"]
    assert (report.status, report.rows_deleted) == (TableStatus.DONE, 1)
    assert report.rows_read < 100
    assert mirror.agrees()
