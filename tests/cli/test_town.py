"""The invented town: the same every time, shaped as the city's figures say, and its scripts as the rules will answer them."""

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from cli.town import MANAGERS, PEOPLE, Person, Step, people
from cli.town_lives import steps
from domain.closure import NEEDS_APPROVAL, CaseClosed, ClosureApproved, ClosureProposed
from domain.intake import CaseOpened
from domain.refusals import Refusal
from domain.story import age
from domain.vocabulary import ClosureReason, Phase
from tests.scenario import Answer, Story

PLAYED_ON = date(2026, 3, 2)


@cache
def town() -> tuple[tuple[Person, tuple[Step, ...]], ...]:
    return tuple((person, tuple(steps(person))) for person in people())


def lived(script: tuple[Step, ...]) -> tuple[Story, list[tuple[Step, Answer]]]:
    """The story of a person's script, played on a later day without the clock."""
    story, answers = Story(), []
    for step in script:
        answer = story.when(step.command, by=step.by, at=PLAYED_ON, seen=step.seen)
        answers.append((step, answer))
        story = Story((*story.recorded, *answer.recorded))
    return story, answers


def test_the_same_seed_gives_the_same_town() -> None:
    assert [(person, tuple(steps(person))) for person in people()] == list(town())


def test_another_seed_gives_other_people_and_other_keys() -> None:
    other = people(20, seed=2019)
    assert {person.id for person in other}.isdisjoint(person.id for person, _ in town())
    assert not {step.key for person in other for step in steps(person, 2019)} & {
        s.key for _, script in town() for s in script
    }


@pytest.mark.parametrize("number", [0, 1, 12, 100])
def test_a_smaller_town_is_the_beginning_of_the_larger_one_and_breaks_up_no_household(number: int) -> None:
    smaller, everybody = people(number), [person for person, _ in town()]
    assert len(smaller) >= number
    assert smaller == everybody[: len(smaller)]
    assert not smaller or smaller[-1].household != everybody[len(smaller)].household


def test_there_are_460_persons_in_households_of_the_counted_shape() -> None:
    everybody = [person for person, _ in town()]
    families = Counter(person.household.id for person in everybody if person.household.id)
    alone = [person for person in everybody if person.household.id is None]

    assert PEOPLE == len(everybody) == len({person.id for person in everybody})
    assert len(alone) / len(families) == pytest.approx(141 / 62, rel=0.05)
    assert sum(families.values()) / len(families) == pytest.approx(4.1, abs=0.25)


def test_every_child_has_a_grown_up_guardian_of_the_same_household_and_no_adult_has_one() -> None:
    everybody = {person.id: person for person, _ in town()}
    children = [person for person in everybody.values() if person.guardian]

    assert 0.25 < len(children) / len(everybody) < 0.45
    for child in children:
        assert child.guardian is not None
        guardian = everybody[child.guardian]
        assert guardian.household == child.household
        assert guardian.guardian is None


def test_eight_managers_on_five_and_a_half_positions_share_the_persons_evenly() -> None:
    heads = Counter(person.household.manager.id for person, _ in town())

    assert len(MANAGERS) == len(heads) == 8
    assert sum(manager.position for manager in MANAGERS) == Decimal("5.5")
    assert {manager.actor.provider for manager in MANAGERS} == {"drk", "diakonie"}
    assert all(50 <= number <= 65 for number in heads.values())


def test_support_begins_in_the_first_months_of_2018() -> None:
    starts = [person.household.start for person, _ in town()]
    assert date(2018, 1, 1) <= min(starts) < max(starts) < date(2018, 5, 1)


def test_every_key_is_used_for_one_step_only() -> None:
    keys = [step.key for _, script in town() for step in script]
    assert len(keys) == len(set(keys))


def test_the_rules_answer_every_step_as_the_script_expects() -> None:
    for person, script in town():
        for step, answer in lived(script)[1]:
            refusal = answer.refusal.code if answer.refusal else None
            assert refusal == step.refused, f"person {person.number}, {step.key}, {step.command.kind}: {answer.refusal}"
            assert bool(answer.recorded) == (step.refused is None)


