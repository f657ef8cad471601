"""What a posting's words state beyond its fields: years asked, work authorisation, size and pace.

Only plain statements are read. What is not understood stays unknown, which neither hides nor lowers anything.
Every pattern is bounded, so that a hostile page costs no more than its length.
"""

import re
from dataclasses import dataclass

from quiethire.domain.posting import JobPosting
from services.matching.text import tokens

_DESCRIPTION_HEAD = 8_000
_REQUIREMENTS_HEAD = 8_000
_HEADING_LENGTH = 90

_WORD_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=1
    )
}
_YEARS = re.compile(
    r"(?P<least>\b(?:at\s+least|minimum(?:\s+of)?|min\.?|no\s+less\s+than|mindestens|au\s+moins|al\s+menos|minimaal|almeno"
    r"|pelo\s+menos)\s{1,3})?"
    rf"(?<![\d.,])(?P<low>\d{{1,2}}|\b(?:{'|'.join(_WORD_NUMBERS)}))"
    r"(?P<plus>\s{0,2}\+|\s{1,2}(?:plus|or\s+more|oder\s+mehr|ou\s+plus|o\s+más)\b)?"
    r"(?:\s{0,2}(?:-|–|—|\bto\b|\bbis\b|\bà\b)\s{0,2}\d{1,2}\s{0,2}\+?)?"
    r"\s{0,2}-?(?:years?|yrs?|jahren?|ans|années|años|anos|anni|jaar|jaren)\b['’]?(?P<or_more>\s+or\s+more\b)?",
    re.IGNORECASE,
)
_EXPERIENCE = re.compile(
    r"experien|erfahrung|expérience|ervaring|esperienza|experiência|expertise|\bwork(?:ed|ing)?\b|track record|background",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"\b(?:we have|we['’]ve|we bring|founded|for over|for more than|company with|team has|our (?:\w+ ){0,3}(?:has|have)"
    r"|wir haben|years? old|of age)\b",
    re.IGNORECASE,
)
_OPTIONAL = re.compile(
    r"nice[- ]to[- ]have|preferred|preferably|ideally|\bbonus\b|\b(?:a|big|huge) plus\b|desirable|optional|advantage|would be great"
    r"|wünschenswert|von vorteil|idealerweise|idéalement|un plus|deseable|desejável|gradito|\bpré\b",
    re.IGNORECASE,
)
_MAX_YEARS = 30
"""Larger figures are about the company, not the person."""

_AUTHORISATION = re.compile(
    r"(?:unable|not able|not in a position|cannot|can['’]?t|do(?:es)? not|don['’]t|doesn['’]t|will not|won['’]t|not)"
    r"\s+(?:\w+\s+){0,4}?sponsor\w*"
    r"|\bno\s+(?:\w+\s+){0,2}sponsorship"
    r"|\bwithout\s+(?:\w+\s+){0,4}sponsorship"
    r"|sponsorship\s+(?:is|will\s+be)\s+(?:not|un)\s{0,1}\w+"
    r"|must\s+(?:already\s+)?(?:be\s+(?:legally\s+)?(?:authori[sz]ed|eligible|permitted)\s+to\s+work|(?:have|hold)\s+(?:\w+\s+){0,3}"
    r"(?:right\s+to\s+work|work\s+(?:permit|authori[sz]ation)))"
    r"|(?:right\s+to\s+work|work\s+(?:permit|authori[sz]ation))\s+(?:is\s+)?required"
    r"|(?:gültige\s+)?arbeitserlaubnis\s+(?:ist\s+)?(?:erforderlich|vorausgesetzt)",
    re.IGNORECASE,
)
_EMPLOYEES = re.compile(
    r"\b(\d{1,3}(?:[.,]\d{3}){1,2}|\d{1,6})\s?\+?\s(?:employees|mitarbeiter|empleados|employés|medewerkers|dipendenti)",
    re.IGNORECASE,
)
_STARTUP = re.compile(r"\b(?:we['’]re|we are|as) an? (?:[\w-]+ ){0,3}start-?up\b", re.IGNORECASE)
_PACES = {
    "fast": re.compile(r"fast[- ]paced|schnelllebig", re.IGNORECASE),
    "steady": re.compile(r"(?:sustainable|steady|calm) pace|calm company", re.IGNORECASE),
}


