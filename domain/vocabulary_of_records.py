"""The code lists of corrections and of what is in question. All code lists are taken from `domain.vocabulary`."""

from enum import StrEnum


class DisputeOutcome(StrEnum):
    """How a dispute about a recorded fact ends. UPHELD, WITHDRAWN: the fact stands. CORRECTED, RETRACTED: it no longer does."""

    UPHELD = "UPHELD"
    WITHDRAWN = "WITHDRAWN"
    CORRECTED = "CORRECTED"
    RETRACTED = "RETRACTED"


class TitleQuestion(StrEnum):
    """What is in question about a residence title. LOST: the person is without one. UNCLEAR: its last day has passed without news; that is no loss."""

    LOST = "LOST"
    UNCLEAR = "UNCLEAR"


class TitleDecision(StrEnum):
    """What a supervisor decides where a title is lost or unclear."""

    CONTINUE = "CONTINUE"
    SUSPEND = "SUSPEND"
    CLOSE = "CLOSE"


class TitleBasis(StrEnum):
    """On what that decision rests: the legal remedy, certificate or state of the procedure at the foreigners' office."""

    APPEAL = "APPEAL"
    FICTION = "FICTION"
    TOLERATION = "TOLERATION"
    APPLICATION_PENDING = "APPLICATION_PENDING"
    OBLIGED_TO_LEAVE = "OBLIGED_TO_LEAVE"
    OTHER = "OTHER"


class HistoryConflict(StrEnum):
    """What a fact handed in late would have refused, had it been known: it is not undone, but somebody looks at it."""

    OPENED_WITHOUT_TITLE = "OPENED_WITHOUT_TITLE"
    CLOSED_AFTER_DEATH = "CLOSED_AFTER_DEATH"
    RECORDED_AFTER_DEATH = "RECORDED_AFTER_DEATH"
    RECORDED_BEFORE_BIRTH = "RECORDED_BEFORE_BIRTH"


class DataField(StrEnum):
    """What a person may decline to tell; giving data is voluntary."""

    BIRTH_DATE = "BIRTH_DATE"
    CONTACT = "CONTACT"
    FAMILY = "FAMILY"
    HEALTH = "HEALTH"
    LANGUAGES = "LANGUAGES"
    NATIONALITY = "NATIONALITY"
    QUALIFICATION = "QUALIFICATION"
    RESIDENCE = "RESIDENCE"
    SEX = "SEX"
    WORK_HISTORY = "WORK_HISTORY"


class RestrictionBasis(StrEnum):
    """Why processing is restricted: the four grounds of Article 18(1) of the GDPR."""

    ACCURACY_CONTESTED = "ACCURACY_CONTESTED"
    UNLAWFUL = "UNLAWFUL"
    NEEDED_FOR_CLAIMS = "NEEDED_FOR_CLAIMS"
    OBJECTION = "OBJECTION"


class StaffQualification(StrEnum):
    """What an integration manager has learnt: a degree, or the intermediate level of training that the programme allows."""

    DEGREE = "DEGREE"
    INTERMEDIATE = "INTERMEDIATE"


class TransferEnd(StrEnum):
    """Why a transfer came to nothing before the other unit had taken the case over."""

    CANCELLED = "CANCELLED"
    CASE_CLOSED = "CASE_CLOSED"
    CONSENT_ENDED = "CONSENT_ENDED"
