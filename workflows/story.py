"""One workflow per story: it waits for people and for deadlines, hands what it got to one activity, and keeps what that gives back.

No rule of the programme is decided here. A submission is opaque; the outcome says which instant to wait for and what to tell to whom.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

# A local attempt is short, so that a workflow task never waits long; after it Temporal keeps trying.
LOCAL_ATTEMPT = timedelta(seconds=2)
ATTEMPT = timedelta(seconds=20)
UNTIL_IT_WORKS = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=1.6, maximum_interval=timedelta(seconds=10)
)
ONCE = RetryPolicy(maximum_attempts=1)
# A run ends after this long, so that old payloads leave the history with its retention.
LONGEST_RUN = timedelta(days=90)
AFTER_A_BUG = timedelta(hours=1)
# Telling many cases takes a while; whoever tells shows a sign of life after each.
TELLING = timedelta(minutes=10)
SIGN_OF_LIFE = timedelta(seconds=30)
AFTER_A_FAULT = timedelta(minutes=1)
FOR_THE_CALLER = ("receipt", "refusal", "fingerprint")


@dataclass
class Kept:
    """What a run hands to the next: the version and timer last heard of, whether the story waits for nothing any more, what is still to be told, and after how many submissions to continue as new."""

    version: int = 0
    timer: dict[str, Any] | None = None
    follow_ups: list[dict[str, Any]] = field(default_factory=list)
    continue_after: int = 150
    rests: bool = False


class StoryWorkflow:
    """The one loop. Each kind of stream has a workflow type of its own, so that operators can tell them apart; see `workflows.kinds`."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._turn = asyncio.Lock()
        self._submissions = 0
        self._known = kept.version > 0
        self._woken = False
        self._not_before: datetime | None = None

    async def live(self, kept: Kept) -> None:
        while not self._over():
            await self._wait()
            if not self._known:
                await self._look()
            if self._timer_has_come():
                await self._submit_timer()
            await self._tell_follow_ups()
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not self._nothing_there() and not self._at_rest():
            workflow.continue_as_new(replace(self._kept, continue_after=kept.continue_after))

    @workflow.update
    async def submit(self, submission: dict[str, Any]) -> dict[str, Any]:
        """Records what is submitted and returns what of the outcome is for the caller (see `activities.record.Recorder`)."""
        try:
            outcome = await self._record(submission)
            return {name: outcome[name] for name in FOR_THE_CALLER if name in outcome}
        except ApplicationError:
            raise
        except Exception as error:  # noqa: BLE001 - anything else would wedge the story
            raise ApplicationError("FAULT", type(error).__name__, type="Fault", non_retryable=True) from None

    @workflow.update
    async def refresh(self) -> dict[str, Any]:
        """Asks for the next deadline anew, after a rule was mended. Returns when the clock was to come before, and when now."""
        before = self._at()
        self._known = False
        await self._look()
        if not self._known:
            raise ApplicationError("FAULT", type="Fault", non_retryable=True)
        return {"before": before, "after": self._at()}

    @workflow.signal
    def remember(self, follow_ups: list[dict[str, Any]]) -> None:
        """What is still to be told by the event store alone, in order: a run that was started without memory does not know of it. Newer ones come after."""
        ids = {follow_up["id"] for follow_up in follow_ups}
        newer = [follow_up for follow_up in self._kept.follow_ups if follow_up["id"] not in ids]
        self._kept = replace(self._kept, follow_ups=[*follow_ups, *newer])
        self._woken = True

    @workflow.query
    def standing(self) -> dict[str, Any]:
        """What this run knows: the version it last heard of, and when the clock comes next (ISO form, None: not at all)."""
        return {"version": self._kept.version, "at": self._at()}

    def _at(self) -> str | None:
        return self._kept.timer["at"] if self._kept.timer else None

    async def _record(self, submission: dict[str, Any]) -> dict[str, Any]:
        async with self._turn:
            self._submissions += 1
            try:
                outcome = await self._attempt("record", submission)
            except FailureError:
                self._woken = True
                raise ApplicationError("BUG", type="Bug", non_retryable=True) from None
            self._take(outcome)
            return outcome

    async def _attempt(self, activity: str, argument: Any) -> dict[str, Any]:
        """Locally and quickly; on any fault as a regular activity until it works. Raises FailureError only for a bug."""
        asked = {"what": argument, "at": workflow.now().isoformat(), "knows": self._known}
        outcome: dict[str, Any]
        try:
            outcome = await workflow.execute_local_activity(
                activity, asked, result_type=dict, start_to_close_timeout=LOCAL_ATTEMPT, retry_policy=ONCE
            )
        except FailureError as error:
            if _is_bug(error):
                raise
            outcome = await workflow.execute_activity(
                activity, asked, result_type=dict, start_to_close_timeout=ATTEMPT, retry_policy=UNTIL_IT_WORKS
            )
        return outcome

    def _take(self, outcome: dict[str, Any]) -> None:
        known = {follow_up["id"] for follow_up in self._kept.follow_ups}
        new = [follow_up for follow_up in outcome["follow_ups"] if follow_up["id"] not in known]
        self._woken |= bool(new) or outcome["timer"] != self._kept.timer or outcome["version"] == 0 or self._full()
        self._woken |= outcome.get("rests", False)
        self._kept = replace(
            self._kept,
            version=outcome["version"],
            timer=outcome["timer"],
            rests=outcome.get("rests", False),
            follow_ups=[*self._kept.follow_ups, *new],
        )
        self._known = True
        self._not_before = None

    async def _wait(self) -> None:
        waits = [LONGEST_RUN]
        if self._kept.timer is not None:
            waits.append(max(datetime.fromisoformat(self._kept.timer["at"]), self._held_back()) - workflow.now())
        if self._kept.follow_ups or not self._known:
            waits.append(self._held_back() - workflow.now())
        if self._woken or min(waits) <= timedelta(0):
            self._woken = False
            return
        try:
            await workflow.wait_condition(lambda: self._woken, timeout=min(waits))
        except TimeoutError:
            return
        self._woken = False

    def _held_back(self) -> datetime:
        """After a bug the loop tries again only later; commands of people are never held back."""
        return self._not_before or workflow.now()

    def _timer_has_come(self) -> bool:
        timer = self._kept.timer
        return timer is not None and max(datetime.fromisoformat(timer["at"]), self._held_back()) <= workflow.now()

    async def _submit_timer(self) -> None:
        timer = self._kept.timer
        if timer is None:
            return
        try:
            await self._record(timer["submitted"])
        except ApplicationError:
            self._hold_back("a deadline could not be recorded")
        else:
            if self._kept.timer == timer:
                self._hold_back("a deadline was recorded and is still asked for")

    async def _look(self) -> None:
        """A workflow without memory (its first submission failed, or it was started bare) asks the event store where the story stands."""
        async with self._turn:
            try:
                self._take(await self._attempt("look", workflow.info().workflow_id))
            except FailureError:
                self._hold_back("the story could not be looked up")

    async def _tell_follow_ups(self) -> None:
        for follow_up in list(self._kept.follow_ups):
            if self._held_back() > workflow.now():
                return
            try:
                await workflow.execute_activity(
                    follow_up["kind"],
                    follow_up,
                    start_to_close_timeout=TELLING,
                    schedule_to_close_timeout=2 * TELLING,
                    heartbeat_timeout=SIGN_OF_LIFE,
                    retry_policy=UNTIL_IT_WORKS,
                )
            except FailureError as error:
                self._hold_back("a follow-up could not be told", AFTER_A_BUG if _is_bug(error) else AFTER_A_FAULT)
                return
            told = [each for each in self._kept.follow_ups if each["id"] != follow_up["id"]]
            self._kept = replace(self._kept, follow_ups=told)

    def _hold_back(self, what: str, wait: timedelta = AFTER_A_BUG) -> None:
        workflow.logger.error("attention: %s; trying again in %s", what, wait)
        self._not_before = workflow.now() + wait

    def _full(self) -> bool:
        return self._submissions >= self._kept.continue_after or workflow.info().is_continue_as_new_suggested()

    def _nothing_there(self) -> bool:
        return self._known and self._kept.version == 0

    def _at_rest(self) -> bool:
        """What is over waits for nothing. Whoever asks for something again starts it anew: the event store knows it."""
        return self._known and self._kept.rests and not self._kept.follow_ups

    def _over(self) -> bool:
        """Ends when the store knows no story (a refused opening leaves nothing behind) or the story rests; continues as new when the run is long."""
        old = workflow.now() - workflow.info().start_time >= LONGEST_RUN
        return self._nothing_there() or self._at_rest() or self._full() or old


def _is_bug(error: FailureError) -> bool:
    """A failed local activity arrives bare, a failed regular one inside an ActivityError."""
    cause = error.cause if isinstance(error, ActivityError) else error
    return isinstance(cause, ApplicationError) and cause.type == "Bug"
