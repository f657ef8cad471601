"""Spans of time as résumés write them: `03/2019 – heute`, `Nov 2020 - present`, `2014–2016`, `depuis mars 2021`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quiethire.domain.resume import Reading
from services.matching.reading.text import name_key
from services.matching.resume.lines import Piece

FIRST_YEAR = 1940
_MAX_DATED = 600
"""Characters of a line in which dates are looked for: what is longer is no header."""
_MONTHS = (
    (
        "january jan januar janner jänner janvier janv enero ene gennaio gen janeiro januari"
        " ianuarie styczeń stycznia sty leden ledna ocak январь января янв січень січня ιανουάριος ιανουαρίου"
    ),
    (
        "february feb februar febr fevrier février fevr févr fev fév febrero febbraio fevereiro februari"
        " februarie luty lutego únor února şubat февраль февраля фев лютий лютого φεβρουάριος φεβρουαρίου"
    ),
    (
        "march mar märz marz mrz maerz mars marzo março marco maart mrt"
        " marts martie marzec marca březen března mart март марта мар березень березня μάρτιος μαρτίου"
    ),
    (
        "april apr avril avr abril abr aprile"
        " aprilie kwiecień kwietnia kwi duben dubna nisan апрель апреля апр квітень квітня απρίλιος απριλίου"
    ),
    "may mai mayo maggio mag maio mei maj maja květen května mayıs май мая травень травня μάιος μαΐου",
    (
        "june jun juni juin junio giugno giu junho"
        " iunie czerwiec czerwca cze červen června haziran июнь июня червень червня ιούνιος ιουνίου"
    ),
    (
        "july jul juli juillet juil julio luglio lug julho"
        " iulie lipiec lipca lip červenec července temmuz июль июля липень липня ιούλιος ιουλίου"
    ),
    (
        "august aug août aout agosto ago augustus"
        " augusti sierpień sierpnia sie srpen srpna ağustos август августа авг серпень серпня αύγουστος αυγούστου"
    ),
    (
        "september sep sept septembre septiembre set settembre setembro"
        " septembrie wrzesień września wrz září eylül сентябрь сентября сен вересень вересня σεπτέμβριος σεπτεμβρίου"
    ),
    (
        "october oct oktober okt octobre octubre ottobre ott outubro"
        " octombrie październik października paź říjen října ekim октябрь октября окт жовтень жовтня οκτώβριος οκτωβρίου"
    ),
    (
        "november nov novembre noviembre novembro"
        " noiembrie listopad listopada listopadu lis kasım ноябрь ноября ноя листопад листопада νοέμβριος νοεμβρίου"
    ),
    (
        "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro"
        " decembrie desember grudzień grudnia gru prosinec prosince aralık декабрь декабря дек грудень грудня δεκέμβριος δεκεμβρίου"
    ),
)
"""English, German, French, Spanish, Italian, Dutch, Portuguese; then Danish, Swedish, Romanian, Polish, Czech, Turkish, Russian, Ukrainian, Greek."""
_MONTH = {name.casefold(): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_SEASON = {
    "spring": 3,
    "summer": 6,
    "fall": 9,
    "autumn": 9,
    "winter": 12,
    "printemps": 3,
    "été": 6,
    "automne": 9,
    "hiver": 12,
    "primavera": 3,
    "verano": 6,
    "otoño": 9,
    "invierno": 12,
    "frühjahr": 3,
    "sommer": 6,
    "herbst": 9,
}
MONTH_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
"""As the source of an expression."""
_NAMES = "|".join(sorted((*_MONTH, *_SEASON), key=len, reverse=True))
_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_NOW = (
    r"(?:up\s)?(?:to|till|until)\s(?:date|now|present|today)|(?:the\s|\()?present(?:\s(?:time|day))?|now(?:adays)?|\(?current(?:ly)?(?:\sworking(?:\shere)?)?|today|ongoing"
    r"|heute|jetzt|laufend|aktuell|dato|andauernd|(?:à|a)\sce\sjour|aujourd['’]?\s?hui|présent|actuel(?:lement)?|en\scours|maintenant"
    r"|(?:la\s)?actualidad|actual(?:mente)?|presente|hoy|la\sfecha|hasta\sla\sfecha|en\scurso|(?:ad\s)?oggi|attuale|in\scorso|atual(?:mente)?|hoje|(?:o\s)?(?:momento|presente)|tuttora|heden|nu"
    r"|obecnie|(?:do\s)?teraz|nadal|současnost|dosud|d\.\s?d\.?|dags\sdato|tällä\shetkellä|nuvarande|pågående|i\s?dag|nuværende|nå(?:værende)?|nykyinen|halen|günümüz|(?:în\s)?prezent"
    r"|(?:(?:по|до)\s)?(?:настоящее\sвремя|сей\sдень|теперішній\sчас)|н\.\s?в\.|сейчас|дотепер|(?:έως\s)?σήμερα|至今|现在|現在"
)
_SHORT = r"['’]\d{2}"
_AMERICAN = re.compile(r"^\d{1,2}/(?:1[3-9]|2\d|3[01])/")
"""A day that is no month stands second."""
_ONE = (
    rf"(?:(?:0?[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01])/{_YEAR}|(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])[./]{_YEAR}"
    rf"|{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    rf"|{_YEAR}\s?[-/.]\s?(?:0[1-9]|1[0-2])(?![\d/])"
    rf"|(?:0?[1-9]|1[0-2])\s?[-/.]\s?{_YEAR}"
    rf"|(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.)?\s)?\b(?:{_NAMES})\b\.?(?:\s(?:0?[1-9]|[12]\d|3[01]),)?,?[\s/-]?(?:\s?(?:de|del|of)\s)?\s?(?:{_YEAR}|{_SHORT})"
    rf"|{_YEAR},?\s(?:{_NAMES})\b\.?"
    rf"|(?:0[1-9]|1[0-2])/\d{{2}}(?![\d/])"
    rf"|(?:early|mid|late|end\sof|anfang|mitte|ende|début|mi|fin|Q[1-4]|H[12])[\s/-]{_YEAR}"
    rf"|{_YEAR}年(?:(?:1[0-2]|0?[1-9])月)?"
    rf"|{_YEAR})"
)
_MONTH_OF_SHORT_YEAR = rf"(?:\b(?:{MONTH_NAMES})\b\.?[\s-]\d{{2}}(?![\d.,:/]|\s(?:19|20)\d\d)|{_SHORT}(?!\d))"
"""`Jan-19`, `'19`: such a date is one only where a span of time begins with it."""
_DASH = r"(?:\s?(?:-{1,2}>?|–|—|−|~|～|→|➔|>|…|\.{3})\s?|\s(?:to|till|until|through|thru|do|til|по|до|bis(?:\szum)?|à|a|ad|au|al|hasta|jusqu['’]?\s?(?:à|en|au)|até|tot)\s|\s?/\s?|\s{2,}|\t|(?<=\d\d\d\d)(?=[A-Z][a-z]{2}))"
_SINCE = r"(?:since|from|seit|ab|depuis|dès|desde|dal|desde\sel|sinds)\s(?:le\s|el\s|dem\s)?"
_RANGE = re.compile(
    rf"(?<![\d\w.,/])(?:(?:from|von|vom|de|du|desde|dal?)\s)?(?:(?P<lone>{_NAMES})\b\.?\s?(?:-|–|—|to|bis|à)\s?(?=(?:{_NAMES})\b)"
    rf"|(?P<start>{_ONE})(?P<dash>{_DASH})|(?P<short>{_MONTH_OF_SHORT_YEAR})(?:\s?[-–—]\s?|\sto\s|\still\s)(?={_MONTH_OF_SHORT_YEAR}|{_NOW}))(?P<end>{_ONE}|{_MONTH_OF_SHORT_YEAR}|\d{{2}}(?![\d.,/%])|(?P<now>{_NOW}))(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"(?<![\d\w.,/])(?:(?:{_SINCE})(?P<since>{_ONE})|(?P<dashed>{_ONE})\s?(?:-{{1,3}}|–|—|/\s?-{{2,}}|\s(?:&\s)?onwards?|\+)(?=\s*(?:$|[|,;)\]]|\s[A-ZÀ-Ž])))",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"(?<![\d\w.,/$€£-])(?P<one>{_ONE})(?![\w%]|[.,]\d|-\d)", re.IGNORECASE)
_LEADING = re.compile(rf"\s?(?P<one>{_ONE})(?![\d/])", re.IGNORECASE)
_LEADING_END = re.compile(rf"\s?[-–—]?\s?(?:(?P<one>{_ONE})(?![\d/])|(?:{_NOW})\b)", re.IGNORECASE)
_QUARTER = re.compile(r"^[QH]\d\b", re.IGNORECASE)
_PARTS = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class When:
    """A moment as exact as stated: year, and month and day where they are told."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def iso(self) -> str:
        """`2019`, `2019-03` or `2019-03-01`."""
        return "-".join(
            f"{part:0{width}d}" for part, width in ((self.year, 4), (self.month, 2), (self.day, 2)) if part is not None
        )

    def months(self, *, end: bool) -> int:
        """Months since year 0; of a year alone its middle, so that `2014–2016` are two years."""
        if self.month is None:
            return self.year * 12 + 6
        return self.year * 12 + self.month - 1 + end


