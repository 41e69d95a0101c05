"""What the screen knows of coverage besides the gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nsconsole.services.coverage.findings import Finding
    from nsconsole.services.coverage.history import AuditLine
    from nsconsole.services.phases.listing import PhaseLine, StepBegun


class Domain(NamedTuple):
    """A domain and how many of its columns are mirrored."""

    name: str
    mirrored: int
    total: int

    @property
    def share(self) -> float:
        """The share of its columns that is mirrored, from 0 to 1."""
        return self.mirrored / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class PhaseNow:
    """A phase and, while it is being applied, the step that it is at."""

    line: "PhaseLine"
    step: "StepBegun | None" = None

    @property
    def pulled(self) -> float | None:
        """The share of its tables that is pulled, from 0 to 1; None while it does not pull."""
        detail = self.step.detail if self.step and self.step.step == "pull" else {}
        if self.line.state != "applying" or not detail.get("tables"):
            return None
        within = min(detail["rows"] / detail["expected"], 1) if detail.get("expected") else 0
        return float(min((detail["tables_done"] + within) / detail["tables"], 1))


@dataclass(frozen=True, slots=True)
class Facts:
    """How coverage stands: the audits and the phases, the newest first, and what is new."""

    audits: "Sequence[AuditLine]" = ()
    domains: Sequence[Domain] = ()
    phases: Sequence[PhaseNow] = ()
    findings: "Sequence[Finding]" = ()

    @property
    def audit(self) -> "AuditLine | None":
        """The last audit."""
        return self.audits[0] if self.audits else None

    @property
    def open_phase(self) -> PhaseNow | None:
        """The phase that is under way: proposed, approved, being applied or failed."""
        under_way = ("applying", "failed", "approved", "proposed")
        found = [phase for phase in self.phases if phase.line.state in under_way]
        return min(found, key=lambda each: under_way.index(each.line.state), default=None)
