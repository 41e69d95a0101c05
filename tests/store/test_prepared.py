"""Prepared statements: they do what SQLAlchemy would do of the same statement."""

import pytest
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from nsconsole.store.engine import DatabaseError
from nsconsole.store.prepared import Prepared, among
from nsconsole.store.tables import ns_link, stamp

_L = ns_link.c
ADD = Prepared(insert(ns_link).values({column.name: bindparam(column.name) for column in _L}))
SINCE = Prepared(select(_L.account, _L.since).where(among(_L.account, "accounts")))
MOVED = Prepared(
    update(ns_link)
    .where(_L.account == bindparam("of_account"))
    .values(since=bindparam("moment", type_=_L.since.type))
)
AWAY = Prepared(update(ns_link).values(state="unreachable"))


@pytest.fixture
def links(write, later):
    """Note links to some accounts, a second apart."""
    told = {"state": "ok", "detail": "", "login": "mine"}
    write(
        ADD.run,
        [{"account": name, "since": later(second), **told} for second, name in enumerate("abc")],
    )


def test_moments_are_written_and_read_as_sqlalchemy_does(links, write, later):
    rows = write(SINCE.rows, accounts=["c", "a"])
    assert {row.account: row.since for row in rows} == {"a": later(0), "c": later(2)}
    with_sqlalchemy = write(lambda c: c.execute(select(_L.account, _L.since)).all())
    assert set(rows) < set(with_sqlalchemy)


@pytest.mark.parametrize("accounts", [[], ["nobody's", 'it\'s "quoted"'], ["a"] * 50_000])
def test_a_list_may_be_of_any_length_and_content(links, write, accounts):
    assert {row.account for row in write(SINCE.rows, accounts=accounts)} == {*accounts} & {*"abc"}


def test_rows_share_what_is_given_once_and_each_tells_what_it_changed(links, write, later, rows):
    given = [{"of_account": name} for name in ("b", "nobody's", "a")]
    assert write(MOVED.counts, given, moment=later(9)) == [1, 0, 1]
    kept = [stamp(moment) for moment in (later(9), later(9), later(2))]
    assert rows("SELECT since FROM ns_link ORDER BY account") == [(text,) for text in kept]


def test_a_reader_keeps_its_view_while_others_write(store, links, later):
    with store.reading() as connection:
        before = SINCE.rows(connection, accounts=["a"])
        with store.writing() as writer:
            MOVED.run(writer, [{"of_account": "a"}], moment=later(9))
        assert SINCE.rows(connection, accounts=["a"]) == before
    with store.reading() as connection:
        assert SINCE.rows(connection, accounts=["a"]) != before


def test_what_is_not_given_is_not_taken_for_nothing(links, write):
    with pytest.raises(KeyError):
        write(SINCE.rows)


def test_a_failure_is_the_one_that_sqlalchemy_raises_and_undoes_the_transaction(
    links, write, later, rows
):
    again = {"account": "a", "since": later(0), "state": "ok", "detail": "", "login": ""}

    def work(connection):
        AWAY.run(connection, [{}])
        ADD.run(connection, [again])

    with pytest.raises(IntegrityError):
        write(work)
    assert rows("SELECT DISTINCT state FROM ns_link") == [("ok",)]


def test_a_read_is_one_of_a_transaction_and_sees_that_the_file_is_gone(store, links):
    for end in ("", "-wal", "-shm"):
        store.path.with_name(store.path.name + end).unlink()
    with (
        pytest.raises(DatabaseError, match="moved, deleted or replaced"),
        store.reading() as connection,
    ):
        SINCE.rows(connection, accounts=["a"])


def test_who_listens_for_statements_hears_of_it(store, links):
    heard = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: heard.append(told[2]))
    with store.writing() as connection:
        AWAY.run(connection, [{}])
    assert heard == ["UPDATE ns_link SET state=?"]
