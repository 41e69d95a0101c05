"""Describing one table: what SuiteQL says of its columns, and if need be the record service.

Where neither says anything, a look at some rows is the last resort: it shows the columns that have
a value in any of them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from nsconsole.catalog import ColumnFact, Source
from nsconsole.mapping import is_name
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.netsuite.metadata.naming import united_columns
from nsconsole.netsuite.metadata.rows import columns_in, look_at
from nsconsole.services.coverage.catalog.asking import Asker

Said: TypeAlias = Mapping[Source, Sequence[ColumnFact]]
"""The columns that each source tells of a table."""

_LOOKS = 3  # at a record type whose schema comes without fields, as happens now and then


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table to be described, and what stands for its last description.

    `record_types` are those of the record service whose rows are in it; `in_suiteql` is its name as
    SuiteQL lists it, None if it does not; `is_described` tells whether any source ever told its
    columns.
    """

    table: str
    record_types: tuple[str, ...]
    in_suiteql: str | None
    digest: str | None
    is_described: bool


@dataclass(frozen=True, slots=True)
class Description:
    """What came of it: nothing `said` if the table is as it was, or no source answered.

    `digest` is None as long as the table is to be described anew the next time.
    """

    table: str
    digest: str | None
    said: Said = field(default_factory=dict)
    failures: Mapping[Source, str] = field(default_factory=dict)


def describe(asker: Asker, wanted: Wanted) -> Description:
    """Ask for a table's columns. Raises StoppedError."""
    failures: dict[Source, str] = {}
    columns: tuple[ColumnFact, ...] = ()
    if listed := wanted.in_suiteql:
        try:
            columns = asker.ask(lambda netsuite: netsuite.suiteql_columns(listed))
        except NetSuiteError as error:
            failures[Source.SUITEQL] = str(error)
    digest = _digest(columns) if columns else None
    if digest is not None and digest == wanted.digest:
        return Description(wanted.table, digest)
    said: dict[Source, Sequence[ColumnFact]] = {}
    try:
        if fields := _record_fields(asker, wanted.record_types):
            said[Source.RECORDS] = fields
    except NetSuiteError as error:
        failures[Source.RECORDS] = str(error)
    if columns:
        said[Source.SUITEQL] = columns
    if wanted.in_suiteql and not (said or failures or wanted.is_described):
        said.update(_seen(asker, wanted.table))
    return Description(wanted.table, None if failures else digest, said, failures)


def _record_fields(asker: Asker, record_types: Sequence[str]) -> tuple[ColumnFact, ...]:
    """Give the fields of all of some record types; none at all if any of them tells none."""
    told = [_fields_of(asker, record_type) for record_type in record_types]
    return united_columns(chain.from_iterable(told)) if all(told) else ()


def _fields_of(asker: Asker, record_type: str) -> tuple[ColumnFact, ...]:
    for _ in range(_LOOKS):
        fields = asker.ask(lambda netsuite: netsuite.record_fields(record_type))
        if fields:
            return fields
    return ()


def _seen(asker: Asker, table: str) -> Said:
    if not is_name(table):
        return {}
    try:
        page = asker.ask(lambda netsuite: netsuite.suiteql(look_at(table).sql, urgent=False))
    except NetSuiteError:
        return {}  # the table is listed all the same; a probe of it will tell why
    return {Source.PROBE: columns_in(page.rows)} if page.rows else {}


def _digest(columns: Sequence[ColumnFact]) -> str:
    return hashlib.sha256(repr(columns).encode(errors="replace")).hexdigest()
