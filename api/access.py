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
    RUN_HOUSE = auto()
    """Ask for something in a unit or in the story of a member of staff. Which commands: each command's own rule."""
    SEE_HOUSE = auto()
    """See units, their waiting lists and their staff: numbers, dates and ids."""
    SET_RULES = auto()
    """Publish the programme's numbers."""


CASEWORK = frozenset({Action.SUBMIT, Action.SEE_CASE, Action.SEE_PERSONAL, Action.RUN_HOUSE, Action.SEE_HOUSE})
COORDINATION = frozenset({Action.RUN_HOUSE, Action.SEE_HOUSE, Action.SET_RULES})
ACROSS_PROVIDERS = frozenset(
    {(Role.COORDINATOR, action) for action in COORDINATION} | {(Role.MINISTRY, Action.SET_RULES)}
)
"""Who may do what whatever their provider. Nobody sees a case of another's."""

MATRIX: dict[Role, frozenset[Action]] = {
    Role.MANAGER: CASEWORK,
    Role.DEPUTY: CASEWORK,
    Role.SUPERVISOR: CASEWORK,
    Role.COORDINATOR: COORDINATION,
    Role.MUNICIPALITY: frozenset(),
    Role.MINISTRY: frozenset({Action.SET_RULES}),
    Role.DPO: frozenset({Action.SUBMIT, Action.SEE_CASE}),
    Role.OPERATOR: frozenset(),
    Role.SYSTEM: frozenset(),
}


def may(actor: Actor, action: Action, provider: str) -> bool:
    """Whether somebody may do this with what is a provider's: with their own, but for the few who may across providers."""
    own = actor.provider == provider or (actor.role, action) in ACROSS_PROVIDERS
    return own and action in MATRIX.get(actor.role, frozenset())


def demand(actor: Actor, *one_of: Action) -> None:
    """Stops whose role never may, before anything is read or looked up."""
    if not any(may(actor, action, actor.provider) for action in one_of):
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
