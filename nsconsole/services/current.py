"""What NetSuite holds now: the values that a proposal is compared with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.actions.drafts import field_of
from nsconsole.services.actions.fields import Field, FieldType, from_suiteql
from nsconsole.services.actions.records import Record, netsuite_record, record_called
from nsconsole.services.actions.sentences import Seen

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite
    from nsconsole.services.actions.canonical import Json

Progress = Callable[[int, int], None]  # how many of how many are done

_NOBODY = "0"  # an internal id that no record has
_MOST_IDS = 500  # well under the 1,000 values that SuiteQL takes in an IN
_NO_SUCH_RECORD = ("RCRD_DSNT_EXIST", "NONEXISTENT_ID")
# What a record is called, where that is not its `name`.
_NAME_COLUMNS = {
    "employee": "entityid",
    "vendor": "NVL(companyname, entityid)",
    "customer": "NVL(companyname, entityid)",
    "item": "itemid",
    "account": "acctnumber",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Fields of one record, by our names."""

    record: str
    id: str
    fields: tuple[str, ...]


class UnreadableError(Exception):
    """NetSuite knows the record but will not give a field of it; says which in its own words."""

    def __init__(self, target: Target, message: str) -> None:
        super().__init__(message)
        self.target = target


def read_current(
    netsuite: "NetSuite", targets: Sequence[Target], progress: Progress = lambda done, of: None
) -> dict[Target, Seen]:
    """Read what the targets hold now; a record that does not exist is left out.

    Fields of the map are read by SuiteQL, hundreds of records a request; what only NetSuite knows
    is read by the RESTlet, a record a request. Raises UnreadableError, or NetSuiteError.
    """
    found: dict[Target, Seen] = {}
    for (record, names), group in _by_query(targets).items():
        for some in _in_batches(group):
            found |= _ask_suiteql(netsuite, record, names, some)
            progress(len(found), len(targets))
    for target in targets:
        known = record_called(target.record)
        if not known or (target in found and not _is_mapped(known, target)):
            asked = _ask_restlet(netsuite, target, found.get(target, Seen()).called)
            found |= {target: asked} if asked else {}
            progress(len(found), len(targets))
    return found


def _is_mapped(record: Record, target: Target) -> bool:
    return all(record.field(name) for name in target.fields)


def _by_query(
    targets: Sequence[Target],
) -> dict[tuple[Record, tuple[str, ...]], list[Target]]:
    """Group the targets of the map by what is asked: their fields, or else only their names."""
    groups: dict[tuple[Record, tuple[str, ...]], list[Target]] = {}
    for target in targets:
        record = record_called(target.record)
        if record:
            names = target.fields if _is_mapped(record, target) else ()
            groups.setdefault((record, names), []).append(target)
    return groups


def _in_batches(targets: Sequence[Target]) -> Iterable[Sequence[Target]]:
    return (targets[start : start + _MOST_IDS] for start in range(0, len(targets), _MOST_IDS))


def _ask_restlet(netsuite: "NetSuite", target: Target, called: str | None) -> Seen | None:
    known = [field_of(record_called(target.record), name) for name in target.fields]
    try:
        values = netsuite.read(
            netsuite_record(target.record), target.id, [field.netsuite_id for field in known]
        )
    except NetSuiteError as error:
        if error.code in _NO_SUCH_RECORD:
            return None
        if error.outcome is Outcome.PERMANENT:
            raise UnreadableError(target, error.message) from error
        raise
    return Seen(called, {f.name: cast("Json", values.get(f.netsuite_id)) for f in known})


def _ask_suiteql(
    netsuite: "NetSuite", record: Record, names: tuple[str, ...], targets: Sequence[Target]
) -> dict[Target, Seen]:
    fields = [field_of(record, name) for name in names]
    columns = ["id", f"{record.called} AS called", *(c for f in fields for c in _columns(f))]
    ids = ", ".join(sorted({target.id for target in targets}))
    where = f"id IN ({ids})" + (f" AND {record.where}" if record.where else "")
    sql = f"SELECT {', '.join(columns)} FROM {record.table} WHERE {where} ORDER BY id ASC"  # noqa: S608 - ids are digits, names are the map's
    try:
        rows = {row["id"]: row for row in netsuite.suiteql(sql).rows}
    except NetSuiteError as error:
        if error.outcome is Outcome.PERMANENT:
            raise UnreadableError(targets[0], error.message) from error
        raise
    return {t: _seen(fields, rows[t.id]) for t in targets if t.id in rows}


def _columns(field: Field) -> list[str]:
    if field.type is FieldType.DATE:
        return [f"TO_CHAR({field.suiteql}, 'YYYY-MM-DD') AS {field.suiteql}"]
    if field.type is FieldType.REFERENCE:
        return [field.suiteql, f"BUILTIN.DF({field.suiteql}) AS {field.suiteql}_called"]
    return [field.suiteql]


def _seen(fields: Sequence[Field], row: dict[str, str]) -> Seen:
    values = {field.name: from_suiteql(field, row.get(field.suiteql)) for field in fields}
    names = {
        field.name: {str(values[field.name]): row[f"{field.suiteql}_called"]}
        for field in fields
        if f"{field.suiteql}_called" in row
    }
    return Seen(called=row.get("called"), values=values, names=names)


def read_names(netsuite: "NetSuite", table: str, ids: Iterable[str]) -> dict[str, str]:
    """Give what records of a SuiteQL table are called, by id; unknown ids are left out."""
    wanted = sorted(set(ids))
    called = _NAME_COLUMNS.get(table, "name")
    names: dict[str, str] = {}
    for start in range(0, len(wanted), _MOST_IDS):
        listed = ", ".join(wanted[start : start + _MOST_IDS])
        sql = f"SELECT id, {called} AS called FROM {table} WHERE id IN ({listed}) ORDER BY id ASC"  # noqa: S608 - ids are digits, names are ours
        names |= {row["id"]: row.get("called", row["id"]) for row in netsuite.suiteql(sql).rows}
    return names


def check_new(netsuite: "NetSuite", record: str, fields: Sequence[str]) -> str | None:
    """Ask whether NetSuite has a record type and fields, for one to be made; give what it lacks.

    A record that is not there is asked for: NetSuite looks at the names first.
    """
    try:
        netsuite.read(netsuite_record(record), _NOBODY, fields)
    except NetSuiteError as error:
        if error.outcome is Outcome.PERMANENT and error.code not in _NO_SUCH_RECORD:
            return error.message
        if error.outcome is not Outcome.PERMANENT:
            raise
    return None
