"""The commands that the town's people need, with the days on which their cases move on."""

from datetime import date, timedelta
from random import Random

from cli.town import SUPERVISORS, Person, Step
from cli.town_words import AREAS, TRADES, Aim
from domain import facts, goals, intake, plan
from domain import vocabulary as v
from domain.eligibility import ConfirmEligibility
from domain.envelopes import Actor
from domain.personal import birth_day
from domain.refusals import Refusal
from domain.story import Command, age

REPEATS_PER_STEP = 0.02


class Asking:
    """One person's commands. Each is made from what is known of the person; `differing` values stand for slips."""

    def __init__(self, person: Person, seed: int) -> None:
        self.rng = Random(f"{seed}/life/{person.number}")  # noqa: S311  a life by chance, no secret
        self.seed, self.person, self.home = seed, person, person.household
        self.steps: list[Step] = []
        late = self.rng.random() < 0.1
        self.contact_on = self.after(self.home.start, *((16, 40) if late else (2, 12)))
        self.assessed_on = self.after(self.contact_on, 3, 13)
        self.drafted_on = self.after(self.assessed_on, 1, 6)
        self.agreed_on = self.after(self.drafted_on, *((30, 60) if late else (1, 7)))

    def after(self, day: date, least: int, most: int) -> date:
        """A day at which offices are open, so many days later or just after a weekend."""
        later = day + timedelta(days=self.rng.randint(least, most))
        return later + timedelta(days=7 - later.weekday() if later.weekday() > 4 else 0)

    def ask(
        self, command: Command, *, by: Actor | None = None, refused: Refusal | None = None, seen: int | None = None
    ) -> None:
        repeated = refused is None and self.rng.random() < REPEATS_PER_STEP
        self.steps.append(
            Step(
                key=f"town-{self.seed}-{self.person.number:04}-{len(self.steps) + 1:02}",
                by=by or self.home.manager,
                command=command,
                refused=refused,
                seen=seen,
                times=2 if repeated else 1,
            )
        )

    @property
    def here_since(self) -> date:
        """Allotted to the town with the household, or born into it."""
        born = self.person.birth_date
        return max(self.home.in_town_since, birth_day(born)) if born else self.home.in_town_since

    @property
    def supervisor(self) -> Actor:
        return SUPERVISORS[self.home.manager.provider]

    def registered(self) -> intake.RegisterPerson:
        person, languages = self.person, self.home.origin.languages
        return intake.RegisterPerson(
            effective_on=self.home.start - timedelta(days=self.rng.randint(6, 20)),
            person_id=person.id,
            name=person.name,
            birth_date=person.birth_date,
            sex=person.sex,
            nationality_codes=(self.home.origin.country,),
            languages=languages[: self.rng.randint(1, len(languages))],
            needs_interpreter=person.guardian is None and self.rng.random() < 0.45,
            contact=None if person.guardian or self.rng.random() < 0.3 else "Telefon in der Akte",
            guardian_person_id=person.guardian,
        )

    def checked(self, **differing: object) -> ConfirmEligibility:
        known = {
            "effective_on": self.home.start - timedelta(days=4),
            "basis": v.EligibilityBasis.AU_FLUEAG,
            "title_code": self.home.title,
            "title_valid_until": self.home.title_until,
            "au_since": self.here_since,
            "evidence_seen": True,
        }
        return ConfirmEligibility.model_validate(known | differing)

    def opened(self, **differing: object) -> intake.OpenCase:
        known = {
            "effective_on": self.home.start,
            "municipality": self.home.municipality,
            "household_id": self.home.id,
        }
        return intake.OpenCase.model_validate(known | differing)

    def family(self) -> str:
        if self.person.guardian:
            return "Lebt mit den Eltern oder einem Elternteil"
        return "Lebt mit der Familie" if self.home.id else "Lebt allein, die Familie ist im Herkunftsland"

    def title_shown(self) -> facts.RecordResidenceStatus:
        return facts.RecordResidenceStatus(
            effective_on=self.here_since,
            title_code=self.home.title,
            valid_until=self.home.title_until,
            source=v.Source.DOCUMENT,
        )

    def trade_learnt(self) -> facts.RecordQualification:
        return facts.RecordQualification(
            effective_on=self.contact_on,
            qualification=v.QualificationKind.VOCATIONAL,
            title=self.rng.choice(TRADES),
            country=self.home.origin.country,
            year=self.rng.randint(2005, 2014) if self.years >= 30 else None,
        )

    def bound_to_area(self) -> facts.RecordResidenceRule:
        until = self.home.start + timedelta(days=self.rng.randint(100, 700))
        return facts.RecordResidenceRule(effective_on=self.here_since, area=self.rng.choice(AREAS), until=until)

    @property
    def years(self) -> int:
        """Age on the day of agreement; an adult's where no birth date is told."""
        return age(birth_day(self.person.birth_date), self.agreed_on) if self.person.birth_date else 30

    @property
    def young(self) -> bool:
        return self.person.guardian is not None and self.years < 18

    def goal(self, aim: Aim) -> goals.AddGoal:
        return goals.AddGoal(
            effective_on=self.drafted_on,
            field=aim.field,
            text=aim.text,
            indicator=aim.indicator,
            target_date=self.drafted_on + timedelta(days=self.rng.randint(90, 360)),
            priority=self.rng.randint(1, 3),
        )

    def measure(self, number: int, text: str, party: v.Party) -> goals.AddMeasure:
        due_on = self.drafted_on + timedelta(days=self.rng.randint(14, 120))
        return goals.AddMeasure(effective_on=self.drafted_on, goal=number, text=text, party=party, due_on=due_on)

    def agreement(self, **differing: object) -> plan.AgreePlan:
        known = {
            "effective_on": self.agreed_on,
            "client_agreed": True,
            "guardian_agreed": True if self.young else None,
            "written_copy": f"Akte {self.person.number + 1}, Fach {self.rng.randint(1, 9)}",
            "language_of_copy": self.home.origin.languages[0] if self.rng.random() < 0.5 else "de",
        }
        return plan.AgreePlan.model_validate(known | differing)
