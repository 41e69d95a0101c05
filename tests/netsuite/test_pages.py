"""Pages of rows: whichever way they are parsed, they say the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsconsole.netsuite.suiteql import Page, load_page


def body(items, **envelope):
    page = {"links": [], "count": len(items), "hasMore": False, "offset": 0,
            "totalResults": len(items), **envelope, "items": items}  # fmt: skip
    return json.dumps(page).encode()


def text_of(value):
    """A cell as the text that its JSON literal stands for."""
    if isinstance(value, bool):
        return "T" if value else "F"
    halves_apart = value if isinstance(value, str) else str(value)
    return halves_apart.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def expected(items):
    return [
        {
            text_of(name).lower(): text_of(value)
            for name, value in item.items()
            if value is not None and not (name == "links" and value == [])
        }
        for item in items
    ]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
NAMES = st.sampled_from(["id", "ID", "links", "email", "custbody_1", "ß", "İ"]) | TEXTS
PLAIN_ROWS = st.dictionaries(st.sampled_from(["id", "links", "email", "custbody_1"]), TEXTS)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
CELLS = TEXTS | NUMBERS | st.none() | st.booleans()
ANY_ROWS = st.dictionaries(NAMES, CELLS)


@given(st.lists(st.tuples(PLAIN_ROWS | ANY_ROWS, st.booleans()), max_size=6))
def test_a_page_says_what_its_json_says(rows):
    items = [{"links": [], **row} if linked else row for row, linked in rows]
    assert load_page(body(items), offset=0) == Page(expected(items), len(items), has_more=False)


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551615", "18446744073709551615"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("-123456789012345678901234567890", "-123456789012345678901234567890"),
        ("0.1", "0.1"),
        ('"\\ud800"', "\ufffd"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\u0000"', "\0"),
        ("true", "T"),
    ],
)
def test_no_literal_loses_anything(literal, text):
    answer = body([{"links": [], "id": "@", "other": "x"}]).replace(b'"@"', literal.encode())
    assert load_page(answer, offset=0).rows == [{"id": text, "other": "x"}]


def test_a_byte_order_mark_does_not_matter():
    assert load_page(b"\xef\xbb\xbf" + body([{"id": "1"}]), offset=0).rows == [{"id": "1"}]


@pytest.mark.parametrize(
    "literal", ["NaN", "Infinity", "-Infinity", "1e999", "[]", "{}", '["a"]', "", '"\x01"', "tru"]
)
def test_a_cell_that_is_none_spoils_the_page(literal):
    answer = body([{"id": "1"}, {"id": "@"}]).replace(b'"@"', literal.encode())
    with pytest.raises(ValueError, match=r".") as caught:
        load_page(answer, offset=0)
    assert not isinstance(caught.value, UnicodeEncodeError)


@pytest.mark.parametrize(
    "items", [[7], [None], ["id"], [["id"]], [{"id": "1"}, []], [{"id": "1"}, "links"]], ids=str
)
def test_a_row_that_is_no_object_spoils_the_page(items):
    with pytest.raises(ValueError, match="a row is not an object"):
        load_page(body(items), offset=0)


def test_names_are_in_lower_case_however_they_came():
    items = [{"id": "1"}, {"ID": "2", "Email": "x"}]
    assert load_page(body(items), offset=0).rows == [{"id": "1"}, {"id": "2", "email": "x"}]


def test_a_column_that_is_called_links_is_one_like_others():
    items = [{"links": "yes", "id": "1"}, {"links": [], "id": "2"}]
    assert load_page(body(items), offset=0).rows == [{"links": "yes", "id": "1"}, {"id": "2"}]
