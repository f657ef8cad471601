"""Jobs held: dated entries of the part on work, and who employed them as what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from quiethire.domain.resume import Reading, ResumeWork, Span
from services.matching.resume.fields.periods import Period, periods, stack_of
from services.matching.resume.fields.places import is_place
from services.matching.resume.fields.roles import Header, header_of, votes_for_title_first
from services.matching.resume.fields.vocabulary import degree_in, firm_likeness, school_in, title_likeness
from services.matching.resume.lines import Line, Piece

MAX_ENTRIES = 60
_MAX_HEADER = 110
"""Characters of a line that heads an entry."""
_MAX_BEFORE = 3
_YEAR = 4
_GUESSED = 0.5
"""Confidence up to which a title is one by its place alone."""
_SHARED = 0.6
_ALL_TIME = re.compile(
    r"\d{1,2}\s(?:years?|yrs?|jahre?|ans?|años?|anni|anno|anos?|jaar|months?|mos?|monate?|mois|mes(?:es)?|mesi|mese|maand(?:en)?)(?:\s\d{1,2}\s(?:months?|mos?|monate?|mois|mes(?:es)?|mesi|mese|maand(?:en)?))?",
    re.IGNORECASE,
)
"""How long somebody was with an employer in all, as LinkedIn writes it below the name: the titles that follow are all held there."""
_EDGES = " \t\n,;|-–—:/[]•·@"
_SENTENCE = re.compile(r"[.;!?]$")
_BRAND_WORDS = 4
_INNER_CAPITAL = re.compile(r"[a-zß-öø-ÿ]+[A-ZÀ-Þ]")
_TIME_OFF = re.compile(
    r"^\W*(?:(?:a\s|my\s)?career\sbreak|gap\syear|sabbatical|(?:parental|maternity|paternity|family|caregiving)\s(?:leave|break)|unemployed|elternzeit|mutterschutz|erziehungszeit|auszeit|arbeitsl?os|arbeitss?uchend|"
    r"cong[ée]\s(?:parental|(?:de\s)?maternit[ée]|sabbatique)|ann[ée]e\ssabbatique|baja\s(?:maternal|paternal)|excedencia|a[ñn]o\ssab[áa]tico)\b",
    re.IGNORECASE,
)
"""What is dated among jobs and is none."""
_FIELD = re.compile(
    r"^(?:responsibilities|technolog\w+|tech\s?stack|stack|tasks|tools|environment|description|achievements|key\s\w+|duties|main\sproject|projects?|aufgaben|tâches|missions?|funciones|logros|results?|details?|major\s\w+|customers?|company\sprofile)\b.{0,30}:",
    re.IGNORECASE,
)


@dataclass
class Entry:
    """The lines of one job."""

    anchor: int | None
    period: Period | None
    header: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """A job as read, and when it was, for counting years."""

    work: ResumeWork
    period: Period | None
    text: str
    """Header and body: where the skills of the job are named."""


def jobs_of(lines: Sequence[Line], *, strict: bool = False) -> list[Job]:
    """The jobs that these lines tell of. `strict`: only with a period and a title, and none that reads as study."""
    if not lines:
        return []
    lines = stacked(lines)
    entries = _dated(lines, singles=not strict) or ([] if strict else _undated(lines))
    headers = [_pieces(lines, entry) for entry in entries]
    title_first = votes_for_title_first(headers)
    jobs: list[Job] = []
    shared: Reading | None = None
    for entry, pieces in zip(entries[:MAX_ENTRIES], headers, strict=False):
        header = header_of(pieces, title_first=title_first)
        if any(_TIME_OFF.match(piece.text) for piece in pieces):
            continue
        if header.title is None and header.employer is None:
            continue
        if strict and (_is_study(pieces) or header.title is None or not title_likeness(header.title.value)):
            continue
        if header.employer is not None:
            shared = header.employer if any(_ALL_TIME.fullmatch(lines[at].text) for at in entry.header) else None
        elif shared is not None:
            header = replace(header, employer=shared.model_copy(update={"confidence": _SHARED}))
        jobs.append(_job(lines, entry, header))
    return jobs


def _is_study(pieces: Sequence[Piece]) -> bool:
    return any(school_in(piece.text) or degree_in(piece.text) for piece in pieces)


def stacked(lines: Sequence[Line]) -> list[Line]:
    """The lines, those as one whose dates stand one below the other: `June 2020 Acme` above `May 2021 Developer`."""
    whole: list[Line] = []
    for line in lines:
        last = whole[-1] if whole else None
        if last is not None and last.text and line.text and last.start + len(last.text) + 1 == line.start:
            both = f"{last.text}\n{line.text}"
            if (
                "\n" not in last.text
                and len(both) <= _MAX_HEADER
                and not periods(last.text)
                and not periods(line.text)
                and stack_of(both)
            ):
                whole[-1] = replace(last, text=both, bullet=False)
                continue
        whole.append(line)
    return whole


def _dated(lines: Sequence[Line], *, singles: bool) -> list[Entry]:
    """Entries around lines that state a span of time; `singles`: where there is none, around those with one moment."""
    anchors = _anchors(lines, or_singles=singles)
    if not anchors:
        return []
    entries: list[Entry] = []
    usual = _usual_before(lines, anchors)
    taken = -1
    for number, (index, period) in enumerate(anchors):
        entry = Entry(index, period)
        reach = _MAX_BEFORE if number == 0 else usual
        if index and lines[index - 1].text.endswith(("|", ",", "–", "-")):
            reach = max(reach, 1)  # The line above goes on in this one.
        before = _before(lines, index, taken, reach)
        entry.header = [*before, index]
        limit = (
            anchors[number + 1][0] - _room(lines, anchors, number, usual) if number + 1 < len(anchors) else len(lines)
        )
        after = _after(lines, entry.header, max(index + 1, limit), bool(before))
        entry.header += after
        taken = entry.header[-1]
        entries.append(entry)
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
        stop = following.header[0] if following else len(lines)
        entry.body = [index for index in range(entry.header[-1] + 1, stop) if lines[index].text]
    return entries


def _room(lines: Sequence[Line], anchors: Sequence[tuple[int, Period]], number: int, usual: int) -> int:
    """Lines above the next entry's date that are its own."""
    return len(_before(lines, anchors[number + 1][0], anchors[number][0], usual))


