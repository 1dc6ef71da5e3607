"""How many places a unit has: a caseload key times the heads or the full-time posts."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.envelopes import UNIT_PREFIX
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion, Slug
from domain.unit import Key, Unit
from domain.vocabulary import CapacityBase, Role

Persons = Annotated[int, Field(ge=1, le=500, description="persons for each head, or each full-time post")]


class EstablishUnit(Command):
    """A municipality's places with a provider are kept from `effective_on` on: from then on a case opens there only with a place.

    `provider`: whose unit it is, where that is not the provider of whoever asks. `key`: persons for each head or full-time post (`base`).
    """

    kind: Literal["EstablishUnit"] = "EstablishUnit"
    municipality: Slug
    provider: Slug | None = None
    key: Persons
    base: CapacityBase

    of_kind = UNIT_PREFIX
    opens = True
    roles = frozenset({Role.COORDINATOR})

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        if unit.begun:
            raise Refused(Refusal.UNIT_ESTABLISHED, municipality=unit.municipality, provider=unit.provider)
        provider = self.provider or occasion.actor.provider
        return [UnitEstablished(municipality=self.municipality, provider=provider, key=self.key, base=self.base)]


class UnitEstablished(Event):
    municipality: Slug
    provider: Slug
    key: Persons
    base: CapacityBase

    def apply_on(self, unit: Unit, on: date) -> None:
        unit.municipality, unit.provider = self.municipality, self.provider
        unit.set_key(Key(on, self.key, self.base))


class SetCapacity(Command):
    """Another caseload key counts from `effective_on` on, which may be planned ahead. Fewer places throw nobody out: until enough are free, nobody is admitted."""

    kind: Literal["SetCapacity"] = "SetCapacity"
    key: Persons
    base: CapacityBase

    of_kind = UNIT_PREFIX
    roles = frozenset({Role.COORDINATOR})
    plannable = True

    def decide(self, unit: Unit, occasion: Occasion) -> list[Event]:
        return [CapacitySet(key=self.key, base=self.base)]


class CapacitySet(Event):
    key: Persons
    base: CapacityBase

    def apply_on(self, unit: Unit, on: date) -> None:
        unit.set_key(Key(on, self.key, self.base))
