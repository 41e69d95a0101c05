"""Fields: what a value may be, and how it is read from and written to NetSuite."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from enum import StrEnum

from nsconsole.services.actions.canonical import Json
from nsconsole.text import clean, has_control_characters

_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_EXACT_DIGITS = 15  # what a JSON number keeps exactly on every side
_UNROUNDED = Context(prec=5000)  # more digits than Python reads of an integer
LONGEST_TEXT = 4000


class InvalidValueError(ValueError):
    """A value that its field cannot take; the message goes on after the field's name."""


class FieldType(StrEnum):
    """How a field's values look in a proposal."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "amount"
    INTEGER = "whole number"
    BOOLEAN = "true or false"
    DATE = "date"
    REFERENCE = "reference"  # the internal id of another record
    ANY = "value"  # not in the map: NetSuite itself decides


NUMERIC = (FieldType.NUMBER, FieldType.MONEY, FieldType.INTEGER)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the canonical map.

    `netsuite` is its id on the record, `column` its name in SuiteQL; both default to `name`.
    `refers_to` is the SuiteQL table of a reference.
    """

    name: str
    type: FieldType
    label: str
    netsuite: str = ""
    column: str = ""
    required: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    places: int = 0
    max_length: int = LONGEST_TEXT
    multiline: bool = False
    refers_to: str = ""

    @property
    def netsuite_id(self) -> str:
        """The field's id in NetSuite's record."""
        return self.netsuite or self.name

    @property
    def suiteql(self) -> str:
        """The field's column in SuiteQL."""
        return self.column or self.netsuite_id


def check(field: Field, value: Json) -> Json:
    """Give `value` in the form in which it is stored and sent; raise InvalidValueError."""
    if value is None:
        if field.required:
            raise InvalidValueError("must not be empty")
        return None
    return _CHECKS[field.type](field, value)


def _text(field: Field, value: Json) -> Json:
    if not isinstance(value, str):
        raise InvalidValueError(f"must be text, not {_kind(value)}")
    if field.required and not value.strip():
        raise InvalidValueError("must not be empty")
    return _sane_text(value, field)


def _sane_text(value: str, field: Field) -> str:
    if len(value) > field.max_length:
        raise InvalidValueError(f"is {len(value):,} characters long; at most {field.max_length:,}")
    if has_control_characters(value, allow_newlines=field.multiline):
        raise InvalidValueError("holds control characters or invisible formatting")
    return value


def _number(field: Field, value: Json) -> Json:
    number = _decimal(field, value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > field.places:
        raise InvalidValueError(f"has more than {field.places} decimal places")
    return _json_number(number)


def _integer(field: Field, value: Json) -> Json:
    number = _decimal(field, value)
    if number != number.to_integral_value():
        raise InvalidValueError("must be a whole number")
    return int(number)


def _decimal(field: Field, value: Json) -> Decimal:
    number = to_decimal(value)
    if number is None:
        raise InvalidValueError(f"must be a number, not {_kind(value)}")
    if field.minimum is not None and number < field.minimum:
        raise InvalidValueError(f"must be at least {field.minimum:,}")
    if field.maximum is not None and number > field.maximum:
        raise InvalidValueError(f"must be at most {field.maximum:,}")
    return _exact(number)


def _exact(number: Decimal) -> Decimal:
    if len(number.as_tuple().digits) > _EXACT_DIGITS:
        raise InvalidValueError(f"has more than {_EXACT_DIGITS} digits")
    return number


def _boolean(field: Field, value: Json) -> Json:
    if isinstance(value, bool):
        return value
    raise InvalidValueError(f"must be {field.type}, not {_kind(value)}")


def _date(field: Field, value: Json) -> Json:
    try:
        # Python also reads weeks, as in 2026-W01-1.
        if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise InvalidValueError("must be a date as YYYY-MM-DD")


def _reference(field: Field, value: Json) -> Json:
    return internal_id(value)


def _any(field: Field, value: Json) -> Json:
    if isinstance(value, str):
        return _sane_text(value, field)
    if isinstance(value, bool):
        return value
    number = to_decimal(value)
    if number is None:
        raise InvalidValueError("must be text, a number, true, false or null")
    return _json_number(_exact(number))


_CHECKS = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _number,
    FieldType.INTEGER: _integer,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.REFERENCE: _reference,
    FieldType.ANY: _any,
}


def internal_id(value: Json) -> str:
    """Give a NetSuite internal id as text; numbers are taken too. Raises InvalidValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return str(int(value))
    raise InvalidValueError("must be an internal id: digits")


def to_decimal(value: object) -> Decimal | None:
    """Read a number, also one written as text; None for anything else, NaN and infinities."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = value.strip() if isinstance(value, str) else repr(value)
    if isinstance(value, str) and (len(text) > 40 or not _PLAIN_NUMBER.fullmatch(text)):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return _UNROUNDED.plus(_UNROUNDED.normalize(number)) if number.is_finite() else None


def _json_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def from_suiteql(field: Field, text: str | None) -> Json:
    """Read what SuiteQL answered for a field: always text, and absent when empty."""
    if text is None or text == "":
        return None
    if field.type is FieldType.BOOLEAN:
        return text == "T"
    if field.type in NUMERIC:
        number = to_decimal(text)
        return text if number is None else _json_number(number)
    return text


def same(field: Field, one: Json, other: Json) -> bool:
    """Tell whether two values of a field mean the same: 12.5 and "12.50" do, null and "" too."""
    if one in (None, "") or other in (None, ""):
        return one in (None, "") and other in (None, "")
    numeric = field.type in (*NUMERIC, FieldType.REFERENCE, FieldType.ANY)
    first, second = to_decimal(one), to_decimal(other)
    if numeric and first is not None and second is not None:
        return first == second
    return str(one) == str(other) if type(one) is not type(other) else one == other


def _kind(value: Json) -> str:
    if isinstance(value, str):
        return f"“{clean(value, limit=40)}”"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return "an array" if isinstance(value, list) else "an object"
    return str(value)[:40]
