"""What a command is given to read: a file, or its standard input."""

import sys
from pathlib import Path

from nsconsole.services.errors import BadInputError


def read_input(name: str, *, most: int, hint: str) -> bytes:
    """Read at most `most` bytes of the file `name`, of stdin if it is `-`.

    Whoever is to type it sees the `hint`. Raises BadInputError if there is nothing to read from.
    """
    if name == "-":
        if sys.stdin is None:
            raise BadInputError("there is no standard input to read from; name a file")
        if sys.stdin.isatty():
            print(hint, file=sys.stderr)
        return sys.stdin.buffer.read(most)
    try:
        with Path(name).open("rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        raise BadInputError(f"{name} cannot be read: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
