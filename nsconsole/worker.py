"""The worker: the scheduler without a screen, for a machine that stays on."""

import logging
import os
import signal
import sys
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


def worker(args: Namespace) -> int:
    """Run the scheduler on the workspace of the command line until a signal ends it.

    Raises NetSuiteUnavailableError if there is no account or credential to work with.
    """
    settings = load_settings(os.environ, home=args.home)
    # Before any thread is there, so that no signal goes to one of them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _EXIT_CODES)
    with closing(open_workspace(settings, environ=os.environ)) as workspace:
        workspace.netsuite()
        log_to_file(settings.logs / "worker.log")
        _log_to_stderr()
        scheduler = Scheduler(workspace)
        scheduler.start()
        _tell_ready(settings, as_json=args.json)
        code = _EXIT_CODES[signal.Signals(signal.sigwait(_EXIT_CODES))]
        scheduler.stop()
        logging.getLogger(__name__).info("ending")
        leave(code)
    return code


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
