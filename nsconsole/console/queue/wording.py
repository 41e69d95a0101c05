"""How the queue is worded: why each push waits, and what holds up all of them."""

from datetime import datetime
from typing import TYPE_CHECKING

from nsconsole.console import figures, words
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.pushes.breaker import Breaker
    from nsconsole.services.pushes.waiting import Waiting
    from nsconsole.services.status import Standing

_NOT_SENT = "Nothing is sent meanwhile, and nothing is lost."
_TONES = {
    "in_flight": "good",
    "held": "warning",
    "canary": "muted",
    "behind": "muted",
    "undo_window": "marked",
    "backoff": "warning",
    "login_refused": "bad",
    "breaker": "bad",
    "netsuite_away": "bad",
    "due": "",
}


def tone(push: "Waiting") -> str:
    """Name the style of the reason for which a push waits."""
    return _TONES[push.reason]


def brief(push: "Waiting", now: datetime) -> str:
    """Say in a few words why a push waits, and how long still."""
    left = figures.countdown(push.until, now) if push.until else ""
    return {
        "in_flight": f"→ in flight {figures.span((now - push.since).total_seconds())}",
        "held": f"held by {clean(push.held_by or '', limit=12)}",
        "canary": f"canary #{push.behind}",
        "behind": f"behind #{push.behind}",
        "undo_window": f"↶ undo, {left}",
        "backoff": f"↻ retry, {left}",
        "login_refused": "login refused",
        "breaker": f"breaker, {left}" if left else "breaker",
        "netsuite_away": "NetSuite away",
        "due": "due",
    }[push.reason]


def in_full(push: "Waiting", now: datetime) -> str:
    """Say in a sentence why a push waits, and what can be done."""
    left = figures.countdown(push.until, now) if push.until else ""
    return {
        "in_flight": "It is on its way to NetSuite, and out of reach.",
        "held": f"{clean(push.held_by or '', limit=40)} holds it; h lets it go.",
        "canary": f"It goes once push {push.behind}, the first of this replay, is applied.",
        "behind": f"Push {push.behind} changes the same record and goes before it.",
        "undo_window": f"It is sent in {left}; until then u takes the approval back.",
        "backoff": f"It is tried again in {left}; D tries now.",
        "login_refused": "NetSuite refuses the login.",
        "breaker": "The breaker stops all calls.",
        "netsuite_away": "NetSuite cannot be reached; it is tried again and again.",
        "due": "It goes with the next turn; D sends it now.",
    }[push.reason]


def trouble(standing: "Standing", now: datetime) -> str:
    """Say what holds up all pushes; nothing if nothing does."""
    since = words.since(standing.link.since, standing.link.detail, now)
    if standing.link.state == "refused":
        mend = "Nothing is sent until `nsconsole doctor` has succeeded, lest the account be locked."
        return f"⚠ NetSuite refuses the login{since}. {mend}"
    if standing.breaker.held_by or standing.breaker.state != "closed":
        return stopped(standing.breaker, now)
    if standing.link.state == "unreachable":
        return f"⚠ NetSuite cannot be reached{since}. {_NOT_SENT}"
    return ""


def stopped(breaker: "Breaker", now: datetime) -> str:
    """Say why the breaker stops all calls, and until when."""
    since = words.since(breaker.since, breaker.reason, now)
    if breaker.held_by:
        holder = clean(breaker.held_by, limit=40)
        return f"⚠ {holder} holds the breaker open{since}. {_NOT_SENT} B resets it."
    if breaker.state == "half_open":
        return f"⚠ The breaker lets a few through to see{since}. Then all goes on."
    left = figures.countdown(breaker.open_until, now) if breaker.open_until else "now"
    again = "It tries again with the next push" if left == "now" else f"It tries again in {left}"
    return f"⚠ The breaker is open{since}. {again}; B resets it."
