"""The Kubernetes manifests, as the tests read them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "ops" / "kubernetes"
VERSION = "1.34"
Document = dict[str, Any]

BASE: list[Document] = [
    document
    for file in sorted((FOLDER / "base").glob("*.yaml"))
    if file.name != "kustomization.yaml"
    for document in yaml.safe_load_all(file.read_text())
]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SCALED = json.loads((ROOT / "tests/schemas/keda-scaledobject.json").read_text())
STORES = {"postgres", "clickhouse", "typesense", "redis", "temporal"}
OVERLAYS = ("small", "large")


def name_of(document: Document) -> str:
    return f"{document['kind']}/{document['metadata']['name']}"


def of_kind(*kinds: str) -> dict[str, Document]:
    return {document["metadata"]["name"]: document for document in BASE if document["kind"] in kinds}


def template(document: Document) -> Document:
    """The pod that it makes."""
    spec = document["spec"]["jobTemplate"]["spec"] if document["kind"] == "CronJob" else document["spec"]
    return spec["template"]


PODS = {
    name_of(each): template(each)
    for each in BASE
    if "template" in str(each.get("spec", {}).keys()) or each["kind"] == "CronJob"
}
LASTING = {name: pod for name, pod in PODS.items() if name.startswith(("Deployment/", "StatefulSet/"))}
OURS = {name: pod for name, pod in PODS.items() if pod["spec"]["containers"][0]["image"] == "quiethire"}
EACH_POD = pytest.mark.parametrize("name", sorted(PODS))


def secrets() -> dict[str, dict[str, str]]:
    """Secret → its keys, with what an example holds."""
    found: dict[str, dict[str, str]] = {}
    for line in (FOLDER / "secrets.example").read_text().splitlines():
        if heading := re.match(r"# ([a-z-]+): ", line):
            found[heading[1]] = {}
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[list(found)[-1]][key] = value
    return found


def references(node: object, key: str) -> Iterator[Any]:
    """Every value under this key, however deep."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from references(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from references(value, key)


def settings_of(pod: Document) -> dict[str, str]:
    plain = of_kind("ConfigMap")["quiethire"]["data"]
    return plain | {each["name"]: each["value"] for env in references(pod, "env") for each in env}


def selects(selector: Document, labels: dict[str, str]) -> bool:
    every = selector.get("matchLabels", {}).items() <= labels.items()
    return every and all(
        labels.get(asked["key"]) in asked["values"]
        for asked in selector.get("matchExpressions", ())
        if asked["operator"] == "In"
    )


def rules(labels: dict[str, str], direction: str) -> list[Document]:
    """The rules that hold for a pod, by the policies that choose it."""
    return [
        rule
        for policy in of_kind("NetworkPolicy").values()
        if selects(policy["spec"]["podSelector"], labels)
        for rule in policy["spec"].get(direction.lower(), ())
    ]


def labels_of(app: str) -> dict[str, str]:
    (found,) = (pod["metadata"]["labels"] for pod in PODS.values() if pod["metadata"]["labels"]["app"] == app)
    return found
