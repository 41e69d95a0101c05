"""How quickly a table is pulled for the first time, against a loop written by hand.

    python -m tests.benchmarks.sync_pull [--rows 300000] [--turns 3] [--dlt PYTHON] [--json]

Goal: 0.7 of the rows a second that the loop brings, and 4 times as many as dlt.

Both pull from one sandbox, in turns, each in a process of its own and into a database of its own,
of the same schema and equally durable; the best turn of each counts. `--dlt` names an interpreter
that has dlt[sqlalchemy]; it pulls fewer rows, since it takes its time.
"""

import argparse
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.benchmarks import sync_ground as ground

TABLE = "ground"
_ROWS_OF_DLT = 30_000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--dlt", metavar="PYTHON")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), args.rows, args.turns)
    if args.dlt:
        with tempfile.TemporaryDirectory() as folder:
            found |= measure_dlt(Path(folder), args.dlt, min(args.rows, _ROWS_OF_DLT))
    ground.show(found, as_json=args.json)


def measure(folder, rows, turns):
    """Pull in turns, so that whatever else the machine does falls on both."""
    took = {"floor": [], "nsconsole": []}
    with ground.sandbox(folder, {TABLE: rows}) as (told, _):
        for turn in range(turns):
            for name, pull in (("floor", _pull_by_hand), ("nsconsole", _pull)):
                home = folder / f"{name}-{turn}"
                took[name].append(pull(told, home))
                assert _content(home) == (rows, rows * (rows + 1) // 2)
    return {"rows": rows} | _compared(rows, took)


def measure_dlt(folder, python, rows):
    """Pull by dlt and by nsconsole."""
    with ground.sandbox(folder, {TABLE: rows}) as (told, _):
        ours = _pull(told, folder / "nsconsole")["seconds"]
        theirs = _pull_by_hand(told, folder / "dlt", by="sync_dlt", python=python)["seconds"]
        assert _content(folder / "dlt", TABLE) == _content(folder / "nsconsole")
    return {
        f"dlt: rows a second of {rows:,}": round(rows / theirs),
        f"nsconsole: rows a second of {rows:,}": round(rows / ours),
        "times as quick as dlt": round(theirs / ours, 1),
    }


def _compared(rows, took):
    seconds = {name: min(turn["seconds"] for turn in turns) for name, turns in took.items()}
    busy = {name: min(turn["busy"] for turn in turns) for name, turns in took.items()}
    found = {}
    for name in took:
        found[f"{name}: rows a second"] = round(rows / seconds[name])
        found[f"{name}: rows a core-second"] = round(rows / busy[name])
    found["ratio by the clock"] = round(seconds["floor"] / seconds["nsconsole"], 2)
    found["ratio by processor time"] = round(busy["floor"] / busy["nsconsole"], 2)
    return found


def _pull(told, home):
    ground.make_workspace(told, home, [ground.mapped(TABLE)])
    took = ground.run("sync_run", environ=ground.environ(told, home))
    assert [report["status"] for report in took["reports"]] == ["done"]
    return took


def _pull_by_hand(told, home, *, by="sync_floor", python=sys.executable):
    home.mkdir()
    columns = [(column.name, column.kind) for column in ground.COLUMNS]
    given = {"told": told, "table": TABLE, "columns": columns}
    return ground.run(by, home / "nsconsole.db", given=given, python=python)


def _content(home, table=f"ns_{TABLE}"):
    with closing(sqlite3.connect(home / "nsconsole.db")) as connection:
        return connection.execute(f"SELECT count(*), sum(id) FROM {table}").fetchone()


if __name__ == "__main__":
    main()
