"""The rules by which gaps become phases: read from `phases/rules.toml`, which people may edit."""

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nsconsole.mapping import TIERS, Parent
from nsconsole.services.errors import BadInputError
from nsconsole.services.workspace import Workspace

_BASE = Path(__file__).with_name("phases.toml")
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
_OF_PHASE = ("name", "title", "tables", "only", "fields", "order", "most_tables", "tier")
_OF_TABLE = ("key", "parent", "cursor", "tier")


class Only(StrEnum):
    """Which tables a phase is about."""

    MAPPED = "mapped"
    NEW = "new"


class Fields(StrEnum):
    """Which columns a table of the map gets."""

    STANDARD = "standard"
    CUSTOM = "custom"


class Order(StrEnum):
    """Which tables come first."""

    LISTED = "listed"
    USE = "use"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one sort of phase is about; None is no restriction."""

    name: str
    title: str
    tables: tuple[str, ...]
    most_tables: int
    only: Only | None = None
    fields: Fields | None = None
    order: Order = Order.LISTED
    tier: int | None = None

    def place_of(self, table: str) -> int | None:
        """Give the place of a table in the list; None if this is not about it."""
        places = (n for n, pattern in enumerate(self.tables) if fnmatchcase(table, pattern))
        return next(places, None)

    def takes(self, table: str, *, mapped: bool) -> bool:
        """Tell whether this is about a table."""
        if self.only is not None and mapped is not (self.only is Only.MAPPED):
            return False
        return self.place_of(table) is not None

    def takes_column(self, *, custom: bool, mapped: bool) -> bool:
        """Tell whether a column comes along."""
        return not mapped or self.fields is None or custom is (self.fields is Fields.CUSTOM)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the tables that fit a pattern."""

    pattern: str
    key: tuple[str, ...] = ()
    parent: Parent | None = None
    cursor: str | None = None
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, in their order."""

    phases: tuple[Rule, ...]
    most_tables: int
    tables: tuple[Known, ...] = field(default=())

    def known(self, table: str) -> Known:
        """Give what is known of a table; nothing for most."""
        found = (known for known in self.tables if fnmatchcase(table, known.pattern))
        return next(found, Known(table))


def load_rules(workspace: Workspace) -> Rules:
    """Read the workspace's rules; at the first use those that come with nsconsole are laid down.

    Raises BadInputError with a line for everything that is wrong.
    """
    file = rules_file(workspace)
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_bytes(_BASE.read_bytes())
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not text in UTF-8: {error}") from error
    try:
        return parse(text)
    except BadInputError as error:
        lines = [f"{file}: {line}" for line in str(error).splitlines()]
        raise BadInputError("\n".join(lines)) from error


def rules_file(workspace: Workspace) -> Path:
    """Where the workspace keeps its rules."""
    return workspace.settings.home / "phases" / "rules.toml"


def parse(text: str) -> Rules:
    """Read rules. Raises BadInputError with a line for everything that is wrong with them."""
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInputError(f"this is not TOML: {error}") from error
    problems: list[str] = []
    _check_words("", content, ("most_tables", "phase", "known"), problems)
    top = _Section("", content, problems)
    most = top.count("most_tables", 40)
    phases = content.get("phase")
    if not isinstance(phases, list) or not all(isinstance(each, dict) for each in phases):
        raise BadInputError("there is no [[phase]]")
    known = top.section("known")
    rules = Rules(
        tuple(_rule(each, place, most, problems) for place, each in enumerate(phases, 1)),
        most,
        tuple(_known(pattern, each, problems) for pattern, each in known.items()),
    )
    names = [rule.name for rule in rules.phases]
    problems += [f"two phases are named {n}" for n in sorted(set(names)) if names.count(n) > 1]
    if problems:
        raise BadInputError("\n".join(problems))
    return rules


def _rule(content: Mapping[str, Any], place: int, most: int, problems: list[str]) -> Rule:
    section = _Section(f"[[phase]] {content.get('name', place)}: ", content, problems)
    section.check(_OF_PHASE)
    name = section.text("name")
    if name and not _NAME.fullmatch(name):
        section.wrong("name", "must be of lower-case letters, digits and _, at most 60")
    only, fields = section.word("only", tuple(Only)), section.word("fields", tuple(Fields))
    return Rule(
        name=name,
        title=section.text("title"),
        tables=section.texts("tables"),
        most_tables=section.count("most_tables", most),
        only=Only(only) if only else None,
        fields=Fields(fields) if fields else None,
        order=Order(section.word("order", tuple(Order)) or Order.LISTED),
        tier=section.tier(),
    )


def _known(pattern: str, content: object, problems: list[str]) -> Known:
    name = f"[known.{pattern}] "
    if not isinstance(content, dict):
        problems.append(f"{name}must be a section of its own")
        content = {}
    section = _Section(name, content, problems)
    section.check(_OF_TABLE)
    parent = section.section("parent") if "parent" in content else None
    owner = None
    if parent is not None:
        part = _Section(f"{name}parent.", parent, problems)
        part.check(("table", "column"))
        owner = Parent(part.text("table"), part.text("column"))
    return Known(
        pattern,
        key=section.texts("key") if "key" in content else (),
        parent=owner,
        cursor=section.text("cursor") if "cursor" in content else None,
        tier=section.tier(),
    )


def _check_words(
    where: str, given: Collection[str], known: Sequence[str], problems: list[str]
) -> None:
    for word in given:
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1)
            hint = f"; did you mean “{near[0]}”?" if near else ""
            problems.append(f"{where}{word}: is not known{hint}")


@dataclass(frozen=True, slots=True)
class _Section:
    """A section of the text. What cannot be read goes to `problems`, and stands as nothing."""

    where: str
    content: Mapping[str, Any]
    problems: list[str]

    def check(self, known: Sequence[str]) -> None:
        _check_words(self.where, self.content, known, self.problems)

    def wrong(self, key: str, what: str) -> None:
        self.problems.append(f"{self.where}{key}: {what}")

    def section(self, key: str) -> Mapping[str, Any]:
        value = self.content.get(key, {})
        if isinstance(value, dict):
            return value
        self.wrong(key, "must be a section of its own")
        return {}

    def text(self, key: str) -> str:
        value = self.content.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.wrong(key, "is missing" if value is None else "must be text between quotes")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.content.get(key)
        if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            return tuple(value)
        self.wrong(key, "is missing" if value is None else 'must be a list, as ["id"]')
        return ()

    def word(self, key: str, known: Sequence[str]) -> str | None:
        value = self.content.get(key)
        if value is None or value in known:
            return value
        self.wrong(key, f"{value!r} is not one of {', '.join(known)}")
        return None

    def count(self, key: str, default: int) -> int:
        value = self.content.get(key, default)
        if type(value) is int and value > 0:
            return value
        self.wrong(key, "must be a whole number above 0")
        return default

    def tier(self) -> int | None:
        value = self.content.get("tier")
        if value is None or (type(value) is int and value in TIERS):
            return value
        self.wrong("tier", f"must be one of {', '.join(map(str, TIERS))}")
        return None
