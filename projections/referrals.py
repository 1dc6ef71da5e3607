"""Referrals: to which service, how far, and what still waits for word."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain import referrals
from domain.case import REFERRAL_OVER
from domain.envelopes import Recorded
from domain.vocabulary import ReferralState, ServiceKind
from projections.read_model import Key, ReadModel


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """`number` counts within the case. Days are local. `waiting_since`: the day since which the next word is waited for; none when it is over."""

    case_id: str
    number: int
    provider: str
    service: ServiceKind
    service_id: str | None
    urgent: bool
    state: ReferralState
    made_on: date
    last_outcome_on: date | None = None
    waiting_since: date | None = None


def fold(rows: Mapping[Key, ReferralRow], recorded: Recorded) -> Mapping[Key, ReferralRow]:
    event = recorded.event
    match event:
        case referrals.ReferralMade():
            row = _made(event, recorded)
        case referrals.ReferralOutcomeRecorded():
            row = _moved(rows[(recorded.stream_id, event.referral)], ReferralState(event.outcome), recorded)
        case referrals.ReferralStopped():
            row = _moved(rows[(recorded.stream_id, event.referral)], ReferralState.STOPPED, recorded)
        case _:
            return {}
    return {(row.case_id, row.number): row}


def _made(event: referrals.ReferralMade, recorded: Recorded) -> ReferralRow:
    return ReferralRow(
        case_id=recorded.stream_id,
        number=event.referral,
        provider=recorded.actor.provider,
        service=event.service,
        service_id=event.service_id,
        urgent=event.urgent,
        state=ReferralState.MADE,
        made_on=recorded.effective_on,
        waiting_since=recorded.effective_on,
    )


def _moved(row: ReferralRow, state: ReferralState, recorded: Recorded) -> ReferralRow:
    on = recorded.effective_on
    return replace(row, state=state, last_outcome_on=on, waiting_since=None if state in REFERRAL_OVER else on)


WAITING_LONGEST = "coalesce(waiting_since, 'infinity'::date), made_on, case_id, number"

REFERRALS = ReadModel(
    "referrals", ReferralRow, ("case_id", "number"), fold, indexes=(f"provider, {WAITING_LONGEST}", "provider, state")
)


async def of_provider(
    connection: AsyncConnection[DictRow],
    provider: str | None,
    state: ReferralState | None = None,
    *,
    awaited: bool = False,
    limit: int = 200,
) -> list[ReferralRow]:
    """Referrals of a provider (None: of every provider, for those who may see that), what waits for longest first; `awaited`: only what is not over."""
    query = (
        f"SELECT {REFERRALS.column_list} FROM referrals"  # noqa: S608 - columns are ours
        " WHERE (%(provider)s::text IS NULL OR provider = %(provider)s) AND (%(state)s::text IS NULL OR state = %(state)s)"
        f" AND (NOT %(awaited)s OR waiting_since IS NOT NULL) ORDER BY {WAITING_LONGEST} LIMIT %(limit)s"
    )
    values = {"provider": provider, "state": state and state.value, "awaited": awaited, "limit": limit}
    found = await (await connection.execute(query, values)).fetchall()
    return [REFERRALS.made(each) for each in found]


async def of_case(connection: AsyncConnection[DictRow], case_id: str) -> list[ReferralRow]:
    """The referrals of a case by number."""
    query = f"SELECT {REFERRALS.column_list} FROM referrals WHERE case_id = %s ORDER BY number"  # noqa: S608 - columns are ours
    found = await (await connection.execute(query, (case_id,))).fetchall()
    return [REFERRALS.made(each) for each in found]
