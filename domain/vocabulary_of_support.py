"""The code lists of support and of its end. All code lists are taken from `domain.vocabulary`."""

from enum import StrEnum


class Attendee(StrEnum):
    """Who is present at a contact, beside the one who records it."""

    CLIENT = "CLIENT"
    GUARDIAN = "GUARDIAN"
    RELATIVE = "RELATIVE"
    INTERPRETER = "INTERPRETER"
    VOLUNTEER = "VOLUNTEER"
    SERVICE = "SERVICE"


class ObstacleKind(StrEnum):
    FAMILY_CONFLICT = "FAMILY_CONFLICT"
    HEALTH = "HEALTH"
    TRAUMA = "TRAUMA"
    EVERYDAY_SETBACKS = "EVERYDAY_SETBACKS"
    ILLITERACY = "ILLITERACY"
    NO_NETWORK = "NO_NETWORK"
    HOUSING_MARKET = "HOUSING_MARKET"
    NO_CHILDCARE = "NO_CHILDCARE"
    DEBT = "DEBT"
    RESIDENCE_INSECURITY = "RESIDENCE_INSECURITY"
    DISCRIMINATION = "DISCRIMINATION"
    NO_SHOW = "NO_SHOW"


class Severity(StrEnum):
    LOW = "LOW"
    MEDIUM = "MED"
    HIGH = "HIGH"


class Visibility(StrEnum):
    """Who may read the text of an obstacle: all who work on the case, or (special categories, Art. 9 GDPR) those responsible for it only."""

    TEAM = "TEAM"
    SPECIAL = "SPECIAL"


class ServiceKind(StrEnum):
    """Where a person can be referred to."""

    PSYCHOLOGICAL = "PSYCHOLOGICAL"
    APPLICATION_TRAINING = "APPLICATION_TRAINING"
    JOBCENTER = "JOBCENTER"
    EMPLOYMENT_AGENCY = "EMPLOYMENT_AGENCY"
    FOREIGNERS_OFFICE = "FOREIGNERS_OFFICE"
    DAYCARE = "DAYCARE"
    SCHOOL = "SCHOOL"
    VHS = "VHS"
    CHAMBER = "CHAMBER"
    ASSOCIATION = "ASSOCIATION"
    LANGUAGE_COURSE = "LANGUAGE_COURSE"
    MBE = "MBE"
    JMD = "JMD"
    RECOGNITION_ADVICE = "RECOGNITION_ADVICE"
    DEBT_ADVICE = "DEBT_ADVICE"
    ADDICTION = "ADDICTION"
    WOMENS_SHELTER = "WOMENS_SHELTER"
    YOUTH_OFFICE = "YOUTH_OFFICE"
    LEGAL_ADVICE = "LEGAL_ADVICE"
    RETURN_ADVICE = "RETURN_ADVICE"


class ReferralOutcome(StrEnum):
    """What a service answers, or what came of it."""

    ACCEPTED = "ACCEPTED"
    WAITING = "WAITING"
    DECLINED = "DECLINED"
    NO_SHOW = "NO_SHOW"
    COMPLETED = "COMPLETED"


class ReferralState(StrEnum):
    """How far a referral is: MADE waits for the first answer, STOPPED passes on nothing any more; between them the outcomes."""

    MADE = "MADE"
    ACCEPTED = "ACCEPTED"
    WAITING = "WAITING"
    DECLINED = "DECLINED"
    NO_SHOW = "NO_SHOW"
    COMPLETED = "COMPLETED"
    STOPPED = "STOPPED"


class DepartureKind(StrEnum):
    """How a person left the country."""

    VOLUNTARY_RETURN = "VOLUNTARY_RETURN"
    ONWARD = "ONWARD"
    DEPORTED = "DEPORTED"
    UNKNOWN = "UNKNOWN"


class Precision(StrEnum):
    """How exactly a day is known: the day itself, or only its month or its year."""

    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"


class ClosureReason(StrEnum):
    """Why support ends. Planned: at the end of a gradual withdrawal."""

    INDEPENDENT = "INDEPENDENT"
    HANDED_TO_REGULAR_SERVICES = "HANDED_TO_REGULAR_SERVICES"
    PERIOD_ENDED = "PERIOD_ENDED"
    DECLINED = "DECLINED"
    CONTACT_LOST = "CONTACT_LOST"
    MOVED_AWAY = "MOVED_AWAY"
    TRANSFERRED = "TRANSFERRED"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    DEPARTED_VOLUNTARY = "DEPARTED_VOLUNTARY"
    DEPORTED = "DEPORTED"
    DECEASED = "DECEASED"
    SAFETY = "SAFETY"
    PROGRAMME_ENDED = "PROGRAMME_ENDED"
    DUPLICATE = "DUPLICATE"
    OPENED_IN_ERROR = "OPENED_IN_ERROR"


class ClosureGroup(StrEnum):
    PLANNED = "PLANNED"
    CLIENT = "CLIENT"
    MOVE = "MOVE"
    STATUS = "STATUS"
    OTHER = "OTHER"


class GoalOutcome(StrEnum):
    ACHIEVED = "ACHIEVED"
    DROPPED = "DROPPED"
    POSTPONED = "POSTPONED"


class MeasureOutcome(StrEnum):
    DONE = "DONE"
    MISSED = "MISSED"


class GoalStatus(StrEnum):
    """How a goal is found at a review. ACHIEVED and DROPPED close it."""

    ON_TRACK = "ON_TRACK"
    DIFFICULT = "DIFFICULT"
    ACHIEVED = "ACHIEVED"
    DROPPED = "DROPPED"


class ReviewDecision(StrEnum):
    """What follows from a review. INTENSIFY raises the intensity of support by a step."""

    CONTINUE = "CONTINUE"
    INTENSIFY = "INTENSIFY"
    WITHDRAW = "WITHDRAW"
    CLOSE = "CLOSE"
    REFER = "REFER"


class ApprovalKind(StrEnum):
    """What a second person has to agree to."""

    CLOSURE = "CLOSURE"
    EXTENSION = "EXTENSION"


class ApprovalState(StrEnum):
    WAITING = "WAITING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    LAPSED = "LAPSED"
