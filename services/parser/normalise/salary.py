"""Pay: from "$120K/yr – $220K/yr" or "18.000/21.000 € brut/any" to figures, currency and period.

Text that is labelled as pay is trusted more than running text, where a sum may as well be revenue, funding, a bonus
or a budget: there it needs a currency, and a period or a word for pay close by.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from quiethire.domain.posting import YEARLY_FACTOR, Period, RawSalary, Salary
from quiethire.domain.words import fold
from services.parser.normalise.currency import LOCAL, PER_USD, currency_of
from services.parser.normalise.pay_words import AND_MORE, BENEFIT_OF, NOT_PAY, ONCE, PAY_WORDS, is_extra, is_spent
from services.parser.normalise.period import Paid, paid
from services.parser.normalise.text import mended, squeeze

_CODES = "|".join(PER_USD)
_BLANK = r"[ \u00a0\u202f\u2009]"
_NUMBER = rf"\d{{1,3}}(?:[.,'’]\d{{3}})+(?:[.,]\d{{1,2}})?|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d{{1,3}}(?:{_BLANK}\d{{3}})+(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d{{1,2}})?"
_CURRENCY = rf"\b(?:{_CODES}){_BLANK}?\$|\b(?:{_CODES})(?=\d)|\b(?-i:R)(?={_BLANK}?\d{{2,3}}[ ,\u00a0]\d{{3}})|US\$|CA\$|AU\$|NZ\$|HK\$|MX\$|[CASR]\$|NT\$|\bS/\.?(?=\s?\d)|₨|[$€£₹¥￥₺₴₪₩₫₱₽฿₦円元원]|人民币|ريال|درهم|\bгрн\.?(?!\w)|\bKSh\b|\bруб(?:\.|лей)?|\bTL\b|\bRMB\b|\bRs\.?(?=\s?\d)|\bS?Fr\.|\b(?-i:RM|Rp\.?)(?=\s?\d)|\b(?-i:Ft|lei)\b|\b(?:{_CODES})\b|zł|Kč|kr\.?(?!\w)|euros?\b|dollars\b|d[oó]lares\b|pounds\b"
_MAX_SUMS = 500
"""Sums of one text that are looked at: each costs the words around it."""
_BESIDE = 24
"""Characters on either side of figures in which their currency and the words of a range stand."""
_SCALE = rf"{_BLANK}?(?:k|tsd\.?|t(?=€|EUR)|tis\.?|mil(?=[ .,]|$)|LPA|lakhs?|lacs?|crores?|Cr\.?|tys\.?|万|萬|만|千)(?![A-Za-z])"


def _amount(n: int) -> str:
    """The pattern of one amount; its groups carry the number `n`."""
    return (
        rf"(?:(?P<cur{n}>{_CURRENCY}){_BLANK}?)?(?P<num{n}>{_NUMBER})(?:[.,][-–—]{{1,2}})?(?P<k{n}>{_SCALE})?\+?"
        rf"(?:{_BLANK}?(?P<post{n}>{_CURRENCY}))?"
    )


_CJK = r"\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
"""Letters that stand beside figures without a blank."""
_PER = r"(?:\s*(?:/|per|pro|an?)\s*(?:hr|hour|yr|year|annum|month|mo|stunde|monat|jahr|h)\.?)?"
_RANGE = re.compile(
    rf"(?:(?<![\w.,#])|(?<=[{_CJK}]))(?P<from>(?:from|ab|starting (?:at|from)|at least|от|desde|mind?\.?|minste?ns?|mindestens|[àa] partire? (?:de|da)|dès|od|fra|från|vanaf|da|mindst|minimum|minimal|m[ií]nimo|alespoň|co najmniej)\s+)?"
    rf"(?P<upto>(?:up to|bis zu|bis|jusqu.à|hasta|até|fins a|až(?: do)?|do|tot|fino a|max(?:imum|imal|imaal)?\.?|op til|opp til|upp till|inntil|до)\s+)?"
    rf"{_amount(1)}"
    rf"(?:{_PER}[\s\u200d]*(?:-|–|—|−|‑|(?:up )?to|bis(?: zu)?|and|und|et|až|do|till|til|en|og|och|oraz|hasta|fino a|até|a|y|i|e|à|tot|до|/|~|～|〜|至|到|[,;]?(?=\s?max))[\s\u200d]*(?:max(?:imum|imal)?[.:]?\s+)?{_amount(2)})?(?=p(?:\.?a|h|cm|w|d)\b|(?![^\W{_CJK}]|[.,'’]\d))",
    re.IGNORECASE,
)

_FIGURES = re.compile(rf"\d(?:\D{{0,{2 * _BESIDE}}}\d)*")
_SIGNS = re.compile(r"[$€£₹₨¥￥₺₴₪₩₫₱₽฿₦円元币万萬원만]")
_WORDS = re.compile(r"[^\W\d_]+")
_OTHERS = "s руб рублей tl zł kč kr euro euros dollars dólares dolares pounds rs fr r rmb lpa lakh lakhs lac lacs crore crores cr ft lei rm rp sfr ريال درهم грн ksh"
_MONEY_WORDS = frozenset((*_CODES.lower().split("|"), *_OTHERS.split()))
"""What `_CURRENCY` and the scales of rupees consist of, as whole words."""

_SENTENCE = re.compile(r"\.\s(?=[A-Z])")
_MINIMUM = re.compile(r"\b(?:mindest\w*|\w{0,10}minimum\w*|minimal\w*|kollektivvertrag\w*|kv-?\w*)\b[^.]{0,60}$")

_NO_HOUR = 45
"""Dollars from which a figure that is stated as a year's is thousands rather than an hour's pay."""
_SMALL = 1_000
"""Figures below it that have no currency, beside one that has, are a grade, a step or hours."""
_FAR = 450
"""Characters before a range in which a word for pay may stand, where nothing else is spoken of between."""
_YEARS_PAY = (20_000, 600_000)
"""Dollars, roughly, between which both ends of such a range are."""
_TWICE_A_MONTH = 12_000
"""Dollars above which a figure is no pay of half a month."""
_FLOOR, _CEILING = 1_500, 1_500_000
"""A year's pay in dollars, roughly, below and above which a figure is taken for something else."""


