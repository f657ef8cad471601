"""What MkDocs asks while it builds the site: pages that are made from code, and folders in the navigation."""

from pathlib import Path
from typing import Any

from api_reference import SCHEMAS, TITLES, api_reference
from cli_reference import cli_reference
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from services.api.app import describe

API = "reference/api"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """A folder in the navigation stands for its pages: nobody has to name a new decision or a new part of the API."""
    decisions = sorted(f"adr/{page.name}" for page in Path(config.docs_dir, "adr").glob("*.md"))
    folders = {"adr/": decisions, f"{API}/": [f"{API}/{name}.md" for name in (*TITLES, SCHEMAS)]}
    config.nav = _unfolded(config.nav, folders)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the references of the command line and of the API."""
    pages = {f"{API}/{name}.md": text for name, text in api_reference(describe()).items()}
    for path, text in {"reference/cli.md": cli_reference(), **pages}.items():
        files.append(File.generated(config, path, content=text))
    return files


def _unfolded(entry: Any, folders: dict[str, list[str]]) -> Any:  # noqa: ANN401 - whatever YAML may be
    if isinstance(entry, str):
        return folders.get(entry, entry)
    if isinstance(entry, dict):
        return {title: _unfolded(below, folders) for title, below in entry.items()}
    return [_unfolded(each, folders) for each in entry]
