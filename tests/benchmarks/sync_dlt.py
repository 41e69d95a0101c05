"""The same pull by dlt: rest_api to SQLite, merged; a program for `sync_pull.py` to start.

It runs in an environment that has dlt and its SQLAlchemy destination, and needs nothing of this
project but the standard library; stdin and stdout are as those of `sync_floor.py`.
"""

import importlib.util
import json
import os
import resource
import sys
import time
from pathlib import Path

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}

import dlt
import requests
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from dlt.sources.rest_api import rest_api_source


def _sibling(name):
    """Another program of this folder, without the packages around it."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


signing = _sibling("sandbox_queries")
_SELECTED = {
    "date": "TO_CHAR(t.{0}, 'YYYY-MM-DD') AS {0}",
    "datetime": """TO_CHAR(SYS_EXTRACT_UTC(t.{0}), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS {0}""",
}
_TYPES = {"integer": "bigint", "real": "double", "text": "text", "boolean": "text",
          "date": "date", "datetime": "timestamp"}  # fmt: skip


def _session(told):
    """A session that signs each of its requests anew."""

    def sign(request):
        request.headers["Authorization"] = signing.header(told)
        return request

    session = requests.Session()
    session.auth = sign
    return session


class _Keyset(BasePaginator):
    def __init__(self, query):
        super().__init__()
        self._query = query
        self._last = 0

    def init_request(self, request):
        self.update_request(request)

    def update_state(self, response, data=None):
        self._has_next_page = response.json()["hasMore"]
        self._last = data[-1]["id"] if data else self._last

    def update_request(self, request):
        request.json = {"q": self._query.format(last=self._last)}


def main():
    given = json.load(sys.stdin)
    told, table, columns = given["told"], given["table"], given["columns"]
    begun = time.perf_counter(), time.process_time()
    pull(Path(sys.argv[1]), told, table, columns)
    print(json.dumps({
        "seconds": time.perf_counter() - begun[0],
        "busy": time.process_time() - begun[1],
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }))  # fmt: skip


def pull(path, told, table, columns):
    """Bring a whole table; its key is the first column, `id`."""
    selected = ", ".join(_SELECTED.get(kind, "t.{0}").format(name) for name, kind in columns)
    query = f"SELECT {selected} FROM {table} t WHERE t.id > {{last}} ORDER BY t.id ASC"
    resource_ = {
        "name": table,
        "primary_key": "id",
        "write_disposition": "merge",
        "columns": {name: {"data_type": _TYPES[kind]} for name, kind in columns},
        "endpoint": {
            "path": signing.PATH,
            "method": "POST",
            "json": {"q": ""},
            "data_selector": "items",
            "paginator": _Keyset(query),
        },
    }
    client = {
        "base_url": told["url"],
        "session": _session(told),
        "headers": {"Prefer": "transient"},
    }
    source = rest_api_source({"client": client, "resources": [resource_]})
    pipeline = dlt.pipeline(
        "ground",
        pipelines_dir=str(path.parent / "dlt"),
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{path}"),
        dataset_name="main",
    )
    pipeline.run(source)


if __name__ == "__main__":
    main()
