"""`status`: how everything stands."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nsconsole.cli import breaker, output
from nsconsole.cli.session import opened
from nsconsole.services.dead_letters.letters import open_by_cause
from nsconsole.services.link import Link
from nsconsole.services.status import AuditLine, Pool, coverage, pool, standing
from nsconsole.services.sync.overview import Freshness, TableLine, TierLine, overview
from nsconsole.services.sync.reports import TableStatus
from nsconsole.services.sync.tiers import Tier, tiers


def status(args: Namespace) -> int:
    """Say how everything stands; what is not known yet is null."""
    with opened(args) as workspace:
        now, calls = standing(workspace), pool(workspace)
        mirror, turns = overview(workspace), tiers(workspace)
        account, dead = workspace.settings.account, open_by_cause(workspace)
        covered = coverage(workspace)
    lines = list(zip(mirror.tiers, turns, strict=True))
    fresh = _by_freshness(mirror.tables)
    if args.json:
        output.document(
            {
                "tiers": [_tier(*line) for line in lines],
                "tables": fresh,
                "behind": _behind(mirror.tables),
                "paused": _paused(mirror.tables),
                "set_aside": _set_aside(mirror.tables),
                "governor": calls and calls._asdict(),
                "proposals": dict(now.proposals),
                "queue": dict(now.queue),
                "dlq": {"open": sum(dead.values()), "by_cause": dead},
                "netsuite": _link(account, now.link),
                "breaker": breaker.content(now.breaker),
                "coverage": covered and _coverage(covered),
            }
        )
        return 0
    output.line(f"proposals  {_figures(now.proposals)}")
    output.line(f"queue      {_figures(now.queue)}")
    output.line(f"dead       {_figures(dead) or 'none'}")
    output.line(f"mirror     {_figures(fresh)}")
    for line in lines:
        output.line(f"           {_told(*line)}")
    for told in _told_behind(mirror.tables):
        output.line(f"           {told}")
    for paused in _paused(mirror.tables):
        output.line(f"           {paused['table']} is paused, {paused['why']}")
    for aside in _set_aside(mirror.tables):
        since = output.minute(aside["since"])
        output.line(f"           {aside['table']}.{aside['column']} is set aside since {since}")
    output.line(f"coverage   {_told_coverage(covered)}")
    output.line(f"breaker    {breaker.told(now.breaker)}")
    output.line(f"NetSuite   {_told_link(account, now.link)}{_told_pool(calls)}")
    return 0


def _by_freshness(tables: Iterable[TableLine]) -> dict[str, int]:
    counts = Counter(table.freshness for table in tables)
    return {fresh.value.replace(" ", "_"): counts[fresh] for fresh in Freshness}


def _is_behind(table: TableLine) -> bool:
    if table.freshness is Freshness.PAUSED:
        return False  # which is told, with its reason
    return table.freshness is not Freshness.ON_TIME or bool(_failure(table))


def _failure(table: TableLine) -> str:
    """Say why the last run failed; nothing if it did not."""
    return table.last.error if table.last and table.last.status == TableStatus.FAILED else ""


def _behind(tables: Iterable[TableLine]) -> list[dict[str, Any]]:
    return [
        {
            "table": table.name,
            "freshness": table.freshness.value.replace(" ", "_"),
            "synced_at": table.synced_at,
            "error": _failure(table) or None,
        }
        for table in tables
        if _is_behind(table)
    ]


def _told_behind(tables: Iterable[TableLine]) -> Iterator[str]:
    """Tell of each table that is behind or failing; those that nobody tried yet share a line."""
    untried = []
    for table in filter(_is_behind, tables):
        if table.last is None and table.synced_at is None:
            untried.append(table.name)
            continue
        at = table.synced_at
        fresh = f"{table.freshness}, last synced {output.minute(at)} UTC" if at else "never synced"
        why = f"; the last run failed: {_failure(table)}" if _failure(table) else ""
        yield f"{table.name}: {fresh}{why}"
    if untried:
        yield f"not synced yet: {', '.join(untried)}"


def _paused(tables: Iterable[TableLine]) -> list[dict[str, str]]:
    return [{"table": table.name, "why": table.pause} for table in tables if table.pause]


def _set_aside(tables: Iterable[TableLine]) -> list[dict[str, Any]]:
    keys = ("column", "reason", "detail", "since")
    return [
        {"table": table.name} | {key: getattr(aside, key) for key in keys}
        for table in tables
        for aside in table.set_aside
    ]


def _coverage(line: AuditLine) -> dict[str, object]:
    return {"percent": line.coverage_percent, "audit_id": line.id, "at": line.at}


def _told_coverage(line: AuditLine | None) -> str:
    if line is None:
        return "no audit yet"
    return f"{line.coverage_percent:.2f} %, audit {line.id} of {output.minute(line.at)}"


def _tier(line: TierLine, turn: Tier) -> dict[str, object]:
    return {
        "minutes": line.minutes,
        "last_run_at": turn.started_at,
        "last_ended_at": turn.ended_at,
        "next_run_at": line.next_run_at,
        "running": line.running,
        "paused": line.paused or None,
        "tables": line.tables,
        "on_time": line.on_time,
        "late": line.late,
        "stalled": line.stalled,
    }


def _told(line: TierLine, turn: Tier) -> str:
    last = output.minute(turn.started_at) if turn.started_at else "never"
    following = f"next {output.minute(line.next_run_at)}"
    if line.paused:
        following = f"paused {line.paused}"
    elif line.running:
        following = "running"
    return f"every {line.minutes:2} minutes: {line.tables} tables, last {last}, {following}"


def _link(account: str | None, link: Link) -> dict[str, object]:
    return {"account": account, "state": link.state, "detail": link.detail, "since": link.since}


def _told_link(account: str | None, link: Link) -> str:
    since = f" since {output.moment(link.since)}" if link.since else ""
    why = f" ({link.detail})" if link.detail else ""
    return f"{account or 'no account'}: {link.state}{since}{why}"


def _told_pool(calls: Pool | None) -> str:
    return f"; {calls.limit} of {calls.size} calls at once" if calls else ""


def _figures(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
