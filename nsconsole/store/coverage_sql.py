"""The statements of an audit, in the order in which they run.

Each is over all tables or all columns at once. What they find on the way stands in temporary
tables: of tables `audit_mirrors`, `audit_places`, `audit_tables` and those of them that `moved`, of
columns `audit_mirror`, and of gaps `audit_changes`.
"""

# ruff: noqa: S608  the only names put into the text are the constants below

from nsconsole.catalog import Reason
from nsconsole.store.quoting import literal

COUNTED = (Reason.NEVER_PLANNED, Reason.UNPROBED, Reason.NOT_SYNCED, Reason.SET_ASIDE)
"""The reasons of gaps in what NetSuite gives, as far as known: they stand against the coverage."""

LAST_TURN = 9_999
"""The turn of gaps that no phase can close; that of all others is lower."""

SPAN = 10**10
"""How many priorities a turn has: one more than the greatest weight, which counts from its end."""

_RULES = 1  # another number for other rules, so that every table is looked at again
_COUNTED = ", ".join(literal(reason) for reason in COUNTED)

# A mirror bears the program's own columns. One that made way for another key has a capital T in
# its name, in the moment when it did.
READ_MIRRORS = """
CREATE TEMP TABLE audit_mirrors (name TEXT PRIMARY KEY, sql TEXT) WITHOUT ROWID;
INSERT INTO audit_mirrors SELECT substr(name, 4), sql FROM sqlite_master
WHERE type = 'table' AND name GLOB 'ns_*' AND name = lower(name) AND instr(sql, '_ns_synced_at')
"""

MAKE_PLACES = """
CREATE TEMP TABLE audit_places (
    name TEXT PRIMARY KEY, domain TEXT, turn INTEGER, custom_turn INTEGER
) WITHOUT ROWID
"""

KNOWN = """
SELECT name, max(domain), max(mapped) FROM (
    SELECT name, domain, FALSE AS mapped FROM ns_catalog_tables
    UNION ALL SELECT name, NULL, TRUE FROM sync_table_map
    UNION ALL SELECT name, NULL, FALSE FROM audit_mirrors
) GROUP BY name
"""

# `barred` says why no query can have the table, and is NULL if one can, or may. A table that no
# catalog lists can be had as long as syncing it goes well. `why` is the reason of all gaps that it
# has, if they share one; `first` is the priority of a column that is never empty, `first_custom`
# that of a custom one. `told` is whether a source that knows what a query may name told of columns.
READ_TABLES = f"""
CREATE TEMP TABLE audit_tables (
    name TEXT PRIMARY KEY, domain TEXT, gone INTEGER, barred TEXT, excluded INTEGER, picked INTEGER,
    why TEXT, doubt TEXT, mapped INTEGER, kept INTEGER, rows INTEGER, first INTEGER,
    first_custom INTEGER, told INTEGER
) WITHOUT ROWID;
INSERT INTO audit_tables
SELECT name, domain, gone, barred, excluded, picked, iif(excluded, 'excluded', barred), doubt,
    mapped, kept, rows,
    iif(excluded OR barred NOTNULL, {LAST_TURN}, turn) * {SPAN} + {SPAN - 1} - rows,
    iif(excluded OR barred NOTNULL, {LAST_TURN}, custom_turn) * {SPAN} + {SPAN - 1} - rows,
    told
FROM (
    SELECT p.name, p.domain, p.turn, p.custom_turn, t.gone_at NOTNULL OR t.name ISNULL AS gone,
        CASE
            WHEN m.pause_reason = 'no_permission' THEN 'not_permitted'
            WHEN m.pause_reason = 'gone' OR t.gone_at NOTNULL THEN 'removed'
            WHEN t.state = 'unqueryable' THEN coalesce(t.reason, 'not_queryable')
            WHEN t.name ISNULL AND s.synced_at ISNULL THEN 'removed'
        END AS barred,
        iif(t.state = 'queryable', t.reason, coalesce(t.reason, 'unprobed')) AS doubt,
        EXISTS (
            SELECT 1 FROM coverage_exclusions WHERE table_name = p.name AND name = ''
        ) AS excluded,
        EXISTS (
            SELECT 1 FROM coverage_exclusions WHERE table_name = p.name AND name > ''
        ) AS picked,
        m.name NOTNULL AS mapped,
        k.name NOTNULL AS kept,
        EXISTS (
            SELECT 1 FROM ns_catalog_facts
            WHERE table_name = p.name AND name > '' AND source IN ('suiteql', 'export')
        ) AS told,
        min(coalesce(t.row_count, s.surveyed_rows, 0), {SPAN - 1}) AS rows
    FROM audit_places AS p
    LEFT JOIN ns_catalog_tables AS t ON t.name = p.name
    LEFT JOIN sync_table_map AS m ON m.name = p.name
    LEFT JOIN sync_state AS s ON s.table_name = p.name
    LEFT JOIN audit_mirrors AS k ON k.name = p.name
)
"""


