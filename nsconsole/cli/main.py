"""One command from start to end: what it raises becomes a sentence and an exit code here."""

import gc
import importlib
import io
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from nsconsole.cli import output
from nsconsole.services.errors import (
    BadInputError,
    NetSuiteUnavailableError,
    RefusedError,
    ServiceError,
    TamperedError,
)
from nsconsole.settings import SettingsError, load_settings
from nsconsole.text import clean

# Which module holds a command's function, of the same name. Imported late: no command waits for
# what another needs.
_MODULES = {
    "propose": "proposals",
    "inbox": "proposals",
    "decide": "proposals",
    "drain": "queue",
    "queue": "queue",
    "undo": "queue",
    "dlq": "dead_letters",
    "breaker": "breaker",
    "status": "status",
    "sync": "sync",
    "log": "log",
    "map": "map",
    "catalog": "catalog",
    "audit": "audit",
    "probe": "probe",
    "phase": "phases",
    "coverage": "coverage",
    "init": "setup",
    "doctor": "setup",
    "operator": "operators",
    "audit-trail": "audit_trail",
    "sandbox": "sandbox",
    "completion": "completion",
}
_EXIT_CODES: tuple[tuple[type[Exception], int], ...] = (
    (BadInputError, 2),
    (SettingsError, 2),
    (RefusedError, 3),
    (TamperedError, 3),
    (NetSuiteUnavailableError, 4),
    (ServiceError, 1),
)
_SECRETS = (
    "NSCONSOLE_CONSUMER_KEY",
    "NSCONSOLE_CONSUMER_SECRET",
    "NSCONSOLE_TOKEN_ID",
    "NSCONSOLE_TOKEN_SECRET",
    "NSCONSOLE_EDIT_TOKEN",
)


def run(args: Namespace) -> int:
    """Execute a parsed command and give its exit code; nothing is raised."""
    return guarded(args, lambda: _command(args.command)(args))


def guarded(args: Namespace, work: Callable[[], int]) -> int:
    """Do some work and give its exit code; what it raises becomes a sentence and a code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows no “→”
    try:
        code = work()
        output.flush()
    except KeyboardInterrupt:
        code = 130
        output.fail("interrupted", code=code, as_json=args.json)
    except BrokenPipeError:
        code = 1  # whoever read us has seen enough
    except Exception as error:  # noqa: BLE001 - the boundary: no traceback reaches a person
        code, message = _explained(error, args.home)
        output.fail(message, code=code, as_json=args.json)
    output.end()
    return code


def _command(name: str) -> Callable[[Namespace], int]:
    # What is imported stays; looking through it for garbage would only take time.
    gc.disable()
    module = importlib.import_module(f"nsconsole.cli.{_MODULES[name]}")
    gc.freeze()
    gc.enable()
    command: Callable[[Namespace], int] = getattr(module, name.replace("-", "_"))
    return command


def _explained(error: Exception, home: Path | None) -> tuple[int, str]:
    for kind, code in _EXIT_CODES:
        if isinstance(error, kind):
            return code, str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return 1, f"{where}{error.strerror}"
    from nsconsole.store.engine import DatabaseError  # SQLAlchemy takes its time

    if isinstance(error, DatabaseError):
        return 1, str(error)
    log = _log(error, home)
    details = f"the details are in {log}" if log else "no log could be written"
    return 1, f"this should not have happened ({type(error).__name__}); {details}"


def _log(error: Exception, home: Path | None) -> Path | None:
    import traceback  # the screens start sooner without

    text = "".join(traceback.format_exception(error))
    for name in _SECRETS:
        text = text.replace(os.environ.get(name) or "\0", "(hidden)")
    with suppress(OSError, SettingsError):
        log = load_settings(os.environ, home=home).logs / "nsconsole.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(clean(text, keep_newlines=True))
        return log
    return None
