"""Examples of a transfer: she moves from Ravensburg to Ulm."""

from typing import Any

COMMANDS: dict[str, dict[str, Any]] = {
    "RequestTransfer": {
        "kind": "RequestTransfer",
        "to_municipality": "ulm",
        "to_provider": "diakonie",
        "reason": "RELOCATION",
        "reason_text": "She has found a flat near her brother in Ulm",
    },
    "CancelTransfer": {"kind": "CancelTransfer", "reason": "CIRCUMSTANCES_CHANGED"},
}
