"""The audit: the catalog beside the map and the mirror as it truly is, kept and compared."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from nsconsole.services.coverage import findings
from nsconsole.services.coverage.domains import domain_of, domains
from nsconsole.services.coverage.history import AuditLine, DomainShare, line, percent
from nsconsole.services.coverage.turns import turns
from nsconsole.services.errors import ServiceError
from nsconsole.services.sync.sync_map import load_map
from nsconsole.services.workspace import Workspace
from nsconsole.store import coverage as store
from nsconsole.store import coverage_audit as sets
from nsconsole.store import tiers as tier_store
from nsconsole.store.coverage_audit import Known, Place, Share

Trigger = Literal["person", "nightly", "phase"]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit counted, and by domain.

    `incomplete` says what of the catalog could not be read this time, and is as it was before.
    """

    line: AuditLine
    domains: tuple[DomainShare, ...]
    incomplete: str = ""

    @property
    def audit_id(self) -> int:
        """The audit's id."""
        return self.line.id

    @property
    def columns_total(self) -> int:
        """How many columns NetSuite gives, as far as is known."""
        return self.line.columns_total

    @property
    def coverage_percent(self) -> float:
        """How much of them is mirrored; 100 only if all of them are."""
        return self.line.coverage_percent


def audit(
    workspace: Workspace,
    *,
    trigger: Trigger,
    fetch: bool = True,
    also: Path | None = None,
    progress: Callable[[str], None] = lambda words: None,
    stopping: Callable[[], bool] = lambda: False,
) -> AuditReport:
    """Fetch the catalog, unless told not to, take stock by it, and write the page.

    `also` names another file for the page. Raises NetSuiteUnavailableError if NetSuite cannot be
    asked, and ServiceError if there is no catalog to audit by, or `stopping` called it off.
    """
    from nsconsole.services.coverage.report.writing import write_report

    incomplete = _fetch(workspace, progress, stopping) if fetch else ""
    progress("comparing")
    report = take_stock(workspace, trigger=trigger, incomplete=incomplete)
    progress("writing the page")
    write_report(workspace, also=also)
    return report


def _fetch(
    workspace: Workspace, progress: Callable[[str], None], stopping: Callable[[], bool]
) -> str:
    """Fetch the catalog; say what of it could not be read."""
    from nsconsole.services.coverage.catalog.fetching import fetch_catalog
    from nsconsole.services.coverage.catalog.reports import FetchStatus

    report = fetch_catalog(
        workspace,
        progress=lambda done, of: progress(f"asking NetSuite: {done:,} of {of:,} tables"),
        stopping=stopping,
    )
    if report.status is FetchStatus.CANCELLED:
        raise ServiceError("the audit was called off; nothing was counted")
    if report.status is FetchStatus.FAILED:
        raise ServiceError(f"NetSuite's catalog could not be read: {report.error}")
    return report.error


def take_stock(workspace: Workspace, *, trigger: Trigger, incomplete: str = "") -> AuditReport:
    """Compare by the catalog as it is, and keep what was found.

    Raises ServiceError if there is no catalog.
    """
    _have_map(workspace)
    at = workspace.now()
    with workspace.database.writing() as connection:
        catalog = store.fetched(connection)
        if catalog is None:
            raise ServiceError(
                "what NetSuite has is not known yet: `nsconsole catalog fetch` asks for it"
            )
        audit_id = store.begin_audit(connection, trigger, catalog, at=at)
        moved = sets.compare(connection, _places(workspace, sets.known_tables(connection)))
        shares = sets.write(connection, audit_id)
        counted = (
            _counted(shares)
            | moved._asdict()
            | {
                "seconds": (workspace.now() - at).total_seconds(),
                "summary_json": _summary(shares, catalog.change_id),
            }
        )
        row = store.end_audit(connection, audit_id, counted)
        findings.find(connection, row)
    return AuditReport(line(row), tuple(_by_domain(shares)), incomplete)


def _have_map(workspace: Workspace) -> None:
    with workspace.database.reading() as connection:
        if tier_store.listed(connection):
            return
    load_map(workspace)  # which lays down the base map


def _places(workspace: Workspace, known: Iterable[Known]) -> Iterator[Place]:
    new = turns(workspace, mapped=False, custom=False)
    widened = turns(workspace, mapped=True, custom=False)
    customized = turns(workspace, mapped=True, custom=True)
    for table, domain, mapped in known:
        turn, custom_turn = (widened, customized) if mapped else (new, new)
        own = domain or domain_of(table, custom=False)
        yield Place(table, own, turn(table), custom_turn(table))


def _counted(shares: Sequence[Share]) -> dict[str, Any]:
    names = ("tables_total", "tables_mirrored", "columns_total", "columns_mirrored")
    counted: dict[str, Any] = {name: _sum(shares, name) for name in names}
    weight, mirrored = _sum(shares, "weight_total"), _sum(shares, "weight_mirrored")
    return counted | {"weighted_percent": percent(mirrored, weight) if weight else None}


def _sum(shares: Iterable[Share], name: str) -> int:
    return sum(getattr(share, name) for share in shares)


def _summary(shares: Iterable[Share], change_id: int) -> str:
    by_domain = [asdict(domain) for domain in _by_domain(shares)]
    return json.dumps({"domains": by_domain, "change_id": change_id})


def _by_domain(shares: Iterable[Share]) -> list[DomainShare]:
    """Give the domains in their own order, those of which NetSuite gives anything."""
    found = {share.domain: share for share in shares if share.tables_total or share.columns_total}
    names = [*(name for name in domains() if name in found), *sorted(found.keys() - {*domains()})]
    return [
        DomainShare(
            name,
            total=found[name].columns_total,
            mirrored=found[name].columns_mirrored,
            tables_total=found[name].tables_total,
            tables_mirrored=found[name].tables_mirrored,
        )
        for name in names
    ]
