"""Long work that the screen asked for: one at a time, in a thread, told as it goes and called off.

What it brings about stands in the database: to leave in the middle of it loses that work alone.
"""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from nsconsole.console import messages, words
from nsconsole.console.coverage import wording
from nsconsole.console.lanes import Lane
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.coverage.audit import AuditReport
    from nsconsole.services.workspace import Workspace

_SO_FAR = re.compile(r"([\d,]+) of ([\d,]+)")

Columns = Mapping[str, Sequence[str]]
"""Names of columns by table; none means all."""


class Work:
    """Does one audit, probe or plan at a time for one screen; answers WorkTold and WorkEnded."""

    def __init__(self, workspace: "Workspace", post: Callable[[Message], object]) -> None:
        self._workspace = workspace
        self._post = post
        self._lane = Lane("coverage work", self._failed)
        self._stopping = threading.Event()
        self.what = ""

    def _failed(self, error: Exception) -> None:
        self._post(messages.WorkEnded(str(error) or type(error).__name__, trouble=True))

    def call_off(self) -> None:
        """End what is under way after the calls that are out."""
        self._stopping.set()

    @property
    def is_ending(self) -> bool:
        """Whether what is under way was called off."""
        return bool(self.what) and self._stopping.is_set()

    def audit(self) -> bool:
        """Ask NetSuite what it has and audit; False while something else is at work."""
        return self._begin("Audit", self._audit)

    def probe(self, columns: Columns) -> bool:
        """Ask NetSuite which columns it really gives; False while something else is at work."""
        return self._begin("Probe", partial(self._probe, columns))

    def plan(self, columns: Columns, *, author: str) -> bool:
        """Plan a phase of some columns, or the next of none; False while something is at work."""
        return self._begin("Plan", partial(self._plan, columns, author))

    def _begin(self, what: str, job: Callable[[], messages.WorkEnded]) -> bool:
        if self.what:
            return False
        self.what = what
        self._stopping.clear()
        self._lane.submit(partial(self._run, job))
        return True

    def _run(self, job: Callable[[], messages.WorkEnded]) -> None:
        from nsconsole.services.errors import ServiceError
        from nsconsole.services.sync.halt import StoppedError
        from nsconsole.store.engine import DatabaseError

        try:
            ended = job()
        except StoppedError:
            ended = messages.WorkEnded(f"The {self.what.lower()} was called off.")
        except (ServiceError, DatabaseError) as error:
            ended = messages.WorkEnded(str(error), trouble=not self._stopping.is_set())
        finally:
            self.what = ""
        self._post(ended)

    def _tell(self, told: str) -> None:
        self._post(messages.WorkTold(told, _share(told)))

    def _audit(self) -> messages.WorkEnded:
        from nsconsole.services.coverage.audit import audit

        report = audit(
            self._workspace,
            trigger="person",
            progress=self._tell,
            stopping=self._stopping.is_set,
        )
        return messages.WorkEnded(_audited(report))

    def _probe(self, columns: Columns) -> messages.WorkEnded:
        from nsconsole.services.coverage.learning import Probed
        from nsconsole.services.coverage.probing import probe_columns

        of, found = sum(map(len, columns.values())), list[Probed]()
        for table, names in columns.items():
            self._tell(f"{len(found):,} of {of:,} columns, {clean(table, limit=40)}")
            found += probe_columns(self._workspace, table, names, stopping=self._stopping.is_set)
        given = sum(probed.queryable for probed in found)
        refused = f", and refuses {len(found) - given:,}" if given < len(found) else ""
        asked = words.counted(len(found), "column")
        return messages.WorkEnded(f"Probed: NetSuite gives {given:,} of {asked}{refused}.")

    def _plan(self, columns: Columns, author: str) -> messages.WorkEnded:
        from nsconsole.services.phases.planning import plan_phase

        planned = plan_phase(
            self._workspace,
            tables=tuple(columns),
            columns=columns,
            author=author,
            progress=self._tell,
            stopping=self._stopping.is_set,
        )
        return messages.WorkEnded(clean(planned.summary), proposal_id=planned.proposal_id)


def _share(told: str) -> float | None:
    """Find “12 of 300” in how far something is, and give it as a share."""
    found = _SO_FAR.search(told)
    done, of = (int(number.replace(",", "")) for number in found.groups()) if found else (0, 0)
    return done / of if of else None


def _audited(report: "AuditReport") -> str:
    share, line = wording.percent(report.coverage_percent), report.line
    said = (
        f"Audit {line.id}: {share} of {line.columns_total:,} columns are mirrored; "
        f"{line.closed:,} gaps closed, {line.opened:,} opened."
    )
    return f"{said} Not all could be read: {report.incomplete}" if report.incomplete else said
