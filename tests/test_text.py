"""What comes from outside is shown, never obeyed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsconsole.text import clean, has_control_characters

HOSTILE = "\x00\x07\x1b\x7f\x80\x9b\u200b\u200e\u202e\u2066\u2069\u2028\u2029\u061c\ufeff\ud800"
TEXT = st.text(st.characters() | st.sampled_from(HOSTILE + "\n\t[]\u200d\u0301éß "))


def dangerous(char):
    """Whether a terminal obeys a character, or a reader cannot see it."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char != "\u200d"


@given(TEXT)
def test_nothing_that_a_terminal_obeys_is_left(text):
    assert not any(map(dangerous, clean(text)))


@given(TEXT)
def test_only_newlines_are_kept_when_they_are_wanted(text):
    assert not any(map(dangerous, clean(text, keep_newlines=True).replace("\n", "")))
    assert clean(text, keep_newlines=True).count("\n") == text.count("\n")


@given(TEXT)
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(TEXT, st.integers(1, 40))
def test_a_limit_holds_whatever_the_stand_ins_take(text, limit):
    shown = clean(text, limit=limit)
    assert len(shown) <= limit
    assert clean(shown, limit=limit) == shown
    if len(text) > limit:
        assert shown.endswith("…")


@given(TEXT)
def test_clean_text_can_be_written_as_utf_8(text):
    clean(text).encode()


@given(TEXT)
def test_what_is_refused_at_the_door_is_what_would_be_replaced_on_the_screen(text):
    assert has_control_characters(text) == any(map(dangerous_or_unassigned, text))


def dangerous_or_unassigned(char):
    return dangerous(char) or unicodedata.category(char) in ("Cn", "Co")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Acme & Söhne, Ltd.", "Acme & Söhne, Ltd."),
        ("\x1b]0;pwned\x07", "␛]0;pwned␇"),
        ("\x9b2J\x7f", "⟨U+009B⟩2J␡"),
        ("invoice\u202efdp.exe", "invoice⟨U+202E⟩fdp.exe"),
        ("one\ntwo\tthree", "one␊two␉three"),
        ("a\u00a0b", "a b"),
        ("e\u0301", "é"),
        ("\ud800", "⟨U+D800⟩"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("[red]not red[/red] [@click=app.quit]x[/] [/nope]", None),
    ],
)
def test_text_reads_as_it_was_written(text, shown):
    assert clean(text) == (text if shown is None else shown)


@pytest.mark.parametrize("text", ["one\ntwo", "one\ttwo", "one\r\ntwo"])
def test_newlines_and_tabs_are_let_through_only_where_they_are_wanted(text):
    assert has_control_characters(text)
    assert not has_control_characters(text, allow_newlines=True)
