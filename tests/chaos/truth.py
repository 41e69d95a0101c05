"""What must be true of the workspace and of NetSuite's own ledger, at any moment and in the end."""

import json
from collections import Counter, defaultdict

from nsconsole.services.audit_trail import verify

_NOT_DONE = ("refused", "conflict", "exhausted", "tampered")


def faults_now(world):
    """Say what is wrong, each fault in a sentence; what must hold while others are at work."""
    return [fault for check in _ALWAYS for fault in check(_look(world))]


def faults_at_the_end(world):
    """Say what is wrong once nothing waits any more."""
    state = _look(world)
    found = [fault for check in (*_ALWAYS, *_IN_THE_END) for fault in check(state)]
    trail = verify(world.workspace)
    return found if trail.sound else [*found, f"the audit trail is not sound: {trail.why}"]


class _State:
    """The workspace in one consistent view; and the ledger a moment later, so that what the
    workspace says of it must have happened by then."""

    def __init__(self, world):
        with world.workspace.database.reading() as connection:

            def rows(sql):
                return [row._asdict() for row in connection.exec_driver_sql(sql)]

            self.proposals = rows("SELECT id, status, proposed_change_json FROM proposed_actions")
            self.pushes = rows("SELECT * FROM ns_pending_pushes ORDER BY id")
            self.letters = rows("SELECT * FROM ns_push_dlq_log ORDER BY id")
            self.mirror = rows("SELECT push_id, request_id FROM proposed_actions_applied_mirror")
            self.attempts = rows("SELECT push_id, fence FROM ns_push_attempts")
            self.links = rows("SELECT detail FROM ns_link WHERE state = 'refused'")
            self.applications = rows("SELECT subject FROM audit_trail WHERE event = 'applied'")
        self.ledger = world.sandbox.ledger()
        self.made = Counter(entry["request_id"] for entry in self.ledger)
        self.words = Counter(_word(entry["fields"]) for entry in self.ledger)

    def with_status(self, *statuses):
        return [push for push in self.pushes if push["status"] in statuses]


def _look(world):
    return _State(world)


def word_of(push):
    """What a push's change is known by, in the ledger too."""
    return _word(json.loads(push["payload_json"])["values"])


def _word(fields):
    return fields.get("comments") or fields.get("phone")


def _doubled(state):
    for word, times in state.words.items():
        if times > 1:
            yield f"{word} was made {times} times"


def _unasked(state):
    known = {push["request_id"] for push in state.pushes}
    for request_id in state.made.keys() - known:
        yield f"the ledger has a request that no push made: {request_id}"


def _not_made(state):
    for push in state.with_status("applied"):
        if not state.made[push["request_id"]]:
            yield f"push {push['id']} is applied, and NetSuite never did it"


def _not_mirrored(state):
    applied = {push["id"]: push["request_id"] for push in state.with_status("applied")}
    mirrored = Counter(row["push_id"] for row in state.mirror)
    for id_ in applied.keys() | mirrored.keys():
        if mirrored[id_] != (id_ in applied):
            yield f"push {id_} has {mirrored[id_]} rows in the mirror"


def _not_told(state):
    told = Counter(row["subject"] for row in state.applications)
    for push in state.with_status("applied"):
        subject = f"push:{push['id']}"
        if told[subject] != 1:
            yield f"{subject}: {told[subject]} audit entries say “applied”"


def _untrue_reason(state):
    pushes = {push["id"]: push for push in state.pushes}
    for letter in state.letters:
        push = pushes[letter["push_id"]]
        done = state.made[push["request_id"]]
        done = done or (letter["resolution"] is None and state.words[word_of(push)])
        if letter["cause"] in _NOT_DONE and not push["maybe_done"] and done:
            yield f"letter {letter['id']} says {letter['cause']}, and NetSuite did it"


def _not_buried(state):
    dead = {push["id"] for push in state.with_status("dead")}
    for id_ in dead ^ {letter["push_id"] for letter in state.letters}:
        yield f"push {id_} is dead without a letter, or the other way round"


def _lost(state):
    live = Counter(push["proposal_id"] for push in state.with_status("queued", "in_flight"))
    ended = {push["proposal_id"] for push in state.with_status("applied", "dead")}
    for proposal in state.proposals:
        id_, approved = proposal["id"], proposal["status"] == "approved"
        if approved and not live[id_] and id_ not in ended:
            yield f"proposal {id_} was approved, and nothing is left of it"


def _not_wanted(state):
    for proposal in state.proposals:
        word = _word(json.loads(proposal["proposed_change_json"]))
        if proposal["status"] != "approved" and state.words[word]:
            yield f"proposal {proposal['id']} is {proposal['status']}, and NetSuite did it"


def _told_twice(state):
    told = Counter((row["push_id"], row["fence"]) for row in state.attempts)
    for (push, fence), times in told.items():
        if times > 1:
            yield f"what became of attempt {fence} of push {push} was told {times} times"


def _half_leased(state):
    for push in state.pushes:
        if (push["status"] == "in_flight") != (push["lease"] is not None):
            yield f"push {push['id']} is {push['status']}, and its lease is {push['lease']}"


def _out_of_order(state):
    asked = defaultdict(list)
    for push in state.pushes:
        asked[push["request_id"]].append(push)
    last = defaultdict(int)
    for entry in state.ledger:
        pushes = asked[entry["request_id"]]
        if len(pushes) != 1 or not pushes[0]["record_key"]:
            continue  # replayed under the same id: which of them did it, nobody can say
        (push,) = pushes
        if push["id"] < last[push["record_key"]]:
            yield f"push {push['id']} came after a later one of {push['record_key']}"
        last[push["record_key"]] = push["id"]


def _refused(state):
    for link in state.links:
        yield f"the login was refused, and this proves nothing: {link['detail']}"


def _waiting(state):
    for push in state.with_status("queued", "in_flight"):
        yield f"push {push['id']} is still {push['status']}"


_ALWAYS = (
    _doubled,
    _unasked,
    _not_made,
    _not_mirrored,
    _not_told,
    _untrue_reason,
    _not_buried,
    _lost,
    _not_wanted,
    _told_twice,
    _half_leased,
    _out_of_order,
    _refused,
)
_IN_THE_END = (_waiting,)
