"""Audit a workspace by the catalog as it is; a program for `coverage_audit.py` to start.

Its arguments are the workspace's folder and how often to audit again. It prints, as JSON, what the
first audit took, what those after it took that found nothing new, each beside the set difference
alone, and the most megabytes that the process had after the first and its page.
"""

import json
import sys
import time
from pathlib import Path

from nsconsole.services.coverage.audit import take_stock
from nsconsole.services.coverage.report.writing import write_report
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

# Catalog - (map ∩ the mirror's true schema), and no more.
_DIFFERENCE = """
CREATE TEMP TABLE missing AS
SELECT table_name, name FROM ns_catalog_columns WHERE gone_at IS NULL AND state <> 'unqueryable'
EXCEPT
SELECT * FROM (
    SELECT table_name, name FROM sync_column_map WHERE set_aside_at IS NULL
    INTERSECT
    SELECT substr(m.name, 4), c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name GLOB 'ns_*'
)
"""
# What is missing now and was not, and what was missing and is not now.
_OPEN = "SELECT table_name, name FROM coverage_gaps WHERE closed_audit_id IS NULL AND name > ''"
_OPENED = f"SELECT count(*) FROM (SELECT * FROM missing EXCEPT {_OPEN})"
_CLOSED = f"SELECT count(*) FROM ({_OPEN} EXCEPT SELECT * FROM missing)"


def main():
    home, times = Path(sys.argv[1]), int(sys.argv[2])
    workspace = open_workspace(load_settings({}, home=home), environ={})
    first = _timed(lambda: take_stock(workspace, trigger="person"))
    write_report(workspace)
    memory = _most_megabytes()
    again, difference, delta, page = [], [], [], []
    for _ in range(times):
        difference.append(_timed(lambda: _take_difference(workspace)))
        delta.append(_timed(lambda: _take_difference(workspace, _OPENED, _CLOSED)))
        again.append(_timed(lambda: take_stock(workspace, trigger="person")))
        page.append(_timed(lambda: write_report(workspace)))
    workspace.close()
    print(json.dumps({
        "first": first,
        "again": again,
        "difference": difference,
        "delta": delta,
        "page": page,
        "memory_mb": memory,
    }))  # fmt: skip


def _most_megabytes():
    # getrusage would tell of the process that started this one, if that was larger.
    told = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in told if line.startswith("VmHWM"))
    return int(line.split()[1]) >> 10


def _timed(action):
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _take_difference(workspace, *queries):
    with workspace.database.writing() as connection:
        connection.exec_driver_sql(_DIFFERENCE)
        for query in queries:
            assert connection.exec_driver_sql(query).one() == (0,)  # there is nothing new
        connection.exec_driver_sql("DROP TABLE missing")


if __name__ == "__main__":
    main()
