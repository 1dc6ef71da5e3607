"""What is asked for each person of the town in the year 2018: the steps of a life with their days, the slips of those who write it down, and what is put right."""

from datetime import date, timedelta
from enum import StrEnum, auto

from cli.town import MANAGERS, SEED, Person, Step
from cli.town_endings import LivingOn
from cli.town_words import AIMS_OF_ADULTS, AIMS_OF_CHILDREN, AIMS_OF_YOUTH, RESOURCES
from domain import facts, goals, intake, plan, responsibility
from domain import vocabulary as v
from domain.envelopes import Actor
from domain.refusals import Refusal

SLIPS_PER_PERSON = 0.5
TYPED_2081, TYPED_1918 = date(2081, 5, 14), date(1918, 5, 14)
"""Two ways to mistype 2018: in the future, and before anybody here was born."""


class Slip(StrEnum):
    """What goes wrong once, is refused or found wanting, and is then put right."""

    WRONG_BASIS = auto()
    OPENED_TOO_EARLY = auto()
    TITLE_EXPIRED = auto()
    OTHER_PROVIDER = auto()
    GIVEN_TO_COLLEAGUE = auto()
    DRAFTED_TOO_EARLY = auto()
    CONTACT_BEFORE_START = auto()
    CONSENT_NEVER_GIVEN = auto()
    MISTYPED_FUTURE = auto()
    MISTYPED_PAST = auto()
    HEARSAY = auto()
    STALE = auto()
    GOAL_WITHOUT_DRAFT = auto()
    DRAFTED_TWICE = auto()
    WRONG_GOAL = auto()
    NO_OWN_CONTRIBUTION = auto()
    NOT_JOINT = auto()
    NOT_IN_WRITING = auto()


def steps(person: Person, seed: int = SEED) -> list[Step]:
    """Everything that is asked for a person, in order."""
    return _Life(person, seed).lived()


