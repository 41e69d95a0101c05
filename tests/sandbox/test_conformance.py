"""The table of facts is whole, and every test that it names is there."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from .conformance import facts

FACTS = facts()
SECTIONS = "1.1 1.2 1.3 1.4 1.5 2.1 2.2 2.3 2.4 2.5 3 4.1 4.2 4.3 5 6 7 8 9"


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """Every test of the sandbox, as the table names it."""
    return {
        f"{path.stem}::{each.name}".removeprefix("test_").replace("::test_", "::")
        for path in Path(__file__).parent.glob("test_*.py")
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        and each.name.startswith("test_")
    }


def test_every_test_that_a_fact_names_is_there(tests):
    named = {test for fact in FACTS for test in fact.tests}
    assert sorted(named - tests) == []


def test_every_section_has_its_facts_and_no_other_has():
    assert {fact.section for fact in FACTS} == set(SECTIONS.split())


def test_every_fact_is_proven_or_says_why_it_is_left_out():
    assert [fact for fact in FACTS if bool(fact.tests) == bool(fact.left_out)] == []


def test_no_fact_and_no_test_of_a_fact_is_there_twice():
    told = Counter((fact.section, fact.fact) for fact in FACTS)
    assert [fact for fact, times in told.items() if times > 1] == []
    assert [fact for fact in FACTS if len(set(fact.tests)) < len(fact.tests)] == []
