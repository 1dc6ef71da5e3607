"""Corrections, retractions and disputes: what is recorded stays, and what the rules know is told anew."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.catalogue import event_from
from domain.corrections import (
    CorrectFact,
    DisputeResolved,
    FactCorrected,
    FactRetracted,
    ResolveDispute,
    RetractFact,
    StatedFact,
)
from domain.facts import (
    FACTS,
    HousingRecorded,
    RecordHousing,
    RecordResidenceStatus,
)
from domain.refusals import Refusal
from domain.statements import Fact
from domain.story import Command
from domain.vocabulary import (
    ActivityKind,
    DisputeOutcome,
    HousingKind,
    LanguageLevel,
    Reason,
    Role,
    Source,
    Title,
    Turn,
)
from tests.examples import (
    CASE_ID,
    COMMANDS,
    DEPUTY,
    EVENTS,
    MANAGER,
    REGISTER,
    REGISTERED,
    SUPERVISOR,
    SUPPORTED,
    TODAY,
)
from tests.examples_closing import MOVED
from tests.examples_corrections import ACHIEVED, CORRECT, DISPUTE, RESOLVE, RETRACT, TOLD_AT, TOLD_WRONG, TRADE
from tests.scenario import Story, given

MISTAKEN = (*SUPPORTED, TOLD_WRONG)
OWN_FLAT = RecordHousing(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True)
SHARED = RecordHousing(housing=HousingKind.AU_SHARED)
P24 = RecordResidenceStatus(title_code=Title.P24, source=Source.DOCUMENT)
P24_LOST = RecordResidenceStatus(title_code=Title.P24, turn=Turn.ENDS, source=Source.AUTHORITY)
P25_LOST = RecordResidenceStatus(title_code=Title.P25_2, turn=Turn.ENDS, source=Source.AUTHORITY)


def correct(version: int, fact: Command) -> CorrectFact:
    return CorrectFact(corrects=version, fact=fact, reason=Reason.MISTAKE)


def retract(version: int) -> RetractFact:
    return RetractFact(corrects=version, reason=Reason.MISTAKE)


def known(story: Story) -> tuple[object, ...]:
    case = story.case
    return (
        (case.title, case.title_until, case.title_since),
        (case.language_level, case.language_since),
        (case.housing, case.housing_since, case.had_own_tenancy),
        case.activities,
    )


def test_edge_case_23_a_mistake_is_corrected_by_an_event_that_names_it() -> None:
    answer = given(*MISTAKEN).when(CORRECT)
    answer.then(EVENTS["FactCorrected"])
    (recorded,) = answer.recorded
    assert f"{CASE_ID}/{TOLD_AT}" == recorded.corrects
    assert (recorded.reason, recorded.effective_on) == (Reason.MISTAKE, TODAY)
    assert known(given(*MISTAKEN, CORRECT))[1] == (LanguageLevel.A1, ACHIEVED)


def test_edge_case_23_a_wrong_day_is_corrected() -> None:
    other_day = TOLD_WRONG.model_copy(update={"effective_on": date(2018, 2, 20)})
    story = given(*MISTAKEN, correct(TOLD_AT, other_day))
    assert (LanguageLevel.A2, date(2018, 2, 20)) == known(story)[1]


def test_edge_case_23_what_was_recorded_of_the_wrong_person_is_retracted() -> None:
    answer = given(*MISTAKEN).when(RETRACT)
    answer.then(EVENTS["FactRetracted"])
    assert f"{CASE_ID}/{TOLD_AT}" == answer.recorded[0].corrects
    assert known(given(*SUPPORTED)) == known(given(*MISTAKEN, RETRACT))


@pytest.mark.parametrize("by", [MANAGER, DEPUTY, SUPERVISOR], ids=lambda actor: actor.role)
def test_managers_deputies_and_supervisors_correct(by: object) -> None:
    assert {Role.MANAGER, Role.DEPUTY, Role.SUPERVISOR} == CorrectFact.roles
    given(*MISTAKEN).when(CORRECT, by=by).then(EVENTS["FactCorrected"])  # type: ignore[arg-type]  # one of the three


@pytest.mark.parametrize("command", [CorrectFact, RetractFact])
def test_a_correction_has_its_reason(command: type[Command]) -> None:
    with pytest.raises(ValidationError, match="reason"):
        command.model_validate({"corrects": TOLD_AT, "fact": TOLD_WRONG})


def test_the_reason_belongs_to_the_correction_and_not_to_the_fact() -> None:
    with pytest.raises(ValidationError, match="belongs to the correction"):
        correct(TOLD_AT, TOLD_WRONG.model_copy(update={"reason": Reason.OTHER}))


@pytest.mark.parametrize("command", [CORRECT, RETRACT, DISPUTE, RESOLVE], ids=lambda command: command.kind)
@pytest.mark.parametrize(
    ("version", "what"),
    [(1, "identity"), (2, "a check of eligibility"), (9, "an agreement"), (99, "nothing that is in this story")],
)
def test_g31_only_a_fact_of_this_story_is_a_target(command: Command, version: int, what: str) -> None:
    field = "corrects" if "corrects" in type(command).model_fields else "disputes"
    asked = command.model_copy(update={field: version})
    given(*MISTAKEN).when(asked).then_refused(Refusal.CORRECTION_TARGET, version=version)


@pytest.mark.parametrize("command", [CORRECT, RETRACT, DISPUTE, RESOLVE], ids=lambda command: command.kind)
@pytest.mark.parametrize("before", [CORRECT, RETRACT], ids=["superseded", "retracted"])
def test_g31_what_no_longer_stands_is_no_target(command: Command, before: Command) -> None:
    given(*MISTAKEN, before).when(command).then_refused(Refusal.CORRECTION_TARGET, version=TOLD_AT)


def test_g31_a_correction_can_be_corrected_and_retracted_itself() -> None:
    story, last = given(*MISTAKEN, CORRECT), TOLD_AT + 1
    again = correct(last, TOLD_WRONG.model_copy(update={"level": LanguageLevel.B1}))
    assert known(story.given(again))[1] == (LanguageLevel.B1, ACHIEVED)
    assert known(story.given(retract(last)))[1] == (None, None)
    story.given(again).when(retract(last)).then_refused(Refusal.CORRECTION_TARGET)


def test_g31_a_fact_is_corrected_by_one_of_its_kind() -> None:
    given(*MISTAKEN).when(correct(TOLD_AT, OWN_FLAT)).then_refused(
        Refusal.CORRECTION_KIND, command="RecordLanguageLevel"
    )


def test_a_begin_may_be_corrected_to_an_end() -> None:
    story = given(REGISTER, COMMANDS["RecordActivity"])
    ended = COMMANDS["RecordActivity"].model_copy(update={"turn": Turn.ENDS, "hours_per_week": None})
    assert story.given(correct(2, ended)).case.activities == {ActivityKind.EMPLOYMENT_SV: (TODAY, False)}


def test_what_was_said_later_still_comes_after_a_correction() -> None:
    b1 = TOLD_WRONG.model_copy(update={"level": LanguageLevel.B1})
    story = given(*MISTAKEN, b1, CORRECT)
    assert known(story)[1] == (LanguageLevel.B1, ACHIEVED)
    assert known(story.given(retract(TOLD_AT + 1)))[1] == (LanguageLevel.A1, ACHIEVED)


@pytest.mark.parametrize("version", [TOLD_AT, TOLD_AT + 1])
def test_the_first_tenancy_is_told_from_what_stands(version: int) -> None:
    story = given(*SUPPORTED, OWN_FLAT, SHARED)
    assert known(story)[2] == (HousingKind.AU_SHARED, TODAY, True)
    story = story.given(retract(version))
    assert (version == TOLD_AT + 1) == story.case.had_own_tenancy
    again = HousingRecorded(housing=HousingKind.PRIVATE_TENANCY, contract_holder=True, first_tenancy=version == TOLD_AT)
    story.when(OWN_FLAT).then(again)


def test_a_tenancy_that_is_corrected_is_still_the_first() -> None:
    earlier = OWN_FLAT.model_copy(update={"effective_on": date(2018, 4, 5)})
    answer = given(*SUPPORTED, OWN_FLAT).when(correct(TOLD_AT, earlier))
    answer.then(
        FactCorrected(corrects=TOLD_AT, fact=StatedFact(effective_on=date(2018, 4, 5), event=EVENTS["HousingRecorded"]))
    )


def test_edge_case_23_a_loss_counts_once_the_title_before_it_is_retracted() -> None:
    story = given(*REGISTERED, P24, P25_LOST)
    assert Title.P24 is story.case.title
    assert Title.NONE is story.given(retract(3)).case.title


def test_edge_case_23_a_loss_counts_no_more_once_the_title_that_was_lost_is_corrected() -> None:
    story = given(*REGISTERED, P24, P24_LOST)
    assert Title.NONE is story.case.title
    other = P24.model_copy(update={"title_code": Title.P25_3})
    assert Title.P25_3 is story.given(correct(3, other)).case.title


def test_a_title_that_is_retracted_leaves_what_the_check_of_eligibility_has_shown() -> None:
    story = given(*REGISTERED, P24)
    assert known(given(*REGISTERED)) == known(story.given(retract(3)))


def test_the_deadline_follows_a_corrected_title() -> None:
    extended = COMMANDS["RecordResidenceStatus"].model_copy(update={"valid_until": date(2018, 7, 31)})
    story = given(*SUPPORTED, extended)
    until = extended.model_copy(update={"valid_until": date(2018, 7, 1)})
    assert date(2018, 7, 1) == story.given(correct(TOLD_AT, until)).case.title_until


@pytest.mark.parametrize("command", [CORRECT, RETRACT, DISPUTE], ids=lambda command: command.kind)
def test_g16_facts_of_a_closed_case_are_corrected_and_its_closing_stays_as_it_was(command: Command) -> None:
    story = given(*MISTAKEN, MOVED)
    closing = story.recorded[-1].event
    after = story.given(command)
    assert after.recorded[-2].event == closing
    assert (after.case.phase, after.case.closed_on) == (story.case.phase, story.case.closed_on)


def test_g16_nothing_after_its_end_is_corrected_into_a_closed_case() -> None:
    story = given(*MISTAKEN, MOVED)
    later = TOLD_WRONG.model_copy(update={"effective_on": date(2018, 5, 2)})
    story.when(correct(TOLD_AT, later), at=date(2018, 5, 3)).then_refused(
        Refusal.CLOSED_IMMUTABLE, command="RecordLanguageLevel"
    )


def test_g27_g28_g34_what_a_fact_must_keep_to_its_correction_must() -> None:
    story = given(*MISTAKEN, P25_LOST)
    for fact, refusal in (
        (TOLD_WRONG.model_copy(update={"effective_on": date(2018, 4, 13)}), Refusal.FUTURE_FACT),
        (TOLD_WRONG.model_copy(update={"effective_on": date(1990, 5, 16)}), Refusal.BEFORE_BIRTH),
    ):
        story.when(correct(TOLD_AT, fact)).then_refused(refusal)
    rumour = P25_LOST.model_copy(update={"source": Source.HEARSAY})
    story.when(correct(TOLD_AT + 1, rumour)).then_refused(Refusal.TITLE_EVIDENCE)


def test_a_corrected_fact_keeps_what_is_personal_sealed() -> None:
    story = given(*SUPPORTED, TRADE)
    (recorded,) = story.when(correct(TOLD_AT, COMMANDS["RecordQualification"])).recorded
    assert isinstance(recorded.event, FactCorrected)
    assert EVENTS["QualificationRecorded"] == recorded.event.fact.event
    assert "Seamstress" not in str(recorded.event.model_dump(mode="json"))


class CourseRecorded(Fact):
    """A fact whose shape has changed since it was stored: once it said `stage`, now `level`."""

    level: LanguageLevel

    schema_version = 2
    asked_by = "RecordLanguageLevel"

    @classmethod
    def upcast(cls, version: int, body: dict[str, object]) -> dict[str, object]:
        return {"level": body["stage"]}


def test_a_corrected_fact_of_an_older_shape_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FACTS, "CourseRecorded", CourseRecorded)
    fact = {"effective_on": "2018-03-20", "name": "CourseRecorded", "schema_version": 1, "body": {"stage": "A1"}}
    loaded = event_from("FactCorrected", 1, {"corrects": TOLD_AT, "fact": fact})
    assert isinstance(loaded, FactCorrected)
    assert CourseRecorded(level=LanguageLevel.A1) == loaded.fact.event


def test_edge_case_23_a_fact_is_noted_as_disputed_once() -> None:
    story = given(*MISTAKEN)
    story.when(DISPUTE).then(EVENTS["FactDisputed"])
    story.given(DISPUTE).when(DISPUTE).then_nothing()
    assert known(story) == known(story.given(DISPUTE))


@pytest.mark.parametrize("outcome", [DisputeOutcome.UPHELD, DisputeOutcome.WITHDRAWN])
def test_a_dispute_ends_and_the_fact_stands(outcome: DisputeOutcome) -> None:
    resolve = RESOLVE.model_copy(update={"outcome": outcome})
    story = given(*MISTAKEN, DISPUTE)
    story.when(resolve).then(DisputeResolved(disputes=TOLD_AT, outcome=outcome))
    assert known(given(*MISTAKEN)) == known(story.given(resolve))
    story.given(resolve).when(resolve).then_refused(Refusal.NOT_DISPUTED, disputes=TOLD_AT)


def test_a_dispute_ends_with_the_correction_or_the_retraction_of_the_fact() -> None:
    story = given(*MISTAKEN, DISPUTE)
    ends = {outcome: DisputeResolved(disputes=TOLD_AT, outcome=outcome) for outcome in DisputeOutcome}
    story.when(CORRECT).then(ends[DisputeOutcome.CORRECTED], EVENTS["FactCorrected"])
    story.when(RETRACT).then(ends[DisputeOutcome.RETRACTED], FactRetracted(corrects=TOLD_AT))
    with pytest.raises(ValidationError):
        ResolveDispute(disputes=TOLD_AT, outcome=DisputeOutcome.CORRECTED)