def _listed(*values: str) -> str:
    # List by list, which is three times as quick as row by row. No value may be NULL: it would be
    # left out, and nothing tell whose it was.
    return " || char(30) || ".join(f"group_concat({value})" for value in values)


# All that the gaps of a table rest on. Where it is as it was at the last audit, so are they, and
# its columns need not be looked at again: an audit without news is quick.
_OF_COLUMNS = _listed(
    *("name", "kind", "custom", "state", "coalesce(gone_at, reason, '')"),
    "ifnull(a.rows * filled / sampled, '')",
)
_DIGEST = f"""ns_digest(
    {_RULES}, a.gone, a.barred, a.excluded, a.doubt, a.told, a.mapped, a.first, a.first_custom,
    (SELECT sql FROM audit_mirrors WHERE name = a.name),
    (SELECT {_OF_COLUMNS} FROM ns_catalog_columns WHERE table_name = a.name),
    (
        SELECT {_listed("name", "kind", "set_aside_at NOTNULL")} FROM sync_column_map
        WHERE table_name = iif(a.mapped, a.name, NULL)
    ),
    (
        SELECT {_listed("name")} FROM coverage_exclusions
        WHERE table_name = iif(a.picked, a.name, NULL)
    )
)"""
READ_MOVED = f"""
CREATE TEMP TABLE audit_moved (name TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
INSERT INTO audit_moved
WITH now AS MATERIALIZED (
    SELECT a.name, {_DIGEST} AS digest FROM audit_tables AS a
)
SELECT name, digest FROM now
WHERE digest IS NOT (SELECT digest FROM coverage_tables WHERE name = now.name)
"""
READ_MIRROR = """
CREATE TEMP TABLE audit_mirror (
    table_name TEXT, name TEXT, PRIMARY KEY (table_name, name)
) WITHOUT ROWID;
INSERT INTO audit_mirror
SELECT k.name, c.name FROM audit_moved AS v JOIN audit_mirrors AS k ON k.name = v.name
JOIN pragma_table_info('ns_' || k.name) AS c WHERE substr(c.name, 1, 4) <> '_ns_'
"""

# What differs from the open gaps: `was` is the one that there is now. With `same`, only its
# priority differs.
COMPARE_TABLES = """
CREATE TEMP TABLE audit_changes (
    table_name TEXT, name TEXT, gap TEXT, reason TEXT, priority INTEGER, was INTEGER, same INTEGER
);
INSERT INTO audit_changes
WITH judged AS (
    SELECT name, first, coalesce(why, iif(mapped, 'not_synced', doubt), 'never_planned') AS reason,
        CASE
            WHEN mapped AND barred NOTNULL THEN 'mapped_gone'
            WHEN mapped AND NOT kept THEN 'missing_table'
            WHEN mapped THEN NULL
            WHEN kept THEN 'unmapped'
            WHEN NOT gone THEN 'missing_table'
        END AS gap
    FROM audit_tables
)
SELECT j.name, '', j.gap, j.reason, j.first, g.id, j.gap = g.gap AND j.reason = g.reason
FROM judged AS j LEFT JOIN coverage_gaps AS g
    ON g.table_name = j.name AND g.name = '' AND g.closed_audit_id ISNULL
WHERE iif(j.gap ISNULL, g.id NOTNULL,
    g.gap IS NOT j.gap OR g.reason <> j.reason OR g.priority <> j.first)
"""

# The end of both comparisons below: of the columns `judged`, those that differ from the open gaps.
_DIFFERING = """,
told AS (
    SELECT *, CASE
        WHEN excluded THEN 'excluded'
        WHEN barred NOTNULL THEN barred
        WHEN aside THEN 'set_aside'
        WHEN mapped AND NOT kept THEN 'not_synced'
        ELSE reason
    END AS new_reason
    FROM judged
)
SELECT table_name, name, gap, new_reason, priority, id, gap = old_gap AND new_reason = old_reason
FROM told
WHERE iif(gap ISNULL, id NOTNULL,
    gap IS NOT old_gap OR new_reason <> old_reason OR priority <> old_priority)
"""

