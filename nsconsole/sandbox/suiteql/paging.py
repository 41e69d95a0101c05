"""Pages of an answer: which one is wanted, how far pages reach, the links between them.

Source: Oracle, "Collection Paging".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.forms import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.behaviour import Behaviour

LARGEST_PAGE = 1000
MOST_PAGES = 1000
_MOST_ROWS = {False: 100_000, True: 1_000_000}  # without and with SuiteAnalytics Connect


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows are wanted, and the query string in which the client said so."""

    limit: int
    offset: int
    asked: str


def page_of(parameters: Mapping[str, str], behaviour: Behaviour) -> Page:
    """The page that the query parameters ask for; those that it does not know do not matter.

    Raises:
        Refusal: there is no such page.
    """
    limit = _whole("limit", parameters.get("limit", str(LARGEST_PAGE)))
    offset = _whole("offset", parameters.get("offset", "0"))
    if not 1 <= limit <= LARGEST_PAGE:
        raise _bad("limit", f"It must be between 1 and {LARGEST_PAGE}.")
    if offset % limit:
        raise _bad("offset", "It must be divisible by the limit.")
    asked = [f"{name}={parameters[name]}" for name in ("limit", "offset") if name in parameters]
    page = Page(limit, offset, "&".join(asked))
    if behaviour.past_limit == "error" and offset >= reach(page, behaviour):
        raise _bad("offset", f"Only {reach(page, behaviour)} results can be returned.")
    return page


def reach(page: Page, behaviour: Behaviour) -> int:
    """How many rows pages of that size can reach."""
    return min(MOST_PAGES * page.limit, _MOST_ROWS[behaviour.connect])


def has_more(page: Page, count: int, total: int, behaviour: Behaviour) -> bool:
    """Whether there is another page.

    Where the pages end before the rows do, NetSuite either says that there is none, or there is
    one and it is an error.
    """
    behind = page.offset + count
    if behaviour.past_limit == "stop" and behind >= reach(page, behaviour):
        return False
    return behind < total


def links(
    address: str, page: Page, total: int, behaviour: Behaviour, *, more: bool
) -> dict[str, str]:
    """The neighbouring pages: next and last unless this is the last, prev and first likewise.

    NetSuite gives a page's own address as it was asked for: with a limit alone, or with neither.
    """

    def at(offset: int) -> str:
        return f"{address}?limit={page.limit}&offset={offset}"

    reachable = min(total, reach(page, behaviour))
    last = max(0, (reachable - 1) // page.limit * page.limit)
    found: dict[str, str] = {}
    if page.offset:
        found |= {"prev": at(page.offset - page.limit), "first": at(0)}
    if more:
        found |= {"next": at(page.offset + page.limit), "last": at(last)}
    return {**found, "self": f"{address}?{page.asked}" if page.asked else address}


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _bad(name, "It must be a whole number.")
    return int(text)


def _bad(name: str, why: str) -> Refusal:
    return Refusal(
        400,
        "INVALID_PARAMETER",
        f"Invalid value for the query parameter {name}. {why}",
        about={"o:errorQueryParam": name},
    )
