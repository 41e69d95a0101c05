"""`sandbox`: a simulated NetSuite, and how to point a workspace at it."""

import os
import shlex
import sys
import threading
from argparse import Namespace

from nsconsole.cli import output
from nsconsole.sandbox.server import Options, Running, SandboxError, run
from nsconsole.services.errors import ServiceError

_VARIABLES = {
    "url": "NSCONSOLE_NETSUITE_URL",
    "account": "NSCONSOLE_ACCOUNT",
    "consumer_key": "NSCONSOLE_CONSUMER_KEY",
    "consumer_secret": "NSCONSOLE_CONSUMER_SECRET",
    "token_id": "NSCONSOLE_TOKEN_ID",
    "token_secret": "NSCONSOLE_TOKEN_SECRET",
}


def sandbox(args: Namespace) -> int:
    """Run the sandbox until interrupted."""
    options = Options(
        port=args.port,
        seed=args.seed,
        rows=args.rows,
        latency_ms=args.latency_ms,
        state=args.state,
    )

    def ready(running: Running) -> None:
        _show(running, as_json=args.json)

    try:
        return run(options, on_ready=ready, until=_end_of_stdin() if args.exit_with_stdin else None)
    except SandboxError as error:
        raise ServiceError(str(error)) from error


def _show(running: Running, *, as_json: bool) -> None:
    facts = running.as_json()
    if as_json:
        output.document(facts)
        return
    output.line("# A simulated NetSuite is ready. To point a workspace at it:")
    for key, variable in _VARIABLES.items():
        output.line(f"export {variable}={shlex.quote(str(facts[key]))}")
    output.line("# Ctrl-C ends it.")
    sys.stdout.flush()


def _end_of_stdin() -> threading.Event:
    ended = threading.Event()
    stdin = sys.stdin.fileno()

    def wait() -> None:
        # Not sys.stdin.read: a thread that holds its lock at exit would abort the interpreter.
        while os.read(stdin, 4096):
            pass
        ended.set()

    threading.Thread(target=wait, name="end-of-stdin", daemon=True).start()
    return ended
