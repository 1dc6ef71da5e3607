"""The steps of a replay, each of which any replay worker may take, and repeat."""

import contextvars
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from temporalio import activity

BEAT_S = 2.0


class Replaying(Protocol):
    """What a replay is made of. Each step done a second time changes nothing; what is raised is a fault, to be tried again."""

    def begin(self, plan: int) -> int:
        """Makes empty tables and divides the log; returns the number of ranges."""
        ...

    def tell_range(self, plan: int, number: int) -> int:
        """Tells the streams of a range; returns the number of events, 0 when that was done already."""
        ...

    def names(self, plan: int) -> list[str]:
        """The read models of a plan."""
        ...

    def finish(self, plan: int, name: str) -> None:
        """Gives a table its indexes."""
        ...

    def catch_up(self, plan: int) -> None:
        """Tells what has come since."""
        ...

    def compare(self, plan: int) -> None:
        """Compares with what readers see, and says that the plan is ready."""
        ...

    def discard(self, plan: int) -> None:
        """Takes away what was made."""
        ...


@contextmanager
def beating() -> Iterator[None]:
    """Says that this process lives, whatever PostgreSQL takes its time for."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_S):
            activity.heartbeat()

    heart = threading.Thread(target=contextvars.copy_context().run, args=(beat,), daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


@dataclass(frozen=True)
class Replay:
    steps: Replaying

    @activity.defn(name="replay_begin")
    def begin(self, plan: int) -> dict[str, Any]:
        with beating():
            return {"ranges": self.steps.begin(plan), "names": self.steps.names(plan)}

    @activity.defn(name="replay_range")
    def tell_range(self, plan: int, number: int) -> int:
        with beating():
            return self.steps.tell_range(plan, number)

    @activity.defn(name="replay_finish")
    def finish(self, plan: int, name: str) -> None:
        with beating():
            self.steps.finish(plan, name)

    @activity.defn(name="replay_catch_up")
    def catch_up(self, plan: int) -> None:
        with beating():
            self.steps.catch_up(plan)

    @activity.defn(name="replay_compare")
    def compare(self, plan: int) -> None:
        with beating():
            self.steps.compare(plan)

    @activity.defn(name="replay_discard")
    def discard(self, plan: int) -> None:
        with beating():
            self.steps.discard(plan)
