"""Dates as sites write them. Nothing is guessed: an ambiguous date is none."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from services.parser.normalise.text import fold

_MONTHS = (
    "january jan januar janvier janv enero ene gener gen janeiro gennaio januari leden ledna styczen stycznia",
    "february feb februar fevrier fevr febrero febrer fevereiro fev febbraio februari unor unora luty lutego",
    "march mar marz marzo mars marc março marco maart mrt marts brezen brezna marzec marca",
    "april apr avril avr abril abr aprile duben dubna kwiecien kwietnia",
    "may mai mayo maig maio maggio mag mei maj kveten kvetna maja",
    "june jun juni juin junio juny junho giugno giu cerven cervna czerwiec czerwca",
    "july jul juli juillet juil julio juliol julho luglio lug cervenec cervence lipiec lipca",
    "august aug aout agosto ago agost augustus augusti srpen srpna sierpien sierpnia",
    "september sep sept septembre septiembre setembre setembro set settembre zari wrzesien wrzesnia",
    "october oct oktober okt octobre octubre outubro out ottobre ott rijen rijna pazdziernik pazdziernika",
    "november nov novembre noviembre novembro listopad listopadu listopada",
    (
        "december dec dezember dez decembre diciembre dic desembre dezembro dicembre desember des prosinec prosince "
        "grudzien grudnia"
    ),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_MONTH["listopada"] = 11

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s?(Z|[+-]\d{2}:?\d{2})?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMERIC = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|o|\.|º)?\s+(?:de\s+|d'|of\s+)?([^\W\d]+)\.?,?\s+(?:de\s+|del\s+)?(\d{4})"
)
_MONTH_DAY = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_AGO = re.compile(
    r"(?:(?P<lead>vor|hace|fa|il y a|ha|pred|for)\s+)?(?P<n>\d+|a|an|one|einem|einer|un|una|um|uma|een|en)(?P<plus>\s?\+)?\s+"
    r"(?P<unit>hours?|stunden?|heures?|horas?|hores|timer|timmar|uur|hodin\w*|godzin\w*"
    r"|days?|tage?n?|jours?|dias?|dies|giorni|giorno|dage?n?|dagar|dni|dny|dnem|dnu"
    r"|weeks?|wochen?|semaines?|semanas?|setmanes|settiman[ae]|weken|uger|veckor|tydn\w+|tygodn\w+"
    r"|months?|monate?n?|mois|mes(?:es)?|mes[ie]|maanden|maneder|manader|mesic\w*|miesi\w+)"
    r"(?:\s+(?P<trail>ago|geleden|siden|sedan|atras|fa|temu))?"
)
_HOURS = ("hour", "stund", "heure", "hora", "hores", "timer", "timmar", "uur", "hodin", "godzin")
_WEEKS = ("week", "woche", "semaine", "semana", "setman", "settim", "weke", "uger", "vecko", "tyd", "tygod")
_MONTHLY = ("month", "monat", "mois", "mes", "maand", "maned", "manad", "miesi")
_TODAY = re.compile(r"\b(today|just posted|heute|aujourd.?hui|hoy|avui|hoje|oggi|vandaag|i dag|idag|dnes|dzis\w*)\b")
_YESTERDAY = re.compile(r"\b(yesterday|gestern|hier|ayer|ahir|ontem|ieri|gisteren|i gar|igar|vcera|wczoraj)\b")

_EARLIEST = 1995
_LATEST = 2100


def parse_date(text: str | float | None, fetched_at: datetime) -> datetime | None:
    """A date in UTC: ISO 8601, RFC 2822, epoch (seconds or milliseconds), written out in 13 languages, or relative.

    Relative ones count from `fetched_at` and give midnight of that day. `04/05/2024` and `30+ days ago` say too
    little: None.
    """
    if text is None or isinstance(text, bool):
        return None
    if isinstance(text, (int, float)) or re.fullmatch(r"\d{10}|\d{13}", text.strip()):
        return _epoch(float(text))
    text = text.strip()[:200]
    for reader in (_iso, _mail, _numeric, _written):
        if (found := reader(text)) is not None:
            return found
    return _relative(fold(text), fetched_at)


def _epoch(number: float) -> datetime | None:
    seconds = number / 1000 if number > 1e11 else number
    if not 8e8 < seconds < 4.1e9:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _date(year: str | int, month: str | int, day: str | int) -> datetime | None:
    if not _EARLIEST <= int(year) <= _LATEST:
        return None
    try:
        return datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None


def _iso(text: str) -> datetime | None:
    match = _ISO.match(text)
    if match is None:
        compact = _COMPACT.fullmatch(text)
        return _date(*compact.groups()) if compact else None
    day = _date(match[1], match[2], match[3])
    if day is None or match[4] is None:
        return day
    clock = re.sub(r"[.,](\d{1,6})\d*$", r".\1", match[4])
    zone = (match[5] or "Z").replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(f"{day:%Y-%m-%d}T{_padded(clock)}{zone}")
        if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
            return day  # Local midnight is a date that was given a time; in UTC it may be the day before.
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return day


def _padded(clock: str) -> str:
    """Python 3.11 reads fractions of three or six digits; pad others to six."""
    head, dot, fraction = clock.partition(".")
    return f"{head}.{fraction.ljust(6, '0')}" if dot else head


def _mail(text: str) -> datetime | None:
    if not re.match(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*, ?\d{1,2} [a-z]{3} \d{4} \d", text, re.IGNORECASE):
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _numeric(text: str) -> datetime | None:
    if match := _YEAR_FIRST.search(text):
        return _date(match[1], match[2], match[3])
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, separator, second, year = int(match[1]), match[2], int(match[3]), match[4]
    if separator == "." or first > 12 or first == second:
        return _date(year, second, first)
    if second > 12:
        return _date(year, first, second)
    return None


def _written(text: str) -> datetime | None:
    folded = fold(text)
    for match in _DAY_MONTH.finditer(folded):
        if match[2] in _MONTH:
            return _date(match[3], _MONTH[match[2]], match[1])
    for match in _MONTH_DAY.finditer(folded):
        if match[1] in _MONTH:
            return _date(match[3], _MONTH[match[1]], match[2])
    return None


def _relative(folded: str, fetched_at: datetime) -> datetime | None:
    midnight = fetched_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if _TODAY.search(folded):
        return midnight
    if _YESTERDAY.search(folded):
        return midnight - timedelta(days=1)
    match = _AGO.search(folded)
    if match is None or match["plus"] or not (match["lead"] or match["trail"]):
        return None
    number, unit = int(match["n"]) if match["n"].isdigit() else 1, match["unit"]
    if number > 400 or unit.startswith(_MONTHLY):
        return None  # "two months ago" names no day
    if unit.startswith(_HOURS):
        return (fetched_at.astimezone(UTC) - timedelta(hours=number)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=number * 7 if unit.startswith(_WEEKS) else number)
