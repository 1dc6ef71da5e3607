"""Whatever people may ask: strategies for commands, their days counted from the day on which they are asked."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from domain.catalogue import COMMANDS as CLASSES
from domain.catalogue import command_from
from domain.story import Command
from domain.vocabulary import (
    ActivityKind,
    Attendee,
    ClosureReason,
    ConsentScope,
    DataField,
    DeadlineKind,
    DeadlineStage,
    DepartureKind,
    EligibilityBasis,
    FieldOfAction,
    GoalOutcome,
    GoalStatus,
    HistoryConflict,
    HousingKind,
    Intensity,
    MeasureOutcome,
    MergeEvidence,
    ObstacleKind,
    Party,
    Precision,
    Reason,
    ReferralOutcome,
    Relation,
    ReviewDecision,
    ServiceKind,
    Severity,
    Source,
    Title,
    TitleBasis,
    TitleDecision,
    Turn,
)
from tests import examples, examples_household

texts = st.sampled_from(["Amal", "B1 by spring", "Ein Satz, mit Umlauten: äöüß", "سلام"])
maybe_texts = st.none() | texts
offsets = st.none() | st.integers(-60, 60)
shifts = st.none() | st.none() | st.integers(-60, 3)
"""Days from today, to be resolved when it is asked."""


def one(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})


few = st.integers(1, 4)
days = st.integers(-60, 60)
approved = st.sampled_from([ClosureReason.INDEPENDENT, ClosureReason.DECLINED, ClosureReason.CONTACT_LOST])
a_contact = one(
    "RecordContact",
    mode=st.just("PHONE"),
    minutes=st.integers(0, 90),
    topics=st.lists(st.sampled_from(FieldOfAction), max_size=3),
    present=st.lists(st.sampled_from(Attendee), min_size=1, max_size=3),
)
a_departure = one("RecordDeath", precision=st.sampled_from(Precision)) | one(
    "RecordDeparture", departure=st.sampled_from(DepartureKind), precision=st.sampled_from(Precision)
)
versions = st.integers(1, 6)
"""Of facts that stand, counted from the last; to be resolved when it is asked."""

a_fact = st.one_of(
    one("RecordLanguageLevel", level=st.sampled_from(["A1", "B1"]), evidence=st.just("CERT_DTZ")),
    one("RecordHousing", housing=st.sampled_from(HousingKind), contract_holder=st.booleans()),
    one(
        "RecordResidenceStatus",
        title_code=st.sampled_from([Title.P24, Title.P25_2]),
        turn=st.sampled_from(Turn),
        source=st.just(Source.DOCUMENT),
    ),
    one("RecordQualification", qualification=st.just("DEGREE"), title=maybe_texts, country=st.just("SY")),
)
about_records = st.one_of(
    one("CorrectFact", corrects=versions, fact=a_fact, reason=st.sampled_from(Reason)),
    one("RetractFact", corrects=versions, reason=st.sampled_from(Reason)),
    one("MarkDisputed", disputes=versions),
    one("ResolveDispute", disputes=versions, outcome=st.sampled_from(["UPHELD", "WITHDRAWN"])),
    one("SettleHistoryConflict", conflict=st.sampled_from(HistoryConflict), reason=st.sampled_from(Reason)),
    one(
        "CorrectBirthDate",
        birth_date=st.sampled_from([None, "1990", "2000-02-29", "2018-04-01"]),
        source=st.sampled_from(Source),
        reason=st.sampled_from(Reason),
    ),
    one("DecideOnTitle", decision=st.sampled_from(TitleDecision), basis=st.sampled_from(TitleBasis)),
    one("RetractClosure", reason=st.sampled_from(Reason)),
    one("RestrictProcessing", basis=st.just("OBJECTION")),
    one("LiftRestriction"),
)
asked = st.one_of(
    one("RegisterPerson", person_id=st.just(str(examples.PERSON_ID)), name=texts, contact=maybe_texts),
    one(
        "ConfirmEligibility",
        basis=st.sampled_from(EligibilityBasis),
        title_code=st.sampled_from(Title),
        title_valid_until=offsets,
        au_since=st.integers(-90, 10),
        evidence_seen=st.booleans(),
    ),
    one("OpenCase", municipality=st.just("ravensburg"), override=st.booleans()),
    one(
        "RecordConsent",
        scope=st.sampled_from(ConsentScope),
        form=st.just("ORAL"),
        language=st.just("ar"),
        valid_until=offsets,
    ),
    one("WithdrawConsent", scope=st.sampled_from(ConsentScope)),
    one("RecordRefusalOfData", field=st.sampled_from(DataField)),
    one("AssignManager", manager_id=st.sampled_from([examples.MANAGER.id, "im-09"])),
    one(
        "NameDeputy", manager_id=st.sampled_from([examples.MANAGER.id, "im-09"]), deputy_id=st.just("im-03"), since=days
    ),
    one("LoseManager", manager_id=st.sampled_from([examples.MANAGER.id, "im-09"]), since=days),
    one("MoveToPolicy", version=st.sampled_from(["2017", "2018-b", "1999"]), reason=st.sampled_from(Reason)),
    one("CompleteIntake", mode=st.just("PHONE")),
    one(
        "RecordAssessment",
        needs=st.lists(
            st.fixed_dictionaries(
                {"field": st.sampled_from(FieldOfAction), "need": st.integers(0, 3), "resource": maybe_texts}
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda need: need["field"],
        ),
        family_situation=maybe_texts,
        intensity=st.sampled_from(Intensity),
    ),
    one("RecordQualification", qualification=st.just("SCHOOL"), country=st.just("SY"), year=st.integers(1995, 2022)),
    one("RecordLanguageLevel", level=st.just("A2"), evidence=st.just("COURSE")),
    one(
        "RecordActivity",
        activity=st.sampled_from(ActivityKind),
        turn=st.sampled_from(Turn),
        hours_per_week=st.none() | st.decimals(0, 80, places=2),
    ),
    one("RecordHousing", housing=st.sampled_from(HousingKind), contract_holder=st.booleans()),
    one(
        "RecordResidenceStatus",
        title_code=st.sampled_from([title for title in Title if title is not Title.NONE]),
        turn=st.sampled_from(Turn),
        valid_until=offsets,
        source=st.sampled_from(Source),
    ),
    one("RecordResidenceRule", area=st.just("ravensburg"), turn=st.sampled_from(Turn), until=offsets),
    one("DraftPlan"),
    one("AddGoal", field=st.sampled_from(FieldOfAction), text=texts, indicator=maybe_texts, target_date=offsets),
    one("ChangeGoal", goal=few, outcome=st.sampled_from([GoalOutcome.ACHIEVED, GoalOutcome.DROPPED])),
    one("ChangeGoal", goal=few, outcome=st.just(GoalOutcome.POSTPONED), target_date=st.integers(-60, 60)),
    one("AddMeasure", goal=few, text=texts, party=st.sampled_from(Party), due_on=offsets),
    one("CompleteMeasure", measure=few, outcome=st.sampled_from(MeasureOutcome)),
    one(
        "AgreePlan",
        client_agreed=st.booleans(),
        guardian_agreed=st.none() | st.booleans(),
        written_copy=maybe_texts,
    ),
    st.integers(0, 9).flatmap(lambda n: a_contact if n else a_departure),
    one("RecordContact", mode=st.just("OFFICE"), no_show=st.just(True)),
    one(
        "RecordObstacle",
        code=st.sampled_from(ObstacleKind),
        severity=st.sampled_from(Severity),
        visibility=st.just("SPECIAL"),
        special_text=maybe_texts,
    ),
    one("ResolveObstacle", obstacle=few),
    one(
        "ReferToService",
        service=st.sampled_from(ServiceKind),
        text=maybe_texts,
        shares_data=st.booleans(),
        urgent=st.booleans(),
        danger_to_life=st.booleans(),
    ),
    one("RecordReferralOutcome", referral=few, outcome=st.sampled_from(ReferralOutcome)),
    one("WithdrawConsent", scope=st.just(ConsentScope.SHARE_SERVICE), referral=few),
    one("StartWithdrawal", withdrawal_plan=maybe_texts, override=st.booleans()),
    one("AdvanceWithdrawal"),
    one("RevertWithdrawal", reason=st.sampled_from(Reason)),
    one("ProposeClosure", closure_reason=approved, last_seen_on=offsets, closure_plan=maybe_texts),
    one("ApproveClosure"),
    one("RejectClosure", reason=st.sampled_from(Reason)),
    one("CloseCase", closure_reason=approved | st.sampled_from([ClosureReason.MOVED_AWAY, ClosureReason.DUPLICATE])),
    one("ReopenCase", reason=st.sampled_from(Reason)),
    one("ScheduleReview", planned_for=st.sampled_from(["2019-03-31T02:30", "2018-06-05T14:30", "2021-05-04T09:00"])),
    one("StartReview"),
    one(
        "CompleteReview",
        goals=st.lists(
            st.fixed_dictionaries({"goal": few, "status": st.sampled_from(GoalStatus)}),
            max_size=2,
            unique_by=lambda found: found["goal"],
        ),
        independence=st.integers(0, 4),
        decision=st.sampled_from(ReviewDecision),
        next_in_months=st.none() | st.integers(1, 12),
        client_agreed=st.booleans(),
        guardian_agreed=st.none() | st.booleans(),
        written_copy=maybe_texts,
    ),
    one("PostponeReview", reason=st.sampled_from(Reason), new_due_on=st.integers(1, 400)),
    one("CancelReview", reason=st.sampled_from(Reason)),
    one("ProposeExtension", new_end=st.integers(600, 1500), justification=maybe_texts),
    one("ExtendSupport"),
    one("RejectExtension", reason=st.sampled_from(Reason)),
    one("Suspend", reason=st.sampled_from(Reason), expected_until=offsets, clock_stops=st.booleans()),
    one("Resume"),
    one(
        "RequestTransfer",
        to_municipality=st.sampled_from(["ravensburg", "ulm", "biberach"]),
        to_provider=st.sampled_from(["drk", "diakonie"]),
        reason=st.just("RELOCATION"),
    ),
    one("CancelTransfer", reason=st.sampled_from(Reason)),
    one("TakeOver", transfer=st.integers(1, 30)),
    one("ReturnTransfer", transfer=st.integers(1, 30)),
    one(
        "ReachDeadline",
        deadline=st.sampled_from(DeadlineKind),
        stage=st.sampled_from(DeadlineStage),
        due_on=st.integers(-60, 60),
    ),
)


households = st.sampled_from([str(examples_household.HOME), str(examples_household.NEW_HOME)])
about_the_family = st.one_of(
    one("AddToHousehold", household_id=households, relation=st.none() | st.sampled_from(Relation)),
    one("LeaveHousehold"),
    one(
        "SplitHousehold",
        new_household_id=households,
        leaving=st.lists(st.just(examples_household.DAUGHTERS_CASE), max_size=1),
        protected=st.booleans(),
    ),
    one(
        "FollowSplit",
        from_household_id=households,
        to_household_id=st.none() | households,
        protected=st.booleans(),
    ),
    one("NoteDeathInHousehold", household_id=households),
    one("RetractDeathInHousehold"),
)
about_identity = st.one_of(
    one(
        "MergePersons",
        duplicate_case=st.just(examples_household.DUPLICATE_CASE),
        evidence=st.sampled_from(MergeEvidence),
    ),
    one("UndoMerge", duplicate_case=st.just(examples_household.DUPLICATE_CASE), reason=st.sampled_from(Reason)),
    one(
        "CloseAsDuplicate",
        survivor_case=st.just(examples_household.DUPLICATE_CASE),
        survivor_person_id=st.just(examples_household.DUPLICATE_PERSON),
    ),
    one("ReinstateDuplicate", survivor_case=st.just(examples_household.DUPLICATE_CASE), reopen=st.booleans()),
)


def resolved(body: dict[str, Any], today: date, shift: int | None, reason: Reason | None) -> Command:
    """The command with its days counted from today."""
    days = {
        name: (today + timedelta(days=value)).isoformat()
        for name, value in body.items()
        if isinstance(value, int) and not isinstance(value, bool) and _is_day(body["kind"], name)
    }
    about = {} if shift is None else {"effective_on": (today + timedelta(days=shift)).isoformat()}
    because = {"reason": reason, "reason_text": "The story behind it"} if reason else {}
    return command_from({**body, **days, **about, **because})


def _is_day(kind: str, name: str) -> bool:
    return CLASSES[kind].model_fields[name].annotation in (date, date | None)
