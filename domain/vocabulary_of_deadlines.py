"""The code lists of deadlines. All code lists are taken from `domain.vocabulary`."""

from enum import StrEnum


class DeadlineKind(StrEnum):
    FIRST_CONTACT = "FIRST_CONTACT"
    ASSESSMENT = "ASSESSMENT"
    PLAN = "PLAN"
    REVIEW = "REVIEW"
    SUPPORT_END = "SUPPORT_END"
    TITLE_EXPIRY = "TITLE_EXPIRY"
    TITLE_DECISION = "TITLE_DECISION"
    SUSPENSION = "SUSPENSION"
    WITHDRAWAL_END = "WITHDRAWAL_END"
    TRANSFER_ANSWER = "TRANSFER_ANSWER"
    ABSENCE = "ABSENCE"
    EMPLOYMENT_END = "EMPLOYMENT_END"
    COMING_OF_AGE = "COMING_OF_AGE"
    OFFER = "OFFER"
    HELD_PLACE = "HELD_PLACE"
    CAPACITY = "CAPACITY"


class DeadlineStage(StrEnum):
    """In the order in which they are reached; each once per due date."""

    REMINDED = "REMINDED"
    REMINDED_AGAIN = "REMINDED_AGAIN"
    FELL_DUE = "FELL_DUE"
    ESCALATED = "ESCALATED"
