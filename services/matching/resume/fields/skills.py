"""Skills: what the part on skills lists, what lists inside jobs name, and for how many years."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from quiethire.domain.resume import MAX_YEARS, ResumeSkill
from quiethire.domain.technologies import mentions, names, technologies
from services.matching.reading.skill_names import skill_key
from services.matching.reading.text import tokens
from services.matching.reading.years import HIGH, LOW, UNIT, number_of
from services.matching.resume.fields.entries import Job
from services.matching.resume.fields.languages import language_of
from services.matching.resume.fields.periods import When, periods, years_of
from services.matching.resume.fields.places import is_place
from services.matching.resume.lines import Line, Piece

MAX_SKILLS = 150
_MAX_ITEM = 45
_MAX_WORDS = 5
_SHORT = 2
_LABEL = re.compile(r"^[^:,;|]{2,40}:\s*(?=\S)|^[^:,;|]{2,40}:$|^[^:,;|\t]{2,40}\t\s*(?=\S)")
_CELLS = re.compile(r"\s*[:,;|\t]\s*|\s{2,}")
_LISTED = re.compile(
    r"^(?:tech(?:nolog\w+)?(?:\s(?:used|stack|scope|and\stools|scope\sand\stools))*|stack|tools?(?:\s(?:used|and\stechnologies))?|environment|skills?(?:\sused)?|tech\sstack|team\sstack|technologien|werkzeuge|eingesetzte\stechnologien|"
    r"technologies\sutilis[ée]es|environnement(?:\stechnique)?|outils|tecnolog[íi]as|entorno(?:\st[ée]cnico)?|herramientas|tecnologie|keywords|stichworte)\s?:\s*",
    re.IGNORECASE,
)
_APART = re.compile(
    r"\s*[,;|•·▪●\t]\s*|\s{2,}|\s+[/–—]\s+|\s+-\s+|(?<=[a-zA-Z]{2})(?<!\bPL)/(?=[A-Za-z]{3})|\.\s+(?=[A-Z])|\s+(?:and|und|et|y|e)\s+(?=[A-Z]\w+$)"
)
_SEPARATED = re.compile(r"[,;|•·]")
_BRACKETED = re.compile(r"\(([^()]{2,200})\)|\(([^()]{0,200})$")
_DURATION = rf"{LOW}\s?\+?{HIGH}\s?\+?\s?-?(?:{UNIT}|an)(?![^\W\d_])['’]?"
_LEVEL = re.compile(
    r"\s*[(:–-]?\s*(?:\b(?:(?:very\s)?(?:good|basic|advanced|expert|intermediate|beginner|proficient|professional|experienced|competent|skilled|novice|fluent|excellent|strong|solid|familiar|working\sknowledge|basics?|native|"
    r"grundkenntnisse|sehr\sgut\w*|gut\w*|solide\w*|fortgeschritten\w*|experte|profi|anfänger|notions|débutant|intermédiaire|avancé|maîtrise|confirmé|bases|básico|intermedio|avanzado|experto|alto|medio|nivel\s\w+)(?:\sknowledge|\slevel|\sskills|\susers?|\skenntnisse)?)"
    rf"|\b{_DURATION}(?:\s(?:of\s)?(?:experience|erfahrung|d['’]expérience|de\sexperiencia))?|(?:since|seit|depuis|desde)\s(?:19|20)\d\d|[★☆✩✭⭐●○◉◯■□▪▫▰▱◆◇█░▒▓*]{{2,}}|\b\d\s?/\s?(?:5|10)|\b\d{{1,3}}\s?%)\s*[).]*\s*$",
    re.IGNORECASE,
)
_YEARS = re.compile(rf"(?<![^\W_]){_DURATION}", re.IGNORECASE)
_LEAD = re.compile(
    rf"^(?:(?:and|und|et|y|including|such\sas|e\.g\.|(?:(?:over|more\sthan|at\sleast|über|mehr\sals|plus\sde|más\sde)\s)?{_DURATION}(?:\s(?:of|in|with|mit|de|en|experience|erfahrung|d['’]expérience|experiencia))*)\s+"
    r"|(?:(?:very|strong|solid|good|excellent|deep|extensive|hands-on|practical|working|advanced|basic|sehr|gute?|fundierte|bonnes?)\s){0,2}(?:experience|experienced|knowledge|understanding|command|expert|expertise|proficient|proficiency|skilled|familiar|familiarity|working|erfahrung|kenntnisse|connaissances?|maîtrise|conocimientos?)\s(?:of|in|with|about|mit|de|en)\s+)",
    re.IGNORECASE,
)
_GRADED = re.compile(
    r"^(?:very\s)?(?:advanced|basic|expert|intermediate|proficient|fluent|good|strong|solid|excellent|experienced)\s(?=\S)",
    re.IGNORECASE,
)
"""A level in front of what may be a part of the name: `Advanced Analytics`."""
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+")
_NO_SKILL = re.compile(
    r"^(?:etc|other|others|more|various|basic|advanced|expert|intermediate|beginner|professional|experienced|native|fluent|good|very good|level|niveau|nivel|rating|n/a|and|or|\W*|\d+|[a-c][12]|[^cr\W\d])\.?$",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[€$£]|\d[.,]\d{3}\b")
_PROSE = re.compile(
    r"\b(?:i|my|we|our|was|were|am|is|are|have|has|had|been|which|that|ich|habe|je|j['’]ai|he|tengo|this|using|for)\b",
    re.IGNORECASE,
)


def skills_of(
    listed: Sequence[Line], jobs: Sequence[Job], languages: Sequence[Line], summary: Sequence[Line], today: date
) -> tuple[ResumeSkill, ...]:
    """Skills in the order of the résumé, each once; years where dated jobs name them, or where they are stated."""
    found: dict[str, tuple[Piece, float, float | None]] = {}
    for piece, confidence, stated in _told(listed, jobs, languages, summary):
        found.setdefault(skill_key(piece.text), (piece, confidence, stated))
    told = [(Told.of(job.text), job.period) for job in jobs if job.period]
    skills = []
    for piece, confidence, stated in list(found.values())[:MAX_SKILLS]:
        spans = [(period.start, period.end) for text, period in told if period.start and text.names(piece.text)]
        skills.append(ResumeSkill(name=piece.reading(confidence), years=stated or _years(spans, today)))
    return tuple(skills)


def _told(
    listed: Sequence[Line], jobs: Sequence[Job], languages: Sequence[Line], summary: Sequence[Line]
) -> Iterator[tuple[Piece, float, float | None]]:
    """Every place that tells a skill, the surest first, with how sure it is and the years stated there."""
    for line in _whole_lists(listed):
        items = list(_items(line))
        yield from ((piece, 0.85, stated) for piece, stated in items)
        if not items:
            yield from ((line.cut(named.start, named.end), 0.6, None) for named in mentions(line.text))
    for line in languages:
        if not any(language_of(part.text) for part in line.split(_APART)):
            yield from ((piece, 0.6, stated) for piece, stated in _items(line) if technologies(piece.text))
    yield from ((piece, 0.7, None) for piece in _listed_in_jobs(jobs))
    yield from ((piece, 0.6, None) for piece in _named_in(jobs, summary))


@dataclass(frozen=True)
class Told:
    """The text of a job, as skills are looked for in it."""

    words: str
    meant: frozenset[str]
    """Keys of the technologies that it means."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Read once what each skill is asked of."""
        return cls(_padded(text), frozenset(skill_key(one.name) for one in mentions(text)))

    def names(self, skill: str) -> bool:
        """Whether it names a skill, by this or another spelling; `Go`, `R` and `C` only where it means them."""
        key = skill_key(skill)
        if key in self.meant:
            return True
        is_word = len(skill) <= _SHORT and skill.isalpha() and skill.lower() in names()
        return not is_word and (_padded(skill) in self.words or _padded(key) in self.words)


