"""The part of the full list that is about the house: staff and the programme's policy. The whole list is `domain.catalogue`."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain import absence, employment, policy_story, posts, staff_clock
from domain.envelopes import POLICY_STREAM, STAFF_PREFIX
from domain.story import Command, Event

COMMANDS: tuple[type[Command], ...] = (
    employment.HireManager,
    employment.ChangeFte,
    absence.RecordAbsence,
    absence.ReturnFromAbsence,
    employment.EndEmployment,
    staff_clock.RemindOfAbsence,
    staff_clock.LeaveCases,
    posts.CountPost,
    policy_story.PublishPolicy,
)

EVENTS: tuple[type[Event], ...] = (
    employment.ManagerHired,
    employment.FteChanged,
    absence.AbsenceRecorded,
    absence.AbsenceEnded,
    employment.EmploymentEnded,
    staff_clock.AbsenceReminded,
    staff_clock.CasesLeft,
    posts.PostCounted,
    policy_story.PolicyPublished,
)

# What a caller may ask for.
AskedOfStaff = Annotated[
    employment.HireManager
    | employment.ChangeFte
    | absence.RecordAbsence
    | absence.ReturnFromAbsence
    | employment.EndEmployment,
    Field(discriminator="kind"),
]
AskedOfPolicy = policy_story.PublishPolicy

ASKED_OF: dict[str, TypeAdapter[Command]] = {
    STAFF_PREFIX: TypeAdapter(AskedOfStaff),
    POLICY_STREAM: TypeAdapter(AskedOfPolicy),
}
