"""The map as text: TOML to read and to edit."""

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

from nsconsole.mapping import TIERS, Column, Kind, MappedTable, Mode, Parent
from nsconsole.services.errors import BadInputError
from nsconsole.services.sync.map_rules import broken_rules

_BASE = Path(__file__).with_name("base_map.toml")
_WORDS = ("key", "mode", "tier", "cursor", "tracked_as", "parent", "columns")
_WIDTH = 96  # characters of a line
_HEADER = """\
# What nsconsole mirrors of NetSuite. Names are NetSuite's, in lower case.
#
# key         the columns that tell a row from every other; each integer or text
# mode        incremental: what changed, by the cursor column
#             full: the whole table, each row written anew
#             snapshot-diff: the whole table, only what differs is written
# tier        minutes between two syncs: 5, 15 or 60
# cursor      the datetime column that moves with every change of a row
# tracked_as  the script ids under which deletedrecord tells of deleted rows
# parent      the table that owns the rows, and the column of theirs that names the owner
# columns     what is mirrored: integer, real, text, boolean, date or datetime
"""


def base_map() -> list[MappedTable]:
    """The map that a workspace begins with."""
    return parse(_BASE.read_text(encoding="utf-8"))


def render(tables: Sequence[MappedTable]) -> str:
    """Write tables as text that `parse` reads back as the same; the same tables, the same text."""
    return "\n".join([_HEADER, *("\n".join(_lines(table)) + "\n" for table in tables)])


def _lines(table: MappedTable) -> Iterator[str]:
    yield f"[{table.name}]"
    yield f"key = {_list(table.key)}"
    yield f'mode = "{table.mode}"'
    yield f"tier = {table.tier}"
    if table.cursor:
        yield f'cursor = "{table.cursor}"'
    if table.tracked_as:
        yield f"tracked_as = {_list(table.tracked_as)}"
    if table.parent:
        yield f'parent = {{ table = "{table.parent.table}", column = "{table.parent.column}" }}'
    yield f"[{table.name}.columns]"
    yield from (f'{column.name} = "{column.kind}"' for column in table.columns)


def _list(names: Sequence[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    if len(listed) <= _WIDTH:
        return f"[{listed}]"
    return "[\n" + fill(listed, _WIDTH, initial_indent="  ", subsequent_indent="  ") + ",\n]"


def parse(text: str) -> list[MappedTable]:
    """Read a whole map.

    Raises BadInputError with a line for everything that is wrong, naming section and key.
    """
    problems: list[str] = []
    tables = []
    for name, content in _tree(text).items():
        if isinstance(content, dict):
            tables.append(_Section(name, content, problems).table())
        else:
            problems.append(f"{name}: does not stand in the section of a table")
    if not tables and not problems:
        problems.append("there is no table in it")
    if problems:  # rules on what could not even be read would only repeat the complaint
        raise BadInputError("\n".join(problems))
    check_rules(tables)
    return tables


def check_rules(tables: Sequence[MappedTable]) -> None:
    """Raise BadInputError for a map that cannot be, with a line for every rule that it breaks."""
    if problems := broken_rules(tables):
        raise BadInputError("\n".join(problems))


def _tree(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"this is not TOML: {error}") from error
    except RecursionError as error:
        raise BadInputError("this is not a map: it is nested too deeply") from error


@dataclass(frozen=True, slots=True)
class _Section:
    """One table of the text. What cannot be read goes to `problems`, and stands as something."""

    name: str
    content: Mapping[str, object]
    problems: list[str]

    def table(self) -> MappedTable:
        content = self.content
        self._check_words("", content, _WORDS)
        return MappedTable(
            name=self.name,
            key=self._texts("key", content.get("key")),
            mode=Mode(self._word("mode", content.get("mode"), tuple(Mode))),
            tier=self._tier(content.get("tier")),
            cursor=self._text("cursor", content["cursor"]) if "cursor" in content else None,
            tracked_as=self._texts("tracked_as", content.get("tracked_as", [])),
            parent=self._parent(content["parent"]) if "parent" in content else None,
            columns=self._columns(content.get("columns")),
        )

    def _wrong(self, key: str, what: str) -> None:
        self.problems.append(f"[{self.name}] {key}: {what}")

    def _check_words(self, prefix: str, given: Collection[str], known: Sequence[str]) -> None:
        for word in given:
            if word not in known:
                self._wrong(prefix + word, f"is not known{_nearest(word, known)}")

    def _mapping(self, key: str, value: object) -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        self._wrong(key, "is missing" if value is None else "must be a section of its own")
        return {}

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            self._wrong(key, "is missing" if value is None else "must be text between quotes")
            return ""
        return value

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._wrong(key, "is missing" if value is None else 'must be a list, as ["id"]')
            return ()
        return tuple(value)

    def _word(self, key: str, value: object, known: Sequence[str]) -> str:
        if value in known:
            return str(value)
        word = self._text(key, value)
        if isinstance(value, str):
            self._wrong(key, f"“{word}” is not one of {', '.join(known)}{_nearest(word, known)}")
        return known[0]

    def _tier(self, value: object) -> int:
        if type(value) is int and value in TIERS:
            return value
        self._wrong("tier", f"must be one of {', '.join(map(str, TIERS))}")
        return TIERS[0]

    def _parent(self, value: object) -> Parent:
        content = self._mapping("parent", value)
        self._check_words("parent.", content, ("table", "column"))
        return Parent(
            self._text("parent.table", content.get("table")),
            self._text("parent.column", content.get("column")),
        )

    def _columns(self, value: object) -> tuple[Column, ...]:
        kinds = tuple(Kind)
        return tuple(
            Column(name, Kind(self._word(f"columns.{name}", kind, kinds)))
            for name, kind in self._mapping("columns", value).items()
        )


def _nearest(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean “{near[0]}”?" if near else ""