@dataclass(frozen=True, slots=True)
class _Found:
    low: float | None
    high: float | None
    currency: str | None
    start: int
    end: int
    period: Period | None = None
    """What the words of the sum itself say: `LPA` is lakhs a year."""
    in_lakhs: bool = False
    """Whether it is counted in lakhs or crores, as a year's pay is where no period is stated."""

    @property
    def dollars(self) -> float:
        """About what it is worth, as dollars where no currency stands beside it."""
        return (self.high or self.low or 0) / PER_USD.get(self.currency or "USD", 1)


class Stated(NamedTuple):
    """Pay that a text states, with the words around it."""

    salary: Salary
    snippet: str


def parse_salary(
    text: str,
    *,
    labelled: bool = True,
    country: str | None = None,
    currency: str | None = None,
    period: str | None = None,
) -> Salary | None:
    """The first plausible pay in a text.

    `labelled` says that the text is stated as pay. `country`, `currency` and `period` fill in what it leaves open.
    """
    stated = find_salary(text, labelled=labelled, country=country, currency=currency, period=period)
    return stated.salary if stated else None


def find_salary(
    text: str,
    *,
    labelled: bool,
    country: str | None = None,
    currency: str | None = None,
    period: str | None = None,
) -> Stated | None:
    """As `parse_salary`, with the words that state it."""
    text = mended(squeeze(text[:200_000]))
    matches = islice(_RANGE.finditer(text) if labelled else _priced(text), _MAX_SUMS)
    sums = filter(None, (_numbers(match, country) for match in matches))
    for found in _money_first(sums) if labelled else sums:
        if is_spent(text, found.start, found.end, found.dollars):
            continue
        if is_extra(text, found.start, found.end) if labelled else not _means_pay(text, found):
            continue
        unit = found.currency or (currency if labelled else None)
        every = _paid_around(text, found, labelled=labelled) or paid(period or "")
        if unit is None and labelled and ((found.low or found.high or 0) >= 1_000 or every):
            unit = LOCAL.get(country or "")
        if unit is None:
            continue
        salary = _sized(found, unit, every, labelled=labelled)
        if salary is not None:
            salary = _open_ended(salary, text[max(0, found.start - 70) : found.start])
            return Stated(salary, text[max(0, found.start - _BESIDE) : found.end + _BESIDE].strip())
    return None


