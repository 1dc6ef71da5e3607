"""Forms that ask for something: each is bound to who is signed in and to what it was made for, so that no other page can send it."""

import hashlib
import hmac

from starlette.requests import Request

from api.access import COOKIE
from api.house import house_of
from api.problems import ProblemError

BETWEEN = "\x00"  # in no value that a form holds: two lists of values never read the same


def mark(request: Request, *about: str) -> str:
    """The signature (hex) of a form that somebody is shown. `about`: what it was made for."""
    told = BETWEEN.join(("form", request.cookies.get(COOKIE, ""), *about))
    return hmac.new(house_of(request).token_key, told.encode(), hashlib.sha256).hexdigest()


def check(request: Request, given: str, *about: str) -> None:
    """Raises ProblemError (403) where the form was made for somebody else, for something else, or not by us."""
    if not hmac.compare_digest(mark(request, *about).encode(), given.encode()):
        raise ProblemError(403, "FOREIGN_FORM", "The form was not made for this here.")
