"""The program: the screens without a command, else the command."""

import sys
from argparse import Namespace
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run nsconsole with the arguments given (those of the process if None); give the exit code."""
    try:
        return _main(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:  # before there was anything to interrupt
        return 130


def _main(words: Sequence[str]) -> int:
    # Each way imports only what it needs: the help does not wait for the screens, nor they for it.
    args = _parse(words)
    from nsconsole.cli.main import guarded, run

    if args.command is None:
        from nsconsole.launch import console

        return guarded(args, lambda: console(args))
    if args.command == "demo":
        from nsconsole.demo import demo

        return guarded(args, lambda: demo(args))
    if args.command == "worker":
        from nsconsole.worker import worker

        return guarded(args, lambda: worker(args))
    return run(args)


def _parse(words: Sequence[str]) -> Namespace:
    if not words:
        return Namespace(command=None, home=None, json=False)
    from nsconsole.cli.parser import parse

    return parse(words)


if __name__ == "__main__":
    sys.exit(main())
