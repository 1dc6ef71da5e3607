"""Referrals: to which service, how far, and what still waits for word."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from domain import referrals, transfer
from domain.case import REFERRAL_OVER
from domain.envelopes import Recorded
from domain.vocabulary import ReferralState, ServiceKind
from projections.read_model import Key, ReadModel
from projections.spoken import spoken_of


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
        case transfer.TransferAccepted():
            return {key: replace(each, provider=event.provider) for key, each in rows.items()}
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
    "referrals",
    ReferralRow,
    ("case_id", "number"),
    fold,
    indexes=(f"provider, {WAITING_LONGEST}", "provider, state"),
    about=spoken_of(fold),
)


@dataclass(frozen=True, slots=True)
class AtProvider(ReferralRow):
    """A referral with whose case it is. `name` is a sealed token; no `manager_id`: nobody is responsible."""

    name: str = ""
    manager_id: str | None = None

    def days_waiting(self, today: date) -> int | None:
        """Days since the last word; none where nothing is waited for."""
        return None if self.waiting_since is None else max(0, (today - self.waiting_since).days)


AT_PROVIDER = (*(f"referrals.{name}" for name in REFERRALS.columns), "name", "manager_id")


async def of_provider(
    connection: AsyncConnection[DictRow],
    provider: str | None,
    state: ReferralState | None = None,
    service: ServiceKind | None = None,
    *,
    awaited: bool = False,
    limit: int = 200,
) -> list[AtProvider]:
    """Referrals in the cases of a provider (None: of every provider, for those who may see that), what waits for longest first; `awaited`: only what is not over."""
    query = (
        f"SELECT {', '.join(AT_PROVIDER)} FROM referrals JOIN caseload USING (case_id)"  # noqa: S608 - columns are ours
        " WHERE (%(provider)s::text IS NULL OR caseload.provider = %(provider)s)"
        " AND (%(state)s::text IS NULL OR state = %(state)s) AND (%(service)s::text IS NULL OR service = %(service)s)"
        f" AND (NOT %(awaited)s OR waiting_since IS NOT NULL) ORDER BY {WAITING_LONGEST} LIMIT %(limit)s"
    )
    values = {
        "provider": provider,
        "state": state and state.value,
        "service": service and service.value,
        "awaited": awaited,
        "limit": limit,
    }
    found = await (await connection.execute(query, values)).fetchall()
    return [
        AtProvider(**{**each, "state": ReferralState(each["state"]), "service": ServiceKind(each["service"])})
        for each in found
    ]


async def awaited_by_service(
    connection: AsyncConnection[DictRow], provider: str
) -> dict[ServiceKind, tuple[int, date]]:
    """How many referrals of a provider's cases wait for word from each kind of service, and since when the longest does; the most first."""
    query = (
        "SELECT service, count(*) AS n, min(waiting_since) AS since FROM referrals JOIN caseload USING (case_id)"
        " WHERE caseload.provider = %s AND waiting_since IS NOT NULL GROUP BY service ORDER BY n DESC, service"
    )
    found = await (await connection.execute(query, (provider,))).fetchall()
    return {ServiceKind(each["service"]): (each["n"], each["since"]) for each in found}


async def of_case(connection: AsyncConnection[DictRow], case_id: str) -> list[ReferralRow]:
    """The referrals of a case by number."""
    query = f"SELECT {REFERRALS.column_list} FROM referrals WHERE case_id = %s ORDER BY number"  # noqa: S608 - columns are ours
    found = await (await connection.execute(query, (case_id,))).fetchall()
    return [REFERRALS.made(each) for each in found]
