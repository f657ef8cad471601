"""docker-compose.yml, the Dockerfile and the monitoring configuration agree with each other and with the code."""

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

from quiethire.platform.faces import FACES
from quiethire.settings import Settings
from quiethire.stack.servers.temporal import SEARCH_ATTRIBUTES

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict] = COMPOSE["services"]
ONE_SHOT = {name for name, service in SERVICES.items() if service.get("restart", "").startswith("on-failure")}
OURS = {name for name, service in SERVICES.items() if "build" in service}
SECRET = re.compile(r"(?i)password|passwd|pwd|secret|api_key|auth")
DEFAULTS = re.compile(r"\$\{\w+:-([^}]*)\}")
"""A variable of Compose, and what it is where nobody sets it."""
SERVICE_NAMES = pytest.mark.parametrize("name", sorted(SERVICES))


def strings(node: object) -> list[str]:
    """Every string below a node of a YAML or JSON document."""
    if isinstance(node, dict):
        return [each for value in node.values() for each in strings(value)]
    if isinstance(node, list):
        return [each for value in node for each in strings(value)]
    return [node] if isinstance(node, str) else []


def test_compose_file_is_valid_by_the_compose_specification():
    # The schema of the Compose Specification (Apache-2.0), as the package check-jsonschema 0.39.0 carries it.
    schema = json.loads((ROOT / "tests/schemas/compose-spec.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(COMPOSE)] == []
    assert not validator.is_valid({"services": {"api": {"prots": ["3000:3000"]}}})


def test_the_platform_has_all_its_parts():
    parts = {"postgres", "clickhouse", "typesense", "redis", "temporal", "temporal-ui", "prometheus", "grafana", "loki"}
    assert parts <= set(SERVICES)
    assert {"migrate", "backup", "worker", "api", "parser", "crawler", "proxy", "osint"} == OURS
    assert len(SERVICES.keys() - ONE_SHOT) >= 15


def test_ports_are_the_conventional_ones_and_local_only():
    published = {}
    for name, service in SERVICES.items():
        for port in service.get("ports", ()):
            address, outside, _ = DEFAULTS.sub(r"\1", port).split(":")
            assert address == "127.0.0.1", name
            published.setdefault(name, []).append(int(outside))
    assert published == {
        "api": [3000, 9092], "parser": [8001], "crawler": [8002], "proxy": [8003], "osint": [8004], "worker": [9090],
        "temporal": [7233], "temporal-ui": [8080], "postgres": [5432], "clickhouse": [8123], "typesense": [8108],
        "redis": [6379], "prometheus": [9091], "grafana": [3001], "loki": [3100],
    }  # fmt: skip


def test_a_service_that_the_documents_scale_has_ports_for_all_of_it():
    told = "".join(page.read_text() for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")))
    scaled = re.findall(r"(?:(\w+)=(\d+)-(\d+) )?docker compose up --detach --scale (\w+)=(\d+)", told)
    taken = {
        int(DEFAULTS.sub(r"\1", port).split(":")[1]) for each in SERVICES.values() for port in each.get("ports", ())
    }
    assert scaled
    for variable, first, last, name, count in scaled:
        [port] = SERVICES[name]["ports"]
        assert f"${{{variable}:-" in port
        assert int(count) <= int(last) - int(first) + 1
        assert not taken & set(range(int(first), int(last) + 1))


@SERVICE_NAMES
def test_every_image_is_pinned_by_a_version_and_names_no_registry(name):
    image, _, tag = SERVICES[name]["image"].rpartition(":")
    assert re.fullmatch(r"v?\d+(\.\d+)+", tag), SERVICES[name]["image"]
    assert "." not in image


def test_our_image_has_the_version_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"quiethire:{version}"}


@SERVICE_NAMES
def test_every_service_is_watched_or_runs_once(name):
    service = SERVICES[name]
    assert ("healthcheck" in service) != (name in ONE_SHOT)
    if name not in ONE_SHOT:
        assert service["restart"] == "unless-stopped"
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert "no-new-privileges=true" in service["security_opt"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_write_to_volumes_and_to_a_bounded_tmp_alone(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    (temporary,) = service["tmpfs"]
    assert temporary.startswith("/tmp:size=")


def test_a_browser_is_replaced_before_it_takes_all_the_memory_of_its_container():
    rendering = [name for name, service in SERVICES.items() if "seccomp=unconfined" in service["security_opt"]]
    assert sorted(rendering) == ["crawler", "worker"]
    for name in rendering:
        limit = SERVICES[name]["deploy"]["resources"]["limits"]["memory"]
        assert int(limit.removesuffix("G")) << 30 >= 2 * Settings().browser_memory


def test_the_master_key_of_people_is_where_it_is_needed_alone():
    having = {name for name in OURS if "QUIETHIRE_PERSON_KEY" in SERVICES[name]["environment"]}
    assert having == {"api", "worker"}


@SERVICE_NAMES
def test_services_wait_until_what_they_need_is_healthy_or_done(name):
    for other, how in SERVICES[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert how["condition"] == wanted, other


def test_named_volumes_are_declared_and_used():
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert {volume for volume in mounted if not volume.startswith((".", "/"))} == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_services_set_only_what_the_settings_know(name):
    environment = SERVICES[name]["environment"]
    known = {f"QUIETHIRE_{field.upper()}" for field in Settings.model_fields}
    assert set(environment) <= known
    stores = ("POSTGRES_DSN", "CLICKHOUSE_DSN", "TYPESENSE_URL", "REDIS_URL", "TEMPORAL_ADDRESS", "ARCHIVE_URL")
    assert {f"QUIETHIRE_{store}" for store in stores} <= set(environment)


def test_our_settings_are_read_as_they_are_set(monkeypatch):
    for name, value in SERVICES["worker"]["environment"].items():
        # Compose puts the secrets in.
        monkeypatch.setenv(name, re.sub(r"\$\{[A-Z_]+:\?[^}]+\}", "x" * 24, value))
    settings = Settings()
    assert (settings.metrics_port, settings.api_host) == (9090, "0.0.0.0")
    assert settings.temporal_address == "temporal:7233"


def test_addresses_name_services_and_their_ports():
    inside = {"postgres": 5432, "clickhouse": 8123, "typesense": 8108, "redis": 6379, "temporal": 7233}
    addresses = " ".join(SERVICES["api"]["environment"].values())
    for service, port in inside.items():
        assert re.search(rf"(^|[@/ ]){service}:{port}\b", addresses), service
        assert any(each.endswith(f":{port}") for each in SERVICES[service]["ports"])


def test_there_is_no_default_password():
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if SECRET.search(variable):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), f"{name} {variable}"
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"\$\{([A-Z_]+):?[-+]", text) == ["WORKER_PORTS", "QUIETHIRE_TRUSTED_PROXIES"]
    assert all("${" in address for address in re.findall(r"://\w*:([^@\s]+)@", text))


def test_the_example_environment_names_exactly_what_must_be_set():
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")]
    assert {line.partition("=")[0] for line in lines} == required
    assert all(line.endswith("=") for line in lines)


def test_nobody_who_has_a_password_is_a_superuser_of_postgresql():
    """F13 asks for connections that the platform cannot take, and so does whoever repairs."""
    assert "POSTGRES_USER" not in SERVICES["postgres"]["environment"]
    (mounted,) = SERVICES["postgres"]["configs"]
    assert mounted["target"] == "/docker-entrypoint-initdb.d/owner.sh"
    script = COMPOSE["configs"][mounted["source"]]["content"]
    dsn = SERVICES["api"]["environment"]["QUIETHIRE_POSTGRES_DSN"]
    owner, database = re.fullmatch(r"postgresql://(\w+):.*/(\w+)", dsn).groups()
    assert f"CREATE ROLE {owner} LOGIN CREATEDB CREATEROLE PASSWORD :'password';" in script
    assert f"CREATE DATABASE {database} OWNER {owner};" in script
    assert "ALTER ROLE postgres PASSWORD NULL;" in script
    assert "SUPERUSER" not in script
    assert "--host=127.0.0.1" in SERVICES["postgres"]["healthcheck"]["test"]
    maps = (each for each in yaml.safe_load_all((ROOT / "ops/kubernetes/base/postgres.yaml").read_text()))
    (there,) = (each["data"] for each in maps if each["kind"] == "ConfigMap")
    assert there == {"owner.sh": script.replace("$$", "$")}


def test_temporal_registers_the_search_attributes_of_the_workflows():
    script = SERVICES["temporal-namespace"]["command"][0]
    (listed,) = re.findall(r"for attribute in ([\w= ]+);", script)
    assert dict(pair.split("=") for pair in listed.split()) == SEARCH_ATTRIBUTES


def test_mounted_files_exist():
    mounts = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    local = [mount for mount in mounts if mount.startswith("./")]
    assert local
    assert [mount for mount in local if not (ROOT / mount).exists()] == []


def test_the_dockerfile_copies_what_exists_and_what_is_not_ignored():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = {source for line in lines if re.match(r"COPY (?!--from)", line) for source in line.split()[1:-1]}
    assert [source for source in sorted(copied) if not (ROOT / source).exists()] == []
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == kept
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(packaged["only-include"]) <= copied


def test_the_image_is_pinned_and_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert all(re.search(r":\d+\.\d+\.\d+-", line) for line in lines if line.startswith("FROM"))
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert "--uid 10001 --gid 10001" in "".join(lines)


def test_the_image_asks_itself_what_its_default_command_answers():
    text = (ROOT / "Dockerfile").read_text()
    assert 'CMD ["python", "-m", "services.api"]' in text
    assert "127.0.0.1:3000/healthz" in re.search(r"HEALTHCHECK.*\n.*", text)[0]
    assert Settings().api_port == 3000


def test_prometheus_scrapes_services_on_the_ports_where_they_serve():
    scrapes = yaml.safe_load((ROOT / "ops/prometheus/prometheus.yml").read_text())["scrape_configs"]
    targets = {target for job in scrapes for group in job.get("static_configs", ()) for target in group["targets"]}
    # By name, since there may be several of one.
    targets |= {
        f"{name}:{found['port']}"
        for job in scrapes
        for found in job.get("dns_sd_configs", ())
        for name in found["names"]
    }
    inside = {name: int(SERVICES[name]["environment"]["QUIETHIRE_METRICS_PORT"]) for name in ("worker", "api")}
    assert inside == {"worker": 9090, "api": 9090}
    assert targets == {f"{name}:{port}" for name, port in inside.items()} | {
        f"{name}:{port}" for name, (_, port) in FACES.items()
    }
    for target in targets:
        service, _, port = target.partition(":")
        assert any(each.endswith(f":{port}") for each in SERVICES[service]["ports"])


def test_logs_go_to_the_service_that_keeps_them():
    loki = yaml.safe_load((ROOT / "ops/loki/loki.yml").read_text())
    url = f"http://loki:{loki['server']['http_listen_port']}/loki/api/v1/push"
    assert url in (ROOT / "ops/loki/collect.alloy").read_text()
    assert all(service["logging"]["driver"] == "json-file" for service in SERVICES.values())


def test_commit_hooks_call_the_tools_of_the_virtual_environment_only():
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    hooks = repos[0]["hooks"]
    assert all(hook["language"] == "system" and hook["entry"].startswith(".venv/bin/") for hook in hooks)
    assert {hook["id"] for hook in hooks} == {"ruff-format", "ruff-check", "mypy", "lint-imports"}
