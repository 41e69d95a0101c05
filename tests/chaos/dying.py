"""What a drainer is made to do to itself: die at a step, or break one of its promises."""

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace

from sqlalchemy import bindparam, event, update

from nsconsole.services import audit_trail
from nsconsole.services.pushes import calling
from nsconsole.store import pushes
from nsconsole.store.engine import Database

_MOMENT = 0.05  # seconds, long enough to be looked at or killed in
_CALLS = ("ping", "write", "lookup", "read", "suiteql")


def on_each_step(workspace, step):
    """Call `step` before each statement that writes, and before and after each commit and call.

    After a statement is before the next or before the commit; what only reads leaves nothing.
    """
    engine, netsuite = workspace.database.engine, workspace.netsuite()

    def before_statement(_connection, _cursor, statement, *_):
        if not statement.startswith(("SELECT", "BEGIN", "PRAGMA")):
            step()

    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "commit", lambda _: step())
    workspace.database = _Watched(engine, step)
    for name in _CALLS:
        setattr(netsuite, name, _in_steps(getattr(netsuite, name), step))


@dataclass(frozen=True)
class _Watched(Database):
    after_commit: Callable[[], None]

    @contextmanager
    def writing(self):
        with super().writing() as connection:
            yield connection
        self.after_commit()


def _in_steps(call, step):
    def stepped(*arguments, **named):
        step()
        result = call(*arguments, **named)
        step()
        return result

    return stepped


def die():
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(steps, end):
    """Give a step that calls `end` when it is called for the `steps`th time, and ever after."""
    left, lock = iter(range(1, steps)), threading.Lock()

    def step():
        with lock:
            if next(left, None) is None:
                end()

    return step


def take_out_fencing(_workspace):
    """A late answer is written whoever has the push by now."""
    pushes.applied = _whoever_has_it(pushes.applied)
    pushes.released = _whoever_has_it(pushes.released)
    pushes.still_held = lambda _connection, fences, **_: set(fences)


def _whoever_has_it(settle):
    push = pushes.ns_pending_pushes.c
    mine = {"fence": bindparam("held_fence"), "status": "in_flight"}
    take_back = update(push.id.table).where(push.id == bindparam("push_id")).values(mine)

    def unfenced(connection, rows, at):
        if rows:
            connection.execute(take_back, rows)
        return settle(connection, rows, at)

    return unfenced


def take_out_request_id(_workspace):
    """Each attempt goes under a request id of its own."""
    real = calling.to_operation

    def anew(*arguments):
        return replace(real(*arguments), request_id=str(uuid.uuid4()))

    calling.to_operation = anew


def take_out_audit_entry(workspace):
    """What was settled is told in a transaction of its own, a moment later."""
    tell_later = _later(workspace, audit_trail.append)
    audit_trail.append = lambda _, at, entries: tell_later(at, entries)


def take_out_mirror_row(workspace):
    """What was applied is mirrored in a transaction of its own, a moment later."""
    mirror_later = _later(workspace, pushes._MIRROR.run)
    pushes._MIRROR = SimpleNamespace(run=lambda _, rows: mirror_later(rows))


def _later(workspace, write):
    """Give what notes how to `write`, which is done after the transaction that is under way."""
    kept = threading.local()

    def note(*what):
        kept.notes = [*getattr(kept, "notes", ()), what]

    def do():
        for what in kept.__dict__.pop("notes", ()):
            time.sleep(_MOMENT)
            with workspace.database.writing() as connection:
                write(connection, *what)

    workspace.database = _Watched(workspace.database.engine, do)
    return note


SABOTAGE = {
    "fencing": take_out_fencing,
    "request-id": take_out_request_id,
    "audit-entry": take_out_audit_entry,
    "mirror-row": take_out_mirror_row,
}
