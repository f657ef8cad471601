import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from quiethire.settings import Settings

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
