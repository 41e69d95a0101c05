"""A query as values: the strategy makes it, the renderer writes it, the evaluation reads it."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Null:
    """The word NULL, or the empty text, which is the same to Oracle."""

    text: str = "NULL"


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or number; `bound` sends it as a parameter."""

    value: str | Decimal
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    source: str
    name: str
    qualified: bool = True


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Trim:
    """`TRIM(side 'mark' FROM operand)`."""

    side: str
    mark: str
    operand: Node


@dataclass(frozen=True, slots=True)
class AsLocal:
    """An instant where the other results of the expression are local times."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Case:
    subject: Node | None
    whens: tuple[tuple[Node, Node], ...]
    default: Node | None


@dataclass(frozen=True, slots=True)
class Scalar:
    select: Select


@dataclass(frozen=True, slots=True)
class Display:
    """`BUILTIN.DF(column)`."""

    column: Column


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`operand` None is the star of COUNT."""

    name: str
    operand: Node | None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    name: str
    operand: Node | None
    partition: tuple[Node, ...]
    order: tuple[Sort, ...]


@dataclass(frozen=True, slots=True)
class Rownum:
    pass


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: Node
    negated: bool


@dataclass(frozen=True, slots=True)
class Between:
    operand: Node
    low: Node
    high: Node
    negated: bool


@dataclass(frozen=True, slots=True)
class InList:
    operand: Node
    members: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class InSelect:
    operand: Node
    select: Select
    negated: bool


@dataclass(frozen=True, slots=True)
class Like:
    operand: Node
    pattern: Node
    escape: str | None
    negated: bool


@dataclass(frozen=True, slots=True)
class Logic:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node


@dataclass(frozen=True, slots=True)
class Exists:
    select: Select


@dataclass(frozen=True, slots=True)
class Position:
    """The number of an item in an ORDER BY."""

    number: int


@dataclass(frozen=True, slots=True)
class Alias:
    """The alias of an item in an ORDER BY."""

    name: str


@dataclass(frozen=True, slots=True)
class Sort:
    """`descending` None writes no word; `nulls` is FIRST, LAST or None."""

    by: Node
    descending: bool | None = None
    nulls: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    expression: Node
    alias: str | None


@dataclass(frozen=True, slots=True)
class Star:
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A table; its name is its alias if it has none."""

    table: str
    alias: str | None = None

    @property
    def name(self) -> str:
        return self.alias or self.table


@dataclass(frozen=True, slots=True)
class Derived:
    select: Select | Union
    alias: str

    @property
    def name(self) -> str:
        return self.alias


@dataclass(frozen=True, slots=True)
class Join:
    """`word` is what stands before the source, `,` included."""

    word: str
    source: Source | Derived
    on: Node | None = None


@dataclass(frozen=True, slots=True)
class Select:
    """`source` None is `dual`; `rownum` is the n of ROWNUM <= n."""

    items: tuple[Item | Star, ...]
    source: Source | Derived | None
    joins: tuple[Join, ...] = ()
    where: Node | None = None
    group: tuple[Node, ...] = ()
    having: Node | None = None
    order: tuple[Sort, ...] = ()
    distinct: bool = False
    top: int | None = None
    fetch: int | None = None
    rownum: int | None = None


@dataclass(frozen=True, slots=True)
class Union:
    word: str
    left: Select | Union
    right: Select
    order: tuple[Sort, ...] = ()


Node: TypeAlias = (
    Null | Literal | Column | Binary | Negative | Call | Trim | AsLocal | Case | Scalar | Display
    | Aggregate | Window | Rownum | Compare | IsNull | Between | InList | InSelect | Like | Logic
    | Not | Exists | Position | Alias
)  # fmt: skip
"""An expression or a condition."""


def walk(node: object) -> Iterator[object]:
    """The node and all within it, but not the queries nested in it."""
    if isinstance(node, tuple):
        for each in node:
            yield from walk(each)
    elif is_dataclass(node) and not isinstance(node, Select | Union):
        yield node
        for each in fields(node):
            yield from walk(getattr(node, each.name))
