"""Coming of age: on the birthday nothing is recorded, but what was agreed or consented to for a minor no longer binds the adult."""

from datetime import date

from domain.case import Case
from domain.story import Occasion, birthday, born
from domain.vocabulary import ConsentScope


def came_of_age(case: Case, since: date | None, on: date, occasion: Occasion) -> bool:
    """Whether somebody was a minor on the day `since`, and no longer is on another. Without a birth date nothing is known of it."""
    birth = born(case, occasion)
    if birth is None or since is None:
        return False
    return since < birthday(birth, occasion.policy(case).adult_age) <= on


def consented(case: Case, scope: ConsentScope, on: date, occasion: Occasion) -> bool:
    """Whether there is a consent that is valid on a day. One that was given for a minor ends when they come of age: the adult gives it anew."""
    return case.consented(scope, on) and not came_of_age(case, case.consented_on.get(scope), on, occasion)