def _money_first(sums: Iterator[_Found]) -> Iterator[_Found]:
    """The sums, without the small figures before one with a currency: "Grade 8, £46,735 - £55,755"."""
    small: list[_Found] = []
    for found in sums:
        if found.currency is None and max(found.low or 0, found.high or 0) < _SMALL:
            small.append(found)
            continue
        yield from () if found.currency is not None else small
        small = []
        yield found
    yield from small


def _paid_around(text: str, found: _Found, *, labelled: bool) -> Paid | None:
    """How often a sum is paid: by its own words, by those after it, else by those before it."""
    if found.period is not None:
        return Paid(found.period)
    near = text[found.end : found.end + 40]
    after = paid(near if labelled else near.split(".")[0], running=True)
    before = text[max(0, found.start - 50) : found.start]
    stated = after or paid(before if labelled else _SENTENCE.split(before)[-1], last=True, running=True)
    return stated or (Paid(Period.YEAR) if found.in_lakhs else None)


def _sized(found: _Found, unit: str, every: Paid | None, *, labelled: bool) -> Salary | None:
    """Pay of a plausible size: as stated; a yearly "60–80" in thousands; else of the period that the size tells."""
    salary = _every(found.low, found.high, unit, every)
    if salary is None and every == (Period.YEAR, 1) and (labelled or found.low != found.high):
        salary = _in_thousands(found.low, found.high, unit)
    return salary or (_plausible(found.low, found.high, unit, None) if labelled else None)


def _every(low: float | None, high: float | None, currency: str, every: Paid | None) -> Salary | None:
    """Pay that is stated for so much time. What is paid twice a month is not a year's: "$60,000, paid bi-weekly"."""
    if every is None or every.times == 1:
        return _plausible(low, high, currency, every and every.period)
    if max(low or 0, high or 0) > _TWICE_A_MONTH * PER_USD.get(currency, 1):
        return _plausible(low, high, currency, None)
    return _plausible(low and low * every.times, high and high * every.times, currency, every.period)


def _in_thousands(low: float | None, high: float | None, currency: str) -> Salary | None:
    """A year's pay whose "k" was left out: "60–80 YEAR"."""
    if any(end is not None and (end >= 1_000 or end != int(end)) for end in (low, high)):
        return None
    return _plausible(low and low * 1_000, high and high * 1_000, currency, Period.YEAR)


def _priced(text: str) -> Iterator[re.Match[str]]:
    """The sums of running text that have a currency: only where one stands beside figures is the costly pattern tried."""
    for figures in _FIGURES.finditer(text):
        start, end = max(0, figures.start() - _BESIDE), figures.end() + _BESIDE
        near = text[start:end]
        if _SIGNS.search(near) is not None or not _MONEY_WORDS.isdisjoint(_WORDS.findall(near.lower())):
            yield from _RANGE.finditer(text, start, end)


def _open_ended(salary: Salary, before: str) -> Salary:
    """A statutory or collective-agreement minimum has no upper end: "KV-Mindestgehalt von EUR 2.850"."""
    if salary.min is None or salary.min != salary.max or _MINIMUM.search(fold(before)) is None:
        return salary
    return salary.model_copy(update={"max": None})


_CJK_WORDS = re.compile(rf"(?![万萬円元年月日時间間以上]{{4}})[{_CJK}]{{4}}")
"""Words rather than units of money and time: such a text is pay only where it says so."""
_ANYWHERE = (None, "DK", "DE", "CO")
"""No country, one with kroner, one whose currency needs no sign, and one where a month's pay is a million of what `$` means."""


