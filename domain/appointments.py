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
        raise Refused(Refusal.APPOINTMENT_TIME, asked=_text(local), proposal=_text(wall))
    if local < start_of(occasion.today):
        raise Refused(Refusal.DATE_ORDER, first=occasion.today, then=local.date())
    return datetime.fromisoformat(local.isoformat())


def _text(local: datetime) -> str:
    return local.replace(tzinfo=None).isoformat(timespec="minutes")
