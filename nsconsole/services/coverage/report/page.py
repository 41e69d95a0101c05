"""The page: one file that needs nothing beside it, whatever names NetSuite has in it."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nsconsole.services.coverage.report import words
from nsconsole.services.coverage.report.figures import Report, Standing
from nsconsole.services.coverage.report.trend import trend
from nsconsole.text import clean

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_FILTERS = (
    words.percent, words.percentage, words.of, words.number, words.counted, words.moment, words.day,
    words.trigger, words.reason, words.meaning, words.left_out, words.by_reason, words.about,
)  # fmt: skip


def page(report: Report) -> str:
    """Write the page.

    Every text in it is escaped, and what a reader could not see or would be misled by is replaced
    by a visible stand-in. The page may load nothing, and run nothing but its own script.
    """
    return _template().render(report=report, trend=trend(report.trend), domain_names=_names(report))


def _names(report: Report) -> list[str]:
    return sorted({table.domain for table in report.tables})


@cache
def _template() -> "Template":
    # Most runs write no page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {each.__name__: each for each in _FILTERS}
    style, script = (_resource(name) for name in ("page.css", "page.js"))
    environment.globals |= {
        "policy": _policy(style, script),
        "style": style,
        "script": script,
        "standings": list(Standing),
        "waiting": words.WAITING,
    }
    return environment.get_template("page.html")


def _shown(value: object) -> object:
    """Make a text safe to look at; to markup, which is ours, nothing is done."""
    return clean(value) if type(value) is str else value


def _resource(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