class _Life(LivingOn):
    """Writes one person's steps, chapter by chapter."""

    def __init__(self, person: Person, seed: int) -> None:
        super().__init__(person, seed)
        self.slip = self.rng.choice(list(Slip)) if self.rng.random() < SLIPS_PER_PERSON else None

    def lived(self) -> list[Step]:
        self.ask(self.registered())
        reaches = self.home.reaches
        if reaches is v.Phase.REGISTERED:
            self.not_eligible()
            return self.steps
        self.eligible_and_opened()
        self.taken_in()
        if reaches is not v.Phase.INTAKE:
            self.assessed()
            self.facts_found()
            self.planned(agreed=reaches is not v.Phase.PLANNING)
        match reaches:
            case v.Phase.SUPPORT:
                self.supported()
            case v.Phase.WITHDRAWAL:
                self.stepping_back()
            case v.Phase.CLOSED:
                self.ended()
        return self.steps

    def supported(self) -> None:
        if self.rng.random() < 0.5:
            self.followed_up()
        elif self.rng.random() < 0.15:
            self.day_by_day()

    def slips(self, slip: Slip) -> bool:
        return self.slip is slip

    def not_eligible(self) -> None:
        """The procedure is still open, or nobody has seen a paper; some try to open all the same."""
        self.ask(self.checked(evidence_seen=self.home.title is v.Title.ASYLUM_PENDING))
        if self.rng.random() < 0.5:
            self.ask(self.opened(), refused=Refusal.NOT_ELIGIBLE)

    def eligible_and_opened(self) -> None:
        start = self.home.start
        if self.slips(Slip.OPENED_TOO_EARLY):
            self.ask(self.opened(), refused=Refusal.NOT_ELIGIBLE)
        if self.slips(Slip.WRONG_BASIS):
            self.ask(self.checked(basis=v.EligibilityBasis.UKRAINE_DECREE))
        if self.slips(Slip.TITLE_EXPIRED):
            self.ask(self.checked(title_valid_until=start - timedelta(days=self.rng.randint(3, 50))))
            self.ask(self.opened(), refused=Refusal.OBLIGED_TO_LEAVE)
            why = {"reason": v.Reason.TITLE_IN_RENEWAL, "reason_text": "Verlängerung ist beantragt, Termin im Mai"}
            self.ask(self.opened(override=True, **why), by=self.supervisor)
            return
        self.ask(self.checked())
        self.ask(self.opened())

    def taken_in(self) -> None:
        start, mine = self.home.start, self.home.manager
        if self.rng.random() < 0.12 and self.person.guardian is None:
            field = v.DataField.BIRTH_DATE if self.person.birth_date is None else v.DataField.HEALTH
            self.ask(intake.RecordRefusalOfData(effective_on=start, field=field))
        else:
            scope, form = v.ConsentScope.COUNSELLING_DATA, v.ConsentForm.WRITTEN
            language = self.home.origin.languages[0]
            self.ask(intake.RecordConsent(effective_on=start, scope=scope, form=form, language=language))
        if self.slips(Slip.CONSENT_NEVER_GIVEN):
            withdrawn = intake.WithdrawConsent(effective_on=start, scope=v.ConsentScope.STATISTICS)
            self.ask(withdrawn, refused=Refusal.CONSENT_MISSING)
        self.manager_found(start, mine)
        if self.slips(Slip.DRAFTED_TOO_EARLY):
            self.ask(plan.DraftPlan(effective_on=start), refused=Refusal.ILLEGAL_TRANSITION)
        if self.slips(Slip.CONTACT_BEFORE_START):
            before = start - timedelta(days=3)
            self.ask(intake.CompleteIntake(effective_on=before, mode=v.ContactMode.OFFICE), refused=Refusal.DATE_ORDER)
        if self.home.reaches is not v.Phase.INTAKE:
            mode = self.rng.choices(list(v.ContactMode), (50, 40, 8, 2))[0]
            self.ask(intake.CompleteIntake(effective_on=self.contact_on, mode=mode))

    def manager_found(self, start: date, mine: Actor) -> None:
        if self.slips(Slip.OTHER_PROVIDER):
            stranger = next(m.actor for m in MANAGERS if m.actor.provider != mine.provider)
            taken = responsibility.AssignManager(effective_on=start, manager_id=stranger.id)
            self.ask(taken, by=stranger, refused=Refusal.CROSS_PROVIDER)
        if self.slips(Slip.GIVEN_TO_COLLEAGUE):
            colleague = next(m.actor for m in MANAGERS if m.actor.provider == mine.provider and m.actor != mine)
            given = responsibility.AssignManager(effective_on=start, manager_id=mine.id)
            self.ask(given, by=colleague, refused=Refusal.ROLE_NOT_ALLOWED)
            self.ask(given, by=self.supervisor)
            return
        self.ask(responsibility.AssignManager(effective_on=start, manager_id=mine.id))

    def assessed(self) -> None:
        fields = self.rng.sample(list(v.FieldOfAction), self.rng.randint(3, 5))
        first = plan.Need(field=fields[0], need=2, resource=self.rng.choice(RESOURCES))
        others = [plan.Need(field=field, need=self.rng.randint(0, 3)) for field in fields[1:]]
        intensity = self.rng.choices(list(v.Intensity), (30, 55, 15))[0]
        assessment = plan.RecordAssessment(
            effective_on=self.assessed_on, needs=(first, *others), intensity=intensity, family_situation=self.family()
        )
        if self.slips(Slip.STALE):
            self.ask(assessment, refused=Refusal.CONCURRENCY, seen=1)
        self.ask(assessment)

    def facts_found(self) -> None:
        on = self.contact_on
        if self.slips(Slip.HEARSAY):
            lost = facts.RecordResidenceStatus(
                effective_on=on, title_code=self.home.title, turn=v.Turn.ENDS, source=v.Source.HEARSAY
            )
            self.ask(lost, refused=Refusal.TITLE_EVIDENCE)
        housing = facts.RecordHousing(
            effective_on=self.here_since,
            housing=v.HousingKind.AU_FLAT if self.home.id else v.HousingKind.AU_SHARED,
        )
        if self.slips(Slip.MISTYPED_FUTURE):
            self.ask(housing.model_copy(update={"effective_on": TYPED_2081}), refused=Refusal.FUTURE_FACT)
            self.ask(housing)
        if self.slips(Slip.MISTYPED_PAST) and self.person.birth_date:
            self.ask(housing.model_copy(update={"effective_on": TYPED_1918}), refused=Refusal.BEFORE_BIRTH)
            self.ask(housing)
        if self.young:
            kind = v.ActivityKind.SCHOOL if self.years >= 6 else v.ActivityKind.CHILDCARE
            self.ask(facts.RecordActivity(effective_on=on, activity=kind))
            return
        level = self.rng.choices(list(v.LanguageLevel), (8, 12, 25, 25, 18, 8, 3, 1))[0]
        evidence = self.rng.choice((v.LanguageEvidence.COURSE, v.LanguageEvidence.ESTIMATE))
        self.ask(facts.RecordLanguageLevel(effective_on=on, level=level, evidence=evidence))
        if self.rng.random() < 0.5:
            self.ask(self.rng.choice((housing, self.title_shown(), self.trade_learnt(), self.bound_to_area())))

    def planned(self, *, agreed: bool) -> None:
        child = self.years < 14
        aims = AIMS_OF_CHILDREN if child else AIMS_OF_YOUTH if self.young else AIMS_OF_ADULTS
        aim = (AIMS_OF_CHILDREN[0] if self.years < 6 else AIMS_OF_CHILDREN[1]) if child else self.rng.choice(aims)
        if self.slips(Slip.GOAL_WITHOUT_DRAFT):
            self.ask(self.goal(aim), refused=Refusal.NO_DRAFT)
        self.ask(plan.DraftPlan(effective_on=self.drafted_on))
        if self.slips(Slip.DRAFTED_TWICE):
            self.ask(plan.DraftPlan(effective_on=self.drafted_on), refused=Refusal.DRAFT_OPEN)
        self.ask(self.goal(aim))
        if self.slips(Slip.WRONG_GOAL):
            self.ask(self.measure(7, aim.own, v.Party.CLIENT), refused=Refusal.GOAL_UNKNOWN)
        if self.rng.random() < 0.5:
            ours = (aim.manager, v.Party.MANAGER) if self.rng.random() < 0.5 else (aim.service, v.Party.SERVICE)
            self.ask(self.measure(1, *ours))
        if not agreed and self.rng.random() < 0.5:
            return
        if agreed and self.slips(Slip.NO_OWN_CONTRIBUTION):
            self.ask(self.agreement(), refused=Refusal.PLAN_EMPTY)
        self.ask(self.measure(1, aim.own, v.Party.GUARDIAN if child else v.Party.CLIENT))
        if agreed and not self.young and self.rng.random() < 0.25:
            self.ask(self.goal(self.rng.choice([other for other in aims if other.field is not aim.field])))
        if agreed:
            self.both_sides_agree()

    def both_sides_agree(self) -> None:
        if self.slips(Slip.NOT_JOINT):
            alone = {"guardian_agreed": None} if self.young else {"client_agreed": False}
            self.ask(self.agreement(**alone), refused=Refusal.PLAN_NOT_JOINT)
        if self.slips(Slip.NOT_IN_WRITING):
            self.ask(self.agreement(written_copy=None), refused=Refusal.WRITTEN_FORM)
        if self.rng.random() < 0.02 and not self.young:
            why = {"reason": v.Reason.ILLNESS, "reason_text": "Lange im Krankenhaus, stimmt später zu"}
            self.ask(self.agreement(client_agreed=False, **why))
            return
        self.ask(self.agreement())

    def followed_up(self) -> None:
        """What became of the plan in the rest of the year."""
        on = self.after(self.agreed_on, 40, 150)
        outcome = v.MeasureOutcome.DONE if self.rng.random() < 0.75 else v.MeasureOutcome.MISSED
        self.ask(goals.CompleteMeasure(effective_on=on, measure=1, outcome=outcome))
        if outcome is v.MeasureOutcome.MISSED:
            later = on + timedelta(days=90)
            postponed = v.GoalOutcome.POSTPONED
            self.ask(goals.ChangeGoal(effective_on=on, goal=1, outcome=postponed, target_date=later))
            if not self.young:
                self.second_version(on)
        elif self.rng.random() < 0.3:
            self.ask(goals.ChangeGoal(effective_on=on, goal=1, outcome=v.GoalOutcome.ACHIEVED))

    def second_version(self, on: date) -> None:
        text = "Jede Woche gemeinsam auf die nächsten Schritte schauen"
        self.ask(plan.DraftPlan(effective_on=on))
        self.ask(goals.AddMeasure(effective_on=on, goal=1, text=text, party=v.Party.CLIENT))
        self.ask(self.agreement(effective_on=on))
