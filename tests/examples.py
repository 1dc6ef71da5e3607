"""Named examples: people who act, days, a person who arrives, and one instance of every command and every event.

The person is Amal, born 1990, allotted to Ravensburg. Commands say her data in clear, as a caller does; events carry them sealed, as they are stored.
"""

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from domain import deadlines, eligibility, facts, goals, intake, plan, responsibility
from domain.deadlines import local_day
from domain.envelopes import Actor
from domain.kinds import kind_of
from domain.personal import is_sealed, map_personal
from domain.policy import POLICIES, Policy
from domain.story import Command, Event, Occasion, State
from domain.vocabulary import (
    Assignment,
    ConsentForm,
    ConsentScope,
    ContactMode,
    DataField,
    DeadlineKind,
    DeadlineStage,
    EligibilityBasis,
    EligibilityGround,
    FieldOfAction,
    GoalOutcome,
    Intensity,
    MeasureOutcome,
    Party,
    Reason,
    Role,
    Sex,
    Source,
    Title,
    Turn,
)
from infra.calendar import is_holiday
from tests import (
    examples_closing,
    examples_corrections,
    examples_facts,
    examples_household,
    examples_reviews,
    examples_staff,
    examples_support,
    examples_transfer,
    examples_units,
)

ModelT = TypeVar("ModelT", bound=BaseModel)

MANAGER = Actor(id="im-07", role=Role.MANAGER, provider="drk")
DPO = Actor(id="dpo-01", role=Role.DPO, provider="drk")
DEPUTY = Actor(id="im-03", role=Role.DEPUTY, provider="drk", deputy_for="im-07")
SUPERVISOR = Actor(id="sv-01", role=Role.SUPERVISOR, provider="drk")
MANAGER_ELSEWHERE = Actor(id="im-51", role=Role.MANAGER, provider="diakonie")
CLOCK = Actor(id="lotse", role=Role.SYSTEM, provider="drk")

CASE_ID = "case-01621f9c-7a00-7000-8000-000000000001"
PERSON_ID = UUID("01621f9c-7a00-7000-8000-0000000000aa")
GUARDIAN_ID = UUID("01621f9c-7a00-7000-8000-0000000000bb")
HOUSEHOLD_ID = UUID("01621f9c-7a00-7000-8000-0000000000cc")

ALLOTTED = date(2018, 2, 1)
START = date(2018, 4, 3)
TODAY = date(2018, 4, 12)
NOW = datetime(2018, 4, 12, 9, 30, tzinfo=UTC)


def noon(day: date) -> datetime:
    """The instant (UTC) of local noon, safely within the day."""
    return datetime.combine(day, time(12), ZoneInfo("Europe/Berlin")).astimezone(UTC)


def seal(label: str, text: str) -> str:
    """Stands in for encryption, in its very shape: anybody can open it, but only under the label it was sealed for."""
    content = base64.urlsafe_b64encode(f"{label}\n{text}".encode()).decode().rstrip("=")
    return f"sealed:1:{PERSON_ID}:{content}"


def unseal(token: str, label: str) -> str:
    content = token.rpartition(":")[2]
    sealed_for, _, text = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode().partition("\n")
    if sealed_for != label:
        raise ValueError(f"sealed for {sealed_for}, opened for {label}")
    return text


def sealed(model: ModelT) -> ModelT:
    """The model as it goes inside: every personal value sealed that is not sealed yet."""
    return map_personal(model, lambda mark, value: value if is_sealed(value) else seal(mark.label, value))


def nothing_recorded(stream_id: str) -> State:
    """Elsewhere nothing has happened yet."""
    state: State = kind_of(stream_id).state()
    return state


def occasion(
    by: Actor = MANAGER,
    at: datetime = NOW,
    policies: tuple[Policy, ...] = POLICIES,
    opener: Callable[[str, str], str] = unseal,
    elsewhere: Callable[[str], State] = nothing_recorded,
) -> Occasion:
    return Occasion(by, at, local_day(at), policies, opener, elsewhere, is_holiday)


