"""In whose hands a case is: assigned, deputised, lost; on every day exactly one person, or nobody."""

from datetime import date, timedelta

from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from domain.absence import ReturnFromAbsence
from domain.employment import EndEmployment
from domain.envelopes import staff_id
from domain.hands import Hands
from domain.refusals import Refusal
from domain.responsibility import (
    AssignManager,
    DeputyNamed,
    DeputyReleased,
    LoseManager,
    ManagerAssigned,
    ManagerLost,
    NameDeputy,
)
from domain.vocabulary import Assignment
from tests.domain.test_staff import HIRED
from tests.examples import CLOCK, DEPUTY, EVENTS, MANAGER, OPENED, SUPERVISOR, SUPPORTED, TODAY
from tests.examples_closing import MOVED, REOPEN
from tests.examples_staff import HIRE, ILL, ILL_WITH_DEPUTY
from tests.scenario import Story, given

DAY = timedelta(days=1)
TAKE = AssignManager(manager_id=MANAGER.id)
ASSIGNED = given(*OPENED, TAKE)
LOSE = LoseManager(manager_id="im-07", since=TODAY)


def test_a_manager_takes_a_case_and_a_supervisor_gives_it() -> None:
    take = AssignManager(manager_id=MANAGER.id)
    given(*OPENED).when(take).then(EVENTS["ManagerAssigned"])
    given(*OPENED).when(take, by=SUPERVISOR).then(EVENTS["ManagerAssigned"])


def test_a_manager_does_not_give_a_case_to_another_nor_a_deputy_at_all() -> None:
    give = AssignManager(manager_id="im-09")
    given(*OPENED).when(give).then_refused(Refusal.ROLE_NOT_ALLOWED, command="AssignManager", role=MANAGER.role)
    take = AssignManager(manager_id=DEPUTY.id)
    given(*OPENED).when(take, by=DEPUTY).then_refused(Refusal.ROLE_NOT_ALLOWED, role=DEPUTY.role)


def test_an_assignment_may_be_planned() -> None:
    next_month = AssignManager(manager_id="im-09", effective_on=date(2018, 5, 1))
    given(*OPENED).when(next_month, by=SUPERVISOR).then(
        ManagerAssigned(manager_id="im-09", assignment=next_month.assignment)
    )


def test_g22_nobody_gets_a_case_who_is_away_on_the_day() -> None:
    opened = given(*OPENED).beside(HIRED.given(ILL, by=SUPERVISOR))
    opened.when(TAKE).then_refused(Refusal.MANAGER_INACTIVE, manager_id="im-07", effective_on=TODAY)
    deputy = TAKE.model_copy(update={"assignment": Assignment.DEPUTY})
    opened.when(deputy).then_refused(Refusal.MANAGER_INACTIVE)
    before = TAKE.model_copy(update={"effective_on": date(2018, 4, 6)})
    opened.when(before).then(EVENTS["ManagerAssigned"])
    back = HIRED.given(ILL, ReturnFromAbsence(effective_on=TODAY), by=SUPERVISOR)
    opened.beside(back).when(TAKE).then(EVENTS["ManagerAssigned"])


def test_g22_nobody_gets_a_case_who_is_not_employed_on_the_day_or_elsewhere_only() -> None:
    opened = given(*OPENED)
    ending = HIRED.given(EndEmployment(effective_on=TODAY), by=SUPERVISOR)
    opened.beside(ending).when(TAKE).then(EVENTS["ManagerAssigned"])
    tomorrow = TAKE.model_copy(update={"effective_on": TODAY + DAY})
    opened.beside(ending).when(tomorrow).then_refused(Refusal.MANAGER_INACTIVE, effective_on=TODAY + DAY)
    elsewhere = SUPERVISOR.model_copy(update={"provider": "diakonie"})
    kept = {each.replace("drk", "diakonie"): state for each, state in HIRED.others.items()}
    stranger = Story(stream_id=staff_id("im-07"), others=kept).given(HIRE, by=elsewhere)
    opened.beside(stranger).when(TAKE).then_refused(Refusal.MANAGER_INACTIVE)


def test_where_no_story_of_somebody_is_kept_their_word_is_enough() -> None:
    given(*OPENED).when(TAKE).then(EVENTS["ManagerAssigned"])


