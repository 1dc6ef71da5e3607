"""Named examples: people who act, days, a person who arrives, and one instance of every command and every event.

The person is Amal, born 1990, allotted to Ravensburg. Commands say her data in clear, as a caller does; events carry them sealed, as they are stored.
"""

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from domain.deadlines import DeadlineEscalated, DeadlineFellDue, DeadlineReminded, ReachDeadline, local_day
from domain.eligibility import ConfirmEligibility, EligibilityConfirmed, EligibilityRefused
from domain.envelopes import Actor
from domain.facts import (
    ActivityEnded,
    ActivityStarted,
    HousingRecorded,
    LanguageLevelRecorded,
    QualificationRecorded,
    RecordActivity,
    RecordHousing,
    RecordLanguageLevel,
    RecordQualification,
    RecordResidenceRule,
    RecordResidenceStatus,
    ResidenceRuleLifted,
    ResidenceRuleRecorded,
    ResidenceStatusLost,
    ResidenceStatusRecorded,
)
from domain.goals import (
    AddGoal,
    AddMeasure,
    ChangeGoal,
    CompleteMeasure,
    GoalAchieved,
    GoalAdded,
    GoalDropped,
    GoalPostponed,
    MeasureAgreed,
    MeasureDone,
    MeasureMissed,
)
from domain.intake import (
    AssignManager,
    CaseOpened,
    CompleteIntake,
    ConsentRecorded,
    ConsentWithdrawn,
    DataRefused,
    IntakeCompleted,
    ManagerAssigned,
    OpenCase,
    PersonRegistered,
    RecordConsent,
    RecordRefusalOfData,
    RegisterPerson,
    WithdrawConsent,
)
from domain.personal import is_sealed, map_personal
from domain.plan import AgreePlan, AssessmentRecorded, DraftPlan, Need, PlanAgreed, PlanDrafted, RecordAssessment
from domain.policy import POLICIES, Policy
from domain.story import Command, Event, Occasion
from domain.vocabulary import (
    ActivityKind,
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
    HousingKind,
    Intensity,
    LanguageEvidence,
    LanguageLevel,
    MeasureOutcome,
    Party,
    QualificationKind,
    Reason,
    Recognition,
    Role,
    Sex,
    Source,
    Title,
    Turn,
)

ModelT = TypeVar("ModelT", bound=BaseModel)

MANAGER = Actor(id="im-07", role=Role.MANAGER, provider="drk")
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


def occasion(
    by: Actor = MANAGER,
    at: datetime = NOW,
    policies: tuple[Policy, ...] = POLICIES,
    opener: Callable[[str, str], str] = unseal,
) -> Occasion:
    return Occasion(actor=by, now=at, today=local_day(at), policies=policies, unseal=opener)


REGISTER = RegisterPerson(
    person_id=PERSON_ID,
    name="Amal Haddad",
    birth_date="1990-05-17",
    sex=Sex.FEMALE,
    nationality_codes=("SY",),
    languages=("ar", "ku"),
    needs_interpreter=True,
    contact="Weststraße 12, Ravensburg",
)
CONFIRM = ConfirmEligibility(
    basis=EligibilityBasis.AU_FLUEAG,
    title_code=Title.P25_2,
    title_valid_until=date(2019, 10, 1),
    au_since=ALLOTTED,
    evidence_seen=True,
)
OPEN = OpenCase(effective_on=START, municipality="ravensburg", household_id=HOUSEHOLD_ID)
COMPLETE_INTAKE = CompleteIntake(effective_on=date(2018, 4, 10), mode=ContactMode.HOME_VISIT)
ASSESS = RecordAssessment(
    needs=(
        Need(field=FieldOfAction.LANGUAGE, need=3, resource="Reads Latin script, learns fast"),
        Need(field=FieldOfAction.WORK, need=2),
    ),
    family_situation="Two children of five and seven, her brother lives in Weingarten",
    intensity=Intensity.MEDIUM,
)
DRAFT = DraftPlan()
ADD_GOAL = AddGoal(
    field=FieldOfAction.LANGUAGE,
    text="Pass the language test at B1",
    indicator="Certificate of the test",
    target_date=date(2019, 3, 31),
    priority=1,
)
ADD_OWN_STEP = AddMeasure(
    goal=1, text="Enrol at the adult education centre", party=Party.CLIENT, due_on=date(2018, 5, 15)
)
AGREE = AgreePlan(client_agreed=True, written_copy="File 12, folder A", language_of_copy="ar")

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
        RecordConsent(
            scope=ConsentScope.COUNSELLING_DATA, form=ConsentForm.WRITTEN, language="ar", valid_until=date(2020, 4, 12)
        ),
        WithdrawConsent(scope=ConsentScope.COUNSELLING_DATA, reason=Reason.CLIENT_WISH),
        RecordRefusalOfData(field=DataField.HEALTH),
        AssignManager(manager_id="im-07", assignment=Assignment.PRIMARY),
        COMPLETE_INTAKE,
        ASSESS,
        RecordQualification(
            qualification=QualificationKind.VOCATIONAL,
            title="Seamstress",
            country="SY",
            year=2010,
            recognition=Recognition.APPLIED,
        ),
        RecordLanguageLevel(
            effective_on=date(2018, 3, 20), level=LanguageLevel.A1, evidence=LanguageEvidence.CERT_OTHER
        ),
        RecordActivity(activity=ActivityKind.EMPLOYMENT_SV, hours_per_week=Decimal("19.50")),
        RecordHousing(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True),
        RecordResidenceStatus(title_code=Title.P25_2, valid_until=date(2021, 4, 11), source=Source.DOCUMENT),
        RecordResidenceRule(area="ravensburg", until=date(2020, 9, 30)),
        DRAFT,
        ADD_GOAL,
        ChangeGoal(
            goal=1,
            outcome=GoalOutcome.POSTPONED,
            target_date=date(2019, 9, 30),
            reason=Reason.ILLNESS,
            reason_text="Her son was in hospital in spring",
        ),
        ADD_OWN_STEP,
        CompleteMeasure(measure=1, outcome=MeasureOutcome.DONE),
        AGREE,
        ReachDeadline(deadline=DeadlineKind.PLAN, stage=DeadlineStage.REMINDED, due_on=date(2018, 5, 15)),
    )
}

