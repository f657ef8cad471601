"""Years of experience that a posting asks, and which of them it puts as a minimum."""

import re
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from services.matching.reading.levels import level_of
from services.matching.reading.text import around, holds
from services.matching.reading.whose_years import is_asked
from services.matching.reading.years import HIGH, LOW, UNIT, number_of

_YEARS = re.compile(
    r"(?<![^\W_])(?P<least>(?:at\s+least|minimum(?:\s+of)?|min\.?|no\s+less\s+than|mindestens|au\s+moins|al\s+menos|minimaal|almeno"
    r"|pelo\s+menos)\s{1,3})?"
    rf"{LOW}(?P<plus>\s{{0,2}}\+|\s{{1,2}}(?:plus|or\s+more|oder\s+mehr|ou\s+plus|o\s+más)\b)?"
    rf"{HIGH}\s{{0,2}}-?{UNIT}\b['’]?(?P<or_more>\s+or\s+more\b)?",
    re.IGNORECASE,
)
_YEAR_WORDS = ("year", "yr", "jahr", "jähr", "ans", "année", "año", "anos", " ano", "anni", "jaar")
"""Without one of them the pattern finds nothing: to look for them first costs a tenth."""
_EXPERIENCE = re.compile(
    r"experien|erfahrung|expérience|ervaring|esperienza|experiência|expertise|\bwork(?:ed|ing)?\b|track record|background",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"\b(?:bachelor|master|ph\.?\s?d|doctorate|degree|diploma|b\.?s\.?c?\b|m\.?s\.?c\b|mba|associate['’]s|high school|hochschulabschluss|studium|promotion)",
    re.IGNORECASE,
)
_OR = re.compile(r"\b(?:or|oder|ou|o|alternatively|bzw)\b", re.IGNORECASE)
_ELSE_THESE = re.compile(
    r"\b(?:or|oder|ou|o|alternatively)[\s*_]+(?:(?:an?|equivalent|additional)\s+){0,2}$", re.IGNORECASE
)
_ELSE_THAT = re.compile(
    r"\b(?:(?:or|oder|ou|o)\s+(?:(?:an?|the|eine?|une?)\s+)?(?:"
    r"(?:similar|comparable|relevant)\s+(?:education|degree|qualification|training)"
    r"|(?:equivalent|gleichwertige\w*|vergleichbare\w*|équivalent\w*|equivalente)(?=\W*(?:$|[.,;:()])|\s+(?:\w+\s+){0,3}?(?:education|degree|combination|training"
    r"|qualification|experience|knowledge|studies|certification|ausbildung|qualifikation|studium|formation|formación))"
    r"|(?:(?:advanced|relevant|related|university|college|formal|higher|strong)\s+){0,2}(?:degree|diploma|ph\.?d|doctorate|education|portfolio|(?:bachelor|master)(?:['’]?s)?)\b"
    r"|(?:studium|ausbildung|diplôme|titulación)\b)"
    r"|in lieu of|instead of (?:an? )?(?:degree|education)|(?:may|can) be (?:substituted|replaced|waived))",
    re.IGNORECASE,
)
"""What would do in place of these years."""
_LABEL = re.compile(
    r"(?:^|(?<=[,;.:()•]))(?P<label>[^,;.:()•]{2,60}?)\s*(?:[:(–—]|\s-)\s*(?:(?:at|a|of|with|over|more|than)\s+){0,3}$"
)
_LABEL_BEHIND = re.compile(r"^[^,;.:(]{0,40}?(?:\(|–|\b(?:for|at|as)\s+)(?:(?:the|an?)\s+)?(?P<label>[^,;.:()]{2,30})")
_GRADE = re.compile(r"\b(?:level|grade|stufe|l|gs|e)[\s-]?(\d{1,2})\b", re.IGNORECASE)
_HEADING = 60
"""Characters of a line that may say for which level the list below is."""
_MAX_YEARS = 30
"""Larger figures are about the company, not the person."""

Figure = re.Match[str]


class Asked(NamedTuple):
    """Years of experience that a line asks. The least of several is the first in order."""

    years: float
    loose: bool
    """Not put as a minimum."""
    level: str
    """Of several in one posting the one that is meant, else empty."""


