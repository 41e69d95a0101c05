"""The demo: a practice NetSuite, a workspace with proposals and history, and the console."""

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import urllib.request
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nsconsole.launch import open_session, run
from nsconsole.services.errors import BadInputError, ServiceError
from nsconsole.settings import Settings, default_home, load_settings

if TYPE_CHECKING:
    from nsconsole.console.session import Session
    from nsconsole.services.workspace import Workspace

_MARK = "demo.json"  # tells a demo's folder from a workspace that matters
_PARTICULARS = ("account", "consumer_key", "consumer_secret", "token_id", "token_secret")
_OPERATOR, _COLLEAGUE = "mike", "anna"


@dataclass(frozen=True, slots=True)
class _Past:
    """A decision of the demo's history; None as `rejected` means that it was approved.

    `meanwhile` is what another user of NetSuite made of the record between staging and approval.
    """

    hours_ago: float
    proposal: dict[str, Any]
    decided_by: str
    rejected: str | None = None
    meanwhile: tuple[str, dict[str, Any]] | None = None


def demo(args: Namespace) -> int:
    """Run the console on the demo workspace and its own NetSuite; give the exit code.

    Everything lives in one folder and goes on from there the next time, unless `--fresh`.
    """
    home = args.home or default_home(os.environ, "nsconsole-demo")
    with _alone(home):
        _prepare_folder(home, fresh=args.fresh)
        return _run(home)


def _run(home: Path) -> int:
    with _practice_netsuite(home) as started:

        def opening(tell: Callable[[str], None]) -> "Session":
            return _open(settings, started, tell)

        settings = replace(load_settings({}, home=home), account="1234567_SB1")
        return run(settings, opening)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    # A second demo in the same folder would take the books away under the first.
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_name(f".{home.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadInputError(
                f"a demo is running in {home} already; --home names another folder"
            ) from error
        yield


def _prepare_folder(home: Path, *, fresh: bool) -> None:
    if home.exists() and any(home.iterdir()) and not (home / _MARK).exists():
        raise BadInputError(
            f"{home} holds something that is not a demo; name another folder with --home"
        )
    if home.exists() and (fresh or not _edit_token(home)):
        shutil.rmtree(home)  # a demo that was cut off while it was laid out begins anew, too
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (home / _MARK).exists():
        (home / _MARK).write_text("{}", encoding="utf-8")


def _edit_token(home: Path) -> str:
    # This token opens nothing but the practice ground, so it may lie in a file.
    with suppress(OSError, ValueError):
        return str(json.loads((home / _MARK).read_text(encoding="utf-8")).get("edit_token", ""))
    return ""