def reads_as_pay(text: str, *, labelled: bool) -> bool:
    """Whether a short text is pay in some country: `kr` and, below a label, bare figures wait for a country to settle their currency."""
    if not labelled and _CJK_WORDS.search(text) is not None and PAY_WORDS.search(fold(text)) is None:
        return False
    lands = _ANYWHERE if labelled else (None, "DK") if "kr" in text.lower() else (None,)
    return any(parse_salary(text, country=land) is not None for land in lands)


def may_be_pay(raw: RawSalary) -> bool:
    """Whether pay as stated is pay in some country, rather than a placeholder."""
    return any(normalise_salary(raw, land) is not None for land in _ANYWHERE)


def normalise_salary(raw: RawSalary, country: str | None = None) -> Salary | None:
    """Pay as a source states it: its numbers where it has plausible ones, else its text."""
    if ONCE.search(fold(raw.period or "")):
        return None
    currency = currency_of(raw.currency or "", country)
    if raw.min is not None or raw.max is not None:
        if currency is None:
            return None
        low, high = raw.min or None, raw.max or None
        if low is not None and high is not None and low > high:
            low, high = high, low
        stated = paid(raw.period or "")
        # "YEAR" with 18–25 or 60–80 and "HOUR" with 65,000 are slips of a form: the size tells.
        salary = _every(low, high, currency, stated)
        if salary is None and stated == (Period.YEAR, 1) and (high or low or 0) >= _NO_HOUR * PER_USD.get(currency, 1):
            salary = _in_thousands(low, high, currency)
        return salary or (_plausible(low, high, currency, None) if stated else None)
    if raw.text is None:
        return None
    return parse_salary(raw.text, country=country, currency=currency, period=raw.period)


def _numbers(match: re.Match[str], country: str | None) -> _Found | None:
    groups = match.groupdict()
    first, second = _number(groups["num1"]), _number(groups["num2"])
    if first is None:
        return None
    scale_1, scale_2 = _scale(groups["k1"]), _scale(groups["k2"])
    low, high = first * scale_1, None if second is None else second * scale_2
    if second is not None and scale_1 == 1 < scale_2 and first <= second:
        low *= scale_2  # "120–150k", "12-18 LPA"
    elif high is not None and scale_2 == 1 < scale_1 and first <= (second or 0) < 1_000:
        high *= scale_1  # "60k–80"
    elif high is not None and scale_1 == 1 and low < 1_000 <= high and low * 1_000 <= high:
        low *= 1_000  # "50-80.000"
    stated = [groups[name] for name in ("cur1", "post2", "post1", "cur2") if groups[name]]
    # "$85,000 CAD" is Canadian: what names one currency goes before a sign that several share.
    exact = [name for name in stated if name.strip().lower() not in ("$", "kr", "kr.")]
    currency = currency_of(next(iter(exact or stated), ""), country)
    scales = (groups["k1"] or groups["k2"] or "").strip().lower()
    lakhs = scales.startswith(("l", "cr"))
    if currency is None:
        currency = "INR" if lakhs else _by_script(match, scales)
    covers = Period.YEAR if scales == "lpa" else None
    if groups["upto"] and high is None:
        return _Found(None, low, currency, match.start(), match.end(), covers, lakhs)
    open_end = groups["from"] or (second is None and _goes_up(match))
    if high is None and not open_end:
        high = low
    return _Found(low, high, currency, match.start(), match.end(), covers, lakhs)


def _goes_up(match: re.Match[str]) -> bool:
    """Whether a single sum is a lower end: `€50k+`, `600万円～`, `30万円以上`."""
    return match.group().rstrip().endswith("+") or match.string.startswith(("～", "〜", "以上"), match.end())


_A_MONTH_IN_CHINESE = re.compile(r"\s?(?:[/／每]\s?[月年]|·\s?1\d薪)")


def _by_script(match: re.Match[str], scale: str) -> str | None:
    """Ten thousands below a Japanese or a Chinese word for pay need no other sign: 年収500万, 年薪30万."""
    before = match.string[max(0, match.start() - 8) : match.start()]
    if scale in ("k", "万") and _A_MONTH_IN_CHINESE.match(match.string, match.end()):
        return "CNY"
    if scale not in ("万", "萬"):
        return None
    return "JPY" if re.search("年収|年俸|月給|月収", before) else "CNY" if re.search("年薪|月薪", before) else None