def test_every_case_ends_in_the_phase_that_its_household_reaches() -> None:
    ends = {}
    for person, script in town():
        ends[person] = lived(script)[0].case.phase
    assert ends == {person: person.household.reaches for person in ends}
    shares = Counter(ends.values())
    assert shares[Phase.SUPPORT] > shares[Phase.PLANNING] > shares[Phase.INTAKE] > 0 < shares[Phase.REGISTERED]
    assert shares[Phase.WITHDRAWAL] > 0 < shares[Phase.CLOSED]


def test_cases_end_in_different_ways_after_four_eyes_where_the_rules_ask_for_them() -> None:
    events = [recorded.event for _, script in town() for recorded in lived(script)[0].recorded]
    closed = [event for event in events if isinstance(event, CaseClosed)]

    assert {event.closure_reason for event in closed} == {
        ClosureReason.INDEPENDENT,
        ClosureReason.HANDED_TO_REGULAR_SERVICES,
        ClosureReason.CONTACT_LOST,
        ClosureReason.MOVED_AWAY,
        ClosureReason.DEPARTED_VOLUNTARY,
    }
    assert any(event.first_tenancy for event in closed if event.closure_reason is ClosureReason.INDEPENDENT)
    approved = sum(isinstance(event, ClosureApproved) for event in events)
    assert approved == sum(event.closure_reason in NEEDS_APPROVAL for event in closed)
    assert sum(isinstance(event, ClosureProposed) for event in events) > approved


def test_all_that_is_recorded_is_of_2018_or_before() -> None:
    days = [step.command.effective_on for _, script in town() for step in script if step.refused is None]
    assert max(day for day in days if day) < date(2019, 1, 1)


def test_the_whole_town_asks_less_than_7000_times() -> None:
    assert sum(step.times for _, script in town() for step in script) < 7000


def test_a_script_asks_about_fourteen_times() -> None:
    lengths = [sum(step.times for step in script) for _, script in town()]
    assert 12 <= sum(lengths) / len(lengths) <= 18


def test_the_town_meets_all_the_slips_of_the_year() -> None:
    met = {step.refused for _, script in town() for step in script if step.refused}
    assert met == {
        Refusal.NOT_ELIGIBLE,
        Refusal.OBLIGED_TO_LEAVE,
        Refusal.CROSS_PROVIDER,
        Refusal.ROLE_NOT_ALLOWED,
        Refusal.ILLEGAL_TRANSITION,
        Refusal.DATE_ORDER,
        Refusal.CONSENT_MISSING,
        Refusal.FUTURE_FACT,
        Refusal.BEFORE_BIRTH,
        Refusal.TITLE_EVIDENCE,
        Refusal.CONCURRENCY,
        Refusal.NO_DRAFT,
        Refusal.DRAFT_OPEN,
        Refusal.GOAL_UNKNOWN,
        Refusal.PLAN_EMPTY,
        Refusal.PLAN_NOT_JOINT,
        Refusal.WRITTEN_FORM,
        Refusal.REVIEW_INCOMPLETE,
        Refusal.WITHDRAWAL_TOO_EARLY,
        Refusal.CLOSURE_NOT_APPROVED,
    }


def test_some_steps_are_asked_twice_under_the_same_key() -> None:
    twice = [step for _, script in town() for step in script if step.times == 2]
    assert 50 < len(twice) < 400
    assert all(step.refused is None for step in twice)


def test_a_supervisor_opens_where_the_title_has_expired_and_says_why() -> None:
    opened = [
        recorded
        for _, script in town()
        for recorded in lived(script)[0].recorded
        if isinstance(recorded.event, CaseOpened) and recorded.event.override
    ]
    assert opened
    assert all(recorded.actor.id.startswith("fl-") and recorded.reason for recorded in opened)


def test_nobody_in_the_town_is_older_than_people_get() -> None:
    years = [
        age(date.fromisoformat(person.birth_date), date(2018, 1, 1))
        for person, _ in town()
        if person.birth_date and len(person.birth_date) > 4
    ]
    assert 0 <= min(years) < 3
    assert 40 < max(years) < 70
