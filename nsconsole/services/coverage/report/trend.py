"""Coverage over time as the paths of a drawing, 100 units wide and high."""

from collections.abc import Sequence
from dataclasses import dataclass

from nsconsole.services.coverage.report.figures import AuditLine

_WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Trend:
    """The paths, and the same in a sentence; `phases` tells whether an applied phase has a dot."""

    line: str
    area: str
    dots: str
    phases: bool
    told: str


def trend(audits: Sequence[AuditLine]) -> Trend:
    """Draw audits, the oldest first and at least one, by their moments and their percentages."""
    points = [(x, 100 - (audit.columns.percent or 0)) for x, audit in _placed(audits)]
    line = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    marked = [
        point for point, audit in zip(points, audits, strict=True) if audit.trigger == "phase"
    ]
    return Trend(
        line=f"M{line}",
        area=f"M{points[0][0]:.2f} 100L{line}L{points[-1][0]:.2f} 100Z",
        # A line without a length, which has round ends: a dot that no stretching makes an egg.
        dots="".join(f"M{x:.2f} {y:.2f}h0" for x, y in (*marked, points[-1])),
        phases=bool(marked),
        told=_told(audits),
    )


def _placed(audits: Sequence[AuditLine]) -> list[tuple[float, AuditLine]]:
    first, last = audits[0].at, audits[-1].at
    span = (last - first).total_seconds()
    if span <= 0:  # one audit, or a clock that went back
        return [(_WIDTH * n / max(len(audits) - 1, 1), audit) for n, audit in enumerate(audits)]
    placed = ((audit.at - first).total_seconds() / span for audit in audits)
    return [
        (_WIDTH * min(max(x, 0.0), 1.0), audit) for x, audit in zip(placed, audits, strict=True)
    ]


def _told(audits: Sequence[AuditLine]) -> str:
    first, last = audits[0], audits[-1]
    now = f"{last.columns.percent or 0:.2f} %"
    if len(audits) == 1:
        return f"{now} at the first audit, on {last.at:%Y-%m-%d}."
    return (
        f"From {first.columns.percent or 0:.2f} % on {first.at:%Y-%m-%d} "
        f"to {now} on {last.at:%Y-%m-%d}, in {len(audits):,} audits."
    )
