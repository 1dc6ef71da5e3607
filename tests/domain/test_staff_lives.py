"""Random lives of two members of staff and of two cases: whatever is asked and in whatever order, no case stays with somebody who is gone."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain import lifecycle
from domain.catalogue import command_from
from domain.deadlines import local_day
from domain.envelopes import staff_id, unit_id
from domain.responsibility import AssignManager, ManagerAssigned
from domain.staff import Staff
from domain.story import Command, State
from domain.vocabulary import Assignment
from tests.examples import CLOCK, NOW, OPENED, SUPERVISOR
from tests.examples_closing import MOVED, REOPEN
from tests.examples_staff import HIRE
from tests.scenario import Story, given

DAY = timedelta(days=1)
PEOPLE = ("im-07", "im-09")
CASES = ("case-1", "case-2")
UNITS = {unit_id(place, "drk"): State(version=1) for place in ("ravensburg", "weingarten")}
people = st.sampled_from(PEOPLE)
cases = st.sampled_from(CASES)
shifts = st.none() | st.integers(-40, 40)
shares = st.sampled_from(["0.25", "0.50", "0.75", "1.00"])
asked = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("HireManager"),
            "qualification": st.just("DEGREE"),
            "posts": st.dictionaries(st.sampled_from(["ravensburg", "weingarten"]), shares, min_size=1),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("ChangeFte"),
            "municipality": st.sampled_from(["ravensburg", "weingarten"]),
            "share": shares | st.just("0.00"),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("RecordAbsence"), "deputy": st.none() | people, "until": shifts}),
    st.fixed_dictionaries({"kind": st.just("RecordAbsence"), "deputy": st.none() | people, "until": st.none()}),
    st.fixed_dictionaries({"kind": st.just("ReturnFromAbsence")}),
    st.fixed_dictionaries({"kind": st.just("EndEmployment")}),
)


def hired(who: str) -> Story:
    hire = HIRE.model_copy(update={"manager_id": who, "effective_on": date(2018, 1, 2)})
    return Story(stream_id=staff_id(who), others=UNITS).given(hire, by=SUPERVISOR)


class House(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.at = NOW
        self.staff = {who: hired(who) for who in PEOPLE}
        self.cases = {case_id: replace(given(*OPENED), stream_id=case_id) for case_id in CASES}
        self.brought: list[str] = []

    @rule(who=people, body=asked, shift=shifts)
    def something_happens_to_staff(self, who: str, body: dict[str, Any], shift: int | None) -> None:
        said = {name: value for name, value in body.items() if value is not None}
        if "until" in said:
            said["until"] = (self.today + said["until"] * DAY).isoformat()
        if shift is not None:
            said["effective_on"] = (self.today + shift * DAY).isoformat()
        if body["kind"] == "HireManager":
            said["manager_id"] = who
        self._ask_staff(who, command_from(said), SUPERVISOR)
        self._clock()

    @rule(case_id=cases, who=people, shift=shifts, assignment=st.sampled_from(Assignment))
    def a_case_is_assigned(self, case_id: str, who: str, shift: int | None, assignment: Assignment) -> None:
        on = None if shift is None else self.today + shift * DAY
        self._ask_case(case_id, AssignManager(effective_on=on, manager_id=who, assignment=assignment), SUPERVISOR)

    @rule(case_id=cases, command=st.sampled_from([MOVED, REOPEN]))
    def a_case_is_closed_or_reopened(self, case_id: str, command: Command) -> None:
        self._ask_case(case_id, command, SUPERVISOR)

    @rule(days=st.integers(1, 60))
    def time_passes(self, days: int) -> None:
        for _ in range(days):
            self.at += DAY
            self._clock()

    @property
    def today(self) -> date:
        return local_day(self.at)

    def _clock(self) -> None:
        for who, story in list(self.staff.items()):
            while timer := lifecycle.timer(story.stream_id, self.staff[who].state, story.policies, self.at):
                if timer.deadline.at > self.at:
                    break
                self.brought.append(timer.submitted.command_id)
                assert self._ask_staff(who, command_from(timer.submitted.command), CLOCK), timer

    def _ask_staff(self, who: str, command: Command, by: Any) -> bool:
        others = {staff_id(each): story.state for each, story in self.staff.items() if each != who}
        story = replace(self.staff[who], others={**UNITS, **others})
        answer = story.when(command, by=by, at=self.at)
        self.staff[who] = replace(story, recorded=(*story.recorded, *answer.recorded))
        for told in lifecycle.follow_ups(self.staff[who].state, answer.recorded):
            if naming := told.about.get("cases_naming"):
                for case_id in [each for each in CASES if self._names(each, naming["value"])]:
                    self._ask_case(case_id, command_from(told.about["submitted"]["command"]), CLOCK)
        return bool(answer.recorded)

    def _ask_case(self, case_id: str, command: Command, by: Any) -> None:
        others = {story.stream_id: story.state for story in self.staff.values()}
        story = replace(self.cases[case_id], others=others)
        recorded = story.when(command, by=by, at=self.at).recorded
        self.cases[case_id] = replace(story, recorded=(*story.recorded, *recorded))

    def _names(self, case_id: str, who: str) -> bool:
        events = [each.event for each in self.cases[case_id].recorded]
        return any(isinstance(event, ManagerAssigned) and event.manager_id == who for event in events)

    @invariant()
    def nobody_is_responsible_who_is_gone(self) -> None:
        for story in self.cases.values():
            manager_id = story.case.hands.manager_on(self.today)
            if story.case.open and manager_id is not None:
                staff: Staff = self.staff[manager_id].state
                assert not staff.begun or staff.keeps_cases_on(self.today)

    @invariant()
    def on_any_day_one_person_is_responsible_or_nobody(self) -> None:
        for story in self.cases.values():
            days = [each.since for each in story.case.hands.managers]
            assert days == sorted(set(days))

    @invariant()
    def whoever_is_away_is_deputised_by_who_was_named(self) -> None:
        for story in self.cases.values():
            hands, manager_id = story.case.hands, story.case.hands.manager_on(self.today)
            if not story.case.open or manager_id is None or self._reopened(story):
                continue
            staff: Staff = self.staff[manager_id].state
            named = {each.deputy for each in staff.absences if each.on(self.today) and each.deputy}
            stands = {each.deputy_id for each in hands.stand_ins_on(self.today) if each.absent_id == manager_id}
            assert stands == named

    def _reopened(self, story: Story) -> bool:
        return any(each.name == "CaseReopened" for each in story.recorded)

    @invariant()
    def posts_are_more_than_nothing_and_one_whole_at_most(self) -> None:
        for story in self.staff.values():
            staff: Staff = story.state
            assert all(0 < total <= 1 for total in staff.sums().values())
            for place in staff.posts:
                for day in (self.today + n * DAY for n in (-30, 0, 30)):
                    counted = [post.share for post in staff.counted(place) if post.since <= day]
                    expected = staff.share_on(place, day) if staff.keeps_cases_on(day) else Decimal(0)
                    assert (counted[-1] if counted else Decimal(0)) == expected

    @invariant()
    def the_clock_brings_nothing_twice(self) -> None:
        assert len(self.brought) == len(set(self.brought))


TestHouse = House.TestCase
TestHouse.settings = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
