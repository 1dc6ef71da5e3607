"""Examples of mistakes and what is done about them: Amal's certificate was for A1, not for A2."""

from datetime import date

from domain import corrections, facts
from domain.story import Command, Event
from domain.vocabulary import DisputeOutcome, LanguageEvidence, LanguageLevel, QualificationKind, Reason, Recognition

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

COMMANDS: tuple[Command, ...] = (CORRECT, RETRACT, DISPUTE, RESOLVE)

EVENTS: tuple[Event, ...] = (
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
)
