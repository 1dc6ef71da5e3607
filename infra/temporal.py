"""The connection to Temporal, by the SDK's own environment configuration (TOML profile, `TEMPORAL_*`)."""

import asyncio
import logging
from functools import cache

from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from infra.data_folder import read_running
from infra.settings import Settings, SettingsError

RETRY_S = 0.2


class TemporalUnreachableError(Exception):
    """Temporal did not answer in time. `code` is `temporal_unreachable`."""

    code = "temporal_unreachable"


def configured_address() -> str | None:
    """The address of an operated Temporal from `TEMPORAL_*` or a TOML profile, or None when none is named."""
    return _configured().get("target_host")


async def connect(settings: Settings, *, within_s: float = 10.0, lazy: bool = False) -> Client:
    """A client of the configured Temporal, in development else of the one that the launcher runs.

    Lazy: connects at the first call, so that a door can open while Temporal is down. Otherwise raises
    `TemporalUnreachableError` after `within_s` seconds. Raises `SettingsError` when no address is known.
    """
    config = _configured()
    if "target_host" not in config:
        config["target_host"] = _launched_address(settings)
    try:
        async with asyncio.timeout(within_s):
            while True:
                try:
                    return await Client.connect(**config, lazy=lazy, runtime=_runtime())
                except RuntimeError:  # what the SDK raises for a refused connection
                    await asyncio.sleep(RETRY_S)
    except TimeoutError:
        raise TemporalUnreachableError(
            f"Temporal at {config['target_host']} did not answer within {within_s:.0f} s. "
            "Check that it runs and that TEMPORAL_ADDRESS, namespace and TLS settings are right."
        ) from None


def _configured() -> ClientConnectConfig:
    try:
        return ClientConfig.load_client_connect_config()
    except RuntimeError as error:
        raise SettingsError(
            "temporal_configuration_invalid",
            f"Temporal's configuration can't be read: {error}. Correct TEMPORAL_* or the TOML profile.",
        ) from None


def _launched_address(settings: Settings) -> str:
    running = read_running(settings.data_dir) if settings.mode == "development" else None
    if running:
        return running.temporal_address
    raise SettingsError(
        "temporal_unknown",
        f"No Temporal is known: TEMPORAL_ADDRESS is not set, and no launcher runs on {settings.data_dir}. "
        "Start `lotse dev` in another terminal, or set TEMPORAL_ADDRESS=host:port or a TOML profile.",
    )


@cache
def _runtime() -> Runtime:
    """The core's own log lines join ours instead of going to the console past every rule."""
    forwarding = LogForwardingConfig(
        logger=logging.getLogger("temporalio.core"), append_target_to_name=False, append_log_fields_to_message=False
    )
    level = TelemetryFilter(core_level="WARN", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=level, forwarding=forwarding)))
