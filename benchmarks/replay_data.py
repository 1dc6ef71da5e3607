"""A log as large as wanted: possible lives, made by the rules, stamped out for any number of cases in the stored form."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from uuid_utils import uuid7

from domain import facts, goals, intake, lifecycle, plan, referrals, responsibility, reviews, support
from domain import vocabulary as v
from domain.catalogue import command_from
from domain.deadlines import local_day
from domain.eligibility import ConfirmEligibility
from domain.envelopes import Actor, Recorded, Submitted
from domain.kinds import kind_of
from domain.personal import is_sealed, map_personal
from domain.policy import POLICIES
from domain.refusals import Refused
from domain.story import Command, Occasion
from infra.calendar import is_holiday
from infra.event_format import GENESIS, hash_of, stored_from

PERSON = "0193b000-0000-7000-8000-000000000000"
COMMAND = "0193c000-0000-7000-8000-000000000000"
STREAM = "case-0193d000-0000-7000-8000-000000000000"
MANAGER = Actor(id="im-07", role=v.Role.MANAGER, provider="drk")
LIVES = 24
PARTS = re.compile(b"|".join(each.encode() for each in (GENESIS, PERSON, COMMAND)))


def life(seed: int, length: int) -> list[Recorded]:
    """A possible life of `length` events: the usual beginning, then support day by day, with the deadlines that the clock brings."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    recorded: list[Recorded] = []
    state = kind_of(STREAM).state()
    now = datetime(2023, 7, 3, 8, tzinfo=UTC)

    def ask(command: Command, by: Actor = MANAGER) -> None:
        nonlocal recorded
        occasion = Occasion(
            by, now, local_day(now), POLICIES, lambda *_: "1990-05-17", lambda other: kind_of(other).state(), is_holiday
        )
        sealed = map_personal(command, lambda _, value: value if is_sealed(value) else _token(rng, value))
        submitted = Submitted(command_id=COMMAND, stream_id=STREAM, actor=by, command={}, fingerprint="")
        try:
            events = lifecycle.decide(state, submitted, sealed, occasion)
        except Refused:
            return
        lifecycle.replay(events, state)
        recorded += events

    for command in _beginning(local_day(now)):
        ask(command)
    while len(recorded) < length:
        until = now + timedelta(days=rng.randint(2, 12))
        while (timer := lifecycle.timer(STREAM, state, POLICIES, now)) and timer.deadline.at <= until:
            now = max(now, timer.deadline.at)
            ask(command_from(timer.submitted.command), timer.submitted.actor)
        now = until
        ask(_daily(rng, local_day(now)))
    return recorded[:length]


def _token(rng: random.Random, text: str) -> str:
    """As long as a real seal of such a text."""
    content = "".join(
        rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", k=38 + len(text) * 4 // 3)
    )
    return f"sealed:1:{PERSON}:{content}"


def _beginning(today: date) -> tuple[Command, ...]:
    return (
        intake.RegisterPerson(person_id=UUID(PERSON), name="Amal Haddad", birth_date="1990-05-17", languages=("ar",)),
        ConfirmEligibility(
            basis=v.EligibilityBasis.AU_FLUEAG,
            title_code=v.Title.P25_2,
            title_valid_until=today + timedelta(days=1500),
            au_since=today - timedelta(days=60),
            evidence_seen=True,
        ),
        intake.OpenCase(municipality="ravensburg"),
        responsibility.AssignManager(manager_id="im-07", assignment=v.Assignment.PRIMARY),
        intake.RecordConsent(scope=v.ConsentScope.SHARE_SERVICE, form=v.ConsentForm.WRITTEN, language="ar"),
        intake.CompleteIntake(mode=v.ContactMode.HOME_VISIT),
        plan.RecordAssessment(
            needs=(plan.Need(field=v.FieldOfAction.LANGUAGE, need=3), plan.Need(field=v.FieldOfAction.WORK, need=2)),
            intensity=v.Intensity.MEDIUM,
        ),
        plan.DraftPlan(),
        *(
            goals.AddGoal(
                field=field,
                text="Pass the test at B1",
                indicator="Certificate",
                target_date=today + timedelta(days=600),
                priority=n,
            )
            for n, field in enumerate((v.FieldOfAction.LANGUAGE, v.FieldOfAction.WORK, v.FieldOfAction.HOUSING), 1)
        ),
        *(
            goals.AddMeasure(
                goal=1 + n % 3, text="Enrol at the centre", party=v.Party.CLIENT, due_on=today + timedelta(days=90)
            )
            for n in range(6)
        ),
        plan.AgreePlan(client_agreed=True, written_copy="File 12", language_of_copy="ar"),
    )


