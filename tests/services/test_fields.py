"""Fields: one form for each value, and refusal of everything else."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsconsole.services.actions.canonical import canonical_json, digest
from nsconsole.services.actions.fields import (
    Field,
    FieldType,
    InvalidValueError,
    check,
    from_suiteql,
    internal_id,
    same,
    to_decimal,
)
from nsconsole.services.actions.records import CONTACT, CUSTOMER, ITEM, VENDOR, VENDOR_BILL

MAPPED = [field for record in (VENDOR, CUSTOMER, CONTACT, ITEM) for field in record.fields] + [
    field for group in (VENDOR_BILL, *VENDOR_BILL.sublists) for field in group.fields
]
FIELDS = st.sampled_from([*MAPPED, Field("custom", FieldType.ANY, "custom")])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
NEAR_MISSES = (
    st.decimals(allow_nan=False, allow_infinity=False).map(str)
    | st.dates().map(str)
    | st.integers().map(str)
    | st.from_regex(r"[+-]?\d{0,20}\.?\d{0,20}", fullmatch=True)
)
MONEY = Field("cost", FieldType.MONEY, "cost", minimum=Decimal(0), maximum=Decimal(1000), places=2)


def kept(field, value):
    """The checked value, or None if it is refused."""
    try:
        return check(field, value)
    except InvalidValueError as error:
        reason = str(error)
    assert reason.isprintable()
    return None


@given(FIELDS, JSON | NEAR_MISSES)
def test_any_value_is_taken_or_refused_in_words_that_can_be_shown(field, value):
    kept(field, value)


@given(FIELDS, JSON | NEAR_MISSES)
def test_a_value_that_was_taken_is_taken_again_as_it_is(field, value):
    once = kept(field, value)
    if once is not None:
        assert check(field, once) == once
        assert same(field, once, value)


@given(FIELDS, JSON | NEAR_MISSES)
def test_a_value_that_was_taken_survives_storage(field, value):
    once = kept(field, value)
    assert json.loads(canonical_json(once)) == once


@given(FIELDS, JSON | NEAR_MISSES)
def test_netsuites_text_of_a_value_reads_as_the_same_value(field, value):
    once = kept(field, value)
    text = {True: "T", False: "F"}[once] if isinstance(once, bool) else str(once)
    if once not in (None, "") and field.type is not FieldType.ANY:
        assert same(field, from_suiteql(field, text), once)


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (FieldType.MONEY, "12.50", 12.5),
        (FieldType.MONEY, 12.0, 12),
        (FieldType.MONEY, " 7 ", 7),
        (FieldType.MONEY, -0.0, 0),
        (FieldType.INTEGER, "30", 30),
        (FieldType.BOOLEAN, False, False),
        (FieldType.DATE, "2026-02-28", "2026-02-28"),
        (FieldType.REFERENCE, 42, "42"),
        (FieldType.REFERENCE, "0042", "42"),
        (FieldType.TEXT, "[red]literal[/red]", "[red]literal[/red]"),
        (FieldType.ANY, 0.1, 0.1),
        (FieldType.ANY, None, None),
    ],
)
def test_a_value_is_kept_in_one_form(type_, value, expected):
    field = Field("f", type_, "f", places=2)
    found = check(field, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (MONEY, "12,50", "must be a number, not “12,50”"),
        (MONEY, True, "must be a number, not true"),
        (MONEY, -0.01, "must be at least 0"),
        (MONEY, 1000.01, "must be at most 1,000"),
        (MONEY, 0.001, "has more than 2 decimal places"),
        (MONEY, "1.0000000000000000000000000000001", "digits"),
        (MONEY, float("inf"), "must be a number"),
        (MONEY, float("nan"), "must be a number"),
        (MONEY, [], "must be a number, not an array"),
        (Field("f", FieldType.INTEGER, "f"), 1.5, "must be a whole number"),
        (Field("f", FieldType.INTEGER, "f"), 1234567890123456, "has more than 15 digits"),
        (Field("f", FieldType.BOOLEAN, "f"), "T", "must be true or false, not “T”"),
        (Field("f", FieldType.BOOLEAN, "f"), 1, "must be true or false, not 1"),
        (Field("f", FieldType.DATE, "f"), "2026-02-30", "must be a date as YYYY-MM-DD"),
        (Field("f", FieldType.DATE, "f"), "2026-W01-1", "must be a date as YYYY-MM-DD"),
        (Field("f", FieldType.DATE, "f"), "20260228", "must be a date as YYYY-MM-DD"),
        (Field("f", FieldType.REFERENCE, "f"), "Net 30", "must be an internal id"),
        (Field("f", FieldType.REFERENCE, "f"), True, "must be an internal id"),
        (Field("f", FieldType.REFERENCE, "f"), "1 OR 1=1", "must be an internal id"),
        (Field("f", FieldType.REFERENCE, "f"), "４２", "must be an internal id"),
        (Field("f", FieldType.TEXT, "f"), 5, "must be text, not 5"),
        (Field("f", FieldType.TEXT, "f", max_length=3), "four", "is 4 characters long; at most 3"),
        (Field("f", FieldType.TEXT, "f"), "a\x1b[2J", "holds control characters"),
        (Field("f", FieldType.TEXT, "f"), "a\u202eb", "holds control characters"),
        (Field("f", FieldType.TEXT, "f"), "\ud800", "holds control characters"),
        (Field("f", FieldType.TEXT, "f", required=True), "  ", "must not be empty"),
        (Field("f", FieldType.TEXT, "f", required=True), None, "must not be empty"),
        (Field("f", FieldType.ANY, "f"), {"a": 1}, "must be text, a number, true, false or null"),
        (Field("f", FieldType.ANY, "f"), 1e999, "must be text, a number, true, false or null"),
        (Field("f", FieldType.ANY, "f"), 10**400 + 1, "has more than 15 digits"),
        (Field("f", FieldType.ANY, "f"), "\x9b", "holds control characters"),
    ],
)
def test_a_value_that_a_field_cannot_take_is_refused_with_the_reason(field, value, message):
    with pytest.raises(InvalidValueError) as caught:
        check(field, value)
    assert message in str(caught.value)


def test_the_reason_never_repeats_a_control_character():
    with pytest.raises(InvalidValueError) as caught:
        check(MONEY, "\x1b]0;pwned\x07")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("type_", "one", "other", "alike"),
    [
        (FieldType.MONEY, 12.5, "12.50", True),
        (FieldType.MONEY, 12.5, 12.51, False),
        (FieldType.MONEY, None, 0, False),
        (FieldType.TEXT, None, "", True),
        (FieldType.TEXT, "7", "7.0", False),
        (FieldType.REFERENCE, "5", 5, True),
        (FieldType.BOOLEAN, True, False, False),
        (FieldType.ANY, "3.0", 3, True),
    ],
)
def test_values_are_compared_by_what_they_mean(type_, one, other, alike):
    assert same(Field("f", type_, "f"), one, other) is alike
    assert same(Field("f", type_, "f"), other, one) is alike


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_an_internal_id_is_the_same_as_number_and_as_text(number):
    assert internal_id(number) == internal_id(str(number)) == str(number)


@given(st.text() | st.floats() | st.integers())
def test_a_number_is_read_exactly_or_not_at_all(value):
    number = to_decimal(value)
    if number is not None:
        assert number == Decimal(str(value).strip())


OBJECTS = st.dictionaries(st.text(), st.none() | st.integers() | st.text(), max_size=5)


@given(OBJECTS)
def test_a_digest_does_not_depend_on_the_order_of_keys(value):
    assert digest(dict(reversed(value.items()))) == digest(value)


@given(OBJECTS, OBJECTS)
def test_different_values_have_different_digests(one, other):
    if any(0xD800 <= ord(char) < 0xE000 for char in canonical_json([one, other])):
        return  # no text that is taken holds half of a surrogate pair
    assert (digest(one) == digest(other)) is (one == other)


def test_only_a_field_of_several_lines_takes_line_breaks():
    text = "a@b.example\nBcc: somebody"
    assert check(Field("comments", FieldType.TEXT, "comments", multiline=True), text) == text
    for single in (text, "a\tb", "a\rb"):
        with pytest.raises(InvalidValueError, match="control characters"):
            check(Field("email", FieldType.TEXT, "e-mail"), single)
