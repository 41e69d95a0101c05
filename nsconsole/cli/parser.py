"""The grammar of the command line; it imports next to nothing, so help and version come at once."""

import argparse
import sys
from collections.abc import Sequence

from nsconsole import __version__

TYPE_CHECKING = False  # type checkers know the name; `typing` and `pathlib` would cost a third
if TYPE_CHECKING:
    from pathlib import Path
    from typing import NoReturn

_LARGEST = 2**63 - 1  # what a database's integer holds
# How shtab completes the name of a file or folder, by shell.
_FILES = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}
_FOLDERS = {"bash": "_shtab_compgen_dirs", "zsh": "_files -/", "tcsh": "d"}

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
_DECIDE_EPILOG = """\
Each proposal is decided once, by whoever is first. Needs the role reviewer or admin and the edit
token (NSCONSOLE_EDIT_TOKEN; on a terminal it is asked for). Approving puts a push on the queue;
`nsconsole drain` sends it.

exit codes: 0 all were decided by this call; 3 some were taken already or are your own; 2 none was
decided, since there are no such proposals; 1 some were decided, the others do not exist.
"""
_UNDO_EPILOG = """\
An approval waits some seconds before it is sent (`approvals.undo_seconds` in config.toml, by risk);
until then whoever gave it, or an admin, can take it back, and its proposal is pending again. Needs
the edit token (NSCONSOLE_EDIT_TOKEN; on a terminal it is asked for).

exit codes: 0 all were taken back; 3 some were not, since it is too late or they are another's.
"""
_CHANGE_EPILOG = """\
Needs the role reviewer or admin and the edit token (NSCONSOLE_EDIT_TOKEN; on a terminal it is asked
for). What is on its way to NetSuite is not reached any more.

exit codes: 0 all were changed; 3 some were not, and why is said of each.
"""
_REPLAY_EPILOG = """\
What may have been done goes under the same request id, so that NetSuite does it once at most. Of
many, the first goes alone: the others wait until it is applied, and rest again if it is not. Needs
the role admin and the edit token (NSCONSOLE_EDIT_TOKEN; on a terminal it is asked for).
"""
_EDIT_LETTER_EPILOG = """\
The new proposal is compared with what NetSuite holds now, and waits in the inbox for a decision;
you are its author. Needs the role admin and the edit token.
"""
_LOG_EPILOG = """\
With --json it prints one document; with --follow --json one object a line, as they come.
"""
_EDIT_EPILOG = """\
Opens VISUAL or EDITOR on the map, shows what would change, and asks. What is wrong with it stands
in the file as comments, and the editor is opened again. With --file nothing is asked. A table that
is left out is no longer mirrored; the rows that it has stay. Needs the role admin and the edit
token (NSCONSOLE_EDIT_TOKEN; on a terminal it is asked for).
"""
_WORKER_EPILOG = """\
It shares the work with the screens and other workers of the workspace. It says on stderr what it
does, a line for each event, and with --json prints one document once it runs. SIGTERM ends it with
exit code 0, Ctrl-C with 130; a pull that is under way goes on from its last page the next time.
"""
_VERIFY_EPILOG = """\
Whoever owns the database's file could forge the whole trail anew. So note the head that this
prints, now and then, where they cannot reach it: `verify --head HASH` finds it again only in the
trail that it was of.

exit codes: 0 sound; 1 not, and the first entry that is wrong is named.
"""
_INIT_EPILOG = """\
On a terminal it asks for what is not given. Credentials, of a certificate (OAuth 2.0) or of an
access token (TBA), are asked for without echo and kept in the system keyring; they have no flags,
since a flag can be read in the list of processes. Without a terminal they come from
NSCONSOLE_CLIENT_ID, NSCONSOLE_CERTIFICATE_ID and NSCONSOLE_PRIVATE_KEY_FILE, or from
NSCONSOLE_CONSUMER_KEY, NSCONSOLE_CONSUMER_SECRET, NSCONSOLE_TOKEN_ID and NSCONSOLE_TOKEN_SECRET,
and stay there. They are tested before anything is made. Without an account the workspace is made,
and NetSuite is set up later.
"""


