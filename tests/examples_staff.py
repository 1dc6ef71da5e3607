"""Examples about staff and the programme's numbers: im-07 has two half posts, is away for a while, and leaves."""

from datetime import date
from decimal import Decimal

from domain import absence, employment, policy_story, posts, responsibility, staff_clock
from domain.policy import Parameters
from domain.story import Command, Event
from domain.vocabulary import Reason, StaffQualification

HALF, QUARTER = Decimal("0.50"), Decimal("0.25")
FIRST_DAY = date(2018, 4, 3)
AWAY = date(2018, 4, 9)

HIRE = employment.HireManager(
    effective_on=FIRST_DAY,
    manager_id="im-07",
    qualification=StaffQualification.DEGREE,
    posts={"ravensburg": HALF, "weingarten": HALF},
)
ILL = absence.RecordAbsence(effective_on=AWAY)
ILL_WITH_DEPUTY = absence.RecordAbsence(effective_on=AWAY, deputy="im-03")
PUBLISH = policy_story.PublishPolicy(
    version="2027",
    valid_from=date(2027, 1, 1),
    parameters=Parameters(support_months=30, support_months_at_most=42),
)

COMMANDS: tuple[Command, ...] = (
    HIRE,
    employment.ChangeFte(municipality="weingarten", share=QUARTER),
    ILL_WITH_DEPUTY,
    absence.ReturnFromAbsence(),
    employment.EndEmployment(),
    staff_clock.RemindOfAbsence(absence=2),
    staff_clock.LeaveCases(absence=2, last_day=date(2018, 5, 23)),
    posts.CountPost(manager_id="im-07", shares={FIRST_DAY: HALF}),
    responsibility.NameDeputy(manager_id="im-07", deputy_id="im-03", since=AWAY),
    responsibility.LoseManager(manager_id="im-07", since=date(2018, 4, 12)),
    PUBLISH,
    policy_story.MoveToPolicy(version="2023", reason=Reason.CIRCUMSTANCES_CHANGED),
)

EVENTS: tuple[Event, ...] = (
    employment.ManagerHired(
        manager_id="im-07",
        provider="drk",
        qualification=StaffQualification.DEGREE,
        posts={"ravensburg": HALF, "weingarten": HALF},
    ),
    employment.FteChanged(municipality="weingarten", share=QUARTER),
    absence.AbsenceRecorded(
        absence=2, since=AWAY, deputy="im-03", remind_on=date(2018, 4, 13), reassign_on=date(2018, 5, 23)
    ),
    absence.AbsenceEnded(absence=2, since=AWAY, back_on=date(2018, 4, 12)),
    employment.EmploymentEnded(last_day=date(2018, 4, 12)),
    staff_clock.AbsenceReminded(absence=2, since=AWAY),
    staff_clock.CasesLeft(absence=2, since=date(2018, 5, 24)),
    posts.PostCounted(manager_id="im-07", shares={FIRST_DAY: HALF}),
    responsibility.DeputyNamed(manager_id="im-07", deputy_id="im-03", since=AWAY),
    responsibility.DeputyReleased(manager_id="im-07", since=AWAY),
    responsibility.ManagerLost(manager_id="im-07", since=date(2018, 4, 12)),
    policy_story.PolicyPublished(version="2027", valid_from=date(2027, 1, 1), parameters=PUBLISH.parameters),
    policy_story.PolicyMoved(
        policy="2023",
        support_end=date(2021, 4, 2),
        previous_policy="2017",
        previous_support_end=date(2020, 4, 2),
    ),
)
