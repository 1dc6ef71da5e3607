"""Policy is data: versioned, effective-dated, binding the cases opened under it."""

from datetime import date

import pytest

from domain.intake import CaseOpened
from domain.plan import PlanAgreed
from domain.policy import POLICIES, Policy, policy_named, policy_on
from domain.vocabulary import DeadlineKind, DeadlineStage, Intensity
from tests.examples import (
    ADD_GOAL,
    ADD_OWN_STEP,
    AGREE,
    COMPLETE_INTAKE,
    CONFIRM,
    DRAFT,
    EVENTS,
    OPEN,
    OPENED,
    REGISTER,
    SUPPORTED,
)
from tests.scenario import given

SINCE_LONG = CONFIRM.model_copy(update={"title_valid_until": None})
STRICTER = Policy(
    version="2027",
    valid_from=date(2027, 1, 1),
    support_months=12,
    support_months_at_most=12,
    due_after_days={DeadlineKind.FIRST_CONTACT: 3, DeadlineKind.ASSESSMENT: 7, DeadlineKind.PLAN: 10},
    review_months={Intensity.LOW: 2, Intensity.MEDIUM: 2, Intensity.HIGH: 1},
)


def opened_on(start: date, at: date) -> CaseOpened:
    opening = OPEN.model_copy(update={"effective_on": start})
    (event,) = given(REGISTER, SINCE_LONG, at=at).when(opening).events
    assert isinstance(event, CaseOpened)
    return event


@pytest.mark.parametrize(
    ("start", "policy", "end"),
    [
        (date(2018, 4, 3), "2017", date(2020, 4, 2)),
        (date(2023, 6, 5), "2017", date(2025, 6, 4)),
        (date(2023, 6, 6), "2023", date(2026, 6, 5)),
    ],
)
def test_the_policy_in_force_on_the_first_day_binds(start: date, policy: str, end: date) -> None:
    opened = opened_on(start, at=start)
    assert (policy, end) == (opened.policy, opened.support_end)


def test_a_case_recorded_late_is_bound_by_its_own_time() -> None:
    opened = opened_on(date(2018, 4, 3), at=date(2024, 1, 10))
    assert ("2017", date(2020, 4, 2)) == (opened.policy, opened.support_end)


def test_a_case_keeps_its_policy_when_a_new_one_comes() -> None:
    (recorded,) = given(*SUPPORTED).given(DRAFT, at=date(2024, 1, 10)).when(AGREE).recorded
    assert recorded.policy_version == "2017"
    story = given(*OPENED).under(*POLICIES, STRICTER)
    deadlines = story.next_deadline(), story.next_deadline(at=date(2027, 3, 1))
    assert [date(2018, 4, 17)] * 2 == [each.due_on for each in deadlines if each]


def test_a_new_policy_rules_the_cases_opened_under_it() -> None:
    opening = OPEN.model_copy(update={"effective_on": date(2027, 1, 4)})
    story = given(REGISTER, SINCE_LONG, at=date(2027, 1, 4)).under(*POLICIES, STRICTER).given(opening)
    coming = story.next_deadline()
    assert coming is not None
    assert ("2027", date(2027, 1, 7)) == (story.case.policy_version, coming.due_on)
    first_contact = COMPLETE_INTAKE.model_copy(update={"effective_on": None})
    own_step = ADD_OWN_STEP.model_copy(update={"due_on": None})
    goal = ADD_GOAL.model_copy(update={"target_date": None})
    (plan_agreed,) = story.given(first_contact, DRAFT, goal, own_step).when(AGREE).events
    assert isinstance(plan_agreed, PlanAgreed)
    assert date(2027, 3, 4) == plan_agreed.next_review_due


def test_before_the_first_policy_the_first_counts() -> None:
    assert policy_on(POLICIES, date(2010, 1, 1)).version == "2017"
    (recorded,) = given().when(REGISTER.model_copy(update={"effective_on": date(2015, 9, 4)})).recorded
    assert recorded.policy_version == "2017"


def test_the_order_in_which_policies_are_listed_does_not_matter() -> None:
    for on in (date(2010, 1, 1), date(2018, 4, 3), date(2024, 1, 1)):
        assert policy_on(POLICIES, on) == policy_on(tuple(reversed(POLICIES)), on)


def test_policies_are_found_by_name_and_an_unknown_one_is_a_fault() -> None:
    assert [POLICIES[1]] == [policy_named(POLICIES, "2023")]
    with pytest.raises(KeyError):
        policy_named(POLICIES, "2099")


def test_every_policy_names_every_deadline_and_extends_support_only_upwards() -> None:
    for policy in POLICIES:
        assert set(DeadlineKind) == set(policy.stage_days)
        assert policy.support_months <= policy.support_months_at_most
        for kind, days in policy.due_after_days.items():
            assert days >= -policy.stage_days[kind][DeadlineStage.REMINDED]
        for days_of in policy.stage_days.values():
            in_order = [days_of[stage] for stage in DeadlineStage if stage in days_of]
            assert in_order == sorted(in_order)


def test_the_numbers_of_the_regulations_stand() -> None:
    assert [(policy.support_months, policy.support_months_at_most) for policy in POLICIES] == [(24, 24), (36, 48)]
    assert date(2022, 3, 11) == POLICIES[0].ukraine_from == POLICIES[1].ukraine_from
    assert EVENTS["CaseOpened"] == given(REGISTER, CONFIRM).when(OPEN).events[0]
