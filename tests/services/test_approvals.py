"""Decisions: one winner, by somebody who may, of exactly what was shown."""

import pytest

from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.errors import BadInputError, RefusedError, TamperedError
from nsconsole.services.operators import disable_operator, rotate_token

APPROVE, REJECT = Verdict.APPROVE, Verdict.REJECT


def cost(value=11, **more):
    return {
        "action_type": "update_vendor_cost",
        "target_id": "42",
        "change": {"cost": value},
    } | more


def decide_ids(workspace, authority, verdict, *ids, **more):
    return decide(workspace, authority, verdict, [Choice(id_) for id_ in ids], **more)


@pytest.fixture
def states(query):
    return lambda: [
        row["status"] for row in query("SELECT status FROM proposed_actions ORDER BY id")
    ]


def test_an_approval_puts_one_push_on_the_queue(workspace, reviewer, stage, pushes, query):
    stage(cost())
    (decision,) = decide_ids(workspace, reviewer, APPROVE, 1, reason="agreed\nby phone")
    assert (decision.won, decision.status, decision.push_id) == (True, "approved", 1)
    assert decision.decided_by == "rita"
    (push,) = pushes()
    assert (push["status"], push["proposal_id"], push["attempts"]) == ("queued", 1, 0)
    (row,) = query("SELECT * FROM proposed_actions")
    assert (row["status"], row["decided_by"]) == ("approved", "rita")
    assert row["decided_at"] == "2026-11-22T09:15:00.000000Z"
    assert row["decision_reason"] == "agreed\nby phone"
    assert row["claim"].startswith("rita:")


def test_a_rejection_queues_nothing(workspace, reviewer, stage, pushes):
    stage(cost())
    (decision,) = decide_ids(workspace, reviewer, REJECT, 1)
    assert (decision.won, decision.status, decision.push_id) == (True, "rejected", None)
    assert pushes() == []


def test_the_loser_is_told_who_won_and_when(workspace, reviewer, admin, stage, clock):
    stage(cost(), cost())
    decide_ids(workspace, reviewer, APPROVE, 1)
    decide_ids(workspace, reviewer, REJECT, 2)
    clock.advance(60)
    approved, rejected = decide_ids(workspace, admin, APPROVE, 1, 2)
    assert not approved.won
    assert not rejected.won
    assert approved.why == "rita approved it first, at 2026-11-22 09:15:00 UTC"
    assert (approved.status, approved.decided_by, approved.push_id) == ("approved", "rita", 1)
    assert rejected.why == "rita rejected it first, at 2026-11-22 09:15:00 UTC"


@pytest.mark.parametrize("id_", [7, 0, -1, 2**63, 10**30])
def test_an_id_that_there_is_not_is_told_and_the_others_are_decided(
    workspace, reviewer, stage, id_
):
    stage(cost())
    unknown, decided = decide_ids(workspace, reviewer, APPROVE, id_, 1)
    assert (unknown.status, unknown.won, unknown.why) == (
        "unknown",
        False,
        f"there is no proposal {id_}",
    )
    assert decided.won


def test_an_id_given_twice_is_decided_once(workspace, reviewer, stage, pushes):
    stage(cost(), cost())
    decisions = decide_ids(workspace, reviewer, APPROVE, 2, 1, 2)
    assert [(one.proposal_id, one.won) for one in decisions] == [(2, True), (1, True)]
    assert len(pushes()) == 2


def test_each_push_belongs_to_its_own_proposal(workspace, reviewer, stage, pushes):
    stage(*[cost(value) for value in range(1, 101)])
    decisions = decide_ids(workspace, reviewer, APPROVE, *range(100, 0, -1))
    assert {one.push_id: one.proposal_id for one in decisions} == {
        push["id"]: push["proposal_id"] for push in pushes()
    }
    for push in pushes():
        assert f'"values":{{"cost":{push["proposal_id"]}}}' in push["payload_json"]


class TestAuthority:
    def test_a_viewer_decides_nothing(self, workspace, viewer, stage, states):
        stage(cost())
        with pytest.raises(
            RefusedError, match="vic is a viewer; this takes the role reviewer or admin"
        ):
            decide_ids(workspace, viewer, APPROVE, 1)
        assert states() == ["pending"]

    def test_a_token_rotated_meanwhile_decides_nothing(
        self, workspace, admin, reviewer, stage, states
    ):
        stage(cost())
        rotate_token(workspace, admin, "rita")
        with pytest.raises(RefusedError, match="rita's edit token was changed"):
            decide_ids(workspace, reviewer, APPROVE, 1)
        assert states() == ["pending"]

    def test_an_operator_disabled_meanwhile_decides_nothing(
        self, workspace, admin, reviewer, stage, states
    ):
        stage(cost())
        disable_operator(workspace, admin, "rita")
        with pytest.raises(RefusedError, match="rita is disabled"):
            decide_ids(workspace, reviewer, REJECT, 1)
        assert states() == ["pending"]

    def test_a_role_taken_away_meanwhile_counts(self, workspace, reviewer, stage, query):
        stage(cost())
        query("UPDATE operators SET role = 'viewer' WHERE name = 'rita'")
        with pytest.raises(RefusedError, match="rita is a viewer"):
            decide_ids(workspace, reviewer, APPROVE, 1)


