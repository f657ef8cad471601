"""The software bill of materials (CycloneDX 1.6, JSON) of what QuietHire runs on, from the lock: `make sbom` writes it.

What pyproject.toml asks for at run time is `required`, and what only its extras ask for `optional`; tools of development are left out.
The same lock and the same installed packages make the same bytes. It names no index, and nothing of the machine it was made on.
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
_PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>.*?))? \\$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^ +#(?: via)? +([a-z0-9-]+)$")
_NEVER = "sys_platform == 'never'"
"""How [tool.uv] of pyproject.toml marks what is never installed."""


@dataclass(frozen=True)
class Pin:
    """A package of the lock."""

    name: str
    version: str
    marker: str
    """Where it is installed, as PEP 508 writes it; empty for everywhere. Some have a version for each of two ranges of Python."""
    hashes: tuple[str, ...]
    """SHA-256 of each of its files, for all platforms."""
    needed_by: tuple[str, ...]
    """Packages that ask for it."""


def pins_of(lock: str) -> list[Pin]:
    """The packages of a lock that `uv pip compile` wrote; without what is never installed."""
    found = []
    for block in re.split(r"\n(?=[a-z0-9])", lock):
        first, *rest = block.splitlines()
        pin = _PIN.match(first)
        if pin is None:
            raise SystemExit(f"the lock has a line that is no pinned package: {first[:200]}")
        marker = pin["marker"] or ""
        if _NEVER not in marker:
            needed_by = tuple(via[1] for via in map(_VIA.match, rest) if via)
            found.append(Pin(pin["name"], pin["version"], marker, tuple(_HASH.findall(block)), needed_by))
    return found


def reached(pins: Iterable[Pin], wanted: Iterable[str]) -> set[str]:
    """The names of these packages, and of all that they bring with them."""
    needs: dict[str, set[str]] = {}
    for pin in pins:
        for parent in pin.needed_by:
            needs.setdefault(parent, set()).add(pin.name)
    waiting, found = list(wanted), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += needs.get(name, ())
    return found


def bill(pyproject: str, lock: str) -> str:
    """The whole document."""
    project, pins = tomllib.loads(pyproject)["project"], pins_of(lock)
    direct = set(map(_name, project["dependencies"]))
    extras = {_name(one) for extra in project["optional-dependencies"].values() for one in extra}
    required, all_names = reached(pins, direct), reached(pins, direct | extras)
    components = {pin: _component(pin, required=pin.name in required) for pin in pins if pin.name in all_names}
    root = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )
    bom = Bom(components=components.values(), serial_number=uuid5(NAMESPACE_URL, pyproject + lock))
    bom.metadata.component = root
    bom.metadata.timestamp = None  # type: ignore[assignment]  # a time is optional there
    bom.register_dependency(root, [one for pin, one in components.items() if pin.name in direct | extras])
    for pin, component in components.items():
        bom.register_dependency(component, [one for other, one in components.items() if pin.name in other.needed_by])
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1) + "\n"


def _component(pin: Pin, *, required: bool) -> Component:
    purl = PackageURL("pypi", name=pin.name, version=pin.version)
    return Component(
        name=pin.name,
        version=pin.version,
        scope=ComponentScope.REQUIRED if required else ComponentScope.OPTIONAL,
        bom_ref=purl.to_string(),
        purl=purl,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in pin.hashes],
        licenses=_licenses(pin),
        properties=[Property(name="quiethire:marker", value=pin.marker)] if pin.marker else (),
    )


def _licenses(pin: Pin) -> list[License]:
    """As the installed package states them; none where another version is installed, or none for this platform."""
    try:
        stated = metadata(pin.name)
    except PackageNotFoundError:
        return []
    if stated["Version"] != pin.version:
        return []
    return [LicenseFactory().make_from_string(word) for word in _stated_licenses(stated)]


def _stated_licenses(stated: PackageMetadata) -> list[str]:
    """The expression; before there were any, classifiers; else a free text, of which only a short line is a name."""
    classifiers = [
        one.rpartition(" :: ")[2] for one in stated.get_all("Classifier") or () if one.startswith("License ::")
    ]
    for words in (stated.get_all("License-Expression"), classifiers, stated.get_all("License")):
        if words:
            return [word for word in words if len(word) <= 200 and "\n" not in word]
    return []


def _name(requirement: str) -> str:
    """The normal name of `Some_Package[extra]>=1; marker`."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement.strip(), maxsplit=1)[0]).lower()


if __name__ == "__main__":
    sys.stdout.write(bill((ROOT / "pyproject.toml").read_text(), (ROOT / "requirements.lock").read_text()))
