"""A pull of one table as one would write it by hand; a program for `sync_pull.py` to start.

It reads from stdin, as JSON, what the sandbox tells of itself, the table, and its columns as pairs
of name and kind; it pulls into the database that its argument names, and prints what that took.

Keyset pages by httpx, parsed by orjson, upserted by `executemany`, each page one durable
transaction. Nothing is done beside it: no checkpoint, no check of what came, no second try.
"""

import json
import resource
import sqlite3
import sys
import time

import httpx
import orjson

from tests.benchmarks.sandbox_queries import PATH, header

_SELECTED = {
    "date": "TO_CHAR(t.{0}, 'YYYY-MM-DD') AS {0}",
    "datetime": """TO_CHAR(SYS_EXTRACT_UTC(t.{0}), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS {0}""",
}
_READ = {"integer": int, "real": float, "boolean": "T".__eq__}
_AFFINITIES = {"integer": "INTEGER", "boolean": "INTEGER", "real": "REAL"}


def main():
    given = json.load(sys.stdin)
    begun = time.perf_counter(), time.process_time()
    pull(sys.argv[1], given["told"], given["table"], given["columns"])
    print(json.dumps({
        "seconds": time.perf_counter() - begun[0],
        "busy": time.process_time() - begun[1],
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }))  # fmt: skip


def pull(path, told, table, columns):
    """Bring a whole table; its key is the first column, `id`."""
    names = [name for name, _ in columns]
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    for statement in _schema(table, columns):
        database.execute(statement)
    settings = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    upsert = (
        f"INSERT INTO ns_{table} ({', '.join(names)}, _ns_synced_at) "
        f"VALUES ({', '.join('?' * len(names))}, '2026-11-22T09:15:00.000000Z') "
        f"ON CONFLICT (id) DO UPDATE SET {settings}, _ns_synced_at = excluded._ns_synced_at"
    )
    for rows in _pages(told, table, columns):
        database.execute("BEGIN IMMEDIATE")
        database.executemany(upsert, rows)
        database.execute("COMMIT")
    database.close()


def _pages(told, table, columns):
    selected = ", ".join(_SELECTED.get(kind, "t.{0}").format(name) for name, kind in columns)
    readers = [(name, _READ.get(kind)) for name, kind in columns]
    headers = {"Prefer": "transient", "Content-Type": "application/json"}
    last, more = 0, True
    with httpx.Client(headers=headers, timeout=60) as client:
        while more:
            query = f"SELECT {selected} FROM {table} t WHERE t.id > {last} ORDER BY t.id ASC"
            answer = client.post(
                told["url"] + PATH,
                content=orjson.dumps({"q": query}),
                headers={"Authorization": header(told)},
            )
            answer.raise_for_status()
            page = orjson.loads(answer.content)
            yield [
                [
                    value if read is None or value is None else read(value)
                    for value, read in ((item.get(name), read) for name, read in readers)
                ]
                for item in page["items"]
            ]
            last, more = page["items"][-1]["id"], page["hasMore"]


def _schema(table, columns):
    typed = ", ".join(f"{name} {_AFFINITIES.get(kind, 'TEXT')}" for name, kind in columns)
    yield (
        f"CREATE TABLE ns_{table} ({typed}, "
        "_ns_synced_at TEXT NOT NULL, _ns_deleted_at TEXT, PRIMARY KEY (id))"
    )
    yield (f"CREATE INDEX vanished ON ns_{table} (_ns_deleted_at) WHERE _ns_deleted_at IS NOT NULL")


if __name__ == "__main__":
    main()
