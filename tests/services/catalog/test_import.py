"""Importing the Records Catalog: whatever a person may give for it."""

import json
import time

import pytest

from nsconsole.catalog import Event, Reason, Source, State
from nsconsole.services.coverage.catalog import reading
from nsconsole.services.coverage.catalog.importing import LARGEST, import_export
from nsconsole.services.errors import BadInputError, ServiceError
from nsconsole.store import catalog as store

from .told import columns_of


@pytest.fixture
def workspace(open_workspace):
    return open_workspace({})


def _field(name, **how):
    return {"id": name, "label": "", "dataType": "STRING", "isColumn": True, **how}


def _export(*closed, **tables):
    listed = [{"id": name, "label": "", "isAvailable": True} for name in tables]
    hidden = [{"id": name, "label": "", "isAvailable": False} for name in closed]
    details = [{"id": name, "fields": fields} for name, fields in tables.items()]
    return json.dumps({"recordTypes": [*listed, *hidden], "details": details}).encode()


def test_an_import_fills_an_empty_catalog(workspace):
    data = _export("payrollItem", Customer=[_field("entityId"), _field("aging", isColumn=False)])
    report = import_export(workspace, data)
    assert (report.tables, report.columns, report.changes) == (2, 2, {})
    found = columns_of(workspace, "customer")
    assert found["entityid"].row.state is State.QUERYABLE
    assert found["aging"].row.reason is Reason.NOT_QUERYABLE
    hidden = reading.table(workspace, "payrollitem").row
    assert (hidden.state, hidden.reason) == (State.UNQUERYABLE, Reason.NOT_PERMITTED)
    assert reading.told_at(workspace) == workspace.now()


def test_when_all_tables_of_a_feature_are_withheld_it_is_off(workspace):
    import_export(workspace, _export("job", "charge", "website", "loginAudit", customer=[]))
    reasons = {line.row.name: line.row.reason for line in reading.tables(workspace)}
    off, hidden = Reason.FEATURE_OFF, Reason.NOT_PERMITTED
    assert reasons == {
        "customer": None,
        "job": off,
        "charge": off,
        "website": hidden,  # the only one of its feature: who knows
        "loginaudit": hidden,
    }
    import_export(workspace, _export("job", "charge", jobType=[]))
    assert reading.table(workspace, "job").row.reason is hidden


def test_the_next_import_takes_the_place_of_the_last(workspace, clock):
    import_export(workspace, _export(customer=[_field("a"), _field("b")], vendor=[_field("c")]))
    clock.advance(60)
    report = import_export(workspace, _export(customer=[_field("a")]))
    assert report.changes == {Event.GONE: 2}  # a column, and a table with its own
    assert columns_of(workspace, "customer")["b"].row.gone_at == clock.now
    assert reading.table(workspace, "vendor").row.gone_at == clock.now


def test_a_table_that_the_script_could_not_describe_keeps_its_columns(workspace):
    import_export(workspace, _export(customer=[_field("a")]))
    listed = {"recordTypes": [{"id": "customer", "isAvailable": True}], "details": []}
    import_export(workspace, json.dumps(listed).encode())
    assert columns_of(workspace, "customer")["a"].row.gone_at is None


def test_a_file_tells_itself_how_old_it_is(workspace, clock):
    document = json.loads(_export(customer=[_field("a")]))
    for said, told in (("2026-11-01T08:00:00Z", "2026-11-01"), ("2999-01-01T00:00:00Z", None)):
        import_export(workspace, json.dumps({**document, "savedAt": said}).encode())
        at = columns_of(workspace, "customer")["a"].says[Source.EXPORT].at
        assert at.date().isoformat() == (told or clock.now.date().isoformat())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{\x00", "not JSON"),
        (b"<html>Log in</html>", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"recordTypes": NaN}', "not JSON"),
        (b"9" * 5_000, "not JSON"),
        (b"[]", "recordTypes"),
        (b'{"recordTypes": {}, "details": []}', "recordTypes"),
        (b'{"recordTypes": [], "details": []}', "no table"),
        (b'{"recordTypes": [7], "details": []}', r"recordTypes\[0\]"),
        (b'{"recordTypes": [{"id": "a"}], "details": []}', "isAvailable"),
        (b'{"recordTypes": [{"id": "", "isAvailable": true}], "details": []}', "no id"),
        (b'{"recordTypes": [], "details": [{"id": "a"}]}', r"details\[0\].*fields"),
        (b'{"recordTypes": [], "details": [{"id": "a", "fields": [[]]}]}', r"fields\[0\].*id"),
        (b'{"recordTypes": [' + b"0," * 50_000 + b'0], "details": []}', "20,000 tables"),
    ],
)
def test_what_is_no_catalog_is_refused_and_changes_nothing(workspace, data, why):
    with pytest.raises(BadInputError, match=why):
        import_export(workspace, data)
    assert reading.tables(workspace) == []
    assert reading.told_at(workspace) is None


def test_a_file_too_large_is_refused_before_it_is_read(workspace):
    with pytest.raises(BadInputError, match="64 MB"):
        import_export(workspace, b"x" * (LARGEST + 1))


def test_a_catalog_of_too_many_columns_is_refused(workspace, monkeypatch):
    monkeypatch.setattr("nsconsole.netsuite.metadata.export.MAX_COLUMNS", 1)
    with pytest.raises(BadInputError, match="2 columns, more than 1"):
        import_export(workspace, _export(customer=[_field("a"), _field("b")]))


def test_an_import_waits_for_nobody(workspace):
    with workspace.locks.take("catalog"), pytest.raises(ServiceError, match="somebody else"):
        import_export(workspace, _export(customer=[_field("a")]))


def test_an_import_that_was_cut_off_is_told_so(workspace):
    with workspace.database.writing() as connection:
        store.begin_fetch(connection, "import", owner="gone", at=workspace.now())
    import_export(workspace, _export(customer=[_field("a")]))
    with workspace.database.reading() as connection:
        failed = store.last_fetch(connection, "import", "failed")
        assert failed.error == "it was cut off"
        assert store.last_fetch(connection, "import").status == "done"


@pytest.mark.slow
def test_thirty_thousand_columns_are_merged_in_seconds(workspace):
    fields = [_field(f"custbody_{number}") for number in range(100)]
    data = _export(**{f"table_{number}": fields for number in range(300)})
    began = time.process_time()
    assert import_export(workspace, data).columns == 30_000
    assert time.process_time() - began < 15
