"""Which pages show what the town has to show: where to look, and what for, in German and in English."""

from collections.abc import Iterator, Mapping

from cli.town_cast import cast
from cli.town_stories import NEXT_UNIT, TWIN

Sight = tuple[str, str, str]
"""A page's path, and what is to be seen there, in German and in English."""

PAGES: tuple[Sight, ...] = (
    (
        "/overview",
        "Alles auf einen Blick: wo die Fälle stehen, und was überfällig ist.",
        "All at a glance: where the cases stand, and what is overdue.",
    ),
    (
        "/my-caseload?manager=im-drk-1",
        "Die Fälle einer Integrationsmanagerin, die spätesten zuerst.",
        "The cases of one integration manager, the latest first.",
    ),
    (
        "/reviews?overdue=true",
        "Plangespräche, die überfällig sind; nur ein geführtes Gespräch erledigt sie.",
        "Reviews of plans that are overdue; only a review that is held settles them.",
    ),
    (
        "/units",
        "Plätze, Köpfe und Stellen. In Weingarten ist eine Zehntelstelle besetzt, also gibt es sechs Plätze.",
        "Places, heads and posts. In Weingarten a tenth of a post is filled, so there are six places.",
    ),
    (
        f"/{NEXT_UNIT}",
        "Warteliste: Zwei Fälle sind zu Ende. Der erste Platz ist der dringenden Person angeboten, der zweite bleibt für "
        "eine Familie von vier frei, die früher gefragt hat. Eine Übergabe von der Diakonie wartet auf Antwort.",
        "Waiting list: two cases have ended. The first place is offered to the urgent person, the second is kept for "
        "a family of four that asked earlier. A transfer from the other provider waits for an answer.",
    ),
    (
        "/approvals",
        "Was auf die zweite Person wartet: Beendigungen, die vorgeschlagen sind.",
        "What waits for the second person: closures that are proposed.",
    ),
    (
        "/notices",
        "Was der Leitung gemeldet wurde: Fristen, Angebote, Übergaben.",
        "What the supervisors were told: deadlines, offers, transfers.",
    ),
)

CASES = (
    (
        "corrected",
        0,
        "Ein Sprachstand wurde berichtigt: A2, nicht B1. Der alte Eintrag bleibt stehen.",
        "A language level was corrected: A2, not B1. The old entry stays in the history.",
    ),
    (
        "split",
        0,
        "Eine Mutter hat den Haushalt mit den Kindern verlassen, zu ihrem Schutz.",
        "A mother has left the household with the children, for their protection.",
    ),
    (
        "death",
        1,
        "In der Familie ist jemand gestorben: ein leiser Hinweis, ohne Namen und ohne Ursache.",
        "Somebody in the family has died: a gentle note, without a name and without a cause.",
    ),
    ("back", 0, "Weggezogen, zurückgekommen, wiedereröffnet.", "Moved away, came back, reopened."),
    (
        "moving",
        0,
        "Nach Weingarten übergeben; der Platz in Ravensburg ist wieder frei.",
        "Handed over to Weingarten; the place in Ravensburg is free again.",
    ),
)


def sights(cases: Mapping[int, str]) -> Iterator[Sight]:
    """`cases`: by the number of the person, as far as they are known."""
    yield from PAGES
    people = cast()
    for name, member, german, english in CASES:
        number = people[name][member].number
        if number in cases:
            yield f"/cases/{cases[number]}", german, english
    twin = people["twice"][0].number + TWIN
    if twin in cases:
        yield (
            f"/cases/{cases[twin]}",
            "Zweimal aufgenommen: Dieser Fall ist mit dem der Person zusammengeführt.",
            "Registered twice: this case is merged into the one of the person.",
        )
