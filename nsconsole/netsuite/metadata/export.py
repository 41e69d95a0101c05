"""The Records Catalog, as a script saves it in a browser where a person is logged in.

It knows SuiteQL best: each field's type, and whether a query may name it. NetSuite gives it to a
browser's session alone. The file is whatever a person chose, so that nothing in it is taken on
trust: `{"recordTypes": [{id, label, isAvailable}], "details": [{id, label, fields, joins}]}`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from nsconsole.catalog import ColumnFact, Reason, TableFact, is_custom, kind_of
from nsconsole.netsuite.answer import load_json
from nsconsole.netsuite.metadata.naming import named, united_columns, united_tables, worded

MAX_TABLES = 20_000
MAX_COLUMNS = 500_000


@dataclass(frozen=True, slots=True)
class Export:
    """The tables of a saved catalog, and when it was saved (UTC) if the file tells."""

    tables: tuple[TableFact, ...]
    saved_at: datetime | None

    @property
    def columns(self) -> int:
        """How many columns it tells of."""
        return sum(len(table.columns or ()) for table in self.tables)


def load_export(data: bytes) -> Export:
    """Read a saved catalog. Raises ValueError, saying what is wrong with it."""
    try:
        payload = load_json(data)
    except ValueError as error:
        raise ValueError(f"it is not JSON: {error}") from None
    match payload:
        case {"recordTypes": list(listed), "details": list(details), **rest}:
            export = Export(_tables(listed, details), _moment(rest.get("savedAt")))
        case _:
            raise ValueError('it has no "recordTypes" and "details"')
    if not export.tables:
        raise ValueError("it tells of no table")
    if export.columns > MAX_COLUMNS:
        raise ValueError(f"it has {export.columns:,} columns, more than {MAX_COLUMNS:,}")
    return export


def _tables(listed: list[object], details: list[object]) -> tuple[TableFact, ...]:
    if len(listed) + len(details) > 2 * MAX_TABLES:
        raise ValueError(f"it has more than {MAX_TABLES:,} tables")
    both = [
        *(_listed(item, f"recordTypes[{at}]") for at, item in enumerate(listed)),
        *(_detailed(item, f"details[{at}]") for at, item in enumerate(details)),
    ]
    return united_tables(both)


def _listed(item: object, place: str) -> TableFact:
    match item:
        case {"isAvailable": bool(available), **entry}:
            return _table(entry, place, exposed=available)
    raise ValueError(f"{place} does not say whether it isAvailable")


def _detailed(item: object, place: str) -> TableFact:
    match item:
        case {"fields": list(fields), **rest}:
            joined = dict(_joined(rest.get("joins")))
            columns = united_columns(
                _column(field, f"{place}.fields[{at}]", joined) for at, field in enumerate(fields)
            )
            return _table(rest, place, exposed=True, columns=columns)
    raise ValueError(f"{place} has no list of fields")


def _table(
    entry: Mapping[object, object],
    place: str,
    *,
    exposed: bool,
    columns: tuple[ColumnFact, ...] | None = None,
) -> TableFact:
    shown = named(entry.get("id"))
    if not shown:
        raise ValueError(f"{place} has no id")
    return TableFact(
        name=shown.lower(),
        shown_name=shown,
        label=worded(entry.get("label")),
        custom=is_custom(shown.lower()),
        exposed=exposed,
        reason=None if exposed else Reason.NOT_PERMITTED,
        columns=columns,
    )


def _column(field: object, place: str, joined: Mapping[str, str]) -> ColumnFact:
    match field:
        case {"id": str(identifier), **rest} if identifier:
            shown, reason = named(identifier), _reason(rest)
            native_type = worded(rest.get("dataType"))
            return ColumnFact(
                name=shown.lower(),
                shown_name=shown,
                label=worded(rest.get("label")),
                native_type=native_type,
                kind=kind_of(native_type),
                exposed=reason is None,
                reason=reason,
                refers_to=joined.get(shown),
            )
    raise ValueError(f"{place} has no id")


def _reason(entry: Mapping[object, object]) -> Reason | None:
    if entry.get("removed") is True:
        return Reason.REMOVED
    return None if entry.get("isColumn") is True else Reason.NOT_QUERYABLE


def _joined(joins: object) -> Iterator[tuple[str, str]]:
    """Give the fields that hold the ids of another table's rows, and that table."""
    for join in joins if isinstance(joins, list) else ():
        match join:
            case {
                "fieldId": str(field),
                "joinType": "AUTOMATIC",
                "sourceTargetType": {"id": str(target)},
            }:
                yield named(field), named(target).lower()


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None
