"""`init` and `doctor`."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from nsconsole.cli import output
from nsconsole.cli.session import ask_secret, may_ask
from nsconsole.services import doctor as doctor_service
from nsconsole.services.credentials import OAUTH2_NAMES, TBA_NAMES
from nsconsole.services.doctor import NETSUITE_CHECKS, Check, CheckState
from nsconsole.services.errors import BadInputError
from nsconsole.services.operators import os_login
from nsconsole.services.setup import (
    NewWorkspace,
    Plan,
    check_plan,
    make_workspace,
    needs_credentials,
    refuse_initialised,
)
from nsconsole.settings import Settings, load_settings

_MARKS = {CheckState.OK: "ok", CheckState.FAILED: "FAILED", CheckState.NOT_CHECKED: "not checked"}


def init(args: Namespace) -> int:
    """Make a workspace."""
    settings = load_settings(os.environ, home=args.home)
    refuse_initialised(settings)
    plan = _asked(args, settings) if may_ask(args) else _given(args, settings)
    made = make_workspace(settings, plan, environ=os.environ)
    if args.json:
        output.document(
            {
                "home": str(made.home),
                "operator": made.operator.name,
                "role": made.operator.role,
                "edit_token": made.edit_token,
                "account": made.account,
                "restlet": made.restlet,
            }
        )
    else:
        _show(made)
    return 0


def _given(args: Namespace, settings: Settings) -> Plan:
    return Plan(
        operator=args.operator or settings.operator or os_login(),
        login=os_login(),
        account=args.account or settings.account,
        netsuite_url=args.netsuite_url or settings.netsuite_url,
    )


def _asked(args: Namespace, settings: Settings) -> Plan:
    given = _given(args, settings)
    named = args.operator or settings.operator
    operator = named or _ask(f"Operator's name [{given.operator}]: ") or given.operator
    account = given.account or _ask("NetSuite account id, or nothing to set it up later: ") or None
    plan = Plan(operator, given.login, account, given.netsuite_url)
    check_plan(settings, plan)
    if not needs_credentials(plan, os.environ):
        return plan
    return Plan(operator, given.login, account, given.netsuite_url, _asked_credentials())


def _asked_credentials() -> dict[str, str]:
    file = _ask("Private key file of an OAuth 2.0 certificate, or nothing for an access token: ")
    path = str(Path(file).expanduser().absolute()) if file else ""
    names = OAUTH2_NAMES[:2] if file else TBA_NAMES
    typed = {name: ask_secret(f"{name.replace('_', ' ').capitalize()}: ") for name in names}
    return {**typed, "private_key_file": path} if file else typed


def _ask(prompt: str) -> str:
    print(prompt, end="", file=sys.stderr, flush=True)
    try:
        return input().strip()
    except EOFError:
        raise BadInputError("the questions were not answered; nothing was made") from None


def _show(made: NewWorkspace) -> None:
    who = made.operator
    output.line(f"Workspace: {made.home}")
    output.line(f"Operator: {who.name} ({who.role}), who is the login {who.login}")
    if made.account:
        output.line(f"NetSuite: account {made.account} answers, RESTlet {made.restlet}")
    else:
        output.line(
            "NetSuite: not set up yet. Set NSCONSOLE_ACCOUNT, or account in config.toml, and the "
            "credentials in the environment; `nsconsole doctor` checks them"
        )
    output.line(f"Edit token, shown this once: {made.edit_token}")
    output.line("It lets you decide. Keep it; commands read it from NSCONSOLE_EDIT_TOKEN.")


def doctor(args: Namespace) -> int:
    """Check everything."""
    checks = doctor_service.check(os.environ, home=args.home, login=os_login())
    if args.json:
        found = [{"name": c.name, "ok": c.ok, "detail": c.detail, "state": c.state} for c in checks]
        output.document({"checks": found})
    else:
        for check in checks:
            output.line(f"{_MARKS[check.state]:11}  {check.name:11}  {check.detail}")
    return _exit_code(checks)


def _exit_code(checks: list[Check]) -> int:
    failed = {check.name for check in checks if check.state is CheckState.FAILED}
    if failed & set(NETSUITE_CHECKS):
        return 4
    return 1 if failed else 0
