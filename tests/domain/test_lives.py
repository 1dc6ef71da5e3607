"""Random lives: whatever people ask, in whatever order, and however time passes, a case stays a possible one."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain import lifecycle
from domain.case import Case
from domain.catalogue import COMMANDS as CLASSES
from domain.catalogue import command_from, event_from
from domain.deadlines import local_day
from domain.envelopes import Actor, Recorded
from domain.personal import in_clear
from domain.refusals import Refusal
from domain.story import Command
from domain.vocabulary import (
    ActivityKind,
    ConsentScope,
    DataField,
    DeadlineKind,
    DeadlineStage,
    EligibilityBasis,
    FieldOfAction,
    GoalOutcome,
    HousingKind,
    Intensity,
    MeasureOutcome,
    Party,
    Phase,
    Reason,
    Role,
    Source,
    Title,
    Turn,
)
from tests import examples
from tests.scenario import Story

MOVES = {
    (None, Phase.REGISTERED),
    (Phase.REGISTERED, Phase.INTAKE),
    (Phase.INTAKE, Phase.PLANNING),
    (Phase.PLANNING, Phase.SUPPORT),
}
"""The arrows of the phase diagram."""

PLANNABLE = {name for name, command in CLASSES.items() if command.plannable}
ACTORS = [
    examples.MANAGER,
    examples.MANAGER,
    examples.DEPUTY,
    examples.SUPERVISOR,
    examples.SUPERVISOR,
    examples.MANAGER_ELSEWHERE,
    examples.CLOCK,
    Actor(id="ministry", role=Role.MINISTRY, provider="drk"),
]
AGREED = examples.AGREE.model_copy(update={"guardian_agreed": True})
ON_THE_DAY = {"effective_on": None, "due_on": None, "target_date": None}
STEPS = [
    command.model_copy(update={name: value for name, value in ON_THE_DAY.items() if name in type(command).model_fields})
    for command in (*examples.SUPPORTED[:-1], AGREED, examples.DRAFT, examples.ADD_OWN_STEP, AGREED)
]
"""What a manager would do, one after the other, each on the day itself."""

texts = st.sampled_from(["Amal", "B1 by spring", "Ein Satz, mit Umlauten: äöüß", "سلام"])
maybe_texts = st.none() | texts
offsets = st.none() | st.integers(-60, 60)
shifts = st.none() | st.none() | st.integers(-60, 3)
"""Days from today, to be resolved when it is asked."""


def one(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})


few = st.integers(1, 4)
asked = st.one_of(
    one("RegisterPerson", person_id=st.just(str(examples.PERSON_ID)), name=texts, contact=maybe_texts),
    one(
        "ConfirmEligibility",
        basis=st.sampled_from(EligibilityBasis),
        title_code=st.sampled_from(Title),
        title_valid_until=offsets,
        au_since=st.integers(-90, 10),
        evidence_seen=st.booleans(),
    ),
    one("OpenCase", municipality=st.just("ravensburg"), override=st.booleans()),
    one(
        "RecordConsent",
        scope=st.sampled_from(ConsentScope),
        form=st.just("ORAL"),
        language=st.just("ar"),
        valid_until=offsets,
    ),
    one("WithdrawConsent", scope=st.sampled_from(ConsentScope)),
    one("RecordRefusalOfData", field=st.sampled_from(DataField)),
    one("AssignManager", manager_id=st.sampled_from([actor.id for actor in ACTORS])),
    one("CompleteIntake", mode=st.just("PHONE")),
    one(
        "RecordAssessment",
        needs=st.lists(
            st.fixed_dictionaries(
                {"field": st.sampled_from(FieldOfAction), "need": st.integers(0, 3), "resource": maybe_texts}
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda need: need["field"],
        ),
        family_situation=maybe_texts,
        intensity=st.sampled_from(Intensity),
    ),
    one("RecordQualification", qualification=st.just("SCHOOL"), country=st.just("SY"), year=st.integers(1995, 2022)),
    one("RecordLanguageLevel", level=st.just("A2"), evidence=st.just("COURSE")),
    one(
        "RecordActivity",
        activity=st.sampled_from(ActivityKind),
        turn=st.sampled_from(Turn),
        hours_per_week=st.none() | st.decimals(0, 80, places=2),
    ),
    one("RecordHousing", housing=st.sampled_from(HousingKind), contract_holder=st.booleans()),
    one(
        "RecordResidenceStatus",
        title_code=st.sampled_from([title for title in Title if title is not Title.NONE]),
        turn=st.sampled_from(Turn),
        valid_until=offsets,
        source=st.sampled_from(Source),
    ),
    one("RecordResidenceRule", area=st.just("ravensburg"), turn=st.sampled_from(Turn), until=offsets),
    one("DraftPlan"),
    one("AddGoal", field=st.sampled_from(FieldOfAction), text=texts, indicator=maybe_texts, target_date=offsets),
    one("ChangeGoal", goal=few, outcome=st.sampled_from([GoalOutcome.ACHIEVED, GoalOutcome.DROPPED])),
    one("ChangeGoal", goal=few, outcome=st.just(GoalOutcome.POSTPONED), target_date=st.integers(-60, 60)),
    one("AddMeasure", goal=few, text=texts, party=st.sampled_from(Party), due_on=offsets),
    one("CompleteMeasure", measure=few, outcome=st.sampled_from(MeasureOutcome)),
    one(
        "AgreePlan",
        client_agreed=st.booleans(),
        guardian_agreed=st.none() | st.booleans(),
        written_copy=maybe_texts,
    ),
    one(
        "ReachDeadline",
        deadline=st.sampled_from(DeadlineKind),
        stage=st.sampled_from(DeadlineStage),
        due_on=st.integers(-60, 60),
    ),
)


def resolved(body: dict[str, Any], today: date, shift: int | None, reason: Reason | None) -> Command:
    """The command with its days counted from today."""
    days = {
        name: (today + timedelta(days=value)).isoformat()
        for name, value in body.items()
        if isinstance(value, int) and not isinstance(value, bool) and _is_day(body["kind"], name)
    }
    about = {} if shift is None else {"effective_on": (today + timedelta(days=shift)).isoformat()}
    because = {"reason": reason, "reason_text": "The story behind it"} if reason else {}
    return command_from({**body, **days, **about, **because})


def _is_day(kind: str, name: str) -> bool:
    return CLASSES[kind].model_fields[name].annotation in (date, date | None)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.story = Story(at=examples.NOW)
        self.seen = Case()

    @initialize(
        birth=st.none() | st.sampled_from(["1990-05-17", "2000-02-29", "2004-03-01", "2012", "2017-12-24"]),
        guarded=st.booleans(),
        steps=st.integers(0, len(STEPS)),
    )
    def arrives(self, birth: str | None, guarded: bool, steps: int) -> None:
        """A person of some age, already some way along."""
        guardian = examples.GUARDIAN_ID if guarded else None
        arriving = examples.REGISTER.model_copy(update={"birth_date": birth, "guardian_person_id": guardian})
        for step in [arriving, *STEPS[1:]][:steps]:
            self._ask(step, examples.SUPERVISOR)

    @rule(body=asked, by=st.sampled_from(ACTORS), shift=shifts, reason=st.none() | st.sampled_from(Reason))
    def somebody_asks(self, body: dict[str, Any], by: Actor, shift: int | None, reason: Reason | None) -> None:
        self._ask(resolved(body, local_day(self.story.at), shift, reason), by)

    @rule(steps=st.integers(1, 5))
    def casework_goes_on(self, steps: int) -> None:
        for step in STEPS[1:]:
            if steps and self._ask(step, examples.SUPERVISOR):
                steps -= 1

    @rule(hours=st.integers(1, 24 * 60))
    def time_passes(self, hours: int) -> None:
        before = len(self.story.recorded)
        self.story = self.story.until(self.story.at + timedelta(hours=hours))
        self._follow(self.story.recorded[before:])

    @rule(days=st.integers(1, 90))
    def the_clock_stands_still(self, days: int) -> None:
        self.story = replace(self.story, at=self.story.at + timedelta(days=days))

    def _ask(self, command: Command, by: Actor) -> bool:
        assert self.seen == self.story.case
        answer = self.story.when(command, by=by)
        if answer.refusal is not None:
            assert answer.refusal.code in Refusal
            assert not answer.recorded
            return False
        self.story = replace(self.story, recorded=(*self.story.recorded, *answer.recorded))
        self._follow(answer.recorded)
        today = local_day(self.story.at)
        assert all(each.effective_on <= today or command.kind in PLANNABLE for each in answer.recorded)
        return bool(answer.recorded)

    def _follow(self, recorded: Any) -> None:
        """Event by event, from what would be stored."""
        for each in recorded:
            before = self.seen.phase
            self.seen = lifecycle.replay([_stored_and_loaded(each)], self.seen)
            assert before == self.seen.phase or (before, self.seen.phase) in MOVES

    @invariant()
    def the_story_leads_to_the_state_that_decisions_saw(self) -> None:
        assert self.seen == self.story.case

    @invariant()
    def versions_and_numbers_have_no_gaps(self) -> None:
        recorded = self.story.recorded
        assert list(range(1, len(recorded) + 1)) == [each.version for each in recorded]
        for name in ("PlanDrafted", "PlanAgreed", "GoalAdded", "MeasureAgreed"):
            numbers = [each.event.number() for each in recorded if each.name == name]
            assert list(range(1, len(numbers) + 1)) == numbers
        case = self.seen
        assert case.draft in (None, case.plan_version + 1)
        assert all(measure.goal in case.goals for measure in case.measures.values())

    @invariant()
    def nothing_is_in_clear(self) -> None:
        for each in self.story.recorded[-3:]:
            assert in_clear(each.event) == []
            assert each.reason_text is None or each.reason_text.startswith("sealed:")

    @invariant()
    def a_stage_of_a_deadline_is_reached_once_in_order_and_in_time(self) -> None:
        reached = [each for each in self.story.recorded if each.name.startswith("Deadline")]
        bodies = [(each.name, each.event.model_dump(mode="json")) for each in reached]
        stages = Counter((name, body["deadline"], body["due_on"]) for name, body in bodies)
        assert all(count == 1 for count in stages.values())
        order = ["DeadlineReminded", "DeadlineFellDue", "DeadlineEscalated"]
        for kind in DeadlineKind:
            names = [name for name, body in bodies if body["deadline"] == kind]
            assert names == sorted(names, key=order.index)

    @invariant()
    def an_open_case_has_its_policy_its_start_and_its_basis(self) -> None:
        case = self.seen
        assert case.open == (case.policy_version is not None) == (case.support_start is not None)
        assert not case.open or case.eligibility is not None
        assert (case.plan_version > 0) == (case.phase is Phase.SUPPORT)

    @invariant()
    def the_clock_has_nothing_to_say_twice(self) -> None:
        coming = self.story.next_deadline()
        assert coming is None or (coming.kind, (coming.due_on, coming.stage)) not in self.seen.stages.items()


def _stored_and_loaded(recorded: Recorded) -> Recorded:
    event = recorded.event
    loaded = event_from(recorded.name, event.schema_version, event.model_dump(mode="json"))
    assert event == loaded
    return replace(recorded, event=loaded)


def test_hours_keep_their_exact_value_through_storage() -> None:
    event = examples.EVENTS["ActivityStarted"]
    loaded = event_from("ActivityStarted", 1, event.model_dump(mode="json"))
    assert Decimal("19.50").as_tuple() == loaded.hours_per_week.as_tuple()  # type: ignore[attr-defined]  # read back by name


LIVES = settings(
    max_examples=200,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = Life.TestCase
TestLife.settings = LIVES
