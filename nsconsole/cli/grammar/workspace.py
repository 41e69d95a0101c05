"""The grammar of the workspace itself: its making, its people, its trail."""

from nsconsole.cli.grammar.commands import FILES, Commands, completed_by, natural, sha256

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


def add_workspace(commands: Commands) -> None:
    """Add `init` and `doctor`."""
    init = commands.add("init", "make a workspace and its first operator, an admin", _INIT_EPILOG)
    init.add_argument("--operator", metavar="NAME", help="their name (default: your login)")
    init.add_argument("--account", metavar="ID", help="NetSuite account id, e.g. 1234567_SB1")
    init.add_argument(
        "--netsuite-url", metavar="URL", help="one base URL in place of NetSuite's hosts"
    )
    commands.add("doctor", "check settings, database, operator and NetSuite; say the mend for each")


def add_operators(commands: Commands) -> None:
    """Add `operator`."""
    operator = commands.add("operator", "who may do what")
    actions = Commands(operator, dest="action", required=True)
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


def add_audit_trail(commands: Commands) -> None:
    """Add `audit-trail`."""
    trail = commands.add("audit-trail", "who did what and when; each entry seals the one before")
    actions = Commands(trail, dest="action", required=True)
    verify = actions.add("verify", "check that no entry was changed or taken out", _VERIFY_EPILOG)
    verify.add_argument(
        "--head", type=sha256, metavar="HASH", help="a head noted before, which must be there yet"
    )
    export = actions.add("export", "write the entries, a JSON object a line, the oldest first")
    export.add_argument("--since", type=natural, metavar="ID", help="only those after this entry")
    file = export.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="where to; - or nothing for stdout"
    )
    completed_by(file, FILES)