def _anchors(lines: Sequence[Line], *, or_singles: bool) -> list[tuple[int, Period]]:
    anchors = []
    for index, line in enumerate(lines):
        found = periods(line.text) or stack_of(line.text)
        if found and _is_anchor(line, found[0]):
            anchors.append((index, found[0]))
        elif not found and not line.bullet and (single := _leading_moment(line)) is not None:
            anchors.append((index, single))
    if not or_singles or any(not period.single for _, period in anchors):
        return anchors
    singles = []
    for index, line in enumerate(lines):
        found = periods(line.text, singles=True)
        if found and _is_anchor(line, found[0]) and (found[0].begin <= 2 or found[-1].stop >= len(line.text) - 2):
            singles.append((index, found[0]))
    return singles


def _leading_moment(line: Line) -> Period | None:
    """The moment that a line begins with, where what follows reads as a title: `Summer 2019: Intern, Acme`."""
    found = periods(line.text, singles=True)
    if not found or found[0].begin > 1 or len(line.text) > _MAX_HEADER:
        return None
    rest = re.split(r"[,|–@-]", line.text[found[0].stop :])[0]
    return found[0] if title_likeness(rest) == 1.0 else None


def _is_anchor(line: Line, period: Period) -> bool:
    """Whether the period dates an entry, and is not told in passing."""
    rest = len(line.text) - (period.stop - period.begin)
    at_edge = period.begin <= 3 or period.stop >= len(line.text) - 22
    if line.bullet and not (period.begin <= 3 or title_likeness(line.text[: period.begin])):
        return False
    if line.bullet and line.text[period.stop :].lstrip()[:1].islower():
        return False  # `Since 2020 responsible for …`: told of the job above.
    if _FIELD.match(line.text):
        return False
    return rest <= _MAX_HEADER and (at_edge or rest <= 60)


def _usual_before(lines: Sequence[Line], anchors: Sequence[tuple[int, Period]]) -> int:
    """Lines that stand above the date of an entry, as the first shows it."""
    return len(_before(lines, anchors[0][0], -1, _MAX_BEFORE))


def _before(lines: Sequence[Line], anchor: int, taken: int, reach: int) -> list[int]:
    found: list[int] = []
    index = anchor - 1
    while index > taken and len(found) < reach:
        line = lines[index]
        if (
            not line.text
            and not found
            and index > taken + 1
            and _is_header(lines[index - 1])
            and not _stands_full(lines[anchor])
        ):
            index -= 1
            continue
        if not line.text or not _is_header(line):
            break
        found.append(index)
        index -= 1
    return found[::-1]


def _stands_full(line: Line) -> bool:
    """Whether a dated line tells the job too, and needs nothing above it."""
    return len(line.text.split()) > 5


def _is_header(line: Line) -> bool:
    text = line.text
    if not text or line.bullet or len(text) > _MAX_HEADER or _FIELD.match(text):
        return False
    if _SENTENCE.search(text) and len(text.split()) > 5:
        return False
    return (not text[0].islower() or _is_brand(text)) and len(text.split()) <= 14


