"""Examples of what goes on while support lasts: reviews of the plan, extension, suspension."""

from datetime import date, datetime

from domain import extension, reviews, suspension
from domain.plan import Need
from domain.story import Command, Event
from domain.vocabulary import FieldOfAction, GoalStatus, Intensity, Reason, ReviewDecision

DAY = date(2018, 4, 12)
DUE = date(2018, 7, 12)

SCHEDULE_REVIEW = reviews.ScheduleReview(planned_for=datetime.fromisoformat("2018-07-10T14:30"))
START_REVIEW = reviews.StartReview()
COMPLETE_REVIEW = reviews.CompleteReview(
    goals=(reviews.GoalFound(goal=1, status=GoalStatus.ON_TRACK),),
    needs=(Need(field=FieldOfAction.LANGUAGE, need=2, resource="Speaks up in the course by now"),),
    independence=2,
    decision=ReviewDecision.CONTINUE,
    client_agreed=True,
    written_copy="File 12, folder B",
    language_of_copy="ar",
)
POSTPONE_REVIEW = reviews.PostponeReview(new_due_on=date(2018, 8, 9), reason=Reason.ILLNESS)
CANCEL_REVIEW = reviews.CancelReview(reason=Reason.CLIENT_ABSENT)
PROPOSE_EXTENSION = extension.ProposeExtension(
    new_end=date(2027, 6, 30), justification="Her apprenticeship ends in summer of that year"
)
EXTEND = extension.ExtendSupport()
REJECT_EXTENSION = extension.RejectExtension(reason=Reason.CIRCUMSTANCES_CHANGED)
SUSPEND = suspension.Suspend(
    expected_until=date(2018, 6, 30), reason=Reason.ILLNESS, reason_text="In a clinic by the sea until summer"
)
RESUME = suspension.Resume()

COMMANDS: tuple[Command, ...] = (
    SCHEDULE_REVIEW,
    START_REVIEW,
    COMPLETE_REVIEW,
    POSTPONE_REVIEW,
    CANCEL_REVIEW,
    PROPOSE_EXTENSION,
    EXTEND,
    REJECT_EXTENSION,
    SUSPEND,
    RESUME,
)

REVIEW_COMPLETED = reviews.ReviewCompleted(
    review=1,
    plan_version=1,
    held_on=DAY,
    due_on=DUE,
    days_late=0,
    goals=COMPLETE_REVIEW.goals,
    needs=COMPLETE_REVIEW.needs,
    independence=2,
    decision=ReviewDecision.CONTINUE,
    intensity=Intensity.MEDIUM,
    next_review_due=DUE,
)
PLAN_REVISED = reviews.PlanRevised(
    plan_version=2,
    review=1,
    agreed_on=DAY,
    client_agreed=True,
    written_copy="File 12, folder B",
    language_of_copy="ar",
)

EVENTS: tuple[Event, ...] = (
    reviews.ReviewScheduled(review=1, due_on=DUE, planned_for=datetime.fromisoformat("2018-07-10T14:30+02:00")),
    reviews.ReviewStarted(review=1, plan_version=1, started_on=DAY),
    REVIEW_COMPLETED,
    PLAN_REVISED,
    reviews.ReviewPostponed(due_on=DUE, new_due_on=date(2018, 8, 9), in_a_row=1),
    reviews.ReviewCancelled(review=1),
    extension.ExtensionProposed(
        new_end=date(2027, 6, 30), justification="Her apprenticeship ends in summer of that year", proposed_by="im-07"
    ),
    extension.SupportExtended(new_end=date(2027, 6, 30), proposed_by="im-07", approved_by="sv-01"),
    extension.ExtensionRejected(new_end=date(2027, 6, 30)),
    suspension.CaseSuspended(since=DAY, expected_until=date(2018, 6, 30), clock_stops=True),
    suspension.CaseResumed(resumed_on=DAY, days_stopped=0),
)
