"""What a posting's words state beyond its fields: years asked, work authorisation, size and pace.

Only plain statements are read. What is not understood stays unknown, which neither hides nor lowers anything.
Every pattern is bounded, so that a hostile page costs no more than its length.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from quiethire.domain.posting import JobPosting
from quiethire.domain.technologies import Mention, mentions, names
from quiethire.domain.wishes import is_wish, lines_of
from services.matching.reading.text import tokens
from services.matching.reading.years import HIGH, LOW, UNIT, number_of
from services.matching.taxonomy.terms import CONNECTING, Word, words

_DESCRIPTION_HEAD = 8_000
_REQUIREMENTS_HEAD = 8_000
_NEXT_SENTENCE = re.compile(r"(?:(?<=\w{3})|(?<=[)+#]))[.!?;]\s+(?=\w)")
"""Where one sentence ends and another begins, and no abbreviation does."""

_YEARS = re.compile(
    r"(?<![^\W_])(?P<least>(?:at\s+least|minimum(?:\s+of)?|min\.?|no\s+less\s+than|mindestens|au\s+moins|al\s+menos|minimaal|almeno"
    r"|pelo\s+menos)\s{1,3})?"
    rf"{LOW}(?P<plus>\s{{0,2}}\+|\s{{1,2}}(?:plus|or\s+more|oder\s+mehr|ou\s+plus|o\s+más)\b)?"
    rf"{HIGH}\s{{0,2}}-?{UNIT}\b['’]?(?P<or_more>\s+or\s+more\b)?",
    re.IGNORECASE,
)
_YEAR_WORDS = ("year", "yr", "jahr", "jähr", "ans", "année", "año", "anos", " ano", "anni", "jaar")
_EXPERIENCE = re.compile(
    r"experien|erfahrung|expérience|ervaring|esperienza|experiência|expertise|\bwork(?:ed|ing)?\b|track record|background",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"\b(?:we have|we['’]ve|we bring|founded|for over|for more than|team has|our (?:\w+ ){0,3}(?:has|have|brings?)"
    r"|(?:company|firm|agency|business|group|start-?up|team|team of (?:\w+ ){0,2}\w+) with|(?:co-?)?founders?|founding team|leadership team"
    r"|combined|collective(?:ly)?|backed by|wir haben|gründer\w*|years? old|of age)\b",
    re.IGNORECASE,
)
"""What years are of the company, its founders or its team, and not asked of the person."""
_DEGREE = re.compile(
    r"\b(?:bachelor|master|ph\.?\s?d|doctorate|degree|diploma|b\.?s\.?c?\b|m\.?s\.?c\b|mba|associate['’]s|high school|hochschulabschluss|studium|promotion)",
    re.IGNORECASE,
)
_OR = re.compile(r"\b(?:or|oder|ou|o|alternatively|bzw)\b", re.IGNORECASE)
_OF = re.compile(
    r"['’]?(?:\s+[\w-]{1,20}){0,4}?\s+(?:of|in|with|using|mit|in|an|en|de|con|avec|met|med|with\s+at\s+least)\s+(?:(?:hands-on|professional|practical|commercial|solid|strong|deep)\s+)?|\s+",
    re.IGNORECASE,
)
"""What stands between years and the first skill that they are asked of."""
_JOINED = re.compile(r"\s?(?:,|/|&|\band\b|\bor\b|\bund\b|\boder\b|\bet\b|\by\b|,\s?(?:and|or))\s?", re.IGNORECASE)
_IN_FRONT = re.compile(r"\s?(?:\(|:|–|-|—)\s?")
_MAX_YEARS = 30
"""Larger figures are about the company, not the person."""

_AUTHORISATION = re.compile(
    r"(?:unable|not able|not in a position|cannot|can['’]?t|do(?:es)? not|don['’]t|doesn['’]t|will not|won['’]t|not)"
    r"\s+(?:(?!we\b)\w+\s+){0,4}?sponsor\w*\b(?!\s+(?:\w+\s+)?(?:events?|teams?|meet-?ups?|conferences?|clubs?|sports?|charit\w+|hackathons?|tournaments?|causes)\b)"
    r"|\bno\s+(?:\w+\s+){0,2}sponsorship\b(?!\s+(?:problem|issue|worries|needed|required|necessary))"
    r"|\bwithout\s+(?:\w+\s+){0,4}sponsorship"
    r"|sponsorship\s+(?:is|will\s+be)\s+(?:not\s+(?:\w+\s+){0,2}?(?:available|offered|provided|possible|supported|considered|included|given|an\s+option)"
    r"|un(?:available|supported|offered))"
    r"|must\s+(?:already\s+)?(?:be\s+(?:legally\s+)?(?:authori[sz]ed|eligible|permitted)\s+to\s+work|(?:have|hold)\s+(?:\w+\s+){0,3}"
    r"(?:right\s+to\s+work|work\s+(?:permit|authori[sz]ation)))"
    r"|(?:right\s+to\s+work|work\s+(?:permit|authori[sz]ation))\s+(?:is\s+)?required"
    r"|(?:gültige\s+)?arbeitserlaubnis\s+(?:ist\s+)?(?:erforderlich|vorausgesetzt)",
    re.IGNORECASE,
)
_SPONSORS = re.compile(
    r"\bwe(?:['’]ll|\s+(?:will|can|do|may|gladly|also))?\s+(?:(?:gladly|also|happily|offer|provide|visa)\s+){0,2}sponsor"
    r"|\b(?:happy|able|willing|glad|ready)\s+to\s+(?:\w+\s+)?sponsor"
    r"|sponsorship\s+(?:is\s+|can\s+be\s+)?(?:available|offered|provided|possible|not\s+a(?:n\s+issue|\s+problem))",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    r"\b(?:not|un|isn['’]t|aren['’]t|in)\s?(?:currently\s|presently\s)?(?:happy|able|willing|ready)\s+to\b",
    re.IGNORECASE,
)
_AUTHORISING = ("sponsor", "right", "permit", "authori", "eligible", "arbeitserlaubnis")
_STAFF = ("employees", "mitarbeiter", "empleados", "employés", "medewerkers", "dipendenti")
"""Words without which the patterns beside them find nothing: to look for them first costs a tenth."""
_EMPLOYEES = re.compile(
    r"\b(\d{1,3}(?:[.,]\d{3}){1,2}|\d{1,6})\s?\+?\s(?:employees|mitarbeiter|empleados|employés|medewerkers|dipendenti)",
    re.IGNORECASE,
)
_STARTUP = re.compile(r"\b(?:we['’]re|we are|as) an? (?:[\w-]+ ){0,3}start-?up\b", re.IGNORECASE)
_PACES = {
    "fast": re.compile(r"fast[- ]paced|schnelllebig", re.IGNORECASE),
    "steady": re.compile(r"(?:sustainable|steady|calm) pace|calm company", re.IGNORECASE),
}


Figures = tuple[str, bool, list[re.Match[str]]]
"""A line, whether it is a wish, and its figures of years."""
Asked = tuple[float, bool]
"""Years, and whether they are put loosely rather than as a minimum."""
Label = tuple[str, frozenset[str]]
"""A skill that is no technology, and the words of its name that say something, in the form of verbs."""
_APART = 3
"""Words from one word of a label to its next, at most."""


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
    skill_years: Mapping[str, int] = field(default_factory=dict)
    """Years asked of single skills: `3+ years of Python`, `Python (3 years)`."""


def read_statements(posting: JobPosting) -> Statements:
    """Read requirements and the head of the description."""
    lines = _lines(posting)
    text = "\n".join(line for line, _ in lines)
    figures = [(line, wish, found) for line, wish in lines if (found := _figures(line))]
    asked, least = _years(figures)
    lower = text.lower()
    authorisation = _authorisation(text) if _names(lower, _AUTHORISING) else None
    return Statements(
        years_asked=asked,
        years_least=least,
        authorisation=authorisation,
        size=_size(text, lower),
        pace=_pace(text, lower),
        optional_skills=_optional_skills(posting, lines),
        skill_years=_skill_years(posting, figures),
    )


def _names(lower: str, words: tuple[str, ...]) -> bool:
    for word in words:  # noqa: SIM110 - `any` of a generator takes twice as long
        if word in lower:
            return True
    return False


def _figures(line: str) -> list[re.Match[str]]:
    """Every figure of years in a line."""
    return list(_YEARS.finditer(line)) if _names(line.lower(), _YEAR_WORDS) else []


def _lines(posting: JobPosting) -> list[tuple[str, bool]]:
    """Each line once, and whether it is a wish: by its own words or by the heading over its list."""
    lines: dict[str, bool] = {}
    for line in lines_of(posting.description_text[:_DESCRIPTION_HEAD]):
        for text, wish in _parts(line.text.strip(), wish=line.is_wish):
            lines.setdefault(text, wish)
    for asked in "\n".join(posting.requirements)[:_REQUIREMENTS_HEAD].splitlines():
        for text, wish in _parts(asked.strip(), wish=is_wish(asked)):
            lines.setdefault(text, wish)
    return list(lines.items())


def _parts(line: str, *, wish: bool) -> Iterator[tuple[str, bool]]:
    """A line whose own words make it a wish is one from the sentence on that says so: what stands before is asked."""
    start = 0
    if wish and is_wish(line):
        for end in _NEXT_SENTENCE.finditer(line):
            if is_wish(line[start : end.end()]):
                break
            start = end.end()
    if start:
        yield line[:start].strip(), False
    yield line[start:], wish


def _authorisation(text: str) -> str | None:
    """The first words that ask for one or refuse to sponsor, unless their sentence offers to sponsor too."""
    for found in _AUTHORISATION.finditer(text):
        around = _sentence(text, found.start(), found.end()).replace(found.group(), " ")
        if _REFUSING.search(around) or not _SPONSORS.search(around):
            return " ".join(found.group().split())
    return None


def _years(figures: list[Figures]) -> tuple[float | None, float | None]:
    """Most years asked, and most years put as a minimum. A wish counts only where nothing is asked firmly.

    The greatest figure is right even where several skills have years of their own: nobody has more years with
    one tool than in all. Of alternatives the smallest is: `8+ years with a Bachelor's, 6+ with a Master's`.
    """
    wished: list[float] = []
    asked: list[Asked] = []
    by_degree: list[Asked] = []
    for line, wish, years in figures:
        stated = _asked_in(line, years)
        if wish:
            wished += [low for low, _ in stated]
        elif stated and _DEGREE.search(line):
            by_degree += stated
        else:
            asked += [min(stated)] if stated and _are_alternatives(line, years) else stated
    asked += [min(by_degree)] if by_degree else []
    least = max((low for low, loose in asked if not loose), default=None)
    return max((low for low, _ in asked), default=max(wished, default=None)), least


def _asked_in(line: str, years: list[re.Match[str]]) -> list[Asked]:
    """The years that a line asks for."""
    stated: list[Asked] = []
    for found in years:
        sentence = _sentence(line, found.start(), found.end())
        low = float(number_of(found["low"]))
        if low <= _MAX_YEARS and _EXPERIENCE.search(sentence) and not _NOT_ASKED.search(sentence):
            stated.append((low, not (found["least"] or found["plus"] or found["or_more"])))
    return stated


def _are_alternatives(line: str, years: list[re.Match[str]]) -> bool:
    """Whether `or` stands between figures of a line."""
    return any(_OR.search(line, one.end(), following.start()) for one, following in pairwise(years))


def _skill_years(posting: JobPosting, figures: list[Figures]) -> dict[str, int]:
    """Years of each skill that stands right after or before a figure of years; the most where there are several."""
    asked: dict[str, int] = {}
    labels = _labels(posting) if figures else []
    for line, _, found in figures if posting.skills else ():
        told = [*(each for each in mentions(line) if each.name in posting.skills), *_labelled(line, labels)]
        named = sorted(told, key=lambda each: each.start)
        for years in found:
            low = number_of(years["low"])
            if low <= _MAX_YEARS and not _NOT_ASKED.search(_sentence(line, years.start(), years.end())):
                for name in _beside(line, years, named):
                    asked[name] = max(low, asked.get(name, 0))
    return asked


def _labels(posting: JobPosting) -> list[Label]:
    """The skills that other words name too: `administer medication` is `administering medication`."""
    labels = []
    for skill in posting.skills:
        if skill.lower() not in names():
            content = frozenset(word.verb for word in words(skill) if word.noun not in CONNECTING)
            labels += [(skill, content)] if content else []
    return labels


def _labelled(line: str, labels: list[Label]) -> list[Mention]:
    """Where a line names such skills: most words of the label, two at least where it has more than one, near each other."""
    found: list[Mention] = []
    read = list(enumerate(words(line))) if labels else []
    for skill, content in labels:
        hits = [(index, word) for index, word in read if word.verb in content]
        run: list[tuple[int, Word]] = []
        for index, word in hits:
            run = [*run, (index, word)] if run and index - run[-1][0] <= _APART else [(index, word)]
            own = len({each.verb for _, each in run})
            if own >= min(2, len(content)) and 2 * own >= len(content):
                found.append(Mention(skill, run[0][1].start, word.end))
                break
    return found


def _beside(line: str, years: re.Match[str], named: list[Mention]) -> list[str]:
    """The skills that years are asked of: the one in front of them, else those joined behind them."""
    for each in named:
        if _IN_FRONT.fullmatch(line, each.end, years.start()):
            return [each.name]
    joined: list[str] = []
    end = years.end()
    for each in named:
        if each.start >= end and (_JOINED if joined else _OF).fullmatch(line, end, each.start):
            joined.append(each.name)
            end = each.end
    return joined


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around a span, 120 characters to each side at most."""
    before = re.split(r"[.;!?]\s", text[max(0, start - 120) : start])[-1]
    after = re.split(r"[.;!?](?:\s|$)", text[end : end + 120])[0]
    return before + text[start:end] + after


