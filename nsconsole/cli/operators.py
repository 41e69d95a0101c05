"""`operator add`, `list`, `disable` and `rotate`."""

from argparse import Namespace

from nsconsole.cli import output
from nsconsole.cli.session import authority, opened
from nsconsole.services.operators import (
    Operator,
    Role,
    add_operator,
    disable_operator,
    list_operators,
    rotate_token,
)


def operator(args: Namespace) -> int:
    """Do what `operator` was told to."""
    {"add": _add, "list": _list, "disable": _disable, "rotate": _rotate}[args.action](args)
    return 0


def _add(args: Namespace) -> None:
    with opened(args) as workspace:
        made = add_operator(workspace, authority(workspace, args), args.name, Role(args.role))
    _show(args, *made)


def _rotate(args: Namespace) -> None:
    with opened(args) as workspace:
        made = rotate_token(workspace, authority(workspace, args), args.name)
    _show(args, *made)


def _show(args: Namespace, who: Operator, token: str) -> None:
    if args.json:
        output.document({"operator": who.name, "role": who.role, "edit_token": token})
        return
    output.line(f"{who.name} ({who.role})")
    output.line(f"Edit token, shown this once: {token}")


def _list(args: Namespace) -> None:
    with opened(args) as workspace:
        everybody = list_operators(workspace)
    if args.json:
        output.document({"operators": [_described(who) for who in everybody]})
        return
    rows = [(w.name, w.role, w.login or "", "disabled" if w.disabled else "") for w in everybody]
    output.table(("OPERATOR", "ROLE", "LOGIN", ""), rows)


def _disable(args: Namespace) -> None:
    with opened(args) as workspace:
        who = disable_operator(workspace, authority(workspace, args), args.name)
    if args.json:
        output.document(_described(who))
    else:
        output.line(f"{who.name} is disabled.")


def _described(who: Operator) -> dict[str, object]:
    return {
        "operator": who.name,
        "role": who.role,
        "login": who.login,
        "disabled": who.disabled,
    }
