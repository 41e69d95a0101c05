"""The same writes by huey's SqliteHuey or persist-queue; a program for `drain_calls.py` to start.

It runs in an environment that has huey, persist-queue and httpx, and needs nothing of this project
but the standard library. It reads what the sandbox tells of itself and the operations from stdin,
as JSON, queues them, and prints what it took to work them off: one at a time, a call each.
"""

import importlib.util
import json
import sys
import time
from pathlib import Path

import httpx
from huey import SqliteHuey
from persistqueue import SQLiteAckQueue


def _sibling(name):
    """Another program of this folder, without the packages around it."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


traffic = _sibling("sandbox_traffic")


def main():
    queue, folder = sys.argv[1:]
    given = json.load(sys.stdin)
    work_off = {"huey": by_huey, "persist-queue": by_persist_queue}[queue]
    with httpx.Client(timeout=60) as client:
        work = work_off(Path(folder), given["operations"], _call(client, given["told"]))
        begun = time.perf_counter(), time.process_time()
        done = work()
        took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    print(json.dumps({"done": done, "seconds": took[0], "busy": took[1]}))


def _call(client, told):
    def call(operation):
        body = {"operations": [operation]}
        head, _, _ = traffic.signed(told, traffic.RESTLET, body).partition(b"\r\n\r\n")
        login = head.partition(b"Authorization: ")[2].partition(b"\r\n")[0]
        answer = client.post(
            told["url"] + traffic.RESTLET, json=body, headers={"Authorization": login.decode()}
        )
        answer.raise_for_status()
        (result,) = answer.json()["results"]
        assert result["ok"], result
        return result["ns_internal_id"]

    return call


def by_huey(folder, operations, call):
    """Queue tasks; what is given works them off, as a consumer's worker does."""
    huey = SqliteHuey(filename=str(folder / "huey.db"), fsync=True)
    write = huey.task()(call)
    for operation in operations:
        write(operation)

    def work():
        done = 0
        while task := huey.dequeue():
            huey.execute(task)  # which stores the result
            done += 1
        return done

    return work


def by_persist_queue(folder, operations, call):
    """Queue items; what is given takes, calls and acknowledges."""
    queue = SQLiteAckQueue(str(folder / "persist-queue"), auto_commit=True)
    for operation in operations:
        queue.put(operation)

    def work():
        done = 0
        while queue.size:
            item = queue.get(block=False)
            call(item)
            queue.ack(item)
            done += 1
        return done

    return work


if __name__ == "__main__":
    main()
