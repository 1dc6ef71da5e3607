"""Facts about a person's life: language, work, housing, residence. Each is true from `effective_on` on."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.case import NOT_CLOSED, Case
from domain.hindsight import noticed
from domain.personal import Personal
from domain.refusals import Refusal, Refused
from domain.statements import Fact
from domain.story import Command, CountryCode, Event, Occasion, Slug
from domain.vocabulary import (
    ActivityKind,
    HousingKind,
    LanguageEvidence,
    LanguageLevel,
    QualificationKind,
    Recognition,
    Source,
    Title,
    Turn,
)

HoursPerWeek = Annotated[Decimal, Field(ge=0, le=80, max_digits=4, decimal_places=2)]
QualificationText = Annotated[str, Personal("qualification", limit=300)]


class _Fact(Command):
    phases = NOT_CLOSED
    late_allowed = True


class RecordQualification(_Fact):
    """`year`: of the certificate. `title` in words, e.g. the trade."""

    kind: Literal["RecordQualification"] = "RecordQualification"
    qualification: QualificationKind
    title: QualificationText | None = None
    country: CountryCode
    year: int | None = Field(default=None, ge=1930, le=2100)
    recognition: Recognition = Recognition.NONE

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if self.year is not None and self.year > occasion.today.year:
            raise Refused(Refusal.FUTURE_FACT, effective_on=date(self.year, 1, 1), today=occasion.today)
        return [
            QualificationRecorded(
                qualification=self.qualification,
                title=self.title,
                country=self.country,
                year=self.year,
                recognition=self.recognition,
            )
        ]


class QualificationRecorded(Fact):
    qualification: QualificationKind
    title: QualificationText | None = None
    country: CountryCode
    year: int | None = None
    recognition: Recognition

    asked_by = "RecordQualification"


class RecordLanguageLevel(_Fact):
    """Reached on `effective_on`, shown by `evidence`."""

    kind: Literal["RecordLanguageLevel"] = "RecordLanguageLevel"
    level: LanguageLevel
    evidence: LanguageEvidence

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        return [LanguageLevelRecorded(level=self.level, evidence=self.evidence)]


class LanguageLevelRecorded(Fact):
    level: LanguageLevel
    evidence: LanguageEvidence

    asked_by = "RecordLanguageLevel"

    def tell(self, case: Case, on: date) -> None:
        if case.language_since is None or on >= case.language_since:
            case.language_level, case.language_since = self.level, on


class RecordActivity(_Fact):
    """Work, training or school begins or ends on `effective_on`."""

    kind: Literal["RecordActivity"] = "RecordActivity"
    activity: ActivityKind
    turn: Turn = Turn.BEGINS
    hours_per_week: HoursPerWeek | None = None

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if self.turn is Turn.ENDS:
            return [ActivityEnded(activity=self.activity)]
        return [ActivityStarted(activity=self.activity, hours_per_week=self.hours_per_week)]


class ActivityStarted(Fact):
    activity: ActivityKind
    hours_per_week: HoursPerWeek | None = None

    asked_by = "RecordActivity"

    def tell(self, case: Case, on: date) -> None:
        case.know_activity(self.activity, on, runs=True)


class ActivityEnded(Fact):
    activity: ActivityKind

    asked_by = "RecordActivity"

    def tell(self, case: Case, on: date) -> None:
        case.know_activity(self.activity, on, runs=False)


class RecordHousing(_Fact):
    kind: Literal["RecordHousing"] = "RecordHousing"
    housing: HousingKind
    contract_holder: bool = False

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        own_tenancy = is_own_tenancy(self.housing, self.contract_holder)
        return [
            HousingRecorded(
                housing=self.housing,
                contract_holder=self.contract_holder,
                first_tenancy=own_tenancy and not case.had_own_tenancy,
            )
        ]


def is_own_tenancy(housing: HousingKind, contract_holder: bool) -> bool:
    return housing is HousingKind.PRIVATE_TENANCY and contract_holder


class HousingRecorded(Fact):
    """`first_tenancy`: the first rental contract of one's own, one of the programme's outcomes, as it was known then."""

    housing: HousingKind
    contract_holder: bool
    first_tenancy: bool

    asked_by = "RecordHousing"

    def tell(self, case: Case, on: date) -> None:
        case.had_own_tenancy = case.had_own_tenancy or is_own_tenancy(self.housing, self.contract_holder)
        if case.housing_since is None or on >= case.housing_since:
            case.housing, case.housing_since = self.housing, on


class RecordResidenceStatus(_Fact):
    """A title begins, or is lost, on `effective_on`. That a person is without a title is not taken from hearsay or from the client's word alone."""

    kind: Literal["RecordResidenceStatus"] = "RecordResidenceStatus"
    title_code: Title
    turn: Turn = Turn.BEGINS
    valid_until: date | None = None
    auto_extended: bool = False
    source: Source

    @model_validator(mode="after")
    def _no_title_cannot_end(self) -> "RecordResidenceStatus":
        if self.turn is Turn.ENDS and self.title_code is Title.NONE:
            raise ValueError("name the title that is lost, or record that NONE begins")
        return self

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        left_without = self.turn is Turn.ENDS or self.title_code is Title.NONE
        if left_without and self.source in (Source.HEARSAY, Source.CLIENT_STATEMENT):
            raise Refused(Refusal.TITLE_EVIDENCE, source=self.source)
        if self.turn is Turn.ENDS:
            lost = ResidenceStatusLost(title_code=self.title_code, lost_on=self.on(occasion), source=self.source)
            return [lost, *noticed(case, lost, self.on(occasion))]
        if self.valid_until is not None and self.valid_until < self.on(occasion):
            raise Refused(Refusal.DATE_ORDER, first=self.on(occasion), then=self.valid_until)
        begun = ResidenceStatusRecorded(
            title_code=self.title_code,
            valid_from=self.on(occasion),
            valid_until=self.valid_until,
            auto_extended=self.auto_extended,
            source=self.source,
        )
        return [begun, *noticed(case, begun, self.on(occasion))]


