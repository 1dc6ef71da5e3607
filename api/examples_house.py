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
