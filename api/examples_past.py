"""An example of each look back at a case, for those who read the description of the API. Amal, some weeks later."""

from typing import Any

from api.examples import CASE_ID
from api.examples_shown import CASE

AS_OF: dict[str, Any] = {
    "case_id": CASE_ID,
    "as_of": "2018-04-12",
    "known_at": "2018-04-12T10:00:00Z",
    "version": CASE["version"],
    "case": CASE,
    "facts": [
        {
            "kind": "RESIDENCE",
            "subject": "",
            "value": "P25_2",
            "valid_from": "2018-04-03",
            "valid_to": "2019-10-02",
            "disputed": False,
        }
    ],
    "goals": [
        {
            "number": 1,
            "field": "LANGUAGE",
            "text": "Reach level B1",
            "target_date": "2018-12-31",
            "priority": 1,
        }
    ],
    "measures": [
        {
            "number": 1,
            "goal": 1,
            "text": "Take the placement test",
            "party": "CLIENT",
            "due_on": "2018-04-27",
        }
    ],
    "obstacles": [{"number": 1, "kind": "NO_CHILDCARE", "severity": "MED"}],
    "referrals": [
        {
            "number": 1,
            "service": "LANGUAGE_COURSE",
            "service_id": "vhs-ravensburg",
            "urgent": False,
            "state": "MADE",
            "made_on": "2018-04-12",
            "waiting_since": "2018-04-12",
        }
    ],
}
DIFF: dict[str, Any] = {
    "case_id": CASE_ID,
    "from_version": 5,
    "to_version": 6,
    "changes": [
        {"field": "version", "old": 5, "new": 6},
        {"field": "last_event_at", "old": "2018-04-10T09:12:00Z", "new": "2018-04-12T09:30:00Z"},
        {"field": "intensity", "old": None, "new": "MEDIUM"},
    ],
}
