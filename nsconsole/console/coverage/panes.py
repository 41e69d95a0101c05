"""What stands around the gaps: the overall figure, one gap in full, what is amiss or new."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from nsconsole.console import figures, words
from nsconsole.console.coverage import wording
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.console.coverage.facts import Facts, PhaseNow
    from nsconsole.console.coverage.work import Work
    from nsconsole.console.messages import WorkTold
    from nsconsole.services.coverage.browsing import GapRow
    from nsconsole.services.coverage.findings import Finding
    from nsconsole.services.link import Link

_TREND = 12  # audits
_BAR = 16
_STALE = "What stands here is of the last audit."


def overall(facts: "Facts", now: datetime) -> Content:
    """Give the overall figure with its trend, and when it was found."""
    audit = facts.audit
    if audit is None:
        return Content.assemble(("Coverage", "bold"), " · no audit yet")
    figure = f"Coverage {wording.percent(audit.coverage_percent)} "
    trend = figures.sparkline(
        [round(a.coverage_percent * 100) for a in reversed(facts.audits)], _TREND
    )
    parts = [
        f"{audit.columns_mirrored:,} of {audit.columns_total:,} columns",
        f"{audit.tables_mirrored:,} of {audit.tables_total:,} tables",
        f"audited {words.age(audit.at, now)} ago",
    ]
    if audit.weighted_percent is not None:
        parts.append(f"{wording.percent(audit.weighted_percent)} by rows and fill")
    return Content.assemble((figure, "bold"), (trend, "$primary"), " ", " · ".join(parts))


def about(row: "GapRow") -> Content:
    """Tell what a gap is, why it is there, and what can be done."""
    return Content("\n").join(_about(row))


def _about(row: "GapRow") -> Iterator[Content]:
    name = clean(f"{row.table}.{row.name}" if row.name else row.table, limit=250)
    facts = [clean(row.label, limit=80), clean(row.domain, limit=40), clean(row.kind, limit=20)]
    if row.rows is not None:
        facts.append(words.counted(row.rows, "row"))
    if row.fill is not None:
        facts.append(f"{wording.whole_percent(row.fill)} filled in a sample")
    yield Content.assemble((name, "bold"), *(f" · {fact}" for fact in facts if fact))
    if row.note:
        excluded = ("Excluded (x takes it back): ", "$foreground-muted")
        yield Content.assemble(excluded, clean(row.note, limit=300))
    else:
        yield Content(_told(row))


def _told(row: "GapRow") -> str:
    if not row.columns:
        return wording.sentence(row.gap, row.reason)
    columns = words.counted(row.columns, "column")
    what = f"the whole table, {columns}" if row.gap == "missing_table" else columns
    if row.closable:
        some = "They" if row.closable == row.columns else f"{row.closable:,} of them"
        return f"The mirror lacks {what}. {some} can be planned (p). enter shows each."
    return f"The mirror lacks {what}. {wording.why(row.reason)} enter shows each."


def at_work(work: "Work | None", told: "WorkTold", facts: "Facts | None") -> Content | str:
    """Say how far work in the background is, or a phase; nothing if nothing is at work."""
    if work and work.what:
        after = "ending … " if work.is_ending else "c calls it off "
        so_far = clean(told.words, limit=60)
        return Content.assemble(
            (f"→ {work.what} ", "bold"), _bar(told.share), f"· {after}· {so_far}"
        )
    phase = facts.open_phase if facts else None
    return _applying(phase) if phase and phase.line.state == "applying" else ""


def _applying(phase: "PhaseNow") -> Content:
    name = clean(phase.line.name, limit=60)
    step = wording.STEPS.get(phase.step.step, phase.step.step) if phase.step else "beginning"
    head, bar = (f"→ {step.capitalize()} ", "bold"), _bar(phase.pulled)
    return Content.assemble(head, bar, f"· f shows more · {name}")


def _bar(share: float | None) -> str:
    return "" if share is None else f"{figures.bar(share, _BAR)} {share:4.0%} "


def news(findings: "Sequence[Finding]") -> str:
    """Say what audits found that nobody has looked at; nothing if there is nothing."""
    if not findings:
        return ""
    told = words.listed([clean(finding.summary, limit=120) for finding in findings])
    return f"⚑ New (n shows all): {told}"


def trouble(link: "Link", now: datetime) -> str:
    """Say that NetSuite cannot be asked; nothing if it can."""
    if link.state not in ("refused", "unreachable"):
        return ""
    since = words.since(link.since, link.detail, now)
    if link.state == "refused":
        mend = "Run `nsconsole doctor`: nothing asks it before, lest the account be locked."
        return f"⚠ NetSuite refuses the login{since}. {mend} {_STALE}"
    return f"⚠ NetSuite cannot be reached{since}. {_STALE} A tries again."
