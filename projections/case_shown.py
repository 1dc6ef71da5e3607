"""What a row of the caseload shows that no rule asks for."""

from datetime import date
from typing import TYPE_CHECKING, Any

from domain import birth_date, corrections, eligibility, goals, intake, reopening, responsibility, reviews, transfer
from domain.deadlines import local_day
from domain.envelopes import Recorded
from domain.vocabulary import Assignment, GoalStatus

if TYPE_CHECKING:
    from projections.case_standing import CaseloadRow


def shown(row: "CaseloadRow", recorded: Recorded) -> dict[str, Any]:
    """Of two statements about one thing that of the later day stands, whichever was handed in first."""
    event, on = recorded.event, recorded.effective_on
    match event:
        case eligibility.EligibilityConfirmed():
            return {"eligible": True, "basis": event.basis, "refused_grounds": ()}
        case eligibility.EligibilityRefused():
            return {"eligible": False, "basis": event.basis, "refused_grounds": event.grounds}
        case intake.CaseOpened():
            return {
                "municipality": event.municipality,
                "opened_on": local_day(recorded.recorded_at),
            }
        case responsibility.ManagerAssigned(assignment=Assignment.PRIMARY) if _is_news(row.manager_since, on):
            return {"manager_id": event.manager_id, "manager_since": on}
        case responsibility.ManagerAssigned(assignment=Assignment.DEPUTY) if _is_news(row.deputy_since, on):
            return {"deputy_id": event.manager_id, "deputy_since": on, "deputy_until": None}
        case responsibility.ManagerLost(manager_id=row.manager_id):
            return {"manager_id": None, "manager_since": event.since}
        case responsibility.DeputyReleased(since=row.deputy_since):
            return {"deputy_id": None, "deputy_until": None}
        case responsibility.DeputyNamed() if _is_news(row.deputy_since, event.since):
            return {"deputy_id": event.deputy_id, "deputy_since": event.since, "deputy_until": event.until}
        case transfer.TransferAccepted():
            nobody = {"manager_id": None, "manager_since": on, "deputy_id": None, "deputy_since": None}
            return {"provider": event.provider, "municipality": event.municipality, "deputy_until": None, **nobody}
        case intake.IntakeCompleted():
            return {"first_contact_on": event.first_contact_on}
        case birth_date.BirthDateCorrected():
            return {"birth_date": event.birth_date}
        case corrections.FactDisputed():
            return {"disputed_facts": row.disputed_facts + 1}
        case corrections.DisputeResolved():
            return {"disputed_facts": row.disputed_facts - 1}
        case reopening.CaseReopened():
            return {"reopened_on": on}
        case goals.GoalAchieved():
            return {"goals_achieved": row.goals_achieved + 1}
        case reviews.ReviewScheduled():
            return {"review_planned_for": event.planned_for}
        case reviews.ReviewCancelled():
            return {"review_planned_for": None}
        case reviews.ReviewCompleted():
            achieved = sum(found.status is GoalStatus.ACHIEVED for found in event.goals)
            return {"review_planned_for": None, "goals_achieved": row.goals_achieved + achieved}
    return {}


def _is_news(known_of: date | None, on: date) -> bool:
    return known_of is None or on >= known_of
