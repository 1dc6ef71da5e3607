"""A desk at which submissions are recorded over the real store and keyring, as a door and a workflow would hand them in."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any
from uuid import UUID

from activities.record import Outcome, Recorder
from domain.eligibility import ConfirmEligibility
from domain.envelopes import Actor, Recorded, Submitted
from domain.intake import OpenCase, RegisterPerson
from domain.story import Command
from domain.vocabulary import EligibilityBasis, Role, Title
from infra.event_store import EventStore
from infra.postgres import Pool
from infra.seals import Keyring, fingerprint_of, seal

MASTER = bytes(range(32))
NOON = datetime(2018, 3, 1, 11, 0, 0, 0, UTC)
MANAGER = Actor(id="im-07", role=Role.MANAGER, provider="drk")
PERSON = "018f0000-0000-7000-8000-00000000000a"
CASE, OTHER_CASE = "case-1", "case-2"
THREADS = 6

REGISTER = RegisterPerson(person_id=UUID(PERSON), name="Amal Ahmed", birth_date="1984-06-01")
CONFIRM = ConfirmEligibility(
    basis=EligibilityBasis.AU_FLUEAG, title_code=Title.P25_2, au_since=date(2018, 1, 15), evidence_seen=True
)
OPEN = OpenCase(municipality="ravensburg")


def asked(submission: dict[str, Any]) -> dict[str, Any]:
    """As the workflow asks."""
    return {"what": submission, "at": NOON.isoformat()}


@dataclass(frozen=True)
class Desk:
    """A recorder over real parts, and what a door does before it."""

    recorder: Recorder
    keyring: Keyring
    store: EventStore
    connections: Pool

    def submitted(self, stream_id: str, command_id: str, command: Command, **changes: Any) -> dict[str, Any]:
        asked = command.model_dump(mode="json", exclude_none=True)
        sealed = {
            field: seal(self.keyring.key(PERSON), PERSON, stream_id, f"person.{field}", asked[field])
            for field in ("name", "birth_date")
            if field in asked
        }
        fingerprint = fingerprint_of(MASTER, command, MANAGER, stream_id)
        envelope = Submitted(
            command_id=command_id, stream_id=stream_id, actor=MANAGER, command=asked | sealed, fingerprint=fingerprint
        )
        return envelope.model_copy(update=changes).model_dump(mode="json")

    def ask(self, stream_id: str, command_id: str, command: Command, **changes: Any) -> Outcome:
        return self.recorder.record(asked(self.submitted(stream_id, command_id, command, **changes)))

    def open_case(self, stream_id: str) -> Outcome:
        for command in (REGISTER, CONFIRM):
            assert "receipt" in self.ask(stream_id, f"{stream_id}/{command.kind}", command)
        return self.ask(stream_id, f"{stream_id}/open", OPEN)

    def stored(self) -> tuple[int, int, int]:
        """Rows of events, command log and claims."""
        with self.connections.connection() as connection:
            (row,) = connection.execute(
                "SELECT (SELECT count(*) FROM stored_events) AS events, (SELECT count(*) FROM command_log) AS commands, "
                "(SELECT count(*) FROM claim) AS claims"
            ).fetchall()
        return row["events"], row["commands"], row["claims"]


def names(story: list[Recorded]) -> list[str]:
    return [recorded.name for recorded in story]


def code(outcome: Outcome) -> str:
    return str(outcome["refusal"]["code"])


def together(desk: Desk, submissions: list[dict[str, Any]]) -> list[Outcome]:
    ready = Barrier(len(submissions))

    def one(submission: dict[str, Any]) -> Outcome:
        ready.wait()
        return desk.recorder.record(asked(submission))

    with ThreadPoolExecutor(len(submissions)) as threads:
        return list(threads.map(one, submissions))
