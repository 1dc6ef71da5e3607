"""The settings of every process, from variables `LOTSE_*`, and the keys and addresses that follow from them."""

import base64
import binascii
import os
import tempfile
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.data_folder import read_running

KEY_BYTES = 32


class SettingsError(Exception):
    """A setting is missing or wrong. `code` is stable; the message says what happened, why, and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Settings(BaseSettings):
    """Each field is read from the variable `LOTSE_<FIELD>`; an empty variable counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix="LOTSE_", frozen=True, env_ignore_empty=True, hide_input_in_errors=True, extra="ignore"
    )

    mode: Literal["development", "production"] = "development"
    data_dir: Path = Path(".lotse")
    database_url: str | None = Field(default=None, repr=False)  # may hold a password
    master_key: SecretStr | None = None  # base64 of 32 bytes; wraps the keys of persons
    token_key: SecretStr | None = None  # base64 of 32 bytes; signs bearer tokens
    signing_key: SecretStr | None = None  # base64 of 32 bytes; signs the checkpoints of the event store
    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8080, ge=0, le=65535)  # 0: the launcher takes a free one
    task_queue: str = "lotse-case"
    replay_queue: str = "lotse-replay"
    log_format: Literal["lines", "json"] = "lines"
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def load_settings() -> Settings:
    """The settings of this process; raises `SettingsError` with the names of wrong variables, never their values."""
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"LOTSE_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        raise SettingsError("setting_invalid", f"A setting can't be used: {faults}. Correct or unset it.") from None


def environment(settings: Settings) -> dict[str, str]:
    """The variables that give another process the same settings; the data folder as an absolute path."""
    values = settings.model_copy(update={"data_dir": settings.data_dir.resolve()}).model_dump(exclude_none=True)
    return {
        f"LOTSE_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
    }


def database_url(settings: Settings) -> str:
    """The PostgreSQL to use: the configured one, in development else the one that the launcher runs."""
    if settings.database_url:
        return settings.database_url
    running = read_running(settings.data_dir) if settings.mode == "development" else None
    if running:
        return running.database_url
    raise SettingsError(
        "database_unknown",
        f"No database is known: LOTSE_DATABASE_URL is not set, and no launcher runs on {settings.data_dir}. "
        "Start `lotse dev` in another terminal, or set LOTSE_DATABASE_URL=postgresql://…",
    )


def master_key(settings: Settings) -> bytes:
    """The 32 bytes that wrap the keys of persons."""
    return _key(settings, "master", settings.master_key)


def token_key(settings: Settings) -> bytes:
    """The 32 bytes that sign bearer tokens."""
    return _key(settings, "token", settings.token_key)


def signing_key(settings: Settings) -> bytes:
    """The 32 bytes of the private key (Ed25519) that signs checkpoints."""
    return _key(settings, "signing", settings.signing_key)


def _key(settings: Settings, name: str, configured: SecretStr | None) -> bytes:
    variable = f"LOTSE_{name.upper()}_KEY"
    if configured:
        return _decoded(configured.get_secret_value(), variable)
    if settings.mode == "production":
        raise SettingsError(
            "key_missing",
            f"{variable} is not set, and a generated key is refused in production: whoever loses the machine would "
            f"lose it. Set {variable} to the base64 of 32 random bytes (`openssl rand -base64 32`) from a secret store.",
        )
    return _decoded(_generated_once(settings.data_dir / "keys" / f"{name}.key"), f"{name}.key")


def _decoded(text: str, source: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(
            "key_malformed",
            f"{source} is not the base64 of {KEY_BYTES} bytes. Use the output of `openssl rand -base64 32`, "
            "or put the original key back when data exist that it sealed.",
        )
    return key


def _generated_once(path: Path) -> str:
    """The text of the key file; two processes that start together get the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # created with mode 0600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
        try:
            path.hardlink_to(name)  # fails where the file exists: the first one wins, whole
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    for guarded in (path, path.parent):
        if guarded.stat().st_mode & 0o077:
            raise SettingsError(
                "key_exposed",
                f"{guarded} may be read by others on this machine. Run `chmod go= {guarded}`, "
                "and change the key when someone may have read it.",
            )
    return path.read_text(encoding="ascii", errors="replace")
