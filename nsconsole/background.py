"""The worker beside the screens: the scheduler in a process of its own.

Python lets one thread at a time work. A pull in a thread of the screens would hold up each key; in
its own process it takes another processor, and stands back behind the screens.
"""

import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_log = logging.getLogger(__name__)

_PATIENCE = 4.0  # seconds that stopping waits, a little longer than a worker does for its calls
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds until a worker that ended is started again
_LONG_LIFE = 60.0  # … that one lives which is well


class BackgroundWorker:
    """`nsconsole worker --attached` on the workspace at `home`, started again if it ends unasked.

    It lives in `environ` and obeys orders through a pipe. However we end, the pipe is closed then,
    and the worker ends too. `tell` hears in a sentence what it died of.
    """

    def __init__(self, home: Path, environ: Mapping[str, str], tell: Callable[[str], None]) -> None:
        # -P: what lies about in the folder where nsconsole was started is no part of it.
        self._command = [sys.executable, "-P", "-m", "nsconsole"]
        self._command += ["worker", "--attached", "--home", str(home)]
        self._environ = dict(environ)
        self._tell = tell
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Start it; the first drain begins at once, and soon the tiers that are due."""
        self._keeper.start()

    def drain_soon(self) -> None:
        """Send what was approved at once."""
        self._order({"order": "drain"})

    def sync_soon(self, tables: Sequence[str], *, full: bool) -> None:
        """Sync some tables at once, whatever their tiers; `full` reads each whole."""
        self._order({"order": "sync", "tables": list(tables), "full": full})

    def stop(self) -> None:
        """End it, and wait some seconds for its calls to NetSuite that are under way."""
        with self._lock:
            self._stopping.set()
            if self._process:
                self._process.terminate()
        if self._keeper.is_alive():
            self._keeper.join(_PATIENCE)

    def _order(self, order: Mapping[str, object]) -> None:
        # One that is dead hears nothing; the next drains at its start.
        with self._lock, suppress(OSError, ValueError):
            if self._process and self._process.stdin:
                print(json.dumps(order), file=self._process.stdin, flush=True)

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            begun = time.monotonic()
            why = self._live()
            if self._stopping.is_set():
                return
            if time.monotonic() - begun > _LONG_LIFE:
                pause = _FIRST_PAUSE
            _log.warning("the worker ended: %s", why)
            self._tell(f"What works beside the screens ended and is started again: {why}")
            self._stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _live(self) -> str:
        """Start a worker and wait for its end; give its last words."""
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as words:
            try:
                process = self._begin(words.fileno())
            except OSError as error:
                return str(error)
            if process is None:
                return ""
            code = process.wait()
            self._hang_up(process)
            words.seek(0)
            said = words.read().strip()
        cause = f"exit code {code}" if code >= 0 else f"signal {-code}"
        return said.rpartition("\n")[2] or cause

    def _begin(self, stderr: int) -> "subprocess.Popen[str] | None":
        with self._lock:
            if self._stopping.is_set():
                return None
            # A session of its own: what a terminal sends to its programs is not meant for it.
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                self._command,
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )
            return self._process

    def _hang_up(self, process: "subprocess.Popen[str]") -> None:
        with self._lock, suppress(OSError):  # what it did not read is lost with it
            if process.stdin:
                process.stdin.close()