# A lookup in an index by NULL costs nothing, so that the map and the mirror are not searched for
# tables that they do not have.
_REASON = """coalesce(
    a.why,
    iif(x.name NOTNULL, 'excluded', NULL),
    iif(c.state = 'queryable' AND c.reason ISNULL, 'never_planned', c.reason),
    iif(c.state = 'unknown', 'unprobed', 'not_queryable')
)"""
_PRIORITY = f"""(
    iif(c.state = 'unqueryable' OR c.gone_at NOTNULL OR x.name NOTNULL,
        {LAST_TURN * SPAN + SPAN - 1} - a.rows, iif(c.custom, a.first_custom, a.first))
    + a.rows - coalesce(a.rows * c.filled / c.sampled, a.rows)
)"""
COMPARE_COLUMNS = f"""
INSERT INTO audit_changes
WITH seen AS (
    SELECT a.name AS table_name, c.name, g.id, g.gap AS old_gap, g.reason AS old_reason,
        g.priority AS old_priority, {_REASON} AS reason, {_PRIORITY} AS priority,
        m.name NOTNULL AS mapped, s.name NOTNULL AS kept, a.gone OR c.gone_at NOTNULL AS gone,
        m.set_aside_at NOTNULL AS aside, m.kind <> c.kind AS retyped,
        a.excluded OR x.name NOTNULL AS excluded,
        coalesce(a.barred, CASE
            WHEN c.gone_at NOTNULL THEN 'removed'
            WHEN c.state = 'unqueryable' THEN coalesce(c.reason, 'not_queryable')
        END) AS barred
    FROM audit_moved AS v CROSS JOIN audit_tables AS a ON a.name = v.name
    CROSS JOIN ns_catalog_columns AS c ON c.table_name = a.name
    LEFT JOIN sync_column_map AS m
        ON m.table_name = iif(a.mapped, a.name, NULL) AND m.name = c.name
    LEFT JOIN audit_mirror AS s ON s.table_name = iif(a.kept, a.name, NULL) AND s.name = c.name
    LEFT JOIN coverage_exclusions AS x
        ON x.table_name = iif(a.picked, a.name, NULL) AND x.name = c.name
    LEFT JOIN coverage_gaps AS g
        ON g.table_name = a.name AND g.name = c.name AND g.closed_audit_id ISNULL
),
judged AS (
    SELECT *, CASE
        WHEN mapped AND aside THEN 'set_aside'
        WHEN mapped AND barred NOTNULL THEN 'mapped_gone'
        WHEN mapped AND NOT kept THEN 'missing_column'
        WHEN mapped AND retyped THEN 'type_changed'
        WHEN mapped THEN NULL
        WHEN kept THEN 'unmapped'
        WHEN NOT gone THEN 'missing_column'
    END AS gap
    FROM seen
)
{_DIFFERING}"""

# What the map or the mirror has, and no catalog ever told of: where its table is `told`, it is not
# to be had.
COMPARE_UNTOLD = f"""
INSERT INTO audit_changes
WITH untold AS (
    SELECT m.table_name, m.name, TRUE AS mapped, s.name NOTNULL AS kept,
        m.set_aside_at NOTNULL AS aside, a.told AS missed
    FROM audit_moved AS v CROSS JOIN audit_tables AS a ON a.name = v.name
    CROSS JOIN sync_column_map AS m ON m.table_name = v.name
    LEFT JOIN audit_mirror AS s ON s.table_name = m.table_name AND s.name = m.name
    WHERE NOT EXISTS (
        SELECT 1 FROM ns_catalog_columns WHERE table_name = m.table_name AND name = m.name
    )
    UNION ALL
    SELECT table_name, name, FALSE, TRUE, FALSE, TRUE
    FROM (
        SELECT table_name, name FROM audit_mirror AS s WHERE NOT EXISTS (
            SELECT 1 FROM sync_column_map WHERE table_name = s.table_name AND name = s.name
        )
    ) AS s
    WHERE NOT EXISTS (
        SELECT 1 FROM ns_catalog_columns WHERE table_name = s.table_name AND name = s.name
    )
),
judged AS (
    SELECT u.table_name, u.name, u.mapped, u.kept, u.aside, a.excluded, a.first AS priority,
        'never_planned' AS reason, coalesce(a.barred, iif(missed, 'removed', NULL)) AS barred,
        g.id, g.gap AS old_gap, g.reason AS old_reason, g.priority AS old_priority,
        CASE
            WHEN aside THEN 'set_aside'
            WHEN NOT u.mapped THEN 'unmapped'
            WHEN missed OR a.barred NOTNULL THEN 'mapped_gone'
            WHEN NOT u.kept THEN 'missing_column'
        END AS gap
    FROM untold AS u JOIN audit_tables AS a ON a.name = u.table_name
    LEFT JOIN coverage_gaps AS g
        ON g.table_name = u.table_name AND g.name = u.name AND g.closed_audit_id ISNULL
)
{_DIFFERING}"""

