"""Whatever scripts do in whatever order: the ledger is what was done, and the books agree."""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsconsole.sandbox.server import Options, running

DAYS = ("2026-11-20", "2026-10-05", "2026-03-10")
amounts = st.sampled_from([0, 1, 9.99, 33.33, 1000, -5])
quantities = st.sampled_from([1, 3, 0.5, -2])
rates = st.sampled_from([1, 0.71, 1.337])

expense = st.fixed_dictionaries({"account": st.sampled_from([611, 621, 999]), "amount": amounts})
bought = st.fixed_dictionaries(
    {"item": st.sampled_from([101, 102])}, optional={"quantity": quantities, "rate": amounts}
)
edits = st.fixed_dictionaries(
    {"line": st.integers(0, 4)},
    optional={"amount": amounts, "memo": st.just("x"), "remove": st.booleans()},
)
sublists = st.fixed_dictionaries(
    {},
    optional={
        "expense": st.lists(expense | edits, max_size=3),
        "item": st.lists(bought | edits, max_size=3),
    },
)
heads = st.fixed_dictionaries(
    {},
    optional={
        "entity": st.sampled_from([42, 41, 40, 80]),
        "trandate": st.sampled_from(DAYS),
        "exchangerate": rates,
        "terms": st.sampled_from([1, 2, None]),
        "approvalstatus": st.sampled_from(["1", "2"]),
        "memo": st.text(max_size=3),
    },
)
journals = st.lists(
    st.fixed_dictionaries(
        {"account": st.sampled_from([611, 201])},
        optional={"debit": amounts, "credit": amounts},
    ),
    min_size=1,
    max_size=3,
).map(lambda sides: {"line": sides})
transactions = st.sampled_from(["vendorbill", "purchaseorder", "invoice", "salesorder"])
chosen = st.integers(0, 5)  # which of the records made so far
steps = st.lists(
    st.tuples(st.just("create"), transactions, heads, sublists)
    | st.tuples(st.just("create"), st.just("journalentry"), st.just({}), journals)
    | st.tuples(st.just("update"), chosen, heads, sublists)
    | st.tuples(st.just("delete"), chosen, st.just({}), st.just({}))
    | st.tuples(st.just("again"), chosen, heads, sublists),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def victim(seeded_state, tmp_path_factory):
    """A sandbox that may be written to at will."""
    state = shutil.copy(seeded_state, tmp_path_factory.mktemp("books") / "state.db")
    with running(Options(state=state)) as sandbox:
        yield sandbox


class Bookkeeper:
    """Makes operations of the steps, and remembers what was answered to them."""

    def __init__(self, caller) -> None:
        self.caller = caller
        self.made: list[tuple[str, str]] = []
        self.done: list[tuple[str, str, str]] = []
        self.asked = 0
        self.first = int(caller.rows("SELECT MAX(id) AS id FROM transaction")[0]["id"]) + 1

    def do(self, verb, which, values, lines) -> None:
        if verb == "create":
            record_type, parts = which, {}
            values = {"entity": 80 if which in ("invoice", "salesorder") else 42, **values}
            if which == "journalentry":
                values.pop("entity")
        elif not self.made:
            return
        else:
            record_type, number = self.made[which % len(self.made)]
            parts = {"id": number}
        self.asked += 1
        request_id = f"{self.first}-{self.asked}"
        if verb == "again":
            verb, request_id = "update", self.done[which % len(self.done)][0] if self.done else "x"
        result = self.caller.do(
            verb, record_type, values=values, sublists=lines, request_id=request_id, **parts
        )
        self.note(verb, record_type, result)

    def note(self, verb, record_type, result) -> None:
        assert result["ok"] or result["error"]["code"] not in ("UNEXPECTED_ERROR", "")
        if result["ok"] and not result["idempotent"]:
            number = result["ns_internal_id"]
            self.done.append((result["request_id"], verb, number))
            if verb == "create":
                self.made.append((record_type, number))


def cents(text) -> int:
    return round(float(text or 0) * 100)


@given(steps=steps)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_ledger_is_what_was_done_and_the_books_agree(victim, shared, steps):
    caller = type(shared)(victim)
    caller.door("DELETE", "ledger")
    keeper = Bookkeeper(caller)
    for step in steps:
        keeper.do(*step)
    entries = [(e["request_id"], e["operation"], e["internal_id"]) for e in caller.ledger()]
    assert entries == keeper.done
    check_totals(caller, keeper.first)
    check_balances(caller)
    assert caller.door("GET", "stats").json()["unexpected_errors"] == []


def check_totals(caller, first):
    heads = caller.rows(
        "SELECT id, type, foreigntotal, foreignamountpaid, foreignamountunpaid FROM transaction "
        f"WHERE id >= {first}"
    )
    lines = caller.rows(
        "SELECT transaction, id, uniquekey, mainline, foreignamount, netamount "
        f"FROM transactionline WHERE transaction >= {first}"
    )
    posted = caller.rows(
        "SELECT transaction, SUM(netamount) AS net FROM transactionaccountingline "
        f"WHERE transaction >= {first} GROUP BY transaction"
    )
    assert all(cents(row["net"]) == 0 for row in posted)
    assert {line["transaction"] for line in lines} == {head["id"] for head in heads}
    assert len({line["uniquekey"] for line in lines}) == len(lines)
    for head in heads:
        own = [line for line in lines if line["transaction"] == head["id"]]
        main = [line for line in own if line["mainline"] == "T"]
        others = sum(cents(line.get("foreignamount")) for line in own if line["mainline"] == "F")
        if head["type"] == "Journal":
            assert (main, others) == ([], 0)
            continue
        assert len(main) == 1
        assert cents(main[0]["foreignamount"]) == cents(head["foreigntotal"]) == -others
        if head["type"] in ("VendBill", "CustInvc"):
            assert cents(head["foreignamountunpaid"]) == abs(others)


def check_balances(caller):
    for table, column, kind in (
        ("vendor", "balance", "VendBill"),
        ("customer", "balancesearch", "CustInvc"),
    ):
        owed = caller.rows(
            "SELECT entity, SUM(foreignamountunpaid) AS owed FROM transaction "
            f"WHERE type = '{kind}' GROUP BY entity"
        )
        owed = {row["entity"]: cents(row.get("owed")) for row in owed}
        for row in caller.rows(f"SELECT id, {column} FROM {table}"):
            assert cents(row.get(column)) == owed.get(row["id"], 0), (table, row)
