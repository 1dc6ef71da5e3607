"""How `lotse demo --life` tells what it does: line by line, in German or English."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.dates import format_date
from rich.console import Console
from rich.text import Text

from cli.client import Problem, Receipt
from cli.life import Told
from cli.rules_words import Words
from domain.deadlines import DeadlineEscalated, DeadlineFellDue, DeadlineReminded, DeadlineRemindedAgain
from domain.vocabulary import DeadlineStage

LANGUAGES = ("de", "en")
READABLE_S = 0.4  # between two lines, where somebody watches
STAGES = {
    DeadlineReminded: DeadlineStage.REMINDED,
    DeadlineRemindedAgain: DeadlineStage.REMINDED_AGAIN,
    DeadlineFellDue: DeadlineStage.FELL_DUE,
    DeadlineEscalated: DeadlineStage.ESCALATED,
}
OfTheClock = DeadlineReminded | DeadlineRemindedAgain | DeadlineFellDue | DeadlineEscalated

TITLE = (
    "Drei Jahre mit einer erfundenen Person. Alles läuft über die öffentliche Schnittstelle; die Zeit dazwischen überspringt Temporal.",
    "Three years with one invented person. All of it goes through the public API; Temporal skips the time in between.",
)
CLOCK = ("Uhr", "clock")
DUE = ("fällig am", "due on")
RECEIPT = ("Beleg: Version {version}, Position {position}", "receipt: version {version}, position {position}")
NEXT = ("nächste Frist: {deadline}, {due}", "next deadline: {deadline}, {due}")
REFUSED = ("Abgelehnt: {code}", "Refused: {code}")
OTHERWISE = ("Nicht wie erwartet: {what}", "Not as expected: {what}")
SUM = (
    "{years} Jahre in {seconds:.0f} Sekunden: {events} Ereignisse, {clock} davon von der Uhr; die Zeitleiste zeigt {timeline}.",
    "{years} years in {seconds:.0f} seconds: {events} events, {clock} of them by the clock; the timeline shows {timeline}.",
)
SHOWN: Sequence[Told] = (
    (
        "Jede Frist kam an ihrem Tag und jede Stufe einmal: Erinnerung, Ablauf, Eskalation an die Fachleitung.",
        "Each deadline came on its day and each stage once: reminder, passing, escalation to the supervisor.",
    ),
    (
        "Die versäumte Fortschreibung hat weder ein Gespräch noch ein Wechsel der Zuständigkeit erledigt, nur sie selbst.",
        "Neither a talk nor another manager cleared the missed review, only holding it did.",
    ),
    (
        "Während der Fall ruhte, stand die Uhr; danach rückten alle Fristen weiter.",
        "While the case rested the clock stood still; afterwards all deadlines moved on.",
    ),
    (
        "Was die Regeln nicht zulassen, wurde abgelehnt und nicht gespeichert: ein Plan ohne Schriftform, ein Ende ohne vier Augen.",
        "What the rules do not allow was refused and not stored: a plan that is not in writing, an end without four eyes.",
    ),
)
LOOK = ("Der Fall: {page}", "The case: {page}")
SIGN_IN = ("Anmelden mit diesem Token:", "Sign in with this token:")


@dataclass(frozen=True)
class Teller:
    console: Console
    language: str = "de"
    words: Words = field(default_factory=Words)

    def say(self, told: Told) -> str:
        return told[LANGUAGES.index(self.language)]

    async def title(self) -> None:
        await self._line(Text(f"{self.say(TITLE)}\n", style="bold"))

    async def act(self, day: date, told: Told) -> None:
        await self._line(Text(f"{self.day(day):>14}  ") + Text(self.say(told)))

    async def clock(self, day: date, event: OfTheClock) -> None:
        stage = STAGES[type(event)]
        line = Text(f"{self.day(day):>14}  ", style="dim") + Text(f"⏰ {self.say(CLOCK)}: ", style="yellow")
        line.append(f"{self._word('deadline', event.deadline)}, {self.say(DUE)} {self.day(event.due_on)}: ")
        line.append(self._word("stage", stage), style="bold red" if stage is DeadlineStage.ESCALATED else "yellow")
        await self._line(line)

    async def receipt(self, receipt: Receipt) -> None:
        said = self.say(RECEIPT).format(version=receipt.version, position=receipt.position)
        if following := receipt.next_deadline:
            deadline = self._word("deadline", following.kind)
            said += "; " + self.say(NEXT).format(deadline=deadline, due=self.day(following.due_on))
        await self._line(Text(f"{'':>16}{said}", style="dim"))

    async def refusal(self, problem: Problem) -> None:
        code = f"{problem.guard} {problem.code}" if problem.guard else problem.code
        await self._line(Text(f"{'':>16}✗ {self.say(REFUSED).format(code=code)}", style="magenta"))

    async def unexpected(self, what: str) -> None:
        await self._line(Text(f"{'':>16}{self.say(OTHERWISE).format(what=what)}", style="bold red"))

    def end(self, *, years: int, seconds: float, events: int, clock: int, timeline: int) -> None:
        summed = self.say(SUM).format(years=years, seconds=seconds, events=events, clock=clock, timeline=timeline)
        self.console.print(Text(f"\n{summed}", style="bold"), soft_wrap=True)
        for told in SHOWN:
            self.console.print(Text(f"  ✓ {self.say(told)}"), soft_wrap=True)

    def where(self, page: str, token: str) -> None:
        self.console.print(Text(f"\n{self.say(LOOK).format(page=page)}"), soft_wrap=True)
        self.console.print(Text(f"{self.say(SIGN_IN)}\n  {token}"), soft_wrap=True)

    def day(self, day: date) -> str:
        return format_date(day, "medium", locale=self.language)

    def _word(self, kind: str, code: str) -> str:
        english, german = self.words.row(kind, code)
        return german if self.language == "de" else english

    async def _line(self, line: Text) -> None:
        self.console.print(line, soft_wrap=True)
        if self.console.is_terminal:
            await asyncio.sleep(READABLE_S)
