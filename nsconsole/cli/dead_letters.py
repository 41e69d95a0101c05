"""`dlq`: what rests among the dead letters, and what becomes of it."""

import json
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from nsconsole.cli import output
from nsconsole.cli.progress import Progress
from nsconsole.cli.reading import read_input
from nsconsole.cli.session import authority, opened
from nsconsole.services.dead_letters.editing import edit, parse_change
from nsconsole.services.dead_letters.explanations import explain
from nsconsole.services.dead_letters.letters import (
    DeadLetter,
    DeadLetterInFull,
    Filter,
    Group,
    dismiss,
    groups,
    list_dead_letters,
    show_dead_letter,
    three_way,
)
from nsconsole.services.dead_letters.rehearsal import Answer, Verdict, dry_run
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.dead_letters.three_way import Field
from nsconsole.services.errors import BadInputError
from nsconsole.services.proposals import LARGEST_INPUT

_ALL = 2**63 - 1
_HEADINGS = ("ID", "PUSH", "CHANGE", "CAUSE", "ATTEMPTS", "LAST (UTC)", "ERROR")
_HINT = "Type the change as JSON, then Ctrl-D."


def dlq(args: Namespace) -> int:
    """Do what `dlq` was told to; alone, it lists."""
    actions: dict[str, Callable[[Namespace], int]] = {
        "list": _list,
        "show": _show,
        "replay": _dry_run if args.dry_run else _replay,
        "edit": _edit,
        "dismiss": _dismiss,
    }
    return actions[args.action or "list"](args)


def _list(args: Namespace) -> int:
    matching, limit = _filter(args), args.limit or _ALL
    with opened(args) as workspace:
        letters = list_dead_letters(
            workspace, matching=matching, resolved=args.resolved, limit=limit
        )
        grouped = groups(workspace, matching=matching)
    if args.json:
        output.document({"items": list(map(asdict, letters)), "groups": list(map(asdict, grouped))})
    elif letters:
        _tell(letters, grouped)
    elif matching == Filter():
        output.line("There are no dead letters: what was approved reached NetSuite, or waits.")
    else:
        output.line("No dead letter is like that.")
    return 0


def _filter(args: Namespace) -> Filter:
    return Filter(cause=args.cause, code=args.code, text=args.match)


def _tell(letters: Sequence[DeadLetter], grouped: Sequence[Group]) -> None:
    if grouped:
        headings = ("CAUSE", "CODE", "OPEN", "OLDEST (UTC)", "NEWEST (UTC)")
        output.table(headings, [_group(group) for group in grouped])
        output.line()
    output.table(_HEADINGS, [_row(letter) for letter in letters])


def _group(group: Group) -> tuple[str, ...]:
    ends = (output.minute(group.oldest), output.minute(group.newest))
    return (group.cause.value.replace("_", " "), group.code, f"{group.count:,}", *ends)


def _row(letter: DeadLetter) -> tuple[str, ...]:
    about = " ".join(filter(None, (letter.action_type, letter.target_name or letter.target_id)))
    cause = letter.resolution or letter.cause.value.replace("_", " ")
    attempts, last = str(letter.attempts), output.minute(letter.last_at)
    return (str(letter.id), str(letter.push_id), about, cause, attempts, last, letter.error)


def _show(args: Namespace) -> int:
    with opened(args) as workspace:
        found = show_dead_letter(workspace, args.id)
    fields, explained = three_way(found), explain(found.letter.cause, found.letter.code)
    if args.json:
        output.document(_whole(found) | {"fields": list(map(asdict, fields))} | asdict(explained))
        return 0
    output.table(_HEADINGS, [_row(found.letter)])
    output.line(f"\n{found.letter.summary}\n")
    _tell_fields(fields)
    output.line(f"What it means: {explained.meaning}\nWhat usually mends it: {explained.mend}\n")
    output.line(json.dumps(found.payload, indent=2, ensure_ascii=False))
    output.line(json.dumps(found.error, indent=2, ensure_ascii=False))
    _tell_attempts(found.attempts)
    _tell_end(found.letter)
    return 0


def _whole(found: DeadLetterInFull) -> dict[str, Any]:
    return asdict(found.letter) | {
        "payload": found.payload,
        "error": found.error,
        "errors": found.attempts,
        "change": found.change,
        "maybe_done": found.maybe_done,
    }