def _size(text: str, lower: str) -> str | None:
    found = _EMPLOYEES.search(text) if _names(lower, _STAFF) else None
    if found is None:
        return "small" if _names(lower, ("startup", "start-up")) and _STARTUP.search(text) else None
    employees = int(re.sub(r"[.,]", "", found[1]))
    if employees < 50:
        return "small"
    return "medium" if employees < 250 else "large"


def _pace(text: str, lower: str) -> str | None:
    """The pace, where the words do not state both."""
    if not _names(lower, ("pace", "schnelllebig", "calm company")):
        return None
    stated = [pace for pace, pattern in _PACES.items() if pattern.search(text)]
    return stated[0] if len(stated) == 1 else None


def _optional_skills(posting: JobPosting, lines: list[tuple[str, bool]]) -> frozenset[str]:
    wishes = [line for line, wish in lines if wish]
    wished = _padded(" ".join(wishes))
    if not wished.strip():
        return frozenset()
    named = {skill: own for skill in posting.skills if (own := _padded(skill)) in wished}
    labels = [label for label in _labels(posting) if any(_labelled(line, [label]) for line in wishes)]
    if not named and not labels:
        return frozenset()
    asking = [posting.title, *(line for line, wish in lines if not wish)]
    firm = _padded(" ".join(asking))
    required = {each.name for line in asking for each in _labelled(line, labels)}
    optional = {skill for skill in (*named, *(name for name, _ in labels)) if _padded(skill) not in firm}
    return frozenset(optional - required)


def _padded(text: str) -> str:
    """Words between spaces, so that a skill is found as whole words only."""
    return f" {' '.join(tokens(text))} "
