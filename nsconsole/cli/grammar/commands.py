"""Commands and the values of their arguments; what the parts of the grammar are made of."""

import argparse

TYPE_CHECKING = False  # type checkers know the name; `typing` and `pathlib` would cost a third
if TYPE_CHECKING:
    from pathlib import Path
    from typing import NoReturn

_LARGEST = 2**63 - 1  # what a database's integer holds
# How shtab completes the name of a file or folder, by shell.
FILES = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}
FOLDERS = {"bash": "_shtab_compgen_dirs", "zsh": "_files -/", "tcsh": "d"}


class UsageError(Exception):
    """A command line that does not follow the grammar; `usage` is the command's."""

    def __init__(self, usage: str, message: str) -> None:
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is a UsageError."""

    def error(self, message: str) -> "NoReturn":
        """Complain."""
        raise UsageError(self.format_usage(), message)


class Commands:
    """The commands of a parser; each takes the global flags too."""

    def __init__(self, parser: argparse.ArgumentParser, *, dest: str, required: bool) -> None:
        self._choices = parser.add_subparsers(dest=dest, required=required, metavar="COMMAND")

    def add(self, name: str, sentence: str, epilog: str = "") -> argparse.ArgumentParser:
        """Add a command, described by a sentence that its parents list too."""
        parser: argparse.ArgumentParser = self._choices.add_parser(
            name,
            help=sentence,
            description=f"{sentence[:1].upper()}{sentence[1:]}.",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        add_global_flags(parser)
        return parser


def add_global_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that each command takes."""
    # Suppressed defaults: a flag before the command outlives the command's own parser.
    home = parser.add_argument(
        "--home",
        type=path,
        metavar="PATH",
        default=argparse.SUPPRESS,
        help="the workspace's folder",
    )
    completed_by(home, FOLDERS)
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print one JSON document on stdout and nothing else there",
    )


def add_limit(
    parser: argparse.ArgumentParser, sentence: str, *, default: str | None = None
) -> None:
    """Add `--limit`."""
    parser.add_argument(
        "--limit", type=count, metavar="N", default=default, help=f"{sentence} (default: all)"
    )


def completed_by(argument: argparse.Action, by_shell: dict[str, str]) -> None:
    """Have shells complete an argument, each in its own way."""
    argument.complete = by_shell  # type: ignore[attr-defined]  # the attribute that shtab reads


def path(text: str) -> "Path":
    """Read a path."""
    from pathlib import Path

    if not text:
        raise argparse.ArgumentTypeError("must not be empty")
    return Path(text)


def setting(text: str) -> str:
    """Read FIELD=VALUE."""
    name, is_there, _ = text.partition("=")
    if not name or not is_there:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not FIELD=VALUE")
    return text


def port(text: str) -> int:
    """Read a port; 0 is any."""
    return _whole(text, least=0, most=65_535)


def natural(text: str) -> int:
    """Read a whole number from 0."""
    return _whole(text, least=0)


def count(text: str) -> int:
    """Read a whole number from 1."""
    return _whole(text, least=1)


def sha256(text: str) -> str:
    """Read a hash."""
    if len(text) == 64 and set(text) <= set("0123456789abcdef"):
        return text
    raise argparse.ArgumentTypeError(f"{text[:70]!r} is not a hash of 64 hex digits")


def switch(text: str) -> tuple[str, object]:
    """Read a switch of the sandbox."""
    from nsconsole.sandbox.behaviour import BehaviourError, from_text

    try:
        return from_text(text)
    except BehaviourError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _whole(text: str, *, least: int, most: int = _LARGEST) -> int:
    if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    span = f"between {least} and {most}" if most < _LARGEST else f"of at least {least}"
    raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number {span}")