@dataclass(frozen=True)
class Statements:
    """What one posting's words state; None where they state nothing."""

    years_asked: float | None = None
    """The most years asked anywhere, the lower end of a range."""
    years_least: float | None = None
    """The same where it is put as a minimum (`5+ years`, `at least 5 years`) and not as a wish."""
    authorisation: str | None = None
    """The words that ask for an existing work authorisation or refuse to sponsor one."""
    size: str | None = None
    """`small`, `medium` or `large`: below 50, below 250 or more employees, the European Union's SME bounds."""
    pace: str | None = None
    """`fast` or `steady`."""
    optional_skills: frozenset[str] = frozenset()
    """Skills, as the posting writes them, that only wishes name."""


def read_statements(posting: JobPosting) -> Statements:
    """Read requirements and the head of the description."""
    lines = _lines(posting)
    text = "\n".join(line for line, _ in lines)
    asked, least = _years(lines)
    authorisation = _AUTHORISATION.search(text)
    return Statements(
        years_asked=asked,
        years_least=least,
        authorisation=" ".join(authorisation.group().split()) if authorisation else None,
        size=_size(text),
        pace=_pace(text),
        optional_skills=_optional_skills(posting, lines),
    )


def _lines(posting: JobPosting) -> list[tuple[str, bool]]:
    """Each line once, and whether it is a wish: by its own words or by the heading over its list (`- …` lines)."""
    lines: dict[str, bool] = {}
    wish = False
    for line in posting.description_text[:_DESCRIPTION_HEAD].splitlines():
        own = _OPTIONAL.search(line) is not None
        if line.startswith("- "):
            lines.setdefault(line[2:].strip(), wish or own)
        elif line.strip():
            wish = own and len(line) <= _HEADING_LENGTH
            lines.setdefault(line, own)
    for line in "\n".join(posting.requirements)[:_REQUIREMENTS_HEAD].splitlines():
        lines.setdefault(line, _OPTIONAL.search(line) is not None)
    return list(lines.items())


def _years(lines: list[tuple[str, bool]]) -> tuple[float | None, float | None]:
    """Most years asked, and most years put as a minimum. A wish counts only where nothing is asked firmly.

    The greatest figure is right even where several skills have years of their own: nobody has more years with
    one tool than in all.
    """
    wished: list[float] = []
    asked: list[float] = []
    least: list[float] = []
    for line, wish in lines:
        for found in _YEARS.finditer(line):
            sentence = _sentence(line, found.start(), found.end())
            low = float(_WORD_NUMBERS.get(found["low"].lower()) or found["low"])
            if low > _MAX_YEARS or not _EXPERIENCE.search(sentence) or _NOT_ASKED.search(sentence):
                continue
            if wish:
                wished.append(low)
                continue
            asked.append(low)
            if found["least"] or found["plus"] or found["or_more"]:
                least.append(low)
    return max(asked or wished, default=None), max(least, default=None)


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around a span, 120 characters to each side at most."""
    before = re.split(r"[.;!?]\s", text[max(0, start - 120) : start])[-1]
    after = re.split(r"[.;!?](?:\s|$)", text[end : end + 120])[0]
    return before + text[start:end] + after


def _size(text: str) -> str | None:
    found = _EMPLOYEES.search(text)
    if found is None:
        return "small" if _STARTUP.search(text) else None
    employees = int(re.sub(r"[.,]", "", found[1]))
    if employees < 50:
        return "small"
    return "medium" if employees < 250 else "large"


def _pace(text: str) -> str | None:
    """The pace, where the words do not state both."""
    stated = [pace for pace, pattern in _PACES.items() if pattern.search(text)]
    return stated[0] if len(stated) == 1 else None


def _optional_skills(posting: JobPosting, lines: list[tuple[str, bool]]) -> frozenset[str]:
    wished = _padded(" ".join(line for line, wish in lines if wish))
    if not wished.strip():
        return frozenset()
    firm = _padded(" ".join([posting.title, *(line for line, wish in lines if not wish)]))
    return frozenset(skill for skill in posting.skills if _padded(skill) in wished and _padded(skill) not in firm)


def _padded(text: str) -> str:
    """Words between spaces, so that a skill is found as whole words only."""
    return f" {' '.join(tokens(text))} "
