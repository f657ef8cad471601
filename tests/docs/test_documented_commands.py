"""Every command that a document tells could run: its program takes the words, and the files, targets and addresses are there."""

import re
import shlex
import subprocess
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from document_commands import PAGES, ROOT, Told, blocks, commands, in_sentences
from typer.main import get_command

from quiethire.cli import application
from services.api.app import describe
from services.parser.app import create_app as create_parser
from services.parser.pool import ParserPool

LANGUAGES = {"sh", "text", "json", "csv", "ini", "python", "promql"}
"""What a block may be. Commands are `sh`, without a prompt, so that they can be copied; what they print is `text`."""

STANDS_FOR = {
    "JOB_ID": "8e10130d-4662-5c5d-86ac-2414f0a75e5a",
    "CANDIDATE_ID": "8e10130d-4662-5c5d-86ac-2414f0a75e5a",
    "LETTER_ID": "7",
    "/backups/FILE": "quiethire.backup",
    "/backups/": "./",
}
"""Placeholder → a value of its kind."""


@cache
def program():
    return get_command(application())


@cache
def gateway() -> dict[str, Any]:
    return describe()


@cache
def parser() -> dict[str, Any]:
    return create_parser(ParserPool()).openapi()


PROMPTED = r"(?:\$ |(?:quiethire|make|docker|kubectl|curl|python) )"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the files are that the documents speak of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUIETHIRE_CANDIDATE_KEY", "qh_made_up")
    return tmp_path


@pytest.mark.parametrize("told", [told for page in PAGES for told in commands(page)], ids=str)
def test_a_command_could_run(told, folder):
    text = re.sub(r"^(?:export )?[A-Z_]+=\$\((.*)\)", r"\1", told.text)
    for name, value in STANDS_FOR.items():
        text = text.replace(name, value)
    words = shlex.split(text, comments=True)
    while re.fullmatch(r"[A-Z_]+=.*", words[0]):
        del words[0]
    for word in words:
        if re.fullmatch(r"[./]*[\w-]+\.(?:pdf|txt|docx|jsonl?|csv|backup)", word):
            Path(word).touch()
    COULD[Path(words[0]).name or words[0]](words[1 : words.index(">") if ">" in words else None])


def could_command(words: list[str]) -> None:
    command, path = program(), "quiethire"
    if words == ["--help"]:
        return
    while hasattr(command, "commands"):
        path, command = f"{path} {words[0]}", command.commands[words[0]]
        words = words[1:]
    command.make_context(path, words)


def could_make(words: list[str]) -> None:
    command = ["make", "--dry-run", "--no-print-directory", *words]
    planned = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert planned.returncode == 0, planned.stderr
    assert [word for word in words if "=" in word and not word.startswith("ARGS=")] == []


def could_compose(words: list[str]) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert words[0] == "compose"
    assert words[1] in {"up", "ps", "stop", "run"}
    ours = words.index("quiethire") if "quiethire" in words else len(words)
    assert {word for word in words[2:ours] if word.isalpha()} <= services.keys()
    if words[ours:]:
        could_command(words[ours + 1 :])


def could_ask(words: list[str]) -> None:
    (address,) = (urlsplit(word) for word in words if re.match(r"https?://", word))
    if address.path == "/api/v1/openapi.json":
        return
    document = parser() if address.port == 8001 else gateway()
    method = "post" if "-d" in words else "get"
    asked = next(
        operations[method]
        for template, operations in document["paths"].items()
        if method in operations and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), address.path)
    )
    names = {parameter["name"] for parameter in asked.get("parameters", ()) if parameter["in"] == "query"}
    assert {name for name, _ in parse_qsl(address.query)} <= names


def could_python(words: list[str]) -> None:
    assert words[:2] == ["-m", "pytest"]
    assert (ROOT / words[2]).is_dir()


def could_copy(words: list[str]) -> None:
    assert (ROOT / words[0]).is_file()


def could_export(words: list[str]) -> None:
    assert [word for word in words if not re.fullmatch(r"QUIETHIRE_[A-Z_]+=.+", word)] == []


COULD = {
    "quiethire": could_command,
    "make": could_make,
    "docker": could_compose,
    "curl": could_ask,
    "python": could_python,
    "cp": could_copy,
    "export": could_export,
    ".": lambda words: could_copy([f"{words[0]}.example"]),
    "source": lambda words: None if words == [".venv/bin/activate"] else pytest.fail(str(words)),
}
"""Program → what looks at its words. A program that is not here is a KeyError: it is to be looked at, too."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_block_says_what_it_is(page):
    assert {kind for kind, _, _ in blocks(page)} <= LANGUAGES
    shown = [text for kind, _, text in blocks(page) if kind != "sh"]
    assert [text for text in shown if re.search(rf"^{PROMPTED}", text, re.MULTILINE)] == []
    assert re.findall(rf"^ {{4}}{PROMPTED}.*", page.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("page", [page for page in PAGES if in_sentences(page)], ids=lambda page: page.stem)
def test_a_command_that_a_sentence_names_is_there(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for told in in_sentences(page):
        words = told.text.split()
        while re.fullmatch(r"[A-Z_]+=.*", words[0]):
            del words[0]
        if words[0] == "make":
            assert words[1] in targets, str(told)
        else:
            given = {word.partition("=")[0] for word in words if word.startswith("--")}
            assert given <= options_of(told, words[1:]), str(told)


def options_of(told: Told, words: list[str]) -> set[str]:
    """The options of the command that the words begin with. `list|replay` names several, which have to be there."""
    command, path = program(), "quiethire"
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        several = words.pop(0).split("|")
        assert set(several) <= set(command.commands), str(told)
        path, command = f"{path} {several[0]}", command.commands[several[0]]
    params = command.get_params(command.context_class(command, info_name=path))
    return {option for param in params for option in (*param.opts, *param.secondary_opts)}
