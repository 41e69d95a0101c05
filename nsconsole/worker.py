"""The worker: the scheduler without a screen, for a machine that stays on or beside the screens."""

import json
import logging
import os
import signal
import sys
import threading
from argparse import Namespace
from contextlib import closing
from datetime import UTC, datetime

from nsconsole.cli import output
from nsconsole.launch import leave, log_to_file
from nsconsole.mapping import TIERS
from nsconsole.scheduler import Scheduler
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import Settings, load_settings
from nsconsole.text import clean

_EXIT_CODES = {signal.SIGTERM: 0, signal.SIGINT: 130}
_BEHIND = 5  # steps of niceness


def worker(args: Namespace) -> int:
    """Run the scheduler on the workspace of the command line until a signal ends it.

    Attached to screens it obeys their orders, goes behind them in its use of the processor, and
    ends with them. Raises NetSuiteUnavailableError if there is no account or credential to work
    with, unless it is attached: the screens work without, too.
    """
    settings = load_settings(os.environ, home=args.home)
    # Before any thread is there, so that no signal goes to one of them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _EXIT_CODES)
    with closing(open_workspace(settings, environ=os.environ)) as workspace:
        log_to_file(settings.logs / "worker.log")
        scheduler = Scheduler(workspace)
        if args.attached:
            os.nice(_BEHIND)
            threading.Thread(target=_obey, args=(scheduler,), name="orders", daemon=True).start()
        else:
            workspace.netsuite()
            _log_to_stderr()
        scheduler.start()
        _tell_ready(settings, as_json=args.json)
        code = _EXIT_CODES[signal.Signals(signal.sigwait(_EXIT_CODES))]
        scheduler.stop()
        logging.getLogger(__name__).info("ending")
        leave(code)
    return code


def _obey(scheduler: Scheduler) -> None:
    """Obey the orders that come on stdin, and leave when it ends: whoever gave them is gone."""
    try:
        # Not sys.stdin: a thread that holds its lock at exit would abort the interpreter.
        with os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8") as orders:
            for line in orders:
                _carry_out(json.loads(line), scheduler)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


def _carry_out(order: object, scheduler: Scheduler) -> None:
    match order:
        case {"order": "drain"}:
            scheduler.drain_soon()
        case {"order": "sync", "tables": [*tables], "full": bool(full)}:
            scheduler.sync_soon(tables, full=full)


def _tell_ready(settings: Settings, *, as_json: bool) -> None:
    minutes = ", ".join(map(str, TIERS))
    logging.getLogger(__name__).info(
        "works on %s for account %s: syncs every %s minutes, drains every %g seconds",
        settings.home,
        settings.account,
        minutes,
        settings.drain_every,
    )
    if as_json:
        facts = {"home": str(settings.home), "account": settings.account, "tiers": TIERS}
        output.document({**facts, "pid": os.getpid()})


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    logging.getLogger().addHandler(handler)


class _OneLine(logging.Formatter):
    """A line for each event; what a traceback says is in the log file alone."""

    def format(self, record: logging.LogRecord) -> str:
        at = output.moment(datetime.fromtimestamp(record.created, UTC))
        return clean(f"{at} {record.levelname.lower()} {record.getMessage()}")
