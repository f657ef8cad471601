"""What a posting's words state beyond its fields: years asked, work authorisation, size and pace.

Only plain statements are read. What is not understood stays unknown, which neither hides nor lowers anything.
Every pattern is bounded, so that a hostile page costs no more than its length.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from quiethire.domain.posting import JobPosting
from quiethire.domain.technologies import Mention, mentions, names
from quiethire.domain.wishes import is_wish, lines_of
from services.matching.reading.authorisation import authorisation
from services.matching.reading.employer import pace, size
from services.matching.reading.experience import Figure, Figures, figures, years_asked
from services.matching.reading.text import tokens
from services.matching.reading.years import number_of
from services.matching.taxonomy.terms import CONNECTING, Word, words

_DESCRIPTION_HEAD = 8_000
_REQUIREMENTS_HEAD = 8_000
_NEXT_SENTENCE = re.compile(r"(?:(?<=\w{3})|(?<=[)+#]))[.!?;]\s+(?=\w)")
"""Where one sentence ends and another begins, and no abbreviation does."""

_OF = re.compile(
    r"['’]?(?:\s+[\w-]{1,20}){0,4}?\s+(?:of|in|with|using|mit|in|an|en|de|con|avec|met|med|with\s+at\s+least)\s+(?:(?:hands-on|professional|practical|commercial|solid|strong|deep)\s+)?|\s+",
    re.IGNORECASE,
)
"""What stands between years and the first skill that they are asked of."""
_JOINED = re.compile(r"\s?(?:,|/|&|\band\b|\bor\b|\bund\b|\boder\b|\bet\b|\by\b|,\s?(?:and|or))\s?", re.IGNORECASE)
_IN_FRONT = re.compile(r"\s?(?:\(|:|–|-|—)\s?")
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
    found = figures(lines)
    asked, least = years_asked(found)
    lower = text.lower()
    return Statements(
        years_asked=asked,
        years_least=least,
        authorisation=authorisation(text, lower),
        size=size(text, lower),
        pace=pace(text, lower),
        optional_skills=_optional_skills(posting, lines),
        skill_years=_skill_years(posting, found),
    )


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


def _skill_years(posting: JobPosting, found: list[Figures]) -> dict[str, int]:
    """Years of each skill that stands right after or before a figure of years; the most where there are several."""
    asked: dict[str, int] = {}
    labels = _labels(posting) if found else []
    for each in found if posting.skills else ():
        line = each.line
        told = [*(one for one in mentions(line) if one.name in posting.skills), *_labelled(line, labels)]
        named = sorted(told, key=lambda one: one.start)
        for years in each.asked:
            for name in _beside(line, years, named):
                asked[name] = max(number_of(years["low"]), asked.get(name, 0))
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


def _beside(line: str, years: Figure, named: list[Mention]) -> list[str]:
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
