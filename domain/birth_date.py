"""A birth date is corrected: who comes without papers is often given 1 January, until a document or an estimate of age says otherwise."""

from typing import Literal

from domain.case import NOT_CLOSED, Case
from domain.hindsight import noticed
from domain.personal import birth_day
from domain.refusals import Refusal, Refused
from domain.story import BirthDate, Command, Event, Occasion
from domain.vocabulary import Phase, Reason, Source


class CorrectBirthDate(Command):
    """The birth date is another one (YYYY-MM-DD), is known to its year only (YYYY), or, if left out, is not known. A `reason` is needed; the age follows from now on.

    `source`: who or what shows it. What was recorded before is not decided again; what then lies before birth is noted as a conflict with the history.
    """

    kind: Literal["CorrectBirthDate"] = "CorrectBirthDate"
    birth_date: BirthDate | None = None
    source: Source
    reason: Reason

    phases = NOT_CLOSED | {Phase.CLOSED}
    while_restricted = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        told = None if self.birth_date is None else occasion.unseal(self.birth_date, "person.birth_date")
        known = None if case.birth_date is None else occasion.unseal(case.birth_date, "person.birth_date")
        if told == known:
            return []
        before, after = (None if each is None else birth_day(each) for each in (known, told))
        on = self.on(occasion)
        if after is not None and after > on:
            raise Refused(Refusal.BEFORE_BIRTH, effective_on=on)
        corrected = BirthDateCorrected(corrects=case.birth_date_version, birth_date=self.birth_date, source=self.source)
        return [corrected, *noticed(case, corrected, on, (before, after))]


class BirthDateCorrected(Event):
    """`corrects`: the version of the event that told the birth date before."""

    corrects: int
    birth_date: BirthDate | None = None
    source: Source

    def apply(self, case: Case) -> None:
        case.birth_date, case.birth_date_version = self.birth_date, case.version + 1

    def corrects_version(self) -> int:
        return self.corrects
