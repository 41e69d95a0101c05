"""The grammar of the practice ground: the demo and the simulated NetSuite."""

from nsconsole.cli.grammar.commands import (
    FILES,
    Commands,
    completed_by,
    count,
    natural,
    path,
    port,
    switch,
)


def add_demo(commands: Commands) -> None:
    """Add `demo`."""
    demo = commands.add("demo", "the screens on a demo workspace and a simulated NetSuite")
    demo.add_argument("--fresh", action="store_true", help="begin anew, without the last demo")


def add_sandbox(commands: Commands) -> None:
    """Add `sandbox`."""
    sandbox = commands.add("sandbox", "run a simulated NetSuite on 127.0.0.1 until interrupted")
    sandbox.add_argument(
        "--port", type=port, default=0, metavar="N", help="0 picks a free one (default)"
    )
    sandbox.add_argument("--rows", type=count, metavar="N", help="about how many transactions")
    sandbox.add_argument(
        "--seed", type=natural, default=1, metavar="N", help="the same seed, the same data"
    )
    sandbox.add_argument(
        "--latency-ms",
        type=natural,
        default=0,
        metavar="N",
        help="how long each answer of NetSuite takes at least",
    )
    sandbox.add_argument(
        "--concurrency",
        type=count,
        default=5,
        metavar="N",
        help="how many calls the account takes at once (default: 5)",
    )
    sandbox.add_argument(
        "--set",
        dest="switches",
        type=switch,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how it behaves where accounts differ, e.g. date_format=YYYY-MM-DD; may be repeated",
    )
    sandbox.add_argument(
        "--verbose", action="store_true", help="log every request to stderr, as it is answered"
    )
    state = sandbox.add_argument(
        "--state", type=path, metavar="FILE", help="keep its data in FILE between runs"
    )
    completed_by(state, FILES)
    sandbox.add_argument(
        "--exit-with-stdin",
        action="store_true",
        help="for programs that start it: end when stdin does",
    )
