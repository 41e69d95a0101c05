"""What stands below the list: the push under the cursor, and what was applied last."""

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from nsconsole.console import words
from nsconsole.console.queue import wording
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.services.pushes.waiting import Applied, Waiting

_MUTED, _BAD, _GOOD, _STRONG = "$foreground-muted", "$text-error", "$text-success", "bold"


def about(push: "Waiting", now: datetime) -> Content:
    """Tell of a push what its line has no room for."""
    facts = [f"push {push.id}", f"proposal {push.proposal_id} (o opens it)"]
    if push.status == "in_flight":
        facts.append(f"attempt {push.attempts} of 3")
    elif push.attempts:
        facts.append(f"tried {push.attempts} of 3")
    if push.priority == 0:
        facts.append("▲ goes first")
    if push.maybe_done:
        facts.append("? may be done already")
    lines = [
        Content.styled(clean(push.summary, limit=1000), _STRONG),
        Content(wording.in_full(push, now)),
    ]
    if push.error:
        lines.append(Content.styled(f"last: {clean(push.error, limit=500)}", _BAD))
    lines.append(Content.styled(" · ".join(facts), _MUTED))
    return Content("\n").join(lines)


def applied(pushes: "Sequence[Applied]", now: datetime) -> Content:
    """Tell what reached NetSuite last, the newest first."""
    lines = [Content.styled("Applied last", _MUTED)]
    lines += [
        Content.assemble(
            (f"✓ {words.age(push.applied_at, now):>4}  ", _GOOD),
            clean(push.summary, limit=200),
        )
        for push in pushes
    ]
    return Content("\n").join(lines if pushes else [*lines, Content("  nothing yet")])
