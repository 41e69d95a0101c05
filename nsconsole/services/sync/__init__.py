"""The mirror: what is mapped, kept equal to NetSuite's, table by table.

`passes` syncs many tables at once, `table_sync` one: by its whole (`whole`) or by what changed
(`incremental`), with its lines (`lines`), what was deleted (`deletes`) and columns that came back
(`backfill`). `fetching` gives the pages, `asking` has the patience, `outage` knows its end, and
`healing` sets columns aside. `tiers` says when, `sync_map` what, `overview` and `log` how it went.
"""