@dataclass(frozen=True)
class Period:
    """From when to when, and which characters of the piece say so. `single`: one moment, no span of time."""

    begin: int
    stop: int
    start: When | None
    end: When | None
    start_at: tuple[int, int] = (0, 0)
    end_at: tuple[int, int] = (0, 0)
    current: bool = False
    single: bool = False

    def start_reading(self, piece: Piece, confidence: float = 0.9) -> Reading | None:
        """The start as a field; the piece is the one that the period was found in."""
        return piece.cut(*self.start_at).reading(confidence, self.start.iso) if self.start else None

    def end_reading(self, piece: Piece, confidence: float = 0.9) -> Reading | None:
        """The end as a field."""
        return piece.cut(*self.end_at).reading(confidence, self.end.iso) if self.end else None


def periods(text: str, *, singles: bool = False) -> list[Period]:
    """The spans of time that a line states, from left to right; `singles`: single moments too."""
    found: list[Period] = []
    text = text[:_MAX_DATED]
    for pattern, read in ((_RANGE, _of_range), (_OPEN, _of_open), *(((_SINGLE, _of_single),) if singles else ())):
        for match in pattern.finditer(text):
            if any(match.start() < one.stop and match.end() > one.begin for one in found):
                continue
            period = read(match)
            if period is not None:
                found.append(period)
    return sorted(found, key=lambda one: one.begin)


