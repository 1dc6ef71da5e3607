"""How the end of support stands, on the row of the caseload: withdrawal, a closure that is proposed, the closing."""

from datetime import date
from typing import Any, Protocol

from domain.case import Case, ProposedClosure
from domain.vocabulary import ClosureReason
from projections.numbers import numbers_of


class Row(Protocol):
    """`closure_reason` is that of the proposal, or of the closing."""

    @property
    def closure_reason(self) -> ClosureReason | None: ...

    @property
    def closure_proposed_on(self) -> date | None: ...

    @property
    def closure_approved(self) -> bool: ...

    @property
    def withdrawal_stage(self) -> int: ...

    @property
    def policy_version(self) -> str | None: ...


def proposed(row: Row) -> ProposedClosure | None:
    """The proposal as the row remembers it; who made it, no event asks for."""
    if row.closure_reason is None or row.closure_proposed_on is None:
        return None
    return ProposedClosure(row.closure_reason, "", row.closure_proposed_on, row.closure_approved)


def kept(case: Case) -> dict[str, Any]:
    closure = case.closure
    return {
        "withdrawal_stage": case.withdrawal_stage,
        "withdrawal_since": case.withdrawal_since,
        "withdrawal_began": case.withdrawal_began,
        "withdrawal_stopped_days": case.withdrawal_stopped_days,
        "closure_proposed_on": closure and closure.on,
        "closure_approved": closure is not None and closure.approved,
        "closure_reason": closure.reason if closure else case.closure_reason,
        "closed_on": case.closed_on,
    }


def contact_weeks(row: Row) -> int | None:
    """Weeks from contact to contact at the row's stage of withdrawal; None outside of one."""
    if not row.withdrawal_stage or row.policy_version is None:
        return None
    return numbers_of(row.policy_version).withdrawal_contact_weeks[row.withdrawal_stage - 1]
