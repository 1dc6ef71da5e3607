"""Examples of mistakes and what is done about them: Amal's certificate was for A1, not for A2."""

from datetime import date

from domain import birth_date, closed_in_error, corrections, facts, hindsight, restriction, title_question
from domain.story import Command, Event
from domain.vocabulary import (
    ClosureReason,
    DisputeOutcome,
    HistoryConflict,
    LanguageEvidence,
    LanguageLevel,
    Phase,
    QualificationKind,
    Reason,
    Recognition,
    RestrictionBasis,
    Source,
    Title,
    TitleBasis,
    TitleDecision,
    TitleQuestion,
)

DAY = date(2018, 4, 12)
ACHIEVED = date(2018, 3, 20)

TOLD_WRONG = facts.RecordLanguageLevel(
    effective_on=ACHIEVED, level=LanguageLevel.A2, evidence=LanguageEvidence.CERT_OTHER
)
TOLD_AT = 10
"""The version of what was told wrong, where it follows her life up to the agreed plan."""

TRADE = facts.RecordQualification(
    qualification=QualificationKind.VOCATIONAL, title="Tailor", country="SY", year=2011, recognition=Recognition.FULL
)
CORRECT = corrections.CorrectFact(
    corrects=TOLD_AT,
    fact=facts.RecordLanguageLevel(level=LanguageLevel.A1, evidence=LanguageEvidence.CERT_OTHER),
    reason=Reason.MISTAKE,
    reason_text="Read the wrong line of the certificate",
)
RETRACT = corrections.RetractFact(
    corrects=TOLD_AT, reason=Reason.MISTAKE, reason_text="The certificate is her sister's"
)
DISPUTE = corrections.MarkDisputed(disputes=TOLD_AT, reason_text="She says that she sat another test")
RESOLVE = corrections.ResolveDispute(disputes=TOLD_AT, outcome=DisputeOutcome.UPHELD)
SETTLE = hindsight.SettleHistoryConflict(
    conflict=HistoryConflict.OPENED_WITHOUT_TITLE, reason=Reason.OTHER, reason_text="Fiction applied for in time"
)
BORN_LATER = birth_date.CorrectBirthDate(birth_date="1991", source=Source.AUTHORITY, reason=Reason.MISTAKE)
DECIDE = title_question.DecideOnTitle(decision=TitleDecision.CONTINUE, basis=TitleBasis.APPEAL)
DECIDE_TO_CLOSE = title_question.DecideOnTitle(decision=TitleDecision.CLOSE, basis=TitleBasis.OBLIGED_TO_LEAVE)
RETRACT_CLOSURE = closed_in_error.RetractClosure(reason=Reason.MISTAKE, reason_text="Her sister moved away, not she")

COMMANDS: tuple[Command, ...] = (
    CORRECT,
    RETRACT,
    DISPUTE,
    RESOLVE,
    SETTLE,
    BORN_LATER,
    DECIDE,
    RETRACT_CLOSURE,
    restriction.RestrictProcessing(basis=RestrictionBasis.ACCURACY_CONTESTED),
    restriction.LiftRestriction(),
)

EVENTS: tuple[Event, ...] = (
    restriction.ProcessingRestricted(basis=RestrictionBasis.ACCURACY_CONTESTED, since=DAY),
    restriction.RestrictionLifted(since=DAY),
    corrections.FactCorrected(
        corrects=TOLD_AT,
        fact=corrections.StatedFact(
            effective_on=ACHIEVED,
            event=facts.LanguageLevelRecorded(level=LanguageLevel.A1, evidence=LanguageEvidence.CERT_OTHER),
        ),
    ),
    corrections.FactRetracted(corrects=TOLD_AT),
    corrections.FactDisputed(disputes=TOLD_AT),
    corrections.DisputeResolved(disputes=TOLD_AT, outcome=DisputeOutcome.UPHELD),
    hindsight.HistoryConflictNoticed(conflict=HistoryConflict.OPENED_WITHOUT_TITLE),
    hindsight.HistoryConflictSettled(conflict=HistoryConflict.OPENED_WITHOUT_TITLE),
    birth_date.BirthDateCorrected(corrects=1, birth_date="1991", source=Source.AUTHORITY),
    title_question.TitleDecided(
        question=TitleQuestion.LOST,
        title_code=Title.NONE,
        decision=TitleDecision.CONTINUE,
        basis=TitleBasis.APPEAL,
    ),
    closed_in_error.DeathRetracted(corrects=10),
    closed_in_error.ClosureRetracted(
        closed_at_version=10, closure_reason=ClosureReason.MOVED_AWAY, phase=Phase.SUPPORT
    ),
)
