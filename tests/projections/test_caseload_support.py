"""What the caseload tells of support day by day: contacts, obstacles, referrals, and the end."""

from datetime import date, timedelta

from domain.referrals import RecordReferralOutcome
from domain.support import ResolveObstacle
from domain.vocabulary import Phase, ReferralOutcome
from projections.case_standing import CaseloadRow
from projections.caseload import CASELOAD
from projections.read_model import retell
from tests.examples import MET, OPENED, SUPPORTED, TODAY
from tests.examples_support import CONTACT, DIED, ILLNESS, NO_SHOW, OBSTACLE, REFER, SHARE
from tests.scenario import Story


def row(story: Story) -> CaseloadRow:
    (only,) = retell(CASELOAD, story.recorded).values()
    return only


def test_the_last_contact_is_that_of_the_latest_day() -> None:
    assert row(Story().given(*OPENED)).last_contact_on is None
    assert row(Story().given(*MET)).last_contact_on == date(2018, 4, 10)
    earlier = CONTACT.model_copy(update={"effective_on": date(2018, 4, 5)})
    assert row(Story().given(*MET, CONTACT, earlier)).last_contact_on == TODAY
    assert row(Story().given(*OPENED, CONTACT, MET[-1])).last_contact_on == TODAY


def test_no_shows_in_a_row_are_counted_until_somebody_comes() -> None:
    story = Story().given(*SUPPORTED, NO_SHOW, NO_SHOW)
    assert row(story).no_shows_in_a_row == 2
    tomorrow = TODAY + timedelta(days=1)
    assert row(story.given(CONTACT, at=tomorrow)).no_shows_in_a_row == 0
    assert row(story.given(CONTACT, NO_SHOW.model_copy(), at=tomorrow)).no_shows_in_a_row == 0
    assert row(story.given(CONTACT).given(NO_SHOW, at=tomorrow)).no_shows_in_a_row == 1


def test_open_obstacles_are_counted_by_severity() -> None:
    story = Story().given(*SUPPORTED, OBSTACLE, ILLNESS, OBSTACLE)
    told = row(story)
    assert (told.obstacles_high, told.obstacles_medium, told.obstacles_low) == (2, 1, 0)
    assert told.open_obstacles == ("1:HIGH", "2:MED", "3:HIGH")
    told = row(story.given(ResolveObstacle(obstacle=1)))
    assert (told.obstacles_high, told.open_obstacles) == (1, ("2:MED", "3:HIGH"))


def test_referrals_are_awaited_until_they_are_over() -> None:
    story = Story().given(*SUPPORTED, SHARE, REFER, REFER)
    assert (row(story).referrals_awaited, row(story).open_referrals) == (2, ("1:MADE", "2:MADE"))
    waiting = story.given(RecordReferralOutcome(referral=2, outcome=ReferralOutcome.WAITING))
    assert row(waiting).open_referrals == ("1:MADE", "2:WAITING")
    declined = waiting.given(RecordReferralOutcome(referral=1, outcome=ReferralOutcome.DECLINED))
    assert (row(declined).referrals_awaited, row(declined).open_referrals) == (1, ("2:WAITING",))


def test_with_a_death_nothing_is_awaited_and_nothing_is_due() -> None:
    told = row(Story().given(*MET, SHARE).given(DIED))
    assert (told.phase, told.referrals_awaited, told.next_due_kind, told.late_since) == (Phase.CLOSED, 0, None, None)
