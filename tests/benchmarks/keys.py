"""How quickly the inbox answers a key with 100,000 pending proposals, against one with ten.

    python -m tests.benchmarks.keys [--count 100000] [--keys 60] [--json]

Moving is timed to the end of the next frame; a filter's letter until the list shows what matches.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.terminal import Terminal
from tests.benchmarks.workspaces import make_workspace

_ESCAPE = "\x1b"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        few = make_workspace(Path(folder) / "few", 10)
        many = make_workspace(Path(folder) / "many", args.count)
        found = compare(measure(few, 10, args.keys), measure(many, args.count, args.keys))
    print(json.dumps(found) if args.json else _table(found))


def measure(home, count, keys):
    """Time the keys on one workspace, in milliseconds."""
    terminal = Terminal([sys.executable, "-m", "nsconsole"], environ={"NSCONSOLE_HOME": str(home)})
    try:
        opened = terminal.until(f"Vendor {count} Acme")
        terminal.until("not asked yet")  # the background has begun
        terminal.quiet(1.0)
        moves = [terminal.press("jk"[turn % 2]) for turn in range(keys)]
        letters = [_filter(terminal, count) for _ in range(max(keys // 10, 3))]
    finally:
        terminal.close()
    return {
        "open": opened * 1000,
        "move": statistics.median(moves) * 1000,
        "filter": statistics.median(letters) * 1000,
    }


def _filter(terminal, count):
    """Type a word that one row alone has, and time its last letter; then clear the filter."""
    *letters, last = f"q{count // 2}z"
    terminal.press("/")
    for letter in letters:
        terminal.press(letter)
        terminal.quiet(0.2)
    seconds = terminal.press(last, until=" 1 proposal ·")
    terminal.press(_ESCAPE, until=f" {count:,} proposals ·")
    terminal.quiet(0.2)
    return seconds


def compare(few, many):
    """Put both beside each other, with how much slower many are."""
    found = {}
    for name in few:
        found[f"{name}_few_ms"] = round(few[name], 1)
        found[f"{name}_many_ms"] = round(many[name], 1)
        found[f"{name}_ratio"] = round(many[name] / few[name], 2)
    return found


def _table(found):
    return "\n".join(f"{name:<18}{value:>10}" for name, value in found.items())


if __name__ == "__main__":
    main()
