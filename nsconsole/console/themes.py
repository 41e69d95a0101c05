"""The two themes; every colour of the styles is one of their variables."""

from textual.theme import Theme

DARK = Theme(
    name="nsconsole-dark",
    primary="#6cb6ff",
    secondary="#8ddb8c",
    accent="#f69d50",
    foreground="#d5dbe3",
    background="#14181d",
    surface="#1b2027",
    panel="#262d36",
    success="#6bc46d",
    warning="#daaa3f",
    error="#ff938a",
    dark=True,
)
LIGHT = Theme(
    name="nsconsole-light",
    primary="#0550ae",
    secondary="#116329",
    accent="#953800",
    foreground="#1f2328",
    background="#ffffff",
    surface="#f5f7f9",
    panel="#e6eaef",
    success="#116329",
    warning="#7d4e00",
    error="#a40e26",
    dark=False,
)


def theme_name(word: str) -> str:
    """Give the theme that the setting `dark` or `light` means."""
    return LIGHT.name if word == "light" else DARK.name
