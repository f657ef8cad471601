"""Dates as sites write them. Nothing is guessed: an ambiguous date is none."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from quiethire.domain.words import fold
from services.parser.normalise.text import NUMBER_WORDS
from services.parser.wordlist import any_of

_MONTHS = (
    "january jan januar janner jaenner janvier janv enero ene gener gen janeiro gennaio januari leden ledna styczen stycznia января tammikuuta tammikuu ocak ianuarie januara",
    "february feb februar fevrier fevr febrero febrer fevereiro fev febbraio februari unor unora luty lutego февраля helmikuuta helmikuu subat februarie februara",
    "march mar marz marzo mars marc março marco maart mrt marts brezen brezna marzec marca марта maaliskuuta maaliskuu mart martie marcius",
    "april apr avril avr abril abr aprile duben dubna kwiecien kwietnia апреля huhtikuuta huhtikuu nisan aprilie aprilis aprila",
    "may mai mayo maig maio maggio mag mei maj kveten kvetna maja мая toukokuuta toukokuu mayis mayıs majus maja",
    "june jun juni juin junio juny junho giugno giu cerven cervna czerwiec czerwca июня kesakuuta kesakuu haziran iunie junius juna",
    "july jul juli juillet juil julio juliol julho luglio lug cervenec cervence lipiec lipca июля heinakuuta heinakuu temmuz iulie julius jula",
    "august aug aout agosto ago agost augustus augusti srpen srpna sierpien sierpnia августа elokuuta elokuu agustos augusztus augusta",
    "september sep sept septembre septiembre setembre setembro set settembre zari wrzesien wrzesnia сентября syyskuuta syyskuu eylul septembrie szeptember septembra",
    "october oct oktober okt octobre octubre outubro out ottobre ott rijen rijna pazdziernik pazdziernika октября lokakuuta lokakuu ekim octombrie oktobra",
    "november nov novembre noviembre novembro listopad listopadu listopada ноября marraskuuta marraskuu kasim kasım noiembrie novembra",
    (
        "december dec dezember dez decembre diciembre dic desembre dezembro dicembre desember des prosinec prosince "
        "grudzien grudnia декабря joulukuuta joulukuu aralik aralık decembrie decembra"
    ),
)
_MONTHS_ELSEWHERE = (
    "sty янв январь января січня січень ιανουαριου ιαν ינואר בינואר يناير ianuarie ian",
    "lut фев февраль лютого лютий φεβρουαριου φεβ פברואר בפברואר فبراير",
    "мар март березня березень μαρτιου μαρ מרץ במרץ מרס مارس",
    "kwi апр апрель квітня квітень απριλιου απρ אפריל באפריל أبريل ابريل",
    "maí май травня травень μαιου μαι מאי במאי مايو",
    "cze июн июнь червня червень ιουνιου ιουν יוני ביוני يونيو",
    "lip июл июль липня липень ιουλιου ιουλ יולי ביולי يوليو",
    "sie авг август серпня серпень αυγουστου αυγ אוגוסט באוגוסט أغسطس",
    "wrz сен сент сентябрь вересня вересень σεπτεμβριου σεπ σεπτ ספטמבר בספטמבר سبتمبر",
    "paz окт октябрь жовтня жовтень οκτωβριου οκτ אוקטובר באוקטובר أكتوبر",
    "lis ноя нояб ноябрь листопад листопада νοεμβριου νοε νοεμ נובמבר בנובמבר نوفمبر",
    "gru дек декабрь грудня грудень δεκεμβριου δεκ דצמבר בדצמבר ديسمبر",
)
"""Short forms, and months in Slavic languages, Greek, Hebrew and Arabic."""
_MONTH = {
    fold(name): number
    for months in (_MONTHS, _MONTHS_ELSEWHERE)
    for number, names in enumerate(months, 1)
    for name in names.split()
}
_MONTH["listopada"] = 11

_DIGIT = re.compile(r"\d")
_EPOCH = re.compile(r"(?P<net>/Date\()?(?P<number>\d{10}|\d{13})(?(net)(?:[+-]\d{4})?\)/)")
"""Seconds or milliseconds, bare or as `/Date(…)/`."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s?(Z|[+-]\d{2}:?\d{2})?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|(?<=\.)\d{2}(?![\d.])|(?<=/)[23]\d(?![\d/]))")
_SHORT_MONTH = re.compile(r"\b(\d{1,2})-([a-z]{3,9})-(\d{4}|\d{2})\b")
_STATED_ORDER = re.compile(r"\b(?:dd?[/.-]mm?|jj[/.-]mm|tt[/.-]mm)\b", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})(?:[/.]\s?|[年년]\s?)(\d{1,2})(?:[/.]\s?|[月월]\s?)(\d{1,2})")
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)(\d{4})\.\s+([^\W\d]+)\s+(\d{1,2})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|o|\.|º)?\s*(?:de\s+|d'|of\s+)?([^\W\d]+)\.?,?\s+(?:de\s+|del\s+)?(\d{4})"
)
_MONTH_DAY = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_COUNT = rf"\d+|an?|{'|'.join(NUMBER_WORDS)}"
_AGO = re.compile(
    rf"(?:\b(?P<lead>vor|hace|fa|il y a|ha|pred)\s+)?(?:\b(?P<n>{_COUNT})(?P<plus>\s?\+)?\s{{0,3}}"
    r"(?P<unit>minutes?|mins?|minuten?|minutos?|minuti|minutter|minuter|minut\w*|[hdw](?= ago\b)|hrs?|hours?|stunden?|heures?|horas?|hores|ora|ore|timer|timmar|timme|time|uur|hodin\w*"
    r"|godzin\w*|days?|tage?n?|jours?|dias?|dies|dia|giorni|giorno|dage?[nr]?|dagar|dni|dny|dnami|dnem|dnu|dzien"
    r"|weeks?|wks?|wochen?|semaines?|semanas?|setman(?:es|a)|settiman[ae]|weken|uger?|uker?|veck(?:or|a)|tydn\w+|tyzdn\w+|tydzien|tygodn\w+"
    r"|months?|monate?n?|mois|mes(?:es)?|mes[ie]|maanden|maneder|manader|mesic\w*|miesi\w+)"
    r"|(?P<one>tydnem|dnem|hodinou|tydzien|dzien|godzine))\b"
    r"(?:\s+(?P<trail>ago|geleden|siden|sedan|atras|fa|temu))?"
)
_MORE_THAN = re.compile(
    rf"\b(?:over|uber|mehr als|langer als|more than|at least|plus de|mas de|mes de|mais de|oltre|piu di|meer dan|mere end|mer enn|mer an|vice nez|ponad|wiecej niz)\s+(?:{_COUNT})\b"
)
"""Says that the day lies further back than any that is named."""
_MINUTES = ("min",)
_HOURS = ("hour", "stund", "heure", "hora", "hores", "ora", "ore", "time", "timm", "uur", "hodin", "godzin")
_WEEKS = (
    "tyzdn",
    "week",
    "wk",
    "woche",
    "semaine",
    "semana",
    "setman",
    "settim",
    "weke",
    "uge",
    "uke",
    "veck",
    "tyd",
    "tygod",
)
_MONTHLY = ("month", "monat", "mois", "mes", "maand", "maned", "manad", "miesi")
_TODAY = re.compile(
    r"\b(today|just (?:posted|now)|heute|aujourd.?hui|hoy|avui|hoje|oggi|vandaag|i dag|idag|dnes|dzis\w*)\b"
)
_YESTERDAY = re.compile(
    r"\b(?:yesterday|gestern|ayer|ahir|ontem|ieri|gisteren|i gar|igar|vcera|wczoraj)\b"
    r"|(?:^|\bpubliee? |\bligne )hier(?=$| a )"  # In German it means "here".
)
_DAY_BEFORE = re.compile(
    r"\b(?:day before yesterday|vorgestern|avant.hier|anteayer|antes de ayer|abans.d.ahir|anteontem|altro ?ieri|ieri l.altro|eergisteren"
    r"|forgars|forrgar|predevcirem|przedwczoraj)\b"
)

