"""An example of every command, for those who read the description of the API. Amal, born 1990, comes to Ravensburg in 2018."""

from typing import Any

COMMANDS: dict[str, dict[str, Any]] = {
    "RegisterPerson": {
        "kind": "RegisterPerson",
        "name": "Amal Haddad",
        "birth_date": "1990-05-17",
        "sex": "FEMALE",
        "nationality_codes": ["SY"],
        "languages": ["ar", "ku"],
        "needs_interpreter": True,
        "contact": "Weststraße 12, Ravensburg",
    },
    "ConfirmEligibility": {
        "kind": "ConfirmEligibility",
        "basis": "AU_FLUEAG",
        "title_code": "P25_2",
        "title_valid_until": "2019-10-01",
        "au_since": "2018-02-01",
        "evidence_seen": True,
    },
    "OpenCase": {"kind": "OpenCase", "effective_on": "2018-04-03", "municipality": "ravensburg"},
    "RecordConsent": {"kind": "RecordConsent", "scope": "COUNSELLING_DATA", "form": "WRITTEN", "language": "ar"},
    "WithdrawConsent": {"kind": "WithdrawConsent", "scope": "COUNSELLING_DATA", "reason": "CLIENT_WISH"},
    "RecordRefusalOfData": {"kind": "RecordRefusalOfData", "field": "HEALTH"},
    "AssignManager": {"kind": "AssignManager", "manager_id": "im-drk-1", "assignment": "PRIMARY"},
    "CompleteIntake": {"kind": "CompleteIntake", "effective_on": "2018-04-10", "mode": "HOME_VISIT"},
    "RecordAssessment": {
        "kind": "RecordAssessment",
        "needs": [
            {"field": "LANGUAGE", "need": 3, "resource": "Reads Latin script, learns fast"},
            {"field": "WORK", "need": 2},
        ],
        "family_situation": "Two children of five and seven",
        "intensity": "MED",
    },
    "RecordQualification": {
        "kind": "RecordQualification",
        "qualification": "VOCATIONAL",
        "title": "Seamstress",
        "country": "SY",
        "year": 2010,
        "recognition": "APPLIED",
    },
    "RecordLanguageLevel": {
        "kind": "RecordLanguageLevel",
        "effective_on": "2018-03-20",
        "level": "A1",
        "evidence": "CERT_OTHER",
    },
    "RecordActivity": {"kind": "RecordActivity", "activity": "EMPLOYMENT_SV", "hours_per_week": "19.50"},
    "RecordHousing": {"kind": "RecordHousing", "housing": "PRIVATE_TENANCY", "contract_holder": True},
    "RecordResidenceStatus": {
        "kind": "RecordResidenceStatus",
        "title_code": "P25_2",
        "valid_until": "2021-04-11",
        "source": "DOCUMENT",
    },
    "RecordResidenceRule": {"kind": "RecordResidenceRule", "area": "ravensburg", "until": "2020-09-30"},
    "DraftPlan": {"kind": "DraftPlan"},
    "AddGoal": {
        "kind": "AddGoal",
        "field": "LANGUAGE",
        "text": "Pass the language test at B1",
        "indicator": "Certificate of the test",
        "target_date": "2019-03-31",
        "priority": 1,
    },
    "ChangeGoal": {
        "kind": "ChangeGoal",
        "goal": 1,
        "outcome": "POSTPONED",
        "target_date": "2019-09-30",
        "reason": "ILLNESS",
        "reason_text": "Her son was in hospital in spring",
    },
    "AddMeasure": {
        "kind": "AddMeasure",
        "goal": 1,
        "text": "Enrol at the adult education centre",
        "party": "CLIENT",
        "due_on": "2018-05-15",
    },
    "CompleteMeasure": {"kind": "CompleteMeasure", "measure": 1, "outcome": "DONE"},
    "AgreePlan": {
        "kind": "AgreePlan",
        "client_agreed": True,
        "written_copy": "File 12, folder A",
        "language_of_copy": "ar",
    },
    "RecordContact": {
        "kind": "RecordContact",
        "mode": "OFFICE",
        "minutes": 45,
        "topics": ["LANGUAGE", "WORK"],
        "present": ["CLIENT", "INTERPRETER"],
    },
    "RecordObstacle": {
        "kind": "RecordObstacle",
        "code": "HEALTH",
        "severity": "MED",
        "special_text": "Treated for her back since March",
    },
    "ResolveObstacle": {"kind": "ResolveObstacle", "obstacle": 1, "reason": "CIRCUMSTANCES_CHANGED"},
    "ReferToService": {
        "kind": "ReferToService",
        "service": "PSYCHOLOGICAL",
        "service_id": "caritas-rv",
        "text": "Sleeps badly since the flight",
    },
    "RecordReferralOutcome": {"kind": "RecordReferralOutcome", "referral": 1, "outcome": "WAITING"},
    "RecordDeath": {"kind": "RecordDeath", "effective_on": "2020-11-03", "precision": "DAY"},
    "RecordDeparture": {
        "kind": "RecordDeparture",
        "effective_on": "2020-11-01",
        "departure": "VOLUNTARY_RETURN",
        "precision": "MONTH",
    },
}

