"""The site of the documents: built strictly, whole, and on its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from document_commands import ROOT
from selectolax.lexbor import LexborHTMLParser
from typer.main import get_command

from quiethire.cli import application
from services.api.app import describe

pytestmark = pytest.mark.timeout(600)

LOADS = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
}
"""Element → its attribute that makes a browser fetch something."""

NO_FETCH = {"canonical", "next", "prev", "alternate"}
"""What a `link` may be that is fetched by nobody."""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=500, check=False)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site) -> dict[str, LexborHTMLParser]:
    return {str(page.relative_to(site)): LexborHTMLParser(page.read_text()) for page in site.rglob("*.html")}


def test_no_page_loads_anything_from_another_host(pages):
    fetched = {
        (name, node.attributes[attribute])
        for name, page in pages.items()
        for tag, attribute in LOADS.items()
        for node in page.css(f"{tag}[{attribute}]")
        if not set((node.attributes.get("rel") or "").split()) & NO_FETCH
    }
    assert len(fetched) > len(pages)
    assert {each for each in fetched if urlsplit(each[1] or "").netloc} == set()


def test_no_style_loads_anything_from_another_host(site):
    styles = {str(style.relative_to(site)): style.read_text() for style in site.rglob("*.css")}
    assert styles
    outside = re.compile(r"(?:@import\s+|url\()\s*[\"']?(?:https?:)?//", re.IGNORECASE)
    assert [name for name, text in styles.items() if outside.search(text)] == []


def test_no_page_has_a_diagram_whose_script_would_come_from_another_host(pages):
    assert [name for name, page in pages.items() if page.css_first(".mermaid, .arithmatex")] == []


def test_every_command_has_its_place(pages):
    told = {heading.text(deep=False).strip() for heading in pages["reference/cli/index.html"].css("h3, h4")}
    wanted = set()

    def walk(command, path):
        wanted.add(path)
        for name, below in getattr(command, "commands", {}).items():
            walk(below, f"{path} {name}")

    for name, command in get_command(application()).commands.items():
        walk(command, f"quiethire {name}")
    assert wanted - told == set()


def test_every_operation_of_the_api_has_its_place(pages):
    parts = [page for name, page in pages.items() if name.startswith("reference/api/")]
    told = {heading.text(deep=False).strip() for page in parts for heading in page.css("h2")}
    document = describe()
    operations = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert operations - told == set()
    assert document["components"]["schemas"].keys() - told == set()


def test_the_search_finds_the_pages(site):
    places = json.loads((site / "search/search_index.json").read_text())["docs"]
    found = {entry["location"].partition("#")[0] for entry in places}
    assert {"quick-start/", "reference/cli/", "reference/api/search/", "adr/0001-the-house/"} <= found
