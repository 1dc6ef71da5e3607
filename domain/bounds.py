"""What bounds every command in a case, whatever it asks for: the person's life, the phase, the day."""

from domain.case import Case
from domain.deadlines import add_months
from domain.policy import policy_on
from domain.refusals import Refusal, Refused
from domain.responsibility import check_deputy
from domain.story import Command, Occasion, State, check_life_span
from domain.vocabulary import Phase, Role


def check(case: Case, command: Command, occasion: Occasion) -> None:
    """Raises Refused."""
    check_not_restricted(case, command, occasion)
    check_alive(case, command, occasion)
    check_phase(case, command, occasion)
    check_day(case, command, occasion)
    check_deputy(case, command, occasion)


def check_of_house(_: State, command: Command, occasion: Occasion) -> None:
    """What bounds a command of the house, i.e. about a unit, staff or policy: no free text, and nothing true in the future but what can be planned."""
    if command.reason_text is not None:
        raise Refused(Refusal.NO_FREE_TEXT, command=command.kind)
    check_not_ahead(command, occasion)


def check_not_restricted(case: Case, command: Command, occasion: Occasion) -> None:
    """G26: nothing but what the person may demand, and what the clock and other stories have to say, so that nothing is lost meanwhile."""
    if case.restricted_since is None or command.while_restricted or occasion.actor.role is Role.SYSTEM:
        return
    raise Refused(Refusal.RESTRICTED, since=case.restricted_since)


def check_alive(case: Case, command: Command, occasion: Occasion) -> None:
    """Nothing true of a person after their death, nor any casework with them or in a duplicate's case; what is for closed cases is about records, not about a life."""
    if not _of_life(command):
        return
    check_not_merged(case)
    if case.died_on is not None and command.on(occasion) > case.died_on:
        raise Refused(Refusal.AFTER_DEATH, effective_on=command.on(occasion), died_on=case.died_on)


def check_not_merged(case: Case) -> None:
    """What is told of a person who was registered twice is told in the case that survived."""
    if case.merged_into is not None:
        raise Refused(Refusal.MERGED_ALREADY)


def _of_life(command: Command) -> bool:
    return command.late_allowed or Phase.CLOSED not in command.phases


def check_phase(case: Case, command: Command, occasion: Occasion) -> None:
    """A closed case stays as it is, but for what was true by the day of its closing and is handed in late."""
    if case.phase is Phase.CLOSED and case.phase not in command.phases:
        late = command.late_allowed and case.closed_on is not None and command.on(occasion) <= case.closed_on
        if not late:
            raise Refused(Refusal.CLOSED_IMMUTABLE, command=command.kind, closed_on=case.closed_on)
        return
    command.check_first(case)
    if not command.opens and case.phase not in command.phases:
        raise Refused(Refusal.ILLEGAL_TRANSITION, command=command.kind, phase=case.phase)


def check_day(case: Case, command: Command, occasion: Occasion) -> None:
    """Nothing true in the future but what can be planned, nothing before birth, no casework before support."""
    check_not_ahead(command, occasion)
    on = command.on(occasion)
    if on < occasion.today:
        check_life_span(case, on, occasion)
    if command.within_support and case.support_start is not None and on < case.support_start:
        raise Refused(Refusal.DATE_ORDER, first=case.support_start, then=on)


def check_not_ahead(command: Command, occasion: Occasion) -> None:
    on, today = command.on(occasion), occasion.today
    months_ahead = policy_on(occasion.policies, today).plan_ahead_months if command.plannable else 0
    if on > add_months(today, months_ahead):
        raise Refused(Refusal.FUTURE_FACT, effective_on=on, today=today)
