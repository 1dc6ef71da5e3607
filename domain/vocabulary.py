"""The code lists of the programme. German terms stand in the glossary of the docs."""

from enum import StrEnum


class Phase(StrEnum):
    """Where a case stands. REGISTERED is ours: the person is known, eligibility is being checked, nothing is open yet."""

    REGISTERED = "REGISTERED"
    INTAKE = "INTAKE"
    PLANNING = "PLANNING"
    SUPPORT = "SUPPORT"
    WITHDRAWAL = "WITHDRAWAL"
    CLOSED = "CLOSED"


class Role(StrEnum):
    """Who acts. SYSTEM is the clock and the follow-ups of the case itself."""

    MANAGER = "manager"
    DEPUTY = "deputy"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    MUNICIPALITY = "municipality"
    MINISTRY = "ministry"
    DPO = "dpo"
    OPERATOR = "operator"
    SYSTEM = "system"


class Sex(StrEnum):
    FEMALE = "FEMALE"
    MALE = "MALE"
    DIVERSE = "DIVERSE"
    UNKNOWN = "UNKNOWN"


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


class EligibilityBasis(StrEnum):
    """Follow-up accommodation under the state's reception act, or the decree for Ukraine of 11 March 2022."""

    AU_FLUEAG = "AU_FLUEAG"
    UKRAINE_DECREE = "UKRAINE_2022-03-11"


class EligibilityGround(StrEnum):
    """Why eligibility was not confirmed."""

    NO_EVIDENCE = "NO_EVIDENCE"
    NOT_YET_ALLOTTED = "NOT_YET_ALLOTTED"
    PROCEDURE_OPEN = "PROCEDURE_OPEN"
    NOT_TEMPORARY_PROTECTION = "NOT_TEMPORARY_PROTECTION"


class Title(StrEnum):
    """Residence titles by section of the Residence Act (AufenthG), and what is not a title."""

    P16G = "P16G"
    P19D = "P19D"
    P22 = "P22"
    P23 = "P23"
    P23A = "P23A"
    P24 = "P24"
    P25_1 = "P25_1"
    P25_2 = "P25_2"
    P25_3 = "P25_3"
    P25_5 = "P25_5"
    P25A = "P25A"
    P25B = "P25B"
    P104C = "P104C"
    TOLERATED_60A = "TOLERATED_60A"
    TOLERATED_60C = "TOLERATED_60C"
    TOLERATED_60D = "TOLERATED_60D"
    ASYLUM_PENDING = "ASYLUM_PENDING"
    FICTION = "FICTION"
    SETTLEMENT = "SETTLEMENT"
    NATURALISED = "NATURALISED"
    NONE = "NONE"
    UNKNOWN = "UNKNOWN"


class Source(StrEnum):
    """Where a statement about residence comes from."""

    DOCUMENT = "DOCUMENT"
    AUTHORITY = "AUTHORITY"
    REGULATION = "REGULATION"
    CLIENT_STATEMENT = "CLIENT_STATEMENT"
    HEARSAY = "HEARSAY"


class ConsentScope(StrEnum):
    COUNSELLING_DATA = "COUNSELLING_DATA"
    SHARE_PROVIDER = "SHARE_PROVIDER"
    SHARE_SERVICE = "SHARE_SERVICE"
    INTERPRETER = "INTERPRETER"
    STATISTICS = "STATISTICS"


class ConsentForm(StrEnum):
    WRITTEN = "WRITTEN"
    ORAL = "ORAL"
    DIGITAL = "DIGITAL"


class Assignment(StrEnum):
    PRIMARY = "PRIMARY"
    DEPUTY = "DEPUTY"


class ContactMode(StrEnum):
    HOME_VISIT = "HOME_VISIT"
    OFFICE = "OFFICE"
    PHONE = "PHONE"
    ONLINE = "ONLINE"


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


class FieldOfAction(StrEnum):
    LANGUAGE = "LANGUAGE"
    SCHOOL = "SCHOOL"
    TRAINING_STUDY = "TRAINING_STUDY"
    WORK = "WORK"
    HOUSING = "HOUSING"
    HEALTH = "HEALTH"
    PARTICIPATION = "PARTICIPATION"
    CHILDREN = "CHILDREN"
    RECOGNITION = "RECOGNITION"
    LIVELIHOOD = "LIVELIHOOD"
    RESIDENCE = "RESIDENCE"
    FAMILY = "FAMILY"


