"""Untrusted text made safe to show: whatever comes from outside is data, on every screen."""

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"  # joins emoji in names; harmless on its own
_CONTROL_PICTURES = 0x2400  # U+2400… shows each C0 control as a small picture: ESC → ␛


def clean(text: str, *, keep_newlines: bool = False, limit: int | None = None) -> str:
    """Give `text` with nothing in it that a terminal would obey or a reader could not see.

    Control codes (C0, DEL, C1), bidirectional overrides, zero-width and other format characters,
    line separators and lone surrogates become visible stand-ins (`␛`, `⟨U+202E⟩`). Markup stays as
    it is: the caller shows the result as literal text. `limit`, at least 1, cuts what is given to
    that many characters, with an ellipsis as the last one.
    """
    shown = _visible(text[:limit], kept="\n" if keep_newlines else "")
    if limit is not None and max(len(text), len(shown)) > limit:
        return shown[: limit - 1] + "…"
    return shown


def _visible(text: str, *, kept: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in kept else _stand_in(c) for c in text)


def _stand_in(char: str) -> str:
    code = ord(char)
    if char == _ZERO_WIDTH_JOINER:
        return char
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(char) == "Zs":
        return " "
    return f"⟨U+{code:04X}⟩"


def has_control_characters(text: str, *, allow_newlines: bool = False) -> bool:
    """Tell whether `text` holds anything that `clean` would replace by a visible stand-in."""
    allowed = "\n\r\t" if allow_newlines else ""
    return any(
        not c.isprintable()
        and c not in allowed
        and c != _ZERO_WIDTH_JOINER
        and unicodedata.category(c) != "Zs"
        for c in text
    )
