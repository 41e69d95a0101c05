"""The ground that the mirror is measured on: a sandbox with large tables, and workspaces on it."""

import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from nsconsole.mapping import Column, Kind, MappedTable, Mode
from nsconsole.services.sync.sync_map import replace_map
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

COLUMNS = (
    Column("id", Kind.INTEGER),
    Column("tranid", Kind.TEXT),
    Column("name", Kind.TEXT),
    Column("memo", Kind.TEXT),
    Column("email", Kind.TEXT),
    Column("phone", Kind.TEXT),
    Column("status", Kind.TEXT),
    Column("entity", Kind.INTEGER),
    Column("subsidiary", Kind.INTEGER),
    Column("quantity", Kind.INTEGER),
    Column("amount", Kind.REAL),
    Column("cost", Kind.REAL),
    Column("rate", Kind.REAL),
    Column("weight", Kind.REAL),
    Column("isinactive", Kind.BOOLEAN),
    Column("posting", Kind.BOOLEAN),
    Column("trandate", Kind.DATE),
    Column("duedate", Kind.DATE),
    Column("created", Kind.DATETIME),
    Column("lastmodified", Kind.DATETIME),
)
_TYPES = {
    Kind.INTEGER: "integer",
    Kind.REAL: "float",
    Kind.TEXT: "string",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "date-time",
}
_LOADED = 2_000  # rows that come by the door; the others are made of these, which is quicker
_SECRETS = ("consumer_key", "consumer_secret", "token_id", "token_secret")


def _row(number):
    """A row with the NULLs, texts and amounts of a real one."""
    row = {
        "id": number,
        "tranid": f"INV-{number:07}",
        "name": f"Customer {number % 977} Acme Industrial Supply",
        "memo": f"Order {number} — see the vendor's price list" if number % 3 else None,
        "email": f"orders{number % 977}@acme.example" if number % 5 else None,
        "phone": f"+1 555 {number % 10_000:04}",
        "status": "ABCDEFG"[number % 7],
        "entity": number % 977 + 1,
        "subsidiary": number % 4 + 1,
        "quantity": number % 120,
        "amount": number % 99_991 / 100,
        "cost": number % 7_919 / 100,
        "rate": 1.25 if number % 11 else None,
        "weight": number % 613 / 8,
        "isinactive": number % 13 == 0,
        "posting": number % 2 == 0,
        "trandate": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "duedate": f"2026-{number % 12 + 1:02}-{number % 27 + 2:02}",
        "created": f"2026-01-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:07Z",
        "lastmodified": f"2026-02-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:11Z",
    }
    return {name: value for name, value in row.items() if value is not None}


def mapped(name, columns=COLUMNS, tier=5):
    """A table of the ground, as the map has it; its columns may be fewer, from the last on."""
    columns = tuple({COLUMNS[0]: None, **dict.fromkeys(columns)})
    return MappedTable(name, columns, ("id",), Mode.INCREMENTAL, tier, "lastmodified")


def letters(number):
    """A number in letters, since a table that is loaded can have no digit in its name."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


@contextmanager
def sandbox(folder: Path, sizes, *, latency_ms=0, concurrency=5):
    """A sandbox in a process of its own, with tables of so many rows by name.

    Gives what it tells of itself, and its process id.
    """
    options = ["--state", str(folder / "sandbox.db"), "--concurrency", str(concurrency)]
    with _started(options) as (told, _):
        rows = [_row(number) for number in range(1, _LOADED + 1)]
        columns = {column.name: _TYPES[column.kind] for column in COLUMNS}
        for name, size in sizes.items():
            table = {"columns": columns, "key": ["id"], "rows": rows[: min(size, _LOADED)]}
            door(told, "load", {"tables": {name: table}})
    _multiply(folder / "sandbox.db", sizes)
    with _started([*options, "--latency-ms", str(latency_ms)]) as (told, process):
        yield told, process.pid


@contextmanager
def _started(options):
    command = [sys.executable, "-m", "nsconsole", "sandbox", "--json", "--exit-with-stdin"]
    process = subprocess.Popen(
        [*command, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield json.loads(process.stdout.readline()), process
    finally:
        process.stdin.close()
        process.wait(30)


def _multiply(state, sizes):
    """Fill up tables in the sandbox's own file, with the rows that are there under other ids."""
    with sqlite3.connect(state) as connection:
        for name, size in sizes.items():
            found = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            others = ", ".join(f'"{column}"' for column in found if column != "id")
            for start in range(_LOADED, size, _LOADED):
                connection.execute(
                    f"INSERT INTO {name} (id, {others}) SELECT id + {start}, {others} FROM {name} "
                    f"WHERE id <= {min(_LOADED, size - start)}"
                )
    connection.close()


def door(told, path, body=None):
    """Use a door of the sandbox."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{told['url']}/sandbox/{path}", data, timeout=600) as answer:
        return json.load(answer)


def environ(told, home):
    """The environment of a process that works on the workspace at `home`."""
    return {
        "NSCONSOLE_HOME": str(home),
        "NSCONSOLE_ACCOUNT": told["account"],
        "NSCONSOLE_NETSUITE_URL": told["url"],
        **{f"NSCONSOLE_{name.upper()}": told[name] for name in _SECRETS},
    }


def make_workspace(told, home, tables):
    """Make a workspace on the sandbox whose map has these tables alone."""
    given = environ(told, home)
    workspace = open_workspace(load_settings(given, home=home), environ=given)
    replace_map(workspace, tables)
    workspace.close()
    return home


def run(program, *arguments, environ=None, given=None, python=sys.executable):
    """Run a program of this folder to its end; give the JSON that it prints."""
    if python == sys.executable:
        command = [python, "-m", f"tests.benchmarks.{program}"]
    else:  # which lacks what this project needs
        command = [python, Path(__file__).with_name(f"{program}.py")]
    done = subprocess.run(
        [*command, *map(str, arguments)],
        env=os.environ | (environ or {}),
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def show(found, *, as_json):
    """Print figures by name."""
    if as_json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name:<36}{_figure(value):>14}" for name, value in found.items()))


def _figure(value):
    return f"{value:,}" if isinstance(value, int | float) else str(value)