class TestOnesOwn:
    @pytest.mark.parametrize("author", ["rita", "Rita", "RITA"])
    def test_nobody_approves_what_they_staged(self, workspace, reviewer, stage, states, author):
        stage(cost(author=author), cost())
        own, other = decide_ids(workspace, reviewer, APPROVE, 1, 2)
        assert not own.won
        assert own.why.startswith("you staged it yourself, and medium risk takes a second person")
        assert other.won
        assert states() == ["pending", "approved"]

    def test_another_alphabets_capitals_do_not_help(self, workspace, add_operator, stage, states):
        stage(cost(author="ÉMILIE"))
        (decision,) = decide_ids(workspace, add_operator("émilie", "reviewer"), APPROVE, 1)
        assert "you staged it yourself" in decision.why
        assert states() == ["pending"]

    def test_the_login_counts_as_ones_name(self, workspace, admin, stage, query):
        query("UPDATE operators SET login = 'al' WHERE name = 'ada'")
        from nsconsole.services.operators import Authority, find_operator

        stage(cost(author="al"))
        authority = Authority(find_operator(workspace, name="ada", login=""), admin.token_hash)
        assert not decide_ids(workspace, authority, APPROVE, 1)[0].won

    def test_what_one_staged_one_may_take_back(self, workspace, reviewer, stage, states):
        stage(cost(author="rita"))
        assert decide_ids(workspace, reviewer, REJECT, 1)[0].won
        assert states() == ["rejected"]

    def test_the_settings_may_allow_it_for_a_tier_and_no_other(
        self, open_workspace, sandbox, reviewer, stage
    ):
        stage(*[cost(author="rita", risk_tier=tier) for tier in ("low", "medium", "high")])
        trusting = open_workspace(sandbox.environ, self_approval=frozenset({"low"}))
        decisions = decide_ids(trusting, reviewer, APPROVE, 1, 2, 3)
        assert [one.won for one in decisions] == [True, False, False]


class TestReason:
    def test_a_reason_is_text_of_some_length(self, workspace, reviewer, stage, states):
        stage(cost())
        with pytest.raises(BadInputError, match="the reason is 2,001 characters; at most 2,000"):
            decide_ids(workspace, reviewer, REJECT, 1, reason="x" * 2001)
        with pytest.raises(BadInputError, match="the reason holds control characters"):
            decide_ids(workspace, reviewer, REJECT, 1, reason="\x1b[2J")
        assert states() == ["pending"]


class TestTampering:
    @pytest.fixture
    def three_tampered(self, workspace, stage, tamper, states):
        """Stage three proposals and change the second by force."""

        def run(change, value):
            stage(cost(), cost(), cost())
            tamper(f"UPDATE proposed_actions SET {change} WHERE id = 2", value)
            return workspace, states

        return run

    # The digest itself is among them; the id is not, since it is what the row is found by.
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("action_type", "update_record"),
            ("target_record", "customer"),
            ("target_id", "43"),
            ("target_name", "Somebody else"),
            ("risk_tier", "low"),
            ("risk_rank", 1),
            ("author", "somebody"),
            ("summary", "Vendor 42 Acme: nothing to see"),
            ("search_text", "harmless"),
            ("created_at", "2026-11-22T09:15:00.000001Z"),
            ("reason", "because"),
            ("external_id", "mine"),
            ("proposed_change_json", '{"cost":9999}'),
            ("seen_json", '{"names":{},"values":{}}'),
            ("digest", "0" * 64),
        ],
    )
    def test_a_change_by_force_of_any_column_stops_the_decision(
        self, three_tampered, reviewer, column, value
    ):
        workspace, states = three_tampered(f"{column} = ?", value)
        for verdict in Verdict:
            with pytest.raises(TamperedError, match="proposal 2 is not what was staged"):
                decide_ids(workspace, reviewer, verdict, 1, 2, 3)
        assert states() == ["pending"] * 3

    def test_the_digest_that_a_screen_showed_is_the_one_that_is_decided(
        self, workspace, reviewer, stage, query, states
    ):
        stage(cost(), cost())
        (first, second) = [
            row["digest"] for row in query("SELECT digest FROM proposed_actions ORDER BY id")
        ]
        with pytest.raises(TamperedError):
            decide(workspace, reviewer, APPROVE, [Choice(1, first), Choice(2, first)])
        assert states() == ["pending", "pending"]
        decisions = decide(workspace, reviewer, APPROVE, [Choice(1, first), Choice(2, second)])
        assert [one.won for one in decisions] == [True, True]


def test_ten_thousand_are_decided_at_once_or_none_of_them(
    workspace, reviewer, stage, tamper, states
):
    for _ in range(2):
        stage(*[cost(value) for value in range(1, 5001)])
    tamper("UPDATE proposed_actions SET target_id = '43' WHERE id = 9999")
    with pytest.raises(TamperedError):
        decide_ids(workspace, reviewer, APPROVE, *range(1, 10_001))
    assert states() == ["pending"] * 10_000
    tamper("UPDATE proposed_actions SET target_id = '42' WHERE id = 9999")
    decisions = decide_ids(workspace, reviewer, APPROVE, *range(1, 10_001))
    assert all(one.won for one in decisions)
    assert len({one.push_id for one in decisions}) == 10_000
    assert states() == ["approved"] * 10_000
