"""A phase in the inbox: all that it brings, read literally, and the approval that starts it."""

from dataclasses import replace

from nsconsole.catalog import Reason
from nsconsole.console.inbox.phase_text import phase_sql, phase_text
from nsconsole.services.details import detail
from nsconsole.services.phases.applying import apply_phase
from nsconsole.services.phases.listing import phases
from nsconsole.services.phases.plan import LeftOut
from tests import phases as made


async def test_a_phase_is_read_approved_and_followed_in_the_inbox(
    app, sitting, workspace, sandbox, clock
):
    made.load(sandbox, clock)
    made.begin(workspace)
    id_, _ = made.stage(workspace)
    async with sitting(app, size=(120, 60)) as person:
        for text in (
            "Phase 104: Wider things, and parts",
            "About 10 rows in 4 requests: under a minute, 0.1 MB",
            "thing  2 columns more, 5 rows",
            "size integer, colour text",
            "part  new table, 4 columns, 5 rows",
            "id is in every row, and in none twice",
            "staged by nsconsole",
            "SQL of phases/104_phase_of_tests.py",
        ):
            assert text in person.sees
        await person.press("a")
        assert "Type the record's id (1) or name (104_phase_of_tests)" in person.sees
        await person.write("1")
        await person.press("enter")
        await person.until(lambda: phases(workspace)[0].state == "approved")
        assert "takes it back" not in person.told
        apply_phase(workspace, id_)
        await person.press("ctrl+r")
        await person.until_seen("Steps, applied")
        assert "✓ audit" in person.sees


def test_whatever_netsuite_calls_its_things_is_shown_as_it_is(workspace, sandbox, clock):
    made.load(sandbox, clock)
    made.begin(workspace)
    hostile = 'x"; DROP TABLE t; --\x1b[2J[red]'
    plan = replace(
        made.plan(workspace),
        left_out=(LeftOut("part", hostile, Reason.BAD_NAME, hostile),),
        sql=f"ALTER TABLE t ADD COLUMN {hostile}",
    )
    _, proposal = made.stage(workspace, plan)
    shown = detail(workspace, proposal)
    lines = [line.plain for line in (*phase_text(shown.phase, (hostile,)), *phase_sql(shown.phase))]
    seen = 'x"; DROP TABLE t; --␛[2J[red]'
    assert f"⚠ {seen}" in lines
    assert f"  part.{seen}  bad name  {seen}" in lines
    assert f"  ALTER TABLE t ADD COLUMN {seen}" in lines
