"""What every command begins with: the workspace, and who gives the command."""

import getpass
import os
import sys
from argparse import Namespace
from contextlib import closing

from nsconsole.services.operators import Authority, authenticate, whoami
from nsconsole.services.workspace import Workspace, open_workspace
from nsconsole.settings import load_settings


def opened(args: Namespace) -> closing[Workspace]:
    """Open the command's workspace for a `with` block. Raises SettingsError or DatabaseError."""
    settings = load_settings(os.environ, home=args.home)
    return closing(open_workspace(settings, environ=os.environ))


def authority(workspace: Workspace, args: Namespace) -> Authority:
    """Check the edit token from the environment, or asked for on a terminal.

    Raises RefusedError.
    """
    operator = whoami(workspace)
    token = os.environ.get("NSCONSOLE_EDIT_TOKEN", "").strip()
    if operator and not token and may_ask(args):
        token = ask_secret(f"Edit token of {operator.name}: ")
    return authenticate(workspace, operator, token)


def may_ask(args: Namespace) -> bool:
    """Tell whether somebody is there to answer questions."""
    return not args.json and sys.stdin is not None and sys.stdin.isatty()


def ask_secret(prompt: str) -> str:
    """Ask for a secret without echo; empty if the person ends the input instead."""
    try:
        return getpass.getpass(prompt).strip()
    except EOFError:
        return ""
