"""What was said of a person's life, statement by statement: each stands until it is corrected or retracted, and what the rules know is told from those that stand."""

from datetime import date
from typing import ClassVar

from domain.case import Case, Said
from domain.story import Event
from domain.vocabulary import Title


class Statement(Event):
    """Something said of the person's life, true from the day on the envelope on."""

    def apply_on(self, case: Case, on: date) -> None:
        version = case.version + 1
        case.statements[version] = Said(version, self, on)
        self.tell(case, on)

    def tell(self, case: Case, on: date) -> None:
        """What the rules know from it. It may rest on what was told before."""


class Fact(Statement):
    """A statement that can be corrected, retracted and disputed. `asked_by`: the command that records facts of its kind."""

    asked_by: ClassVar[str]


def place_of(case: Case, version: int) -> int | None:
    """At which place the fact stands that was recorded as this version; None where no fact stands that was."""
    for place, said in case.statements.items():
        if said.version == version and isinstance(said.event, Fact):
            return place
    return None


def replaced(statements: dict[int, Said], place: int, by: Said | None) -> dict[int, Said]:
    """The statements with another, or none, at a place. A correction is told where the mistake was told: what was said later still comes after it."""
    kept = {each: by if each == place else said for each, said in statements.items()}
    return {each: said for each, said in kept.items() if said is not None}


def retell(case: Case) -> None:
    """Anew from all statements that stand, in the order in which they were told: what was taken for the loss of a title may be none without what came before."""
    before, decided = (case.title, case.title_until, case.title_since), case.title_decided
    case.title, case.title_until, case.title_since = Title.UNKNOWN, None, None
    case.language_level = case.language_since = case.housing = case.housing_since = None
    case.had_own_tenancy, case.activities = False, {}
    for said in case.statements.values():
        said.event.tell(case, said.on)
    case.title_decided = decided and before == (case.title, case.title_until, case.title_since)
