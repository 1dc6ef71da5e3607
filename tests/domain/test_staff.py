"""Staff: posts, absences with and without a deputy, the end of an employment; and what units and cases hear of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.absence import AbsenceEnded, AbsenceRecorded, RecordAbsence, ReturnFromAbsence
from domain.employment import ChangeFte, EmploymentEnded, EndEmployment, FteChanged, HireManager
from domain.envelopes import staff_id, unit_id
from domain.refusals import Refusal
from domain.staff_clock import AbsenceReminded, CasesLeft
from domain.story import State
from tests.examples import DEPUTY, MANAGER, SUPERVISOR
from tests.examples_staff import AWAY, FIRST_DAY, HALF, HIRE, ILL, ILL_WITH_DEPUTY, QUARTER
from tests.scenario import Answer, Story

KEPT = {unit_id(place, "drk"): State(version=1) for place in ("ravensburg", "weingarten", "aulendorf")}
NOBODY = Story(stream_id=staff_id("im-07"), others=KEPT)
HIRED = NOBODY.given(HIRE, by=SUPERVISOR)
REMIND_ON, REASSIGN_ON = date(2018, 4, 13), date(2018, 5, 23)
DAY = timedelta(days=1)


def shares(*posts: tuple[date, str]) -> dict[str, str]:
    return {day.isoformat(): share for day, share in posts}


def handed(answer: Answer, story: Story) -> list[dict[str, Any]]:
    """The commands that other streams get, as what is recorded now tells it."""
    after = replace(story, recorded=(*story.recorded, *answer.recorded))
    told = [each for each in after.follow_ups() if each.kind == "hand_over"]
    new = {f"{each.stream_id}:{each.version}:" for each in answer.recorded}
    return [
        {
            "to": each.about["submitted"]["stream_id"] or each.about["cases_naming"]["value"],
            **each.about["submitted"]["command"],
        }
        for each in told
        if any(cause in each.id for cause in new)
    ]


def test_somebody_is_hired_with_posts_in_several_units_and_each_unit_counts_its_own() -> None:
    answer = NOBODY.when(HIRE, by=SUPERVISOR)
    half = {"kind": "CountPost", "manager_id": "im-07", "shares": shares((FIRST_DAY, "0.50"))}
    assert handed(answer, NOBODY) == [{"to": unit_id(place, "drk"), **half} for place in ("ravensburg", "weingarten")]
    assert HIRED.state.active_on(FIRST_DAY)
    assert not HIRED.state.active_on(FIRST_DAY - DAY)


def test_only_supervisors_of_the_provider_keep_its_staff() -> None:
    NOBODY.when(HIRE).then_refused(Refusal.ROLE_NOT_ALLOWED)
    HIRED.when(ILL, by=DEPUTY).then_refused(Refusal.ROLE_NOT_ALLOWED)
    elsewhere = SUPERVISOR.model_copy(update={"provider": "diakonie"})
    HIRED.when(ILL, by=elsewhere).then_refused(Refusal.CROSS_PROVIDER)
    NOBODY.when(ILL, by=SUPERVISOR).then_refused(Refusal.STAFF_UNKNOWN)


def test_no_free_text_is_kept_about_staff() -> None:
    told = ILL.model_copy(update={"reason_text": "In a clinic"})
    HIRED.when(told, by=SUPERVISOR).then_refused(Refusal.NO_FREE_TEXT, command="RecordAbsence")
    assert set(AbsenceRecorded.model_fields) == {"absence", "since", "until", "deputy", "remind_on", "reassign_on"}


def test_a_post_is_one_in_a_unit_that_is_kept() -> None:
    nowhere = replace(NOBODY, others={})
    nowhere.when(HIRE, by=SUPERVISOR).then_refused(Refusal.UNIT_UNKNOWN, municipality="ravensburg")
    new = ChangeFte(municipality="bodnegg", share=QUARTER)
    HIRED.when(new, by=SUPERVISOR).then_refused(Refusal.UNIT_UNKNOWN, municipality="bodnegg")


@pytest.mark.parametrize("posts", [{"ravensburg": "0.60", "weingarten": "0.41"}, {"ravensburg": "1.01"}])
def test_g21_nobody_is_hired_for_more_than_a_whole_post(posts: dict[str, str]) -> None:
    HireManager.model_validate({**HIRE.model_dump(), "posts": {"ravensburg": "0.60", "weingarten": "0.40"}})
    asked = HireManager.model_validate({**HIRE.model_dump(), "posts": posts})
    total = sum(map(Decimal, posts.values()))
    NOBODY.when(asked, by=SUPERVISOR).then_refused(Refusal.FTE_RANGE, since=FIRST_DAY, total=str(total))


@pytest.mark.parametrize("share", ["0", "-0.20"])
def test_g21_a_post_is_more_than_nothing(share: str) -> None:
    asked = HireManager.model_validate({**HIRE.model_dump(), "posts": {"ravensburg": "0.50", "weingarten": share}})
    NOBODY.when(asked, by=SUPERVISOR).then_refused(Refusal.FTE_RANGE)
    less = ChangeFte(municipality="weingarten", share=Decimal("-0.10"))
    HIRED.when(less, by=SUPERVISOR).then_refused(Refusal.FTE_RANGE)


def test_g21_the_sum_counts_on_every_day_past_and_planned() -> None:
    autumn, summer = date(2018, 10, 1), date(2018, 7, 1)
    more = ChangeFte(effective_on=autumn, municipality="weingarten", share=Decimal("0.75"))
    HIRED.when(more, by=SUPERVISOR).then_refused(Refusal.FTE_RANGE, since=autumn, total="1.25")
    less = HIRED.given(ChangeFte(effective_on=autumn, municipality="ravensburg", share=QUARTER), by=SUPERVISOR)
    less.when(more, by=SUPERVISOR).then(FteChanged(municipality="weingarten", share=Decimal("0.75")))
    too_early = more.model_copy(update={"effective_on": summer})
    less.when(too_early, by=SUPERVISOR).then_refused(Refusal.FTE_RANGE, since=summer)
    later = less.given(more, by=SUPERVISOR)
    back = ChangeFte(effective_on=date(2018, 9, 1), municipality="ravensburg", share=HALF)
    later.when(back, by=SUPERVISOR).then_refused(Refusal.FTE_RANGE, since=autumn, total="1.25")


def test_g21_whoever_leaves_one_unit_keeps_the_other_and_the_last_post_is_not_left_but_ended() -> None:
    leave = ChangeFte(municipality="weingarten", share=Decimal(0))
    left = HIRED.given(leave, by=SUPERVISOR)
    last = ChangeFte(municipality="ravensburg", share=Decimal(0))
    left.when(last, by=SUPERVISOR).then_refused(Refusal.FTE_RANGE, total="0")


def test_edge_case_16_a_smaller_post_counts_from_its_day_on() -> None:
    cut = ChangeFte(effective_on=date(2019, 1, 1), municipality="ravensburg", share=QUARTER)
    (told,) = handed(HIRED.when(cut, by=SUPERVISOR), HIRED)
    assert told["to"] == unit_id("ravensburg", "drk")
    assert told["shares"] == shares((FIRST_DAY, "0.50"), (date(2019, 1, 1), "0.25"))


def test_an_absence_says_from_when_and_until_when_and_reckons_in_working_days() -> None:
    """9 April 2018 is a Monday; 1 May, Ascension (10 May) and Whit Monday (21 May) are holidays."""
    HIRED.when(ILL, by=SUPERVISOR).then(
        AbsenceRecorded(absence=2, since=AWAY, remind_on=REMIND_ON, reassign_on=REASSIGN_ON)
    )
    away = HIRED.given(ILL.model_copy(update={"until": date(2018, 4, 20)}), by=SUPERVISOR)
    assert [away.state.active_on(AWAY + n * DAY) for n in (-1, 0, 11, 12)] == [True, False, False, True]
    backwards = ILL.model_copy(update={"until": AWAY - DAY})
    HIRED.when(backwards, by=SUPERVISOR).then_refused(Refusal.DATE_ORDER, first=AWAY, then=AWAY - DAY)


def test_the_same_first_day_again_makes_an_absence_longer_or_names_a_deputy_and_another_day_does_not() -> None:
    away = HIRED.given(ILL, by=SUPERVISOR)
    away.when(ILL, by=SUPERVISOR).then_nothing()
    named = away.when(ILL_WITH_DEPUTY, by=SUPERVISOR)
    assert [event.deputy for event in named.events if isinstance(event, AbsenceRecorded)] == ["im-03"]
    tomorrow = RecordAbsence(effective_on=AWAY + DAY)
    away.when(tomorrow, by=SUPERVISOR).then_refused(Refusal.ALREADY_ABSENT, since=AWAY)


def test_a_return_ends_an_absence_and_nobody_returns_who_was_not_away() -> None:
    away = HIRED.given(ILL, by=SUPERVISOR)
    back = ReturnFromAbsence(effective_on=date(2018, 4, 12))
    away.when(back, by=SUPERVISOR).then(AbsenceEnded(absence=2, since=AWAY, back_on=date(2018, 4, 12)))
    returned = away.given(back, by=SUPERVISOR)
    assert [returned.state.active_on(day) for day in (date(2018, 4, 11), date(2018, 4, 12))] == [False, True]
    HIRED.when(back, by=SUPERVISOR).then_refused(Refusal.NOT_ABSENT, effective_on=date(2018, 4, 12))
    assert not returned.when_time_passes(date(2019, 1, 1)).events


def test_edge_case_15_a_deputy_stands_in_for_the_time_of_the_absence_and_the_cases_hear_of_it() -> None:
    answer = HIRED.when(ILL_WITH_DEPUTY.model_copy(update={"until": date(2018, 4, 20)}), by=SUPERVISOR)
    (named,) = handed(answer, HIRED)
    assert named == {
        "to": "im-07",
        "kind": "NameDeputy",
        "effective_on": "2018-04-09",
        "manager_id": "im-07",
        "deputy_id": "im-03",
        "since": "2018-04-09",
        "until": "2018-04-20",
    }
    away = HIRED.given(ILL_WITH_DEPUTY, by=SUPERVISOR)
    back = away.when(ReturnFromAbsence(effective_on=date(2018, 4, 12)), by=SUPERVISOR)
    assert [each["until"] for each in handed(back, away)] == ["2018-04-11"]


def test_edge_case_15_five_working_days_without_a_deputy_remind_the_supervisor_once() -> None:
    away = HIRED.given(ILL, by=SUPERVISOR)
    coming = away.next_deadline()
    assert coming is not None
    assert (coming.kind, coming.stage, coming.due_on) == ("ABSENCE", "REMINDED", REMIND_ON)
    until = REASSIGN_ON
    reminded = away.until(until)
    assert [each.event for each in reminded.recorded[2:]] == [AbsenceReminded(absence=2, since=AWAY)]
    (notice,) = [each for each in reminded.follow_ups() if each.kind == "notice"]
    assert notice.about == {"event": "AbsenceReminded", "manager_id": "im-07", "since": "2018-04-09"}
    assert not HIRED.given(ILL_WITH_DEPUTY, by=SUPERVISOR).when_time_passes(until).events
    short = HIRED.given(ILL.model_copy(update={"until": REMIND_ON}), by=SUPERVISOR)
    assert not short.when_time_passes(until).events


def test_edge_case_15_more_than_thirty_working_days_and_the_cases_lose_their_manager() -> None:
    away = HIRED.given(ILL_WITH_DEPUTY, by=SUPERVISOR)
    assert not away.when_time_passes(REASSIGN_ON).events, "the thirtieth working day is over at its midnight"
    left = away.when_time_passes(REASSIGN_ON + DAY)
    left.then(CasesLeft(absence=2, since=REASSIGN_ON + DAY))
    lost, *counted = handed(left, away)
    assert (lost["kind"], lost["manager_id"], lost["since"]) == ("LoseManager", "im-07", "2018-05-24")
    none = shares((FIRST_DAY, "0.50"), (REASSIGN_ON + DAY, "0"))
    assert [each["shares"] for each in counted] == [none, none]


def test_edge_case_15_after_the_return_the_post_counts_again() -> None:
    away = HIRED.given(ILL_WITH_DEPUTY, by=SUPERVISOR).until(REASSIGN_ON + 30 * DAY)
    back = away.when(ReturnFromAbsence(), by=SUPERVISOR)
    on = REASSIGN_ON + 30 * DAY
    counted = [each["shares"] for each in handed(back, away) if each["kind"] == "CountPost"]
    assert counted == [shares((FIRST_DAY, "0.50"), (REASSIGN_ON + DAY, "0"), (on, "0.50"))] * 2
    returned = away.given(ReturnFromAbsence(), by=SUPERVISOR)
    assert returned.state.active_on(on)
    assert not returned.when_time_passes(on + 400 * DAY).events


def test_an_absence_whose_end_is_known_counts_again_from_there() -> None:
    until = date(2018, 8, 31)
    answer = HIRED.given(ILL_WITH_DEPUTY.model_copy(update={"until": until}), by=SUPERVISOR)
    left = answer.when_time_passes(date(2018, 6, 1))
    left.then(CasesLeft(absence=2, since=REASSIGN_ON + DAY, until=until))
    counted = [each["shares"] for each in handed(left, answer) if each["kind"] == "CountPost"]
    assert counted[0] == shares((FIRST_DAY, "0.50"), (REASSIGN_ON + DAY, "0"), (until + DAY, "0.50"))


def test_edge_case_15_the_end_of_an_employment_counts_at_once_and_reaches_the_cases_on_its_day() -> None:
    end = EndEmployment(effective_on=date(2018, 6, 30))
    answer = HIRED.when(end, by=SUPERVISOR)
    answer.then(EmploymentEnded(last_day=date(2018, 6, 30)))
    none = shares((FIRST_DAY, "0.50"), (date(2018, 7, 1), "0"))
    assert [each["shares"] for each in handed(answer, HIRED)] == [none, none]
    ending = HIRED.given(end, by=SUPERVISOR)
    assert not ending.when_time_passes(date(2018, 6, 30)).events
    left = ending.when_time_passes(date(2018, 7, 1))
    left.then(CasesLeft(since=date(2018, 7, 1)))
    assert [each["kind"] for each in handed(left, ending)] == ["LoseManager"]
    assert [ending.state.active_on(day) for day in (date(2018, 6, 30), date(2018, 7, 1))] == [True, False]


def test_an_end_may_be_moved_until_it_is_over() -> None:
    ending = HIRED.given(EndEmployment(effective_on=date(2018, 6, 30)), by=SUPERVISOR)
    later = EndEmployment(effective_on=date(2018, 9, 30))
    moved = ending.given(later, by=SUPERVISOR)
    moved.when(later, by=SUPERVISOR).then_nothing()
    assert not moved.when_time_passes(date(2018, 9, 1)).events
    over = moved.until(date(2018, 10, 2))
    over.when(EndEmployment(), by=SUPERVISOR).then_refused(Refusal.NOT_EMPLOYED)
    change = ChangeFte(municipality="ravensburg", share=QUARTER)
    over.when(change, by=SUPERVISOR).then_refused(Refusal.NOT_EMPLOYED, effective_on=date(2018, 10, 2))
    over.when(RecordAbsence(), by=SUPERVISOR).then_refused(Refusal.NOT_EMPLOYED)


def test_whoever_left_may_come_again_with_other_posts() -> None:
    over = HIRED.given(EndEmployment(effective_on=date(2018, 6, 30)), by=SUPERVISOR)
    HIRED.when(HIRE, by=SUPERVISOR).then_refused(Refusal.ALREADY_EMPLOYED, since=FIRST_DAY)
    again = HIRE.model_copy(update={"effective_on": date(2018, 10, 1), "posts": {"aulendorf": HALF}})
    early = again.model_copy(update={"effective_on": date(2018, 6, 30)})
    over.when(early, by=SUPERVISOR).then_refused(Refusal.ALREADY_EMPLOYED)
    back = over.given(again, by=SUPERVISOR)
    on = date(2018, 10, 1)
    assert {place: back.state.share_on(place, on) for place in back.state.posts} == {
        "ravensburg": Decimal(0),
        "weingarten": Decimal(0),
        "aulendorf": HALF,
    }
    back.when_time_passes(date(2018, 12, 1)).then(CasesLeft(since=date(2018, 7, 1)))


def test_whoever_goes_on_without_a_break_keeps_the_cases() -> None:
    over = HIRED.given(EndEmployment(effective_on=date(2018, 6, 30)), by=SUPERVISOR)
    again = HIRE.model_copy(update={"effective_on": date(2018, 7, 1)})
    assert not over.given(again, by=SUPERVISOR).when_time_passes(date(2018, 12, 1)).events


def test_g22_nobody_stands_in_who_is_away_or_for_themselves() -> None:
    deputy = Story(stream_id=staff_id("im-03"), others=KEPT)
    hired = deputy.given(HIRE.model_copy(update={"manager_id": "im-03"}), by=SUPERVISOR)
    HIRED.beside(hired).when(ILL_WITH_DEPUTY, by=SUPERVISOR).then(
        AbsenceRecorded(absence=2, since=AWAY, deputy="im-03", remind_on=REMIND_ON, reassign_on=REASSIGN_ON)
    )
    away = hired.given(ILL, by=SUPERVISOR)
    refused = HIRED.beside(away).when(ILL_WITH_DEPUTY, by=SUPERVISOR)
    refused.then_refused(Refusal.MANAGER_INACTIVE, manager_id="im-03", effective_on=AWAY)
    themselves = ILL.model_copy(update={"deputy": MANAGER.id})
    HIRED.when(themselves, by=SUPERVISOR).then_refused(Refusal.MANAGER_INACTIVE, manager_id="im-07")


def test_the_clock_that_was_down_brings_what_was_due_in_order() -> None:
    late = HIRED.given(ILL, by=SUPERVISOR, at=date(2018, 9, 1))
    events = late.when_time_passes(date(2018, 9, 1)).events
    assert events == [AbsenceReminded(absence=2, since=AWAY), CasesLeft(absence=2, since=REASSIGN_ON + DAY)]


def test_an_absence_that_is_made_longer_after_the_reassignment_takes_what_was_planned_for_the_return() -> None:
    until, later = date(2018, 8, 31), date(2018, 10, 31)
    away = HIRED.given(ILL_WITH_DEPUTY.model_copy(update={"until": until}), by=SUPERVISOR).until(date(2018, 8, 1))
    told = handed(away.when(ILL_WITH_DEPUTY.model_copy(update={"until": later}), by=SUPERVISOR), away)
    assert [each["kind"] for each in told] == ["LoseManager", "NameDeputy", "CountPost", "CountPost"]
    assert (told[0]["since"], told[0]["until"]) == ("2018-05-24", "2018-10-31")
    assert told[2]["shares"] == shares((FIRST_DAY, "0.50"), (REASSIGN_ON + DAY, "0"), (later + DAY, "0.50"))
