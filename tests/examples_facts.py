"""Examples of facts about Amal's life: what is asked, and the answers."""

from datetime import date
from decimal import Decimal

from domain import facts
from domain.story import Command, Event
from domain.vocabulary import (
    ActivityKind,
    HousingKind,
    LanguageEvidence,
    LanguageLevel,
    QualificationKind,
    Recognition,
    Source,
    Title,
)

COMMANDS: tuple[Command, ...] = (
    facts.RecordQualification(
        qualification=QualificationKind.VOCATIONAL,
        title="Seamstress",
        country="SY",
        year=2010,
        recognition=Recognition.APPLIED,
    ),
    facts.RecordLanguageLevel(
        effective_on=date(2018, 3, 20), level=LanguageLevel.A1, evidence=LanguageEvidence.CERT_OTHER
    ),
    facts.RecordActivity(activity=ActivityKind.EMPLOYMENT_SV, hours_per_week=Decimal("19.50")),
    facts.RecordHousing(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True),
    facts.RecordResidenceStatus(title_code=Title.P25_2, valid_until=date(2021, 4, 11), source=Source.DOCUMENT),
    facts.RecordResidenceRule(area="ravensburg", until=date(2020, 9, 30)),
)

EVENTS: tuple[Event, ...] = (
    facts.QualificationRecorded(
        qualification=QualificationKind.VOCATIONAL,
        title="Seamstress",
        country="SY",
        year=2010,
        recognition=Recognition.APPLIED,
    ),
    facts.LanguageLevelRecorded(level=LanguageLevel.A1, evidence=LanguageEvidence.CERT_OTHER),
    facts.ActivityStarted(activity=ActivityKind.EMPLOYMENT_SV, hours_per_week=Decimal("19.50")),
    facts.ActivityEnded(activity=ActivityKind.EMPLOYMENT_SV),
    facts.HousingRecorded(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True, first_tenancy=True),
    facts.ResidenceStatusRecorded(
        title_code=Title.P25_2,
        valid_from=date(2018, 4, 12),
        valid_until=date(2021, 4, 11),
        auto_extended=False,
        source=Source.DOCUMENT,
    ),
    facts.ResidenceStatusLost(title_code=Title.P25_2, lost_on=date(2018, 4, 12), source=Source.AUTHORITY),
    facts.ResidenceRuleRecorded(area="ravensburg", until=date(2020, 9, 30)),
    facts.ResidenceRuleLifted(area="ravensburg"),
)
