"""Seeing to dead letters, from the key to the answer: the question, the token, the service."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from nsconsole.console.authority import with_authority
from nsconsole.console.dead_letters import orders, wording
from nsconsole.console.dead_letters.dialogs import DismissDialog, EditDialog, ReplayDialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nsconsole.console.app import NsConsole
    from nsconsole.console.session import Session
    from nsconsole.services.dead_letters.letters import Group
    from nsconsole.services.dead_letters.rehearsal import Verdict
    from nsconsole.services.operators import Authority
    from nsconsole.services.pushes.attempts import Cause
    from nsconsole.services.workspace import Workspace

_TAMPERED = "What is not as it was approved is never sent. x dismisses it."


@dataclass(frozen=True, slots=True)
class Meant:
    """What a key is about, as it stood when the key was pressed: letters, or a whole group.

    `about` is a line that tells what they are, and `text` the filter that was set.
    """

    letters: "Mapping[int, Cause]" = field(default_factory=dict)
    group: "Group | None" = None
    about: str = ""
    text: str = ""


class SeeingTo:
    """Runs one order; the services work in threads, so that the screen stays alive.

    Each order gives the sentence to tell, empty if the person went back, and raises what the
    services raise. `chosen` are the letters that it was about, with their causes.
    """

    def __init__(self, app: "NsConsole", session: "Session") -> None:
        self._app = app
        self._session = session
        self.chosen: Mapping[int, Cause] = {}

    @property
    def _workspace(self) -> "Workspace":
        return self._session.workspace

    async def _choose(self, meant: Meant) -> "Mapping[int, Cause]":
        self.chosen = meant.letters
        if meant.group:
            groups = [meant.group]
            members = asyncio.to_thread(orders.members, self._workspace, groups, meant.text)
            self.chosen = await members
        return self.chosen

    async def replay(self, meant: Meant, rehearsed: "Mapping[int, Verdict]") -> str:
        """Send letters again, after a question that tells what a dry run found of them."""
        chosen = await self._choose(meant)
        ids = [id_ for id_, cause in chosen.items() if cause != "tampered"]
        if not ids:
            return _TAMPERED
        found = [rehearsed[id_] for id_ in ids if id_ in rehearsed]
        dialog = ReplayDialog(
            chosen,
            about=meant.about,
            hidden=await self._hidden(meant, chosen),
            rehearsed=wording.verdict_counts(found),
        )
        if not await self._app.push_screen_wait(dialog):
            return ""
        said = await self._do(lambda by: orders.replay(self._workspace, by, ids))
        self._app.drain_soon()
        return said

    async def dismiss(self, meant: Meant) -> str:
        """Let letters rest for good, with a reason."""
        chosen = await self._choose(meant)
        hidden = await self._hidden(meant, chosen)
        reason = await self._app.push_screen_wait(
            DismissDialog(chosen, about=meant.about, hidden=hidden)
        )
        if not reason:
            return ""
        ids = list(chosen)
        return await self._do(lambda by: orders.dismiss(self._workspace, by, ids, reason=reason))

    async def edit(self, id_: int) -> str:
        """Propose a letter's change anew as it is edited; what cannot be can be mended."""
        from nsconsole.services.dead_letters.letters import show_dead_letter
        from nsconsole.services.errors import RefusedError, ServiceError

        found = await asyncio.to_thread(show_dead_letter, self._workspace, id_)
        text, trouble = wording.readable(dict(found.change)), ""
        question = f"Edit letter {id_} and propose it anew"
        while edited := await self._app.push_screen_wait(EditDialog(question, text, trouble)):
            text = edited
            try:
                return await self._do(partial(orders.edit, self._workspace, id_=id_, text=text))
            except RefusedError:
                raise
            except ServiceError as error:
                trouble = f"⚠ {clean(str(error), keep_newlines=True)}"
        return ""

    async def rehearse(self, meant: Meant) -> "dict[int, Verdict]":
        """Ask what a replay of each would come to."""
        from nsconsole.services.dead_letters.rehearsal import dry_run

        ids = list(await self._choose(meant))
        verdicts = await asyncio.to_thread(dry_run, self._workspace, ids)
        return {verdict.id: verdict for verdict in verdicts}

    async def _hidden(self, meant: Meant, chosen: "Mapping[int, Cause]") -> int:
        if len(chosen) < 2 or meant.group:
            return 0
        return await asyncio.to_thread(orders.hidden, self._workspace, chosen, meant.text)

    async def _do(self, order: "Callable[[Authority], str]") -> str:
        return await with_authority(self._app, self._session, order) or ""
