"""What stands above the tables when not all is well: what happened, since when, what comes next."""

from datetime import datetime
from typing import TYPE_CHECKING

from nsconsole.console import figures, words
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.link import Link
    from nsconsole.services.sync.overview import Overview

_UNREACHABLE = (
    "Each tier asks again at its turn and goes on where it stopped; nothing has to be done."
)
_REFUSED = (
    "Nothing asks again until `nsconsole doctor` has succeeded, lest the account be locked; "
    "then all goes on where it stopped."
)


def outage(link: "Link", overview: "Overview", now: datetime) -> str:
    """Say that NetSuite is out of reach, or refuses the login; empty if neither is so."""
    if link.state not in ("unreachable", "refused"):
        return ""
    refused = link.state == "refused"
    what = "NetSuite refuses the login" if refused else "NetSuite cannot be reached"
    since = words.since(link.since, link.detail, now)
    comma = "," if link.since else ""
    promise = _REFUSED if refused else _UNREACHABLE
    return f"⚠ {what}{comma}{since}. {_behind(overview)} {promise}"


def _behind(overview: "Overview") -> str:
    names = [clean(line.name) for line in overview.tables if line.freshness in ("late", "stalled")]
    if not names:
        return "No table is behind yet."
    return f"Behind: {words.listed(names)}."


def beginning(overview: "Overview", now: datetime) -> str:
    """Say how the mirror is filled, as long as nothing is in it."""
    if not overview.tables or any(
        line.freshness != "never" or line.running for line in overview.tables
    ):
        return ""
    turns = [tier.next_run_at for tier in overview.tiers if not tier.paused]
    when = f" ({figures.until(min(turns), now)})" if turns else ""
    return f"Nothing is mirrored yet: the first pull starts with the next turn{when}, or press S."
