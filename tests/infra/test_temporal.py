"""The connection to Temporal: configured, launched, or an error in time."""

import os
from pathlib import Path

import pytest

from infra.data_folder import RunningRecord, write_running
from infra.dev_parts import free_port
from infra.settings import Settings, SettingsError
from infra.temporal import TemporalUnreachableError, configured_address, connect


async def test_the_address_comes_from_temporals_own_configuration(
    tmp_path: Path, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "temporal.toml"
    profile.write_text(f'[profile.default]\naddress = "{temporal_address}"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profile))

    client = await connect(Settings(data_dir=tmp_path))

    assert configured_address() == temporal_address
    assert await client.service_client.check_health()


async def test_in_development_a_launched_server_is_found_by_its_record(tmp_path: Path, temporal_address: str) -> None:
    record = RunningRecord(database_url="", temporal_address=temporal_address, api_url="", ui_url=None, pid=os.getpid())
    write_running(tmp_path, record)

    client = await connect(Settings(data_dir=tmp_path))

    assert await client.service_client.check_health()


async def test_no_known_server_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set TEMPORAL_ADDRESS") as error:
        await connect(Settings(data_dir=tmp_path))

    assert error.value.code == "temporal_unknown"


async def test_an_unreadable_profile_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "temporal.toml"
    profile.write_text("[profile")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profile))

    with pytest.raises(SettingsError, match="TOML profile") as error:
        await connect(Settings(data_dir=tmp_path))

    assert error.value.code == "temporal_configuration_invalid"


async def test_a_server_that_is_down_is_an_error_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")

    with pytest.raises(TemporalUnreachableError, match="did not answer within"):
        await connect(Settings(data_dir=tmp_path), within_s=0.3)


async def test_a_door_opens_lazily_while_the_server_is_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")

    client = await connect(Settings(data_dir=tmp_path), lazy=True)

    assert client.namespace == "default"
