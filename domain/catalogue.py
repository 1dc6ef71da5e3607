"""The full list: every command and every event by its stored name."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from domain import (
    bereavement,
    birth_date,
    closed_in_error,
    closure,
    corrections,
    deadlines,
    departure,
    duplicates,
    eligibility,
    extension,
    facts,
    goals,
    hindsight,
    household,
    intake,
    places,
    plan,
    policy_story,
    referrals,
    reopening,
    responsibility,
    reviews,
    slots,
    support,
    suspension,
    title_question,
    transfer,
    withdrawal,
)
from domain import catalogue_house as house
from domain.envelopes import CASE_PREFIX
from domain.story import Command, Event

COMMANDS: dict[str, type[Command]] = {
    command.__name__: command
    for command in (
        intake.RegisterPerson,
        eligibility.ConfirmEligibility,
        intake.OpenCase,
        intake.RecordConsent,
        intake.WithdrawConsent,
        intake.RecordRefusalOfData,
        responsibility.AssignManager,
        responsibility.NameDeputy,
        responsibility.LoseManager,
        intake.CompleteIntake,
        plan.RecordAssessment,
        facts.RecordQualification,
        facts.RecordLanguageLevel,
        facts.RecordActivity,
        facts.RecordHousing,
        facts.RecordResidenceStatus,
        facts.RecordResidenceRule,
        plan.DraftPlan,
        goals.AddGoal,
        goals.ChangeGoal,
        goals.AddMeasure,
        goals.CompleteMeasure,
        plan.AgreePlan,
        support.RecordContact,
        support.RecordObstacle,
        support.ResolveObstacle,
        referrals.ReferToService,
        referrals.RecordReferralOutcome,
        departure.RecordDeath,
        departure.RecordDeparture,
        withdrawal.StartWithdrawal,
        withdrawal.AdvanceWithdrawal,
        withdrawal.RevertWithdrawal,
        closure.ProposeClosure,
        closure.ApproveClosure,
        closure.RejectClosure,
        closure.CloseCase,
        reopening.ReopenCase,
        reviews.ScheduleReview,
        reviews.StartReview,
        reviews.CompleteReview,
        reviews.PostponeReview,
        reviews.CancelReview,
        extension.ProposeExtension,
        extension.ExtendSupport,
        extension.RejectExtension,
        suspension.Suspend,
        suspension.Resume,
        corrections.CorrectFact,
        corrections.RetractFact,
        corrections.MarkDisputed,
        corrections.ResolveDispute,
        hindsight.SettleHistoryConflict,
        birth_date.CorrectBirthDate,
        title_question.DecideOnTitle,
        closed_in_error.RetractClosure,
        transfer.RequestTransfer,
        transfer.CancelTransfer,
        transfer.ReturnTransfer,
        transfer.TakeOver,
        household.AddToHousehold,
        household.LeaveHousehold,
        household.SplitHousehold,
        household.FollowSplit,
        bereavement.NoteDeathInHousehold,
        bereavement.RetractDeathInHousehold,
        duplicates.MergePersons,
        duplicates.UndoMerge,
        duplicates.CloseAsDuplicate,
        duplicates.ReinstateDuplicate,
        policy_story.MoveToPolicy,
        places.TakePlace,
        slots.LosePlace,
        deadlines.ReachDeadline,
    )
} | {command.__name__: command for command in house.COMMANDS}

EVENTS: dict[str, type[Event]] = {
    event.__name__: event
    for event in (
        intake.PersonRegistered,
        eligibility.EligibilityConfirmed,
        eligibility.EligibilityRefused,
        intake.CaseOpened,
        intake.ConsentRecorded,
        intake.ConsentWithdrawn,
        intake.DataRefused,
        responsibility.ManagerAssigned,
        responsibility.DeputyNamed,
        responsibility.DeputyReleased,
        responsibility.ManagerLost,
        intake.IntakeCompleted,
        plan.AssessmentRecorded,
        facts.QualificationRecorded,
        facts.LanguageLevelRecorded,
        facts.ActivityStarted,
        facts.ActivityEnded,
        facts.HousingRecorded,
        facts.ResidenceStatusRecorded,
        facts.ResidenceStatusLost,
        facts.ResidenceRuleRecorded,
        facts.ResidenceRuleLifted,
        plan.PlanDrafted,
        goals.GoalAdded,
        goals.GoalAchieved,
        goals.GoalDropped,
        goals.GoalPostponed,
        goals.MeasureAgreed,
        goals.MeasureDone,
        goals.MeasureMissed,
        plan.PlanAgreed,
        support.ContactRecorded,
        support.ObstacleRecorded,
        support.ObstacleResolved,
        referrals.ReferralMade,
        referrals.ReferralOutcomeRecorded,
        referrals.ReferralStopped,
        departure.PersonDied,
        departure.PersonDeparted,
        withdrawal.WithdrawalStarted,
        withdrawal.WithdrawalAdvanced,
        withdrawal.WithdrawalReverted,
        closure.ClosureProposed,
        closure.ClosureApproved,
        closure.ClosureRejected,
        closure.CaseClosed,
        reopening.CaseReopened,
        reviews.ReviewScheduled,
        reviews.ReviewStarted,
        reviews.ReviewCompleted,
        reviews.PlanRevised,
        reviews.ReviewPostponed,
        reviews.ReviewCancelled,
        extension.ExtensionProposed,
        extension.SupportExtended,
        extension.ExtensionRejected,
        suspension.CaseSuspended,
        suspension.CaseResumed,
        corrections.FactCorrected,
        corrections.FactRetracted,
        corrections.FactDisputed,
        corrections.DisputeResolved,
        hindsight.HistoryConflictNoticed,
        hindsight.HistoryConflictSettled,
        birth_date.BirthDateCorrected,
        title_question.TitleDecided,
        closed_in_error.DeathRetracted,
        closed_in_error.ClosureRetracted,
        transfer.TransferRequested,
        transfer.TransferCancelled,
        transfer.TransferRejected,
        transfer.TransferAccepted,
        household.HouseholdMemberAdded,
        household.HouseholdLeft,
        household.HouseholdSplit,
        bereavement.DeathInHouseholdNoted,
        bereavement.DeathInHouseholdRetracted,
        duplicates.PersonsMerged,
        duplicates.MergeUndone,
        duplicates.MergedInto,
        duplicates.DuplicateReinstated,
        policy_story.PolicyMoved,
        places.PlaceTaken,
        slots.PlaceGivenUp,
        deadlines.DeadlineReminded,
        deadlines.DeadlineRemindedAgain,
        deadlines.DeadlineFellDue,
        deadlines.DeadlineEscalated,
    )
} | {event.__name__: event for event in house.EVENTS}

# What a caller may ask for: everything but the clock's own command.
AskedFor = Annotated[
    intake.RegisterPerson
    | eligibility.ConfirmEligibility
    | intake.OpenCase
    | intake.RecordConsent
    | intake.WithdrawConsent
    | intake.RecordRefusalOfData
    | responsibility.AssignManager
    | policy_story.MoveToPolicy
    | intake.CompleteIntake
    | plan.RecordAssessment
    | facts.RecordQualification
    | facts.RecordLanguageLevel
    | facts.RecordActivity
    | facts.RecordHousing
    | facts.RecordResidenceStatus
    | facts.RecordResidenceRule
    | plan.DraftPlan
    | goals.AddGoal
    | goals.ChangeGoal
    | goals.AddMeasure
    | goals.CompleteMeasure
    | plan.AgreePlan
    | withdrawal.StartWithdrawal
    | withdrawal.AdvanceWithdrawal
    | withdrawal.RevertWithdrawal
    | closure.ProposeClosure
    | closure.ApproveClosure
    | closure.RejectClosure
    | closure.CloseCase
    | reopening.ReopenCase
    | support.RecordContact
    | support.RecordObstacle
    | support.ResolveObstacle
    | referrals.ReferToService
    | referrals.RecordReferralOutcome
    | departure.RecordDeath
    | departure.RecordDeparture
    | reviews.ScheduleReview
    | reviews.StartReview
    | reviews.CompleteReview
    | reviews.PostponeReview
    | reviews.CancelReview
    | extension.ProposeExtension
    | extension.ExtendSupport
    | extension.RejectExtension
    | suspension.Suspend
    | suspension.Resume
    | corrections.CorrectFact
    | corrections.RetractFact
    | corrections.MarkDisputed
    | corrections.ResolveDispute
    | hindsight.SettleHistoryConflict
    | birth_date.CorrectBirthDate
    | title_question.DecideOnTitle
    | household.AddToHousehold
    | household.LeaveHousehold
    | household.SplitHousehold
    | duplicates.MergePersons
    | duplicates.UndoMerge
    | closed_in_error.RetractClosure
    | transfer.RequestTransfer
    | transfer.CancelTransfer,
    Field(discriminator="kind"),
]

ASKED_FOR: TypeAdapter[Command] = TypeAdapter(AskedFor)
ASKED_OF: dict[str, TypeAdapter[Command]] = {CASE_PREFIX: ASKED_FOR, **house.ASKED_OF}
"""By the kind of stream of which it is asked."""

AskedOfUnit = house.AskedOfUnit
AskedOfStaff = house.AskedOfStaff
AskedOfPolicy = house.AskedOfPolicy


def command_from(body: dict[str, Any]) -> Command:
    """A submitted command by its `kind`. Raises KeyError on an unknown kind, pydantic's ValidationError on a wrong body."""
    return COMMANDS[body["kind"]].model_validate(body)


def event_from(name: str, schema_version: int, body: dict[str, Any]) -> Event:
    """A stored event by its stored name, older shapes brought up to date."""
    return EVENTS[name].read(schema_version, body)
