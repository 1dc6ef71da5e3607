"""What a row of the caseload keeps of support day by day: contacts, obstacles, referrals."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.case import Case, Obstacle, Referral
from domain.vocabulary import ReferralState, Severity


def kept(case: Case) -> dict[str, Any]:
    """The columns of a row. What is over is not kept: no later event touches it."""
    obstacles = {number: obstacle.severity for number, obstacle in case.obstacles.items() if obstacle.open}
    referrals = {number: referral.state for number, referral in case.referrals.items() if referral.open}
    severities = list(obstacles.values())
    return {
        "last_contact_on": case.last_contact_on,
        "missed_contacts": tuple(day.isoformat() for day in case.missed_contacts),
        "no_shows_in_a_row": len(case.missed_contacts),
        "open_obstacles": tuple(f"{number}:{severity.value}" for number, severity in obstacles.items()),
        "obstacles_high": severities.count(Severity.HIGH),
        "obstacles_medium": severities.count(Severity.MEDIUM),
        "obstacles_low": severities.count(Severity.LOW),
        "open_referrals": tuple(f"{number}:{state.value}" for number, state in referrals.items()),
        "referrals_awaited": len(referrals),
    }


def days(missed: Sequence[str]) -> list[date]:
    return [date.fromisoformat(day) for day in missed]


def obstacles(open_: Sequence[str]) -> dict[int, Obstacle]:
    """Of `number:severity`."""
    return {int(number): Obstacle(Severity(severity)) for number, severity in (each.split(":") for each in open_)}


def referrals(open_: Sequence[str]) -> dict[int, Referral]:
    """Of `number:state`. Since when, and on what consent, no event asks."""
    return {
        int(number): Referral(ReferralState(state), date.min, on_consent=False)
        for number, state in (each.split(":") for each in open_)
    }