def _is_brand(text: str) -> bool:
    """Whether words that begin with a small letter name an employer: `eBay`, `adidas AG`."""
    first, _, rest = text.partition(",")
    if len(first.split()) > _BRAND_WORDS:
        return False
    return bool(_INNER_CAPITAL.match(first)) or firm_likeness(first) > 0 or (bool(rest) and is_place(rest.strip()))


def _after(lines: Sequence[Line], header: Sequence[int], limit: int, told_above: bool) -> list[int]:
    """Lines below the date that still say who and what."""
    found: list[int] = []
    index = header[-1] + 1
    while index < limit and len(found) < 2:
        so_far = header_of([piece for at in (*header, *found) for piece in _without_dates(lines[at])], title_first=True)
        plain = so_far.title is not None and so_far.title.confidence > _GUESSED
        if plain and so_far.employer is not None:
            if is_place(lines[index].text) and not lines[index].bullet:
                found.append(index)
            break
        if told_above and plain and (so_far.employer is not None or index > header[-1] + 1):
            break
        line = lines[index]
        if not line.text and not found and index == header[-1] + 1:
            index += 1
            continue
        if not _is_header(line) or periods(line.text):
            break
        found.append(index)
        index += 1
    return found


def _undated(lines: Sequence[Line]) -> list[Entry]:
    """Entries of a résumé that tells no dates: each begins with a line that reads as a title."""
    starts = [
        index
        for index, line in enumerate(lines)
        if _is_header(line)
        and not line.text.endswith((",", ":"))
        and title_likeness(line.text) == 1.0
        and len(line.text.split()) <= 12
    ]
    entries = []
    for number, start in enumerate(starts):
        stop = starts[number + 1] if number + 1 < len(starts) else len(lines)
        entry = Entry(None, None, [start])
        if header_of(_without_dates(lines[start]), title_first=True).employer is None:
            above = start - 1
            if (
                above >= 0
                and _is_header(lines[above])
                and (number == 0 or starts[number - 1] < above)
                and len(lines[above].text.split()) <= 5
            ):
                entry.header = [above, start]
            elif start + 1 < stop and _is_header(lines[start + 1]):
                entry.header = [start, start + 1]
        entry.body = [index for index in range(entry.header[-1] + 1, stop) if lines[index].text]
        entries.append(entry)
    return entries


def _pieces(lines: Sequence[Line], entry: Entry) -> list[Piece]:
    spanned = entry.period is not None and not entry.period.single
    return [piece for index in entry.header for piece in _without_dates(lines[index], years=not spanned)]


def _without_dates(line: Line, *, years: bool = True) -> list[Piece]:
    """A line as one piece, or as two where a date stands within. `years`: a year by itself is a date, and no part of a name."""
    found = [one for one in periods(line.text, singles=True) if years or not one.single or one.stop - one.begin > _YEAR]
    edges = [0, *(edge for one in found for edge in (one.begin, one.stop)), len(line.text)]
    parts = [_unbroken(line.cut(begin, end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    return [part for part in parts if len(part.text) > 1]


def _unbroken(piece: Piece) -> Piece:
    """Without the signs that parted it from a date, and without half a pair of brackets."""
    bare = piece.stripped(_EDGES)
    if bare.text.count("(") != bare.text.count(")"):
        return bare.stripped(_EDGES + "()")
    return bare.cut(1, len(bare.text) - 1).stripped() if bare.text[:1] == "(" and bare.text[-1:] == ")" else bare


def _job(lines: Sequence[Line], entry: Entry, header: Header) -> Job:
    anchor = lines[entry.anchor] if entry.anchor is not None else None
    period = entry.period
    body = [lines[index] for index in entry.body]
    start = (period.end_reading if period.single else period.start_reading) if period else None
    work = ResumeWork(
        employer=header.employer,
        title=header.title,
        place=header.place,
        start=start(anchor) if start and anchor else None,
        end=period.end_reading(anchor) if period and anchor else None,
        current=period.current if period else False,
        summary=summary_of(body),
    )
    told = [lines[index].text for index in (*entry.header, *entry.body)]
    return Job(work, period, "\n".join(told))


def summary_of(body: Sequence[Line]) -> Reading | None:
    """Lines as one value; its span only where nothing else stands between them."""
    told = [line for line in body if line.text]
    if not told:
        return None
    first, last = told[0], told[-1]
    value = "\n".join(line.text for line in told)
    length = last.start + len(last.text) - first.start
    whole = length <= len(value) + 8 * len(told)
    return Reading(
        value=value, confidence=0.8, span=Span(start=first.start, end=first.start + length) if whole else None
    )
