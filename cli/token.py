"""`lotse token`: a bearer token for development, to sign in with and to ask with."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from domain.story import StaffId
from domain.vocabulary import Role
from infra import tokens
from infra.settings import SettingsError, load_settings, token_key

DAYS_AT_MOST = 366
NAME: TypeAdapter[str] = TypeAdapter(StaffId)


def token(
    *,
    role: Annotated[Role, typer.Option(help="In which role the bearer acts.")],
    provider: Annotated[str, typer.Option(help="For which provider, e.g. drk.")],
    subject: Annotated[str, typer.Option(help="Id of the staff member, never a name, e.g. im-01.")],
    deputy_for: Annotated[str | None, typer.Option(help="Id of whom a deputy stands in for.")] = None,
    days: Annotated[int, typer.Option(min=1, max=DAYS_AT_MOST, help="How long it is valid.")] = tokens.DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="Print token and end of validity as JSON.")] = False,
) -> None:
    """Issue a token for development. It goes into LOTSE_TOKEN, an Authorization header, or the sign-in page."""
    for option, given in (("provider", provider), ("subject", subject), ("deputy-for", deputy_for)):
        if given is not None:
            _check(option, given)
    if role is Role.SYSTEM:
        raise typer.BadParameter("the clock acts by itself: nobody signs in as it", param_hint="--role")
    if deputy_for is not None and role is not Role.DEPUTY:
        raise typer.BadParameter("only a deputy stands in for somebody: use --role deputy", param_hint="--deputy-for")
    try:
        settings = load_settings()
        if settings.mode == "production":
            raise SettingsError(
                "development_only",
                "LOTSE_MODE is production, and this command issues tokens to anybody who can start it. There, tokens come "
                "from whoever holds LOTSE_TOKEN_KEY and knows who people are.",
            )
        issued = tokens.issue(
            token_key(settings), subject=subject, role=role, provider=provider, days=days, deputy_for=deputy_for
        )
    except SettingsError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from None
    if as_json:
        ends = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")
        typer.echo(json.dumps({"token": issued, "expires_at": ends}))
    else:
        typer.echo(issued)


def _check(option: str, given: str) -> None:
    try:
        NAME.validate_python(given)
    except ValidationError:
        raise typer.BadParameter(
            "2 to 40 of a-z, 0-9 and hyphens, beginning with a letter or digit", param_hint=f"--{option}"
        ) from None
