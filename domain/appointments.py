"""Appointments: a wall clock's time in Berlin, which the change of the clocks may leave out or strike twice."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.deadlines import LOCAL, start_of
from domain.refusals import Refusal, Refused
from domain.story import Occasion

Appointment = Annotated[datetime, Field(description="local time in Berlin, or a time with its offset from UTC")]


def check_appointment(asked: datetime, occasion: Occasion) -> datetime:
    """The instant with its offset. An hour that is struck twice is the first, unless the offset says otherwise."""
    local = asked.replace(tzinfo=LOCAL) if asked.tzinfo is None else asked.astimezone(LOCAL)
    wall = datetime.fromtimestamp(local.timestamp(), LOCAL)
    if wall.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(
            Refusal.APPOINTMENT_TIME, asked_on=local.date(), asked_at=local.strftime("%H:%M"), proposal=_plain(wall)
        )
    if local < start_of(occasion.today):
        raise Refused(Refusal.DATE_ORDER, first=occasion.today, then=local.date())
    return _plain(local)


def _plain(local: datetime) -> datetime:
    """With its offset alone, as it is stored."""
    return datetime.fromisoformat(local.isoformat())