REGISTER = intake.RegisterPerson(
    person_id=PERSON_ID,
    name="Amal Haddad",
    birth_date="1990-05-17",
    sex=Sex.FEMALE,
    nationality_codes=("SY",),
    languages=("ar", "ku"),
    needs_interpreter=True,
    contact="Weststraße 12, Ravensburg",
)
CONFIRM = eligibility.ConfirmEligibility(
    basis=EligibilityBasis.AU_FLUEAG,
    title_code=Title.P25_2,
    title_valid_until=date(2019, 10, 1),
    au_since=ALLOTTED,
    evidence_seen=True,
)
OPEN = intake.OpenCase(effective_on=START, municipality="ravensburg", household_id=HOUSEHOLD_ID)
COMPLETE_INTAKE = intake.CompleteIntake(effective_on=date(2018, 4, 10), mode=ContactMode.HOME_VISIT)
ASSESS = plan.RecordAssessment(
    needs=(
        plan.Need(field=FieldOfAction.LANGUAGE, need=3, resource="Reads Latin script, learns fast"),
        plan.Need(field=FieldOfAction.WORK, need=2),
    ),
    family_situation="Two children of five and seven, her brother lives in Weingarten",
    intensity=Intensity.MEDIUM,
)
DRAFT = plan.DraftPlan()
ADD_GOAL = goals.AddGoal(
    field=FieldOfAction.LANGUAGE,
    text="Pass the language test at B1",
    indicator="Certificate of the test",
    target_date=date(2019, 3, 31),
    priority=1,
)
ADD_OWN_STEP = goals.AddMeasure(
    goal=1, text="Enrol at the adult education centre", party=Party.CLIENT, due_on=date(2018, 5, 15)
)
AGREE = plan.AgreePlan(client_agreed=True, written_copy="File 12, folder A", language_of_copy="ar")

REGISTERED: tuple[Command, ...] = (REGISTER, CONFIRM)
OPENED: tuple[Command, ...] = (*REGISTERED, OPEN)
MET: tuple[Command, ...] = (*OPENED, COMPLETE_INTAKE)
READY_TO_AGREE: tuple[Command, ...] = (*MET, ASSESS, DRAFT, ADD_GOAL, ADD_OWN_STEP)
SUPPORTED: tuple[Command, ...] = (*READY_TO_AGREE, AGREE)
"""The beginning of her life with the programme, each a little further: registered, opened, met, ready to agree, supported."""

COMMANDS: dict[str, Command] = {
    command.kind: command
    for command in (
        REGISTER,
        CONFIRM,
        OPEN,
        intake.RecordConsent(
            scope=ConsentScope.COUNSELLING_DATA, form=ConsentForm.WRITTEN, language="ar", valid_until=date(2020, 4, 12)
        ),
        intake.WithdrawConsent(scope=ConsentScope.COUNSELLING_DATA, reason=Reason.CLIENT_WISH),
        intake.RecordRefusalOfData(field=DataField.HEALTH),
        responsibility.AssignManager(manager_id="im-07", assignment=Assignment.PRIMARY),
        COMPLETE_INTAKE,
        ASSESS,
        *examples_facts.COMMANDS,
        *examples_support.COMMANDS,
        DRAFT,
        ADD_GOAL,
        goals.ChangeGoal(
            goal=1,
            outcome=GoalOutcome.POSTPONED,
            target_date=date(2019, 9, 30),
            reason=Reason.ILLNESS,
            reason_text="Her son was in hospital in spring",
        ),
        ADD_OWN_STEP,
        goals.CompleteMeasure(measure=1, outcome=MeasureOutcome.DONE),
        AGREE,
        *examples_closing.COMMANDS,
        *examples_reviews.COMMANDS,
        *examples_corrections.COMMANDS,
        *examples_transfer.COMMANDS,
        *examples_household.COMMANDS,
        *examples_staff.COMMANDS,
        *examples_units.COMMANDS,
        deadlines.ReachDeadline(deadline=DeadlineKind.PLAN, stage=DeadlineStage.REMINDED, due_on=date(2018, 5, 15)),
    )
}

