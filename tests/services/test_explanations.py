"""What failures mean: every code that is met has its meaning and its mend, in plain words."""

import re
from pathlib import Path

import pytest

import nsconsole.sandbox.restlet
from nsconsole.services.dead_letters.explanations import explain
from nsconsole.services.pushes.attempts import Cause


def test_every_refusal_of_a_change_that_the_sandbox_knows_is_explained():
    code = re.compile(r'(?:RefusedError|refused|Unique|cls)\(\s*(?:"\w+", )?"([A-Z][A-Z_]+)"')
    folder = Path(nsconsole.sandbox.restlet.__file__).parent
    known = {found for file in folder.glob("*.py") for found in code.findall(file.read_text())}
    assert {"CLOSED_TRAN_PRD", "INVALID_KEY_OR_REF", "DUP_RCRD", "USER_ERROR"} <= known
    fallback = explain(Cause.REFUSED, "NO_SUCH_CODE")
    assert [code for code in sorted(known) if explain(Cause.REFUSED, code) == fallback] == []


@pytest.mark.parametrize("cause", Cause)
def test_a_code_that_nobody_knows_is_explained_by_its_cause(cause):
    explained = explain(cause, "SOME_CODE_OF_TOMORROW")
    assert explained.meaning.endswith(".")
    assert explained.mend.endswith(".")


def test_a_known_code_says_more_than_its_cause():
    assert "period" in explain(Cause.REFUSED, "CLOSED_TRAN_PRD").meaning
    assert "period" in explain(Cause.REFUSED, "CLOSED_TRAN_PRD").mend
