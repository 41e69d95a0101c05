"""Who acts: the edit token is asked for once a run, and whatever changes something proves it."""

import asyncio
from typing import TYPE_CHECKING, TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from nsconsole.console.dialog import Dialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from nsconsole.console.app import NsConsole
    from nsconsole.console.session import Session
    from nsconsole.services.operators import Authority

Result = TypeVar("Result")


class TokenDialog(Dialog[str]):
    """Asks for the operator's edit token, once a run; it is not shown and not kept on disk."""

    def __init__(self, operator: str) -> None:
        super().__init__()
        self._operator = operator

    def compose(self) -> ComposeResult:
        """The question and a place that shows dots."""
        with Vertical(id="dialog"):
            question = f"{clean(self._operator)}, your edit token?"
            yield Static(question, id="question", markup=False)
            asked = "Asked once a run. NSCONSOLE_EDIT_TOKEN answers it beforehand."
            yield Static(asked, id="instruction", markup=False)
            yield Input(id="typed", password=True)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button("Go on", id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Start where the token is typed."""
        self.query_one("#typed").focus()

    def action_confirm(self) -> None:
        """Give the token."""
        self.dismiss(self.query_one("#typed", Input).value.strip() or None)


async def with_authority(
    app: "NsConsole", session: "Session", change: "Callable[[Authority], Result]"
) -> "Result | None":
    """Do in a thread what takes authority, asking for the edit token if need be.

    None if the person went back. Raises RefusedError if the token or the operator is not known,
    and what `change` raises.
    """
    from nsconsole.services.errors import RefusedError

    authority = await _ask_authority(app, session)
    if authority is None:
        return None
    try:
        return await asyncio.to_thread(change, authority)
    except RefusedError:
        session.authority = None  # a token that was changed is asked for anew
        raise


async def _ask_authority(app: "NsConsole", session: "Session") -> "Authority | None":
    from nsconsole.services.operators import authenticate

    if session.authority is None:
        operator = await asyncio.to_thread(session.identify)
        token = session.edit_token
        if token is None and operator:
            token = await app.push_screen_wait(TokenDialog(operator.name))
            if token is None:
                return None
        session.edit_token = None  # one that is refused is not tried again
        session.authority = await asyncio.to_thread(
            authenticate, session.workspace, operator, token
        )
    return session.authority