# Nothing of what a gap was in: its column, or even its table.
COMPARE_VANISHED = """
INSERT INTO audit_changes
SELECT g.table_name, g.name, NULL, NULL, NULL, g.id, FALSE
FROM audit_moved AS v CROSS JOIN coverage_gaps AS g
    ON g.table_name = v.name AND g.closed_audit_id IS NULL
WHERE g.name > '' AND NOT EXISTS (
    SELECT 1 FROM ns_catalog_columns WHERE table_name = g.table_name AND name = g.name
) AND NOT EXISTS (
    SELECT 1 FROM sync_column_map WHERE table_name = g.table_name AND name = g.name
) AND NOT EXISTS (SELECT 1 FROM audit_mirror WHERE table_name = g.table_name AND name = g.name);
INSERT INTO audit_changes
SELECT g.table_name, g.name, NULL, NULL, NULL, g.id, FALSE FROM coverage_gaps AS g
WHERE g.closed_audit_id IS NULL AND (g.gap <> 'missing_column' OR g.reason = 'not_synced')
AND NOT EXISTS (SELECT 1 FROM audit_tables WHERE name = g.table_name)
"""

WRITE = """
UPDATE coverage_gaps SET closed_audit_id = :audit
WHERE id IN (SELECT was FROM audit_changes WHERE was NOTNULL AND same IS NOT TRUE);
UPDATE coverage_gaps SET priority = n.priority FROM audit_changes AS n
WHERE coverage_gaps.id = n.was AND n.same;
INSERT INTO coverage_gaps (table_name, name, gap, reason, priority, opened_audit_id)
SELECT table_name, name, gap, reason, priority, :audit FROM audit_changes
WHERE gap NOTNULL AND same IS NOT TRUE
"""
MOVED = """
SELECT coalesce(sum(was ISNULL), 0), coalesce(sum(gap ISNULL), 0) FROM audit_changes
"""

# What is mapped and has no gap is mirrored, and what is of another kind now as well.
COUNT = f"""
DELETE FROM coverage_tables WHERE name NOT IN (SELECT name FROM audit_tables);
INSERT OR REPLACE INTO coverage_tables
WITH missing AS (
    SELECT v.name, sum(g.name = '') AS tables, sum(g.name > '') AS columns,
        sum(iif(g.name > '', {SPAN - 1} - g.priority % {SPAN}, 0)) AS weight
    FROM audit_moved AS v CROSS JOIN coverage_gaps AS g
        ON g.table_name = v.name AND g.closed_audit_id IS NULL
    WHERE g.gap <> 'type_changed' AND g.reason IN ({_COUNTED})
    GROUP BY v.name
),
mirrored AS (
    SELECT v.name, count(*) AS columns,
        sum(coalesce(a.rows * c.filled / c.sampled, a.rows)) AS weight
    FROM audit_moved AS v CROSS JOIN audit_tables AS a ON a.name = v.name
    CROSS JOIN sync_column_map AS m ON m.table_name = v.name
    LEFT JOIN ns_catalog_columns AS c ON c.table_name = m.table_name AND c.name = m.name
    LEFT JOIN coverage_gaps AS g
        ON g.table_name = m.table_name AND g.name = m.name AND g.closed_audit_id IS NULL
    WHERE g.id IS NULL OR g.gap = 'type_changed'
    GROUP BY v.name
),
counted AS (
    SELECT v.name, v.digest, ifnull(g.tables, 0) AS tables_missing,
        a.mapped AND a.kept AND a.barred ISNULL AS tables_mirrored,
        ifnull(g.columns, 0) AS columns_missing, ifnull(m.columns, 0) AS columns_mirrored,
        ifnull(g.weight, 0) AS weight_missing, ifnull(m.weight, 0) AS weight_mirrored
    FROM audit_moved AS v JOIN audit_tables AS a ON a.name = v.name
    LEFT JOIN missing AS g ON g.name = v.name LEFT JOIN mirrored AS m ON m.name = v.name
)
SELECT name, digest, tables_missing + tables_mirrored, tables_mirrored,
    columns_missing + columns_mirrored, columns_mirrored,
    weight_missing + weight_mirrored, weight_mirrored
FROM counted
"""
SHARES = """
SELECT a.domain, sum(t.tables_total), sum(t.tables_mirrored), sum(t.columns_total),
    sum(t.columns_mirrored), sum(t.weight_total), sum(t.weight_mirrored)
FROM audit_tables AS a JOIN coverage_tables AS t ON t.name = a.name GROUP BY a.domain
"""
