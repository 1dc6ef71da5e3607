"""An example of what each list shows, for those who read the description of the API."""

from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter

from api.examples import CASE_ID
from api.examples_shown import MANAGER
from api.views import ReferralView, ReviewView
from domain.vocabulary import LanguageLevel, ReferralState, ServiceKind
from projections.facts import FactKind

_REVIEW = ReviewView(
    case_id=CASE_ID,
    due_on=date(2018, 7, 12),
    planned_for=datetime(2018, 7, 10, 12, 30, tzinfo=UTC),
    postponed=1,
    escalated=True,
    name="Amal Haddad",
    provider="drk",
    municipality="ravensburg",
    manager_id=MANAGER,
    days_overdue=20,
)
_REFERRAL = ReferralView(
    case_id=CASE_ID,
    number=1,
    provider="drk",
    service=ServiceKind.LANGUAGE_COURSE,
    service_id="vhs-ravensburg",
    urgent=False,
    state=ReferralState.WAITING,
    made_on=date(2018, 4, 16),
    last_outcome_on=date(2018, 5, 7),
    waiting_since=date(2018, 5, 7),
    name="Amal Haddad",
    manager_id=MANAGER,
    days_waited=86,
)
REVIEWS: dict[str, Any] = {
    "today": "2018-08-01",
    "reviews": [TypeAdapter(ReviewView).dump_python(_REVIEW, mode="json")],
    "next": None,
}
REFERRALS: dict[str, Any] = {
    "today": "2018-08-01",
    "referrals": [TypeAdapter(ReferralView).dump_python(_REFERRAL, mode="json")],
}
FACTS: dict[str, Any] = {
    "case_id": CASE_ID,
    "on": "2018-05-01",
    "known_at": "2018-08-01T10:00:00Z",
    "facts": [
        {
            "case_id": CASE_ID,
            "kind": FactKind.LANGUAGE,
            "subject": "",
            "value": LanguageLevel.A1,
            "valid_from": "2018-03-20",
            "valid_to": None,
            "known_from": "2018-04-26T08:04:00Z",
            "known_to": None,
            "version": 14,
            "stated_in": 14,
            "disputed": False,
        }
    ],
}
