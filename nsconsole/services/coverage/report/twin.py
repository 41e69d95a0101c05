"""The same figures as JSON, for programs."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import orjson

from nsconsole.services.coverage.report.figures import (
    AuditLine,
    DomainLine,
    GapLine,
    Report,
    Share,
    TableLine,
)


def twin(report: Report) -> bytes:
    """Write the figures as a JSON document; moments are ISO 8601 in UTC with a Z.

    Names are as NetSuite has them.
    """
    content = {
        "account": report.account,
        "catalog_at": report.catalog_at,
        **_audit(report.audit),
        "domains": [_domain(line) for line in report.domains],
        "reasons": [asdict(line) for line in report.reasons],
        "findings": [asdict(finding) for finding in report.findings],
        "phases": [asdict(phase) for phase in report.phases],
        "next_tables": [table.name for table in report.next_tables],
        "tables": [_table(table) for table in report.tables],
        "audits": [_audit(audit) for audit in report.trend],
    }
    return orjson.dumps(content, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _audit(audit: AuditLine) -> Mapping[str, Any]:
    return {
        "audit_id": audit.id,
        "at": audit.at,
        "trigger": audit.trigger,
        **_shares(audit.tables, audit.columns),
        "weighted_percent": audit.weighted_percent,
        "opened": audit.opened,
        "closed": audit.closed,
    }


def _domain(line: DomainLine) -> Mapping[str, Any]:
    return {"domain": line.name, **_shares(line.tables, line.columns)}


def _shares(tables: Share, columns: Share) -> Mapping[str, Any]:
    return {
        "tables_total": tables.total,
        "tables_mirrored": tables.mirrored,
        "columns_total": columns.total,
        "columns_mirrored": columns.mirrored,
        "coverage_percent": columns.percent,
    }


def _table(table: TableLine) -> Mapping[str, Any]:
    return {
        "table": table.name,
        "label": table.label,
        "domain": table.domain,
        "standing": table.standing.value,
        "columns_total": table.columns.total,
        "columns_mirrored": table.columns.mirrored,
        "coverage_percent": table.columns.percent,
        "rows": table.rows,
        "reason": table.own.reason if table.own else None,
        "note": table.own.note or None if table.own else None,
        "gaps": [_gap(gap) for gap in table.gaps],
    }


def _gap(gap: GapLine) -> Mapping[str, Any]:
    return {
        "column": gap.column,
        "reason": gap.reason,
        "type": gap.kind,
        "counts": gap.counts,
        "priority": gap.priority,
        "filled": gap.filled,
        "sampled": gap.sampled,
        "note": gap.note or None,
    }
