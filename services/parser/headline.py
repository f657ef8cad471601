"""The title of the posting among a page's headings and names."""

import re
from dataclasses import dataclass

from quiethire.domain.urls import host_of
from services.parser.document import Document, Line
from services.parser.labels import ABOUT_WORK, NOT_A_TITLE, SLOGAN, label_of
from services.parser.normalise.text import fold, squeeze
from services.parser.titles import reads_like_title

SEPARATOR = re.compile(r"\s+[|–—·•»]\s+|\s+-\s+|\s*\|\s*|\s+::\s+")
"""What stands between the parts of a page's name."""
_AT = re.compile(
    r"^(?:job application for |apply for |job: )?(?P<title>.+?)\s+(?:at|@|bei|chez|hos|presso|bij)\s+(?P<company>[^|–—]{2,70})$",
    re.IGNORECASE,
)


_TITLE_HINT = re.compile(
    r"(?<![a-z])(job|position|posting|vacancy|requisition|opening|offer)[-_]*(title|name|headline|heading)(?![a-z])",
    re.IGNORECASE,
)


MAX_NAME = 500
"""Characters of a page's own name that are read."""


@dataclass(frozen=True)
class Heading:
    """The title of the posting and the line that it was found in."""

    text: str
    index: int
    path: str
    rest: tuple[str, ...] = ()
    """Other texts of the same heading."""


def page_names(document: Document) -> list[str]:
    """What the page calls itself, whole and cut at separators: `Title | Company` gives both."""
    names: list[str] = []
    stated = (document.meta.get("og:title", ""), document.meta.get("twitter:title", ""), document.title)
    for text in (name[:MAX_NAME] for name in stated):
        if match := _AT.match(text):
            names.append(match["title"])
        pieces = [piece for piece in SEPARATOR.split(text) if piece]
        names += [text, *pieces[:1], *(" - ".join(pieces[:n]) for n in range(2, len(pieces)))]
    return [name for name in dict.fromkeys(map(squeeze, names)) if name]


def is_generic(text: str) -> bool:
    """Whether a heading can be no posting's title."""
    folded = fold(text)
    return (
        not 3 <= len(text) <= 220
        or bool(NOT_A_TITLE.match(folded) or SLOGAN.match(folded) or ABOUT_WORK.search(folded))
        or label_of(text) is not None
    )


def find_title(document: Document) -> Heading | None:
    """The heading that the page also calls itself by; else its first `h1` that can be a title; else its own name."""
    lines = document.content
    candidates = [(i, line) for i, line in enumerate(lines) if line.heading or len(line.text) < 120]
    return _named(candidates, document) or _hinted(candidates) or _first(candidates, document)


def _named(candidates: list[tuple[int, Line]], document: Document) -> Heading | None:
    """The highest heading, else the short line, that is what the page calls itself."""
    names = {fold(name) for name in page_names(document)}
    for level in (1, 2, 3, 0):
        for index, line in candidates:
            if min(line.heading, 4) not in ((level,) if level else (0, 4)):
                continue
            for text in (line.text, *line.parts):
                if fold(text) in names and not is_generic(text):
                    rest = tuple(part for part in line.parts if part != text) if text != line.text else ()
                    return Heading(text, index, line.tag, rest)
    return None


def _hinted(candidates: list[tuple[int, Line]]) -> Heading | None:
    """The line whose own class says that it is the title, where one line alone says so: in a list many do."""
    hinted = [(i, line) for i, line in candidates if _TITLE_HINT.search(line.hint) and not is_generic(line.text)]
    if len({line.text for _, line in hinted}) != 1:
        return None
    index, line = hinted[0]
    return Heading(line.text, index, f"{line.tag}.{line.hint.split()[0]}")


def _first(candidates: list[tuple[int, Line]], document: Document) -> Heading | None:
    """The first `h1` that can be a title, else the page's own name, else a lesser heading that reads like one."""
    for index, line in candidates:
        if line.heading == 1 and not is_generic(line.text):
            return Heading(line.text, index, line.tag)
    own = SEPARATOR.split(document.meta.get("og:title", "")[:MAX_NAME])[0]
    named = Heading(own, 0, "meta[og:title]") if own and not is_generic(own) else None
    if named is not None and reads_like_title(own):
        return named
    for index, line in candidates:
        if line.heading in (2, 3) and not is_generic(line.text) and reads_like_title(line.text):
            return Heading(line.text, index, line.tag)
    return named


def bare_title(text: str, document: Document) -> str:
    """A title without the company's name in front (`Northwind: Cook`) and without loose separators."""
    head, colon, tail = text.partition(":")
    companies = (fold(document.meta.get("og:site_name", "")), host_of(document.url).removeprefix("www.").split(".")[0])
    return (tail if colon and tail.strip() and fold(head) in companies else text).strip(" -–—|:·")
