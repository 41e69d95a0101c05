"""`completion`: the script that teaches a shell to complete commands."""

from argparse import Namespace

import shtab

from nsconsole.cli import output, parser


def completion(args: Namespace) -> int:
    """Print a shell's script."""
    script = shtab.complete(parser.build(), shell=args.shell)
    if args.json:
        output.document({"shell": args.shell, "script": script})
    else:
        print(script)
    return 0
