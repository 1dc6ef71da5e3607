"""Approvals: what waits for a second person, who proposed it and since when; and how it was decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain import closure, extension, transfer, withdrawal
from domain.envelopes import Recorded
from domain.vocabulary import ApprovalKind, ApprovalState, ClosureReason
from projections.read_model import Key, ReadModel
from projections.spoken import spoken_of


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """`version` is that of the proposal in the story of the case. `proposed_by`, `decided_by` are staff ids; `…_at` (UTC) is when it was recorded.

    `since` is the local day on which it was proposed, `until` the end of support that an extension asks for. A proposal lapses with what made it pointless.
    """

    case_id: str
    version: int
    provider: str
    kind: ApprovalKind
    state: ApprovalState
    proposed_by: str
    since: date
    proposed_at: datetime
    closure_reason: ClosureReason | None = None
    until: date | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


def fold(rows: Mapping[Key, ApprovalRow], recorded: Recorded) -> Mapping[Key, ApprovalRow]:
    match recorded.event:
        case closure.ClosureProposed() | extension.ExtensionProposed():
            row = _proposed(recorded, recorded.event)
            return {**_decided(rows, recorded, row.kind, ApprovalState.LAPSED), (row.case_id, row.version): row}
        case closure.ClosureApproved():
            return _decided(rows, recorded, ApprovalKind.CLOSURE, ApprovalState.APPROVED)
        case closure.ClosureRejected():
            return _decided(rows, recorded, ApprovalKind.CLOSURE, ApprovalState.REJECTED)
        case extension.SupportExtended():
            return _decided(rows, recorded, ApprovalKind.EXTENSION, ApprovalState.APPROVED)
        case extension.ExtensionRejected():
            return _decided(rows, recorded, ApprovalKind.EXTENSION, ApprovalState.REJECTED)
        case withdrawal.WithdrawalReverted():
            return _decided(rows, recorded, ApprovalKind.CLOSURE, ApprovalState.LAPSED)
        case closure.CaseClosed():
            return _lapsed(rows, recorded)
        case transfer.TransferAccepted(provider=provider):
            return {key: replace(row, provider=provider) for key, row in {**rows, **_lapsed(rows, recorded)}.items()}
        case _:
            return {}


def _lapsed(rows: Mapping[Key, ApprovalRow], recorded: Recorded) -> dict[Key, ApprovalRow]:
    """All that waits, of either kind."""
    return {
        key: row for kind in ApprovalKind for key, row in _decided(rows, recorded, kind, ApprovalState.LAPSED).items()
    }


def _proposed(recorded: Recorded, event: closure.ClosureProposed | extension.ExtensionProposed) -> ApprovalRow:
    closing = event if isinstance(event, closure.ClosureProposed) else None
    extending = event if isinstance(event, extension.ExtensionProposed) else None
    return ApprovalRow(
        case_id=recorded.stream_id,
        version=recorded.version,
        provider=recorded.actor.provider,
        kind=ApprovalKind.CLOSURE if closing else ApprovalKind.EXTENSION,
        state=ApprovalState.WAITING,
        proposed_by=event.proposed_by,
        since=recorded.effective_on,
        proposed_at=recorded.recorded_at,
        closure_reason=closing.closure_reason if closing else None,
        until=extending.new_end if extending else None,
    )


def _decided(
    rows: Mapping[Key, ApprovalRow], recorded: Recorded, kind: ApprovalKind, state: ApprovalState
) -> dict[Key, ApprovalRow]:
    """The rows of a kind on which nothing was decided yet; an approval that is taken back is one of them."""
    return {
        key: replace(row, state=state, decided_by=recorded.actor.id, decided_at=recorded.recorded_at)
        for key, row in _open(rows, kind, state)
    }


def _open(
    rows: Mapping[Key, ApprovalRow], kind: ApprovalKind, state: ApprovalState
) -> Iterator[tuple[Key, ApprovalRow]]:
    latest = max((row.version for row in rows.values() if row.kind is kind), default=0)
    for key, row in rows.items():
        taken_back = state is ApprovalState.REJECTED and row.state is ApprovalState.APPROVED and row.version == latest
        if row.kind is kind and (row.state is ApprovalState.WAITING or taken_back):
            yield key, row


APPROVALS = ReadModel(
    "approvals", ApprovalRow, ("case_id", "version"), fold, indexes=("provider, state, since",), about=spoken_of(fold)
)


async def waiting(connection: AsyncConnection[DictRow], provider: str, limit: int = 200) -> list[ApprovalRow]:
    """What waits at a provider, the longest first, `limit` at most."""
    query = (
        f"SELECT {APPROVALS.column_list} FROM approvals WHERE provider = %s AND state = %s"  # noqa: S608 - columns are ours
        " ORDER BY since, proposed_at, case_id, version LIMIT %s"
    )
    found = await (await connection.execute(query, (provider, ApprovalState.WAITING.value, limit))).fetchall()
    return [APPROVALS.made(each) for each in found]


async def count_waiting(connection: AsyncConnection[DictRow], provider: str) -> int:
    query = "SELECT count(*) AS n FROM approvals WHERE provider = %s AND state = %s"
    row = await (await connection.execute(query, (provider, ApprovalState.WAITING.value))).fetchone()
    return int(row["n"]) if row else 0
