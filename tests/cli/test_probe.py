"""`probe` as people and programs meet it."""


def test_it_tells_what_netsuite_gives_and_how_full_it_is(program):
    result = program.here("probe", "Customer", "email", "balance", "no such", "--json")
    assert result.code == 0
    assert result.json["table"] == "customer"
    email, balance, strange = result.json["columns"]
    assert (email["column"], email["queryable"], email["reason"]) == ("email", True, None)
    assert 0 < email["filled"] <= email["sampled"] <= 1000
    assert (balance["queryable"], balance["reason"]) == (False, "not_queryable")
    assert "balance" in balance["detail"]
    assert (strange["queryable"], strange["reason"]) == (False, "bad_name")

    shown = program.here("probe", "customer", "email", "balance").out.splitlines()
    assert shown[0].split() == ["COLUMN", "QUERYABLE", "FILLED", "REASON"]
    assert shown[2].split() == ["balance", "no", "not", "queryable"]
    assert shown[-1] == "NetSuite gives 1 of 2 columns."

    unknown = program.here("probe", "customer")
    assert unknown.code == 2
    assert "nsconsole catalog fetch" in unknown.err
