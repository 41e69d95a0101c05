"""While somebody holds the writer for long, others are let in and answered."""

import socket
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import fields

import pytest

from nsconsole.sandbox.account import account
from nsconsole.sandbox.behaviour import Behaviour, Switches
from nsconsole.sandbox.clock import Clock
from nsconsole.sandbox.database import Database
from nsconsole.sandbox.server import Options, Running, utcnow
from nsconsole.sandbox.serving import Server, services
from nsconsole.sandbox.suiteql.running import prepare_reader
from tests.sandbox.conftest import SUITEQL, Caller


def opened(state):
    return Database(state, seed=1, rows=None, prepare_reader=prepare_reader)


@contextmanager
def serving(database):
    """A caller of a sandbox on this database."""
    options, who, switches = Options(), account(1), Switches(Behaviour())
    server = Server(database, services(options, who, database, Clock(utcnow, switches), switches))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.serve_on, args=(listener,))
        thread.start()
        server.ready.wait(30)
        try:
            known = {each.name: getattr(who, each.name, "") for each in fields(Running)}
            yield Caller(Running(**{**known, "url": url, "account": who.id}))
        finally:
            server.stop()
            thread.join(30)


def test_logins_good_and_bad_pings_queries_and_doors_do_not_wait_for_the_writer(state):
    with opened(state) as database, serving(database) as caller, database.write():
        assert caller.restlet({"operation": "ping"}).status == 200
        bad = caller.header("POST", SUITEQL, secret="0" * 64)
        assert caller.send("POST", SUITEQL, auth=bad).status == 401
        assert caller.suiteql("SELECT 1 AS one FROM dual").status == 200
        assert caller.door("GET", "stats").status == 200


def test_a_write_waits_for_the_writer_and_nobody_waits_for_the_write(state):
    with opened(state) as database, serving(database) as caller:
        results = []
        with database.write():
            writing = threading.Thread(
                target=lambda: results.append(
                    caller.do("update", "vendor", id=42, values={"cost": 5})
                )
            )
            writing.start()
            for _ in range(3):
                assert caller.restlet({"operation": "ping"}).status == 200
            assert results == []
        writing.join(30)
        assert results[0]["ok"]


def test_a_nonce_used_while_the_writer_was_busy_is_refused_then_and_after_a_restart(state):
    path = SUITEQL + "?limit=1"
    body = {"q": "SELECT 1 AS one FROM dual"}
    sent = {"Prefer": "transient", "Content-Type": "application/json"}
    with opened(state) as database, serving(database) as caller:
        header = caller.header("POST", path)
        with database.write():
            assert caller.send("POST", path, body, auth=header, **sent).status == 200
            assert caller.send("POST", path, body, auth=header, **sent).status == 401
            assert caller.last_refusal() == "nonce_used"
    with opened(state) as database:
        with database.write() as connection:
            nonces = [row["nonce"] for row in connection.execute("SELECT * FROM sandbox_nonce")]
        assert any(f'oauth_nonce="{nonce}"' in header for nonce in nonces)


def test_what_is_to_be_written_soon_is_written_when_the_writer_is_free_in_order(state):
    begun, end = threading.Event(), threading.Event()

    def hold(database):
        with database.write():
            begun.set()
            end.wait(30)

    def failures(database):
        with database.write() as connection:
            return [row["failures"] for row in connection.execute("SELECT * FROM sandbox_lock")]

    with opened(state) as database:
        holder = threading.Thread(target=hold, args=(database,))
        holder.start()
        assert begun.wait(30)
        with database.claim() as free:
            assert not free
        for number in range(3):
            database.write_soon("DELETE FROM sandbox_lock")
            database.write_soon("INSERT INTO sandbox_lock VALUES (?, 0)", (number,))
        end.set()
        holder.join(30)
        assert failures(database) == [2]
        with database.claim() as free:
            assert free


def test_what_fails_in_the_writers_hands_takes_nothing_with_it_that_was_to_be_written(state):
    with opened(state) as database:
        with pytest.raises(sqlite3.IntegrityError), database.write() as connection:
            connection.execute("INSERT INTO sandbox_lock VALUES (7, 0), (NULL, 0)")
        database.write_soon("INSERT INTO sandbox_lock VALUES (?, 0)", (1,))
    with opened(state) as database, database.write() as connection:
        rows = connection.execute("SELECT failures FROM sandbox_lock").fetchall()
        assert [row[0] for row in rows] == [1]
