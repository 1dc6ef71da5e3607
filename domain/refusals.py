"""Refusals: a rule's no, with a stable code and the parameters that explain it."""

from enum import StrEnum
from typing import Any


class Refusal(StrEnum):
    """Stable codes. Those with a number in `GUARD_NUMBERS` are the programme's guards; the rest are the engine's own."""

    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    UKRAINE_BEFORE_DATE = "UKRAINE_BEFORE_DATE"
    OBLIGED_TO_LEAVE = "OBLIGED_TO_LEAVE"
    CASE_ALREADY_OPEN = "CASE_ALREADY_OPEN"
    PLAN_EMPTY = "PLAN_EMPTY"
    PLAN_NOT_JOINT = "PLAN_NOT_JOINT"
    WRITTEN_FORM = "WRITTEN_FORM"
    CROSS_PROVIDER = "CROSS_PROVIDER"
    CONSENT_MISSING = "CONSENT_MISSING"
    FUTURE_FACT = "FUTURE_FACT"
    BEFORE_BIRTH = "BEFORE_BIRTH"
    AFTER_DEATH = "AFTER_DEATH"
    CONCURRENCY = "CONCURRENCY"
    DUPLICATE_COMMAND = "DUPLICATE_COMMAND"
    TITLE_EVIDENCE = "TITLE_EVIDENCE"
    NO_PLAN = "NO_PLAN"
    WITHDRAWAL_TOO_EARLY = "WITHDRAWAL_TOO_EARLY"
    CLOSE_WITHOUT_WITHDRAWAL = "CLOSE_WITHOUT_WITHDRAWAL"
    CLOSURE_NOT_APPROVED = "CLOSURE_NOT_APPROVED"
    LAST_CONTACT = "LAST_CONTACT"
    CONTACT_LOST_ATTEMPTS = "CONTACT_LOST_ATTEMPTS"
    CLOSED_IMMUTABLE = "CLOSED_IMMUTABLE"
    SELF_APPROVAL = "SELF_APPROVAL"

    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION"
    CASE_UNKNOWN = "CASE_UNKNOWN"
    NO_DRAFT = "NO_DRAFT"
    DRAFT_OPEN = "DRAFT_OPEN"
    GOAL_UNKNOWN = "GOAL_UNKNOWN"
    MEASURE_UNKNOWN = "MEASURE_UNKNOWN"
    OBSTACLE_UNKNOWN = "OBSTACLE_UNKNOWN"
    REFERRAL_UNKNOWN = "REFERRAL_UNKNOWN"
    REFERRAL_ORDER = "REFERRAL_ORDER"
    DATE_ORDER = "DATE_ORDER"
    ROLE_NOT_ALLOWED = "ROLE_NOT_ALLOWED"
    WITHDRAWAL_LAST_STAGE = "WITHDRAWAL_LAST_STAGE"
    CLOSURE_NOT_PROPOSED = "CLOSURE_NOT_PROPOSED"
    CLOSURE_PROPOSED_ALREADY = "CLOSURE_PROPOSED_ALREADY"
    REOPENING_TOO_LATE = "REOPENING_TOO_LATE"
    REOPENING_EXCLUDED = "REOPENING_EXCLUDED"


GUARD_NUMBERS = {
    Refusal.NOT_ELIGIBLE: "G01",
    Refusal.UKRAINE_BEFORE_DATE: "G02",
    Refusal.OBLIGED_TO_LEAVE: "G03",
    Refusal.CASE_ALREADY_OPEN: "G04",
    Refusal.PLAN_EMPTY: "G06",
    Refusal.PLAN_NOT_JOINT: "G07",
    Refusal.WRITTEN_FORM: "G08",
    Refusal.CROSS_PROVIDER: "G23",
    Refusal.CONSENT_MISSING: "G25",
    Refusal.FUTURE_FACT: "G27",
    Refusal.BEFORE_BIRTH: "G28",
    Refusal.AFTER_DEATH: "G28",
    Refusal.CONCURRENCY: "G29",
    Refusal.DUPLICATE_COMMAND: "G30",
    Refusal.TITLE_EVIDENCE: "G34",
    Refusal.NO_PLAN: "G05",
    Refusal.WITHDRAWAL_TOO_EARLY: "G11",
    Refusal.CLOSE_WITHOUT_WITHDRAWAL: "G12",
    Refusal.CLOSURE_NOT_APPROVED: "G13",
    Refusal.LAST_CONTACT: "G14",
    Refusal.CONTACT_LOST_ATTEMPTS: "G15",
    Refusal.CLOSED_IMMUTABLE: "G16",
    Refusal.SELF_APPROVAL: "G35",
}


class Refused(Exception):  # noqa: N818 - a rule's answer, not an error
    """Raised inside the domain only; `lifecycle.answer` turns it into a value. `params` hold codes, dates and numbers."""

    def __init__(self, code: Refusal, **params: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = params
