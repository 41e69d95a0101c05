"""From a tree to the text of a query and its parameters."""

from __future__ import annotations

from decimal import Decimal

from . import tree

_OR, _AND, _NOT, _CONDITION, _SUM, _PRODUCT, _SIGN, _ATOM = range(1, 9)
_LEVELS = {"+": _SUM, "-": _SUM, "||": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def render(query, case=str):
    """The text and the parameters of a query; `case` is put to all that is not in quotes."""
    writer = _Writer()
    pieces = writer.query(query).split("'")
    words = (piece if number % 2 else case(piece) for number, piece in enumerate(pieces))
    return "'".join(words), writer.parameters


def number_text(value):
    """A number as SQL writes it."""
    return format(value, "f")


def _quoted(text):
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


class _Writer:
    """Writes in the order of the text, so that the parameters come in theirs."""

    def __init__(self):
        self.parameters = []
        self._writers = {
            tree.Null: lambda node: (node.text, _ATOM),
            tree.Literal: self._literal,
            tree.Column: lambda n: (f"{n.source}.{n.name}" if n.qualified else n.name, _ATOM),
            tree.Binary: self._binary,
            tree.Negative: lambda node: (f"-{self._at(node.operand, _ATOM)}", _SIGN),
            tree.Call: lambda node: (f"{node.name}({self._list(node.arguments)})", _ATOM),
            tree.Trim: lambda n: (
                f"TRIM({n.side} {_quoted(n.mark)} FROM {self._at(n.operand, _SUM)})",
                _ATOM,
            ),
            tree.AsLocal: lambda node: self._write(node.operand),
            tree.Case: self._case,
            tree.Scalar: lambda node: (f"({self.query(node.select)})", _ATOM),
            tree.Display: lambda n: (f"BUILTIN.DF({self._at(n.column, _ATOM)})", _ATOM),
            tree.Aggregate: self._aggregate,
            tree.Window: self._window,
            tree.Rownum: lambda node: ("ROWNUM", _ATOM),
            tree.Compare: lambda n: (
                f"{self._at(n.left, _SUM)} {n.operator} {self._at(n.right, _SUM)}",
                _CONDITION,
            ),
            tree.IsNull: lambda n: (
                f"{self._at(n.operand, _SUM)} IS {'NOT ' * n.negated}NULL",
                _CONDITION,
            ),
            tree.Between: self._between,
            tree.InList: lambda n: (
                f"{self._negatable(n)}IN ({self._list(n.members)})",
                _CONDITION,
            ),
            tree.InSelect: lambda n: (
                f"{self._negatable(n)}IN ({self.query(n.select)})",
                _CONDITION,
            ),
            tree.Like: self._like,
            tree.Logic: self._logic,
            tree.Not: lambda node: (f"NOT {self._at(node.operand, _CONDITION)}", _NOT),
            tree.Exists: lambda node: (f"EXISTS ({self.query(node.select)})", _CONDITION),
            tree.Position: lambda node: (str(node.number), _ATOM),
            tree.Alias: lambda node: (node.name, _ATOM),
        }

    def _write(self, node):
        return self._writers[type(node)](node)

    def _at(self, node, level):
        """The node as an operand of an operator of that level."""
        text, own = self._write(node)
        return text if own >= level else f"({text})"

    def _list(self, nodes):
        return ", ".join(self._at(node, _OR) for node in nodes)

    def _literal(self, node):
        if node.bound:
            value = node.value
            self.parameters.append(_json_number(value) if isinstance(value, Decimal) else value)
            return "?", _ATOM
        if isinstance(node.value, str):
            return _quoted(node.value), _ATOM
        return number_text(node.value), _SIGN if node.value < 0 else _ATOM

    def _binary(self, node):
        level = _LEVELS[node.operator]
        left = self._at(node.left, level)
        return f"{left} {node.operator} {self._at(node.right, level + 1)}", level

    def _case(self, node):
        subject = "" if node.subject is None else f" {self._at(node.subject, _SUM)}"
        whens = "".join(
            f" WHEN {self._at(when, _OR)} THEN {self._at(then, _SUM)}" for when, then in node.whens
        )
        default = "" if node.default is None else f" ELSE {self._at(node.default, _SUM)}"
        return f"CASE{subject}{whens}{default} END", _ATOM

    def _aggregate(self, node):
        inner = "*" if node.operand is None else self._at(node.operand, _SUM)
        return f"{node.name}({'DISTINCT ' * node.distinct}{inner})", _ATOM

    def _window(self, node):
        nothing = "*" if node.name == "COUNT" else ""
        operand = nothing if node.operand is None else self._at(node.operand, _SUM)
        partition = f"PARTITION BY {self._list(node.partition)}" if node.partition else ""
        inner = " ".join(part for part in (partition, self._order(node.order).lstrip()) if part)
        return f"{node.name}({operand}) OVER ({inner})", _ATOM

    def _negatable(self, node):
        """What stands before LIKE, IN or BETWEEN."""
        return f"{self._at(node.operand, _SUM)} {'NOT ' * node.negated}"

    def _between(self, node):
        operand = self._negatable(node)
        low = self._at(node.low, _SUM)
        return f"{operand}BETWEEN {low} AND {self._at(node.high, _SUM)}", _CONDITION

    def _like(self, node):
        operand = self._negatable(node)
        escape = "" if node.escape is None else f" ESCAPE {_quoted(node.escape)}"
        return f"{operand}LIKE {self._at(node.pattern, _SUM)}{escape}", _CONDITION

    def _logic(self, node):
        level = _AND if node.operator == "AND" else _OR
        left = self._at(node.left, level)
        return f"{left} {node.operator} {self._at(node.right, level)}", level

    def query(self, query):
        if isinstance(query, tree.Union):
            left = self.query(query.left)
            return f"{left} {query.word} {self.query(query.right)}{self._order(query.order)}"
        top = "" if query.top is None else f"TOP {query.top} "
        items = ", ".join(self._item(item) for item in query.items)
        start = "dual" if query.source is None else self._source(query.source)
        joins = "".join(self._join(join) for join in query.joins)
        tail = self._where(query) + self._grouping(query) + self._order(query.order)
        fetch = "" if query.fetch is None else f" FETCH FIRST {query.fetch} ROWS ONLY"
        return f"SELECT {top}{'DISTINCT ' * query.distinct}{items} FROM {start}{joins}{tail}{fetch}"

    def _item(self, item):
        if isinstance(item, tree.Star):
            return "*" if item.source is None else f"{item.source}.*"
        text = self._at(item.expression, _SUM)
        return text if item.alias is None else f"{text} AS {item.alias}"

    def _source(self, source):
        if isinstance(source, tree.Derived):
            return f"({self.query(source.select)}) {source.alias}"
        return source.table if source.alias is None else f"{source.table} {source.alias}"

    def _join(self, join):
        text = f"{'' if join.word == ',' else ' '}{join.word} {self._source(join.source)}"
        return text if join.on is None else f"{text} ON {self._at(join.on, _OR)}"

    def _where(self, query):
        conditions = [] if query.where is None else [self._at(query.where, _AND)]
        if query.rownum is not None:
            conditions.append(f"ROWNUM <= {query.rownum}")
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _grouping(self, query):
        group = f" GROUP BY {self._list(query.group)}" if query.group else ""
        having = "" if query.having is None else f" HAVING {self._at(query.having, _OR)}"
        return group + having

    def _order(self, order):
        return f" ORDER BY {', '.join(self._sort(each) for each in order)}" if order else ""

    def _sort(self, sort):
        way = {None: "", True: " DESC", False: " ASC"}[sort.descending]
        nulls = "" if sort.nulls is None else f" NULLS {sort.nulls}"
        return f"{self._at(sort.by, _SUM)}{way}{nulls}"


def _json_number(value):
    return int(value) if value == value.to_integral_value() else float(value)