def _number(text: str | None) -> float | None:
    if not text:
        return None
    digits = re.sub(r"[\s\u00a0\u202f\u2009'’]", "", text)
    tail = re.search(r"[.,](\d{1,2})$", digits)
    whole = digits[: tail.start()] if tail else digits
    whole = re.sub(r"[.,]", "", whole)
    return float(f"{whole}.{tail[1] if tail else 0}") if len(whole) < 13 else None


def _scale(suffix: str | None) -> int:
    word = (suffix or "").strip().lower()
    if word.startswith("cr"):
        return 10_000_000
    if re.match(r"l(pa|akh|ac)", word):
        return 100_000
    return 10_000 if word in ("万", "萬", "만") else 1_000 if word else 1


def _means_pay(text: str, found: _Found) -> bool:
    """Whether running text around a sum says that it is pay."""
    if found.currency is None:
        return False
    before = fold(text[max(0, found.start - 120) : found.start])
    # Behind a letter, so that folding leaves the comma that sets a bonus apart.
    after = fold(f"x{text[found.end : found.end + 50]}")[1:]
    word = next(iter([m.end() for m in PAY_WORDS.finditer(before)][-1:]), -1)
    wrong = next(iter([m.end() for m in NOT_PAY.finditer(before[-70:])][-1:]), -1)
    wrong = wrong + max(0, len(before) - 70) if wrong >= 0 else -1
    if BENEFIT_OF.search(before) is not None:
        return False
    # "$2,000 bonus" is one; "$50,000 plus bonus" is not.
    if NOT_PAY.search(AND_MORE.split(after[:25])[0]) or 0 <= wrong >= word:
        return False
    if word >= 0 or PAY_WORDS.search(after) is not None or paid(after[:20], running=True) is not None:
        return True
    return (
        wrong < 0
        and _is_pay_range(found)
        and PAY_WORDS.search(fold(text[max(0, found.start - _FAR) : found.start])) is not None
    )


def _is_pay_range(found: _Found) -> bool:
    """Whether two figures are as far apart as the ends of a year's pay: such a range may stand far from the word for it."""
    low, high = found.low, found.high
    if found.currency not in PER_USD or low is None or high is None:
        return False
    rate = PER_USD[found.currency]
    return _YEARS_PAY[0] * rate <= low < high <= min(_YEARS_PAY[1] * rate, 2.5 * low)


def _plausible(low: float | None, high: float | None, currency: str, period: Period | None) -> Salary | None:
    """Pay where the figures can be pay; None for placeholders (1–1,000,000), cents of a cent and fortunes."""
    low, high = low or None, high or None
    ends = [end for end in (low, high) if end is not None]
    if not ends or currency not in PER_USD:
        return None
    if len(ends) == 2 and (ends[0] > ends[1] or ends[1] > 12 * ends[0]):
        return None
    period = period or _by_size(ends[-1] / PER_USD[currency], low_wages=currency in _LOW_WAGES)
    if period is None:
        return None
    for end in ends:
        if not _FLOOR <= end / PER_USD[currency] * YEARLY_FACTOR[period] <= _CEILING:
            return None
    return Salary(min=low, max=high, currency=currency, period=period)


_LOW_WAGES_WORDS = "NPR RSD GEL KZT MAD TND GHS UGX TZS DOP PKR BDT LKR BRL MXN COP PEN ARS CLP INR PHP IDR VND TRY UAH RUB RON BGN EGP ZAR NGN KES"
_LOW_WAGES = frozenset(_LOW_WAGES_WORDS.split())
"""Currencies of countries where a month's pay may be less than 600 dollars, and an hour's is a few."""


def _by_size(dollars: float, *, low_wages: bool) -> Period | None:
    """The period that a figure without one must mean; the sizes between two are left alone."""
    if low_wages and 130 <= dollars < 600:
        return Period.MONTH
    if 7 <= dollars <= 150:
        return Period.HOUR
    if 600 <= dollars <= 12_000:
        return Period.MONTH
    return Period.YEAR if dollars >= 14_000 else None
