"""An example of what each look at a case shows, for those who read the description of the API. Amal again, some weeks later."""

from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter

from api.examples import CASE_ID
from api.views import CaseView
from domain.vocabulary import DeadlineKind, EligibilityBasis, Intensity, Phase, Sex, Title
from projections.timeline import TimelineRow

PERSON_ID = "01621f9c-7a00-7000-8000-0000000000aa"
MANAGER = "im-drk-1"

_CASE = CaseView(
    case_id=CASE_ID,
    version=6,
    person_id=PERSON_ID,
    provider="drk",
    name="Amal Haddad",
    birth_date="1990-05-17",
    sex=Sex.FEMALE,
    needs_interpreter=True,
    phase=Phase.PLANNING,
    phase_since=date(2018, 4, 10),
    registered_at=datetime(2018, 4, 3, 7, 58, 12, tzinfo=UTC),
    last_event_at=datetime(2018, 4, 12, 9, 30, tzinfo=UTC),
    eligible=True,
    basis=EligibilityBasis.AU_FLUEAG,
    eligible_since=date(2018, 2, 1),
    title_code=Title.P25_2,
    title_valid_until=date(2019, 10, 1),
    title_since=date(2018, 4, 3),
    municipality="ravensburg",
    policy_version="2017",
    support_start=date(2018, 4, 3),
    support_end=date(2020, 4, 2),
    opened_on=date(2018, 4, 3),
    manager_id=MANAGER,
    manager_since=date(2018, 4, 3),
    first_contact_on=date(2018, 4, 10),
    last_contact_on=date(2018, 4, 10),
    intensity=Intensity.MEDIUM,
    next_due_kind=DeadlineKind.PLAN,
    next_due_on=date(2018, 5, 15),
    stages={},
)

_EVENTS = [
    TimelineRow(
        case_id=CASE_ID,
        version=version,
        position=position,
        name=name,
        recorded_at=recorded_at,
        effective_on=recorded_at.date(),
        actor_id=MANAGER,
        actor_role="manager",
        actor_provider="drk",
        deputy_for=None,
        command_id=command_id,
        causation=None,
        policy_version="2017",
        reason=None,
        reason_text=None,
        corrects=None,
        body=body,
    )
    for version, position, name, recorded_at, command_id, body in (
        (
            1,
            1187,
            "PersonRegistered",
            datetime(2018, 4, 3, 7, 58, 12, tzinfo=UTC),
            "0b0f4c3e-8f0e-4a52-9d0b-3f0a4f7f5c11",
            {
                "person_id": PERSON_ID,
                "provider": "drk",
                "name": "Amal Haddad",
                "birth_date": "1990-05-17",
                "sex": "FEMALE",
                "nationality_codes": ["SY"],
                "languages": ["ar", "ku"],
                "needs_interpreter": True,
            },
        ),
        (
            2,
            1190,
            "EligibilityConfirmed",
            datetime(2018, 4, 3, 8, 3, 40, tzinfo=UTC),
            "2d7a0a5c-61d6-4a0e-8b7f-b6c7d0a1e9f4",
            {
                "basis": "AU_FLUEAG",
                "title_code": "P25_2",
                "title_valid_until": "2019-10-01",
                "au_since": "2018-02-01",
                "checked_on": "2018-04-03",
            },
        ),
    )
]

CASE: dict[str, Any] = TypeAdapter(CaseView).dump_python(_CASE, mode="json")
CASES: dict[str, Any] = {"cases": [CASE], "next": f"infinity_2018-05-15_{CASE_ID}"}
HISTORY: dict[str, Any] = {
    "case_id": CASE_ID,
    "events": TypeAdapter(list[TimelineRow]).dump_python(_EVENTS, mode="json"),
}
