"""The coverage page in a real browser: sorting, filtering, sizes, colours, and what is read out."""

from datetime import timedelta

import pytest

from nsconsole.services.coverage.report.figures import (
    AuditLine,
    GapLine,
    Report,
    Share,
    TableLine,
)
from nsconsole.services.coverage.report.page import page
from tests import chromium

MARKUP = "</script><script>hacked=1</script></style>]]>--><img src=x onerror=hacked=1>\"'&{{7*7}}"
in_chromium = pytest.mark.skipif(
    chromium.PROGRAM is None, reason="there is no chromium here (Debian's package chromium)"
)


def report_of(tables, clock, **more):
    """A report of tables, with a trend of ten audits."""
    columns = Share.all_of(table.columns for table in tables)
    trend = tuple(
        AuditLine(
            n + 1,
            clock() - timedelta(days=9 - n),
            "phase" if n == 5 else "nightly",
            Share(0, len(tables)),
            Share(columns.mirrored * n // 9, columns.total),
            None,
            n,
            n,
        )
        for n in range(10)
    )
    empty = {"domains": (), "reasons": (), "findings": (), "phases": (), "next_tables": ()}
    return Report(
        account="1234567_SB1",
        audit=trend[-1],
        catalog_at=clock(),
        trend=trend,
        tables=tuple(tables),
        **empty | more,
    )


def table_of(name, mirrored, total, *, rows=None, domain="other", label=""):
    names = (f"{name}_field_{number:02}" for number in range(total - mirrored))
    return TableLine(
        name=name,
        label=label,
        domain=domain,
        tables=Share(1, 1),
        columns=Share(mirrored, total),
        rows=rows,
        own=None,
        gaps=tuple(GapLine(each, "never_planned", "text", counts=True) for each in names),
    )


def test_thirty_thousand_columns_fit_into_three_megabytes(clock):
    tables = [table_of(f"customrecord_some_name_{n:04}", 0, 30, rows=n) for n in range(1_000)]
    text = page(report_of(tables, clock))
    assert len(text.encode()) < 3_000_000
    assert text.count("customrecord_some_name_0999_field_") == 30


@pytest.fixture(scope="module")
def browser():
    with chromium.chromium() as running:
        yield running


@pytest.fixture
def opened(browser, tmp_path, clock):
    """A page of four tables, in the browser."""
    tables = [
        table_of("item", 5, 25, rows=90, domain="items", label="Item"),
        table_of("vendor", 10, 12, rows=1_200, domain="vendors"),
        table_of("bom", 3, 3, domain="bom"),
        table_of(MARKUP, 1, 2, rows=5, domain="custom", label=MARKUP),
    ]
    path = tmp_path / "page.html"
    path.write_text(page(report_of(tables, clock, next_tables=tuple(tables[:2]))), encoding="utf-8")
    return browser.open(path)


NAMES = (
    "[...document.querySelectorAll('#table-rows tr:not([hidden]) th > code')].map(e => e.innerText)"
)
# The least contrast of any text that is shown with what is behind it, and that text.
CONTRAST = """
(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const found = [...document.body.querySelectorAll("*")]
    .filter((e) => e.checkVisibility())
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.textContent.slice(0, 40)];
    });
  return [found.length, ...found.sort((a, b) => a[0] - b[0])[0]];
})()
"""


@in_chromium
def test_tables_sort_by_a_click_on_their_heading_and_say_so(opened):
    assert opened.run(NAMES) == ["item", "vendor", "bom", MARKUP]
    click = "document.querySelectorAll('#all-tables thead button')[{}].click()"
    sorts = "[...document.querySelectorAll('#all-tables thead th')].map(e => e.ariaSort)"
    opened.run(click.format(6))
    assert opened.run(NAMES) == ["vendor", "item", MARKUP, "bom"]  # by rows, the unknown last
    assert opened.run(sorts) == [None] * 6 + ["descending"]
    opened.run(click.format(6))
    assert opened.run(NAMES) == ["bom", MARKUP, "item", "vendor"]
    opened.run(click.format(0))
    assert opened.run(NAMES) == [MARKUP, "bom", "item", "vendor"]
    assert opened.run(sorts) == ["ascending"] + [None] * 6
    assert opened.errors == []


@in_chromium
def test_tables_are_found_by_name_label_or_missing_column(opened):
    opened.run("document.getElementById('find').focus()")
    opened.type("FIELD_01 ven")
    assert opened.run(NAMES) == ["vendor"]
    assert opened.run("document.getElementById('shown').innerText") == "1 of 4 tables"
    opened.type("x")
    assert opened.run(NAMES) == []
    assert opened.run("document.getElementById('nothing').checkVisibility()")
    opened.run("document.getElementById('reset').click()")
    assert len(opened.run(NAMES)) == 4
    opened.run(
        "{const s = document.getElementById('of-standing'); s.value = 'mirrored';"
        "s.dispatchEvent(new Event('change'))}"
    )
    assert opened.run(NAMES) == ["bom"]


@in_chromium
def test_nothing_is_loaded_and_no_name_runs(opened):
    assert opened.run("typeof hacked") == "undefined"
    assert opened.run("document.querySelectorAll('script, img').length") == 1
    assert opened.errors == []
    assert [url.partition(":")[0] for url in opened.requests] == ["file"]


@in_chromium
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read_in_the_light_and_in_the_dark(opened, dark):
    opened.look_like(dark=dark)
    opened.run("document.querySelectorAll('details').forEach(e => { e.open = true })")
    background = opened.run("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") is not dark
    texts, least, text = opened.run(CONTRAST)
    assert texts > 60
    assert least >= 4.5, text


@in_chromium
def test_a_phone_shows_it_without_scrolling_sideways(opened):
    opened.look_like(width=375, height=700)
    assert opened.run("document.documentElement.scrollWidth") == 375
    assert opened.run("document.querySelector('#all-tables').parentElement.scrollWidth <= 375")
    assert opened.screenshot().startswith(b"\x89PNG")


@in_chromium
def test_a_screen_reader_is_told_landmarks_headings_and_tables(opened):
    told = opened.accessible()
    roles = {role for role, _ in told}
    assert {"main", "navigation", "banner", "contentinfo", "search"} <= roles
    headings = [name for role, name in told if role == "heading"]
    assert headings[:3] == ["NetSuite coverage", "Overall", "Domains"]
    assert ("table", "Each table of NetSuite's with its columns, the largest gap first") in told
    assert ("rowheader", "vendor") in told
    assert ("searchbox", "Find") in told
    assert any(role in ("image", "img") and "in 10 audits" in name for role, name in told)


@in_chromium
def test_paper_shows_the_figures_without_the_controls(opened):
    opened.look_like(medium="print")
    assert not opened.run("document.getElementById('filters').checkVisibility()")
    assert opened.run("document.querySelector('.overall .figure').checkVisibility()")
    assert len(opened.run(NAMES)) == 4


@in_chromium
def test_without_scripts_all_of_it_is_there(browser, tmp_path, clock):
    path = tmp_path / "page.html"
    path.write_text(page(report_of([table_of("item", 0, 2)], clock)), encoding="utf-8")
    told = browser.open(path, scripts=False)
    assert not told.run("document.getElementById('filters').checkVisibility()")
    told.run("document.querySelector('details').open = true")
    assert "item_field_01 text" in told.run("document.querySelector('details').innerText")
