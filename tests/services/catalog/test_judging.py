"""What the sources' words come to, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from nsconsole.catalog import Reason, Source, State
from nsconsole.mapping import Kind
from nsconsole.services.coverage.catalog.judging import best, judged, kind_in
from nsconsole.store.catalog import Fact

SUITEQL, EXPORT, PROBE = Source.SUITEQL, Source.EXPORT, Source.PROBE
RECORDS, CUSTOMIZATION = Source.RECORDS, Source.CUSTOMIZATION
QUERYABLE, CLOSED, UNKNOWN = State.QUERYABLE, State.UNQUERYABLE, State.UNKNOWN
EARLY = datetime(2026, 11, 22, tzinfo=UTC)
LATE = EARLY + timedelta(hours=1)


def fact(source, exposed=None, reason=None, at=EARLY, native_type="string", label=""):
    return Fact("t", "a", source, at, "A", label, native_type, exposed, reason, None)


def facts(*told):
    return {each.source: each for each in told}


def yes(source, at=EARLY):
    return fact(source, exposed=True, at=at)


def no(source, reason=Reason.NOT_QUERYABLE, at=EARLY):
    return fact(source, exposed=False, reason=reason, at=at)


def withdrawn(at=EARLY):
    return no(SUITEQL, Reason.REMOVED, at)


@pytest.mark.parametrize(
    ("told", "state", "reason"),
    [
        ([yes(SUITEQL)], QUERYABLE, None),
        ([yes(EXPORT), fact(RECORDS)], QUERYABLE, None),
        ([yes(SUITEQL), no(EXPORT)], QUERYABLE, None),
        ([no(EXPORT, Reason.REMOVED), fact(RECORDS)], CLOSED, Reason.REMOVED),
        ([fact(RECORDS)], CLOSED, Reason.NOT_QUERYABLE),
        ([fact(CUSTOMIZATION)], CLOSED, Reason.NOT_PERMITTED),
        ([fact(CUSTOMIZATION), fact(RECORDS)], CLOSED, Reason.NOT_QUERYABLE),
        ([yes(PROBE), fact(RECORDS)], QUERYABLE, None),
        ([no(PROBE, Reason.NOT_PERMITTED), yes(EXPORT)], CLOSED, Reason.NOT_PERMITTED),
        ([no(PROBE, at=LATE), yes(SUITEQL)], CLOSED, Reason.NOT_QUERYABLE),
        ([no(PROBE), yes(SUITEQL)], CLOSED, Reason.NOT_QUERYABLE),
        ([no(PROBE), yes(SUITEQL, at=LATE)], QUERYABLE, None),
        ([withdrawn(), fact(RECORDS)], CLOSED, Reason.NOT_QUERYABLE),
        ([withdrawn(), yes(EXPORT, at=LATE)], QUERYABLE, None),
        ([withdrawn(at=LATE), yes(EXPORT), fact(RECORDS)], CLOSED, Reason.NOT_QUERYABLE),
        ([withdrawn(at=LATE), yes(PROBE), fact(RECORDS)], CLOSED, Reason.NOT_QUERYABLE),
        ([withdrawn(), yes(PROBE, at=LATE)], QUERYABLE, None),
    ],
)
def test_beside_a_catalog_of_suiteql(told, state, reason):
    verdict = judged("a", facts(*told), listing={SUITEQL, RECORDS})
    assert (verdict.state, verdict.reason) == (state, reason)


@pytest.mark.parametrize(
    "told",
    [
        [],
        [withdrawn()],
        [withdrawn(at=LATE), yes(EXPORT)],
        [withdrawn(at=LATE), yes(PROBE)],
        [no(PROBE)],
    ],
)
def test_what_nobody_tells_of_any_more_is_gone(told):
    assert judged("a", facts(*told), listing={SUITEQL}) is None


def test_where_suiteqls_catalog_lists_nothing_its_silence_says_nothing():
    for source in (RECORDS, CUSTOMIZATION):
        verdict = judged("a", facts(fact(source)), listing={source})
        assert (verdict.state, verdict.reason) == (UNKNOWN, Reason.UNPROBED)


def test_a_custom_field_is_not_called_hidden_where_the_record_service_tells_of_no_field():
    verdict = judged("a", facts(fact(CUSTOMIZATION)), listing={SUITEQL, CUSTOMIZATION})
    assert verdict.reason is Reason.NOT_QUERYABLE


def test_a_name_that_no_mirror_can_have_closes_whatever_is_told():
    verdict = judged("a b", facts(yes(SUITEQL)), listing={SUITEQL})
    assert (verdict.state, verdict.reason) == (CLOSED, Reason.BAD_NAME)


@pytest.mark.parametrize(
    ("told", "differs"),
    [
        ([yes(SUITEQL), yes(EXPORT)], False),
        ([yes(SUITEQL), no(EXPORT)], True),
        ([yes(SUITEQL), no(PROBE)], True),
        ([fact(SUITEQL, True, native_type="number"), fact(EXPORT, True, native_type="DATE")], True),
        ([fact(SUITEQL, True, native_type="number"), fact(EXPORT, True, native_type="x")], False),
        ([yes(SUITEQL), fact(RECORDS, native_type="boolean")], False),
    ],
)
def test_sources_of_queries_may_disagree(told, differs):
    assert judged("a", facts(*told), listing={SUITEQL}).disagrees is differs


def test_a_probe_knows_best_what_a_column_holds_as_long_as_suiteql_says_the_same():
    seen = fact(PROBE, exposed=True, native_type="integer", at=LATE)
    told = fact(SUITEQL, exposed=True, native_type="string")
    assert kind_in(facts(seen, told)) is Kind.INTEGER
    assert kind_in(facts(seen, told._replace(at=LATE + timedelta(hours=1)))) is Kind.TEXT


def test_a_table_that_was_found_to_have_no_key_can_be_queried_all_the_same():
    keyless = fact(PROBE, exposed=True, reason=Reason.NO_KEY, at=LATE)
    verdict = judged("a", facts(keyless, yes(SUITEQL)), listing={SUITEQL})
    assert (verdict.state, verdict.reason) == (QUERYABLE, Reason.NO_KEY)


def test_suiteql_is_believed_first_about_types_and_labels():
    told = facts(
        fact(RECORDS, native_type="boolean", label="of the records"),
        fact(SUITEQL, native_type="integer", label=""),
        fact(CUSTOMIZATION, native_type="Date", label="of the field"),
    )
    assert kind_in(told) is Kind.INTEGER
    assert best(told, "label") == "of the field"
    assert kind_in(facts(fact(RECORDS, native_type="hologram"))) is None
