"""The grammar of the command line; it imports next to nothing, so help and version come at once."""

import argparse
import sys
from collections.abc import Sequence

from nsconsole import __version__
from nsconsole.cli.grammar.commands import Commands, Parser, UsageError, add_global_flags
from nsconsole.cli.grammar.coverage import add_coverage
from nsconsole.cli.grammar.mirror import add_mirror
from nsconsole.cli.grammar.practice import add_demo, add_sandbox
from nsconsole.cli.grammar.pushes import add_proposals, add_queue
from nsconsole.cli.grammar.workspace import add_audit_trail, add_operators, add_workspace

__all__ = ["UsageError", "build", "parse"]

_EPILOG = """\
exit codes:
  0    done
  1    done in part, or failed
  2    wrong usage or bad input; nothing was stored
  3    refused: role, edit token, own proposal, or the claim was already taken
  4    NetSuite cannot be reached, or refuses the credentials
  130  interrupted

environment:
  NSCONSOLE_HOME           the workspace, unless --home names it
  NSCONSOLE_DATABASE_URL   its database, unless it is the workspace's own
  NSCONSOLE_ACCOUNT        NetSuite account id, e.g. 1234567_SB1
  NSCONSOLE_NETSUITE_URL   one base URL in place of NetSuite's hosts: a sandbox, a proxy
  NSCONSOLE_CONSUMER_KEY, _CONSUMER_SECRET, _TOKEN_ID, _TOKEN_SECRET
                           an access token (TBA); else what is in the system keyring
  NSCONSOLE_CLIENT_ID, _CERTIFICATE_ID, _PRIVATE_KEY_FILE
                           a certificate (OAuth 2.0), which goes before a token
  NSCONSOLE_OPERATOR       who decides; else the operator whose login is yours
  NSCONSOLE_EDIT_TOKEN     the token that lets them

Secrets have no flags: a flag can be read in the list of processes.
Shell completion: nsconsole completion bash > ~/.local/share/bash-completion/completions/nsconsole
"""


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse a command line, `sys.argv` unless given.

    `command` is None for the screens. Raises SystemExit: 0 after help and version, 2 after it has
    said what is wrong.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        parser = build()
        args = parser.parse_args(words)
        if args.json and args.command in {None, "demo"}:
            parser.error("--json is for commands that print; the screens have none")
    except UsageError as error:
        from nsconsole.cli import output  # only for errors

        output.fail(str(error), code=2, as_json="--json" in words, usage=error.usage)
        raise SystemExit(2) from None
    return args


def build() -> argparse.ArgumentParser:
    """Make the parser of all commands."""
    parser = Parser(
        prog="nsconsole",
        description="Approve NetSuite writes at the keyboard, each applied exactly once. "
        "Without a command it opens the screens.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"nsconsole {__version__}")
    parser.set_defaults(home=None, json=False)
    add_global_flags(parser)
    commands = Commands(parser, dest="command", required=False)
    add_demo(commands)
    add_proposals(commands)
    add_queue(commands)
    add_mirror(commands)
    add_coverage(commands)
    add_workspace(commands)
    add_operators(commands)
    add_audit_trail(commands)
    add_sandbox(commands)
    _add_completion(commands)
    return parser


def _add_completion(commands: Commands) -> None:
    completion = commands.add("completion", "print a shell's completion script")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell")
