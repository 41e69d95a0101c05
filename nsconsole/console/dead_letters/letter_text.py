"""What is told of a dead letter, or of a group of them: what it means and what usually mends it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.content import Content

from nsconsole.console import words
from nsconsole.console.dead_letters import wording
from nsconsole.console.drawing import Styled, aligned
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.services.dead_letters.letters import DeadLetterInFull, Field, Group
    from nsconsole.services.dead_letters.rehearsal import Verdict
    from nsconsole.services.pushes.attempts import Cause

_LONGEST = 40  # characters of a value in the table; a longer one stands below it in full
_MUTED, _BAD, _STRONG = "$foreground-muted", "$text-error", "bold"
_TONES = {"good": "$text-success", "warning": "$text-warning", "bad": _BAD, "muted": _MUTED}
_HEADS = ("", "seen", "proposed", "in NetSuite")


def group_text(group: "Group", now: datetime) -> Iterator[Content]:
    """Tell of a group."""
    yield Content.styled(wording.named(group.cause, group.code), _STRONG)
    count, oldest = words.counted(group.count, "letter"), words.age(group.oldest, now)
    newest = words.age(group.newest, now)
    yield Content.styled(f"{count} · the oldest {oldest} old, the newest {newest}", _MUTED)
    yield Content("")
    yield from _explained(group.cause, group.code)
    yield Content("")
    yield Content.styled("r, d and x mean all of them; space selects them.", _MUTED)


def letter_text(
    found: "DeadLetterInFull",
    verdict: "Verdict | None",
    rehearsed_at: datetime | None,
    *,
    now: datetime,
) -> Iterator[Content]:
    """Tell all that is known of a dead letter, and what a dry run found, and when."""
    letter = found.letter
    yield Content.styled(clean(letter.summary), _STRONG)
    tries, last = words.counted(letter.attempts, "attempt"), words.age(letter.last_at, now)
    facts = (f"letter {letter.id}", f"proposal #{letter.proposal_id} (o)", tries, f"{last} ago")
    yield Content.styled(" · ".join(facts), _MUTED)
    yield Content("")
    yield from _compared(found, verdict)
    if verdict and rehearsed_at:
        said, tone = wording.VERDICTS[verdict.verdict]
        yield Content.assemble(
            ("Dry run  ", _MUTED), (said, _TONES[tone]), f" at {words.moment(rehearsed_at)}"
        )
        yield Content(f"  {clean(verdict.why)}")
        yield Content("")
    yield Content.styled(wording.named(letter.cause, letter.code), _BAD)
    said = clean(str(found.error.get("message", "")), keep_newlines=True)
    yield Content.assemble(("Said   ", _MUTED), said)
    yield from _explained(letter.cause, letter.code)
    yield Content("")
    yield from _timeline(found)
    yield Content("")
    yield Content.styled("Error", _MUTED)
    yield Content(wording.readable(dict(found.error)))


def _explained(cause: "Cause", code: str) -> Iterator[Content]:
    from nsconsole.services.dead_letters.explanations import explain

    explained = explain(cause, code)
    yield Content.assemble(("Means  ", _MUTED), explained.meaning)
    yield Content.assemble(("Mend   ", _MUTED), explained.mend)


def _compared(found: "DeadLetterInFull", verdict: "Verdict | None") -> Iterator[Content]:
    """Lay out what was seen, what was proposed, and what NetSuite held when it was last asked."""
    from nsconsole.services.dead_letters.letters import three_way

    fields = verdict.fields if verdict and verdict.fields else three_way(found)
    rows = [tuple((head, _MUTED) for head in _HEADS), *map(_compared_field, fields)]
    kept = [i for i in range(len(_HEADS)) if not i or any(row[i][0] for row in rows[1:])]
    if fields:
        yield from aligned([[row[i] for i in kept] for row in rows])
    for field in fields:
        yield from _in_full(field)
    for name, lines in _sublists(found):
        yield Content(f"{clean(name)}: {words.counted(len(lines), 'line')}, not compared")
    yield Content("")


def _compared_field(field: "Field") -> tuple[Styled, ...]:
    mark = " ⚠" if field.moved else " =" if field.reached else ""
    return (
        (clean(field.label, limit=_LONGEST), ""),
        (_short(field.seen), _MUTED),
        (_short(field.proposed), _STRONG),
        (_short(field.now) + mark if field.now is not None else "", _BAD if field.moved else ""),
    )


def _short(value: str | None) -> str:
    return clean(value, limit=_LONGEST) if value else ""


def _in_full(field: "Field") -> Iterator[Content]:
    sides = (("seen", field.seen), ("proposed", field.proposed), ("in NetSuite", field.now))
    for what, value in sides:
        if value and len(value) > _LONGEST:
            yield Content.styled(f"{clean(field.label)}, {what}, in full:", _MUTED)
            yield Content(clean(value))


def _sublists(found: "DeadLetterInFull") -> Iterator[tuple[str, "Sequence[Any]"]]:
    return ((name, value) for name, value in found.change.items() if isinstance(value, list))


def _timeline(found: "DeadLetterInFull") -> Iterator[Content]:
    yield Content.styled("Attempts", _MUTED)
    said = str(found.error.get("message", ""))
    for tried in found.attempts:
        yield Content(f"  {_attempt(tried)}")
        message = str(tried.get("message") or "")
        if message != said:  # the last word stands above in full
            yield Content.styled(f"    {clean(message, limit=300)}", _MUTED)
    if not found.attempts:
        yield Content.styled("  It was never sent.", _MUTED)


def _attempt(tried: "Mapping[str, Any]") -> str:
    at = words.moment(datetime.fromisoformat(tried["at"]))
    status = f"HTTP {tried['http_status']}" if tried.get("http_status") else "no answer"
    code = clean(str(tried.get("code") or ""), limit=60)
    outcome = wording.OUTCOMES.get(tried["outcome"]) or clean(str(tried["outcome"]))
    facts = (at, outcome, status, code, f"{tried['milliseconds']:,} ms")
    return "  ".join(fact for fact in facts if fact)
