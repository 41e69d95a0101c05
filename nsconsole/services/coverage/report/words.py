"""How the page words what it shows."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

from nsconsole.services.coverage.report.figures import GapLine, Share, TableLine

WAITING = {
    "proposed": "waits in the inbox for approval",
    "approved": "is approved and about to be applied",
    "applying": "is being applied",
    "failed": "could not be applied to its end",
}
"""The states of a phase in which something is still to come."""

_TRIGGERS = {"person": "by hand", "nightly": "by night", "phase": "after a phase"}
_REASONS = {
    "never_planned": ("never planned", "No phase has taken it yet."),
    "not_queryable": ("not queryable", "NetSuite has it, but not for queries."),
    "not_permitted": ("not permitted", "The role of this login may not see it."),
    "feature_off": ("feature off", "A feature of the account that it needs is switched off."),
    "removed": ("removed", "NetSuite lists it as removed, or no longer at all."),
    "bad_name": ("bad name", "Its name cannot be that of a mirror's table or column."),
    "excluded": ("excluded", "An operator said that it need not be mirrored, with a note."),
    "unprobed": ("not probed yet", "No source tells whether a query may name it; a probe will."),
    "not_synced": ("not synced yet", "It is mapped, and the next sync will bring it."),
    "set_aside": ("set aside", "It is mapped, but NetSuite does not give it at present."),
    "type_changed": ("of another type", "It is mirrored, but NetSuite gives another type now."),
}


def percentage(value: float) -> str:
    """Write a percentage."""
    return f"{value:.2f} %"


def percent(share: Share) -> str:
    """Write the share in percent; a dash if there is nothing to have a share of."""
    return "–" if share.percent is None else percentage(share.percent)


def of(share: Share) -> str:
    """Write the share as “12 of 34”."""
    return f"{share.mirrored:,} of {share.total:,}"


def number(value: int) -> str:
    """Write a number with its thousands apart."""
    return f"{value:,}"


def counted(value: int, what: str) -> str:
    """Write “1 column”, “1,204 columns”."""
    return f"{value:,} {what}{'' if value == 1 else 's'}"


def moment(at: datetime) -> str:
    """Write a moment in UTC, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def day(at: datetime) -> str:
    """Write the day of a moment in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def trigger(word: str) -> str:
    """Say why an audit was made."""
    return _TRIGGERS.get(word, word)


def reason(word: str) -> str:
    """Say shortly why something is not mirrored."""
    return _REASONS.get(word, (word.replace("_", " "), ""))[0]


def meaning(word: str) -> str:
    """Explain a reason in a sentence."""
    return _REASONS.get(word, ("", ""))[1]


def left_out(table: TableLine) -> str:
    """Count a table's gaps: “3 columns missing, 1 not counted”."""
    missing = sum(gap.counts for gap in table.gaps)
    others = len(table.gaps) - missing
    told = [f"{counted(missing, 'column')} missing"] if missing else []
    return ", ".join([*told, *([f"{others:,} not counted"] if others else [])])


def by_reason(gaps: Sequence[GapLine]) -> Iterator[tuple[str, list[GapLine]]]:
    """Group gaps, those that count first."""
    ordered = sorted(gaps, key=_group)
    for (_, word), group in groupby(ordered, key=_group):
        yield reason(word), list(group)


def _group(gap: GapLine) -> tuple[bool, str]:
    return not gap.counts, gap.reason


def about(gap: GapLine) -> str:
    """Say what is known of a column: its type, how filled it is, why it was excluded."""
    return ", ".join(filter(None, (gap.kind, _fill(gap), gap.note)))


def _fill(gap: GapLine) -> str:
    if not gap.sampled or gap.filled is None:
        return ""
    return f"{100 * gap.filled / gap.sampled:.0f} % filled"
