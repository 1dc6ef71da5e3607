"""Examples of the end of support: gradual withdrawal, closure with four eyes, reopening."""

from datetime import date

from domain import closure, reopening, withdrawal
from domain.story import Command, Event
from domain.vocabulary import ActivityKind, ClosureReason, HousingKind, LanguageLevel, Phase, Reason, ServiceKind

DAY = date(2018, 4, 12)

START_WITHDRAWAL = withdrawal.StartWithdrawal(
    withdrawal_plan="She writes to the school herself; a call every second week",
    override=True,
    reason=Reason.CLIENT_WISH,
    reason_text="She would like to go on alone",
)
ADVANCE = withdrawal.AdvanceWithdrawal()
REVERT = withdrawal.RevertWithdrawal(reason=Reason.ILLNESS, reason_text="Her back again, off work since Monday")
PROPOSE = closure.ProposeClosure(
    closure_reason=ClosureReason.INDEPENDENT,
    last_seen_on=DAY,
    remaining_services=(ServiceKind.VHS, ServiceKind.MBE),
    closure_plan="File 12, folder C",
)
APPROVE = closure.ApproveClosure()
REJECT = closure.RejectClosure(reason=Reason.CIRCUMSTANCES_CHANGED)
CLOSE = closure.CloseCase(closure_reason=ClosureReason.INDEPENDENT)
MOVED = closure.CloseCase(closure_reason=ClosureReason.MOVED_AWAY)
REOPEN = reopening.ReopenCase(reason=Reason.CLIENT_WISH, reason_text="The new landlord gave notice")

COMMANDS: tuple[Command, ...] = (START_WITHDRAWAL, ADVANCE, REVERT, PROPOSE, APPROVE, REJECT, CLOSE, REOPEN)

EVENTS: tuple[Event, ...] = (
    withdrawal.WithdrawalStarted(
        stage=1,
        contact_interval_weeks=2,
        since=DAY,
        withdrawal_plan=START_WITHDRAWAL.withdrawal_plan,
        override=True,
    ),
    withdrawal.WithdrawalAdvanced(stage=2, contact_interval_weeks=4, since=DAY),
    withdrawal.WithdrawalReverted(stage=1),
    closure.ClosureProposed(
        closure_reason=ClosureReason.INDEPENDENT,
        proposed_by="im-07",
        proposed_on=DAY,
        last_seen_on=DAY,
        remaining_services=PROPOSE.remaining_services,
        closure_plan=PROPOSE.closure_plan,
    ),
    closure.ClosureApproved(closure_reason=ClosureReason.INDEPENDENT),
    closure.ClosureRejected(closure_reason=ClosureReason.INDEPENDENT),
    closure.CaseClosed(
        closure_reason=ClosureReason.INDEPENDENT,
        closed_on=DAY,
        language_level=LanguageLevel.B1,
        activities=(ActivityKind.EMPLOYMENT_SV,),
        housing=HousingKind.PRIVATE_TENANCY,
        first_tenancy=True,
        goals_achieved=1,
        goals_total=2,
    ),
    reopening.CaseReopened(phase=Phase.SUPPORT, closed_at_version=15, counts_to_same_period=True),
)
