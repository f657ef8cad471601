import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from quiethire.settings import Settings, wrong_settings

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_documented_with_its_description(name):
    line = next(
        (
            line
            for line in (ROOT / "docs" / "settings.md").read_text().splitlines()
            if f"`QUIETHIRE_{name.upper()}`" in line
        ),
        "",
    )
    assert Settings.model_fields[name].description in line.replace("\\|", "|")


def test_settings_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("QUIETHIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("QUIETHIRE_HOST_MAP", json.dumps({"northwind.example": "127.0.0.1:8099"}))
    settings = Settings()
    assert settings.data_path == tmp_path
    assert settings.host_map == {"northwind.example": "127.0.0.1:8099"}


def test_the_only_way_to_a_loopback_address_is_off_by_default():
    assert Settings().host_map == {}


def test_secrets_come_from_files_where_a_directory_of_them_is_named(monkeypatch, tmp_path):
    (tmp_path / "QUIETHIRE_OPERATOR_KEY").write_text("a-key-that-lies-in-a-file\n")
    (tmp_path / "QUIETHIRE_TASK_QUEUES").write_text('["one", "two"]')
    (tmp_path / "QUIETHIRE_REDIS_URL").write_text("redis://file")
    monkeypatch.setenv("QUIETHIRE_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("QUIETHIRE_REDIS_URL", "redis://environment")
    settings = Settings()
    assert settings.operator_key == "a-key-that-lies-in-a-file"
    assert (settings.task_queues, settings.redis_url) == (("one", "two"), "redis://environment")


def test_a_directory_of_secrets_that_is_not_there_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("QUIETHIRE_SECRETS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(ValidationError, match="secrets_dir"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "hidden"),
        ("REDIS_URL", "redis://[::1"),
        ("REDIS_URL", "redis://:hidden/part@host:6379/0"),
        ("TYPESENSE_URL", "typesense:8108"),
        ("CLICKHOUSE_DSN", "hidden"),
        ("CLICKHOUSE_DSN", "clickhouse://:hidden@/quiethire"),
        ("TEMPORAL_ADDRESS", "http://temporal:7233"),
        ("API_URL", "localhost:3000"),
        ("METRICS_PORT", "99999"),
        ("FETCH_TIMEOUT", "0"),
        ("PROXIES", "http://ann:hidden@host:1"),
    ],
)
def test_what_cannot_be_right_is_named_and_not_shown(monkeypatch, name, value):
    monkeypatch.setenv(f"QUIETHIRE_{name}", value)
    with pytest.raises((ValidationError, SettingsError)) as caught:
        Settings()
    (wrong,) = wrong_settings(caught.value)
    assert (wrong.where, wrong.kind) == (f"QUIETHIRE_{name}", "wrong_setting")
    assert wrong.hint
    assert "hidden" not in str(wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://:p%40ss@redis:6379/0"),
        ("REDIS_URL", "rediss://redis"),
        ("REDIS_URL", "unix:///run/valkey.sock"),
        ("TYPESENSE_URL", "https://typesense.example"),
        ("CLICKHOUSE_DSN", "clickhouse://quiethire:p@clickhouse:8123/quiethire?secure=true"),
        ("TEMPORAL_ADDRESS", "[::1]:7233"),
        ("API_URL", "http://[::1]:3000"),
    ],
)
def test_every_form_of_an_address_is_taken(monkeypatch, name, value):
    monkeypatch.setenv(f"QUIETHIRE_{name}", value)
    assert getattr(Settings(), name.lower()) == value