def test_who_is_responsible_on_which_day_is_known_also_for_days_to_come() -> None:
    next_month = AssignManager(manager_id="im-09", effective_on=date(2018, 5, 1))
    late = AssignManager(manager_id="im-05", effective_on=date(2018, 4, 5))
    hands = ASSIGNED.given(next_month, late, by=SUPERVISOR).case.hands
    days = [date(2018, 4, 4), date(2018, 4, 5), TODAY - DAY, TODAY, date(2018, 4, 30), date(2018, 5, 1)]
    assert [hands.manager_on(day) for day in days] == [None, "im-05", "im-05", "im-07", "im-07", "im-09"]


def test_edge_case_15_a_case_whose_manager_is_gone_is_nobodys_until_it_is_reassigned() -> None:
    ASSIGNED.when(LOSE, by=CLOCK).then(ManagerLost(manager_id="im-07", since=TODAY))
    lost = ASSIGNED.given(LOSE, by=CLOCK)
    assert lost.case.hands.manager_on(TODAY) is None
    assert lost.next_deadline() == ASSIGNED.next_deadline(), "every deadline goes on"
    lost.when(LOSE, by=CLOCK).then_nothing()
    again = lost.given(AssignManager(manager_id="im-09"), by=SUPERVISOR)
    assert again.case.hands.manager_on(TODAY) == "im-09"


def test_a_case_of_another_manager_or_a_closed_one_keeps_silent() -> None:
    reassigned = ASSIGNED.given(AssignManager(manager_id="im-09"), by=SUPERVISOR)
    reassigned.when(LOSE, by=CLOCK).then_nothing()
    reassigned.when(NameDeputy(manager_id="im-07", deputy_id="im-03", since=TODAY), by=CLOCK).then_nothing()
    closed = ASSIGNED.given(MOVED)
    closed.when(LOSE, by=CLOCK).then_nothing()
    closed.when(NameDeputy(manager_id="im-07", deputy_id="im-03", since=TODAY), by=CLOCK).then_nothing()


def test_an_assignment_that_was_planned_falls_away_with_whoever_is_gone_by_then() -> None:
    planned = AssignManager(manager_id="im-07", effective_on=date(2018, 5, 1))
    other = given(*OPENED).given(AssignManager(manager_id="im-09"), planned, by=SUPERVISOR)
    lost = other.given(LOSE, by=CLOCK).case.hands
    assert [lost.manager_on(day) for day in (TODAY, date(2018, 4, 30), date(2018, 5, 1))] == ["im-09", "im-09", None]
    back_by_then = LOSE.model_copy(update={"until": date(2018, 4, 27)})
    other.when(back_by_then, by=CLOCK).then_nothing()


def test_only_the_system_tells_a_case_of_deputies_and_losses() -> None:
    ASSIGNED.when(LOSE, by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)
    named = NameDeputy(manager_id="im-07", since=TODAY)
    ASSIGNED.when(named, by=SUPERVISOR).then_refused(Refusal.ROLE_NOT_ALLOWED)


def test_edge_case_15_a_deputy_is_named_for_the_time_of_an_absence_and_named_anew_for_the_same_one() -> None:
    name = NameDeputy(manager_id="im-07", deputy_id="im-03", since=TODAY, until=TODAY + 7 * DAY)
    named = ASSIGNED.given(name, by=CLOCK)
    named.when(name, by=CLOCK).then_nothing()
    hands = named.case.hands
    assert [len(hands.stand_ins_on(TODAY + n * DAY)) for n in (-1, 0, 7, 8)] == [0, 1, 1, 0]
    other = name.model_copy(update={"deputy_id": "im-05"})
    assert [each.deputy_id for each in named.given(other, by=CLOCK).case.hands.stand_ins] == ["im-05"]
    nobody = name.model_copy(update={"deputy_id": None})
    named.when(nobody, by=CLOCK).then(DeputyReleased(manager_id="im-07", since=TODAY))
    assert named.given(nobody, by=CLOCK).case.hands.stand_ins == ()
    ASSIGNED.when(nobody, by=CLOCK).then_nothing()


def test_not_the_deputy_where_another_is_named_and_whoever_says_so_where_nobody_is() -> None:
    draft = SUPPORTED[4].model_copy(update={"effective_on": None})
    other = DEPUTY.model_copy(update={"id": "im-05"})
    story = given(*OPENED, TAKE, SUPPORTED[3])
    assert story.when(draft, by=other).refusal is None
    named = story.given(NameDeputy(manager_id="im-07", deputy_id="im-03", since=TODAY), by=CLOCK)
    named.when(draft, by=other).then_refused(Refusal.NOT_THE_DEPUTY, command=draft.kind)
    assert named.when(draft, by=DEPUTY).refusal is None
    assert named.when(draft, by=MANAGER).refusal is None
    assigned = named.given(AssignManager(manager_id="im-05", assignment=Assignment.DEPUTY), by=SUPERVISOR)
    assert assigned.when(draft, by=other).refusal is None