_PUBLISHED = any_of(
    "掲載|投稿|公開|更新|发布|发布于|發布|發布於|刊登|등록|게시|julkaistu|опубликовано|опубликована|размещено|размещена|опубліковано|yayınlandı|ilan tarihi|publicat|publicată|publicat acum"
    "|δημοσιεύθηκε|δημοσιεύτηκε|نشرت|نشر|تم النشر|פורסם|פורסמה|đăng|đã đăng|đăng tuyển|diposting"
)
_SPANS: tuple[tuple[timedelta, str], ...] = (
    (
        timedelta(days=1),
        any_of(
            "päivää sitten|päivä sitten|日前|天前|일 전|일전|дня назад|дней назад|день назад|дні тому|днів тому|день тому|gün önce|napja|nappal ezelőtt|ngày trước|hari yang lalu|hari lalu"
        ),
    ),
    (
        timedelta(weeks=1),
        any_of(
            "viikkoa sitten|viikko sitten|週間前|周前|星期前|주 전|주전|недели назад|недель назад|неделю назад|тижні тому|тижнів тому|тиждень тому|hafta önce|hete|héttel ezelőtt|tuần trước|minggu yang lalu|minggu lalu"
        ),
    ),
    (
        timedelta(hours=1),
        any_of(
            "tuntia sitten|tunti sitten|時間前|小时前|小時前|시간 전|시간전|часа назад|часов назад|час назад|години тому|годин тому|saat önce|órája|giờ trước|jam yang lalu|jam lalu"
        ),
    ),
    (
        timedelta(minutes=1),
        any_of("minuuttia sitten|分前|分钟前|분 전|분전|минут назад|хвилин тому|dakika önce|phút trước"),
    ),
)
"""What stands behind a number of days, weeks, or hours and minutes, in languages that name them otherwise than the others do."""
_SPANS_LED: tuple[tuple[timedelta, str], ...] = (
    (timedelta(days=1), any_of("zile|ημέρες|μέρες|أيام|يوم|يوما|ימים")),
    (timedelta(weeks=1), any_of("săptămâni|εβδομάδες|أسابيع|שבועות")),
    (timedelta(hours=1), any_of("ore|ώρες|ساعات|ساعة|שעות")),
    (timedelta(minutes=1), any_of("minute|λεπτά|דקות|دقيقة")),
)
_LEADS = any_of("acum|πριν|πριν από|منذ|לפני")
_DAYS: tuple[tuple[timedelta, str], ...] = (
    (
        timedelta(days=0),
        any_of("今日|本日|今天|오늘|сегодня|сьогодні|bugün|tänään|astăzi|azi|σήμερα|اليوم|היום|hôm nay|hari ini"),
    ),
    (
        timedelta(days=1),
        any_of("昨日|昨天|어제|вчера|вчора|dün|eilen|ieri|χθες|χτες|أمس|منذ يوم|אתמול|לפני יום|hôm qua|kemarin"),
    ),
    (timedelta(days=2), any_of("一昨日|前天|그저께|позавчера|позавчора|toissapäivänä|منذ يومين|לפני יומיים|שלשום")),
    (timedelta(days=7), any_of("منذ أسبوع|לפני שבוע|acum o săptămână")),
)
"""Days that are named."""
_LONGEST_SPAN = 40
_WHOLE: tuple[tuple[timedelta, re.Pattern[str]], ...] = tuple(
    (span, re.compile(rf"(?:{_PUBLISHED}\W{{0,3}})?{told}(?:(?:に|\W{{0,3}}){_PUBLISHED})?"))
    for span, told in (
        *((unit, rf"(?P<n>\d{{1,3}})\s?{words}") for unit, words in _SPANS),
        *((unit, rf"{_LEADS}\s(?P<n>\d{{1,3}})\s{words}") for unit, words in _SPANS_LED),
        *_DAYS,
    )
)
"""Folded texts that are nothing but such a day, and a word for publishing: in scripts without blanks a sentence may hold one."""

