"""Ravensburg at the end of April 2018, stored as the engine stores it: real seals, one story per person, read models told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from cli.town import people
from cli.town_lives import steps
from domain import lifecycle
from domain.case import Case
from domain.deadlines import ReachDeadline, start_of
from domain.envelopes import Actor, Receipt, Submitted
from domain.goals import ChangeGoal
from domain.intake import OpenCase, RegisterPerson
from domain.personal import map_personal
from domain.places import AdmitClient
from domain.plan import Need
from domain.policy import POLICIES
from domain.refusals import Refused
from domain.responsibility import AssignManager
from domain.story import Command
from domain.transfer_unit import AnnounceTransfer
from domain.vocabulary import Assignment, FieldOfAction, GoalOutcome, PriorityClass, Reason
from infra import postgres
from infra.event_store import EventStore
from infra.notice_board import NoticeBoard
from infra.seals import Keyring, seal
from infra.settings import Settings, database_url, master_key
from projections import follow, tables
from tests import examples, examples_closing, examples_support
from tests.domain.units import TWO_PLACES, household
from tests.examples_units import ASKED_ON, case_id
from tests.infra.story_parts import receipt, submitted

END = date(2018, 4, 30)
NOON = start_of(END) + timedelta(hours=12)
AMAL = f"case-{examples.PERSON_ID}"
ERASED = "case-01621f9c-7a00-7000-8000-0000000000ee"
ERASED_PERSON = UUID("01621f9c-7a00-7000-8000-0000000000ef")
ELSEWHERE = "case-01621f9c-7a00-7000-8000-0000000000dd"
LEAVING, CLOSED, REOPENED = (f"case-01621f9c-7a00-7000-8000-0000000000{nth}" for nth in ("a1", "a2", "a3"))
"""In withdrawal with a closure that waits for approval; closed; and taken up again."""

WHY = "Ihr Sohn war im Frühjahr im Krankenhaus"

GOAL = "Den Deutsch-Test auf B1 bestehen"
ADD_GOAL = examples.ADD_GOAL.model_copy(update={"text": GOAL, "indicator": "Zertifikat liegt vor"})
ADD_OWN_STEP = examples.ADD_OWN_STEP.model_copy(update={"text": "Sich an der Volkshochschule anmelden"})
FILED = {"written_copy": "Ordner A, Blatt 12"}
ASSESS = examples.ASSESS.model_copy(
    update={
        "needs": (
            Need(field=FieldOfAction.LANGUAGE, need=3, resource="Liest lateinische Schrift, lernt schnell"),
            Need(field=FieldOfAction.WORK, need=2),
        ),
        "family_situation": "Zwei Kinder von fünf und sieben Jahren, ihr Bruder lebt in Weingarten",
    }
)
"""What stands in Amal's plan, as a colleague in Ravensburg would write it."""

BEGIN_WITHDRAWAL = examples_closing.START_WITHDRAWAL.model_copy(
    update={"withdrawal_plan": "Schreibt der Schule selbst", "reason_text": "Möchte allein weitergehen"}
)
PROPOSE = examples_closing.PROPOSE.model_copy(update={"closure_plan": "Ordner A, Blatt 14"})
REOPEN = examples_closing.REOPEN.model_copy(update={"reason_text": "Der neue Vermieter hat gekündigt"})

UNIT = (
    TWO_PLACES.given(
        household(1), household(2, 3), household(5, priority=PriorityClass.URGENT), by=examples.SUPERVISOR, at=ASKED_ON
    )
    .given(AdmitClient(entry=1), by=examples.SUPERVISOR)
    .given(
        AnnounceTransfer(
            case_id=case_id(9),
            transfer=31,
            from_municipality="ulm",
            from_provider="diakonie",
            answer_by=date(2018, 4, 25),
        ),
        by=examples.CLOCK,
    )
)
"""Two places: one taken, one offered to whoever is urgent; a family of three waits; a transfer should have been answered."""

Asked = tuple[date, Actor, Command]


TOLD_AT_ONCE = """
    UPDATE notice SET told_at = (envelope(state) ->> 'recorded_at')::timestamptz
    FROM stored_events WHERE id = 'notice:' || originator_id || ':' || originator_version
"""


@dataclass
class Writer:
    """Writes one person's story, command by command; the clock brings deadlines in between."""

    store: EventStore
    keyring: Keyring
    board: NoticeBoard
    case_id: str
    person_id: str
    case: Case = field(default_factory=Case)
    asked: int = 0

    def write(self, told: Sequence[Asked], end: date = END) -> None:
        self.keyring.create(self.person_id)
        for day, by, command in told:
            at = start_of(day) + timedelta(hours=9, minutes=4 * self.asked)
            self._let_time_pass(at)
            self._ask(command, by, at)
        self._let_time_pass(start_of(end))

    def _let_time_pass(self, until: datetime) -> None:
        now = datetime(2018, 1, 1, tzinfo=UTC)
        while (timer := lifecycle.timer(self.case_id, self.case, POLICIES, now)) and timer.deadline.at <= until:
            now = timer.deadline.at
            self._record(timer.submitted, ReachDeadline.model_validate(timer.submitted.command), now)

    def _ask(self, command: Command, by: Actor, at: datetime) -> None:
        self.asked += 1
        sealed = map_personal(command, lambda mark, text: self._sealed(mark.label, text))
        body = sealed.model_dump(mode="json", exclude_none=True)
        submitted = Submitted(
            command_id=f"{self.case_id}/{self.asked}", stream_id=self.case_id, actor=by, command=body, fingerprint="f"
        )
        self._record(submitted, sealed, at)

    def _sealed(self, label: str, text: str) -> str:
        return seal(self.keyring.key(self.person_id), self.person_id, self.case_id, label, text)

    def _record(self, submitted: Submitted, command: Command, at: datetime) -> None:
        occasion = examples.occasion(submitted.actor, at, POLICIES, self.keyring.opener(self.case_id))
        events = lifecycle.decide(self.case, submitted, command, occasion)
        receipt = Receipt(stream_id=self.case_id, version=events[-1].version, position=0, events=())
        self.store.append(events, submitted, receipt, ())
        self.case = lifecycle.replay(events, self.case)
        for follow_up in lifecycle.follow_ups(self.case, events):
            if follow_up.kind == "notice":
                self.board.post(follow_up)