CASE_ID = "case-01621f9c-7a00-7000-8000-000000000001"

RECEIPT = {
    "case_id": CASE_ID,
    "version": 3,
    "position": 1204,
    "events": [{"version": 3, "name": "CaseOpened", "number": None}],
    "next_deadline": {
        "kind": "FIRST_CONTACT",
        "stage": "REMINDED",
        "due_on": "2018-04-17",
        "at": "2018-04-09T22:00:00Z",
    },
}

PROBLEMS: dict[int, dict[str, Any]] = {
    400: {
        "type": "urn:lotse:problem:malformed",
        "title": "Malformed",
        "status": 400,
        "detail": "The request does not have the form that is described. Nothing was recorded.",
        "code": "MALFORMED",
        "errors": [{"field": "au_since", "problem": "must be a date of the calendar, YYYY-MM-DD"}],
    },
    401: {
        "type": "urn:lotse:problem:unauthenticated",
        "title": "Unauthenticated",
        "status": 401,
        "detail": "The token has expired. Get a new one.",
        "code": "UNAUTHENTICATED",
    },
    403: {
        "type": "urn:lotse:problem:cross-provider",
        "title": "Cross provider",
        "status": 403,
        "detail": "This case lies with another provider.",
        "code": "CROSS_PROVIDER",
        "guard": "G23",
        "params": {},
    },
    404: {
        "type": "urn:lotse:problem:case-unknown",
        "title": "Case unknown",
        "status": 404,
        "detail": "There is no such case.",
        "code": "CASE_UNKNOWN",
        "params": {},
    },
    406: {
        "type": "urn:lotse:problem:not-acceptable",
        "title": "Not acceptable",
        "status": 406,
        "detail": "Answers are application/json.",
        "code": "NOT_ACCEPTABLE",
    },
    409: {
        "type": "urn:lotse:problem:plan-empty",
        "title": "Plan empty",
        "status": 409,
        "detail": "The plan cannot be agreed yet. Missing: own contribution.",
        "code": "PLAN_EMPTY",
        "guard": "G06",
        "params": {"missing": ["own_contribution"]},
    },
    412: {
        "type": "urn:lotse:problem:concurrency",
        "title": "Concurrency",
        "status": 412,
        "detail": "The case has moved on since you saw it.",
        "code": "CONCURRENCY",
        "guard": "G29",
        "params": {"expected": 2, "actual": 3},
        "since": [
            {
                "version": 3,
                "name": "CaseOpened",
                "by": {"id": "im-drk-1", "role": "manager"},
                "recorded_at": "2018-04-03T08:12:44+00:00",
            }
        ],
    },
    413: {
        "type": "urn:lotse:problem:too-large",
        "title": "Too large",
        "status": 413,
        "detail": "More than 65536 bytes are not taken. Nothing was recorded.",
        "code": "TOO_LARGE",
    },
    415: {
        "type": "urn:lotse:problem:not-json",
        "title": "Not json",
        "status": 415,
        "detail": "Send application/json.",
        "code": "NOT_JSON",
    },
    500: {
        "type": "urn:lotse:problem:unexpected",
        "title": "Unexpected",
        "status": 500,
        "detail": "Something went wrong on our side. Ask again with the same key; if it stays, name the error id.",
        "code": "UNEXPECTED",
        "error_id": "5f0c8d5e3d0e4b0f9f6f1d1c2b3a4958",
    },
    503: {
        "type": "urn:lotse:problem:outcome-unknown",
        "title": "Outcome unknown",
        "status": 503,
        "detail": "A service did not answer in time. The command may be recorded or not: "
        "ask again with the same Idempotency-Key, which records it once.",
        "code": "OUTCOME_UNKNOWN",
    },
}

NOT_READY: dict[str, Any] = {
    "type": "urn:lotse:problem:not-ready",
    "title": "Not ready",
    "status": 503,
    "detail": "No answer from: Temporal. Commands wait until it is back; nothing is lost.",
    "code": "NOT_READY",
}
