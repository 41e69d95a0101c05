"""Putting the parts together: the console on a workspace, with a worker beside it."""

import gc
import logging
import os
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from nsconsole.settings import Settings, load_settings

if TYPE_CHECKING:
    from nsconsole.console.session import Opening, Session
    from nsconsole.services.lines import Line
    from nsconsole.services.operators import Operator
    from nsconsole.services.workspace import Workspace

_POOLS = ("ThreadPoolExecutor", "asyncio_", "sync")  # threads that the interpreter would wait for
_OURS = "NSCONSOLE_"  # what the names of our variables begin with
_PATIENCE = 3.0  # seconds that leaving waits for a call to NetSuite to end


def console(args: Namespace) -> int:
    """Run the console on the workspace of the command line; give the exit code."""
    settings = load_settings(os.environ, home=args.home)

    def opening(tell: Callable[[str], None]) -> "Session":
        return open_session(settings, os.environ)

    return run(settings, opening)


def run(settings: Settings, opening: "Opening") -> int:
    """Run the console until the person leaves; give the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("nsconsole: the screens need a terminal; see `nsconsole --help`", file=sys.stderr)  # noqa: T201
        return 2
    # Collecting garbage while everything is imported and made finds none, and takes its time.
    gc.disable()
    import asyncio

    from nsconsole.console.app import NsConsole  # the commands do without Textual
    from nsconsole.console.event_loop import new_event_loop

    log_to_file(settings.logs / "nsconsole.log")
    app = NsConsole(
        opening,
        account=settings.account,
        first_page=lambda limit: _first_page(settings, limit),
        theme=settings.theme,
    )
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(app.run_async())
    app.stop_background()
    leave(app.return_code or 0)
    return app.return_code or 0


def _first_page(settings: Settings, limit: int) -> "tuple[list[Line], int] | None":
    from nsconsole.services.lines import first_lines  # after the first frame

    return first_lines(settings, limit)


def open_session(settings: Settings, environ: Mapping[str, str]) -> "Session":
    """Open a workspace for the console. Raises an error that is a sentence for the operator."""
    from nsconsole.background import BackgroundWorker
    from nsconsole.console.session import Session
    from nsconsole.services.workspace import open_workspace  # SQLAlchemy

    workspace = open_workspace(settings, environ=environ)
    return Session(
        workspace=workspace,
        identify=lambda: _identify(workspace),
        background=lambda tell: BackgroundWorker(settings.home, _of_worker(environ), tell),
        edit_token=environ.get("NSCONSOLE_EDIT_TOKEN", "").strip() or None,
    )


def _identify(workspace: "Workspace") -> "Operator | None":
    from nsconsole.services.operators import whoami  # the first rows do without it

    return whoami(workspace)


def _of_worker(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a worker: our variables come from `environ`. It decides nothing."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    ours = {name: value for name, value in environ.items() if name.startswith(_OURS)}
    ours.pop("NSCONSOLE_EDIT_TOKEN", None)
    return others | ours


def log_to_file(file: Path) -> None:
    """Send the program's log to a file; on the terminal it would stand amid the screen."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(file, maxBytes=2**20, backupCount=3, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for talker in ("alembic", "httpx"):
        logging.getLogger(talker).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a turn skipped is no trouble
    logging.captureWarnings(capture=True)
    threading.excepthook = _log_thread


def _log_thread(args: "threading.ExceptHookArgs") -> None:
    if args.exc_value:
        logging.getLogger(__name__).error("thread failed", exc_info=args.exc_value)


def leave(code: int) -> None:
    """Wait a little for the calls that are under way, then leave whatever still runs.

    To leave in the middle of a call loses nothing: a push keeps its lease until that runs out,
    and is then asked again under the same request id; a pull goes on from its last page.
    """
    deadline = time.monotonic() + _PATIENCE
    others = [t for t in threading.enumerate() if t.name.startswith(_POOLS)]
    if any(thread.is_alive() for thread in others):
        for thread in others:
            thread.join(max(deadline - time.monotonic(), 0))
    if any(thread.is_alive() for thread in others):
        sys.stdout.flush()
        os._exit(code)
