"""How well a pass keeps busy as many calls as a slow NetSuite takes: 20 tables, 5 calls.

    python -m tests.benchmarks.sync_latency [--pages 400] [--tables 20] [--json]

Goal: at most 1.15 times as long as that many requests need if none of the places is ever idle, and
no request refused. Once with tables of one size, and once with one that holds half of all rows.
"""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import sync_ground as ground

_LATENCY_MS = 200
_CALLS = 5
_PAGE = 1_000
_NARROW = ground.COLUMNS[-5:]  # pages of 20 columns would have the processor for their limit


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    half = args.pages // 2
    shapes = {
        "equal tables": [args.pages // args.tables] * args.tables,
        "half in one": [half, *[half // (args.tables - 1)] * (args.tables - 1)],
    }
    found = {}
    for shape, pages in shapes.items():
        with tempfile.TemporaryDirectory() as folder:
            for name, figure in measure(Path(folder), pages).items():
                found[f"{shape}: {name}"] = figure
    ground.show(found, as_json=args.json)


def measure(folder, pages):
    """Pull tables of so many pages each."""
    sizes = {f"ground{ground.letters(number)}": each * _PAGE for number, each in enumerate(pages)}
    with ground.sandbox(folder, sizes, latency_ms=_LATENCY_MS, concurrency=_CALLS) as (told, _):
        tables = [ground.mapped(name, _NARROW) for name in sizes]
        home = ground.make_workspace(told, folder / "home", tables)
        took = ground.run("sync_run", environ=ground.environ(told, home))
        places = ground.door(told, "stats")["concurrency"]
    assert all(report["status"] == "done" for report in took["reports"])
    assert sum(report["rows_written"] for report in took["reports"]) == sum(sizes.values())
    requests = sum(report["requests"] for report in took["reports"]) + 1  # for the limits
    ideal = requests * _LATENCY_MS / 1000 / _CALLS
    return {
        "requests": requests,
        "seconds": round(took["seconds"], 2),
        "ratio to no idle place": round(took["seconds"] / ideal, 2),
        "peak": places["peak"],
        "refused": places["refused"],
    }


if __name__ == "__main__":
    main()