def _years(spans: Iterable[tuple[When, When | None]], today: date) -> float | None:
    return years_of(spans, today) or None


def _items(line: Line) -> Iterator[tuple[Piece, float | None]]:
    """The skills that one line lists, without the label that heads them and the level behind them."""
    piece: Piece = line
    label = _LABEL.match(line.text)
    if label is not None:
        piece = line.cut(label.end(), len(line.text)).stripped()
        if _LEVEL.fullmatch(_CELLS.split(piece.text)[0]):
            yield from _graded(line)
            return
    elif _is_prose(line):
        return
    if not piece.text or (periods(piece.text) and not label):
        return
    last: tuple[Piece, float | None] | None = None
    for part in _unpacked(piece):
        if _LEVEL.fullmatch(part.text):
            last = (last[0], last[1] or _stated(part.text)) if last else None  # `Python - 5 years`
            continue
        if last is not None:
            yield last
        item, stated = _bare(part)
        alone = len(item.text) > 0.8 * len(line.text) and not line.bullet
        known = _is_skill(item.text) and not (alone and item.text[0].islower() and not technologies(item.text))
        last = (item, stated) if known else None
    if last is not None:
        yield last


def _graded(line: Line) -> Iterator[tuple[Piece, float | None]]:
    """The skills of a row of a table, each with its level behind it: `Python: 5 years`."""
    item: Piece | None = None
    for cell in line.split(_CELLS):
        graded = _LEVEL.fullmatch(cell.text) is not None
        if item is not None and _is_skill(item.text):
            yield item, _stated(cell.text) if graded else None
        item = None if graded else _bare(cell)[0]
    if item is not None and _is_skill(item.text):
        yield item, None


def _whole_lists(lines: Sequence[Line]) -> list[Line]:
    """The lines, with items whole that the end of a line broke: `Time` above `Management, Excel`."""
    widest = max((len(line.text) for line in lines), default=0)
    whole: list[Line] = []
    for line in lines:
        last = whole[-1] if whole else None
        if last is not None and _is_broken(last, line, widest):
            whole[-1] = replace(last, text=f"{last.text}\n{line.text}")
        else:
            whole.append(line)
    return whole


