"""Examples of commands for what was recorded in error or is in question."""

from typing import Any

COMMANDS: dict[str, dict[str, Any]] = {
    "CorrectFact": {
        "kind": "CorrectFact",
        "corrects": 10,
        "fact": {
            "kind": "RecordLanguageLevel",
            "effective_on": "2018-03-20",
            "level": "A1",
            "evidence": "CERT_OTHER",
        },
        "reason": "MISTAKE",
        "reason_text": "Read the wrong line of the certificate",
    },
    "RestrictProcessing": {"kind": "RestrictProcessing", "basis": "ACCURACY_CONTESTED"},
    "LiftRestriction": {"kind": "LiftRestriction"},
    "RetractFact": {"kind": "RetractFact", "corrects": 10, "reason": "MISTAKE"},
    "MarkDisputed": {"kind": "MarkDisputed", "disputes": 10, "reason_text": "She says that she sat another test"},
    "ResolveDispute": {"kind": "ResolveDispute", "disputes": 10, "outcome": "UPHELD"},
    "SettleHistoryConflict": {
        "kind": "SettleHistoryConflict",
        "conflict": "OPENED_WITHOUT_TITLE",
        "reason": "OTHER",
        "reason_text": "The extension had been applied for in time",
    },
    "CorrectBirthDate": {
        "kind": "CorrectBirthDate",
        "birth_date": "1991",
        "source": "AUTHORITY",
        "reason": "MISTAKE",
    },
    "DecideOnTitle": {"kind": "DecideOnTitle", "decision": "CONTINUE", "basis": "APPEAL"},
    "RetractClosure": {"kind": "RetractClosure", "reason": "MISTAKE"},
}
