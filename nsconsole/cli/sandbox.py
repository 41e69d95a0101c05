"""`sandbox`: a simulated NetSuite, and how to point a workspace at it."""

import os
import shlex
import sys
import threading
from argparse import Namespace
from contextlib import suppress

import platformdirs

from nsconsole.cli import output
from nsconsole.cli.progress import Progress
from nsconsole.sandbox.behaviour import Behaviour, changed
from nsconsole.sandbox.server import Options, Running, SandboxError, run
from nsconsole.sandbox.traffic import Passed
from nsconsole.services.errors import ServiceError

_VARIABLES = {
    "url": "NSCONSOLE_NETSUITE_URL",
    "account": "NSCONSOLE_ACCOUNT",
    "consumer_key": "NSCONSOLE_CONSUMER_KEY",
    "consumer_secret": "NSCONSOLE_CONSUMER_SECRET",
    "token_id": "NSCONSOLE_TOKEN_ID",
    "token_secret": "NSCONSOLE_TOKEN_SECRET",
}
_OAUTH2_VARIABLES = {
    "client_id": "NSCONSOLE_CLIENT_ID",
    "certificate_id": "NSCONSOLE_CERTIFICATE_ID",
    "private_key_file": "NSCONSOLE_PRIVATE_KEY_FILE",
}


def sandbox(args: Namespace) -> int:
    """Run the sandbox until interrupted."""
    making = Progress("Transactions made")
    options = Options(
        port=args.port,
        seed=args.seed,
        rows=args.rows,
        latency_ms=args.latency_ms,
        state=args.state,
        concurrency=args.concurrency,
        behaviour=changed(Behaviour(), dict(args.switches)),
        on_request=_tell if args.verbose else None,
        progress=making,
        keep_in=platformdirs.user_cache_path("nsconsole", appauthor=False),
    )

    def ready(running: Running) -> None:
        making.clear()
        _show(running, as_json=args.json)

    until = _end_of_stdin() if args.exit_with_stdin else None
    try:
        with making:
            return run(options, on_ready=ready, until=until)
    except SandboxError as error:
        raise ServiceError(str(error)) from error


def _show(running: Running, *, as_json: bool) -> None:
    facts = running.as_json()
    if as_json:
        output.document(facts)
        return
    output.line(
        "# A simulated NetSuite is ready, for this machine alone. To point a workspace at it:"
    )
    for key, variable in _VARIABLES.items():
        output.line(f"export {variable}={shlex.quote(facts[key])}")
    output.line("# Or log in with OAuth 2.0, NetSuite's way for new integrations: these three in")
    output.line("# the place of the four keys and tokens above.")
    for key, variable in _OAUTH2_VARIABLES.items():
        output.line(f"# export {variable}={shlex.quote(facts[key])}")
    output.line("# Ctrl-C ends it.")
    sys.stdout.flush()


def _tell(passed: Passed) -> None:
    """One line of the request log; a reader of it that has gone stops nothing."""
    line = (
        f"{passed.at:%H:%M:%S} {passed.method:<6} {passed.path} "
        f"{passed.outcome} {passed.seconds * 1000:.0f} ms"
    )
    with suppress(OSError, ValueError):
        print(f"{line}  {passed.note}".rstrip(), file=sys.stderr, flush=True)


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