_EARLIEST = 1995
_LATEST = 2100


_DAY_FIRST_WORDS = "de fr es ca pt it nl da no nb nn sv cs pl fi sk sl hr ro el tr ru uk"
_DAY_FIRST = frozenset(_DAY_FIRST_WORDS.split())
_DAY_FIRST_LANDS_WORDS = "GB IE AU NZ IN ZA SG HK MY"
_DAY_FIRST_LANDS = frozenset(_DAY_FIRST_LANDS_WORDS.split())


def day_first(language: str | None, country: str | None) -> bool | None:
    """Whether `04/05/2026` starts with the day, by a page's language and a posting's country; None where neither tells."""
    primary, _, land = (language or "").lower().replace("_", "-").partition("-")
    if primary in _DAY_FIRST:
        return True
    where = land.upper() or country
    return True if where in _DAY_FIRST_LANDS else False if where == "US" else None


def parse_date(text: str | float | None, fetched_at: datetime, *, day_first: bool | None = None) -> datetime | None:
    """A date in UTC: ISO 8601, RFC 2822, epoch (seconds or milliseconds), written out or relative, in the languages of the field.

    Relative ones count from `fetched_at` and give midnight of that day. `04/05/2024` and `30+ days ago` say too
    little: None, unless `day_first` says how the first is meant.
    """
    if text is None or isinstance(text, bool):
        return None
    if isinstance(text, (int, float)):
        return _epoch(float(text))
    text = text.strip()[:200]
    if (epoch := _EPOCH.fullmatch(text)) is not None:
        return _epoch(float(epoch["number"]))
    if _DIGIT.search(text) is None:
        return _relative(fold(text), fetched_at)
    found = _iso(text) or _mail(text) or _numeric(text, day_first) or _written(text)
    if found is not None:
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
        told = moment.astimezone(UTC)
        # A posting is of the day that its site states, which in UTC may be the next or the one before.
        return told if told.date() == day.date() else day
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


