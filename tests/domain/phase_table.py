"""In which phases each command may be asked: as the commands say it, and as it is written down once more to be compared."""

from domain.case import OPEN_PHASES
from domain.catalogue import COMMANDS
from domain.envelopes import CASE_PREFIX
from domain.vocabulary import Phase

CLASSES = {name: command for name, command in COMMANDS.items() if command.of_kind == CASE_PREFIX}
ALLOWED = {name: command.phases for name, command in CLASSES.items() if not command.opens}
BEFORE_THE_END = {Phase.REGISTERED, *OPEN_PHASES}
AT_ANY_TIME = {Phase.REGISTERED, *OPEN_PHASES, Phase.CLOSED}
AT_THE_TABLE = {
    "ConfirmEligibility": {Phase.REGISTERED},
    "OpenCase": {Phase.REGISTERED},
    "RecordConsent": {Phase.REGISTERED, *OPEN_PHASES},
    "WithdrawConsent": {Phase.REGISTERED, *OPEN_PHASES},
    "RecordRefusalOfData": {Phase.REGISTERED, *OPEN_PHASES},
    "AssignManager": OPEN_PHASES,
    "NameDeputy": set(Phase),
    "LoseManager": set(Phase),
    "MoveToPolicy": OPEN_PHASES,
    "CompleteIntake": {Phase.INTAKE},
    "RecordAssessment": {Phase.PLANNING, Phase.SUPPORT},
    "RecordQualification": {Phase.REGISTERED, *OPEN_PHASES},
    "RecordLanguageLevel": {Phase.REGISTERED, *OPEN_PHASES},
    "RecordActivity": {Phase.REGISTERED, *OPEN_PHASES},
    "RecordHousing": {Phase.REGISTERED, *OPEN_PHASES},
    "RecordResidenceStatus": {Phase.REGISTERED, *OPEN_PHASES},
    "RecordResidenceRule": {Phase.REGISTERED, *OPEN_PHASES},
    "DraftPlan": {Phase.PLANNING, Phase.SUPPORT},
    "AddGoal": {Phase.PLANNING, Phase.SUPPORT},
    "ChangeGoal": {Phase.PLANNING, Phase.SUPPORT, Phase.WITHDRAWAL},
    "AddMeasure": {Phase.PLANNING, Phase.SUPPORT},
    "CompleteMeasure": {Phase.PLANNING, Phase.SUPPORT, Phase.WITHDRAWAL},
    "AgreePlan": {Phase.PLANNING, Phase.SUPPORT},
    "StartWithdrawal": {Phase.SUPPORT},
    "AdvanceWithdrawal": {Phase.WITHDRAWAL},
    "RevertWithdrawal": {Phase.WITHDRAWAL},
    "ProposeClosure": OPEN_PHASES,
    "ApproveClosure": OPEN_PHASES,
    "RejectClosure": OPEN_PHASES,
    "CloseCase": OPEN_PHASES,
    "ReopenCase": {Phase.CLOSED},
    **dict.fromkeys(("ScheduleReview", "StartReview", "CompleteReview", "PostponeReview", "CancelReview"), OPEN_PHASES),
    **dict.fromkeys(("ProposeExtension", "ExtendSupport", "RejectExtension", "Suspend", "Resume"), OPEN_PHASES),
    "RecordContact": OPEN_PHASES,
    "RecordObstacle": OPEN_PHASES,
    "ResolveObstacle": OPEN_PHASES,
    "ReferToService": OPEN_PHASES,
    "RecordReferralOutcome": OPEN_PHASES,
    "RecordDeath": {Phase.REGISTERED, *OPEN_PHASES},
    "RecordDeparture": {Phase.REGISTERED, *OPEN_PHASES},
    **dict.fromkeys(("CorrectFact", "RetractFact", "MarkDisputed", "ResolveDispute"), AT_ANY_TIME),
    **dict.fromkeys(("SettleHistoryConflict", "CorrectBirthDate"), AT_ANY_TIME),
    **dict.fromkeys(("RestrictProcessing", "LiftRestriction"), AT_ANY_TIME),
    "DecideOnTitle": OPEN_PHASES,
    "RetractClosure": {Phase.CLOSED},
    **dict.fromkeys(("AddToHousehold", "LeaveHousehold", "SplitHousehold"), BEFORE_THE_END),
    **dict.fromkeys(("FollowSplit", "NoteDeathInHousehold", "RetractDeathInHousehold"), AT_ANY_TIME),
    **dict.fromkeys(("MergePersons", "UndoMerge", "CloseAsDuplicate", "ReinstateDuplicate"), AT_ANY_TIME),
    "RequestTransfer": OPEN_PHASES,
    "CancelTransfer": OPEN_PHASES,
    "TakeOver": OPEN_PHASES,
    "ReturnTransfer": set(Phase),
    "TakePlace": set(Phase),
    "LosePlace": set(Phase),
    "ReachDeadline": set(Phase),
}
