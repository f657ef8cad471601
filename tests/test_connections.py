"""PostgreSQL takes as many connections as everything that may run at once can open: in Compose, and in each overlay of Kubernetes."""

import re
from itertools import chain

import pytest
import yaml
from kubernetes_manifests import BASE, COMPOSE, FOLDER, OVERLAYS, Document, of_kind

from quiethire.storage.postgres.connection import POOL_SIZE

KEPT_FOR_SUPERUSERS = 3
SERVICES_OF_TEMPORAL = 4
"""Each has pools of its own: for what it runs, and for what is searched for."""
JOBS = 2
"""A migration and a backup may run beside all else."""


def overlay(name: str) -> Document:
    return yaml.safe_load((FOLDER / "overlays" / name / "kustomization.yaml").read_text()) if name else {}


def patched(made: Document, kind: str, name: str, path: str) -> object | None:
    """What an overlay says instead, if it does."""
    every = (
        yaml.safe_load(patch["patch"])
        for patch in made.get("patches", ())
        if patch["target"]["kind"] == kind and re.fullmatch(patch["target"]["name"], name)
    )
    return next((each["value"] for each in chain.from_iterable(every) if each["path"] == path), None)


def replicas(made: Document, name: str) -> int:
    """Of what is scaled by hand."""
    said = {each["name"]: each["count"] for each in made.get("replicas", ())}
    return said.get(name, of_kind("Deployment")[name]["spec"]["replicas"])


def at_most(made: Document, name: str) -> int:
    """How many of a worker KEDA starts."""
    base = of_kind("ScaledObject")[name]["spec"]["maxReplicaCount"]
    return patched(made, "ScaledObject", name, "/spec/maxReplicaCount") or base


def max_connections(words: list[str]) -> int:
    (found,) = [word.partition("=")[2] for word in words if word.startswith("max_connections=")]
    return int(found)


def of_temporal(environment: dict[str, str]) -> int:
    return SERVICES_OF_TEMPORAL * (int(environment["SQL_MAX_CONNS"]) + int(environment["SQL_VIS_MAX_CONNS"]))


@pytest.mark.parametrize("name", ["", *OVERLAYS], ids=lambda name: name or "base")
def test_postgresql_has_room_for_all_that_may_run_while_a_release_replaces_it(name):
    made = overlay(name)
    ours = [replicas(made, "api"), *(at_most(made, worker) for worker in of_kind("ScaledObject"))]
    assert len(ours) == 1 + len([each for each in BASE if each["kind"] == "ScaledObject"]) == 6
    (temporal,) = of_kind("Deployment")["temporal"]["spec"]["template"]["spec"]["containers"]
    each_temporal = of_temporal({each["name"]: each.get("value", "") for each in temporal["env"]})
    needed = POOL_SIZE * (sum(ours) + len(ours) + JOBS) + each_temporal * (replicas(made, "temporal") + 1)
    (server,) = of_kind("StatefulSet")["postgres"]["spec"]["template"]["spec"]["containers"]
    said = patched(made, "StatefulSet", "postgres", "/spec/template/spec/containers/0/args/1")
    words = [said] if said else server["args"]
    assert max_connections(words) >= needed + KEPT_FOR_SUPERUSERS


def test_postgresql_of_compose_has_room_for_every_worker_that_has_a_port():
    ours = [name for name, service in COMPOSE.items() if "build" in service and name != "worker"]
    workers = 10
    needed = POOL_SIZE * (len(ours) + workers) + of_temporal(COMPOSE["temporal"]["environment"])
    assert max_connections(COMPOSE["postgres"]["command"]) >= needed + KEPT_FOR_SUPERUSERS


def test_the_large_overlay_holds_what_the_plan_says_of_its_size():
    made, rows = overlay("large"), plan_of("100k users")
    limits = "/spec/template/spec/containers/0/resources"
    for kind, name, part in (
        ("Deployment", "worker-match", "worker: match"),
        ("StatefulSet", "typesense", "typesense"),
        ("StatefulSet", "clickhouse", "clickhouse"),
        ("StatefulSet", "postgres", "postgresql"),
        ("StatefulSet", "redis", "valkey"),
    ):
        assert gib(patched(made, kind, name, limits)["limits"]["memory"]) >= rows[part], name


def plan_of(size: str) -> dict[str, float]:
    """Part → GiB of each of its machines, as docs/scaling.md has it."""
    text = (FOLDER.parents[1] / "docs" / "scaling.md").read_text()
    section = text.partition(f"\n## {size}\n")[2].partition("\n## ")[0]
    rows = (line.split(" | ") for line in section.splitlines() if line.startswith("| `"))
    return {row[0].strip("| `"): float(row[3]) for row in rows}


def gib(told: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", told).groups()
    return int(number) / (1 if unit == "Gi" else 1024)
