"""What is done has its entry in the audit trail: who did it, what, to what; and no secret."""

import json

import pytest

from nsconsole.services import operators
from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.audit_trail import APPLIED, SYSTEM, export, verify
from nsconsole.services.dead_letters.editing import edit
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.errors import BadInputError, RefusedError, TamperedError
from nsconsole.services.pushes import breaker
from nsconsole.services.pushes.draining import drain
from nsconsole.services.sync import tiers
from nsconsole.services.sync.map_edit import edit_map
from nsconsole.services.sync.sync_map import load_map
from tests.leases import take

COST = {
    "action_type": "update_vendor_cost",
    "target_record": "vendor",
    "target_id": "42",
    "change": {"cost": 12.5},
}
OTHER_COST = COST | {"target_id": "43"}


@pytest.fixture
def told(workspace):
    """Give (actor, event, subject, detail) of what the trail was told since the test began."""
    begun = len(list(export(workspace)))

    def since(about=""):
        return [
            (entry["actor"], entry["event"], entry["subject"], entry["detail"])
            for entry in export(workspace, since=begun)
            if entry["subject"].startswith(about)
        ]

    return since


def test_a_proposal_and_the_decision_on_it_are_told(workspace, stage, told, reviewer):
    one, other = stage(COST, OTHER_COST, author="pricing-bot")
    (approved,) = decide(workspace, reviewer, Verdict.APPROVE, [Choice(one)], reason="Agreed.")
    decide(workspace, reviewer, Verdict.REJECT, [Choice(other)], reason="Não 高い")
    decide(workspace, reviewer, Verdict.REJECT, [Choice(one)], reason="too late")
    staged, staged_too, won, lost = told("proposal:")
    assert staged[:3] == ("pricing-bot", "staged", f"proposal:{one}")
    assert staged[3] | {"digest": ...} == {
        "action_type": "update_vendor_cost",
        "target_record": "vendor",
        "target_id": "42",
        "risk_tier": "medium",
        "digest": ...,
    }
    assert staged_too[2] == f"proposal:{other}"
    said = {"digest": staged[3]["digest"], "reason": "Agreed.", "push": approved.push_id}
    assert won == ("rita", "approved", f"proposal:{one}", said)
    said = {"digest": staged_too[3]["digest"], "reason": "Não 高い"}
    assert lost == ("rita", "rejected", f"proposal:{other}", said)


def test_the_application_of_a_push_is_told(workspace, enqueue, told):
    push_ids = enqueue(COST, OTHER_COST)
    assert drain(workspace).applied == 2
    applied = [entry for entry in told("push:") if entry[1] == APPLIED]
    assert sorted(entry[2] for entry in applied) == [f"push:{id_}" for id_ in push_ids]
    assert {entry[0] for entry in applied} == {SYSTEM}
    assert verify(workspace).sound


def test_an_attempt_that_was_refused_and_what_came_of_it_are_told(
    workspace, enqueue, sandbox, admin, told
):
    push_id, other = enqueue(COST, OTHER_COST)
    sandbox.edit("vendor", {"id": 42, "cost": 77}, {"id": 43, "cost": 77})
    assert drain(workspace).dead == 2
    sandbox.edit("vendor", {"id": 42, "cost": 10})
    (replayed,) = replay(workspace, admin, [1])
    edited = edit(workspace, admin, 2, {"cost": 14})
    attempted, dead = (entry for entry in told(f"push:{push_id}"))
    assert attempted[:2] == (SYSTEM, "attempted")
    assert attempted[3]["code"] == "RCRD_HAS_BEEN_CHANGED"
    assert dead[1] == "dead"
    assert dead[3]["cause"] == "conflict"
    told_too = [entry[1] for entry in told(f"push:{other}")]
    assert told_too == ["attempted", "dead"]
    seen_to = [entry[:3] for entry in told("letter:")]
    assert seen_to == [
        ("ada", "letter_replayed", "letter:1"),
        ("ada", "letter_edited", "letter:2"),
    ]
    assert told("letter:1")[0][3] == {"push": replayed.push_id}
    assert told("letter:2")[0][3]["proposal"] == edited
    assert told(f"proposal:{edited}")[0][:2] == ("ada", "staged")


