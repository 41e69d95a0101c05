"""How many writes a second reach a NetSuite that takes its time.

    python -m tests.benchmarks.drain_rate [--latency-ms 100] [--limit 5] [--pushes 1500]
                                          [--batched 10000] [--json]

Goal: with 100 ms a call and 5 calls at once, 95 % of the 50 writes a second that this allows where
a call carries one; and 1,000 writes a second where it carries 50.

What this machine lets through at best is told, too: by hand, with every call signed ahead, over
bare sockets, without a queue and with nothing written down.

The sandbox, in a process of its own, shares the machine; what it takes of a processor for the
writes is told too.
"""

import argparse
import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from nsconsole.services.pushes.draining import drain
from tests.benchmarks import drain_ground as ground
from tests.benchmarks import sandbox_traffic as traffic
from tests.benchmarks.sandbox_queries import processor_seconds
from tests.benchmarks.sync_ground import door, show


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency-ms", type=int, default=100)
    parser.add_argument("--limit", type=int, default=5)
    parser.add_argument("--pushes", type=int, default=1500)
    parser.add_argument("--batched", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    allowed = args.limit * 1000 / args.latency_ms
    with tempfile.TemporaryDirectory() as folder:
        found = {"writes a second that are allowed, one a call": allowed}
        for name, count, batch in (("one a call", args.pushes, 1), ("50 a call", args.batched, 50)):
            taken = measure(Path(folder) / name, count, batch, args.latency_ms, args.limit)
            found |= {f"{name}: {figure}": value for figure, value in taken.items()}
    rate = found["one a call: writes a second"]
    best = by_hand(args.pushes, args.latency_ms, args.limit)
    found["by hand: writes a second"] = round(best, 1)
    found["one a call: share of what is allowed"] = round(rate / allowed, 3)
    found["one a call: ratio to by hand"] = round(rate / best, 3)
    show(found, as_json=args.json)


def measure(home, count, batch, latency_ms, limit):
    """Drain so many pushes into a sandbox of its own."""
    ground.make_queue(home, count)
    with ground.sandbox("--latency-ms", latency_ms, "--concurrency", limit) as told:
        given = ground.environ(told, home)
        with ground.opened(home, given=given, drain_batch=batch) as workspace:
            workspace.netsuite().ping()  # what that imports, and the login, are no part of a drain
            begun = _clocks(told["pid"])
            report = drain(workspace)
            took = [now - then for now, then in zip(_clocks(told["pid"]), begun, strict=True)]
        assert report.applied == count, report
        assert len(door(told, "ledger")) == count
        peak = door(told, "stats")["concurrency"]["peak"]
    return {
        "writes a second": round(count / took[0], 1),
        "processor ms a write": round(took[1] * 1e3 / count, 2),
        "… of the sandbox": round(took[2] * 1e3 / count, 2),
        "calls at once": peak,
    }


def by_hand(count, latency_ms, limit):
    """How many writes a second the same calls make when nothing else is done."""

    def send(calls):
        with socket.create_connection(urlsplit(told["url"]).netloc.split(":")) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for call in calls:
                line.sendall(call)
                traffic.read_answer(line)

    with ground.sandbox("--latency-ms", latency_ms, "--concurrency", limit) as told:
        bodies = [{"operations": [operation]} for operation in ground.operations(count)]
        calls = [traffic.signed(told, traffic.RESTLET, body) for body in bodies]
        with ThreadPoolExecutor(limit) as pool:
            begun = time.perf_counter()
            for _ in pool.map(send, [calls[start::limit] for start in range(limit)]):
                pass
            took = time.perf_counter() - begun
        assert len(door(told, "ledger")) == count
    return count / took


def _clocks(pid):
    """The time by the clock, of this process and of another one."""
    return time.perf_counter(), time.process_time(), processor_seconds(pid)


if __name__ == "__main__":
    main()
