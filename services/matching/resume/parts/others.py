"""What a résumé tells of other people: referees, superiors, whom a letter is addressed to. None of it is the person's own."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from services.matching.reading.text import name_key
from services.matching.resume.lines import Document, Line
from services.matching.resume.parts.headings import Part
from services.matching.resume.parts.sections import parts_of

_OWN = (Part.HEAD, Part.CONTACT)
_SOMEBODY = re.compile(
    r"^(?:(?:professional\s)?referees?|references?|(?:direct\s|line\s|former\s)?(?:supervisor|manager|superior)|emergency\scontact|contact\sperson|"
    r"vorgesetzter?|ansprechpartner(?:in)?|referenz(?:en)?|notfallkontakt|sup[ée]rieur|r[ée]f[ée]rences?|superior|referencias?|supervisora?|referenze|referenties)\b"
    r"[^:\n]{0,30}:",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"^(?:dear|hello|hi|sehr\sgeehrter?|liebe[r]?|hallo|ch[eè]re?|monsieur|madame|estimad[oa]|querid[oa])\b(?P<whom>[^.!?\n]{0,60})[,!:]?$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:with\s)?(?:kind|best|warm)(?:est)?\s(?:regards|wishes)|regards|(?:yours\s)?(?:sincerely|faithfully|truly)|mit\s(?:freundlichen|besten|herzlichen)\s(?:grüßen|gruessen|grüssen)|"
    r"(?:viele|beste|liebe)\s(?:grüße|gruesse|grüsse)|(?:bien\s)?cordialement|(?:un\s)?(?:cordial\s)?saludos?|atentamente|cordiali\ssaluti|met\svriendelijke\sgroet(?:en)?|atenciosamente)\b[\s\w]{0,12}[,.]?$",
    re.IGNORECASE,
)
_ABOVE_LETTER = 40
"""Lines from the top in which a letter greets."""
_LETTERS = re.compile(r"[^\W\d_]+")
_NO_NAMES = (
    "sir madam sirs team hiring manager recruiter recruiting talent mr mrs ms dr prof herr frau damen und herren monsieur madame senor senora"
    " responsable de del la le all everyone"
)
_NOBODY = frozenset(_NO_NAMES.split())
"""Words of a greeting that name nobody."""


def without_others(document: Document) -> Document:
    """The document without what is somebody else's. What is left stands where it stood."""
    theirs = _starts(document.lines)
    if not theirs:
        return document
    text = document.text
    told = []
    for line in document.lines:
        if line.start in theirs:
            end = line.start + len(line.text)
            told.append(line.text)
            text = f"{text[: line.start]}{' ' * len(line.text)}{text[end:]}"
    return replace(
        document,
        text=text,
        lines=tuple(replace(line, text="") if line.start in theirs else line for line in document.lines),
        links=tuple(link for link in document.links if not _names(told, link)),
    )


def _starts(lines: Sequence[Line]) -> set[int]:
    """Where their lines start."""
    parts = parts_of(lines)
    own = {line.start for part in _OWN for line in parts[part] if line.text}
    below = {line.start for line in parts[Part.REFERENCES] if line.text} - own
    labelled = {line.start for line in lines if _SOMEBODY.match(line.text)}
    return below | labelled | _addressed(lines)


def _addressed(lines: Sequence[Line]) -> set[int]:
    """Where those lines start that say whom a letter is written to.

    Above its greeting: the name that it greets with and the title below, and where it is signed all paragraphs that do not name who signs.
    """
    at = next((index for index, line in enumerate(lines[:_ABOVE_LETTER]) if _SALUTATION.match(line.text)), None)
    if at is None:
        return set()
    greeting = _SALUTATION.match(lines[at].text)
    whom = _words(greeting["whom"] if greeting else "") - _NOBODY
    filled = [line for line in lines[:at] if line.text]
    greeted = [index for index, line in enumerate(filled) if whom & _words(line.text)]
    theirs = {line.start for index in greeted for line in filled[index : index + 2]} | {lines[at].start}
    signed = _signed(lines[at:])
    paragraphs = _paragraphs(lines[:at])
    others = [each for each in paragraphs if not signed & {word for line in each for word in _words(line.text)}]
    if signed and len(others) == len(paragraphs):  # Who signs need not stand above too.
        others = [each for each in others if any(line.start in theirs for line in each)]
    return theirs | {line.start for each in others if signed for line in each}


def _signed(letter: Sequence[Line]) -> set[str]:
    """The words of the name below the words with which a letter closes."""
    filled = [line.text for line in letter if line.text]
    closing = next((index for index, text in enumerate(filled[:-1]) if _CLOSING.match(text)), None)
    return set() if closing is None else {word for word in _words(filled[closing + 1]) if len(word) > 2}


def _paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Filled lines, parted where a line is empty."""
    return [list(group) for has_text, group in groupby(lines, key=lambda line: bool(line.text)) if has_text]


def _words(text: str) -> set[str]:
    return {name_key(word) for word in _LETTERS.findall(text)}


def _names(told: Sequence[str], link: str) -> bool:
    """Whether the address behind a link stands in these lines."""
    address = link.partition(":")[2].strip("/").split("?")[0].casefold()
    return bool(address) and any(address in text.casefold() for text in told)
