"""How coverage is worded: gaps, reasons, states and shares; never by colour alone."""

EMPTY = (
    "No audit yet: press A.\n\n"
    "An audit asks NetSuite which tables and columns it has, compares them with\n"
    "the mirror, and lists here what is missing, why, and what is worth most.\n"
    "It changes nothing. R shows the five stages of a round."
)
COMPLETE = (
    "Nothing is missing: all that NetSuite gives to this login is mirrored.\n\n"
    "A audits again; what is new in NetSuite comes here."
)
GAPS = {
    "missing_table": "whole table",
    "missing_column": "column",
    "mapped_gone": "mapped, but gone",
    "set_aside": "set aside",
    "unmapped": "not in the map",
    "type_changed": "type changed",
}
_GAP_SENTENCES = {
    "missing_table": "NetSuite has this table, the mirror does not.",
    "missing_column": "NetSuite has this column, the mirror does not.",
    "mapped_gone": "The map has it, but NetSuite lists it no more.",
    "set_aside": "The map has it, but NetSuite refused it, and the sync goes on without it.",
    "unmapped": "The mirror has it, but the map does not: nothing keeps it up to date.",
    "type_changed": "NetSuite gives it with another type than the mirror has.",
}
REASONS = {
    "never_planned": "never planned",
    "not_queryable": "not queryable",
    "not_permitted": "not permitted",
    "feature_off": "feature off",
    "removed": "removed",
    "bad_name": "bad name",
    "excluded": "excluded",
    "unprobed": "not probed",
    "set_aside": "set aside",
}
_REASON_SENTENCES = {
    "never_planned": "No phase has taken it in yet: p plans it.",
    "not_queryable": "NetSuite does not give it to queries, so it cannot be mirrored.",
    "not_permitted": "The role of this login may not see it; an administrator of NetSuite can "
    "grant that.",
    "feature_off": "The feature that it belongs to is switched off in this account.",
    "removed": "NetSuite lists it as removed.",
    "bad_name": "Its name cannot be that of a table or column of the mirror.",
    "excluded": "An operator excluded it.",
    "unprobed": "Only the record service tells of it: P asks whether queries may name it.",
    "set_aside": "It is tried again by itself; a phase cannot mend it.",
}
_TONES = {
    "never_planned": "",
    "unprobed": "warning",
    "set_aside": "warning",
    "not_permitted": "warning",
}
LOUD_GAPS = ("mapped_gone", "type_changed", "set_aside")
ORDERS = {"priority": "by priority", "rows": "most rows first", "fill": "fullest first"}
STATES = {
    "proposed": "waits for approval",
    "approved": "approved",
    "applying": "being applied",
    "failed": "✗ FAILED",
    "applied": "✓ applied",
    "undone": "undone",
    "withdrawn": "withdrawn",
}
STATE_TONES = {"applying": "marked", "failed": "bad", "applied": "good", "proposed": "warning"}
STEPS = {
    "backup": "backup",
    "migration": "migration",
    "map": "map",
    "pull": "pull",
    "audit": "re-audit",
}


def gap(word: str) -> str:
    """Name a kind of gap; one that is not known as it is."""
    return GAPS.get(word, word.replace("_", " "))


def reason(word: str) -> str:
    """Name a reason; one that is not known as it is."""
    return REASONS.get(word, word.replace("_", " "))


def sentence(gap_word: str, reason_word: str) -> str:
    """Say what is not mirrored, and why, or what can be done."""
    return f"{_GAP_SENTENCES.get(gap_word, '')} {why(reason_word)}".strip()


def why(reason_word: str) -> str:
    """Say why something is not mirrored, or what can be done."""
    return _REASON_SENTENCES.get(reason_word, f"{reason(reason_word).capitalize()}.")


def tone(gap_word: str, reason_word: str) -> str:
    """Name the style of a gap: loud for what was mirrored once, quiet for what cannot be."""
    return "bad" if gap_word in LOUD_GAPS else _TONES.get(reason_word, "muted")


def percent(share: float | None) -> str:
    """Give a share of 100 with two digits; 100 only if it is all."""
    if share is None:
        return "–"
    return "100 %" if share >= 100 else f"{min(share, 99.99):.2f} %"


def whole_percent(share: float | None) -> str:
    """Give a share from 0 to 1 in whole percent; only nothing at all is 0, and only all is 100."""
    if share is None:
        return ""
    return "<1 %" if 0 < share < 0.01 else f"{int(share * 100)} %"


def delta(points: float) -> str:
    """Give a difference in percent points."""
    return "±0.00" if abs(points) < 0.005 else f"{points:+.2f}"