def _numeric(text: str, day_first: bool | None) -> datetime | None:
    if match := _YEAR_FIRST.search(text):
        return _date(match[1], match[2], match[3])
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, separator, second, year = int(match[1]), match[2], int(match[3]), match[4]
    year = f"20{year}" if len(year) == 2 else year
    if separator == "." or first > 12 or first == second:
        return _date(year, second, first)
    if second > 12:
        return _date(year, first, second)
    if day_first is None and _STATED_ORDER.search(text) is None:
        return None
    return _date(year, first, second) if day_first is False else _date(year, second, first)


def _written(text: str) -> datetime | None:
    folded = fold(text)
    if (short := _SHORT_MONTH.search(folded)) is not None and short[2] in _MONTH:
        return _date(short[3] if len(short[3]) == 4 else f"20{short[3]}", _MONTH[short[2]], short[1])
    for match in _DAY_MONTH.finditer(folded):
        if match[2] in _MONTH:
            return _date(match[3], _MONTH[match[2]], match[1])
    for match in _MONTH_DAY.finditer(folded):
        if match[1] in _MONTH:
            return _date(match[3], _MONTH[match[1]], match[2])
    if (hungarian := _YEAR_MONTH_DAY.search(folded)) is not None and hungarian[2] in _MONTH:
        return _date(hungarian[1], _MONTH[hungarian[2]], hungarian[3])
    return None


def _relative(folded: str, fetched_at: datetime) -> datetime | None:
    midnight = fetched_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for days, pattern in enumerate((_TODAY, _YESTERDAY, _DAY_BEFORE)):
        if pattern.search(folded) and not (days == 1 and _DAY_BEFORE.search(folded)):
            return midnight - timedelta(days=days)
    if (known := _whole(folded)) is not None:
        return (fetched_at.astimezone(UTC) - known).replace(hour=0, minute=0, second=0, microsecond=0)
    match = _AGO.search(folded)
    if match is None or match["plus"] or not (match["lead"] or match["trail"]) or _MORE_THAN.search(folded):
        return None
    stated, unit = match["n"] or "1", match["unit"] or match["one"]
    number = int(stated) if stated.isdigit() else NUMBER_WORDS.get(stated, 1)
    if number > 400 or unit.startswith(_MONTHLY):
        return None  # "two months ago" names no day
    if unit.startswith(_MINUTES) or unit in ("h", "hr", "hrs") or unit.startswith(_HOURS):
        span = timedelta(minutes=number) if unit.startswith(_MINUTES) else timedelta(hours=number)
        return (fetched_at.astimezone(UTC) - span).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=number * 7 if unit == "w" or unit.startswith(_WEEKS) else number)


def _whole(folded: str) -> timedelta | None:
    """How long ago a text says, where it is one of those that say nothing else."""
    for span, pattern in _WHOLE if len(folded) <= _LONGEST_SPAN else ():
        if (match := pattern.fullmatch(folded)) is not None:
            return span * int(match.groupdict().get("n") or 1)
    return None
