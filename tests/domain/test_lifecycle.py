"""The life of a case as a whole: who may ask, in which phase, having seen what; and what envelopes say."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain import lifecycle
from domain.case import Case
from domain.envelopes import Actor, Submitted
from domain.refusals import Refusal, Refused
from domain.story import CASEWORK, Command
from domain.vocabulary import ClosureReason, Phase, Reason, Role
from tests.domain.phase_table import ALLOWED, AT_THE_TABLE, CLASSES
from tests.examples import (
    AGREE,
    CASE_ID,
    CLOCK,
    COMMANDS,
    CONFIRM,
    DEPUTY,
    DPO,
    DRAFT,
    EVENTS,
    MANAGER,
    MANAGER_ELSEWHERE,
    NOW,
    OPEN,
    OPENED,
    READY_TO_AGREE,
    REGISTER,
    REGISTERED,
    SUPERVISOR,
    SUPPORTED,
    TODAY,
    noon,
    occasion,
    sealed,
)
from tests.scenario import given


def somebody(role: Role) -> Actor:
    return Actor(id="somebody", role=role, provider="drk")


def somewhere(phase: Phase) -> Case:
    """A case that has come to a phase, with little behind it but a plan."""
    case = Case(version=7, phase=phase, provider="drk", support_start=date(2018, 3, 1), plan_version=1)
    case.support_end, case.review_due = date(2020, 2, 29), date(2018, 7, 12)
    if phase is Phase.CLOSED:
        case.close()
        case.closed_on, case.closed_at_version, case.closure_reason = date(2018, 3, 1), 7, ClosureReason.MOVED_AWAY
    return case


def asked_of(case: Case, command: Command, by: Actor) -> Refusal | None:
    """The refusal with which a case answers, if it does."""
    submitted = Submitted(command_id="c", stream_id=CASE_ID, actor=by, command={}, fingerprint="f")
    try:
        lifecycle.decide(case, submitted, sealed(command), occasion(by))
    except Refused as refused:
        return refused.code
    return None


BY_THE_SYSTEM = {name for name, command in CLASSES.items() if command.roles == {Role.SYSTEM}}


BY_THE_OFFICER = {name for name, command in CLASSES.items() if command.roles == {Role.DPO}}


def who_may(name: str, otherwise: Actor = SUPERVISOR) -> Actor:
    if name in BY_THE_OFFICER:
        return DPO
    return CLOCK if name in BY_THE_SYSTEM else otherwise


def test_the_table_of_phases_is_this() -> None:
    assert AT_THE_TABLE == ALLOWED


@pytest.mark.parametrize(
    ("name", "phase"),
    [(name, phase) for name, phases in ALLOWED.items() for phase in Phase if phase not in phases],
)
def test_illegal_transition_and_g16_a_command_outside_its_phases_is_refused(name: str, phase: Phase) -> None:
    by = who_may(name)
    expected = Refusal.CLOSED_IMMUTABLE if phase is Phase.CLOSED else Refusal.ILLEGAL_TRANSITION
    assert asked_of(somewhere(phase), COMMANDS[name], by) == expected


@pytest.mark.parametrize("phase", Phase)
def test_illegal_transition_a_registered_case_is_not_registered_again(phase: Phase) -> None:
    expected = Refusal.CLOSED_IMMUTABLE if phase is Phase.CLOSED else Refusal.ILLEGAL_TRANSITION
    assert asked_of(somewhere(phase), REGISTER, MANAGER) == expected


@pytest.mark.parametrize(
    ("name", "phase"), [(name, phase) for name, phases in ALLOWED.items() for phase in sorted(phases)]
)
def test_inside_its_phases_a_command_is_not_refused_for_the_phase(name: str, phase: Phase) -> None:
    by = who_may(name)
    assert asked_of(somewhere(phase), COMMANDS[name], by) not in (Refusal.ILLEGAL_TRANSITION, Refusal.CLOSED_IMMUTABLE)


@pytest.mark.parametrize("name", ALLOWED)
def test_of_a_case_that_is_not_there_nothing_is_asked(name: str) -> None:
    assert asked_of(Case(), COMMANDS[name], who_may(name)) == Refusal.CASE_UNKNOWN


@pytest.mark.parametrize(
    ("name", "role"),
    [(name, role) for name, command in CLASSES.items() for role in Role if role not in command.roles],
)
def test_who_has_not_the_role_is_refused(name: str, role: Role) -> None:
    phase = None if name == "RegisterPerson" else min(ALLOWED[name])
    case = Case(phase=phase, provider="drk")
    assert asked_of(case, COMMANDS[name], somebody(role)) == Refusal.ROLE_NOT_ALLOWED


def test_casework_is_done_by_managers_deputies_and_supervisors_and_the_clock_has_its_own() -> None:
    others = {
        name: command.roles
        for name, command in CLASSES.items()
        if command.roles != CASEWORK and name not in BY_THE_SYSTEM
    }
    assert "ReachDeadline" in BY_THE_SYSTEM
    assert others == {
        "MergePersons": {Role.SUPERVISOR},
        "UndoMerge": {Role.SUPERVISOR, Role.SYSTEM},
        "AssignManager": {Role.MANAGER, Role.SUPERVISOR},
        "MoveToPolicy": {Role.SUPERVISOR},
        "ApproveClosure": {Role.SUPERVISOR},
        "RejectClosure": {Role.SUPERVISOR},
        "ExtendSupport": {Role.SUPERVISOR},
        "RejectExtension": {Role.SUPERVISOR},
        "SettleHistoryConflict": {Role.SUPERVISOR},
        "DecideOnTitle": {Role.SUPERVISOR},
        "RetractClosure": {Role.SUPERVISOR},
        "RestrictProcessing": {Role.DPO},
        "LiftRestriction": {Role.DPO},
    }


@pytest.mark.parametrize("name", sorted(set(CLASSES) - BY_THE_SYSTEM))
def test_g23_another_providers_case_is_closed_to_everybody_else(name: str) -> None:
    elsewhere = who_may(name).model_copy(update={"provider": MANAGER_ELSEWHERE.provider})
    given(*SUPPORTED).when(COMMANDS[name], by=elsewhere).then_refused(Refusal.CROSS_PROVIDER)


def test_g23_another_provider_does_not_learn_how_far_a_case_has_come() -> None:
    given(*SUPPORTED).when(AGREE, by=MANAGER_ELSEWHERE, seen=3).then_refused(Refusal.CROSS_PROVIDER)


def test_g23_a_case_belongs_to_the_provider_that_registered_it() -> None:
    story = given(REGISTER, by=MANAGER_ELSEWHERE)
    story.when(CONFIRM, by=MANAGER_ELSEWHERE).then(EVENTS["EligibilityConfirmed"])
    story.when(CONFIRM, by=MANAGER).then_refused(Refusal.CROSS_PROVIDER)


PLANNABLE = {"OpenCase", "AssignManager", "NameDeputy", "CloseAsDuplicate"}
TOMORROW = date(2018, 4, 13)


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in PLANNABLE])
def test_g27_what_cannot_be_planned_is_not_true_tomorrow(name: str) -> None:
    tomorrow = COMMANDS[name].model_copy(update={"effective_on": TOMORROW})
    case = Case() if name == "RegisterPerson" else somewhere(min(ALLOWED[name]))
    assert asked_of(case, tomorrow, who_may(name)) == Refusal.FUTURE_FACT


def test_g27_only_openings_and_assignments_are_planned_and_an_opening_that_was_a_duplicate_is_closed_as_of_its_day() -> (
    None
):
    assert {name for name, command in CLASSES.items() if command.plannable} == PLANNABLE


def test_g27_today_is_the_local_day() -> None:
    late_evening_utc = datetime(2018, 4, 12, 22, 30, tzinfo=UTC)
    tomorrow = COMMANDS["RecordLanguageLevel"].model_copy(update={"effective_on": TOMORROW})
    given(REGISTER).when(tomorrow, at=late_evening_utc).then(EVENTS["LanguageLevelRecorded"])


def test_g28_nothing_that_is_recorded_late_lies_before_birth() -> None:
    before_birth = date(1990, 5, 16)
    for name in set(CLASSES) - BY_THE_SYSTEM - {"RegisterPerson"}:
        backdated = COMMANDS[name].model_copy(update={"effective_on": before_birth})
        case = replace(given(REGISTER).case, phase=min(ALLOWED[name]), plan_version=1)
        assert asked_of(case, backdated, who_may(name)) == Refusal.BEFORE_BIRTH


OF_AN_AGE = {"AgreePlan", "CorrectBirthDate", "ReferToService"}


def nothing_opens(token: str, label: str) -> str:
    raise AssertionError(f"opened {label}")


def test_what_is_true_today_and_asks_for_no_age_opens_no_sealed_value() -> None:
    case = given(*READY_TO_AGREE).case
    submitted = Submitted(command_id="c", stream_id=CASE_ID, actor=MANAGER, command={}, fingerprint="f")
    for name in {name for name, phases in ALLOWED.items() if Phase.PLANNING in phases} - OF_AN_AGE - BY_THE_SYSTEM:
        today = sealed(COMMANDS[name].model_copy(update={"effective_on": TODAY}))
        with suppress(Refused):
            lifecycle.decide(case, submitted, today, occasion(opener=nothing_opens))


def test_g29_who_has_not_seen_the_latest_version_is_refused() -> None:
    story = given(*READY_TO_AGREE)
    for seen in (7, 9):
        story.when(AGREE, seen=seen).then_refused(Refusal.CONCURRENCY, expected=seen, actual=8)
    story.when(AGREE, seen=8).then(EVENTS["PlanAgreed"])
    story.when(AGREE).then(EVENTS["PlanAgreed"])


def test_g29_the_second_of_two_who_decide_at_once_sees_what_came_between() -> None:
    story = given(*READY_TO_AGREE)
    after = story.given(AGREE)
    after.when(DRAFT, seen=story.case.version).then_refused(Refusal.CONCURRENCY, expected=8, actual=9)


def test_g30_what_the_clock_brings_has_the_same_command_id_however_often_it_is_asked() -> None:
    case = given(*OPENED).case
    first = lifecycle.timer(CASE_ID, case, occasion().policies, NOW)
    again = lifecycle.timer(CASE_ID, case, occasion().policies, noon(date(2018, 4, 14)))
    assert first is not None
    assert again is not None
    assert first.submitted == again.submitted
    assert f"timer:{CASE_ID}:FIRST_CONTACT:2018-04-17:REMINDED" == first.submitted.command_id


def test_g30_each_stage_of_each_deadline_has_a_command_id_of_its_own() -> None:
    story, ids = given(*OPENED), []
    while timer := lifecycle.timer(CASE_ID, story.case, story.policies, story.at):
        ids.append(timer.submitted.command_id)
        story = story.until(timer.deadline.at)
    assert len(ids) == len(set(ids)) == 19


def test_the_clock_acts_for_the_provider_of_the_case() -> None:
    timer = lifecycle.timer(CASE_ID, given(*OPENED).case, occasion().policies, NOW)
    assert timer is not None
    assert Actor(id="lotse", role=Role.SYSTEM, provider="drk") == timer.submitted.actor


def test_an_envelope_says_who_when_why_and_under_which_policy() -> None:
    command = sealed(
        AGREE.model_copy(
            update={"effective_on": date(2018, 4, 11), "reason": Reason.OTHER, "reason_text": "She signed at home"}
        )
    )
    submitted = Submitted(
        command_id="c-1", stream_id=CASE_ID, actor=DEPUTY, command={}, fingerprint="f", causation="event-3"
    )
    (recorded,) = lifecycle.decide(given(*READY_TO_AGREE).case, submitted, command, occasion(DEPUTY))
    assert (recorded.stream_id, recorded.version, recorded.name) == (CASE_ID, 9, "PlanAgreed")
    assert (NOW, date(2018, 4, 11)) == (recorded.recorded_at, recorded.effective_on)
    assert (recorded.actor, recorded.command_id, recorded.causation) == (DEPUTY, "c-1", "event-3")
    assert (Reason.OTHER, command.reason_text) == (recorded.reason, recorded.reason_text)
    assert recorded.policy_version == "2017"


def test_without_a_day_a_command_is_true_today() -> None:
    (recorded,) = given(*REGISTERED).when(COMMANDS["RecordHousing"]).recorded
    assert recorded.effective_on == TODAY


@pytest.mark.parametrize("where", ["event", "reason"])
def test_personal_data_in_clear_is_a_fault_and_not_recorded(where: str) -> None:
    clear = {"event": AGREE, "reason": DRAFT.model_copy(update={"reason_text": "Her brother died"})}[where]
    case = replace(given(*READY_TO_AGREE).case, draft=1 if where == "event" else None)
    submitted = Submitted(command_id="c", stream_id=CASE_ID, actor=MANAGER, command={}, fingerprint="f")
    with pytest.raises(ValueError, match="in clear") as fault:
        lifecycle.decide(case, submitted, clear, occasion())
    assert "folder A" not in str(fault.value)
    assert "brother" not in str(fault.value)


def test_a_gap_in_a_story_is_a_fault() -> None:
    first, second, third = given(*OPENED).recorded
    with pytest.raises(ValueError, match="version 3 after 1"):
        lifecycle.replay([first, third], Case())
    with pytest.raises(ValueError, match="version 2 after 0"):
        lifecycle.replay([second], Case())


def test_a_story_may_be_replayed_in_parts() -> None:
    story = given(*SUPPORTED).recorded
    assert lifecycle.replay(story, Case()) == lifecycle.replay(story[4:], lifecycle.replay(story[:4], Case()))


def test_only_escalations_are_told() -> None:
    story = given(REGISTER, CONFIRM, OPEN, *(event for name, event in EVENTS.items() if name.startswith("Deadline")))
    assert [int(follow_up.id.rpartition(":")[2]) for follow_up in story.follow_ups()] == [7]
