"""Examples of what can be asked of a unit, about a member of staff, and of the policy: one for each command."""

from typing import Any

Body = dict[str, Any]

CASE_ID = "case-01621f9c-7a00-7000-8000-000000000001"

OF_UNIT: dict[str, Body] = {
    "EstablishUnit": {
        "kind": "EstablishUnit",
        "municipality": "ravensburg",
        "provider": "drk",
        "key": 60,
        "base": "HEAD",
    },
    "SetCapacity": {"kind": "SetCapacity", "key": 80, "base": "FULL_TIME", "effective_on": "2018-07-01"},
    "WaitlistClient": {
        "kind": "WaitlistClient",
        "case_ids": [CASE_ID],
        "priority": "URGENT",
        "requested_on": "2018-04-03",
    },
    "RemoveFromWaitlist": {"kind": "RemoveFromWaitlist", "entry": 7, "because": "MOVED"},
    "AdmitClient": {"kind": "AdmitClient", "entry": 7},
    "DeclineOffer": {"kind": "DeclineOffer", "entry": 7},
    "ReleaseSlot": {"kind": "ReleaseSlot", "case_id": CASE_ID},
    "AcceptTransfer": {"kind": "AcceptTransfer", "case_id": CASE_ID},
    "RejectTransfer": {"kind": "RejectTransfer", "case_id": CASE_ID, "reason": "CIRCUMSTANCES_CHANGED"},
}

OF_STAFF: dict[str, Body] = {
    "HireManager": {
        "kind": "HireManager",
        "manager_id": "im-07",
        "qualification": "DEGREE",
        "posts": {"ravensburg": "0.75"},
        "effective_on": "2018-04-01",
    },
    "ChangeFte": {"kind": "ChangeFte", "municipality": "ravensburg", "share": "0.50", "effective_on": "2018-09-01"},
    "RecordAbsence": {
        "kind": "RecordAbsence",
        "effective_on": "2018-05-02",
        "until": "2018-05-25",
        "deputy": "im-03",
    },
    "ReturnFromAbsence": {"kind": "ReturnFromAbsence", "effective_on": "2018-05-22"},
    "EndEmployment": {"kind": "EndEmployment", "effective_on": "2018-12-31"},
}

OF_POLICY: dict[str, Body] = {
    "PublishPolicy": {
        "kind": "PublishPolicy",
        "version": "2027",
        "valid_from": "2027-01-01",
        "parameters": {"support_months": 36, "support_months_at_most": 48},
    },
}

_LINE: Body = {
    "unit_id": "unit-ravensburg.drk",
    "municipality": "ravensburg",
    "provider": "drk",
    "version": 912,
    "active": 460,
    "heads": 8,
    "full_time": "5.50",
    "per_head": "57.5",
    "per_post": "83.6",
    "key": 60,
    "base": "HEAD",
    "capacity": 480,
    "free": 18,
    "reserved": 2,
    "waiting": 3,
    "oldest_wait": 24,
    "incoming": 1,
    "percent": 96,
    "light": "GREEN",
}
BOARD: Body = {"today": "2018-04-27", "units": [_LINE]}
UNIT: Body = {
    "today": "2018-04-27",
    "board": _LINE,
    "waiting": [
        {
            "unit_id": "unit-ravensburg.drk",
            "entry": 7,
            "case_ids": [CASE_ID],
            "slots": 1,
            "priority": "NORMAL",
            "requested_on": "2018-04-03",
            "state": "OFFERED",
            "offered_until": "2018-05-11",
            "turned_down": 0,
            "passed": 1,
            "passed_by": 6,
            "passed_because": "HELD_LONG_ENOUGH",
            "ended_on": None,
            "removed_because": None,
        }
    ],
    "incoming": {
        "case-01621f9c-7a00-7000-8000-000000000002": {
            "transfer": 31,
            "from_municipality": "ulm",
            "from_provider": "diakonie",
            "requested_on": "2018-04-20",
            "answer_by": "2018-05-07",
        }
    },
}
