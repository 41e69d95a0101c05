"""How long a person waits for the console, as a multiple of an empty Textual app in the same run.

    python -m tests.benchmarks.startup [--runs 10] [--json]

Goals: first frame at most 1.3 times, the inbox's rows at most 2 times.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.terminal import Terminal
from tests.benchmarks.workspaces import make_workspace

_EMPTY_APP = """
from textual.app import App
from textual.widgets import Footer, Header, Static
class Empty(App):
    def compose(self):
        yield Header()
        yield Static("Empty app")
        yield Footer()
Empty().run()
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = make_workspace(Path(folder), 10)
        found = measure(home, args.runs)
    print(json.dumps(found) if args.json else _table(found))


def measure(home, runs):
    """Measure in turns, so that whatever else the machine does falls on all alike."""
    console = [sys.executable, "-m", "nsconsole"]
    times = {"floor": [], "first_frame": [], "rows": []}
    for _ in range(runs + 1):
        times["floor"].append(_until([sys.executable, "-c", _EMPTY_APP], "Empty app"))
        times["first_frame"].append(_until(console, "nsconsole ·", home))
        times["rows"].append(_until(console, "Acme Industrial", home))
    # The first turn warms the disk cache and writes the byte code.
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    floor = medians["floor"]
    return {f"{name}_ms": round(value * 1000) for name, value in medians.items()} | {
        "first_frame_ratio": round(medians["first_frame"] / floor, 2),
        "rows_ratio": round(medians["rows"] / floor, 2),
    }


def _until(argv, shown, home=None):
    terminal = Terminal(argv, environ={"NSCONSOLE_HOME": str(home)} if home else None)
    try:
        return terminal.until(shown)
    finally:
        terminal.close()


def _table(found):
    return "\n".join(f"{name:<18}{value:>8}" for name, value in found.items())


if __name__ == "__main__":
    main()
