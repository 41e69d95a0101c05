"""What the log says of an edit of the map."""

from datetime import UTC, datetime

import pytest

from nsconsole.services.sync.log import Level, LogEntry, sentence


def entry(event, **detail):
    at = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    return LogEntry(1, at, None, None, Level.INFO, event, detail)


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"changed": ["vendor"]}, "changed: vendor"),
        ({"removed": ["customer", "item"]}, "taken out: customer, item"),
        (
            {"added": ["bin"], "removed": ["item"], "changed": ["vendor", "term"]},
            "added: bin; taken out: item; changed: vendor, term",
        ),
        ({}, "the tables stand in another order"),
    ],
)
def test_an_edit_of_the_map_is_told_without_what_did_not_happen(detail, said):
    told = {"added": [], "removed": [], "changed": []} | detail
    assert sentence(entry("map_changed", **told)) == f"the map was changed; {said}"


def test_a_mirror_that_made_way_is_named():
    renamed = entry("mirror_renamed", mirror="ns_vendor_before_20261122T091500")
    assert "kept as ns_vendor_before_20261122T091500" in sentence(renamed)
