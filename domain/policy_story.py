"""The programme's numbers are published before they come into force; a case is moved to other ones only by an event of its own."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.case import OPEN_PHASES, Case
from domain.deadlines import last_day_of_support
from domain.envelopes import POLICY_STREAM
from domain.policy import Parameters, Policy
from domain.refusals import Refusal, Refused
from domain.story import Command, Event, Occasion, State
from domain.vocabulary import Reason, Role

PolicyVersion = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$", description="the name of a policy's version")
]


@dataclass(slots=True)
class Rules(State):
    """What was published, in order."""

    published: tuple[Policy, ...] = ()


class PublishPolicy(Command):
    """New numbers for the programme, in force from `valid_from` on for whoever is taken in then. `effective_on` is the day of publication.

    Versions have names of their own, and each comes into force later than the one before, and than the day on which it is published. Parameters that are
    left out have the programme's defaults, not the numbers of the version before.
    """

    kind: Literal["PublishPolicy"] = "PublishPolicy"
    version: PolicyVersion
    valid_from: date
    parameters: Parameters

    of_kind = POLICY_STREAM
    opens = True
    roles = frozenset({Role.COORDINATOR, Role.MINISTRY})

    def decide(self, rules: Rules, occasion: Occasion) -> list[Event]:
        known = {policy.version: policy for policy in (*occasion.policies, *rules.published)}
        last = max(policy.valid_from for policy in known.values())
        earliest = max(last, occasion.today) + timedelta(days=1)
        if self.version in known or self.valid_from < earliest:
            raise Refused(Refusal.POLICY_ORDER, version=self.version, earliest=earliest)
        return [PolicyPublished(version=self.version, valid_from=self.valid_from, parameters=self.parameters)]


class PolicyPublished(Event):
    """All the numbers are kept, those that were left out too: a later default does not change what was published."""

    version: PolicyVersion
    valid_from: date
    parameters: Parameters

    @property
    def policy(self) -> Policy:
        return Policy(version=self.version, valid_from=self.valid_from, **dict(self.parameters))

    def apply(self, rules: Rules) -> None:
        rules.published = (*rules.published, self.policy)


class MoveToPolicy(Command):
    """A supervisor moves a case, with a `reason`, to another version of the programme's numbers that is in force on `effective_on`.

    Regular support then lasts as long as that version has it, counted from the same first day. An extension that was approved stays, within the
    longest support of that version. Days on which the clock stood still do not count.
    """

    kind: Literal["MoveToPolicy"] = "MoveToPolicy"
    version: PolicyVersion
    reason: Reason

    roles = frozenset({Role.SUPERVISOR})
    phases = OPEN_PHASES
    within_support = True

    def decide(self, case: Case, occasion: Occasion) -> list[Event]:
        policies = _known(occasion)
        new = policies.get(self.version)
        if new is None:
            raise Refused(Refusal.POLICY_UNKNOWN, version=self.version)
        if self.on(occasion) < new.valid_from:
            raise Refused(Refusal.DATE_ORDER, first=new.valid_from, then=self.on(occasion))
        if case.policy_version is None or case.support_start is None or case.support_end is None:
            raise ValueError("an open case has its policy and its period of support")
        if self.version == case.policy_version:
            return []
        end = _support_end(case, case.support_start, case.support_end, policies[case.policy_version], new)
        return [
            PolicyMoved(
                policy=new.version,
                support_end=end,
                previous_policy=case.policy_version,
                previous_support_end=case.support_end,
            )
        ]


class PolicyMoved(Event):
    """`support_end`: the last day of support from now on. What held before is told with it, so that both stand in the history."""

    policy: PolicyVersion
    support_end: date
    previous_policy: PolicyVersion
    previous_support_end: date

    def apply(self, case: Case) -> None:
        case.policy_version, case.support_end = self.policy, self.support_end


def _known(occasion: Occasion) -> dict[str, Policy]:
    """What was published a moment ago counts too."""
    rules: Rules = occasion.elsewhere(POLICY_STREAM)
    return {policy.version: policy for policy in (*occasion.policies, *rules.published)}


def _support_end(case: Case, start: date, end: date, old: Policy, new: Policy) -> date:
    stopped = timedelta(days=case.stopped_days)
    regular = last_day_of_support(start, new.support_months) + stopped
    extended = end > last_day_of_support(start, old.support_months) + stopped
    latest = last_day_of_support(start, new.support_months_at_most) + stopped
    return max(regular, min(end, latest)) if extended else regular