def _tell_fields(fields: Sequence[Field]) -> None:
    if not fields:
        return
    rows = [
        (field.label, *(side or "" for side in (field.seen, field.proposed, field.now)))
        for field in fields
    ]
    output.table(("FIELD", "SEEN", "PROPOSED", "NETSUITE NOW"), rows)
    output.line()


def _tell_attempts(attempts: Sequence[Mapping[str, Any]]) -> None:
    headings = ("ATTEMPT", "AT (UTC)", "MS", "OUTCOME", "HTTP", "CODE", "MESSAGE")
    names = ("number", "at", "milliseconds", "outcome", "http_status", "code", "message")
    rows = [tuple(str(tried[name] or "") for name in names) for tried in attempts]
    output.table(headings, rows)


def _tell_end(letter: DeadLetter) -> None:
    if letter.resolution is None or letter.resolved_at is None:
        return
    when = output.minute(letter.resolved_at)
    told = f"\n{letter.resolution} by {letter.resolved_by} at {when} UTC"
    then = (
        f": push {letter.replay_push_id}" if letter.replay_push_id else "",
        f": proposal {letter.edited_proposal_id}" if letter.edited_proposal_id else "",
        f" ({letter.reason})" if letter.reason else "",
    )
    output.line(told + "".join(then))


def _which(args: Namespace) -> list[int] | Filter:
    matching = _filter(args)
    if bool(args.ids) == (args.all or matching != Filter()):
        raise BadInputError("name dead letters by id; or --all, or what they have in common")
    return args.ids or matching


def _exit_code(which: list[int] | Filter, done: int) -> int:
    return 0 if isinstance(which, Filter) or done == len(set(which)) else 3


def _replay(args: Namespace) -> int:
    which = _which(args)
    with opened(args) as workspace:
        done = replay(workspace, authority(workspace, args), which)
    if args.json:
        output.document({"replayed": list(map(asdict, done))})
    else:
        told = f"{len(done):,} on the queue again"
        if len(done) > 1:
            told += f": push {done[0].push_id} first, the others once it is applied"
        output.line(f"{told}; `nsconsole drain` sends them now.")
    return _exit_code(which, len(done))


def _dry_run(args: Namespace) -> int:
    which = _which(args)
    with opened(args) as workspace, Progress("asking NetSuite") as progress:
        verdicts = dry_run(workspace, which, progress=progress)
    if args.json:
        output.document({"verdicts": list(map(asdict, verdicts))})
    else:
        _tell_verdicts(verdicts)
    return 0


def _tell_verdicts(verdicts: Sequence[Verdict]) -> None:
    rows = [(str(v.id), v.verdict.value.replace("_", " "), v.why) for v in verdicts]
    output.table(("ID", "A REPLAY", "WHY"), rows)
    counts = {answer: sum(v.verdict is answer for v in verdicts) for answer in Answer}
    told = [f"{n:,} {answer.value.replace('_', ' ')}" for answer, n in counts.items() if n]
    output.line(", ".join(told) + "; nothing was sent." if told else "No dead letter is like that.")


def _edit(args: Namespace) -> int:
    with opened(args) as workspace:
        change = _change(args, show_dead_letter(workspace, args.id).change)
        proposal_id = edit(workspace, authority(workspace, args), args.id, change)
    if args.json:
        output.document({"id": args.id, "proposal_id": proposal_id})
    else:
        output.line(f"Proposal {proposal_id} is in the inbox in its place.")
    return 0


def _change(args: Namespace, old: Mapping[str, Any]) -> dict[str, Any]:
    if args.change is None:
        given = (text.partition("=") for text in args.sets)
        return {**old, **{name: _value(text, old.get(name)) for name, _, text in given}}
    return parse_change(read_input(args.change, most=LARGEST_INPUT + 1, hint=_HINT))


def _value(text: str, old: object) -> object:
    """Read a value as the field's other one is written: what was text stays text."""
    try:
        return text if isinstance(old, str) else json.loads(text)
    except ValueError:
        return text


def _dismiss(args: Namespace) -> int:
    which = _which(args)
    with opened(args) as workspace:
        done = dismiss(workspace, authority(workspace, args), which, reason=args.reason)
    if args.json:
        output.document({"dismissed": done})
    else:
        output.line(f"{len(done):,} dismissed.")
    return _exit_code(which, len(done))
