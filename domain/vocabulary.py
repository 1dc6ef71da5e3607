"""The code lists of the programme. German terms stand in the glossary of the docs."""

# ruff: noqa: I001, PLC0414 - the aliases say that these lists are taken from here too
from enum import StrEnum

from domain.vocabulary_of_deadlines import (
    DeadlineKind as DeadlineKind,
    DeadlineStage as DeadlineStage,
)
from domain.vocabulary_of_persons import (
    MergeEvidence as MergeEvidence,
    Relation as Relation,
)
from domain.vocabulary_of_places import (
    CapacityBase as CapacityBase,
    PassReason as PassReason,
    PriorityClass as PriorityClass,
    WaitlistEnd as WaitlistEnd,
)
from domain.vocabulary_of_records import (
    DataField as DataField,
    DisputeOutcome as DisputeOutcome,
    HistoryConflict as HistoryConflict,
    RestrictionBasis as RestrictionBasis,
    StaffQualification as StaffQualification,
    TitleBasis as TitleBasis,
    TitleDecision as TitleDecision,
    TitleQuestion as TitleQuestion,
    TransferEnd as TransferEnd,
)
from domain.vocabulary_of_support import (
    ApprovalKind as ApprovalKind,
    ApprovalState as ApprovalState,
    Attendee as Attendee,
    ClosureGroup as ClosureGroup,
    ClosureReason as ClosureReason,
    DepartureKind as DepartureKind,
    GoalOutcome as GoalOutcome,
    GoalStatus as GoalStatus,
    MeasureOutcome as MeasureOutcome,
    ObstacleKind as ObstacleKind,
    Precision as Precision,
    ReferralOutcome as ReferralOutcome,
    ReferralState as ReferralState,
    ReviewDecision as ReviewDecision,
    ServiceKind as ServiceKind,
    Severity as Severity,
    Visibility as Visibility,
)


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
    RELOCATION = "RELOCATION"
    TRANSFER = "TRANSFER"
    NO_PLACE = "NO_PLACE"
    NOT_RESPONSIBLE = "NOT_RESPONSIBLE"
    MISTAKE = "MISTAKE"
    OTHER = "OTHER"