def _daily(rng: random.Random, today: date) -> Command:
    few = partial(rng.randint, 1, 6)
    choice = rng.random()
    if choice < 0.5:
        return support.RecordContact(
            mode=rng.choice(list(v.ContactMode)),
            minutes=rng.randint(10, 90),
            topics=(v.FieldOfAction.LANGUAGE,),
            present=(v.Attendee.CLIENT,),
        )
    if choice < 0.55:
        return support.RecordContact(mode=v.ContactMode.OFFICE, no_show=True)
    others: Sequence[Command] = (
        support.RecordObstacle(
            code=v.ObstacleKind.NO_CHILDCARE, severity=rng.choice(list(v.Severity)), text="No place before autumn"
        ),
        support.ResolveObstacle(obstacle=few(), reason=v.Reason.CIRCUMSTANCES_CHANGED),
        referrals.ReferToService(service=v.ServiceKind.PSYCHOLOGICAL, service_id="caritas-rv", text="Sleeps badly"),
        referrals.RecordReferralOutcome(referral=few(), outcome=rng.choice(list(v.ReferralOutcome))),
        facts.RecordLanguageLevel(level=rng.choice(list(v.LanguageLevel)), evidence=v.LanguageEvidence.CERT_OTHER),
        facts.RecordHousing(housing=v.HousingKind.AU_SHARED),
        goals.CompleteMeasure(measure=few(), outcome=v.MeasureOutcome.DONE),
        reviews.StartReview(),
        reviews.CompleteReview(
            goals=tuple(reviews.GoalFound(goal=n, status=v.GoalStatus.ON_TRACK) for n in (1, 2, 3)),
            needs=(plan.Need(field=v.FieldOfAction.LANGUAGE, need=2),),
            independence=2,
            decision=v.ReviewDecision.CONTINUE,
            client_agreed=True,
            written_copy="File 12, folder B",
            language_of_copy="ar",
        ),
    )
    return rng.choice(others)


@dataclass(frozen=True)
class Stamp:
    """One event of a life, cut where each case has its own: the hash before, the person, the command id."""

    version: int
    topic: str
    parts: tuple[bytes, ...]
    own: tuple[bytes, ...]


def _stamp(recorded: Recorded) -> Stamp:
    stored = stored_from(recorded, GENESIS)
    return Stamp(recorded.version, recorded.name, tuple(PARTS.split(stored.state)), tuple(PARTS.findall(stored.state)))


def stored_events(cases: int, length: int) -> Iterator[StoredEvent]:
    """The log: all cases side by side, so that no two events of a case lie together; every chain whole."""
    lives = [[_stamp(each) for each in life(seed, length)] for seed in range(LIVES)]
    streams = [f"case-{uuid7()}" for _ in range(cases)]
    persons = [str(uuid7()).encode() for _ in range(cases)]
    previous = [GENESIS.encode()] * cases
    for nth in range(length):
        for case in range(cases):
            stamp = lives[case % LIVES][nth]
            own = {
                GENESIS.encode(): previous[case],
                PERSON.encode(): persons[case],
                COMMAND.encode(): str(uuid7()).encode(),
            }
            state = stamp.parts[0] + b"".join(
                own[name] + part for name, part in zip(stamp.own, stamp.parts[1:], strict=True)
            )
            stored = StoredEvent(streams[case], stamp.version, stamp.topic, state)
            previous[case] = hash_of(stored).encode()
            yield stored


def fill(database_url: str, cases: int, length: int) -> int:
    """Writes such a log into an empty event store; returns how many events."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        statement = "COPY stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(["text", "int8", "text", "bytea"])
            for each in stored_events(cases, length):
                copy.write_row((each.originator_id, each.originator_version, each.topic, each.state))
        connection.execute("VACUUM ANALYZE stored_events")
    return cases * length
