"""Where the files that are not Python live: `styles/` and `migrations/`."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(name: str) -> Path:
    """Give the folder `name`: inside the package when installed, beside it in a checkout."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.exists() else _PACKAGE.parent / name
