"""How a transfer stands, on the row of the caseload: to whom, and by when an answer is due."""

from datetime import date
from typing import Any, Protocol

from domain.case import Case, PendingTransfer


class Row(Protocol):
    @property
    def transfer_municipality(self) -> str | None: ...

    @property
    def transfer_provider(self) -> str | None: ...

    @property
    def transfer_answer_by(self) -> date | None: ...


def pending(row: Row) -> PendingTransfer | None:
    """The transfer as the row remembers it; which number its request has, no event asks for."""
    if row.transfer_municipality is None or row.transfer_provider is None or row.transfer_answer_by is None:
        return None
    return PendingTransfer(0, row.transfer_municipality, row.transfer_provider, row.transfer_answer_by)


def kept(case: Case) -> dict[str, Any]:
    transfer = case.transfer
    return {
        "transfer_municipality": transfer and transfer.to_municipality,
        "transfer_provider": transfer and transfer.to_provider,
        "transfer_answer_by": transfer and transfer.answer_by,
    }