def _of_range(match: re.Match[str]) -> Period | None:
    end = None if match["now"] else when(match["end"])
    if match["lone"]:
        month = _MONTH.get(match["lone"].casefold()) or _SEASON.get(match["lone"].casefold())
        start = When(end.year, month) if end else None
        at = match.span("lone")
    elif match["short"]:
        start, at = when(match["short"]), match.span("short")
    else:
        american = any(_AMERICAN.match(match[name]) for name in ("start", "end"))
        start, at = when(match["start"], american=american), match.span("start")
        end = when(match["end"], american=american) if american and end else end
        if end is None and not match["now"] and start is not None and match["dash"].strip():
            end = _short_year(match["end"], start)
    if start is None or (end is None and not match["now"]):
        return None
    if end is not None and end.year < start.year:
        return None
    return Period(match.start(), match.end(), start, end, at, match.span("end"), current=end is None)


def stack_of(text: str) -> list[Period]:
    """The span of time of two lines that begin with its start and its end; nothing where they do not."""
    first, _, second = text.partition("\n")
    begun, ended = _LEADING.match(first), _LEADING_END.match(second)
    if begun is None or ended is None:
        return []
    start, end = when(begun["one"]), when(ended["one"]) if ended["one"] else None
    if start is None or (ended["one"] and (end is None or end.months(end=True) <= start.months(end=False))):
        return []
    at = len(first) + 1
    return [
        Period(
            begun.start("one"),
            begun.end("one"),
            start,
            end,
            begun.span("one"),
            (at + ended.start(), at + ended.end()),
            current=end is None,
        )
    ]


def _short_year(written: str, start: When) -> When | None:
    """`2014–16`."""
    if not re.fullmatch(r"\d{2}", written):
        return None
    year = start.year // 100 * 100 + int(written)
    return When(year) if start.year <= year <= start.year + 60 else None


def _of_open(match: re.Match[str]) -> Period | None:
    name = "since" if match["since"] else "dashed"
    start = when(match[name])
    return Period(match.start(), match.end(), start, None, match.span(name), current=True) if start else None


def _of_single(match: re.Match[str]) -> Period | None:
    one = when(match["one"])
    if one is None:
        return None
    return Period(match.start(), match.end(), None, one, end_at=match.span("one"), single=True)


def when(text: str, *, american: bool = False) -> When | None:
    """A moment as written; None where it is none. `american`: the month stands before the day, as it does where the day tells it."""
    year = month = None
    numbers: list[int] = []
    american = american or _AMERICAN.match(text) is not None
    for part in _PARTS.findall(_QUARTER.sub("", text)):
        low = part.casefold()
        if part.isdigit():
            if len(part) == 4:
                year = int(part)
            else:
                numbers.append(int(part))
        else:
            month = month or _MONTH.get(low) or _MONTH.get(name_key(low)) or _SEASON.get(low)
    if (
        year is None
        and numbers
        and re.search(r"['’]\d{2}|[/\w.][/\s-]?\d{2}$" if month else r"['’]\d{2}|/\d{2}$", text)
    ):
        short = numbers.pop()
        year = 2000 + short if short < 60 else 1900 + short
    if american:
        numbers[:2] = numbers[1::-1]
    return _checked(year, month, numbers, year_first=bool(re.match(r"\d{4}", text)))


def _checked(year: int | None, month: int | None, numbers: list[int], *, year_first: bool) -> When | None:
    if year is None or year < FIRST_YEAR:
        return None
    if month is not None:
        return When(year, month)
    if not numbers:
        return When(year)
    if len(numbers) == 1:
        return When(year, numbers[0]) if 1 <= numbers[0] <= 12 else None
    month, day = numbers[:2] if year_first else (numbers[1], numbers[0])
    try:
        date(year, month, day)
    except ValueError:
        return None
    return When(year, month, day)


def years_of(spans: Iterable[tuple[When, When | None]], today: date) -> float | None:
    """Years that the spans cover until today, overlaps counted once; None where there is no span."""
    now = When(today.year, today.month)
    reach = now.months(end=True)
    months = sorted(
        (begun, min(max((end or now).months(end=True), begun + 1), reach))
        for start, end in spans
        if (begun := start.months(end=False)) < reach
    )
    if not months:
        return None
    covered = 0
    reached = months[0][0]
    for begin, stop in months:
        covered += max(stop - max(begin, reached), 0)
        reached = max(reached, stop)
    return round(min(covered / 12, 70.0), 1)
