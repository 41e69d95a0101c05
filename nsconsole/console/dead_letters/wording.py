"""How dead letters are worded; never by colour alone."""

import json
from typing import TYPE_CHECKING, Any

from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nsconsole.services.dead_letters.letters import DeadLetterInFull
    from nsconsole.services.dead_letters.rehearsal import Verdict
    from nsconsole.services.pushes.attempts import Cause

VERDICTS = {
    "would_apply": ("✓ would apply", "good"),
    "already_applied": ("= already applied", "good"),
    "conflict": ("⚠ conflict", "warning"),
    "superseded": ("superseded", "muted"),
    "unknown": ("? cannot tell", "warning"),
    "not_sent": ("✗ never sent", "bad"),
}
"""What a dry run found, in words, and the tone."""

OUTCOMES = {
    "permanent": "refused",
    "transient": "not done",
    "ambiguous": "perhaps done",
    "lost": "perhaps done",
    "done": "done",
}
"""How an attempt ended, in words."""

LOUD = {"conflict": "warning", "unknown_outcome": "bad", "tampered": "bad"}
"""The tones of the causes that a replay alone does not mend."""


def cause(of: "Cause") -> str:
    """Name a cause."""
    return of.value.replace("_", " ")


def named(of: "Cause", code: str) -> str:
    """Name a group by its cause and its code."""
    return f"{cause(of)}  {clean(code, limit=60)}"


def verdict_counts(verdicts: "Iterable[Verdict]") -> str:
    """Count what a dry run found: “120 would apply, 3 conflict”."""
    kinds = [verdict.verdict.value for verdict in verdicts]
    counts = {kind: kinds.count(kind) for kind in VERDICTS if kind in kinds}
    return ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in counts.items())


def whole(found: "DeadLetterInFull") -> dict[str, Any]:
    """Give all that is known of a letter, to be written as JSON."""
    letter = found.letter
    return {
        "id": letter.id,
        "push_id": letter.push_id,
        "proposal_id": letter.proposal_id,
        "summary": letter.summary,
        "cause": letter.cause,
        "code": letter.code,
        "last_at": letter.last_at.isoformat().replace("+00:00", "Z"),
        "change": dict(found.change),
        "payload": dict(found.payload),
        "error": dict(found.error),
        "attempts": [dict(tried) for tried in found.attempts],
    }


def readable(value: object) -> str:
    """Give a value as indented JSON that is safe to show and still exact.

    What a terminal would obey or a reader not see is escaped, as JSON allows of any character.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
