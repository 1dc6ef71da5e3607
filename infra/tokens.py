"""Bearer tokens: a signed statement of who asks, in which role, for which provider."""

from datetime import UTC, datetime, timedelta

import jwt

from domain.vocabulary import Role

ISSUER = AUDIENCE = "lotse"
ALGORITHM = "HS256"
DAYS = 30


def issue(
    key: bytes, *, subject: str, role: Role, provider: str, days: float = DAYS, deputy_for: str | None = None
) -> str:
    """A token for a staff id (never a name), valid from now for `days`. `key`: what `settings.token_key` gives."""
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "role": role.value,
        "provider": provider,
        "iat": now,
        "exp": now + timedelta(days=days),
    }
    if deputy_for is not None:
        claims["deputy_for"] = deputy_for
    return jwt.encode(claims, key, algorithm=ALGORITHM)