def _is_broken(last: Line, line: Line, widest: int) -> bool:
    """Whether the first item of a line belongs to the last one of the line before."""
    if not line.text or line.bullet or last.start + len(last.text) + 1 != line.start or last.text[-1:] in ",;|•·:.":
        return False
    before = last.text.rsplit("\n", 1)[-1]
    if not (_SEPARATED.search(last.text) or last.bullet) or ":" in line.text:
        return False
    if line.text[0].islower():
        return len(line.text.split()) <= _MAX_WORDS or bool(_SEPARATED.search(line.text))
    return len(before) >= 0.8 * widest and not last.bullet and len(line.text.split()) <= 2


def _is_prose(line: Line) -> bool:
    words = _BRACKETED.sub(" ", _LEAD.sub("", line.text)).split()
    words = [word for word in words if any(sign.isalnum() for sign in word)]
    separators = len(re.findall(r"[,;|•·/\t]", line.text))
    return len(words) > 7 and (separators * 6 < len(words) or bool(_PROSE.search(line.text)))


def _unpacked(piece: Piece) -> Iterator[Piece]:
    """The items of a list, those within brackets beside the one before them."""
    at = 0
    for found in _BRACKETED.finditer(piece.text):
        inner = found[1] if found[1] is not None else found[2]
        if "," not in inner and not re.search(r"[A-Za-z]{2}.*[/].*[A-Za-z]{2}", inner):
            continue
        yield from piece.cut(at, found.start()).split(_APART)
        begin = found.start() + 1
        yield from piece.cut(begin, begin + len(inner)).split(_APART)
        at = found.end()
    yield from piece.cut(at, len(piece.text)).split(_APART)


def _stated(text: str) -> float | None:
    years = _YEARS.search(text)
    return float(number) if years and (number := number_of(years["low"])) <= MAX_YEARS else None


def _bare(part: Piece) -> tuple[Piece, float | None]:
    """Without number, level, years and the words that lead to it."""
    stated = _stated(part.text)
    piece = part.stripped(" :;,-–•*\"'“”")
    if (number := _NUMBERED.match(piece.text)) is not None:
        piece = piece.cut(number.end(), len(piece.text))
    piece = piece.cut(0, len(piece.text.rstrip(" .:;,-–")))
    for _ in range(2):
        level = _LEVEL.search(piece.text)
        if level is not None and level.start() > 0:
            piece = piece.cut(0, level.start()).stripped(" :;,-–(")
    lead = _LEAD.match(piece.text)
    if lead is not None:
        piece = piece.cut(lead.end(), len(piece.text)).stripped()
    graded = _GRADED.match(piece.text)
    if graded is not None and technologies(piece.text[graded.end() :]):
        piece = piece.cut(graded.end(), len(piece.text))
    label = re.match(r"^[^:]{2,30}:\s*(?=\S)", piece.text)
    if label is not None:
        piece = piece.cut(label.end(), len(piece.text)).stripped()
    if piece.text.count("(") > piece.text.count(")"):
        piece = piece.cut(0, piece.text.rfind("(")).stripped()
    elif piece.text.count(")") > piece.text.count("("):
        piece = piece.stripped(" )")
    return piece, stated


def _is_skill(text: str) -> bool:
    if not text or len(text) > _MAX_ITEM or len(text.split()) > _MAX_WORDS or _NO_SKILL.match(text):
        return False
    if _MONEY.search(text):
        return False
    if "@" in text or "://" in text or not any(sign.isalpha() for sign in text):
        return False
    if language_of(text) is not None or periods(text, singles=True):
        return False
    if is_place(text) and not technologies(text):
        return False
    return not (len(text.split()) > 3 and _PROSE.search(text))


def _listed_in_jobs(jobs: Sequence[Job]) -> Iterator[Piece]:
    """What a job names after `Technologies:`; lists go on in the next lines."""
    for job in jobs:
        if job.work.summary is None or job.work.summary.span is None:
            continue
        at = job.work.summary.span.start
        going = False
        for text in job.work.summary.value.split("\n"):
            line = Line(text, at)
            at += len(text) + 1
            label = _LISTED.match(text)
            going = (going and "," in text and ":" not in text) or label is not None
            if going:
                rest = line.cut(label.end() if label else 0, len(text)).stripped()
                for part in _unpacked(rest):
                    item, _ = _bare(part)
                    if _is_skill(item.text):
                        yield item


def _named_in(jobs: Sequence[Job], summary: Sequence[Line]) -> Iterator[Piece]:
    """Technologies that jobs and the summary name in passing."""
    told = [one.work.summary for one in jobs if one.work.summary is not None]
    pieces = [*summary, *(Piece(one.value, one.span.start) for one in told if one.span is not None)]
    for piece in pieces:
        for mention in mentions(piece.text):
            yield piece.cut(mention.start, mention.end)


def _padded(text: str) -> str:
    """Words between blanks, so that a skill is found as whole words only."""
    return f" {' '.join(tokens(text))} "
