"""The grammar of coverage: the catalog, audits, probes, phases."""

from nsconsole.cli.grammar.commands import FILES, Commands, completed_by, count, path

_CATALOG_EPILOG = """\
The script is pasted into a browser's console, on a page of NetSuite where a person is logged in: it
saves the Records Catalog as a file, which NetSuite gives to browsers alone. `catalog import` takes
that file.
"""
_PLAN_EPILOG = """\
Probes what it plans, writes the migration into the workspace's phases/, and stages the phase in the
inbox, where a person approves it. Without tables it plans the next phase of phases/rules.toml.
"""
_APPLY_EPILOG = """\
Backup, migration, map, pull, audit: each step is done once, and a phase that was cut off goes on
with the step that it was at. The screens and the worker do this by themselves.
"""


def add_coverage(commands: Commands) -> None:
    """Add `catalog`, `audit`, `probe`, `phase` and `coverage`."""
    _add_catalog(commands)
    audit = commands.add("audit", "find what of NetSuite is not mirrored, and why")
    html = audit.add_argument(
        "--html", type=path, metavar="FILE", help="write the page here as well"
    )
    completed_by(html, FILES)
    audit.add_argument(
        "--cached", action="store_true", help="by the catalog as it is, without asking NetSuite"
    )
    probe = commands.add("probe", "ask NetSuite which columns it really gives, and how full")
    probe.add_argument("table", metavar="TABLE", help="the table")
    probe.add_argument("columns", nargs="*", metavar="COLUMN", help="which (default: all known)")
    _add_phase(commands)
    _add_gaps(commands)


def _add_catalog(commands: Commands) -> None:
    catalog = commands.add("catalog", "what tables and columns NetSuite has", _CATALOG_EPILOG)
    catalog.set_defaults(action="show", table=None)
    actions = Commands(catalog, dest="action", required=False)
    show = actions.add("show", "the tables, or one with its columns and what each source says")
    show.add_argument("table", nargs="?", metavar="TABLE", help="the table")
    actions.add("fetch", "ask NetSuite for it, as `audit` does before it begins")
    taken = actions.add("import", "take what the script saved")
    file = taken.add_argument("file", metavar="FILE", help="the file; - for stdin")
    completed_by(file, FILES)
    actions.add("export-script", "print the script that saves the Records Catalog")


def _add_phase(commands: Commands) -> None:
    phase = commands.add("phase", "close gaps: plan, look, apply, undo")
    phase.set_defaults(action="list")
    actions = Commands(phase, dest="action", required=False)
    plan = actions.add("plan", "turn gaps into a phase, staged in the inbox", _PLAN_EPILOG)
    plan.add_argument(
        "--table", dest="tables", action="append", default=[], metavar="T",
        help="this table's gaps; may be repeated",
    )  # fmt: skip
    plan.add_argument("--limit", type=count, metavar="N", help="at most N tables")
    actions.add("list", "list the phases with their state")
    for name, sentence, epilog in (
        ("show", "one with its SQL, map change, estimate and steps", ""),
        ("apply", "do what was approved, or go on with it", _APPLY_EPILOG),
        ("undo", "take its columns out of the map again, keeping the data (admin)", ""),
    ):
        one = actions.add(name, sentence, epilog)
        one.add_argument("id", type=count, metavar="ID", help="the phase, by id")


def _add_gaps(commands: Commands) -> None:
    coverage = commands.add("coverage", "the last audit's gaps, their exclusion, the page of it")
    coverage.set_defaults(action="gaps", table=None, domain=None, reason=None, limit=None)
    actions = Commands(coverage, dest="action", required=False)
    gaps = actions.add("gaps", "list what is not mirrored, the most valuable first")
    gaps.add_argument("--table", metavar="T", help="only of one table")
    gaps.add_argument("--domain", metavar="D", help="only of one domain")
    gaps.add_argument("--reason", metavar="R", help="only those with one reason")
    gaps.add_argument("--limit", type=count, metavar="N", help="at most N (default: all)")
    actions.add("history", "the audits, the newest first, each with its delta")
    compare = actions.add("compare", "the gaps that came and went between two audits")
    compare.add_argument("earlier", type=count, metavar="ID", help="an audit, by id")
    compare.add_argument("later", type=count, nargs="?", metavar="ID", help="(default: the last)")
    for name, sentence in (
        ("exclude", "say that something need not be mirrored (admin)"),
        ("include", "take that back (admin)"),
    ):
        change = actions.add(name, sentence)
        change.add_argument("table", metavar="TABLE", help="the table")
        change.add_argument("column", nargs="?", metavar="COLUMN", help="only this column")
        if name == "exclude":
            change.add_argument("--note", required=True, metavar="TEXT", help="why")
    actions.add("open", "open the page of the last audit in the browser")
