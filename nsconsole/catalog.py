"""The words of the catalog: what NetSuite says it has, source by source, and what became of it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from nsconsole.mapping import Kind

_CUSTOM = re.compile(r"cust(body|col|entity|event|item|record|om(list|record|transaction))")
_NO_LETTER = re.compile(r"[^a-z0-9]")
_WORDS = {
    Kind.INTEGER: "integer int int64 integernumber bigint long key select listrecord reference",
    Kind.REAL: "number float double decimal decimalnumber currency currency2 percent rate "
    "currencyhighprecision duration",
    Kind.BOOLEAN: "boolean checkbox",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime datetimetz timestamp",
    Kind.TEXT: "string text clob clobtext choice encoded email emailaddress url hyperlink phone "
    "phonenumber freeformtext longtext textarea richtext multiselect multipleselect timeofday",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}


class Source(StrEnum):
    """Who told a fact; the first to know whether a query may name something comes first."""

    PROBE = "probe"  # a query that named it
    SUITEQL = "suiteql"  # the metadata catalog of SuiteQL
    EXPORT = "export"  # the Records Catalog, saved in a browser
    CUSTOMIZATION = "customization"  # customrecordtype, customfield and customlist
    RECORDS = "records"  # the metadata catalog of the REST record service


class State(StrEnum):
    """Whether a query may name a table or column."""

    QUERYABLE = "queryable"
    UNQUERYABLE = "unqueryable"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a table or column is not mirrored, or cannot be."""

    NEVER_PLANNED = "never_planned"
    NOT_QUERYABLE = "not_queryable"  # NetSuite has it, but not for queries
    NOT_PERMITTED = "not_permitted"  # hidden from the role
    FEATURE_OFF = "feature_off"
    REMOVED = "removed"  # NetSuite lists it as removed
    BAD_NAME = "bad_name"  # its name cannot be that of a mirror's table or column
    EXCLUDED = "excluded"  # by an operator, with a note
    UNPROBED = "unprobed"  # only the record service tells of it
    NO_KEY = "no_key"  # nothing tells its rows from one another
    SET_ASIDE = "set_aside"  # mapped, and self-heal found that NetSuite no longer gives it
    NOT_SYNCED = "not_synced"  # mapped, and the mirror is yet to get it


class Event(StrEnum):
    """What became of a table or column between two fetches of the catalog."""

    NEW = "new"
    GONE = "gone"
    RETURNED = "returned"
    RENAMED = "renamed"  # probably: one went and one of its kind came
    TYPE_CHANGED = "type_changed"
    STATE_CHANGED = "state_changed"


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """What one source says of a column.

    `name` is in lower case, `shown_name` as the source writes it. `exposed` tells whether a query
    may name it, None if the source cannot know.
    """

    name: str
    shown_name: str
    label: str = ""
    native_type: str = ""
    kind: Kind | None = None
    exposed: bool | None = None
    reason: Reason | None = None
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class TableFact:
    """What one source says of a table; `columns` is None if it did not say them."""

    name: str
    shown_name: str
    label: str = ""
    custom: bool = False
    exposed: bool | None = None
    reason: Reason | None = None
    columns: tuple[ColumnFact, ...] | None = None


def is_custom(name: str) -> bool:
    """Whether a table or column of this name, in lower case, was made by the account itself."""
    return _CUSTOM.match(name) is not None


def kind_of(native_type: str) -> Kind | None:
    """Give what a column holds by the word that any source has for it; None if it is not known."""
    return _KINDS.get(_NO_LETTER.sub("", native_type.lower()))


class Key(NamedTuple):
    """What a gap is known by; without a name it is the table's, or all of the table's."""

    table: str
    name: str = ""


class Order(StrEnum):
    """Which gaps come first."""

    PRIORITY = "priority"
    ROWS = "rows"  # the most
    FILL = "fill"  # the fullest


@dataclass(frozen=True, slots=True)
class Looking:
    """Which gaps are looked at: `words` in any order, tables with gaps or every gap by itself."""

    words: tuple[str, ...] = ()
    order: Order = Order.PRIORITY
    by_table: bool = True
