"""What `make sbom` tells, against the lock and against what is installed."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def text() -> str:
    return subprocess.run([sys.executable, ROOT / "ops/sbom.py"], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def bom(text) -> dict:
    return json.loads(text)


@pytest.fixture(scope="module")
def scopes(bom) -> dict[str, str]:
    return {one["name"]: one["scope"] for one in bom["components"]}


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(one).name) for one in requirements}


def test_it_is_a_cyclonedx_document(text):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_each_component_is_a_package_of_the_lock_with_its_hashes(bom):
    for one in bom["components"]:
        pinned = re.search(
            rf"^{one['name']}=={re.escape(one['version'])}[ ;].*\n((?: +--hash.*\n)+)", LOCK, re.MULTILINE
        )
        assert pinned, one["name"]
        assert {known["content"] for known in one["hashes"]} == set(re.findall(r"sha256:(\w+)", pinned[1]))
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"


def test_what_runs_is_required_what_extras_add_is_optional_and_tools_are_left_out(scopes):
    extras = [one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra]
    tools = {canonicalize_name(Requirement(one).name) for one in PROJECT["dependency-groups"]["dev"]}
    required = names(PROJECT["project"]["dependencies"])
    assert {scopes.get(name) for name in required} == {"required"}
    assert {scopes.get(name) for name in names(extras) - required} == {"optional"}
    assert {"bandit", "pytest", "ruff", "torch"} & set(scopes) == set()
    assert len(tools & set(scopes)) < len(tools) / 5  # a few run too


def test_what_an_installed_component_asks_for_is_a_component_too(scopes):
    uv = PROJECT["tool"]["uv"]
    never = names(uv["override-dependencies"])
    asked = set()
    for name in scopes.keys() - {one["name"] for one in uv["dependency-metadata"]}:
        try:
            wanted = [Requirement(one) for one in requires(name) or ()]
        except PackageNotFoundError:
            continue
        asked |= {canonicalize_name(one.name) for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})}
    assert asked - never - set(scopes) == set()


def test_the_graph_hangs_together(bom):
    edges = {one["ref"]: one.get("dependsOn", []) for one in bom["dependencies"]}
    waiting, seen = ["quiethire"], set()
    while waiting:
        ref = waiting.pop()
        if ref not in seen:
            seen.add(ref)
            waiting += edges[ref]
    assert seen == {one["bom-ref"] for one in bom["components"]} | {"quiethire"}


def test_licences_are_told_and_neither_an_index_nor_this_machine(bom, text):
    told = [one for one in bom["components"] if one.get("licenses")]
    assert len(told) > 0.9 * len(bom["components"])
    assert [one for one in re.findall(r"\w+://[^\"]+", text) if "cyclonedx.org" not in one] == []
    assert not any(word in text for word in (str(ROOT), str(Path.home()), sys.prefix))
