"""What the platform's process sees: the settings that it was started with, and of the environment what is not ours."""

from quiethire.platform import local


def test_a_setting_of_the_environment_that_was_overridden_is_not_inherited(tmp_path, monkeypatch):
    seen = {
        "QUIETHIRE_METRICS_PORT": "9090",
        "quiethire_api_host": "0.0.0.0",
        "PGHOST": "db",
        "HTTPS_PROXY": "http://p:1",
    }
    for name, value in seen.items():
        monkeypatch.setenv(name, value)
    given = {"QUIETHIRE_DATA_DIR": str(tmp_path), "QUIETHIRE_API_PORT": "3000"}
    environment = local._platform_process(given, "http://127.0.0.1:3000/health").env
    assert seen.keys() & environment.keys() == {"HTTPS_PROXY"}
    assert given.items() <= environment.items()
