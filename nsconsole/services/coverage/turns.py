"""When a table's turn comes: the first rule of the phases that is about it, from 0."""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import lru_cache

from nsconsole.services.errors import BadInputError
from nsconsole.services.phases.rules import Rule, load_rules
from nsconsole.services.workspace import Workspace

Turn = Callable[[str], int]


def turns(workspace: Workspace, *, mapped: bool, custom: bool) -> Turn:
    """Give what tells the turn of columns, custom ones or not, by the name of their table.

    What no rule is about comes after all others; so does everything while the rules are broken,
    which is for planning to complain of.
    """
    try:
        rules = load_rules(workspace).phases
    except BadInputError:
        rules = ()
    return _turn(rules, mapped=mapped, custom=custom)


@lru_cache(maxsize=8)
def _turn(rules: Sequence[Rule], *, mapped: bool, custom: bool) -> Turn:
    # One expression with a group for each rule: the first that matches is the one.
    groups = [
        f"(?P<turn_{place}>{'|'.join(map(translate, rule.tables))})"
        for place, rule in enumerate(rules)
        if rule.only in (None, "mapped" if mapped else "new")
        and rule.takes_column(custom=custom, mapped=mapped)
    ]
    pattern = re.compile("|".join(groups)) if groups else None

    @lru_cache(maxsize=4096)
    def turn(table: str) -> int:
        found = pattern.match(table) if pattern else None
        return (
            int(found.lastgroup.removeprefix("turn_")) if found and found.lastgroup else len(rules)
        )

    return turn
