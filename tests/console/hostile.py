"""Texts that would do harm if a screen obeyed them, and what a terminal would obey."""

import unicodedata

MARKUP = "[red]x[/] [@click=app.quit]q[/] [/nope] [[ \\["
CODES = "\x1b[2J\x1b]52;c;aGk=\x07\x1b]0;title\x1b\\\x9b31m\x9d\x85\x00\x08\x0c\r\n\t\x7f"
BIDI = "\u202eevil\u202c \u2066x\u2069 \u200f\u061c\u200b\u2060\ufeff\u2028\u2029"
WIDE = "e\u0301\u0323 👩\u200d👩\u200d👧 🇩🇪 ｗｉｄｅ 漢字 \u1100\u1161 ﷽"
LONE = "surrogate \ud800 end".encode("utf-8", "replace").decode()
HOSTILE = f"{MARKUP} {CODES}{BIDI}{WIDE} {LONE} {'long ' * 400}"

INVISIBLE = {"\u200b", "\u2060", "\ufeff", "\u2028", "\u2029", "\u200e", "\u200f", "\u061c"}


def obeyed(text):
    """The characters that a terminal would obey, or a reader not see."""
    return {char for char in text if char != "\n" and _is_obeyed(char)}


def _is_obeyed(char):
    controls = unicodedata.category(char) in ("Cc", "Cs")
    return (
        controls
        or char in INVISIBLE
        or "\u202a" <= char <= "\u202e"
        or "\u2066" <= char <= "\u2069"
    )
