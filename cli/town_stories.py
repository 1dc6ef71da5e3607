"""What became of the cast in the autumn of 2018, in chains that lead from one case to another, to the units, and back.

A fact is corrected, a duplicate merged, a household split, somebody dies, two come back, two want to move on, and in the neighbouring town a waiting list moves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cli.town import SEED, SUPERVISORS, Person
from cli.town_cast import cast
from cli.town_commands import Asking
from cli.town_house import NEXT_DOOR, NEXT_TOWN, Chain, Known, Look, Move, waits
from domain import (
    closure,
    corrections,
    departure,
    duplicates,
    facts,
    household,
    intake,
    places,
    reopening,
    responsibility,
    support,
    transfer,
    transfer_answer,
)
from domain import vocabulary as v
from domain.envelopes import Actor
from domain.refusals import Refusal
from domain.story import Command

NEXT_UNIT = f"units/{NEXT_TOWN}/{NEXT_DOOR.actor.provider}"
TWIN = 1000
"""What a person's number is raised by where the same person was registered again."""


def stories(seed: int = SEED) -> dict[str, Chain]:
    """By name; none needs another one."""
    people = cast(seed)
    return {
        "corrected": _corrected(_Telling("corrected", seed), people["corrected"][0]),
        "twice": _twice(_Telling("twice", seed), people["twice"][0]),
        "split": _split(_Telling("split", seed), people["split"]),
        "death": _death(_Telling("death", seed), people["death"][0]),
        "back": _back(_Telling("back", seed), people["back"][0]),
        "back-too": _back(_Telling("back-too", seed), people["back-too"][0]),
        "asking": _asking(_Telling("asking", seed), people["asking"][0]),
        "next-door": _next_door(_Telling("next-door", seed), people),
    }


@dataclass
class _Telling:
    """A chain as it is written, with its keys."""

    name: str
    seed: int
    chain: Chain = field(default_factory=list)

    def ask(
        self,
        by: Actor,
        to: int | str,
        command: Command | Callable[[Known], Command],
        *,
        refused: Refusal | None = None,
        not_yet: Refusal | None = None,
    ) -> str:
        """Returns the key."""
        key = f"story-{self.seed}-{self.name}-{len(self.chain) + 1:02}"
        made = _said(command) if isinstance(command, Command) else command
        self.chain.append(Move(key, by, to, made, refused, not_yet))
        return key

    def until(self, by: Actor, path: str, holds: Callable[[Mapping[str, Any], Known], bool]) -> None:
        self.chain.append(Look(by, path, holds))


def _said(command: Command) -> Callable[[Known], Command]:
    return lambda _: command


def _supervisor(person: Person) -> Actor:
    return SUPERVISORS[person.household.manager.provider]


def _corrected(told: _Telling, person: Person) -> Chain:
    """A certificate was read too quickly: A2, not B1."""
    mine = person.household.manager
    level = facts.RecordLanguageLevel(
        effective_on=date(2018, 10, 8), level=v.LanguageLevel.B1, evidence=v.LanguageEvidence.CERT_DTZ
    )
    wrong = told.ask(mine, person.number, level)
    right = level.model_copy(update={"level": v.LanguageLevel.A2})
    told.ask(
        mine,
        person.number,
        lambda known: corrections.CorrectFact(
            corrects=known.versions[wrong],
            fact=right,
            reason=v.Reason.MISTAKE,
            reason_text="Das Zertifikat bescheinigt A2, nicht B1",
        ),
    )
    return told.chain


def _twice(told: _Telling, person: Person) -> Chain:
    """Registered again at another desk, with another spelling. One document shows that they are one; only a supervisor merges them."""
    number, mine = person.number + TWIN, person.household.manager
    again = intake.RegisterPerson(
        effective_on=date(2018, 10, 1),
        person_id=uuid5(NAMESPACE_URL, f"lotse:{told.seed}:person:{number}"),
        name="Dschawad Rahimi",
        birth_date="1988",
        sex=person.sex,
        nationality_codes=(person.household.origin.country,),
    )
    told.ask(mine, number, again)

    def merged(known: Known) -> Command:
        evidence = v.MergeEvidence.SAME_DOCUMENT
        return duplicates.MergePersons(
            effective_on=date(2018, 10, 9), duplicate_case=known.cases[number], evidence=evidence
        )

    told.ask(mine, person.number, merged, refused=Refusal.ROLE_NOT_ALLOWED)
    told.ask(_supervisor(person), person.number, merged)
    return told.chain


def _split(told: _Telling, family: list[Person]) -> Chain:
    """The mother leaves with the children, for their protection."""
    mother, _, *children = family
    told.ask(
        mother.household.manager,
        mother.number,
        lambda known: household.SplitHousehold(
            effective_on=date(2018, 10, 15),
            new_household_id=uuid5(NAMESPACE_URL, f"lotse:{told.seed}:household:{told.name}-new"),
            leaving=tuple(known.cases[child.number] for child in children),
            protected=True,
        ),
    )
    return told.chain


def _death(told: _Telling, person: Person) -> Chain:
    """The case of the person who died closes; those of the relatives are told gently."""
    told.ask(person.household.manager, person.number, departure.RecordDeath(effective_on=date(2018, 11, 13)))
    return told.chain


