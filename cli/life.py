"""One invented person's three years with the programme: who asks for what on which day, and how it is told.

Days count from the first one. What the clock brings in between is not written here: it is what the demonstration shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from cli.town import SUPERVISORS
from domain import closure, eligibility, facts, goals, intake, plan, responsibility, reviews, support, suspension
from domain import vocabulary as v
from domain import withdrawal as stepping_back
from domain.envelopes import Actor
from domain.refusals import Refusal
from domain.story import Command

# A town of its own: it needs no place in the units of the other demonstration, nor anybody who is absent there.
TOWN = "tettnang"
FIRST, SECOND = (Actor(id=name, role=v.Role.MANAGER, provider="drk") for name in ("im-tettnang-1", "im-tettnang-2"))
SUPERVISOR = SUPERVISORS["drk"]
Told = tuple[str, str]
"""German, English."""


@dataclass(frozen=True)
class Act:
    """What is asked on a day. `refused`: the rule that says no to the last command."""

    day: int
    by: Actor
    told: Told
    commands: Sequence[Command]
    refused: Refusal | None = None


def _contact(mode: v.ContactMode = v.ContactMode.OFFICE) -> support.RecordContact:
    return support.RecordContact(mode=mode, minutes=45, present=(v.Attendee.CLIENT,))


def _review(independence: int, *, status: v.GoalStatus = v.GoalStatus.ON_TRACK, months: int | None = None) -> Command:
    return reviews.CompleteReview(
        goals=(reviews.GoalFound(goal=1, status=status),),
        independence=independence,
        decision=v.ReviewDecision.CONTINUE,
        next_in_months=months,
        client_agreed=True,
        written_copy="Akte 1, Fach 2",
    )


def acts(person_id: UUID, first: date) -> list[Act]:
    """The whole life, in order. `first`: its first day."""
    return [
        *_arriving(person_id, first),
        *_planning(),
        *_missing_a_review(),
        *_gaining_ground(),
        *_stepping_back(),
        *_ending(),
    ]


def _arriving(person_id: UUID, first: date) -> list[Act]:
    return [
        Act(
            0,
            FIRST,
            (
                "Nour Darwisch zieht in die Anschlussunterbringung. Ihr Fall wird angelegt, die Begleitung beginnt.",
                "Nour Darwisch moves into follow-up accommodation. Her case is made, support begins.",
            ),
            (
                intake.RegisterPerson(person_id=person_id, name="Nour Darwisch", birth_date="1994-03-08"),
                eligibility.ConfirmEligibility(
                    basis=v.EligibilityBasis.AU_FLUEAG, title_code=v.Title.P25_2, au_since=first, evidence_seen=True
                ),
                intake.OpenCase(municipality=TOWN),
                responsibility.AssignManager(manager_id=FIRST.id),
            ),
        ),
        Act(
            9,
            FIRST,
            ("Erster Hausbesuch; ihr Bedarf wird erhoben.", "First visit at home; her needs are assessed."),
            (
                intake.CompleteIntake(mode=v.ContactMode.HOME_VISIT),
                plan.RecordAssessment(
                    needs=(plan.Need(field=v.FieldOfAction.LANGUAGE, need=3),), intensity=v.Intensity.MEDIUM
                ),
            ),
        ),
    ]


def _planning() -> list[Act]:
    agreed = plan.AgreePlan(client_agreed=True, written_copy="Akte 1, Fach 1", language_of_copy="ar")
    return [
        Act(
            38,
            FIRST,
            (
                "Der Plan entsteht: Deutsch B1. Vereinbart werden soll er mündlich.",
                "A plan takes shape: German at B1. It is to be agreed by word of mouth.",
            ),
            (
                plan.DraftPlan(),
                goals.AddGoal(field=v.FieldOfAction.LANGUAGE, text="Deutsch auf B1"),
                goals.AddMeasure(goal=1, text="Kurs an der Volkshochschule", party=v.Party.CLIENT),
                agreed.model_copy(update={"written_copy": None}),
            ),
            refused=Refusal.WRITTEN_FORM,
        ),
        Act(
            38,
            FIRST,
            ("Nun schriftlich, und beide Seiten stimmen zu.", "Now in writing, and both sides agree."),
            (agreed,),
        ),
        Act(
            115,
            FIRST,
            ("Die erste Fortschreibung, rechtzeitig.", "The first review, in time."),
            (reviews.StartReview(), _review(1)),
        ),
    ]


def _missing_a_review() -> list[Act]:
    return [
        Act(
            210,
            FIRST,
            (
                "Ein Gespräch im Büro. Den Plan schaut niemand an: eine versäumte Fortschreibung erledigt nur, wer sie durchführt.",
                "A talk at the office. Nobody looks at the plan: only holding a missed review clears it.",
            ),
            (_contact(),),
        ),
        Act(
            224,
            SUPERVISOR,
            ("Die Fachleitung gibt den Fall in andere Hände.", "The supervisor gives the case into other hands."),
            (responsibility.AssignManager(manager_id=SECOND.id),),
        ),
        Act(
            236,
            SECOND,
            ("Die neue Managerin holt die Fortschreibung nach.", "The new manager holds the review at last."),
            (reviews.StartReview(), _review(2)),
        ),
    ]


def _gaining_ground() -> list[Act]:
    return [
        Act(
            310,
            SECOND,
            ("Deutsch B1 bestanden! Das Ziel ist erreicht.", "She passed German at B1! The goal is reached."),
            (
                facts.RecordLanguageLevel(level=v.LanguageLevel.B1, evidence=v.LanguageEvidence.CERT_DTZ),
                reviews.StartReview(),
                _review(2, status=v.GoalStatus.ACHIEVED),
            ),
        ),
        Act(
            340,
            SECOND,
            ("Sie ist krank, der Fall ruht, die Uhr steht.", "She is ill, the case rests, the clock stands still."),
            (suspension.Suspend(reason=v.Reason.ILLNESS),),
        ),
        Act(
            375,
            SECOND,
            (
                "Sie ist zurück. Alle Fristen und das Ende der Begleitung rücken um 35 Tage weiter.",
                "She is back. All deadlines and the end of support move on by 35 days.",
            ),
            (suspension.Resume(),),
        ),
        Act(
            425,
            SECOND,
            (
                "Fortschreibung; nach einem Jahr darf die nächste in sechs Monaten folgen.",
                "A review; after a year the next one may follow in six months.",
            ),
            (reviews.StartReview(), _held_without_goals(2, 6)),
        ),
        Act(
            520,
            SECOND,
            ("Erste Arbeit: 30 Stunden in einer Bäckerei.", "Her first job: 30 hours at a bakery."),
            (facts.RecordActivity(activity=v.ActivityKind.EMPLOYMENT_SV, hours_per_week=Decimal(30)),),
        ),
        Act(
            595,
            SECOND,
            ("Fortschreibung, sechs Monate Abstand.", "A review, six months to the next."),
            (reviews.StartReview(), _held_without_goals(3, 6)),
        ),
        Act(
            640,
            SECOND,
            ("Der erste eigene Mietvertrag.", "The first rental contract of her own."),
            (facts.RecordHousing(housing=v.HousingKind.PRIVATE_TENANCY, contract_holder=True),),
        ),
        Act(
            765,
            SECOND,
            ("Fortschreibung.", "A review."),
            (reviews.StartReview(), _held_without_goals(3, 6)),
        ),
    ]


def _stepping_back() -> list[Act]:
    return [
        Act(
            935,
            SECOND,
            (
                "Sie kommt allein zurecht. Der schrittweise Rückzug beginnt: Kontakt alle zwei Wochen.",
                "She gets along by herself. Gradual withdrawal begins: contact every two weeks.",
            ),
            (
                reviews.StartReview(),
                _held_without_goals(4, 6),
                stepping_back.StartWithdrawal(),
            ),
        ),
        Act(
            990,
            SECOND,
            ("Kontakt nur noch alle vier Wochen.", "Contact every four weeks only."),
            (_contact(v.ContactMode.PHONE), stepping_back.AdvanceWithdrawal()),
        ),
        Act(
            1045,
            SECOND,
            ("Kontakt alle acht Wochen.", "Contact every eight weeks."),
            (_contact(v.ContactMode.PHONE), stepping_back.AdvanceWithdrawal()),
        ),
    ]


def _ending() -> list[Act]:
    close = closure.CloseCase(closure_reason=v.ClosureReason.INDEPENDENT)
    return [
        Act(
            1080,
            SECOND,
            (
                "Das letzte Gespräch. Das Ende wird vorgeschlagen und gleich eingetragen …",
                "The last talk. The end is proposed, and entered at once …",
            ),
            (_contact(), closure.ProposeClosure(closure_reason=v.ClosureReason.INDEPENDENT), close),
            refused=Refusal.CLOSURE_NOT_APPROVED,
        ),
        Act(
            1088,
            SUPERVISOR,
            ("Eine zweite Person stimmt zu.", "A second person agrees."),
            (closure.ApproveClosure(),),
        ),
        Act(
            1095,
            SECOND,
            ("Die Begleitung endet: selbstständig.", "Support ends: independent."),
            (close,),
        ),
    ]


def _held_without_goals(independence: int, months: int) -> Command:
    """A review after all goals were reached."""
    return _review(independence, months=months).model_copy(update={"goals": ()})
