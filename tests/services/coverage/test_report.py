"""The coverage page and its twin: what they tell, and that no name of NetSuite's harms them."""

import base64
import hashlib
import json
import re
import stat
import webbrowser
from html.parser import HTMLParser

import pytest
from sqlalchemy import insert, update

from nsconsole.mapping import Column, Kind, MappedTable, Mode
from nsconsole.services.coverage.audit import take_stock
from nsconsole.services.coverage.report.writing import open_report, write_report
from nsconsole.services.errors import BadInputError
from nsconsole.services.phases.plan import Estimate, PhasePlan, PlannedTable, to_json
from nsconsole.store import tables as stored
from nsconsole.text import clean
from tests.benchmarks.coverage_ground import furnish
from tests.console.hostile import BIDI, CODES, obeyed

MIRRORED = None
MARKUP = "</script><script>hacked=1</script></style>]]>--><img src=x onerror=hacked=1>\"'&{{7*7}}"
CONTROLS = CODES + BIDI


class Read(HTMLParser):
    """What a page says: the texts of its rows by table id or caption, and its parts by tag."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.tags, self.texts = [], [], []
        self._in = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in = tag

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._in = None

    def handle_data(self, data):
        self.texts.append(data)
        if self._in:
            self.rows[-1][-1] += data

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def row(self, start):
        """The cells of the row whose first one starts so."""
        return next(row for row in self.rows if row and row[0].startswith(start))


@pytest.fixture
def workspace(open_workspace):
    return open_workspace({"NSCONSOLE_ACCOUNT": "1234567_SB1"})


@pytest.fixture
def audited(workspace, clock):
    """Note an audit with its figures; gives its id."""

    def note(*, columns=(1, 2), tables=(1, 1), trigger="person", **more):
        clock.advance(86_400)
        row = {
            "at": clock(), "trigger": trigger, "catalog_at": clock(), "seconds": 0.1,
            "tables_mirrored": tables[0], "tables_total": tables[1],
            "columns_mirrored": columns[0], "columns_total": columns[1],
            "opened": 0, "closed": 0, "summary_json": "{}", **more,
        }  # fmt: skip
        return put(workspace, stored.coverage_audits, row)

    return note


def put(workspace, table, *rows):
    """Store rows by force; give the id of the last."""
    with workspace.database.writing() as connection:
        for row in rows:
            last = connection.execute(insert(table).values(row))
        return last.inserted_primary_key[0]


def fill(workspace, name, columns, *, audit, rows=None, label="", domain="other", own=None):
    """Put a table into catalog, map and gaps: its columns are MIRRORED or have a reason.

    `own` is the reason of the table's own gap.
    """
    at = workspace.now()
    seen = {"first_seen_at": at, "seen_at": at, "state": "queryable", "custom": 0, "label": label}
    put(workspace, stored.ns_catalog_tables, {
        "name": name, "domain": domain, "row_count": rows, **seen,
    })  # fmt: skip
    put(workspace, stored.ns_catalog_columns, *(
        {"table_name": name, "name": column, "position": position, "kind": "text",
         "native_type": "STRING", **seen}
        for position, column in enumerate(columns)
    ))  # fmt: skip
    mapped = [column for column, reason in columns.items() if reason is MIRRORED]
    if mapped:
        put(workspace, stored.sync_table_map, {
            "name": name, "position": 0, "mode": "full", "tier": 60, "key_json": "[]",
            "tracked_json": "[]", "added_at": at,
        })  # fmt: skip
        put(workspace, stored.sync_column_map, *(
            {"table_name": name, "name": column, "position": position, "kind": "text",
             "added_at": at}
            for position, column in enumerate(mapped)
        ))  # fmt: skip
    gaps = {column: reason for column, reason in columns.items() if reason is not MIRRORED}
    for column, reason in (gaps | ({"": own} if own else {})).items():
        gap(workspace, name, column, reason, audit=audit)


def gap(workspace, table, column, reason, *, audit, priority=5, closed=None):
    kind = "missing_column" if column else "missing_table"
    return put(workspace, stored.coverage_gaps, {
        "table_name": table, "name": column, "gap": kind, "reason": reason,
        "priority": priority, "opened_audit_id": audit, "closed_audit_id": closed,
    })  # fmt: skip


def exclude(workspace, table, note):
    put(workspace, stored.coverage_exclusions, {
        "table_name": table, "name": "", "note": note, "excluded_by": "ada", "at": workspace.now(),
    })  # fmt: skip


def read(path):
    return Read(path.read_text(encoding="utf-8"))


def twin(path):
    return json.loads(path.with_suffix(".json").read_bytes())


@pytest.fixture
def customer(workspace, audited):
    """An audit that found a customer with two of three columns, and one that no query can have."""
    audit = audited(columns=(2, 3))
    columns = {"id": MIRRORED, "email": MIRRORED, "memo": "never_planned", "ghost": "not_queryable"}
    fill(
        workspace, "customer", columns, audit=audit, rows=1204, label="Customer", domain="customers"
    )
    return audit


def test_the_page_tells_overall_by_domain_and_by_table_what_is_mirrored(workspace, customer):
    told = read(write_report(workspace))
    assert "66.67 %" in told.text
    assert "2 of 3" in told.text
    assert told.row("customers")[:4] == ["customers", "66.67 %", "", "2 of 3"]
    name, domain, standing, *figures = told.row("customerCustomer")
    assert (domain, standing) == ("customers", "partly mirrored")
    assert figures == ["66.67 %", "2 of 3", "1", "1,204"]
    assert "1 column missing, 1 not counted" in name
    assert "never plannedmemo text" in name
    assert "not queryableghost text" in name


def test_the_twin_has_the_same_figures_as_the_page(workspace, customer):
    content = twin(write_report(workspace))
    assert (content["audit_id"], content["coverage_percent"]) == (customer, 66.67)
    assert content["at"] == "2026-11-23T09:15:00Z"
    (domain,) = content["domains"]
    assert (domain["domain"], domain["columns_mirrored"], domain["columns_total"]) == (
        "customers",
        2,
        3,
    )
    (table,) = content["tables"]
    assert (table["table"], table["coverage_percent"], table["rows"]) == ("customer", 66.67, 1204)
    assert {(each["column"], each["counts"]) for each in table["gaps"]} == {
        ("memo", True),
        ("ghost", False),
    }


def test_the_page_counts_as_the_audit_does(workspace):
    furnish(workspace, tables=6, columns=60)
    with workspace.database.writing() as connection:
        for sql in (
            "UPDATE ns_catalog_columns SET state = 'unqueryable' WHERE name LIKE '%3'",
            "UPDATE ns_catalog_columns SET state = 'unknown' WHERE name LIKE '%8'",
            "UPDATE ns_catalog_columns SET gone_at = seen_at WHERE name LIKE '%2'",
            "UPDATE ns_catalog_columns SET kind = 'text' WHERE name LIKE '%4'",
            "UPDATE ns_catalog_tables SET state = 'unqueryable' WHERE name LIKE '%1'",
            "UPDATE ns_catalog_tables SET gone_at = seen_at WHERE name LIKE '%2'",
            "UPDATE sync_column_map SET set_aside_at = added_at WHERE name LIKE '%5'",
            "ALTER TABLE ns_customrecord_ground_00004 DROP COLUMN custrecord_field_001",
        ):
            connection.exec_driver_sql(sql)
    exclude(workspace, "customrecord_ground_00003", "why")
    audit = take_stock(workspace, trigger="person")
    content = twin(write_report(workspace))
    keys = ("tables_total", "tables_mirrored", "columns_total", "columns_mirrored")
    (domain,) = content["domains"]
    counted = {key: getattr(audit.line, key) for key in keys}
    assert {key: domain[key] for key in keys} == counted
    assert {key: content[key] for key in keys} == counted
    assert 0 < counted["columns_mirrored"] < counted["columns_total"]


def test_a_hundred_percent_is_all_of_it(workspace, audited):
    audited(columns=(29_999, 30_000))
    assert "99.99 %" in read(write_report(workspace)).text
    audited(columns=(30_000, 30_000))
    assert "100.00 %" in read(write_report(workspace)).text


def test_an_excluded_table_is_shown_with_its_note_and_not_counted(workspace, audited):
    audit = audited()
    fill(workspace, "scriptnote", {"id": "excluded"}, audit=audit, own="excluded")
    exclude(workspace, "scriptnote", "nobody reads <these>")
    told = read(write_report(workspace))
    name, _, standing, *figures = told.row("scriptnote")
    assert (standing, figures[0]) == ("excluded", "–")
    assert "excluded: nobody reads <these>" in name


def test_an_earlier_audit_is_told_with_the_gaps_of_then(workspace, audited, customer):
    later = audited(columns=(3, 3))
    with workspace.database.writing() as connection:
        connection.execute(
            update(stored.coverage_gaps)
            .where(stored.coverage_gaps.c.name == "memo")
            .values(closed_audit_id=later)
        )
    assert [g["column"] for g in twin(write_report(workspace))["tables"][0]["gaps"]] == ["ghost"]
    then = twin(write_report(workspace, customer))
    assert then["audit_id"] == customer
    assert [g["column"] for g in then["tables"][0]["gaps"]] == ["ghost", "memo"]


def test_without_an_audit_it_says_what_to_do(workspace, audited):
    with pytest.raises(BadInputError, match="nsconsole audit"):
        write_report(workspace)
    audited()
    with pytest.raises(BadInputError, match="no audit 7"):
        write_report(workspace, 7)


def test_the_next_round_is_the_most_valuable_gaps_until_none_is_left(workspace, audited):
    audit = audited()
    assert "Nothing is left to plan" in read(write_report(workspace)).text
    fill(workspace, "bom", {"id": "never_planned", "x": "removed"}, audit=audit, rows=7)
    gap(workspace, "term", "id", "never_planned", audit=audit, priority=1)
    gap(workspace, "hidden", "id", "not_permitted", audit=audit, priority=0)
    path = write_report(workspace)
    assert twin(path)["next_tables"] == ["term", "bom"]
    assert "bom : 1 column, a new table, 7 rows" in read(path).text


def test_a_phase_is_shown_with_its_state_and_where_it_failed(workspace, audited, clock):
    audited()
    cost = Estimate(10, 1, 1.0, 0.1)
    table = MappedTable("term", (Column("id", Kind.INTEGER),), ("id",), Mode.FULL, 60)
    plan = PhasePlan(
        number=105, name="105_phase4_new", title="Terms <new>", left_out=(), estimate=cost, base={},
        tables=(PlannedTable(table, True, ("id",), {}, 10, cost),),
        revision_path="phases/105_phase4_new.py", revision_digest="", sql="",
    )  # fmt: skip
    phase = put(workspace, stored.coverage_phases, {
        "number": plan.number, "name": plan.name, "title": plan.title, "state": "failed",
        "plan_json": to_json(plan), "sql_text": "", "revision_digest": "", "base_json": "{}",
        "planned_by": "ada", "created_at": clock(), "error": "NetSuite is away",
    })  # fmt: skip
    put(workspace, stored.coverage_phase_steps, *(
        {"phase_id": phase, "step": step, "state": state, "started_at": clock(), "owner": "host:1"}
        for step, state in (("backup", "done"), ("pull", "failed"))
    ))  # fmt: skip
    told = read(write_report(workspace))
    name, state, tables, columns, planned, applied = told.row("105_phase4_new")
    assert name == "105_phase4_newTerms <new>"
    assert state == "failed, pullNetSuite is away"
    assert (tables, columns, planned, applied) == ("1", "1", "2026-11-23", "–")
    assert f"nsconsole phase apply {phase}" in told.text


def test_findings_are_listed_with_who_saw_them(workspace, audited, clock):
    audit = audited()
    put(workspace, stored.coverage_findings, {
        "at": clock(), "audit_id": audit, "heading": "renamed?", "summary": "a.b, now a.c",
        "detail_json": "{}", "seen_by": "mike", "seen_at": clock(),
    })  # fmt: skip
    assert "renamed? a.b, now a.c Audit 1, 2026-11-23 09:15; seen by mike" in (
        read(write_report(workspace)).text
    )


def test_hostile_names_are_shown_and_never_obeyed(workspace, audited, clock):
    audit = audited()
    hostile = {MARKUP: "never_planned", CONTROLS: "excluded"}
    fill(workspace, MARKUP, hostile, audit=audit, label=CONTROLS, domain="custom")
    fill(workspace, "x" * 200, {"y" * 200: "never_planned"}, audit=audit)
    put(workspace, stored.coverage_findings, {
        "at": clock(), "audit_id": audit, "heading": MARKUP, "summary": CONTROLS,
        "detail_json": "{}",
    })  # fmt: skip
    path = write_report(workspace)
    told = read(path)
    assert [tag for tag, _ in told.tags if tag in ("script", "style", "img", "iframe")] == [
        "style",
        "script",
    ]
    assert told.row(MARKUP)[0].startswith(MARKUP + clean(CONTROLS))
    assert not obeyed(path.read_text(encoding="utf-8"))
    assert {table["table"] for table in twin(path)["tables"]} == {MARKUP, "x" * 200}


def test_the_page_may_run_its_own_script_and_load_nothing(workspace, customer):
    text = write_report(workspace).read_text(encoding="utf-8")
    assert "://" not in text
    (policy,) = (
        attrs["content"]
        for tag, attrs in Read(text).tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for tag in ("style", "script"):
        (own,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert not re.search(r"\s(style|on\w+)=", text)


def test_a_reader_of_the_old_page_keeps_it_whole(workspace, customer, audited):
    path = write_report(workspace)
    with path.open(encoding="utf-8") as old:
        before = old.read(100)
        audited(columns=(3, 3))
        write_report(workspace)
        assert "66.67 %" in before + old.read()
    assert "100.00 %" in read(path).text
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "netsuite-coverage.html",
        "netsuite-coverage.json",
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_copy_goes_where_it_is_asked_for_or_says_why_not(workspace, customer, tmp_path):
    path = write_report(workspace, also=tmp_path / "mine.html")
    assert (tmp_path / "mine.html").read_bytes() == path.read_bytes()
    with pytest.raises(BadInputError, match=r"mine\.html.*cannot be written"):
        write_report(workspace, also=tmp_path / "mine.html" / "page.html")


def test_the_page_opens_in_a_browser_but_not_in_the_terminal(workspace, customer, monkeypatch):
    class Window(webbrowser.BaseBrowser):
        def open(self, url, new=0, autoraise=True):
            seen.append(url)
            return True

    seen = []
    monkeypatch.setattr(webbrowser, "get", Window)
    opened = open_report(workspace)
    assert opened.shown
    assert seen == [opened.path.as_uri()]
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("false"))
    assert not open_report(workspace).shown
