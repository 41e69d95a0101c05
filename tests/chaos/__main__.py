"""The long form of the random kills; prints its figures, and ends with 1 if anything is wrong."""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from .dying import SABOTAGE
from .random_kills import run


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--pushes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drainers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=50, help="changes in a call")
    parser.add_argument("--rate", type=float, default=0.2, help="of calls and operations that fail")
    parser.add_argument("--speed", type=float, default=10, help="seconds on the clock in a second")
    parser.add_argument("--patience", type=float, default=3_600, help="seconds of kills at most")
    parser.add_argument("--sabotage", choices=SABOTAGE, help="a promise that drainers are to break")
    asked = vars(parser.parse_args())
    with tempfile.TemporaryDirectory(prefix="nsconsole-chaos-") as folder:
        figures = run(Path(folder), **asked)
    print(json.dumps(asdict(figures), indent=2))
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
