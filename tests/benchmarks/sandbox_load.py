"""How long the sandbox takes to take in a table of one's own, through its door.

python -m tests.benchmarks.sandbox_load [--rows 100000] [--json]
"""

import argparse
import json
import time
import urllib.request

from nsconsole.sandbox.server import running

_COLUMNS = {
    "id": "integer",
    "name": "string",
    "price": "float",
    "at": "date-time",
    "lastmodified": "date-time",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with running() as sandbox:
        found = measure(sandbox.url, args.rows)
    print(
        json.dumps(found) if args.json else "\n".join(f"{k:<12}{v:>10}" for k, v in found.items())
    )


def measure(url, count):
    stamp = "2026-02-03T04:05:06Z"
    rows = [
        {"id": i, "name": f"n{i}", "price": i / 7, "at": stamp, "lastmodified": stamp}
        for i in range(count)
    ]
    body = json.dumps({"tables": {"big": {"columns": _COLUMNS, "rows": rows}}}).encode()
    begun = time.perf_counter()
    with urllib.request.urlopen(f"{url}/sandbox/load", body, timeout=600) as answer:
        loaded = json.load(answer)["rows"]["big"]
    seconds = round(time.perf_counter() - begun, 2)
    return {"rows": loaded, "megabytes": len(body) >> 20, "seconds": seconds}


if __name__ == "__main__":
    main()