@contextmanager
def _practice_netsuite(home: Path) -> Iterator[Callable[[], dict[str, str]]]:
    """Start a sandbox beside us; lend a function that waits for it and gives its particulars.

    It ends with us, even if we are killed: it reads from a pipe that then closes.
    """
    command = [sys.executable, "-P", "-m", "nsconsole", "sandbox", "--json", "--exit-with-stdin"]
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [*command, "--port", "0", "--state", str(home / "netsuite.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def particulars() -> dict[str, str]:
        line = process.stdout.readline() if process.stdout else ""
        facts: dict[str, Any] = json.loads(line) if line else {}
        if "url" not in facts:
            reason = facts.get("error", {}).get("message", "it ended at once")
            raise ServiceError(f"the practice NetSuite did not start: {reason}")
        return facts

    try:
        yield particulars
    finally:
        process.terminate()
        process.communicate()


def _open(
    settings: Settings, started: Callable[[], dict[str, str]], tell: Callable[[str], None]
) -> "Session":
    tell("Starting a practice NetSuite …")
    facts = started()
    environ = {f"NSCONSOLE_{name.upper()}": facts[name] for name in _PARTICULARS}
    environ |= {"NSCONSOLE_NETSUITE_URL": facts["url"], "NSCONSOLE_OPERATOR": _OPERATOR}
    settings = load_settings(environ, home=settings.home)
    if not _edit_token(settings.home):
        tell("Laying out practice proposals …")
        _furnish(settings, environ, facts["url"])
    environ["NSCONSOLE_EDIT_TOKEN"] = _edit_token(settings.home)
    return open_session(settings, environ)


def _furnish(settings: Settings, environ: dict[str, str], url: str) -> None:
    from nsconsole.services.operators import (
        Role,
        add_operator,
        authenticate,
        first_operator,
    )
    from nsconsole.services.workspace import open_workspace

    with closing(open_workspace(settings, environ=environ)) as workspace:
        mike, token = first_operator(workspace, _OPERATOR, login=secrets.token_hex(4))
        admin = authenticate(workspace, mike, token)
        anna, her_token = add_operator(workspace, admin, _COLLEAGUE, Role.REVIEWER)
        authorities = {_OPERATOR: admin, _COLLEAGUE: authenticate(workspace, anna, her_token)}
        for past in _HISTORY:
            _live_through(workspace, url, past, authorities)
        for hours_ago, proposal in _PENDING:
            _stage(workspace, proposal, hours_ago)
    _change_behind_our_back(url)
    _call(url, "/sandbox/ledger", "DELETE")  # from here on it tells what the operator did
    (settings.home / _MARK).write_text(json.dumps({"edit_token": token}), encoding="utf-8")


def _at(workspace: "Workspace", hours_ago: float) -> "Workspace":
    """The same workspace on an earlier clock; NetSuite goes on hearing the true time."""
    now = workspace.now
    return replace(
        workspace,
        connect=workspace.netsuite,
        now=lambda: now() - timedelta(hours=hours_ago),
    )


def _stage(workspace: "Workspace", proposal: dict[str, Any], hours_ago: float) -> int:
    from nsconsole.services.proposals import propose

    (staged,) = propose(_at(workspace, hours_ago), [proposal], author=proposal["author"])
    return staged.id


def _live_through(
    workspace: "Workspace", url: str, past: _Past, authorities: dict[str, Any]
) -> None:
    from nsconsole.services.approvals import Choice, Verdict, decide
    from nsconsole.services.pushes.draining import drain

    staged = _stage(workspace, past.proposal, past.hours_ago)
    if past.meanwhile:
        table, row = past.meanwhile
        _call(url, f"/sandbox/tables/{table}/rows", "POST", [row])
    then = _at(workspace, past.hours_ago - 0.4)
    verdict = Verdict.REJECT if past.rejected else Verdict.APPROVE
    authority = authorities[past.decided_by]
    decide(then, authority, verdict, [Choice(staged)], reason=past.rejected or "")
    drain(_at(workspace, past.hours_ago - 0.5))  # when it could be called back no more


def _change_behind_our_back(url: str) -> None:
    # Somebody in NetSuite corrects a price that a waiting proposal saw otherwise: a conflict.
    _call(url, "/sandbox/tables/item/rows", "POST", [{"id": 104, "baseprice": 20.25}])


def _call(url: str, path: str, method: str, body: object = None) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own sandbox, on loopback
        url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


def _proposal(
    action_type: str,
    target: str | None,
    change: dict[str, Any],
    author: str,
    reason: str,
    **more: str,
) -> dict[str, Any]:
    proposal = {"action_type": action_type, "change": change, "author": author, "reason": reason}
    return proposal | more | ({"target_id": target} if target else {})


_HISTORY = (
    _Past(
        171,
        _proposal(
            "update_vendor_cost", "14", {"cost": 154.9}, "pricing-bot", "List of 1 November."
        ),
        _COLLEAGUE,
    ),
    _Past(
        146,
        _proposal(
            "update_customer_credit_limit",
            "76",
            {"credit_limit": 60000},
            "credit-watch",
            "Asked for by their buyer on the phone.",
        ),
        _OPERATOR,
        rejected="Four times the limit on a phone call? Get it in writing.",
    ),
    _Past(
        98,
        _proposal(
            "update_customer_terms", "81", {"terms": "2"}, "ap-desk", "As agreed in the renewal."
        ),
        _OPERATOR,
    ),
    _Past(
        50,
        _proposal(
            "update_item_reorder_point",
            "105",
            {"reorder_point": 110, "preferred_stock": 300},
            "planner",
            "Two stock-outs in October.",
        ),
        _COLLEAGUE,
    ),
    _Past(
        26,
        _proposal("update_item_price", "103", {"price": 96.5}, "pricing-bot", "Cost rose 5 %."),
        _OPERATOR,
    ),
    # These two did not reach NetSuite, and rest among the dead letters.
    _Past(
        20,
        _proposal("update_vendor_cost", "17", {"cost": 224.7}, "pricing-bot", "List of November."),
        _COLLEAGUE,
        meanwhile=("vendor", {"id": 17, "cost": 221.3}),
    ),
    _Past(
        6,
        _proposal(
            "create_vendor_bill",
            None,
            {
                "entity": "42",
                "trandate": "2024-03-15",
                "tranid": "INV-2024-0315",
                "item": [{"item": "101", "quantity": 12, "rate": 4.2}],
            },
            "ap-desk",
            "Found at the bottom of a drawer.",
        ),
        _OPERATOR,
    ),
)

_PENDING = (
    (
        52,
        _proposal(
            "update_vendor_terms", "19", {"terms": "3"}, "ap-desk", "They want to be paid sooner."
        ),
    ),
    (
        31,
        _proposal(
            "update_item_price",
            "104",
            {"price": 20.9},
            "pricing-bot",
            "Follows the cost of October.",
        ),
    ),
    (
        28,
        _proposal(
            "update_customer_contact",
            "84",
            {"email": "ap@diaznunezhvac.example", "phone": "(918) 555-0112"},
            "ap-desk",
            "Invoices bounced since Monday.",
        ),
    ),
    (
        22,
        _proposal(
            "create_vendor_bill",
            None,
            {
                "entity": "16",
                "trandate": "2026-11-18",
                "duedate": "2026-12-18",
                "tranid": "AA-20981",
                "memo": "Scanned from the vendor's mail",
                "item": [
                    {"item": "104", "quantity": 200, "rate": 11.0},
                    {"item": "164", "quantity": 60, "rate": 13.84},
                ],
            },
            "ap-inbox",
            "Matches purchase order and receipt.",
        ),
    ),
    (
        20,
        _proposal(
            "update_customer_credit_limit",
            "83",
            {"credit_limit": 140000},
            "credit-watch",
            "24 invoices paid on time; average order grew by a third.",
        ),
    ),
    (
        9,
        _proposal(
            "update_item_cost",
            "103",
            {"cost": 67.2},
            "pricing-bot",
            "Vendor's list of 15 November.",
        ),
    ),
    (
        8,
        _proposal(
            "update_item_reorder_point",
            "108",
            {"reorder_point": 35, "lead_time": 24},
            "planner",
            "Lead time grew from 17 to 24 days.",
        ),
    ),
    (
        6,
        _proposal(
            "update_contact",
            "323",
            {"title": "Purchasing Manager"},
            "crm-sync",
            "From the e-mail signature.",
        ),
    ),
    (
        5,
        _proposal(
            "update_vendor_cost",
            "15",
            {"cost": 219.0},
            "pricing-bot",
            "Rebate agreed for the fourth quarter.",
        ),
    ),
    (
        3,
        _proposal(
            "update_record",
            "16",
            {"comments": "Prefers orders before noon. [ask for Dana]"},
            "crm-sync",
            "Note from the last call.",
            target_record="vendor",
            risk_tier="low",
        ),
    ),
    (
        2,
        _proposal(
            "delete_record",
            "326",
            {},
            "crm-sync",
            "Left the company; mail is returned.",
            target_record="contact",
        ),
    ),
    (
        0.6,
        _proposal(
            "update_customer_terms",
            "79",
            {"terms": "3"},
            _OPERATOR,
            "Promised at the fair. (Yours: a colleague has to approve it.)",
        ),
    ),
    (
        0.2,
        _proposal(
            "update_vendor_cost", "42", {"cost": 12.5}, "pricing-bot", "Price list of 20 November."
        ),
    ),
)