class Intensity(StrEnum):
    LOW = "LOW"
    MEDIUM = "MED"
    HIGH = "HIGH"


class QualificationKind(StrEnum):
    SCHOOL = "SCHOOL"
    VOCATIONAL = "VOCATIONAL"
    DEGREE = "DEGREE"
    COMPETENCE = "COMPETENCE"


class Recognition(StrEnum):
    NONE = "NONE"
    APPLIED = "APPLIED"
    PARTIAL = "PARTIAL"
    FULL = "FULL"


class LanguageLevel(StrEnum):
    """Levels of the Common European Framework, and what lies below."""

    NONE = "NONE"
    ALPHA = "ALPHA"
    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


class LanguageEvidence(StrEnum):
    CERT_DTZ = "CERT_DTZ"
    CERT_OTHER = "CERT_OTHER"
    COURSE = "COURSE"
    ESTIMATE = "ESTIMATE"


class ActivityKind(StrEnum):
    EMPLOYMENT_SV = "EMPLOYMENT_SV"
    MINIJOB = "MINIJOB"
    SELF_EMPLOYED = "SELF_EMPLOYED"
    APPRENTICESHIP = "APPRENTICESHIP"
    SCHOOL_TRAINING = "SCHOOL_TRAINING"
    INTERNSHIP = "INTERNSHIP"
    STUDY = "STUDY"
    COURSE = "COURSE"
    SCHOOL = "SCHOOL"
    CHILDCARE = "CHILDCARE"
    NONE = "NONE"


class HousingKind(StrEnum):
    AU_SHARED = "AU_SHARED"
    AU_FLAT = "AU_FLAT"
    PRIVATE_TENANCY = "PRIVATE_TENANCY"
    OWN = "OWN"
    OTHER = "OTHER"


class Turn(StrEnum):
    """Whether a recorded activity, rule or title begins or ends on the effective date."""

    BEGINS = "BEGINS"
    ENDS = "ENDS"


class Party(StrEnum):
    """Who does a measure. CLIENT (for children under 14: GUARDIAN) is the own contribution."""

    CLIENT = "CLIENT"
    GUARDIAN = "GUARDIAN"
    MANAGER = "MANAGER"
    SERVICE = "SERVICE"


class GoalOutcome(StrEnum):
    ACHIEVED = "ACHIEVED"
    DROPPED = "DROPPED"
    POSTPONED = "POSTPONED"


class MeasureOutcome(StrEnum):
    DONE = "DONE"
    MISSED = "MISSED"


class Reason(StrEnum):
    """Why something was done or not done; the story behind it goes, sealed, into `reason_text`."""

    CLIENT_WISH = "CLIENT_WISH"
    CLIENT_ABSENT = "CLIENT_ABSENT"
    ILLNESS = "ILLNESS"
    LANGUAGE_BARRIER = "LANGUAGE_BARRIER"
    APPEAL_PENDING = "APPEAL_PENDING"
    TITLE_IN_RENEWAL = "TITLE_IN_RENEWAL"
    HARDSHIP = "HARDSHIP"
    CIRCUMSTANCES_CHANGED = "CIRCUMSTANCES_CHANGED"
    REASSIGNMENT = "REASSIGNMENT"
    MISTAKE = "MISTAKE"
    OTHER = "OTHER"


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


class DeadlineKind(StrEnum):
    FIRST_CONTACT = "FIRST_CONTACT"
    ASSESSMENT = "ASSESSMENT"
    PLAN = "PLAN"
    REVIEW = "REVIEW"
    SUPPORT_END = "SUPPORT_END"
    TITLE_EXPIRY = "TITLE_EXPIRY"
    SUSPENSION = "SUSPENSION"


class DeadlineStage(StrEnum):
    """In the order in which they are reached; each once per due date."""

    REMINDED = "REMINDED"
    REMINDED_AGAIN = "REMINDED_AGAIN"
    FELL_DUE = "FELL_DUE"
    ESCALATED = "ESCALATED"
