"""Settings come from variables; keys and addresses follow from them or fail with words that help."""

import base64
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from infra.data_folder import RunningRecord, write_running
from infra.settings import Settings, SettingsError, database_url, environment, load_settings, master_key, token_key

KEY = bytes(range(32))
KEY_TEXT = base64.b64encode(KEY).decode()
NO_PROCESS = 2**22 + 1  # above the largest process id that Linux gives


def code_of(error: pytest.ExceptionInfo[SettingsError]) -> str:
    return error.value.code


def running_on(folder: Path, pid: int) -> Settings:
    folder.mkdir(exist_ok=True)
    record = RunningRecord(database_url="postgresql://launched", temporal_address="", api_url="", ui_url=None, pid=pid)
    write_running(folder, record)
    return Settings(data_dir=folder)


def test_variables_win_over_defaults_and_empty_ones_count_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_API_PORT", "9000")
    monkeypatch.setenv("LOTSE_MASTER_KEY", "")

    settings = load_settings()

    assert settings.api_port == 9000
    assert settings.master_key is None
    assert settings.mode == "development"


def test_a_wrong_variable_is_named_and_its_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_API_PORT", "secret-word")

    with pytest.raises(SettingsError, match="LOTSE_API_PORT") as error:
        load_settings()

    assert code_of(error) == "setting_invalid"
    assert "secret-word" not in str(error.value)


def test_a_development_key_is_generated_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "lotse")

    first, second = master_key(settings), master_key(settings)

    path = settings.data_dir / "keys" / "master.key"
    assert first == second == base64.b64decode(path.read_text())
    assert len(first) == 32
    assert token_key(settings) != first
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(key.name for key in path.parent.iterdir()) == ["master.key", "token.key"]


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    with ThreadPoolExecutor(8) as together:
        keys = set(together.map(lambda _: master_key(settings), range(32)))

    assert len(keys) == 1


@pytest.mark.parametrize("name", ["keys", "keys/master.key"])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, name: str) -> None:
    settings = Settings(data_dir=tmp_path)
    master_key(settings)
    (tmp_path / name).chmod(0o755)

    with pytest.raises(SettingsError, match="chmod") as error:
        master_key(settings)

    assert code_of(error) == "key_exposed"


def test_production_refuses_a_generated_key_even_where_the_file_exists(tmp_path: Path) -> None:
    token_key(Settings(data_dir=tmp_path))

    with pytest.raises(SettingsError, match="LOTSE_TOKEN_KEY is not set") as error:
        token_key(Settings(data_dir=tmp_path, mode="production"))

    assert code_of(error) == "key_missing"


def test_a_configured_key_is_used_as_it_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, mode="production", master_key=SecretStr(KEY_TEXT))

    assert master_key(settings) == KEY
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["too-short", "c2hvcnQ=", "ü" * 44, KEY_TEXT[:-4]])
def test_a_malformed_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SettingsError, match="LOTSE_MASTER_KEY is not the base64 of 32 bytes") as error:
        master_key(Settings(master_key=SecretStr(text)))

    assert text not in str(error.value)


def test_a_configured_database_wins_over_a_launched_one(tmp_path: Path) -> None:
    settings = running_on(tmp_path, os.getpid()).model_copy(update={"database_url": "postgresql://operated"})

    assert database_url(settings) == "postgresql://operated"


def test_a_launched_database_is_found_by_its_record(tmp_path: Path) -> None:
    assert database_url(running_on(tmp_path, os.getpid())) == "postgresql://launched"


@pytest.mark.parametrize(("pid", "mode"), [(NO_PROCESS, "development"), (os.getpid(), "production")])
def test_no_known_database_is_an_error_that_says_what_to_do(tmp_path: Path, pid: int, mode: str) -> None:
    settings = running_on(tmp_path, pid).model_copy(update={"mode": mode})

    with pytest.raises(
        SettingsError, match="Start `lotse dev` in another terminal, or set LOTSE_DATABASE_URL"
    ) as error:
        database_url(settings)

    assert code_of(error) == "database_unknown"


def test_another_process_gets_the_same_settings_by_its_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    assert load_settings() == settings
