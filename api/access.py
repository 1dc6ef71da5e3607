"""Who asks, and what they may do: a signed token says who, one matrix says what. The default is no."""

from enum import Enum, auto
from typing import Annotated

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from api.house import house_of
from api.problems import ProblemError
from domain.envelopes import Actor
from domain.vocabulary import Role
from infra.tokens import ALGORITHM, AUDIENCE, ISSUER

COOKIE = "lotse_token"
REQUIRED = ["iss", "aud", "sub", "role", "provider", "exp"]

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]


class Action(Enum):
    SUBMIT = auto()
    """Ask for something in a case, and see the receipt. Which commands: each command's own rule."""
    SEE_CASE = auto()
    """See a case and its history: codes, dates and numbers."""
    SEE_PERSONAL = auto()
    """See in clear what was sealed."""


CASEWORK = frozenset({Action.SUBMIT, Action.SEE_CASE, Action.SEE_PERSONAL})

MATRIX: dict[Role, frozenset[Action]] = {
    Role.MANAGER: CASEWORK,
    Role.DEPUTY: CASEWORK,
    Role.SUPERVISOR: CASEWORK,
    Role.COORDINATOR: frozenset(),
    Role.MUNICIPALITY: frozenset(),
    Role.MINISTRY: frozenset(),
    Role.DPO: frozenset({Action.SEE_CASE}),
    Role.OPERATOR: frozenset(),
    Role.SYSTEM: frozenset(),
}


def may(actor: Actor, action: Action, provider: str) -> bool:
    """Whether somebody may do this with cases of a provider: their own only."""
    return actor.provider == provider and action in MATRIX.get(actor.role, frozenset())


def demand(actor: Actor, action: Action) -> None:
    """Stops whose role never may, before anything is read or looked up."""
    if not may(actor, action, actor.provider):
        raise ProblemError(403, "NOT_PERMITTED", "Your role does not permit this.")


class _Claims(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    sub: Id
    role: Annotated[Role, Field(strict=False)]
    provider: Id
    deputy_for: Id | None = None


def actor_of(key: bytes, token: str) -> Actor:
    """Whom a token names. Raises ProblemError (401) when it is not ours, altered, expired, or says too little."""
    try:
        content = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": REQUIRED, "strict_aud": True},
        )
        claims = _Claims.model_validate(content)
    except jwt.ExpiredSignatureError:
        raise unauthorised("The token has expired. Get a new one.") from None
    except (jwt.InvalidTokenError, ValidationError):
        raise unauthorised("The token is not valid here.") from None
    if claims.role is Role.SYSTEM:
        raise unauthorised("The token is not valid here.")
    return Actor(id=claims.sub, role=claims.role, provider=claims.provider, deputy_for=claims.deputy_for)


def asking(request: Request) -> Actor:
    """Who asks, by the Authorization header. A dependency."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorised("Send a token: `Authorization: Bearer …`.", sent=False)
    return actor_of(house_of(request).token_key, token.strip())


def from_cookie(request: Request) -> Actor:
    """Who asks, by the cookie of the pages. A dependency."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        raise unauthorised("Sign in first.", sent=False)
    return actor_of(house_of(request).token_key, token)


def unauthorised(detail: str, *, sent: bool = True) -> ProblemError:
    challenge = 'Bearer realm="lotse"' + (', error="invalid_token"' if sent else "")
    return ProblemError(401, "UNAUTHENTICATED", detail, headers={"WWW-Authenticate": challenge})
