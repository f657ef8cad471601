"""What every form of file becomes: lines of one text, in reading order, and the addresses behind its links."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import MAX_TEXT, Reading, ResumeKind, Span

UNNAMED = re.compile(r"\(cid:\d{1,6}\)")
"""A sign that the font of a PDF does not name, as its readers write it: mostly a bullet or a small picture."""
MAX_LINE = 4_000
"""Characters of one line; what is longer goes on in the next."""

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u115f\u1160\u2007\u2009\u200a\u202f\u2800\u3000\u3164\uffa0", " "),
        # What joins letters, and what turns the direction of reading.
        **dict.fromkeys(
            "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
        ),
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
    }
)
"""Blanks, ligatures and hyphens of typesetting as the letters that they stand for, and letters that show nothing as blanks."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BULLET = re.compile(
    r"^[\s\uf000-\uf0ff]*(?:[•●▪■◦‣➢➤❖✓✔★◆◇○∙⁃·»\uf000-\uf0ff]|[-–—*>](?=\s)|o(?=\s{2,}\S))[\s\uf000-\uf0ff]*"
)
_SPACED = re.compile(r"^(?:\S(?: | {2,}|\t))+\S$")


@dataclass(frozen=True)
class Piece:
    """A part of the text, and where in it it starts."""

    text: str
    start: int

    def cut(self, begin: int, end: int) -> "Piece":
        """From character `begin` to `end` of this piece."""
        return Piece(self.text[begin:end], self.start + begin)

    def stripped(self, signs: str = " \t\n") -> "Piece":
        """Without these characters at both ends."""
        left = len(self.text) - len(self.text.lstrip(signs))
        return Piece(self.text.strip(signs), self.start + left)

    def split(self, pattern: re.Pattern[str]) -> list["Piece"]:
        """The parts between what the pattern finds, blanks at their ends and empty ones left out."""
        parts = []
        at = 0
        for found in pattern.finditer(self.text):
            parts.append(self.cut(at, found.start()))
            at = found.end()
        parts.append(self.cut(at, len(self.text)))
        return [part for part in (part.stripped() for part in parts) if part.text]

    def reading(self, confidence: float, value: str | None = None) -> Reading:
        """This piece as the value of a field, or the place where `value` was read."""
        span = Span(start=self.start, end=self.start + len(self.text))
        return Reading(value=" ".join(self.text.split()) if value is None else value, confidence=confidence, span=span)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a line looks, and where on its page."""

    size: float = 1.0
    """Of its letters, against that of most letters of the file."""
    bold: bool = False
    bullet: bool = False
    """The line began with a bullet, which is not part of its text."""
    flow: int = 0
    """The column it stands in: 0 across the page, else counted from the left."""


@dataclass(frozen=True)
class Line(Look, Piece):
    """One line of the text, and how it looks."""


@dataclass(frozen=True)
class Raw(Look):
    """A line as a file gives it."""

    text: str


@dataclass(frozen=True)
class Document:
    """A résumé before it is understood."""

    kind: ResumeKind
    text: str
    lines: tuple[Line, ...]
    pages: int | None = None
    links: tuple[str, ...] = field(default=())
    """Addresses behind words: `mailto:`, `tel:` and those of the web."""

    @classmethod
    def of(cls, kind: ResumeKind, raw: Iterable[Raw], *, pages: int | None = None, links: Sequence[str] = ()) -> Self:
        """Put the lines into one text. Raises InvalidInput where there is too much of it, or none."""
        texts: list[str] = []
        lines: list[Line] = []
        at = 0
        for one in raw:
            for text, bullet in _cleaned(one.text):
                texts.append(text)
                lines.append(
                    Line(
                        text,
                        at,
                        size=one.size,
                        bold=one.bold,
                        bullet=bullet or (one.bullet and bool(text)),
                        flow=one.flow,
                    )
                )
                at += len(text) + 1
                if at > MAX_TEXT:
                    raise InvalidInput(
                        "the résumé has too much text",
                        where="résumé",
                        hint=f"at most {MAX_TEXT:,} characters are read",
                        kind="too_large",
                    )
        if not any(lines_of.text for lines_of in lines):
            raise InvalidInput(
                "there is no text in the file", where="résumé", hint="give a file with text in it", kind="resume_empty"
            )
        return cls(kind=kind, text="\n".join(texts), lines=tuple(lines), pages=pages, links=tuple(dict.fromkeys(links)))


def plain(text: str) -> str:
    """A text without the signs of typesetters and terminals: what is left can be seen, or parts words and lines."""
    shown = unicodedata.normalize("NFC", text).translate(_SIGNS)
    return _CONTROL.sub(" ", shown.replace("\r\n", "\n").replace("\r", "\n"))


def _cleaned(text: str) -> Iterable[tuple[str, bool]]:
    """The lines of a text without its typesetter's signs and bullets, and which of them had a bullet."""
    for whole in plain(text).split("\n"):
        for begin in range(0, max(len(whole), 1), MAX_LINE):
            line = whole[begin : begin + MAX_LINE].rstrip()
            found = _BULLET.match(line)
            bullet = found is not None and found.end() < len(line)
            lost = len(line) > 1 and line[0] == " " and line[1] != " "  # A bullet that a conversion dropped.
            line = line[found.end() :] if found and bullet else line
            yield _closed_up(line.strip()), bullet or lost


def _closed_up(line: str) -> str:
    """`E D U C A T I O N` as the word that it is; wider gaps part words."""
    if len(line) < 7 or not _SPACED.match(line):
        return line
    return " ".join("".join(word.split(" ")) for word in re.split(r" {2,}|\t", line))
