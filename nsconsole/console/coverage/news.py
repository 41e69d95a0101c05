"""What audits found that somebody should look at: in a sentence each, and in full."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from nsconsole.console import words
from nsconsole.console.sheet import Sheet
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.coverage.findings import Finding, Thing

_MOST_NAMED = 200  # of one heading


def news_sheet(findings: "Sequence[Finding]") -> Sheet:
    """Show findings in full, under their headings."""
    text = Content("\n").join(_lines(findings))
    return Sheet("What is new", text, text.plain)


def _lines(findings: "Sequence[Finding]") -> Iterator[Content]:
    for finding in findings:
        found = f"  audit {finding.audit_id}, {words.moment(finding.at)[:16]}"
        told = clean(finding.summary, limit=200)
        yield Content.assemble((told, "bold"), (found, "$foreground-muted"))
        for thing in finding.things[:_MOST_NAMED]:
            yield Content(f"  {_named(thing)}")
        if len(finding.things) > _MOST_NAMED:
            yield Content(f"  … and {len(finding.things) - _MOST_NAMED:,} more")
        yield Content("")


def _named(thing: "Thing") -> str:
    change = f": {thing.before or 'nothing'} → {thing.after or 'nothing'}"
    return clean(thing.name + (change if thing.before or thing.after else ""), limit=300)