class UsageError(Exception):
    """A command line that does not follow the grammar; `usage` is the command's."""

    def __init__(self, usage: str, message: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> "NoReturn":
        raise UsageError(self.format_usage(), message)


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
    parser = _Parser(
        prog="nsconsole",
        description="Approve NetSuite writes at the keyboard, each applied exactly once. "
        "Without a command it opens the screens.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"nsconsole {__version__}")
    parser.set_defaults(home=None, json=False)
    _add_global_flags(parser)
    commands = _Commands(parser, dest="command", required=False)
    _add_screens(commands)
    _add_proposals(commands)
    _add_queue(commands)
    _add_mirror(commands)
    _add_workspace(commands)
    _add_operators(commands)
    _add_audit_trail(commands)
    _add_sandbox(commands)
    _add_completion(commands)
    return parser


class _Commands:
    """The commands of a parser; each takes the global flags too."""

    def __init__(self, parser: argparse.ArgumentParser, *, dest: str, required: bool) -> None:
        self._choices = parser.add_subparsers(dest=dest, required=required, metavar="COMMAND")

    def add(self, name: str, sentence: str, epilog: str = "") -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = self._choices.add_parser(
            name,
            help=sentence,
            description=f"{sentence[:1].upper()}{sentence[1:]}.",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        _add_global_flags(parser)
        return parser


def _add_global_flags(parser: argparse.ArgumentParser) -> None:
    # Suppressed defaults: a flag before the command outlives the command's own parser.
    home = parser.add_argument(
        "--home",
        type=_path,
        metavar="PATH",
        default=argparse.SUPPRESS,
        help="the workspace's folder",
    )
    _completed_by(home, _FOLDERS)
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print one JSON document on stdout and nothing else there",
    )


def _add_screens(commands: _Commands) -> None:
    demo = commands.add("demo", "the screens on a demo workspace and a simulated NetSuite")
    demo.add_argument("--fresh", action="store_true", help="begin anew, without the last demo")


def _add_proposals(commands: _Commands) -> None:
    propose = commands.add("propose", "stage one proposal, or a JSON array of them: all or none")
    file = propose.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="a JSON file; - or nothing for stdin"
    )
    _completed_by(file, _FILES)
    inbox = commands.add("inbox", "list proposals, the newest first")
    inbox.add_argument(
        "--status",
        default="pending",
        choices=("pending", "approved", "rejected", "withdrawn", "expired", "all"),
        help="which ones (default: pending)",
    )
    _add_limit(inbox, "list at most N")
    decide = commands.add("decide", "approve or reject proposals", _DECIDE_EPILOG)
    decide.add_argument("verdict", choices=("approve", "reject"), help="what you decide")
    decide.add_argument("ids", nargs="+", type=_count, metavar="ID", help="proposals, by id")
    decide.add_argument("--reason", default="", metavar="TEXT", help="why; kept with the decision")


def _add_queue(commands: _Commands) -> None:
    drain = commands.add("drain", "send what was approved to NetSuite, now")
    _add_limit(drain, "send at most N pushes")
    _add_pushes(commands)
    undo = commands.add("undo", "take approvals back that were not sent yet", _UNDO_EPILOG)
    undo.add_argument("ids", nargs="+", type=_count, metavar="ID", help="proposals, by id")
    _add_dead_letters(commands)
    _add_breaker(commands)


def _add_pushes(commands: _Commands) -> None:
    queue = commands.add("queue", "list pushes, the newest first, or change what waits")
    queue.set_defaults(status=None, limit=None)
    actions = _Commands(queue, dest="action", required=False)
    for listed in (queue, actions.add("list", "list them, the newest first")):
        listed.add_argument(
            "--status",
            choices=("queued", "in_flight", "applied", "dead", "cancelled"),
            default=argparse.SUPPRESS,
            help="only those of one status",
        )
        _add_limit(listed, "list at most N", default=argparse.SUPPRESS)
    for name, sentence in (
        ("hold", "do not send them until they are released"),
        ("release", "let held ones go"),
        ("first", "let them go before all others"),
        ("cancel", "never send them, and withdraw their proposals"),
    ):
        change = actions.add(name, sentence, _CHANGE_EPILOG)
        change.add_argument("ids", nargs="+", type=_count, metavar="ID", help="pushes, by id")
        if name == "first":
            change.add_argument("--normal", action="store_true", help="in their turn again")
        if name == "cancel":
            change.add_argument(
                "--reason", required=True, metavar="TEXT", help="why; kept with the proposals"
            )


def _add_breaker(commands: _Commands) -> None:
    breaker = commands.add("breaker", "whether pushes may go to NetSuite just now")
    breaker.set_defaults(action="status")
    actions = _Commands(breaker, dest="action", required=False)
    actions.add("status", "say how it stands")
    hold = actions.add("hold", "send nothing to NetSuite until it is reset (admin)")
    hold.add_argument("--reason", default="", metavar="TEXT", help="why; shown while it holds")
    actions.add("reset", "let pushes go to NetSuite again, whatever stopped them (admin)")


def _add_dead_letters(commands: _Commands) -> None:
    dlq = commands.add("dlq", "the dead letters: what was approved and did not reach NetSuite")
    dlq.set_defaults(action="list", ids=[], all=False, dry_run=False, resolved=False, limit=None)
    dlq.set_defaults(cause=None, code=None, match="")
    _add_filters(dlq)
    actions = _Commands(dlq, dest="action", required=False)
    listed = actions.add("list", "list them, the newest first")
    listed.add_argument("--resolved", action="store_true", help="those seen to as well")
    _add_filters(listed)
    _add_limit(listed, "list at most N")
    show = actions.add("show", "one in full: what was to be sent, what it met, what mends it")
    show.add_argument("id", type=_count, metavar="ID", help="the dead letter")
    replay = actions.add("replay", "send them again (admin)", _REPLAY_EPILOG)
    _add_which(replay)
    replay.add_argument(
        "--dry-run", action="store_true", help="ask NetSuite what would come of it; send nothing"
    )
    _add_edit(actions)
    dismiss = actions.add("dismiss", "let them rest for good (admin)")
    _add_which(dismiss)
    dismiss.add_argument("--reason", required=True, metavar="TEXT", help="why; kept with them")


def _add_edit(actions: _Commands) -> None:
    edit = actions.add("edit", "propose another change in its place (admin)", _EDIT_LETTER_EPILOG)
    edit.add_argument("id", type=_count, metavar="ID", help="the dead letter")
    how = edit.add_mutually_exclusive_group(required=True)
    how.add_argument(
        "--set",
        dest="sets",
        type=_setting,
        action="append",
        metavar="FIELD=VALUE",
        help="change one field of it; may be repeated",
    )
    file = how.add_argument(
        "--change", metavar="FILE", help="the whole change, as a JSON object; - for stdin"
    )
    _completed_by(file, _FILES)


def _add_which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", type=_count, metavar="ID", help="which, by id")
    parser.add_argument("--all", action="store_true", help="all that nobody has seen to")
    _add_filters(parser)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    # Suppressed defaults: a flag before the action outlives the action's own parser.
    causes = ("refused", "conflict", "exhausted", "unknown_outcome", "tampered")
    for flag, sentence, how in (
        ("--cause", "only those of one cause", {"choices": causes}),
        ("--code", "only those of one code, as NetSuite gave it", {"metavar": "C"}),
        ("--match", "only those with all of these words", {"metavar": "TEXT"}),
    ):
        parser.add_argument(flag, default=argparse.SUPPRESS, help=sentence, **how)


def _add_mirror(commands: _Commands) -> None:
    sync = commands.add("sync", "bring the mirror of NetSuite's tables up to date, now")
    which = sync.add_mutually_exclusive_group()
    which.add_argument(
        "tables", nargs="*", default=[], metavar="TABLE", help="which tables (default: all)"
    )
    which.add_argument(
        "--tier", type=int, choices=(5, 15, 60), help="those synced every so many minutes"
    )
    sync.add_argument("--full", action="store_true", help="read them whole, not only what changed")
    log = commands.add("log", "what the syncs did and found, the newest last", _LOG_EPILOG)
    log.add_argument("--follow", action="store_true", help="go on with what comes, until Ctrl-C")
    log.add_argument("--table", metavar="T", help="only of one table")
    log.add_argument(
        "--level", choices=("debug", "info", "warning", "error"), help="only this and worse"
    )
    log.add_argument(
        "--limit", type=_count, default=100, metavar="N", help="begin with at most N (default: 100)"
    )
    _add_map(commands)
    commands.add(
        "worker", "sync and drain without a screen, until a signal ends it", _WORKER_EPILOG
    )
    commands.add("status", "how the mirror, proposals, the queue and the link to NetSuite stand")


def _add_map(commands: _Commands) -> None:
    actions = _Commands(
        commands.add("map", "which of NetSuite's tables and columns are mirrored"),
        dest="action",
        required=True,
    )
    show = actions.add("show", "print the map, as text that `map edit` takes")
    show.add_argument("tables", nargs="*", metavar="TABLE", help="only these tables")
    edit = actions.add("edit", "change the map in your editor (admin)", _EDIT_EPILOG)
    file = edit.add_argument(
        "--file", metavar="FILE", help="take the whole map from FILE instead; - for stdin"
    )
    _completed_by(file, _FILES)
    actions.add("check", "ask NetSuite whether it has each table and column of the map")


def _add_workspace(commands: _Commands) -> None:
    init = commands.add("init", "make a workspace and its first operator, an admin", _INIT_EPILOG)
    init.add_argument("--operator", metavar="NAME", help="their name (default: your login)")
    init.add_argument("--account", metavar="ID", help="NetSuite account id, e.g. 1234567_SB1")
    init.add_argument(
        "--netsuite-url", metavar="URL", help="one base URL in place of NetSuite's hosts"
    )
    commands.add("doctor", "check settings, database, operator and NetSuite; say the mend for each")


def _add_operators(commands: _Commands) -> None:
    operator = commands.add("operator", "who may do what")
    actions = _Commands(operator, dest="action", required=True)
    add = actions.add("add", "add an operator and show their edit token, this once (admin)")
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--role",
        required=True,
        choices=("viewer", "reviewer", "admin"),
        help="viewers look, reviewers decide, admins also say who may",
    )
    actions.add("list", "list the operators")
    disable = actions.add("disable", "take an operator's rights away (admin)")
    disable.add_argument("name", metavar="NAME")
    rotate = actions.add("rotate", "replace an operator's edit token; the old one ends (admin)")
    rotate.add_argument("name", metavar="NAME")


