"""The grammar of the mirror: syncs, their log, the map."""

from nsconsole.cli.grammar.commands import FILES, Commands, completed_by, count

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


def add_mirror(commands: Commands) -> None:
    """Add `sync`, `log`, `map`, `worker` and `status`."""
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
        "--limit", type=count, default=100, metavar="N", help="begin with at most N (default: 100)"
    )
    _add_map(commands)
    worker = commands.add(
        "worker", "sync and drain without a screen, until a signal ends it", _WORKER_EPILOG
    )
    worker.add_argument(
        "--attached",
        action="store_true",
        help="for the screens, which start one: obey orders on stdin, and end when it does",
    )
    commands.add("status", "how the mirror, proposals, the queue and the link to NetSuite stand")


def _add_map(commands: Commands) -> None:
    actions = Commands(
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
    completed_by(file, FILES)
    actions.add("check", "ask NetSuite whether it has each table and column of the map")