class ResidenceStatusRecorded(Fact):
    title_code: Title
    valid_from: date
    valid_until: date | None = None
    auto_extended: bool
    source: Source

    asked_by = "RecordResidenceStatus"

    def tell(self, case: Case, on: date) -> None:
        case.know_title(self.title_code, self.valid_until, self.valid_from)


class ResidenceStatusLost(Fact):
    title_code: Title
    lost_on: date
    source: Source

    asked_by = "RecordResidenceStatus"

    def tell(self, case: Case, on: date) -> None:
        if case.title in (self.title_code, Title.UNKNOWN):
            case.know_title(Title.NONE, None, self.lost_on)


class RecordResidenceRule(_Fact):
    """A duty to live in an area (section 12a of the Residence Act) begins or is lifted."""

    kind: Literal["RecordResidenceRule"] = "RecordResidenceRule"
    area: Slug
    turn: Turn = Turn.BEGINS
    until: date | None = None

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        if self.turn is Turn.ENDS:
            return [ResidenceRuleLifted(area=self.area)]
        if self.until is not None and self.until < self.on(occasion):
            raise Refused(Refusal.DATE_ORDER, first=self.on(occasion), then=self.until)
        return [ResidenceRuleRecorded(area=self.area, until=self.until)]


class ResidenceRuleRecorded(Fact):
    area: str
    until: date | None = None

    asked_by = "RecordResidenceRule"


class ResidenceRuleLifted(Fact):
    area: str

    asked_by = "RecordResidenceRule"


FactToTell = Annotated[
    RecordQualification
    | RecordLanguageLevel
    | RecordActivity
    | RecordHousing
    | RecordResidenceStatus
    | RecordResidenceRule,
    Field(discriminator="kind"),
]

FACTS: dict[str, type[Fact]] = {
    fact.__name__: fact
    for fact in (
        QualificationRecorded,
        LanguageLevelRecorded,
        ActivityStarted,
        ActivityEnded,
        HousingRecorded,
        ResidenceStatusRecorded,
        ResidenceStatusLost,
        ResidenceRuleRecorded,
        ResidenceRuleLifted,
    )
}
"""By their stored names."""