EVENTS: dict[str, Event] = {
    type(event).__name__: sealed(event)
    for event in (
        intake.PersonRegistered(
            person_id=str(PERSON_ID),
            provider="drk",
            name="Amal Haddad",
            birth_date="1990-05-17",
            sex=Sex.FEMALE,
            nationality_codes=("SY",),
            languages=("ar", "ku"),
            needs_interpreter=True,
            contact="Weststraße 12, Ravensburg",
        ),
        eligibility.EligibilityConfirmed(
            basis=EligibilityBasis.AU_FLUEAG,
            title_code=Title.P25_2,
            title_valid_until=date(2019, 10, 1),
            au_since=ALLOTTED,
            checked_on=TODAY,
        ),
        eligibility.EligibilityRefused(
            basis=EligibilityBasis.AU_FLUEAG,
            title_code=Title.ASYLUM_PENDING,
            au_since=ALLOTTED,
            grounds=(EligibilityGround.NO_EVIDENCE, EligibilityGround.PROCEDURE_OPEN),
        ),
        intake.CaseOpened(
            person_id=str(PERSON_ID),
            household_id=str(HOUSEHOLD_ID),
            municipality="ravensburg",
            provider="drk",
            policy="2017",
            support_start=START,
            support_end=date(2020, 4, 2),
        ),
        intake.ConsentRecorded(
            scope=ConsentScope.COUNSELLING_DATA, form=ConsentForm.WRITTEN, language="ar", valid_until=date(2020, 4, 12)
        ),
        intake.ConsentWithdrawn(scope=ConsentScope.COUNSELLING_DATA),
        intake.DataRefused(field=DataField.HEALTH),
        responsibility.ManagerAssigned(manager_id="im-07", assignment=Assignment.PRIMARY),
        intake.IntakeCompleted(first_contact_on=date(2018, 4, 10), mode=ContactMode.HOME_VISIT),
        plan.AssessmentRecorded(
            needs=ASSESS.needs, family_situation=ASSESS.family_situation, intensity=Intensity.MEDIUM
        ),
        *examples_facts.EVENTS,
        *examples_support.EVENTS,
        plan.PlanDrafted(plan_version=1),
        goals.GoalAdded(
            goal=1,
            field=FieldOfAction.LANGUAGE,
            text="Pass the language test at B1",
            indicator="Certificate of the test",
            target_date=date(2019, 3, 31),
            priority=1,
        ),
        goals.GoalAchieved(goal=1),
        goals.GoalDropped(goal=1),
        goals.GoalPostponed(goal=1, target_date=date(2019, 9, 30)),
        goals.MeasureAgreed(
            measure=1,
            goal=1,
            text="Enrol at the adult education centre",
            party=Party.CLIENT,
            due_on=date(2018, 5, 15),
        ),
        goals.MeasureDone(measure=1),
        goals.MeasureMissed(measure=1),
        plan.PlanAgreed(
            plan_version=1,
            agreed_on=TODAY,
            client_agreed=True,
            written_copy="File 12, folder A",
            language_of_copy="ar",
            next_review_due=date(2018, 7, 12),
        ),
        *examples_closing.EVENTS,
        *examples_reviews.EVENTS,
        *examples_corrections.EVENTS,
        *examples_transfer.EVENTS,
        *examples_household.EVENTS,
        *examples_staff.EVENTS,
        *examples_units.EVENTS,
        deadlines.DeadlineReminded(deadline=DeadlineKind.PLAN, due_on=date(2018, 5, 15)),
        deadlines.DeadlineRemindedAgain(deadline=DeadlineKind.TITLE_EXPIRY, due_on=date(2019, 10, 1)),
        deadlines.DeadlineFellDue(deadline=DeadlineKind.PLAN, due_on=date(2018, 5, 15)),
        deadlines.DeadlineEscalated(deadline=DeadlineKind.PLAN, due_on=date(2018, 5, 15), days_late=14),
    )
}
"""Each is the answer to the example of its command, where that command stands in her life above; the rest are what else may happen."""

LOST = facts.RecordResidenceStatus(title_code=Title.P25_2, turn=Turn.ENDS, source=Source.AUTHORITY)