def test_an_attempt_whose_owner_died_is_told(workspace, enqueue, clock, told):
    (push_id,) = enqueue(COST)
    assert take(workspace, limit=1)  # and never settled
    clock.advance(3600)
    drain(workspace)
    events = [entry[1] for entry in told(f"push:{push_id}")]
    assert events == ["attempt_lost", "attempted", "applied"]


def test_a_breaker_that_a_person_holds_and_resets_is_told(workspace, admin, told):
    breaker.hold(workspace, admin, "quarter end")
    breaker.reset(workspace, admin)
    assert told("breaker:") == [
        ("ada", "breaker_held", "breaker:restlet", {"reason": "quarter end"}),
        ("ada", "breaker_reset", "breaker:restlet", {}),
    ]


def test_new_disabled_and_rotated_operators_are_told(workspace, admin, told):
    operators.add_operator(workspace, admin, "nora", operators.Role.REVIEWER)
    operators.rotate_token(workspace, admin, "nora")
    operators.disable_operator(workspace, admin, "nora")
    assert told("operator:")[-3:] == [
        ("ada", "operator_added", "operator:nora", {"role": "reviewer"}),
        ("ada", "token_rotated", "operator:nora", {}),
        ("ada", "operator_disabled", "operator:nora", {}),
    ]


def test_the_first_operator_is_told_whom_nobody_added(workspace, told):
    operators.first_operator(workspace, "ada", login="mike")
    detail = {"role": "admin", "login": "mike"}
    assert told() == [(SYSTEM, "operator_added", "operator:ada", detail)]


def test_an_edit_of_the_map_is_told_by_table(workspace, admin, told):
    before = [entry.table for entry in load_map(workspace)]
    gone, *rest = before
    edit_map(workspace, admin, rest, instead_of=before)
    edit_map(workspace, admin, [*rest[1:], gone, rest[0]], instead_of=rest)
    edit_map(workspace, admin, before, instead_of=[*rest[1:], gone, rest[0]])
    first, second, third = told("map")
    assert first[:3] == ("ada", "map_edited", f"map:{gone.name}")
    assert "no longer mirrored" in first[3]["changes"][0]
    assert second[2] == f"map:{gone.name}"
    assert f"{len(gone.columns)} columns" in second[3]["changes"][0]
    assert third == ("ada", "map_edited", "map", {"changes": ["~ the order of the tables"]})


def test_tables_and_tiers_that_a_person_holds_up_are_told(workspace, told):
    load_map(workspace)
    tiers.pause_tier(workspace, 5, by="ada")
    tiers.pause_tier(workspace, 5, by="rita")  # it rests already
    tiers.resume_tier(workspace, 5, by="rita")
    tiers.pause_table(workspace, "vendor", by="ada")
    tiers.resume_table(workspace, "vendor", by="rita")
    assert told() == [
        ("ada", "tier_paused", "tier:5", {}),
        ("rita", "tier_resumed", "tier:5", {}),
        ("ada", "table_paused", "map:vendor", {}),
        ("rita", "table_resumed", "map:vendor", {}),
    ]


def test_what_was_refused_is_not_told(workspace, admin, viewer, stage, tamper, told):
    (one,) = stage(COST)
    before = told()
    with pytest.raises(RefusedError):
        decide(workspace, viewer, Verdict.APPROVE, [Choice(one)])
    with pytest.raises(BadInputError):
        operators.add_operator(workspace, admin, "vic", operators.Role.ADMIN)
    with pytest.raises(RefusedError):
        operators.disable_operator(workspace, admin, "ada")
    tamper("UPDATE proposed_actions SET author = 'somebody else'")
    with pytest.raises(TamperedError):
        decide(workspace, admin, Verdict.APPROVE, [Choice(one)])
    assert told() == before


def test_no_secret_is_told(workspace, admin, sandbox, query, enqueue):
    made = operators.add_operator(workspace, admin, "nora", operators.Role.REVIEWER)
    rotated = operators.rotate_token(workspace, admin, "nora")
    enqueue(COST)
    drain(workspace)
    trail = json.dumps(list(export(workspace)))
    hashes = [row["token_hash"] for row in query("SELECT token_hash FROM operators")]
    logins = [value for name, value in sandbox.environ.items() if not name.endswith("_URL")]
    account = sandbox.environ["NSCONSOLE_ACCOUNT"]
    for secret in [made[1], rotated[1], *hashes, *(set(logins) - {account})]:
        assert secret not in trail