def fill(settings: Settings, persons: int = 150) -> None:
    """The first persons of the town, and Amal, whose story the tests tell."""
    url = database_url(settings)
    postgres.migrate(url)
    with postgres.pool(url, 2) as connections:
        connections.wait(30)  # a busy machine takes longer than a door would wait
        store, keyring = EventStore(connections), Keyring(connections, master_key(settings))
        board = NoticeBoard(connections)
        for person in people(persons):
            writer = Writer(store, keyring, board, f"case-{person.id}", str(person.id))
            told = [
                (step.command.effective_on or END, step.by, step.command) for step in steps(person) if not step.refused
            ]
            try:
                writer.write([each for each in told if each[0] <= END])
            except Refused:
                continue  # a day of the script that is told too late for the rules of that day
        Writer(store, keyring, board, AMAL, str(examples.PERSON_ID)).write(list(_amal()))
        Writer(store, keyring, board, ERASED, str(ERASED_PERSON)).write(
            list(_registered(ERASED_PERSON, examples.MANAGER))
        )
        keyring.destroy(str(ERASED_PERSON))
        for case_id, name, end in LEAVERS:
            leaver = UUID(case_id.removeprefix("case-"))
            Writer(store, keyring, board, case_id, str(leaver)).write(list(_leaving(leaver, name))[:end])
        elsewhere = UUID(ELSEWHERE.removeprefix("case-"))
        Writer(store, keyring, board, ELSEWHERE, str(elsewhere)).write(
            list(_registered(elsewhere, examples.MANAGER_ELSEWHERE))
        )
        for each in UNIT.recorded:
            recorded = replace(each, command_id=f"unit/{each.version}")
            store.append([recorded], submitted(recorded), receipt(recorded), ())
        with connections.connection() as connection:
            connection.execute(TOLD_AT_ONCE)
    tell(url)


def tell(url: str) -> None:
    """The read models, as a follower tells them."""
    with follow.connect(url) as connection:
        tables.prepare(connection)
        while follow.advance(connection):
            pass


def _registered(person: UUID, by: Actor) -> Iterator[Asked]:
    yield date(2018, 3, 1), by, RegisterPerson(person_id=person, name="Nour Sabbagh")


def _amal() -> Iterator[Asked]:
    by, opened = examples.MANAGER, date(2018, 4, 3)
    yield date(2018, 3, 26), by, examples.REGISTER
    yield date(2018, 3, 27), by, examples.CONFIRM
    yield opened, by, examples.OPEN
    yield opened, examples.SUPERVISOR, AssignManager(manager_id="im-07", reason=Reason.REASSIGNMENT)
    yield opened, examples.SUPERVISOR, AssignManager(manager_id="im-03", assignment=Assignment.DEPUTY)
    yield date(2018, 4, 10), by, examples.COMPLETE_INTAKE
    for command in (ASSESS, examples.DRAFT, ADD_GOAL, ADD_OWN_STEP, examples.AGREE.model_copy(update=FILED)):
        yield date(2018, 4, 12), by, command
    yield (
        date(2018, 4, 24),
        examples.DEPUTY,
        ChangeGoal(
            goal=1,
            outcome=GoalOutcome.POSTPONED,
            target_date=date(2019, 9, 30),
            reason=Reason.ILLNESS,
            reason_text=WHY,
        ),
    )
    yield date(2018, 4, 26), by, examples.COMMANDS["RecordLanguageLevel"]


LEAVERS = ((LEAVING, "Semhar Tekle", -3), (CLOSED, "Luwam Haile", -1), (REOPENED, "Saba Weldu", None))
"""Each with the end of the part of a leave that is told: proposed, closed, all of it."""


def _leaving(person: UUID, name: str) -> Iterator[Asked]:
    by, start, talk = examples.MANAGER, date(2018, 1, 8), date(2018, 4, 20)
    yield date(2018, 1, 3), by, RegisterPerson(person_id=person, name=name)
    yield date(2018, 1, 3), by, examples.CONFIRM.model_copy(update={"au_since": date(2018, 1, 2)})
    yield start, by, OpenCase(effective_on=start, municipality="ravensburg")
    yield start, by, AssignManager(manager_id="im-07")
    yield date(2018, 1, 15), by, examples.COMPLETE_INTAKE.model_copy(update={"effective_on": date(2018, 1, 15)})
    for command in (ASSESS, examples.DRAFT, ADD_GOAL, ADD_OWN_STEP, examples.AGREE.model_copy(update=FILED)):
        yield date(2018, 1, 19), by, command
    yield date(2018, 2, 5), by, examples_support.SHARE
    yield date(2018, 2, 5), by, examples_support.REFER
    yield date(2018, 4, 16), examples.SUPERVISOR, BEGIN_WITHDRAWAL
    yield talk, by, examples_support.CONTACT
    yield talk, by, PROPOSE
    yield date(2018, 4, 23), examples.SUPERVISOR, examples_closing.APPROVE
    yield date(2018, 4, 24), by, examples_closing.CLOSE
    yield date(2018, 4, 27), by, REOPEN
