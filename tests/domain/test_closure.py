"""The end of support: proposed by one, approved by another, recorded with what was reached; and what a closed case still takes."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from domain.case import OPEN_PHASES
from domain.closure import GROUPS, NEEDS_APPROVAL, CaseClosed, ClosureApproved, ProposeClosure
from domain.facts import RecordActivity, RecordHousing, RecordLanguageLevel
from domain.goals import ChangeGoal
from domain.intake import RecordConsent
from domain.refusals import Refusal
from domain.story import Command
from domain.vocabulary import (
    ActivityKind,
    ClosureReason,
    ConsentForm,
    ConsentScope,
    GoalOutcome,
    HousingKind,
    LanguageEvidence,
    LanguageLevel,
    Phase,
    Turn,
)
from tests.examples import (
    DEPUTY,
    EVENTS,
    MANAGER,
    MET,
    OPENED,
    READY_TO_AGREE,
    REGISTER,
    REGISTERED,
    SUPERVISOR,
    SUPPORTED,
    TODAY,
    noon,
)
from tests.examples_closing import APPROVE, CLOSE, MOVED, PROPOSE, REJECT, START_WITHDRAWAL
from tests.examples_support import CONTACT, NO_SHOW
from tests.scenario import Story, given

SEEN = given(*SUPPORTED, CONTACT)
WITHDRAWING = SEEN.given(START_WITHDRAWAL, by=SUPERVISOR)
PROPOSED = WITHDRAWING.given(PROPOSE)
APPROVED = PROPOSED.given(APPROVE, by=SUPERVISOR)
CLOSED = APPROVED.given(CLOSE)
PLANNED_REASONS = [ClosureReason.INDEPENDENT, ClosureReason.HANDED_TO_REGULAR_SERVICES, ClosureReason.PERIOD_ENDED]
INVOLUNTARY = sorted(set(ClosureReason) - NEEDS_APPROVAL)


def because(command: Command, reason: ClosureReason, **changes: Any) -> Command:
    return command.model_copy(update={"closure_reason": reason, **changes})


def missed(story: Story, *days: int) -> Story:
    """No-shows so many days after today."""
    for each in days:
        day = TODAY + timedelta(days=each)
        story = story.given(NO_SHOW, at=noon(day))
    return story


def test_a_planned_end_is_proposed_approved_by_another_and_closed() -> None:
    WITHDRAWING.when(PROPOSE).then(EVENTS["ClosureProposed"])
    PROPOSED.when(APPROVE, by=SUPERVISOR).then(EVENTS["ClosureApproved"])
    assert CLOSED.case.phase is Phase.CLOSED
    assert (CLOSED.case.closed_on, CLOSED.case.closure) == (TODAY, None)


def test_the_outcome_is_told_as_it_was_known() -> None:
    facts = (
        RecordLanguageLevel(level=LanguageLevel.B1, evidence=LanguageEvidence.CERT_DTZ),
        RecordLanguageLevel(
            level=LanguageLevel.A2, evidence=LanguageEvidence.CERT_DTZ, effective_on=TODAY - timedelta(days=3)
        ),
        RecordActivity(activity=ActivityKind.EMPLOYMENT_SV, hours_per_week=Decimal("19.50")),
        RecordActivity(activity=ActivityKind.COURSE),
        RecordActivity(activity=ActivityKind.COURSE, turn=Turn.ENDS),
        RecordHousing(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True),
        ChangeGoal(goal=1, outcome=GoalOutcome.ACHIEVED),
    )
    APPROVED.given(*facts).when(CLOSE).then(
        CaseClosed(
            closure_reason=ClosureReason.INDEPENDENT,
            closed_on=TODAY,
            language_level=LanguageLevel.B1,
            activities=(ActivityKind.EMPLOYMENT_SV,),
            housing=HousingKind.PRIVATE_TENANCY,
            first_tenancy=True,
            goals_achieved=1,
            goals_total=1,
        )
    )


@pytest.mark.parametrize("reason", PLANNED_REASONS)
@pytest.mark.parametrize("command", [PROPOSE, CLOSE], ids=["proposed", "closed"])
def test_g12_a_planned_end_comes_after_a_withdrawal(command: Command, reason: ClosureReason) -> None:
    SEEN.when(because(command, reason)).then_refused(Refusal.CLOSE_WITHOUT_WITHDRAWAL, closure_reason=reason)


def test_g13_without_approval_a_planned_end_is_refused() -> None:
    for story in (WITHDRAWING, PROPOSED, PROPOSED.given(REJECT, by=SUPERVISOR)):
        story.when(CLOSE).then_refused(Refusal.CLOSURE_NOT_APPROVED, closure_reason=ClosureReason.INDEPENDENT)


def test_g13_an_approval_holds_for_its_own_reason_only() -> None:
    other = because(CLOSE, ClosureReason.PERIOD_ENDED)
    APPROVED.when(other).then_refused(Refusal.CLOSURE_NOT_APPROVED, closure_reason=ClosureReason.PERIOD_ENDED)


def test_g13_the_clients_wish_is_approved_too_but_from_any_open_phase() -> None:
    declined = because(PROPOSE, ClosureReason.DECLINED)
    given(*MET).when(because(CLOSE, ClosureReason.DECLINED)).then_refused(Refusal.CLOSURE_NOT_APPROVED)
    approved = given(*MET, declined).given(APPROVE, by=SUPERVISOR)
    assert approved.given(because(CLOSE, ClosureReason.DECLINED)).case.phase is Phase.CLOSED


@pytest.mark.parametrize(("days", "refused"), [(30, False), (31, True)])
def test_g14_a_planned_end_needs_a_recent_contact(days: int, refused: bool) -> None:
    later = noon(TODAY + timedelta(days=days))
    for story, command, by in ((WITHDRAWING, PROPOSE, MANAGER), (APPROVED, CLOSE, MANAGER)):
        answer = story.when(command, by=by, at=later)
        if refused:
            answer.then_refused(Refusal.LAST_CONTACT, last_contact_on=TODAY, days=30)
        else:
            assert answer.recorded


def test_g14_the_clients_wish_needs_no_recent_contact() -> None:
    later = noon(TODAY + timedelta(days=100))
    assert WITHDRAWING.when(because(PROPOSE, ClosureReason.DECLINED), at=later).recorded


@pytest.mark.parametrize(
    ("days", "asked_on"),
    [((), 60), ((1, 57), 58), ((1, 20, 40), 56), ((1, 2, 3), 30)],
    ids=["none", "two", "a day short of eight weeks", "three in a row"],
)
def test_g15_contact_is_not_lost_after_few_attempts_or_few_weeks(days: Sequence[int], asked_on: int) -> None:
    story = missed(SEEN, *days)
    lost = because(PROPOSE, ClosureReason.CONTACT_LOST)
    at = noon(TODAY + timedelta(days=asked_on))
    story.when(lost, at=at).then_refused(Refusal.CONTACT_LOST_ATTEMPTS, attempts=len(days), needed=3, weeks=8)


def test_g15_three_attempts_over_eight_weeks_are_enough_and_a_contact_begins_the_count_anew() -> None:
    lost, at = because(PROPOSE, ClosureReason.CONTACT_LOST), noon(TODAY + timedelta(days=57))
    story = missed(SEEN, 1, 20, 40)
    assert story.when(lost, at=at).recorded
    met = story.given(CONTACT, at=noon(TODAY + timedelta(days=45)))
    met.when(lost, at=at).then_refused(Refusal.CONTACT_LOST_ATTEMPTS, attempts=0)


@pytest.mark.parametrize("reason", INVOLUNTARY)
@pytest.mark.parametrize("steps", [OPENED, MET, READY_TO_AGREE, SUPPORTED], ids=lambda steps: str(len(steps)))
def test_an_involuntary_end_needs_neither_withdrawal_nor_approval(
    steps: tuple[Command, ...], reason: ClosureReason
) -> None:
    assert given(*steps).given(because(CLOSE, reason)).case.phase is Phase.CLOSED


@pytest.mark.parametrize("reason", INVOLUNTARY)
def test_what_needs_no_approval_is_not_proposed(reason: ClosureReason) -> None:
    with pytest.raises(ValidationError, match="needs no approval"):
        ProposeClosure(closure_reason=reason)


def test_every_closure_reason_has_its_group() -> None:
    assert set(GROUPS) == set(ClosureReason)


def test_what_is_only_registered_is_not_closed() -> None:
    given(*REGISTERED).when(MOVED).then_refused(Refusal.ILLEGAL_TRANSITION)
    assert Phase.REGISTERED not in OPEN_PHASES


def test_g35_whoever_proposed_does_not_approve() -> None:
    own = WITHDRAWING.given(PROPOSE, by=SUPERVISOR)
    own.when(APPROVE, by=SUPERVISOR).then_refused(Refusal.SELF_APPROVAL, by=SUPERVISOR.id)
    other = SUPERVISOR.model_copy(update={"id": "sv-02"})
    own.when(APPROVE, by=other).then(ClosureApproved(closure_reason=ClosureReason.INDEPENDENT))


@pytest.mark.parametrize("by", [MANAGER, DEPUTY])
@pytest.mark.parametrize("command", [APPROVE, REJECT])
def test_only_supervisors_decide_on_a_proposal(command: Command, by: Any) -> None:
    PROPOSED.when(command, by=by).then_refused(Refusal.ROLE_NOT_ALLOWED)


def test_one_proposal_waits_at_a_time_and_is_decided_once() -> None:
    PROPOSED.when(PROPOSE).then_refused(Refusal.CLOSURE_PROPOSED_ALREADY, closure_reason=ClosureReason.INDEPENDENT)
    for command in (APPROVE, REJECT):
        WITHDRAWING.when(command, by=SUPERVISOR).then_refused(Refusal.CLOSURE_NOT_PROPOSED)
    APPROVED.when(APPROVE, by=SUPERVISOR).then_refused(Refusal.CLOSURE_NOT_PROPOSED)


def test_a_proposal_that_is_turned_down_can_be_made_again_and_an_approval_can_be_taken_back() -> None:
    PROPOSED.when(REJECT, by=SUPERVISOR).then(EVENTS["ClosureRejected"])
    PROPOSED.given(REJECT, by=SUPERVISOR).when(PROPOSE).then(EVENTS["ClosureProposed"])
    APPROVED.given(REJECT, by=SUPERVISOR).when(CLOSE).then_refused(Refusal.CLOSURE_NOT_APPROVED)


@pytest.mark.parametrize(
    ("story", "command", "by"),
    [(PROPOSED, APPROVE, SUPERVISOR), (PROPOSED, REJECT, SUPERVISOR), (APPROVED, CLOSE, MANAGER)],
)
def test_a_decision_does_not_lie_before_the_proposal(story: Story, command: Command, by: Any) -> None:
    early = command.model_copy(update={"effective_on": TODAY - timedelta(days=1)})
    story.when(early, by=by).then_refused(Refusal.DATE_ORDER, first=TODAY)


def test_a_person_is_not_last_seen_after_the_proposal() -> None:
    tomorrow = PROPOSE.model_copy(update={"last_seen_on": TODAY + timedelta(days=1)})
    WITHDRAWING.when(tomorrow).then_refused(Refusal.DATE_ORDER)


def test_g16_a_closed_case_takes_nothing_new() -> None:
    for command in (CLOSE, PROPOSE, APPROVE, CONTACT, REGISTER, MOVED):
        later = CLOSED.when(command, by=SUPERVISOR, at=noon(TODAY + timedelta(days=1)))
        later.then_refused(Refusal.CLOSED_IMMUTABLE, command=command.kind, closed_on=TODAY)
    consent = RecordConsent(scope=ConsentScope.STATISTICS, form=ConsentForm.ORAL, language="ar")
    CLOSED.when(consent).then_refused(Refusal.CLOSED_IMMUTABLE)


@pytest.mark.parametrize(("day", "refused"), [(TODAY, False), (date(2018, 4, 5), False), (date(2018, 4, 13), True)])
def test_g16_what_was_true_by_the_closing_may_be_handed_in_late_and_reopens_nothing(day: date, refused: bool) -> None:
    level = RecordLanguageLevel(level=LanguageLevel.B1, evidence=LanguageEvidence.CERT_DTZ, effective_on=day)
    answer = CLOSED.when(level, at=noon(date(2018, 5, 2)))
    if refused:
        answer.then_refused(Refusal.CLOSED_IMMUTABLE, closed_on=TODAY)
    else:
        assert answer.events[0] == EVENTS["LanguageLevelRecorded"].model_copy(
            update={"level": LanguageLevel.B1, "evidence": LanguageEvidence.CERT_DTZ}
        )
        assert CLOSED.given(*answer.events).case.phase is Phase.CLOSED


def test_the_clock_has_nothing_to_bring_to_a_closed_case() -> None:
    closed = given(*OPENED, MOVED)
    assert closed.next_deadline() is None
    closed.when_time_passes(TODAY + timedelta(days=400)).then_nothing()


def test_edge_case_12_of_two_closings_the_second_is_refused() -> None:
    seen = APPROVED.case.version
    APPROVED.given(CLOSE).when(CLOSE, seen=seen).then_refused(Refusal.CONCURRENCY)
    APPROVED.given(CLOSE).when(CLOSE).then_refused(Refusal.CLOSED_IMMUTABLE)


def test_closing_gives_back_the_claim_that_opening_took() -> None:
    (closed,) = APPROVED.when(CLOSE).events
    (opened,) = given(*REGISTERED).when(OPENED[-1]).events
    assert closed.releases(APPROVED.case) == opened.claims(given(*REGISTERED).case)