def _add_audit_trail(commands: _Commands) -> None:
    trail = commands.add("audit-trail", "who did what and when; each entry seals the one before")
    actions = _Commands(trail, dest="action", required=True)
    verify = actions.add("verify", "check that no entry was changed or taken out", _VERIFY_EPILOG)
    verify.add_argument(
        "--head", type=_sha256, metavar="HASH", help="a head noted before, which must be there yet"
    )
    export = actions.add("export", "write the entries, a JSON object a line, the oldest first")
    export.add_argument("--since", type=_natural, metavar="ID", help="only those after this entry")
    file = export.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="where to; - or nothing for stdout"
    )
    _completed_by(file, _FILES)


def _add_sandbox(commands: _Commands) -> None:
    sandbox = commands.add("sandbox", "run a simulated NetSuite on 127.0.0.1 until interrupted")
    sandbox.add_argument(
        "--port", type=_port, default=0, metavar="N", help="0 picks a free one (default)"
    )
    sandbox.add_argument("--rows", type=_count, metavar="N", help="about how many transactions")
    sandbox.add_argument(
        "--seed", type=_natural, default=1, metavar="N", help="the same seed, the same data"
    )
    sandbox.add_argument(
        "--latency-ms",
        type=_natural,
        default=0,
        metavar="N",
        help="how long each answer of NetSuite takes at least",
    )
    sandbox.add_argument(
        "--concurrency",
        type=_count,
        default=5,
        metavar="N",
        help="how many calls the account takes at once (default: 5)",
    )
    sandbox.add_argument(
        "--set",
        dest="switches",
        type=_switch,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how it behaves where accounts differ, e.g. date_format=YYYY-MM-DD; may be repeated",
    )
    sandbox.add_argument(
        "--verbose", action="store_true", help="log every request to stderr, as it is answered"
    )
    state = sandbox.add_argument(
        "--state", type=_path, metavar="FILE", help="keep its data in FILE between runs"
    )
    _completed_by(state, _FILES)
    sandbox.add_argument(
        "--exit-with-stdin",
        action="store_true",
        help="for programs that start it: end when stdin does",
    )


