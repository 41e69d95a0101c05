"""A page of a SuiteQL result, as Oracle's REST query service gives it."""

from dataclasses import dataclass
from itertools import chain

from nsconsole.netsuite.answer import load_json

MAX_PAGE = 1000
"""The most rows that NetSuite puts on a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a result.

    Column names are in lower case and every value is text, as NetSuite sends them: numbers by
    their digits, booleans `T` and `F`. A column that is NULL is absent from its row. `total` counts
    the whole result. An empty page with `has_more` means that NetSuite gives no further rows of a
    result too large for offsets; ask by key ranges instead.
    """

    rows: list[dict[str, str]]
    total: int
    has_more: bool


def check_window(limit: int, offset: int) -> None:
    """Raise ValueError for a page that NetSuite refuses: it wants the offset divisible by limit."""
    if not 1 <= limit <= MAX_PAGE:
        raise ValueError(f"A page has 1 to {MAX_PAGE} rows, not {limit}.")
    if offset < 0 or offset % limit:
        raise ValueError(f"The offset {offset} is not a multiple of the page size {limit}.")


def load_page(body: bytes, *, offset: int) -> Page:
    """Read a page that was asked for at `offset`; raises ValueError if it is not one.

    NetSuite may say that nothing follows while it counts more rows than were seen, so both decide.
    """
    plain = _load_plain(body)
    match load_json(body) if plain is None else plain:
        case {
            "items": list(items),
            "totalResults": int(total),
            "hasMore": bool(has_more),
            **rest,
        } if total >= 0:
            _check_place(rest, rows=len(items), offset=offset)
            rows = [_row(item) for item in items] if plain is None else items
            return Page(rows, total, has_more or offset + len(rows) < total)
    raise ValueError("not a page of rows")


def _load_plain(body: bytes) -> object:
    """Parse a page whose rows can be handed out as they came; None if they need a closer look.

    Of 20,000 cells no single one is touched by Python here: that is four times as fast, and pages
    other than these are hardly ever seen. orjson is stricter than JSON asks, but makes a float of a
    whole number above 64 bits, so that no page with a number in a cell is plain.
    """
    import orjson  # late: a screen that counts pages parses none

    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    match payload:
        case {"items": list(items)} if set(map(type, items)) <= {dict}:
            return payload if _are_plain(items) else None
    return None


def _are_plain(items: list[dict[str, object]]) -> bool:
    """Whether all names are in lower case and all values text, once the empty "links" are gone."""
    for item in items:
        if item.get("links") == []:
            del item["links"]
    names = set().union(*items)
    kinds = set(map(type, chain.from_iterable(map(dict.values, items))))
    return kinds <= {str} and names == set(map(str.lower, names))


def _check_place(envelope: dict[object, object], *, rows: int, offset: int) -> None:
    if envelope.get("count", rows) != rows:
        raise ValueError("the page does not have as many rows as it counts")
    if envelope.get("offset", offset) != offset:
        raise ValueError("the page is not the one asked for")


def _row(item: object) -> dict[str, str]:
    match item:
        case dict(columns):
            return {
                name.lower(): _cell(value)
                for name, value in columns.items()
                # NetSuite puts an empty list "links" into every row, selected or not.
                if value is not None and (name != "links" or value != [])
            }
    raise ValueError("a row is not an object")


def _cell(value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "T" if value else "F"
        case int() | float():
            return str(value)
        case _:
            raise ValueError("a cell is neither text nor a number")
