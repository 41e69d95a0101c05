"""`propose`, `inbox` and `decide`."""

from argparse import Namespace
from collections.abc import Sequence

from nsconsole.cli import output
from nsconsole.cli.phases import apply_approved, exit_code, told
from nsconsole.cli.progress import Progress
from nsconsole.cli.reading import read_input
from nsconsole.cli.session import authority, opened
from nsconsole.services import approvals, proposals
from nsconsole.services import inbox as inbox_service
from nsconsole.services.approvals import Choice, Decision, Verdict
from nsconsole.services.lines import Line
from nsconsole.services.operators import os_login, whoami
from nsconsole.services.phases.listing import Phase
from nsconsole.services.workspace import Workspace

_ALL = 2**63 - 1
_HINT = "Type the proposal as JSON, then Ctrl-D."
_VERDICTS = {"approve": Verdict.APPROVE, "reject": Verdict.REJECT}


def propose(args: Namespace) -> int:
    """Stage what a file or stdin holds."""
    data = read_input(args.file, most=proposals.LARGEST_INPUT + 1, hint=_HINT)
    entries = proposals.parse_proposals(data)
    with opened(args) as workspace, Progress("asking NetSuite") as progress:
        operator = whoami(workspace)
        author = operator.name if operator else os_login()
        staged = proposals.propose(workspace, entries, author=author, progress=progress)
    if args.json:
        keys = ("id", "status", "risk_tier", "summary")
        output.document({"proposals": [{key: getattr(s, key) for key in keys} for s in staged]})
        return 0
    output.table(("ID", "RISK", "PROPOSAL"), [(str(s.id), s.risk_tier, s.summary) for s in staged])
    return 0


def inbox(args: Namespace) -> int:
    """List proposals."""
    status = None if args.status == "all" else args.status
    with opened(args) as workspace:
        lines = inbox_service.listed(workspace, status=status, limit=args.limit or _ALL)
    if args.json:
        output.document({"proposals": [_line(line) for line in lines]})
    elif lines:
        output.table(
            ("ID", "RISK", "STATUS", "STAGED (UTC)", "AUTHOR", "PROPOSAL"),
            [
                (str(e.id), e.risk_tier, e.status, output.minute(e.created_at), e.author, e.summary)
                for e in lines
            ],
        )
    else:
        output.line("There are no proposals." if status is None else f"No proposal is {status}.")
    return 0


def _line(line: Line) -> dict[str, object]:
    keys = (
        "id",
        "action_type",
        "target_record",
        "target_id",
        "target_name",
        "risk_tier",
        "status",
        "author",
        "created_at",
        "summary",
        "decided_by",
        "decided_at",
    )
    return {key: getattr(line, key) for key in keys}


def decide(args: Namespace) -> int:
    """Approve or reject proposals."""
    choices = [Choice(id_) for id_ in args.ids]
    with opened(args) as workspace:
        decisions = approvals.decide(
            workspace,
            authority(workspace, args),
            _VERDICTS[args.verdict],
            choices,
            reason=args.reason,
        )
        if not args.json:
            output.table(("ID", "STATUS", "DETAIL"), [_told(decision) for decision in decisions])
        phases = _apply_phases(workspace, args, decisions)
    if args.json:
        applied = {"phases": [_phase(phase) for phase in phases]} if phases else {}
        output.document({"decisions": [_decision(decision) for decision in decisions]} | applied)
    return _exit_code(decisions) or max(map(exit_code, phases), default=0)


def _apply_phases(
    workspace: Workspace, args: Namespace, decisions: Sequence[Decision]
) -> list[Phase]:
    """Apply the phases that were approved, as whoever approves one by hand expects."""
    ids = [d.phase_id for d in decisions if d.phase_id is not None and d.status == "approved"]
    ended = apply_approved(workspace, ids) if ids else []
    if not args.json:
        for phase in ended:
            output.line(told(phase))
    return ended


def _phase(phase: Phase) -> dict[str, object]:
    line = phase.line
    return {"phase_id": line.id, "state": line.state, "error": line.error}


def _decision(decision: Decision) -> dict[str, object]:
    keys = ("status", "won", "push_id", "phase_id", "decided_by", "decided_at", "why")
    return {"id": decision.proposal_id} | {key: getattr(decision, key) for key in keys}


def _told(decision: Decision) -> tuple[str, str, str]:
    queued = f"push {decision.push_id} is queued" if decision.push_id else ""
    if decision.status == "approved" and decision.phase_id:
        queued = f"phase {decision.phase_id} is applied now"
    said = queued if decision.won else f"not decided: {decision.why}"
    return str(decision.proposal_id), decision.status, said


def _exit_code(decisions: Sequence[Decision]) -> int:
    lost = [decision for decision in decisions if not decision.won]
    if not lost:
        return 0
    if any(decision.status != "unknown" for decision in lost):
        return 3
    return 2 if len(lost) == len(decisions) else 1
