"""What the keys ask of the services, each answered by a sentence. Call these in a thread."""

from typing import TYPE_CHECKING

from nsconsole.console.coverage.dialogs import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.catalog import Key
    from nsconsole.services.operators import Authority
    from nsconsole.services.workspace import Workspace


def exclude(
    workspace: "Workspace", authority: "Authority", keys: "Sequence[Key]", note: str
) -> str:
    """Say that something need not be mirrored."""
    from nsconsole.services.coverage import exclusions

    exclusions.exclude(workspace, authority, keys, note)
    return f"{named(keys)} excluded. The next audit counts it no more; x takes that back."


def include(workspace: "Workspace", authority: "Authority", keys: "Sequence[Key]") -> str:
    """Take exclusions back."""
    from nsconsole.services.coverage import exclusions

    exclusions.include(workspace, authority, keys)
    return f"{named(keys)} included again."


def by_table(keys: "Sequence[Key]") -> "dict[str, list[str]]":
    """Give what was picked by table; none of a table's columns means all of them."""
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(key.table, [])
        if key.name:
            found[key.table].append(key.name)
    for key in keys:
        if not key.name:
            found[key.table].clear()
    return found


def columns_of(workspace: "Workspace", keys: "Sequence[Key]") -> "dict[str, list[str]]":
    """Give the columns that were picked, by table; of a whole table all that have a gap."""
    from nsconsole.services.coverage.browsing import columns_with_gaps

    whole = [key.table for key in keys if not key.name]
    return by_table(keys) | columns_with_gaps(workspace, whole)
