"""The period of support: it is warned of its end, extended by two people, and never longer than the policy allows."""

from datetime import date

import pytest

from domain.deadlines import DeadlineEscalated, DeadlineFellDue, DeadlineReminded
from domain.extension import ExtensionProposed, ProposeExtension, SupportExtended
from domain.refusals import Refusal
from domain.vocabulary import DeadlineKind, Phase
from tests.examples import CONFIRM, EVENTS, MANAGER, OPEN, OPENED, REGISTER, SUPERVISOR, SUPPORTED
from tests.examples_reviews import EXTEND, PROPOSE_EXTENSION, REJECT_EXTENSION, SUSPEND
from tests.scenario import Story, given

FIRST_DAY, LAST_DAY = date(2023, 7, 1), date(2026, 6, 30)
LONGEST = date(2027, 6, 30)
SUPPORT_END = DeadlineKind.SUPPORT_END


def under_the_rules_of_2023() -> Story:
    story = given(at=FIRST_DAY)
    for command in SUPPORTED:
        dates = {"effective_on": None, "due_on": None, "target_date": None, "title_valid_until": None}
        fields = type(command).model_fields
        story = story.given(command.model_copy(update={name: None for name in dates if name in fields}))
    return story


def until(end: date) -> ProposeExtension:
    return PROPOSE_EXTENSION.model_copy(update={"new_end": end})


def test_one_proposes_another_approves_and_support_goes_on() -> None:
    story = under_the_rules_of_2023()
    assert story.case.support_end == LAST_DAY
    story.when(PROPOSE_EXTENSION).then(EVENTS["ExtensionProposed"])
    proposed = story.given(PROPOSE_EXTENSION)
    proposed.when(EXTEND, by=SUPERVISOR).then(EVENTS["SupportExtended"])
    assert proposed.given(EXTEND, by=SUPERVISOR).case.support_end == LONGEST


def test_a_proposal_may_be_turned_down_or_made_anew() -> None:
    proposed = under_the_rules_of_2023().given(PROPOSE_EXTENSION)
    proposed.when(REJECT_EXTENSION, by=SUPERVISOR).then(EVENTS["ExtensionRejected"])
    assert proposed.given(REJECT_EXTENSION, by=SUPERVISOR).case.support_end == LAST_DAY
    anew = proposed.given(until(date(2026, 12, 31)))
    anew.when(EXTEND, by=SUPERVISOR).then(
        SupportExtended(new_end=date(2026, 12, 31), proposed_by=MANAGER.id, approved_by=SUPERVISOR.id)
    )


def test_g17_support_is_not_extended_beyond_the_longest_period() -> None:
    under_the_rules_of_2023().when(until(date(2027, 7, 1))).then_refused(
        Refusal.PERIOD_EXCEEDED, new_end=date(2027, 7, 1), latest=LONGEST, months=48
    )


def test_g17_under_the_rules_of_2017_there_is_no_extension() -> None:
    given(*SUPPORTED).when(until(date(2020, 4, 3))).then_refused(
        Refusal.PERIOD_EXCEEDED, latest=date(2020, 4, 2), months=24
    )


def test_g18_an_extension_needs_its_justification() -> None:
    bare = PROPOSE_EXTENSION.model_copy(update={"justification": None})
    under_the_rules_of_2023().when(bare).then_refused(Refusal.EXTENSION_NEEDS_REASON, new_end=LONGEST)


def test_g18_and_extension_not_proposed_it_needs_two_people() -> None:
    story = under_the_rules_of_2023()
    for command in (EXTEND, REJECT_EXTENSION):
        story.when(command, by=SUPERVISOR).then_refused(Refusal.EXTENSION_NOT_PROPOSED)
        story.given(PROPOSE_EXTENSION).when(command).then_refused(Refusal.ROLE_NOT_ALLOWED)


def test_g35_who_proposed_an_extension_does_not_approve_it() -> None:
    own = under_the_rules_of_2023().given(PROPOSE_EXTENSION, by=SUPERVISOR)
    own.when(EXTEND, by=SUPERVISOR).then_refused(Refusal.SELF_APPROVAL, by=SUPERVISOR.id)


def test_an_extension_ends_later_than_what_is_agreed() -> None:
    under_the_rules_of_2023().when(until(LAST_DAY)).then_refused(Refusal.DATE_ORDER, first=LAST_DAY, then=LAST_DAY)


def test_edge_case_25_the_end_is_warned_of_ninety_days_before_and_nothing_closes_by_itself() -> None:
    story = given(*OPENED)
    brought = [each.event for each in story.when_time_passes(date(2021, 1, 1)).recorded]
    end = date(2020, 4, 2)
    assert [event for event in brought if getattr(event, "deadline", None) is SUPPORT_END] == [
        DeadlineReminded(deadline=SUPPORT_END, due_on=end),
        DeadlineFellDue(deadline=SUPPORT_END, due_on=end),
        DeadlineEscalated(deadline=SUPPORT_END, due_on=end, days_late=14),
    ]
    (warned,) = [
        each for each in story.until(end).recorded if each.event == DeadlineReminded(deadline=SUPPORT_END, due_on=end)
    ]
    assert warned.effective_on == date(2020, 1, 3)
    assert story.until(date(2021, 1, 1)).case.phase is Phase.INTAKE


def test_edge_case_25_an_extension_moves_the_warning() -> None:
    story = under_the_rules_of_2023().given(until(date(2026, 12, 31))).given(EXTEND, by=SUPERVISOR)
    warned = [
        each.effective_on
        for each in story.when_time_passes(date(2026, 12, 31)).recorded
        if getattr(each.event, "deadline", None) is SUPPORT_END
    ]
    assert warned == [date(2026, 10, 2)]


@pytest.mark.parametrize(("start", "end"), [(date(2023, 6, 5), date(2025, 6, 4)), (date(2023, 6, 6), date(2026, 6, 5))])
def test_edge_case_25_the_policy_of_the_first_day_binds_the_case(start: date, end: date) -> None:
    untitled = CONFIRM.model_copy(update={"title_valid_until": None})
    assert (
        given(REGISTER, untitled, OPEN.model_copy(update={"effective_on": start}), at=start)
        .until(date(2024, 1, 1))
        .case.support_end
        == end
    )


def test_case_suspended_no_extension_is_proposed_meanwhile() -> None:
    suspended = under_the_rules_of_2023().given(SUSPEND.model_copy(update={"expected_until": None}))
    suspended.when(PROPOSE_EXTENSION).then_refused(Refusal.CASE_SUSPENDED, since=FIRST_DAY)


def test_the_proposal_is_sealed_and_says_who_made_it() -> None:
    (event,) = under_the_rules_of_2023().when(PROPOSE_EXTENSION).events
    assert isinstance(event, ExtensionProposed)
    assert event.proposed_by == MANAGER.id
    assert event.justification.startswith("sealed:")
