"""The later chapters of a life in the town: support day by day, the plan looked at again, withdrawal, and the ways in which a case ends."""

from datetime import date

from cli.town import Ending
from cli.town_commands import Asking
from domain import closure, departure, facts, goals, intake, plan, referrals, reviews, support, withdrawal
from domain import vocabulary as v
from domain.refusals import Refusal


class LivingOn(Asking):
    """Writes what follows an agreed plan. Each chapter returns its last day."""

    def day_by_day(self) -> date:
        """A contact, what stood in the way, and a service that helped."""
        on = self.after(self.agreed_on, 7, 14)
        self.ask(self.met(on))
        if self.rng.random() < 0.3:
            kind = v.ObstacleKind.HOUSING_MARKET if self.home.id else v.ObstacleKind.NO_NETWORK
            severity = self.rng.choice(list(v.Severity))
            text = "Steht dem Ziel seit Wochen im Weg"
            self.ask(support.RecordObstacle(effective_on=on, code=kind, severity=severity, text=text))
            self.ask(support.ResolveObstacle(effective_on=self.after(on, 3, 7), obstacle=1))
        if self.rng.random() < 0.3:
            self.referred(on)
        return on

    def referred(self, on: date) -> None:
        service = self.rng.choice((v.ServiceKind.MBE, v.ServiceKind.VHS, v.ServiceKind.EMPLOYMENT_AGENCY))
        refer = referrals.ReferToService(effective_on=on, service=v.ServiceKind.SCHOOL if self.young else service)
        if self.rng.random() < 0.2:
            self.ask(refer, refused=Refusal.CONSENT_MISSING)
        scope, form = v.ConsentScope.SHARE_SERVICE, v.ConsentForm.WRITTEN
        language = self.home.origin.languages[0]
        self.ask(intake.RecordConsent(effective_on=on, scope=scope, form=form, language=language))
        self.ask(refer)
        outcome = v.ReferralOutcome.ACCEPTED if self.rng.random() < 0.7 else v.ReferralOutcome.DECLINED
        self.ask(referrals.RecordReferralOutcome(effective_on=self.after(on, 2, 7), referral=1, outcome=outcome))

    def reviewed(self) -> date:
        """In the usual time after the agreement: soon, where support is intense."""
        assessed = next(step.command for step in self.steps if isinstance(step.command, plan.RecordAssessment))
        on = self.after(self.agreed_on, *((20, 26) if assessed.intensity is v.Intensity.HIGH else (60, 85)))
        self.ask(reviews.StartReview(effective_on=on))
        numbers = [step for step in self.steps if isinstance(step.command, goals.AddGoal) and step.refused is None]
        found = [reviews.GoalFound(goal=1, status=v.GoalStatus.ACHIEVED)]
        found += [reviews.GoalFound(goal=2, status=v.GoalStatus.ON_TRACK)] * (len(numbers) - 1)
        held = reviews.CompleteReview(
            effective_on=on,
            goals=tuple(found),
            independence=self.rng.choice((3, 4)),
            decision=v.ReviewDecision.WITHDRAW,
            client_agreed=True,
            guardian_agreed=True if self.young else None,
            written_copy=f"Akte {self.person.number + 1}, Fach {self.rng.randint(1, 9)}",
        )
        if self.rng.random() < 0.15:
            self.ask(held.model_copy(update={"goals": ()}), refused=Refusal.REVIEW_INCOMPLETE)
        self.ask(held)
        return on

    def withdrawn(self) -> date:
        """The manager steps back; some begin before the plan was looked at again, and learn that this is too early."""
        begun = withdrawal.StartWithdrawal(
            withdrawal_plan="Ein Anruf alle zwei Wochen, Briefe öffnet die Familie selbst"
        )
        met_on = self.day_by_day()
        if self.rng.random() < 0.15:
            self.ask(begun.model_copy(update={"effective_on": met_on}), refused=Refusal.WITHDRAWAL_TOO_EARLY)
        on = self.after(self.reviewed(), 1, 10)
        self.ask(begun.model_copy(update={"effective_on": on}))
        if self.rng.random() < 0.6:
            on = self.after(on, 14, 26)
            self.ask(withdrawal.AdvanceWithdrawal(effective_on=on))
        return on

    def stepping_back(self) -> None:
        """The year ends within the withdrawal; for some the closing is proposed and waits for the supervisor."""
        on = self.withdrawn()
        if self.rng.random() < 0.35:
            self.proposed(self.after(on, 10, 20))

    def proposed(self, on: date) -> v.ClosureReason:
        """After a last talk, on the same day."""
        services = (v.ServiceKind.SCHOOL,) if self.young else (v.ServiceKind.MBE,)
        reason = v.ClosureReason.HANDED_TO_REGULAR_SERVICES if self.young else v.ClosureReason.INDEPENDENT
        self.ask(self.met(on))
        self.ask(
            closure.ProposeClosure(effective_on=on, closure_reason=reason, last_seen_on=on, remaining_services=services)
        )
        return reason

    def ended(self) -> date:
        """As the household's case ends; whoever lives together goes together."""
        match self.home.ending:
            case Ending.STEP_BY_STEP:
                return self.ended_step_by_step()
            case Ending.CONTACT_LOST:
                return self.lost()
            case Ending.MOVED_AWAY:
                on = self.after(self.day_by_day(), 30, 60)
                self.ask(closure.CloseCase(effective_on=on, closure_reason=v.ClosureReason.MOVED_AWAY))
            case Ending.DEPARTED:
                on = self.after(self.day_by_day(), 30, 60)
                departed = v.DepartureKind.VOLUNTARY_RETURN
                self.ask(departure.RecordDeparture(effective_on=on, departure=departed))
        return on

    def ended_step_by_step(self) -> date:
        on = self.withdrawn()
        if not self.young and self.rng.random() < 0.6:
            flat = v.HousingKind.PRIVATE_TENANCY
            self.ask(facts.RecordHousing(effective_on=on, housing=flat, contract_holder=True))
        on = self.after(on, 10, 20)
        return self.approved_and_closed(self.proposed(on), on)

    def lost(self) -> date:
        """Three appointments to which nobody came, over more than eight weeks."""
        on = self.after(self.agreed_on, 14, 30)
        for _ in range(3):
            self.ask(support.RecordContact(effective_on=on, mode=v.ContactMode.OFFICE, no_show=True))
            on = self.after(on, 20, 25)
        reason = v.ClosureReason.CONTACT_LOST
        self.ask(closure.ProposeClosure(effective_on=on, closure_reason=reason))
        return self.approved_and_closed(reason, on)

    def approved_and_closed(self, reason: v.ClosureReason, on: date) -> date:
        """With four eyes: some managers try to close without waiting for the second pair."""
        if self.rng.random() < 0.25:
            early = closure.CloseCase(effective_on=on, closure_reason=reason)
            self.ask(early, refused=Refusal.CLOSURE_NOT_APPROVED)
        on = self.after(on, 2, 8)
        self.ask(closure.ApproveClosure(effective_on=on), by=self.supervisor)
        on = self.after(on, 1, 6)
        self.ask(closure.CloseCase(effective_on=on, closure_reason=reason))
        return on

    def met(self, on: date) -> support.RecordContact:
        with_family = (v.Attendee.CLIENT, v.Attendee.GUARDIAN) if self.young else (v.Attendee.CLIENT,)
        return support.RecordContact(
            effective_on=on,
            mode=self.rng.choice((v.ContactMode.OFFICE, v.ContactMode.HOME_VISIT)),
            minutes=self.rng.choice((30, 45, 60)),
            topics=(self.rng.choice(list(v.FieldOfAction)),),
            present=with_family,
        )