def test_whoever_takes_a_case_brings_the_deputy_of_an_absence_that_is_planned() -> None:
    holidays = ILL_WITH_DEPUTY.model_copy(update={"effective_on": date(2018, 7, 2), "until": date(2018, 7, 20)})
    planned = HIRED.given(holidays, by=SUPERVISOR)
    given(*OPENED).beside(planned).when(TAKE).then(
        ManagerAssigned(manager_id="im-07", assignment=Assignment.PRIMARY),
        DeputyNamed(manager_id="im-07", deputy_id="im-03", since=date(2018, 7, 2), until=date(2018, 7, 20)),
    )


def test_a_case_that_is_reopened_has_lost_a_manager_who_left_meanwhile() -> None:
    left = HIRED.given(EndEmployment(effective_on=date(2018, 4, 30)), by=SUPERVISOR)
    closed = given(*SUPPORTED, TAKE, MOVED).beside(left)
    on = date(2018, 6, 1)
    reopened = closed.when(REOPEN, at=on, by=SUPERVISOR)
    assert reopened.events[-1] == ManagerLost(manager_id="im-07", since=on)
    stayed = closed.beside(HIRED).when(REOPEN, at=on, by=SUPERVISOR)
    assert "ManagerLost" not in [each.name for each in stayed.recorded]


def test_a_case_that_is_reopened_has_lost_a_manager_who_was_planned_and_left_meanwhile() -> None:
    left = HIRED.given(EndEmployment(effective_on=date(2018, 4, 30)), by=SUPERVISOR).until(date(2018, 5, 2))
    planned = TAKE.model_copy(update={"effective_on": date(2018, 7, 2)})
    closed = given(*SUPPORTED).beside(HIRED).given(planned).given(MOVED).beside(left)
    assert closed.given(REOPEN, at=date(2018, 6, 1), by=SUPERVISOR).case.hands.manager_on(date(2018, 7, 2)) is None


days = st.dates(date(2018, 4, 1), date(2018, 6, 30))
people = st.sampled_from(["im-07", "im-09", "im-03"])
DAYS = [date(2018, 4, 1) + n * DAY for n in range(120)]
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("assigned"), people, days, st.none()),
        st.tuples(st.just("lost"), people, days, st.none() | st.integers(0, 30)),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@whatever(happenings)
def test_on_any_day_exactly_one_person_is_responsible_or_nobody(
    happened: list[tuple[str, str, date, int | None]],
) -> None:
    """Whatever happens, in whatever order it is handed in: there is one entry a day, and only the days that are spoken of change."""
    hands = Hands()
    for what, who, on, length in happened:
        before = {day: hands.manager_on(day) for day in DAYS}
        until = None if length is None else on + length * DAY
        entries = {each.since for each in hands.managers}
        hands = hands.assigned(who, on) if what == "assigned" else hands.lost(who, on, until)
        after = {day: hands.manager_on(day) for day in DAYS}
        assert [each.since for each in hands.managers] == sorted({each.since for each in hands.managers})
        if what == "lost":
            assert not hands.responsible_between(who, on, until)
            assert {day for day in DAYS if before[day] != after[day]} <= {
                day for day in DAYS if day >= on and before[day] == who
            }
        else:
            following = min((day for day in entries if day > on), default=date.max)
            assert all(after[day] == (who if on <= day < following else before[day]) for day in DAYS)


def test_an_assignment_that_is_entered_late_hears_what_the_other_cases_were_told_meanwhile() -> None:
    left = HIRED.given(EndEmployment(effective_on=date(2018, 4, 30)), by=SUPERVISOR).until(date(2018, 6, 1))
    late = AssignManager(manager_id="im-07", effective_on=date(2018, 4, 20))
    gone = ManagerLost(manager_id="im-07", since=date(2018, 5, 1))
    opened = given(*OPENED).beside(left)
    opened.when(late, by=SUPERVISOR, at=date(2018, 6, 1)).then(EVENTS["ManagerAssigned"], gone)
    taken_over = opened.given(AssignManager(manager_id="im-09", effective_on=date(2018, 4, 27)), by=SUPERVISOR)
    taken_over.when(late, by=SUPERVISOR, at=date(2018, 6, 1)).then(EVENTS["ManagerAssigned"])
