"""What is recorded is never edited: a mistake is corrected or retracted by a new event that names the old one, and what cannot be settled is marked as disputed."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_serializer, model_validator

from domain import bounds
from domain.case import NOT_CLOSED, Case, Said
from domain.facts import FACTS, FactToTell
from domain.hindsight import noticed
from domain.refusals import Refusal, Refused
from domain.statements import Fact, place_of, replaced, retell
from domain.story import Command, Event, Occasion
from domain.vocabulary import DisputeOutcome, Phase, Reason

Version = Annotated[int, Field(ge=1, description="of the event in the story of this case")]

AT_ANY_TIME = NOT_CLOSED | {Phase.CLOSED}


class CorrectFact(Command):
    """A recorded fact was wrong, and is told anew: another value, another day, or both. A `reason` is needed; the old value stays in the history.

    `corrects`: the version of the fact that stands. `fact`: the whole fact as it should have been recorded; without a day of its own, that of the old one.
    What was recorded later still comes after it. An open dispute about the fact ends with it.
    """

    kind: Literal["CorrectFact"] = "CorrectFact"
    corrects: Version
    fact: FactToTell
    reason: Reason

    phases = AT_ANY_TIME
    while_restricted = True

    @model_validator(mode="after")
    def _one_reason(self) -> "CorrectFact":
        if self.fact.reason is not None or self.fact.reason_text is not None:
            raise ValueError("the reason belongs to the correction, not to the fact")
        return self

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        place, said = _standing(case, self.corrects)
        if self.fact.kind != said.asked_by:
            raise Refused(Refusal.CORRECTION_KIND, command=said.asked_by)
        fact = self.fact.model_copy(update={"effective_on": self.fact.effective_on or case.statements[place].on})
        bounds.check(case, fact, occasion)
        event = fact.decide(_without(case, place), occasion)[0]
        told = StatedFact(effective_on=fact.on(occasion), event=event)
        corrected = FactCorrected(corrects=self.corrects, fact=told)
        return [
            *_settled(case, place, DisputeOutcome.CORRECTED),
            corrected,
            *noticed(case, corrected, told.effective_on),
        ]


class StatedFact(BaseModel):
    """A fact as it is told now, with the day since when it is true. Stored with its name and the version of its shape, as an event of its own is."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    effective_on: date
    event: Fact

    @model_validator(mode="before")
    @classmethod
    def _read(cls, stored: Any) -> Any:
        if isinstance(stored, dict) and "name" in stored:
            name, version, body = stored["name"], stored["schema_version"], stored["body"]
            return {"effective_on": stored["effective_on"], "event": FACTS[name].read(version, body)}
        return stored

    @model_serializer
    def _stored(self) -> dict[str, Any]:
        return {
            "effective_on": self.effective_on.isoformat(),
            "name": type(self.event).__name__,
            "schema_version": self.event.schema_version,
            "body": self.event.model_dump(mode="json"),
        }


class FactCorrected(Event):
    """`corrects`: the version of the fact, or of its last correction. From now on the fact that is told here stands in its place."""

    corrects: int
    fact: StatedFact

    def apply(self, case: Case) -> None:
        _put(case, self.corrects, Said(case.version + 1, self.fact.event, self.fact.effective_on))

    def corrects_version(self) -> int:
        return self.corrects


class RetractFact(Command):
    """A recorded fact was none: of another person, or never true. A `reason` is needed; it stays in the history, and nothing rests on it any more."""

    kind: Literal["RetractFact"] = "RetractFact"
    corrects: Version
    reason: Reason

    phases = AT_ANY_TIME
    while_restricted = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        place, _ = _standing(case, self.corrects)
        retracted = FactRetracted(corrects=self.corrects)
        beside = noticed(case, retracted, self.on(occasion))
        return [*_settled(case, place, DisputeOutcome.RETRACTED), retracted, *beside]


class FactRetracted(Event):
    corrects: int

    def apply(self, case: Case) -> None:
        _put(case, self.corrects, None)

    def corrects_version(self) -> int:
        return self.corrects


class MarkDisputed(Command):
    """The person says that a recorded fact is wrong, and it can't be settled now: it is shown with that note (section 84(2) of Book X of the Social Code)."""

    kind: Literal["MarkDisputed"] = "MarkDisputed"
    disputes: Version

    phases = AT_ANY_TIME
    while_restricted = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        place, _ = _standing(case, self.disputes)
        return [] if case.statements[place].disputed else [FactDisputed(disputes=self.disputes)]


class FactDisputed(Event):
    disputes: int

    def apply(self, case: Case) -> None:
        _note(case, self.disputes, disputed=True)


class ResolveDispute(Command):
    """A dispute ends, and the fact stands: it is upheld, or the person withdraws the dispute. One that is right ends with the correction or retraction of the fact."""

    kind: Literal["ResolveDispute"] = "ResolveDispute"
    disputes: Version
    outcome: Literal[DisputeOutcome.UPHELD, DisputeOutcome.WITHDRAWN]

    phases = AT_ANY_TIME
    while_restricted = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        place, _ = _standing(case, self.disputes)
        if not case.statements[place].disputed:
            raise Refused(Refusal.NOT_DISPUTED, disputes=self.disputes)
        return [DisputeResolved(disputes=self.disputes, outcome=self.outcome)]


class DisputeResolved(Event):
    disputes: int
    outcome: DisputeOutcome

    def apply(self, case: Case) -> None:
        _note(case, self.disputes, disputed=False)


def _standing(case: Case, version: int) -> tuple[int, Fact]:
    """The place and the fact that was recorded as this version. One that was corrected or retracted stands no more."""
    place = place_of(case, version)
    event = None if place is None else case.statements[place].event
    if place is None or not isinstance(event, Fact):
        raise Refused(Refusal.CORRECTION_TARGET, version=version)
    return place, event


def _without(case: Case, place: int) -> Case:
    """The case as if it had never been said."""
    other = replace(case, statements=replaced(case.statements, place, None))
    retell(other)
    return other


def _settled(case: Case, place: int, outcome: DisputeOutcome) -> list[Event]:
    said = case.statements[place]
    return [DisputeResolved(disputes=said.version, outcome=outcome)] if said.disputed else []


def _put(case: Case, version: int, by: Said | None) -> None:
    place = place_of(case, version)
    if place is not None:
        case.statements = replaced(case.statements, place, by)
        retell(case)


def _note(case: Case, version: int, *, disputed: bool) -> None:
    place = place_of(case, version)
    if place is not None:
        case.statements[place] = replace(case.statements[place], disputed=disputed)
