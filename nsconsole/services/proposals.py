"""Staging: a change that somebody proposes, checked, compared with NetSuite, and then immutable."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import Connection

from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.services.actions.canonical import Json, canonical_json, digest
from nsconsole.services.actions.drafts import Draft, draft
from nsconsole.services.actions.fields import FieldType, InvalidValueError
from nsconsole.services.actions.kinds import Operation
from nsconsole.services.actions.sentences import Seen, sentence
from nsconsole.services.audit_trail import Entry, append
from nsconsole.services.current import (
    Progress,
    Target,
    UnreadableError,
    check_new,
    read_current,
    read_names,
)
from nsconsole.services.errors import BadInputError, ServiceError
from nsconsole.services.link import calling
from nsconsole.services.workspace import Workspace
from nsconsole.store import proposals as store

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite

LARGEST_INPUT = 8 * 2**20  # bytes
MOST_ENTRIES = 5_000
_MOST_ERRORS = 20

# What a proposal's digest covers: all that was staged, and what a person read when they approved.
_STAGED = (
    "action_type",
    "target_record",
    "target_id",
    "target_name",
    "risk_tier",
    "author",
    "summary",
    "reason",
    "external_id",
    "proposed_change_json",
    "seen_json",
    "risk_rank",
    "search_text",
)


@dataclass(frozen=True, slots=True)
class Staged:
    """A proposal that was stored."""

    id: int
    status: str
    risk_tier: str
    summary: str


def parse_proposals(data: bytes) -> list[object]:
    """Read one proposal, or an array of them, from JSON. Raises BadInputError."""
    if len(data) > LARGEST_INPUT:
        raise BadInputError(
            f"this is more than {LARGEST_INPUT // 2**20} MB of JSON, the most that one call takes; "
            "stage it in parts"
        )
    try:
        value = json.loads(data, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadInputError(f"this is not JSON: {reason}") from error
    return value if isinstance(value, list) else [value]


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def propose(
    workspace: Workspace,
    entries: Sequence[object],
    *,
    author: str,
    progress: Progress = lambda done, of: None,
    also: Callable[[Connection, Sequence[int]], None] = lambda connection, ids: None,
) -> list[Staged]:
    """Stage proposals, all of them or none. `author` is who staged an entry that names nobody.

    Each is checked against the registry, and against NetSuite: the record must exist, and its
    present values are kept as what the proposal saw. `also` is done in the transaction that stores
    them, with their ids. Raises BadInputError, which names each bad entry (from 1) and field, or
    NetSuiteUnavailableError.
    """
    drafts = _checked(entries, author)
    seen = _look(workspace, drafts, progress)
    rows = [_row(workspace, draft_, seen_) for draft_, seen_ in zip(drafts, seen, strict=True)]
    with workspace.database.writing() as connection:
        ids = store.stage(connection, rows)
        append(connection, workspace.now(), [_entry(*pair) for pair in zip(ids, rows, strict=True)])
        also(connection, ids)
    return [
        Staged(id_, "pending", row["risk_tier"], row["summary"])
        for id_, row in zip(ids, rows, strict=True)
    ]


def _checked(entries: Sequence[object], author: str) -> list[Draft]:
    if not entries:
        raise BadInputError("there is no proposal in this")
    if len(entries) > MOST_ENTRIES:
        raise BadInputError(f"{len(entries):,} entries; one call takes at most {MOST_ENTRIES:,}")
    drafts, wrong = [], []
    for number, entry in enumerate(entries, start=1):
        try:
            drafts.append(draft(entry, default_author=author))
        except InvalidValueError as error:
            wrong.append((number, str(error)))
    _refuse(wrong)
    return drafts


def _refuse(wrong: Iterable[tuple[int, str]]) -> None:
    lines = [f"entry {number}: {message}" for number, message in wrong]
    more = len(lines) - _MOST_ERRORS
    if lines:
        shown = lines[:_MOST_ERRORS] + ([f"and {more} more"] if more > 0 else [])
        raise BadInputError("\n".join([*shown, "nothing was stored"]))


def _look(workspace: Workspace, drafts: Sequence[Draft], progress: Progress) -> list[Seen]:
    targets = {i: _target(d) for i, d in enumerate(drafts) if d.target_id is not None}
    unknown = {i: d for i, d in enumerate(drafts) if d.target_id is None and _has_unmapped(d)}
    if not targets and not unknown and not any(map(_references, drafts)):
        return [Seen() for _ in drafts]  # nothing to ask
    try:
        with calling(workspace) as netsuite:
            lacking = _lacking(netsuite, unknown)
            _refuse((i + 1, f"NetSuite says: {lacks}") for i, lacks in lacking.items())
            found = read_current(netsuite, list(dict.fromkeys(targets.values())), progress)
            names = _names(netsuite, drafts)
    except UnreadableError as error:
        wrong = [i for i, target in targets.items() if target == error.target]
        _refuse((i + 1, f"change: NetSuite refuses to read its fields: {error}") for i in wrong)
        raise
    except NetSuiteError as error:
        raise ServiceError(str(error)) from error
    _refuse(
        (i + 1, f"target_id: there is no {drafts[i].target_record} {target.id} in NetSuite")
        for i, target in targets.items()
        if target not in found
    )
    _refuse(_dangling(drafts, names))
    return [
        _with_names(found[targets[i]] if i in targets else Seen(), draft_, names)
        for i, draft_ in enumerate(drafts)
    ]


def _has_unmapped(draft_: Draft) -> bool:
    return draft_.record is None or bool(_unmapped(draft_))


def _unmapped(draft_: Draft) -> tuple[str, ...]:
    plain = [name for name, value in draft_.change.items() if not isinstance(value, list)]
    return tuple(sorted(name for name in plain if draft_.field(name).type is FieldType.ANY))


def _lacking(netsuite: "NetSuite", new: Mapping[int, Draft]) -> dict[int, str]:
    """Tell which new records name a type or field that NetSuite does not have."""
    kinds = {i: (draft_.target_record, _unmapped(draft_)) for i, draft_ in new.items()}
    lacks = {kind: check_new(netsuite, *kind) for kind in dict.fromkeys(kinds.values())}
    return {i: message for i, kind in kinds.items() if (message := lacks[kind])}


def _target(draft_: Draft) -> Target:
    fields = [name for name, value in draft_.change.items() if not isinstance(value, list)]
    if draft_.kind.operation is Operation.DELETE and draft_.record:
        fields = list(draft_.record.telling)
    return Target(draft_.target_record, str(draft_.target_id), tuple(sorted(fields)))


Names = Mapping[str, Mapping[str, str]]  # by table, by id


def _references(draft_: Draft) -> list[tuple[str, str, str, str]]:
    """Every reference of a change: (its place, field, table, id)."""
    found = []
    for name, value in draft_.change.items():
        if isinstance(value, list):
            found += _line_references(draft_, name, value)
        else:
            field = draft_.field(name)
            if field.type is FieldType.REFERENCE and value is not None:
                found.append((name, name, field.refers_to, str(value)))
    return found


def _line_references(
    draft_: Draft, name: str, lines: Sequence[Json]
) -> list[tuple[str, str, str, str]]:
    sublist = draft_.record.sublist(name) if draft_.record else None
    references = [f for f in sublist.fields if f.type is FieldType.REFERENCE] if sublist else []
    return [
        (f"{name}[{number}].{field.name}", field.name, field.refers_to, str(line[field.name]))
        for number, line in enumerate(lines, start=1)
        for field in references
        if isinstance(line, dict) and line.get(field.name) is not None
    ]


def _names(netsuite: "NetSuite", drafts: Sequence[Draft]) -> Names:
    wanted: dict[str, set[str]] = {}
    for draft_ in drafts:
        for _, _, table, id_ in _references(draft_):
            wanted.setdefault(table, set()).add(id_)
    return {table: read_names(netsuite, table, ids) for table, ids in wanted.items()}


def _dangling(drafts: Sequence[Draft], names: Names) -> Iterable[tuple[int, str]]:
    for number, draft_ in enumerate(drafts, start=1):
        for place, _, table, id_ in _references(draft_):
            if id_ not in names[table]:
                yield number, f"change.{place}: there is no {table} {id_} in NetSuite"


def _with_names(seen: Seen, draft_: Draft, names: Names) -> Seen:
    called: dict[str, dict[str, str]] = {name: dict(ids) for name, ids in seen.names.items()}
    for _, field, table, id_ in _references(draft_):
        called.setdefault(field, {})[id_] = names[table][id_]
    return Seen(seen.called, seen.values, called)


def _row(workspace: Workspace, draft_: Draft, seen: Seen) -> dict[str, Any]:
    summary = sentence(draft_, seen)
    words = [summary, draft_.author, draft_.reason, draft_.kind.name, draft_.risk.tier]
    row: dict[str, Any] = {
        "action_type": draft_.kind.name,
        "target_record": draft_.target_record,
        "target_id": draft_.target_id,
        "target_name": seen.called,
        "risk_tier": draft_.risk.tier,
        "author": draft_.author,
        "summary": summary,
        "reason": draft_.reason,
        "external_id": f"nsconsole-{uuid.uuid4()}",
        "proposed_change_json": canonical_json(draft_.change),
        "seen_json": canonical_json({"values": seen.values, "names": seen.names}),
        "risk_rank": int(draft_.risk),
        "search_text": " ".join(words).casefold(),
        "created_at": workspace.now(),
    }
    return row | {"digest": proposal_digest(row)}


def _entry(id_: int, row: Mapping[str, Any]) -> Entry:
    names = ("action_type", "target_record", "target_id", "risk_tier", "digest")
    return Entry(row["author"], "staged", f"proposal:{id_}", {name: row[name] for name in names})


def proposal_digest(row: Mapping[str, Any]) -> str:
    """Compute the digest of a proposal's row: what was staged and when, as canonical JSON."""
    staged = {name: row[name] for name in _STAGED}
    return digest(staged | {"created_at": row["created_at"].astimezone(UTC).isoformat()})
