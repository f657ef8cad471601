"""What the documents tell to type: every line of a block that is marked `sh`, in README.md and docs/*.md."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:[A-Z_]+=\S+ )*(?:quiethire|make) [^`]+)`")


@dataclass(frozen=True)
class Told:
    """A command, as a document tells it."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


def blocks(page: Path) -> Iterator[tuple[str, int, str]]:
    """Language, first line and text of each block."""
    text = page.read_text()
    for found in BLOCK.finditer(text):
        yield found[1], text.count("\n", 0, found.start()) + 2, found[2]


def commands(page: Path) -> list[Told]:
    """Those of its blocks, in order. One that goes on over several lines is one."""
    return [
        Told(f"{page.relative_to(ROOT)}:{number}", text)
        for language, first, block in blocks(page)
        if language == "sh"
        for number, text in _whole(first, block)
    ]


def _whole(first: int, block: str) -> Iterator[tuple[int, str]]:
    begun, begun_at = "", first
    for number, line in enumerate(block.splitlines(), start=first):
        begun, begun_at = (f"{begun}\n{line}", begun_at) if begun else (line, number)
        if _ends(begun):
            if shlex.split(begun, comments=True):
                yield begun_at, begun
            begun = ""
    assert not begun, f"line {begun_at} has no end: {begun}"


def _ends(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return not text.endswith("\\")


def in_sentences(page: Path) -> list[Told]:
    """Commands that a sentence or a table names."""
    text = page.read_text()
    return [
        Told(f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}", found[1].replace("\n", " "))
        for found in INLINE.finditer(BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text))
    ]
