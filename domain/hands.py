"""In whose hands a case is: who is responsible on which day, and who stands in."""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Responsible:
    """From a day on, until the next entry. Without `manager_id` nobody is (UNASSIGNED)."""

    since: date
    manager_id: str | None


@dataclass(frozen=True, slots=True)
class StandIn:
    """A deputy from `since` to `until`, both included; open-ended where there is none. `absent_id`: for whose absence, if for one."""

    deputy_id: str
    since: date
    until: date | None = None
    absent_id: str | None = None

    def on(self, day: date) -> bool:
        return within(day, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Hands:
    """`managers` are sorted by day, one entry a day: so on any day exactly one person is responsible, or nobody."""

    managers: tuple[Responsible, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()

    def manager_on(self, day: date) -> str | None:
        """The staff id of whoever is responsible on a day; None: nobody."""
        return next((each.manager_id for each in reversed(self.managers) if each.since <= day), None)

    def from_day(self, day: date) -> list[str]:
        """Who is responsible on a day, and who will be later, as it is planned; each once."""
        later = [each.manager_id for each in self.managers if each.since > day]
        return [each for each in dict.fromkeys([self.manager_on(day), *later]) if each is not None]

    def stand_ins_on(self, day: date) -> tuple[StandIn, ...]:
        return tuple(each for each in self.stand_ins if each.on(day))

    def responsible_between(self, manager_id: str, since: date, until: date | None) -> bool:
        """Whether somebody is responsible on any day of a period, by what is known now."""
        begins = (each for each in self.managers if within(each.since, since, until))
        return self.manager_on(since) == manager_id or any(each.manager_id == manager_id for each in begins)

    def standing_in(self, absent_id: str, since: date) -> StandIn | None:
        """Who was named for the absence of somebody that began on a day."""
        return next((each for each in self.stand_ins if (each.absent_id, each.since) == (absent_id, since)), None)

    def assigned(self, manager_id: str | None, on: date) -> "Hands":
        """What was said before about the same day is replaced; what is known of later days stands."""
        others = (each for each in self.managers if each.since != on)
        managers = sorted((*others, Responsible(on, manager_id)), key=lambda each: each.since)
        return replace(self, managers=tuple(managers))

    def lost(self, manager_id: str, since: date, until: date | None) -> "Hands":
        """Wherever that person would be responsible in a period, nobody is."""
        left = self.assigned(None, since) if self.manager_on(since) == manager_id else self
        managers = (
            Responsible(each.since, None)
            if each.manager_id == manager_id and within(each.since, since, until)
            else each
            for each in left.managers
        )
        return replace(left, managers=tuple(managers))

    def handed_on(self, on: date) -> "Hands":
        """From that day on nobody is responsible, and what was planned for later days falls away."""
        earlier = tuple(each for each in self.managers if each.since < on)
        return Hands((*earlier, Responsible(on, None)))

    def deputised(self, stand_in: StandIn) -> "Hands":
        return replace(self, stand_ins=(*self.stand_ins, stand_in))

    def without_deputy(self, absent_id: str, since: date) -> "Hands":
        others = (each for each in self.stand_ins if (each.absent_id, each.since) != (absent_id, since))
        return replace(self, stand_ins=tuple(others))


def within(day: date, since: date, until: date | None) -> bool:
    return since <= day and (until is None or day <= until)