EVENTS: dict[str, Event] = {
    type(event).__name__: sealed(event)
    for event in (
        PersonRegistered(
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
        EligibilityConfirmed(
            basis=EligibilityBasis.AU_FLUEAG,
            title_code=Title.P25_2,
            title_valid_until=date(2019, 10, 1),
            au_since=ALLOTTED,
            checked_on=TODAY,
        ),
        EligibilityRefused(
            basis=EligibilityBasis.AU_FLUEAG,
            title_code=Title.ASYLUM_PENDING,
            au_since=ALLOTTED,
            grounds=(EligibilityGround.NO_EVIDENCE, EligibilityGround.PROCEDURE_OPEN),
        ),
        CaseOpened(
            person_id=str(PERSON_ID),
            household_id=str(HOUSEHOLD_ID),
            municipality="ravensburg",
            provider="drk",
            policy="2017",
            support_start=START,
            support_end=date(2020, 4, 2),
        ),
        ConsentRecorded(
            scope=ConsentScope.COUNSELLING_DATA, form=ConsentForm.WRITTEN, language="ar", valid_until=date(2020, 4, 12)
        ),
        ConsentWithdrawn(scope=ConsentScope.COUNSELLING_DATA),
        DataRefused(field=DataField.HEALTH),
        ManagerAssigned(manager_id="im-07", assignment=Assignment.PRIMARY),
        IntakeCompleted(first_contact_on=date(2018, 4, 10), mode=ContactMode.HOME_VISIT),
        AssessmentRecorded(needs=ASSESS.needs, family_situation=ASSESS.family_situation, intensity=Intensity.MEDIUM),
        QualificationRecorded(
            qualification=QualificationKind.VOCATIONAL,
            title="Seamstress",
            country="SY",
            year=2010,
            recognition=Recognition.APPLIED,
        ),
        LanguageLevelRecorded(level=LanguageLevel.A1, evidence=LanguageEvidence.CERT_OTHER),
        ActivityStarted(activity=ActivityKind.EMPLOYMENT_SV, hours_per_week=Decimal("19.50")),
        ActivityEnded(activity=ActivityKind.EMPLOYMENT_SV),
        HousingRecorded(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True, first_tenancy=True),
        ResidenceStatusRecorded(
            title_code=Title.P25_2,
            valid_from=TODAY,
            valid_until=date(2021, 4, 11),
            auto_extended=False,
            source=Source.DOCUMENT,
        ),
        ResidenceStatusLost(title_code=Title.P25_2, lost_on=TODAY, source=Source.AUTHORITY),
        ResidenceRuleRecorded(area="ravensburg", until=date(2020, 9, 30)),
        ResidenceRuleLifted(area="ravensburg"),
        PlanDrafted(plan_version=1),
        GoalAdded(
            goal=1,
            field=FieldOfAction.LANGUAGE,
            text="Pass the language test at B1",
            indicator="Certificate of the test",
            target_date=date(2019, 3, 31),
            priority=1,
        ),
        GoalAchieved(goal=1),
        GoalDropped(goal=1),
        GoalPostponed(goal=1, target_date=date(2019, 9, 30)),
        MeasureAgreed(
            measure=1,
            goal=1,
            text="Enrol at the adult education centre",
            party=Party.CLIENT,
            due_on=date(2018, 5, 15),
        ),
        MeasureDone(measure=1),
        MeasureMissed(measure=1),
        PlanAgreed(
            plan_version=1,
            agreed_on=TODAY,
            client_agreed=True,
            written_copy="File 12, folder A",
            language_of_copy="ar",
            next_review_due=date(2018, 7, 12),
        ),
        DeadlineReminded(deadline=DeadlineKind.PLAN, due_on=date(2018, 5, 15)),
        DeadlineFellDue(deadline=DeadlineKind.PLAN, due_on=date(2018, 5, 15)),
        DeadlineEscalated(deadline=DeadlineKind.PLAN, due_on=date(2018, 5, 15), days_late=14),
    )
}
"""Each is the answer to the example of its command, where that command stands in her life above; the rest are what else may happen."""

LOST = RecordResidenceStatus(title_code=Title.P25_2, turn=Turn.ENDS, source=Source.AUTHORITY)
