"""How quickly the Coverage screen shows and filters 30,000 columns' gaps.

    python -m tests.benchmarks.coverage_screen [--tables 1000] [--columns 30000] [--json]

Goals: its first rows come as fast as those of 10 tables, and a filter's letter shows what matches
in at most 1.5 times what it takes in an inbox with as many proposals as there are columns.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nsconsole.services.coverage.audit import take_stock
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests.benchmarks import coverage_ground, workspaces
from tests.benchmarks.sync_ground import show
from tests.benchmarks.terminal import Terminal

_ESCAPE = "\x1b"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=1_000)
    parser.add_argument("--columns", type=int, default=30_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        few = Ground(Path(folder) / "few", 10, 300)
        many = Ground(Path(folder) / "many", args.tables, args.columns)
        found = measure(few, many, args.times)
    show(found, as_json=args.json)


@dataclass(frozen=True)
class Ground:
    """A workspace with so many tables and columns, and as many proposals as columns."""

    home: Path
    tables: int
    columns: int

    def __post_init__(self):
        coverage_ground.make_workspace(self.home, tables=self.tables, columns=self.columns)
        workspace = open_workspace(load_settings({}, home=self.home), environ={})
        take_stock(workspace, trigger="person")
        workspace.close()
        workspaces.make_workspace(self.home, self.columns)

    @contextmanager
    def console(self):
        """The console, at rest."""
        environ = {"NSCONSOLE_HOME": str(self.home)}
        terminal = Terminal([sys.executable, "-m", "nsconsole"], environ=environ)
        try:
            terminal.until(f"Vendor {self.columns} Acme")
            terminal.until("not asked yet")  # the background has begun
            terminal.quiet(1.0)
            yield terminal
        finally:
            terminal.close()

    def show_coverage(self, terminal):
        """Go to the screen; give the seconds until its rows are there."""
        return terminal.press("5", until=f" {self.tables:,} tables,")

    def filter_coverage(self, terminal):
        """Filter for one table; give the seconds that the word's last letter takes."""
        word = f"_{self.tables // 2:05}"
        return _filter(terminal, word, " 1 table,", f" {self.tables:,} tables,")

    def filter_inbox(self, terminal):
        """Filter for one proposal, which the word's last digit tells from ten others."""
        word, all_of_them = f"q{self.columns // 2}", f" {self.columns:,} proposals ·"
        return _filter(terminal, word, " 1 proposal ·", all_of_them)


def measure(few, many, times):
    """Measure in turns, so that whatever else the machine does falls on all alike."""
    took = {"few": [], "many": [], "coverage": [], "inbox": []}
    for _ in range(times):
        for name, ground in (("few", few), ("many", many)):
            with ground.console() as terminal:
                took[name].append(ground.show_coverage(terminal))
    with many.console() as terminal:
        for _ in range(times):
            took["inbox"].append(many.filter_inbox(terminal))
            many.show_coverage(terminal)
            terminal.quiet(1.0)
            took["coverage"].append(many.filter_coverage(terminal))
            terminal.press("1", until=" proposals ·")
            terminal.quiet(1.0)
    ms = {name: round(statistics.median(each) * 1000, 1) for name, each in took.items()}
    return {
        "10 tables: first rows, ms": ms["few"],
        f"{many.tables:,} tables: first rows, ms": ms["many"],
        "first rows, many to few": round(ms["many"] / ms["few"], 2),
        f"{many.tables:,} tables: filter, ms": ms["coverage"],
        f"{many.columns:,} proposals: filter, ms": ms["inbox"],
        "filter, coverage to inbox": round(ms["coverage"] / ms["inbox"], 2),
    }


def _filter(terminal, word, found, cleared):
    """Type a word that one row alone has, and time its last letter; then clear the filter."""
    terminal.press("/")
    for letter in word[:-1]:
        terminal.press(letter)
        terminal.quiet(0.2)
    seconds = terminal.press(word[-1], until=found)
    terminal.press(_ESCAPE, until=cleared)
    terminal.quiet(0.2)
    return seconds


if __name__ == "__main__":
    main()
