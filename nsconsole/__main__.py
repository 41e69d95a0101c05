"""The program: the screens without a command, else the command."""

import sys
from collections.abc import Sequence

from nsconsole.cli import parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run nsconsole with the arguments given (those of the process if None); give the exit code."""
    args = parser.parse(argv)
    # Each way imports only what it needs: the help should not wait for the screens.
    from nsconsole.cli.main import guarded, run  # noqa: PLC0415

    if args.command is None:
        from nsconsole.launch import console  # noqa: PLC0415

        return guarded(args, lambda: console(args))
    if args.command == "demo":
        from nsconsole.demo import demo  # noqa: PLC0415

        return guarded(args, lambda: demo(args))
    return run(args)


if __name__ == "__main__":
    sys.exit(main())
