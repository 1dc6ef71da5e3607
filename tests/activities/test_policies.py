"""The published numbers, as workers get to know of them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from activities.policies import PublishedPolicies
from domain.envelopes import POLICY_STREAM, Actor
from domain.intake import RecordRefusalOfData
from domain.policy import POLICIES, Parameters
from domain.policy_story import MoveToPolicy, PublishPolicy
from domain.vocabulary import DataField, Reason, Role
from tests.activities.desk import CASE, Desk, code

MINISTRY = Actor(id="sm-01", role=Role.MINISTRY, provider="land")
SUPERVISOR = Actor(id="sv-01", role=Role.SUPERVISOR, provider="drk")
PUBLISH = PublishPolicy(
    version="2018-b",
    valid_from=date(2030, 1, 1),
    parameters=Parameters(support_months=30, support_months_at_most=42),
)
MOVE = MoveToPolicy(version="2018-b", reason=Reason.CIRCUMSTANCES_CHANGED)
IN_FORCE = datetime(2030, 2, 1, 11, tzinfo=UTC)


def later(desk: Desk, policies: PublishedPolicies) -> Desk:
    return replace(desk, recorder=replace(desk.recorder, clock=lambda: IN_FORCE, policies=policies))


def versions(policies: PublishedPolicies, bound_to: str | None = None) -> list[str]:
    return [policy.version for policy in policies(bound_to)]


def test_what_was_read_is_kept_for_a_while_and_read_anew_where_a_case_is_bound_to_more(desk: Desk) -> None:
    kept, fresh = PublishedPolicies(desk.store), PublishedPolicies(desk.store, fresh_s=0.0)
    built_in = [policy.version for policy in POLICIES]
    assert versions(kept) == versions(fresh) == built_in
    assert "receipt" in desk.ask(POLICY_STREAM, "publish", PUBLISH, actor=MINISTRY)
    assert versions(fresh) == [*built_in, "2018-b"]
    assert versions(kept) == versions(kept, "2017") == built_in
    assert versions(kept, "2018-b") == versions(kept) == [*built_in, "2018-b"]


def test_edge_case_25_a_case_is_moved_to_published_numbers_and_another_worker_goes_on_with_them(desk: Desk) -> None:
    another = later(desk, PublishedPolicies(desk.store, fresh_s=1e9))
    another.recorder.policies(None)
    desk.open_case(CASE)
    assert code(desk.ask(CASE, "early", MOVE, actor=SUPERVISOR)) == "POLICY_UNKNOWN"
    desk.ask(POLICY_STREAM, "publish", PUBLISH, actor=MINISTRY)
    moved = later(desk, PublishedPolicies(desk.store, fresh_s=1e9)).ask(CASE, "move", MOVE, actor=SUPERVISOR)
    assert [event["name"] for event in moved["receipt"]["events"]] == ["PolicyMoved"]
    outcome = another.ask(CASE, "fact", RecordRefusalOfData(field=DataField.HEALTH))
    assert outcome["receipt"]["version"] == 5
    assert outcome["timer"] is not None