def _add_completion(commands: _Commands) -> None:
    completion = commands.add("completion", "print a shell's completion script")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell")


def _add_limit(
    parser: argparse.ArgumentParser, sentence: str, *, default: str | None = None
) -> None:
    parser.add_argument(
        "--limit", type=_count, metavar="N", default=default, help=f"{sentence} (default: all)"
    )


def _completed_by(argument: argparse.Action, by_shell: dict[str, str]) -> None:
    argument.complete = by_shell  # type: ignore[attr-defined]  # the attribute that shtab reads


def _path(text: str) -> "Path":
    from pathlib import Path

    if not text:
        raise argparse.ArgumentTypeError("must not be empty")
    return Path(text)


def _setting(text: str) -> str:
    name, is_there, _ = text.partition("=")
    if not name or not is_there:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not FIELD=VALUE")
    return text


def _port(text: str) -> int:
    return _whole(text, least=0, most=65_535)


def _natural(text: str) -> int:
    return _whole(text, least=0)


def _count(text: str) -> int:
    return _whole(text, least=1)


def _sha256(text: str) -> str:
    if len(text) == 64 and set(text) <= set("0123456789abcdef"):
        return text
    raise argparse.ArgumentTypeError(f"{text[:70]!r} is not a hash of 64 hex digits")


def _switch(text: str) -> tuple[str, object]:
    from nsconsole.sandbox.behaviour import BehaviourError, from_text

    try:
        return from_text(text)
    except BehaviourError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _whole(text: str, *, least: int, most: int = _LARGEST) -> int:
    if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    span = f"between {least} and {most}" if most < _LARGEST else f"of at least {least}"
    raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number {span}")