def _back(told: _Telling, person: Person) -> Chain:
    """Moved away, and back within half a year: with a new place, first among those who wait."""
    mine, unit, on = person.household.manager, person.household.unit, date(2018, 9, 3)
    again = reopening.ReopenCase(
        effective_on=on,
        reason=v.Reason.CIRCUMSTANCES_CHANGED,
        reason_text="Die Kündigung der neuen Wohnung kam unerwartet",
    )
    told.ask(mine, person.number, again, refused=Refusal.NO_CAPACITY)
    waited = told.ask(
        mine,
        unit,
        lambda known: waits(known, [person.number], effective_on=on, priority=v.PriorityClass.URGENT),
        not_yet=Refusal.PLACE_ALREADY,
    )
    told.ask(_supervisor(person), unit, _admitting(waited, on))
    told.ask(mine, person.number, again, not_yet=Refusal.NO_CAPACITY)
    told.ask(
        mine,
        person.number,
        support.RecordContact(effective_on=on, mode=v.ContactMode.OFFICE, present=(v.Attendee.CLIENT,)),
    )
    return told.chain


def _asking(told: _Telling, person: Person) -> Chain:
    """Wants to move to the neighbouring town, which has another provider: only with consent, and its supervisor has not answered yet."""
    mine, on = person.household.manager, date(2018, 11, 5)
    asked = _transfer(on)
    told.ask(mine, person.number, asked, refused=Refusal.CONSENT_MISSING)
    consent = intake.RecordConsent(
        effective_on=on,
        scope=v.ConsentScope.SHARE_PROVIDER,
        form=v.ConsentForm.WRITTEN,
        language=person.household.origin.languages[0],
    )
    told.ask(mine, person.number, consent)
    told.ask(mine, person.number, asked)
    told.until(SUPERVISORS["drk"], NEXT_UNIT, _incoming(person.number))
    return told.chain


def _next_door(told: _Telling, people: Mapping[str, list[Person]]) -> Chain:
    """Somebody comes by transfer and takes the last place; then some wait, and others go. What becomes free is offered to who is first, or held for who needs more."""
    _comes(told, people["moving"][0])
    mine, chief = NEXT_DOOR.actor, SUPERVISORS["drk"]
    waiting = {name: [each.number for each in people[name]] for name in ("large", "urgent", "patient")}
    for name in waiting:
        for person in people[name]:
            asking = Asking(person, told.seed)
            told.ask(mine, person.number, asking.registered())
            told.ask(mine, person.number, asking.checked())
    large, urgent, patient = waiting.values()
    first = told.ask(mine, NEXT_UNIT, lambda known: waits(known, large, effective_on=date(2018, 6, 4)))
    told.ask(
        mine,
        NEXT_UNIT,
        lambda known: waits(known, urgent, effective_on=date(2018, 10, 10), priority=v.PriorityClass.URGENT),
    )
    told.ask(mine, NEXT_UNIT, lambda known: waits(known, patient, effective_on=date(2018, 7, 2)))
    told.ask(mine, patient[0], Asking(people["patient"][0], told.seed).opened(), refused=Refusal.NO_CAPACITY)
    for name, freed in (("leaving", 0), ("leaving-too", 1)):
        gone = closure.CloseCase(effective_on=date(2018, 11, 19), closure_reason=v.ClosureReason.MOVED_AWAY)
        told.ask(mine, people[name][0].number, gone)
        told.until(chief, NEXT_UNIT, _freed(freed))
    told.ask(chief, NEXT_UNIT, _admitting(first, date(2018, 11, 20)), refused=Refusal.NO_CAPACITY)
    return told.chain


def _comes(told: _Telling, person: Person) -> None:
    """Asked for, answered and handed over; then somebody there becomes responsible."""
    chief = SUPERVISORS["drk"]
    told.ask(person.household.manager, person.number, _transfer(date(2018, 10, 22)))
    told.until(chief, NEXT_UNIT, _incoming(person.number))
    told.ask(chief, NEXT_UNIT, lambda known: transfer_answer.AcceptTransfer(case_id=known.cases[person.number]))
    told.until(chief, NEXT_UNIT, lambda shown, known: known.cases[person.number] not in shown["incoming"])
    told.ask(chief, person.number, responsibility.AssignManager(manager_id=NEXT_DOOR.actor.id))


def _transfer(on: date) -> transfer.RequestTransfer:
    return transfer.RequestTransfer(
        effective_on=on, to_municipality=NEXT_TOWN, to_provider=NEXT_DOOR.actor.provider, reason=v.Reason.RELOCATION
    )


def _admitting(waited: str, on: date) -> Callable[[Known], Command]:
    return lambda known: places.AdmitClient(effective_on=on, entry=known.numbers[waited])


def _incoming(number: int) -> Callable[[Mapping[str, Any], Known], bool]:
    return lambda shown, known: known.cases[number] in shown["incoming"]


def _freed(free: int) -> Callable[[Mapping[str, Any], Known], bool]:
    """One place is offered, and so many are free."""
    return lambda shown, _: (shown["board"]["reserved"], shown["board"]["free"]) == (1, free)