class Figures:
    """The figures of years in one line."""

    def __init__(self, line: str, heading: str, *, wish: bool) -> None:
        """`heading`: the level that the last heading names, empty where it names none."""
        self.line = line
        self.wish = wish
        self.found = list(_YEARS.finditer(line))
        self._heading = heading

    @cached_property
    def asked(self) -> list[Figure]:
        """Those that are asked of the person."""
        return [
            each
            for each in self.found
            if number_of(each["low"]) <= _MAX_YEARS and is_asked(self.line, each.start(), each.end())
        ]

    def of_work(self) -> list[Asked]:
        """Those of them that are years of experience."""
        stated = []
        for each in self.asked:
            before, after = around(self.line, each.start(), each.end())
            if _EXPERIENCE.search(before + each.group() + after):
                firm = bool(each["least"] or each["plus"] or each["or_more"]) and not self._has_other_way(each)
                level = _level(before, after) or self._heading
                stated.append(Asked(float(number_of(each["low"])), not firm, level))
        return stated

    def _has_other_way(self, figure: Figure) -> bool:
        """Whether something else would do: `or equivalent education`, `a degree or 4+ years`. Other years are no other way."""
        before, after = around(self.line, figure.start(), figure.end())
        if figure is self.found[0] and _ELSE_THESE.search(before):
            return True
        other = _ELSE_THAT.search(after)
        return other is not None and not _DEGREE.search(after, 0, other.start())

    @property
    def are_alternatives(self) -> bool:
        """Whether `or` stands between two of them."""
        return any(_OR.search(self.line, one.end(), following.start()) for one, following in pairwise(self.found))

    @property
    def name_a_degree(self) -> bool:
        """Whether the line does."""
        return _DEGREE.search(self.line) is not None


def figures(lines: list[tuple[str, bool]]) -> list[Figures]:
    """The lines that hold any, each with whether it is a wish, under the headings that name levels."""
    found: list[Figures] = []
    heading = ""
    for line, wish in lines:
        if holds(line.lower(), _YEAR_WORDS) and (here := Figures(line, heading, wish=wish)).found:
            found.append(here)
        elif line.endswith(":") and len(line) <= _HEADING:
            heading = _named_level(line)
    return found


def years_asked(found: list[Figures]) -> tuple[float | None, float | None]:
    """Most years asked, and most years put as a minimum. A wish counts only where nothing is asked firmly.

    The greatest figure is right even where several skills have years of their own: nobody has more years with
    one tool than in all. Of alternatives the smallest is: `8+ years with a Bachelor's, 6+ with a Master's`, and so of
    levels: who is too junior for one may fit the other.
    """
    wished: list[Asked] = []
    asked: list[Asked] = []
    by_degree: list[Asked] = []
    for each in found:
        stated = each.of_work()
        if each.wish:
            wished += stated
        elif stated and each.name_a_degree:
            by_degree += stated
        else:
            asked += [min(stated)] if stated and each.are_alternatives and not _levels(stated) else stated
    asked += [min(by_degree)] if by_degree else []
    asked = _of_one_level(asked)
    least = max((each.years for each in asked if not each.loose), default=None)
    most = max((each.years for each in asked), default=max((each.years for each in wished), default=None))
    return most, least


def _levels(stated: list[Asked]) -> set[str]:
    return {each.level for each in stated} - {""}


def _of_one_level(asked: list[Asked]) -> list[Asked]:
    """Where several levels are open, what the least of them asks, and what is asked of all."""
    levels = _levels(asked)
    if len(levels) < 2:
        return asked
    most = [max(each for each in asked if each.level == level) for level in levels]
    return [*(each for each in asked if not each.level), min(most)]


def _level(before: str, after: str) -> str:
    """The level that a label at the figure names: `Senior: 8+ years`, `8+ years (senior)`."""
    for found in (_LABEL.search(before), _LABEL_BEHIND.search(after)):
        if found is not None and (level := _named_level(found["label"])):
            return level
    return ""


def _named_level(label: str) -> str:
    if (grade := _GRADE.search(label)) is not None:
        return grade[1]
    level = level_of([re.sub(r"\bentry\b", "junior", label, flags=re.IGNORECASE)])
    return level.value if level is not None else ""
