"""The grammar from a proposal to NetSuite: the inbox, the queue, the breaker, the dead letters."""

import argparse

from nsconsole.cli.grammar.commands import FILES, Commands, add_limit, completed_by, count, setting

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


def add_proposals(commands: Commands) -> None:
    """Add `propose`, `inbox` and `decide`."""
    propose = commands.add("propose", "stage one proposal, or a JSON array of them: all or none")
    file = propose.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="a JSON file; - or nothing for stdin"
    )
    completed_by(file, FILES)
    inbox = commands.add("inbox", "list proposals, the newest first")
    inbox.add_argument(
        "--status",
        default="pending",
        choices=("pending", "approved", "rejected", "withdrawn", "expired", "all"),
        help="which ones (default: pending)",
    )
    add_limit(inbox, "list at most N")
    decide = commands.add("decide", "approve or reject proposals", _DECIDE_EPILOG)
    decide.add_argument("verdict", choices=("approve", "reject"), help="what you decide")
    decide.add_argument("ids", nargs="+", type=count, metavar="ID", help="proposals, by id")
    decide.add_argument("--reason", default="", metavar="TEXT", help="why; kept with the decision")


def add_queue(commands: Commands) -> None:
    """Add `drain`, `queue`, `undo`, `dlq` and `breaker`."""
    drain = commands.add("drain", "send what was approved to NetSuite, now")
    add_limit(drain, "send at most N pushes")
    _add_pushes(commands)
    undo = commands.add("undo", "take approvals back that were not sent yet", _UNDO_EPILOG)
    undo.add_argument("ids", nargs="+", type=count, metavar="ID", help="proposals, by id")
    _add_dead_letters(commands)
    _add_breaker(commands)


def _add_pushes(commands: Commands) -> None:
    queue = commands.add("queue", "list pushes, the newest first, or change what waits")
    queue.set_defaults(status=None, limit=None)
    actions = Commands(queue, dest="action", required=False)
    for listed in (queue, actions.add("list", "list them, the newest first")):
        listed.add_argument(
            "--status",
            choices=("queued", "in_flight", "applied", "dead", "cancelled"),
            default=argparse.SUPPRESS,
            help="only those of one status",
        )
        add_limit(listed, "list at most N", default=argparse.SUPPRESS)
    for name, sentence in (
        ("hold", "do not send them until they are released"),
        ("release", "let held ones go"),
        ("first", "let them go before all others"),
        ("cancel", "never send them, and withdraw their proposals"),
    ):
        change = actions.add(name, sentence, _CHANGE_EPILOG)
        change.add_argument("ids", nargs="+", type=count, metavar="ID", help="pushes, by id")
        if name == "first":
            change.add_argument("--normal", action="store_true", help="in their turn again")
        if name == "cancel":
            change.add_argument(
                "--reason", required=True, metavar="TEXT", help="why; kept with the proposals"
            )


def _add_breaker(commands: Commands) -> None:
    breaker = commands.add("breaker", "whether pushes may go to NetSuite just now")
    breaker.set_defaults(action="status")
    actions = Commands(breaker, dest="action", required=False)
    actions.add("status", "say how it stands")
    hold = actions.add("hold", "send nothing to NetSuite until it is reset (admin)")
    hold.add_argument("--reason", default="", metavar="TEXT", help="why; shown while it holds")
    actions.add("reset", "let pushes go to NetSuite again, whatever stopped them (admin)")


def _add_dead_letters(commands: Commands) -> None:
    dlq = commands.add("dlq", "the dead letters: what was approved and did not reach NetSuite")
    dlq.set_defaults(action="list", ids=[], all=False, dry_run=False, resolved=False, limit=None)
    dlq.set_defaults(cause=None, code=None, match="")
    _add_filters(dlq)
    actions = Commands(dlq, dest="action", required=False)
    listed = actions.add("list", "list them, the newest first")
    listed.add_argument("--resolved", action="store_true", help="those seen to as well")
    _add_filters(listed)
    add_limit(listed, "list at most N")
    show = actions.add("show", "one in full: what was to be sent, what it met, what mends it")
    show.add_argument("id", type=count, metavar="ID", help="the dead letter")
    replay = actions.add("replay", "send them again (admin)", _REPLAY_EPILOG)
    _add_which(replay)
    replay.add_argument(
        "--dry-run", action="store_true", help="ask NetSuite what would come of it; send nothing"
    )
    _add_edit(actions)
    dismiss = actions.add("dismiss", "let them rest for good (admin)")
    _add_which(dismiss)
    dismiss.add_argument("--reason", required=True, metavar="TEXT", help="why; kept with them")


def _add_edit(actions: Commands) -> None:
    edit = actions.add("edit", "propose another change in its place (admin)", _EDIT_LETTER_EPILOG)
    edit.add_argument("id", type=count, metavar="ID", help="the dead letter")
    how = edit.add_mutually_exclusive_group(required=True)
    how.add_argument(
        "--set",
        dest="sets",
        type=setting,
        action="append",
        metavar="FIELD=VALUE",
        help="change one field of it; may be repeated",
    )
    file = how.add_argument(
        "--change", metavar="FILE", help="the whole change, as a JSON object; - for stdin"
    )
    completed_by(file, FILES)


def _add_which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", type=count, metavar="ID", help="which, by id")
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
