"""Facts about a person's life."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from domain.facts import (
    ActivityEnded,
    HousingRecorded,
    QualificationRecorded,
    RecordActivity,
    RecordHousing,
    RecordLanguageLevel,
    RecordQualification,
    RecordResidenceRule,
    RecordResidenceStatus,
    ResidenceStatusLost,
    ResidenceStatusRecorded,
)
from domain.refusals import Refusal
from domain.story import Command
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
from tests.examples import COMMANDS, EVENTS, LOST, OPENED, REGISTER, REGISTERED, SUPPORTED, TODAY
from tests.scenario import given

FACTS = [
    "RecordQualification",
    "RecordLanguageLevel",
    "RecordActivity",
    "RecordHousing",
    "RecordResidenceStatus",
    "RecordResidenceRule",
]
OWN_FLAT = RecordHousing(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True)


@pytest.mark.parametrize(
    ("command", "event"),
    [
        ("RecordQualification", "QualificationRecorded"),
        ("RecordLanguageLevel", "LanguageLevelRecorded"),
        ("RecordActivity", "ActivityStarted"),
        ("RecordHousing", "HousingRecorded"),
        ("RecordResidenceStatus", "ResidenceStatusRecorded"),
        ("RecordResidenceRule", "ResidenceRuleRecorded"),
    ],
)
@pytest.mark.parametrize("life", [(REGISTER,), OPENED, SUPPORTED], ids=["registered", "opened", "supported"])
def test_a_fact_is_recorded_at_any_time_before_the_end(life: tuple[Command, ...], command: str, event: str) -> None:
    given(*life).when(COMMANDS[command]).then(EVENTS[event])


@pytest.mark.parametrize("name", FACTS)
def test_g27_a_fact_of_tomorrow_is_refused(name: str) -> None:
    tomorrow = COMMANDS[name].model_copy(update={"effective_on": date(2018, 4, 13)})
    given(REGISTER).when(tomorrow).then_refused(Refusal.FUTURE_FACT, effective_on=date(2018, 4, 13), today=TODAY)


def test_g27_a_certificate_of_next_year_is_refused() -> None:
    diploma = RecordQualification(qualification=QualificationKind.DEGREE, country="SY", year=2019)
    given(REGISTER).when(diploma).then_refused(Refusal.FUTURE_FACT, effective_on=date(2019, 1, 1), today=TODAY)
    given(REGISTER).when(diploma.model_copy(update={"year": 2018})).then(
        QualificationRecorded(
            qualification=QualificationKind.DEGREE, country="SY", year=2018, recognition=Recognition.NONE
        )
    )


@pytest.mark.parametrize("name", FACTS)
def test_g28_a_fact_before_birth_is_refused(name: str) -> None:
    unborn = COMMANDS[name].model_copy(update={"effective_on": date(1990, 5, 16)})
    given(REGISTER).when(unborn).then_refused(Refusal.BEFORE_BIRTH, effective_on=date(1990, 5, 16))
    assert given(REGISTER).when(unborn.model_copy(update={"effective_on": date(1990, 5, 17)})).refusal is None


def test_g28_without_a_birth_date_nothing_lies_before_birth() -> None:
    unknown = REGISTER.model_copy(update={"birth_date": None})
    long_ago = COMMANDS["RecordQualification"].model_copy(update={"effective_on": date(1980, 1, 1)})
    assert given(unknown).when(long_ago).refusal is None


def test_g28_of_a_year_of_birth_the_whole_year_counts() -> None:
    year_only = REGISTER.model_copy(update={"birth_date": "1990"})
    level = COMMANDS["RecordLanguageLevel"]
    assert given(year_only).when(level.model_copy(update={"effective_on": date(1990, 1, 1)})).refusal is None
    given(year_only).when(level.model_copy(update={"effective_on": date(1989, 12, 31)})).then_refused(
        Refusal.BEFORE_BIRTH
    )


def test_a_certificate_handed_in_late_counts_from_its_own_day() -> None:
    late = RecordLanguageLevel(
        effective_on=date(2020, 12, 10), level=LanguageLevel.B1, evidence=LanguageEvidence.CERT_DTZ
    )
    (recorded,) = given(*SUPPORTED).when(late, at=date(2021, 3, 15)).recorded
    assert (date(2020, 12, 10), date(2021, 3, 15)) == (recorded.effective_on, recorded.recorded_at.date())


def test_an_activity_ends() -> None:
    ended = RecordActivity(activity=ActivityKind.EMPLOYMENT_SV, turn=Turn.ENDS)
    given(REGISTER).when(ended).then(ActivityEnded(activity=ActivityKind.EMPLOYMENT_SV))


@pytest.mark.parametrize("hours", ["-1", "80.01", "12.345", "NaN"])
def test_hours_per_week_are_plausible(hours: str) -> None:
    with pytest.raises(ValidationError):
        RecordActivity(activity=ActivityKind.MINIJOB, hours_per_week=Decimal(hours))


def test_the_first_tenancy_of_ones_own_is_marked_once() -> None:
    story = given(REGISTER)
    story.when(OWN_FLAT).then(EVENTS["HousingRecorded"])
    second = HousingRecorded(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True, first_tenancy=False)
    story.given(OWN_FLAT).when(OWN_FLAT).then(second)
    back = RecordHousing(housing=HousingKind.AU_SHARED)
    story.given(OWN_FLAT, back).when(OWN_FLAT).then(second)


@pytest.mark.parametrize(
    ("housing", "contract_holder"), [(HousingKind.PRIVATE_TENANCY, False), (HousingKind.AU_FLAT, True)]
)
def test_living_with_others_or_allotted_is_no_tenancy_of_ones_own(housing: HousingKind, contract_holder: bool) -> None:
    flat = RecordHousing(housing=housing, contract_holder=contract_holder)
    story = given(REGISTER)
    story.when(flat).then(HousingRecorded(housing=housing, contract_holder=contract_holder, first_tenancy=False))
    story.given(flat).when(OWN_FLAT).then(EVENTS["HousingRecorded"])


@pytest.mark.parametrize("source", [Source.HEARSAY, Source.CLIENT_STATEMENT])
@pytest.mark.parametrize(
    "without_title",
    [LOST, RecordResidenceStatus(title_code=Title.NONE, source=Source.DOCUMENT)],
    ids=["a title ends", "no title begins"],
)
def test_g34_that_a_person_is_without_a_title_is_not_taken_from_hearsay(
    without_title: RecordResidenceStatus, source: Source
) -> None:
    given(*REGISTERED).when(without_title.model_copy(update={"source": source})).then_refused(
        Refusal.TITLE_EVIDENCE, source=source
    )


@pytest.mark.parametrize("source", [Source.DOCUMENT, Source.AUTHORITY, Source.REGULATION])
def test_g34_a_document_an_authority_or_a_regulation_shows_a_loss(source: Source) -> None:
    given(*REGISTERED).when(LOST.model_copy(update={"source": source})).then(
        ResidenceStatusLost(title_code=Title.P25_2, lost_on=TODAY, source=source)
    )


def test_a_title_may_be_told_from_hearsay_when_it_begins() -> None:
    told = RecordResidenceStatus(title_code=Title.P25_3, source=Source.HEARSAY)
    given(*REGISTERED).when(told).then(
        ResidenceStatusRecorded(title_code=Title.P25_3, valid_from=TODAY, auto_extended=False, source=Source.HEARSAY)
    )


def test_no_title_cannot_be_lost() -> None:
    with pytest.raises(ValidationError, match="name the title"):
        RecordResidenceStatus(title_code=Title.NONE, turn=Turn.ENDS, source=Source.AUTHORITY)


@pytest.mark.parametrize(
    ("command", "last_day"),
    [(COMMANDS["RecordResidenceStatus"], "valid_until"), (COMMANDS["RecordResidenceRule"], "until")],
)
def test_nothing_ends_before_it_begins(command: Command, last_day: str) -> None:
    yesterday, today = (command.model_copy(update={last_day: day}) for day in (date(2018, 4, 11), TODAY))
    given(REGISTER).when(yesterday).then_refused(Refusal.DATE_ORDER, first=TODAY, then=date(2018, 4, 11))
    assert given(REGISTER).when(today).refusal is None


def test_a_residence_rule_is_lifted() -> None:
    lifted = RecordResidenceRule(area="ravensburg", turn=Turn.ENDS)
    given(REGISTER, COMMANDS["RecordResidenceRule"]).when(lifted).then(EVENTS["ResidenceRuleLifted"])
