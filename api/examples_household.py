"""Examples of commands about families and identity, for those who read the description of the API."""

from typing import Any

HOUSEHOLD_ID = "01621f9c-7a00-7000-8000-0000000000cc"
NEW_HOUSEHOLD_ID = "01621f9c-7a00-7000-8000-0000000000ce"
DAUGHTERS_CASE = "case-01621f9c-7a00-7000-8000-000000000003"
DUPLICATE_CASE = "case-01621f9c-7a00-7000-8000-000000000004"

COMMANDS: dict[str, dict[str, Any]] = {
    "AddToHousehold": {"kind": "AddToHousehold", "household_id": HOUSEHOLD_ID, "relation": "PARTNER"},
    "LeaveHousehold": {"kind": "LeaveHousehold", "effective_on": "2019-06-01"},
    "SplitHousehold": {
        "kind": "SplitHousehold",
        "new_household_id": NEW_HOUSEHOLD_ID,
        "leaving": [DAUGHTERS_CASE],
        "protected": True,
    },
    "MergePersons": {"kind": "MergePersons", "duplicate_case": DUPLICATE_CASE, "evidence": "SAME_DOCUMENT"},
    "UndoMerge": {"kind": "UndoMerge", "duplicate_case": DUPLICATE_CASE, "reason": "MISTAKE"},
}
