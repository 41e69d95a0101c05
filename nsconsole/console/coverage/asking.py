"""What stands over the screen: questions, sheets and what they lead to, each until it is closed.

Services and databases are asked in threads, so that the screen stays alive. Each function raises
what the services raise.
"""

import asyncio
from typing import TYPE_CHECKING

from nsconsole.console.authority import with_authority
from nsconsole.console.coverage import orders
from nsconsole.console.coverage.dialogs import (
    ExcludeDialog,
    PlannedDialog,
    include_dialog,
    plan_dialog,
)
from nsconsole.console.coverage.history import HistorySheet, delta_sheet
from nsconsole.console.coverage.news import news_sheet
from nsconsole.console.coverage.phases import PhasesSheet
from nsconsole.console.coverage.round import RoundDialog
from nsconsole.console.coverage.table_sheet import TableSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nsconsole.catalog import Key
    from nsconsole.console.app import NsConsole
    from nsconsole.console.area import Area
    from nsconsole.console.coverage.facts import Facts
    from nsconsole.console.coverage.reading import Reader
    from nsconsole.console.session import Session
    from nsconsole.services.workspace import Workspace

    Columns = Mapping[str, Sequence[str]]


async def open_table(
    app: "NsConsole", workspace: "Workspace", key: "Key", picked: "set[Key]"
) -> None:
    """Show a table column by column; what is picked there is picked."""
    from nsconsole.services.coverage.browsing import table

    columns = await asyncio.to_thread(table, workspace, key.table)
    await app.push_screen_wait(TableSheet(key.table, columns, picked))


async def show_phases(app: "NsConsole", facts: "Facts", ask: "Callable[[], None]") -> None:
    """Show the phases as they go on, and then the proposal of the one that was chosen."""
    phase = await app.push_screen_wait(PhasesSheet(app.now, facts.phases, ask))
    if phase and phase.line.proposal_id:
        app.open_proposal(phase.line.proposal_id)


async def show_history(app: "NsConsole", workspace: "Workspace", facts: "Facts") -> None:
    """Show the audits, and of those that are chosen what each found other than the one before."""
    from nsconsole.services.coverage.history import compare

    while audit := await app.push_screen_wait(HistorySheet(facts.audits)):
        older = next((each for each in facts.audits if each.id < audit.id), None)
        if older:
            delta = await asyncio.to_thread(compare, workspace, older.id, audit.id)
            await app.push_screen_wait(delta_sheet(delta))


async def show_news(app: "NsConsole", workspace: "Workspace", facts: "Facts", by: str) -> None:
    """Show what audits found that nobody has looked at; then somebody has."""
    from nsconsole.services.coverage.findings import mark_seen

    await app.push_screen_wait(news_sheet(facts.findings))
    ids = [finding.id for finding in facts.findings]
    await asyncio.to_thread(mark_seen, workspace, ids, by=by)


async def ask_plan(app: "NsConsole", picked: "Columns", gaps: int) -> bool:
    """Ask whether to plan what was picked; or, if nothing was, the best of so many gaps."""
    answer = await app.push_screen_wait(plan_dialog(picked, gaps))
    return bool(answer)


async def lead_to(app: "NsConsole", said: str, proposal_id: int) -> None:
    """Tell of a phase that was planned, and show its proposal if that is wanted."""
    if await app.push_screen_wait(PlannedDialog(said, proposal_id)):
        app.open_proposal(proposal_id)


async def exclude(app: "NsConsole", session: "Session", keys: "Sequence[Key]") -> str:
    """Exclude gaps, with a note; give the sentence to tell, empty if the person went back."""
    note = await app.push_screen_wait(ExcludeDialog(keys))
    if not note:
        return ""
    workspace = session.workspace
    done = with_authority(app, session, lambda by: orders.exclude(workspace, by, keys, note))
    return await done or ""


async def include(app: "NsConsole", session: "Session", keys: "Sequence[Key]") -> str:
    """Take exclusions back; give the sentence to tell, empty if the person went back."""
    if not await app.push_screen_wait(include_dialog(keys)):
        return ""
    workspace = session.workspace
    done = with_authority(app, session, lambda by: orders.include(workspace, by, keys))
    return await done or ""


async def take_next_step(app: "NsConsole", reader: "Reader", screen: "Area") -> None:
    """Show the five stages of a round as it stands now, and then do what comes next on a screen."""
    facts = await asyncio.to_thread(reader.known)
    action = await app.push_screen_wait(RoundDialog(facts, app.now()))
    if action:
        screen.call_later(screen.run_action, action)  # once this question is over
