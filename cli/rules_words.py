"""The words of the page about the rules, in English and German, as the translations of the pages have them."""

from pathlib import Path

from babel.messages.pofile import read_po

DOCS = Path(__file__).parent.parent / "docs"
TRANSLATIONS = DOCS.parent / "api" / "translations"

LISTS = {
    "ActivityKind": "activity",
    "ApprovalKind": "approval",
    "ApprovalState": "approval_state",
    "Assignment": "assignment",
    "CapacityBase": "capacity_base",
    "ClosureGroup": "closure_group",
    "ClosureReason": "closure_reason",
    "ConsentForm": "form",
    "ConsentScope": "scope",
    "ContactMode": "mode",
    "DataField": "data_field",
    "DeadlineKind": "deadline",
    "DeadlineStage": "stage",
    "DepartureKind": "departure",
    "DisputeOutcome": "dispute_outcome",
    "EligibilityBasis": "basis",
    "EligibilityGround": "ground",
    "FieldOfAction": "field",
    "GoalOutcome": "goal_outcome",
    "GoalStatus": "goal_status",
    "HistoryConflict": "history_conflict",
    "HousingKind": "housing",
    "Intensity": "intensity",
    "LanguageEvidence": "evidence",
    "LanguageLevel": "level",
    "MeasureOutcome": "measure_outcome",
    "MergeEvidence": "merge_evidence",
    "ObstacleKind": "obstacle",
    "PassReason": "pass_reason",
    "PriorityClass": "priority",
    "QualificationKind": "qualification",
    "ReferralOutcome": "referral_outcome",
    "ReferralState": "referral_state",
    "RestrictionBasis": "restriction_basis",
    "ReviewDecision": "decision",
    "ServiceKind": "service",
    "StaffQualification": "staff_qualification",
    "TitleBasis": "title_basis",
    "TitleDecision": "title_decision",
    "TitleQuestion": "title_question",
    "TransferEnd": "transfer_end",
    "WaitlistEnd": "waitlist_end",
}
"""By which prefix the translations name a code list, where that is not its own name in small letters."""


class Words:
    """English and German, from the translations that the pages use. Raises KeyError on what has no words."""

    def __init__(self) -> None:
        self.languages = [_catalog(language) for language in ("en", "de")]

    def row(self, kind: str, code: str) -> list[str]:
        return [texts[f"{kind}.{code}"].replace("|", "\\|") for texts in self.languages]

    def both(self, kind: str, code: str) -> str:
        return " · ".join(dict.fromkeys(self.row(kind, code)))

    def label(self, field: str) -> list[str]:
        """What the pages call a field; an id that they never show has no label."""
        return [texts.get(f"label.{field}", "–") for texts in self.languages]


def _catalog(language: str) -> dict[str, str]:
    with (TRANSLATIONS / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, language) if message.string}
