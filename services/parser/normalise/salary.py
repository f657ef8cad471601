"""Pay: from "$120K/yr – $220K/yr" or "18.000/21.000 € brut/any" to whole units, currency and period.

Text that is labelled as pay is trusted more than running text, where a sum may as well be revenue, funding, a bonus
or a budget: there it needs a currency, and a period or a word for pay close by.
"""

import re
from dataclasses import dataclass

from quiethire.domain.posting import YEARLY_FACTOR, Period, RawSalary, Salary
from services.parser.normalise.text import fold, squeeze

_SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY", "zł": "PLN", "kč": "CZK", "₺": "TRY", "₴": "UAH", "₪": "ILS", "₩": "KRW",
    "₫": "VND", "₱": "PHP", "us$": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD",
    "s$": "SGD", "r$": "BRL", "mx$": "MXN", "$": "USD", "chf": "CHF", "fr.": "CHF", "euro": "EUR", "euros": "EUR", "rs.": "INR",
    "dollars": "USD", "pounds": "GBP", "r": "ZAR", "pln": "PLN", "kc": "CZK", "zl": "PLN", "lei": "RON", "ft": "HUF", "dólares": "USD",
}  # fmt: skip
_DOLLARS = {
    "CA": "CAD",
    "AU": "AUD",
    "NZ": "NZD",
    "SG": "SGD",
    "HK": "HKD",
    "US": "USD",
    "TW": "TWD",
    "MX": "MXN",
    "CL": "CLP",
    "CO": "COP",
    "AR": "ARS",
}
_KRONER = {"DK": "DKK", "NO": "NOK", "SE": "SEK", "IS": "ISK"}
_LOCAL = {
    **dict.fromkeys(
        (
            "DE",
            "AT",
            "FR",
            "ES",
            "IT",
            "NL",
            "BE",
            "PT",
            "IE",
            "FI",
            "GR",
            "LU",
            "SK",
            "SI",
            "EE",
            "LV",
            "LT",
            "HR",
            "MT",
            "CY",
        ),
        "EUR",
    ),
    **_DOLLARS,
    **_KRONER,
    "GB": "GBP",
    "CH": "CHF",
    "LI": "CHF",
    "PL": "PLN",
    "CZ": "CZK",
    "HU": "HUF",
    "RO": "RON",
    "IN": "INR",
    "JP": "JPY",
    "ZA": "ZAR",
    "BR": "BRL",
}
"""Country → what pay is stated in there where a text leaves the currency out."""
_TWICE_DECODED = {
    "Â£": "£",
    "â‚¬": "€",
    "Â€": "€",
    "â\u0082¬": "€",
    "â€“": "–",
    "â€”": "—",
    "Â¥": "¥",
    "Â\u00a0": " ",
    "zÅ‚": "zł",
    "KÄ\u008d": "Kč",
    "Â ": " ",
}
"""What UTF-8 becomes when it is read as Windows-1252."""

_PER_USD = {
    "USD": 1, "EUR": 0.9, "GBP": 0.8, "CHF": 0.9, "CAD": 1.35, "AUD": 1.5, "NZD": 1.6, "SGD": 1.35, "HKD": 7.8, "AED": 3.7,
    "SAR": 3.75, "QAR": 3.6, "ILS": 3.6, "PLN": 4, "CZK": 23, "HUF": 360, "RON": 4.6, "BGN": 1.8, "TRY": 35, "UAH": 41, "RUB": 90,
    "DKK": 7, "NOK": 10.5, "SEK": 10.5, "ISK": 138, "INR": 84, "PKR": 280, "BDT": 118, "LKR": 300, "PHP": 57, "IDR": 16000,
    "VND": 25000, "THB": 35, "MYR": 4.5, "JPY": 150, "KRW": 1370, "CNY": 7.2, "TWD": 32, "BRL": 5.5, "MXN": 19, "ARS": 1000,
    "CLP": 950, "COP": 4100, "PEN": 3.75, "ZAR": 18, "NGN": 1600, "KES": 130, "EGP": 49,
}  # fmt: skip
"""Rough units of a currency in a dollar: only to tell plausible pay from the rest, never to convert."""

_CODES = "|".join(_PER_USD)
_BLANK = r"[ \u00a0\u202f\u2009]"
_NUMBER = rf"\d{{1,3}}(?:[.,'’]\d{{3}})+(?:[.,]\d{{1,2}})?|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d{{1,3}}(?:{_BLANK}\d{{3}})+(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d{{1,2}})?"
_CURRENCY = rf"\b(?:{_CODES}){_BLANK}?\$|\b(?:{_CODES})(?=\d)|\b(?-i:R)(?={_BLANK}?\d{{2,3}}[ ,\u00a0]\d{{3}})|US\$|CA\$|AU\$|NZ\$|HK\$|MX\$|[CASR]\$|[$€£₹¥₺₴₪₩₫₱]|Rs\.|Fr\.|\b(?:{_CODES})\b|zł|Kč|kr\.?(?!\w)|euros?\b|dollars\b|d[oó]lares\b|pounds\b"
_SCALE = rf"{_BLANK}?(?:k|tsd\.?|t(?=€|EUR)|tis\.?|mil(?=[ .,]|$)|LPA|lakhs?|lacs?|tys\.?)(?![A-Za-z])"


def _amount(n: int) -> str:
    """The pattern of one amount; its groups carry the number `n`."""
    return (
        rf"(?:(?P<cur{n}>{_CURRENCY}){_BLANK}?)?(?P<num{n}>{_NUMBER})(?:[.,][-–—]{{1,2}})?(?P<k{n}>{_SCALE})?\+?"
        rf"(?:{_BLANK}?(?P<post{n}>{_CURRENCY}))?"
    )


_PER = r"(?:\s*(?:/|per|pro|an?)\s*(?:hr|hour|yr|year|annum|month|mo|stunde|monat|jahr|h)\.?)?"
_RANGE = re.compile(
    rf"(?<![\w.,#])(?P<from>(?:from|ab|starting (?:at|from)|at least|desde|mind?\.?|minste?ns?|mindestens|[àa] partire? (?:de|da)|dès|od|fra|från|vanaf|da|mindst|minimum|minimal|alespoň|co najmniej)\s+)?"
    rf"(?P<upto>(?:up to|bis zu|bis|jusqu.à|hasta|até|fins a|až(?: do)?|do|tot|fino a|max(?:imum|imal|imaal)?\.?|op til|opp til|upp till|inntil)\s+)?"
    rf"{_amount(1)}"
    rf"(?:{_PER}[\s\u200d]*(?:-|–|—|−|‑|(?:up )?to|bis(?: zu)?|and|und|et|až|do|till|til|en|og|och|oraz|hasta|fino a|até|a|y|i|e|à|tot|/|~)[\s\u200d]*{_amount(2)})?(?=p(?:\.?a|h|cm|w|d)\b|(?!\w|[.,'’]\d))",
    re.IGNORECASE,
)

_PERIODS: tuple[tuple[Period, re.Pattern[str]], ...] = (
    (Period.HOUR, re.compile(
        r"\b(hour|hourly|hr|hrs|stunden?|stundlich\w*|std|\w{0,12}stundenlohn|heures?|horaire|horas?|hores|ora|orari[ao]|uur|uurloon|(?:per|pr\.?|i|/) ?timen?|timelon\w*|timlon"
        r"|timm\w*|hod|hodin\w*|godz\w*|hodinov\w*)\b|/ ?h\b|\bhours? rate|\bph\b")),
    (Period.DAY, re.compile(
        r"\b(day|daily|days rate|tagessatz|tag|taglich\w*|jour|journalier|tjm|diari[oa]?|dia|diaria|dag|(?:za|na|/) ?den|denne|dzien\w*|giorno|giornalier[oa])\b")),
    (Period.WEEK, re.compile(
        r"\b(weekly|week|wochentlich\w*|woche|semaine|hebdomadaire|semana|semanal\w*|setmana\w*|settimana\w*|ugentlig|(?:per|pr\.?|om) uge\w*|vecka\w*|uke|ukentlig|tyden\w*|tydzien"
        r"|tygod\w*|wekelijks)\b")),
    (Period.MONTH, re.compile(
        r"\b(months?|monthly|mo|monats?\w*|monatlich\w*|mois|mensuel\w*|mensual\w*|mensal\w*|mes|mese|mensil\w*|maand\w*|maned\w*|manad\w*|man|mesic\w*|mesicne|mies\w*|mc|pcm)\b")),
    (Period.YEAR, re.compile(
        r"\b(years?|yearly|yr|annum|annual\w*|annually|p\.?a|pa|jahr\w*|jahrlich\w*|brutto[- ]?jahres\w*|(?:par|/|l.|brut|brute) ?an|annee|annuel\w*|ano|anual\w*|anuais"
        r"|(?:brut|bruts|per|/|l.|a l.) ?any|anno|annu[oia]l?\w*|jaar\w*|ar|arlig\w*|arslon\w*|rok\w*|rocne|roczn\w*|lpa|ral)\b")),
)  # fmt: skip
_PAY_WORDS = re.compile(
    r"\b(salar\w+|pay|compensation|wage\w*|remuneration|remuneracio\w*|renumeration|\w{0,30}(?:gehalt|entgelt|vergutung|lohn)\w{0,12}|entlohnung|grundbezug|bezug|gage"
    r"|kollektivvertrag\w*|mindestlohn\w*|ordenado|vencimento|salari|lonn|arslon\w*|manedslon\w*|manadslon\w*|uurloon|maandsalaris|placa|stawk\w+|zarob\w+|odmen\w+"
    r"|brutto\w*|retribu\w+|sueldo|sou|paga|salaire|remunerat\w+|stipendio|loon|salaris|lon|mzda\w*|plat\w?|wynagrodzeni\w*"
    r"|ote|base|earn\w*|hourly rate|rate|verdien\w*|ral|honorarium|consultancy fee)\b"
)
_NOT_PAY = re.compile(
    r"\b(bonus\w*|prime|primes|premi[ae]|premie|praemie|ticketrestaurant|tickets?|stravenk\w*|prispevek|dofinansowan\w*|presupuesto|formacion|formation|prestamo|subsid\w+"
    r"|relocation|signing|sign[- ]?on|revenue|arr|funding|raised|raise|valuation|series [a-e]|million|billion|mio|mrd|bn|\w{0,20}budget\w*|quota"
    r"|stipend|allowance|reimburse\w*|referral|401\W?k|insurance|coverage|customers|users|employees|mitarbeit\w*|investment"
    r"|invested|assets|sales of|turnover|umsatz\w*|learning|wellness|equipment|credit|per diem|donat\w*|grant|deal\w*|contracts?"
    r"|portfolio|worth|backed|p&l|pipeline|aum|gmv|loans?|mortgage\w*|discount\w*|match\w*|\w{0,20}zuschuss\w*|commission|ticket)\b"
)  # fmt: skip

_AND_MORE = re.compile(r"[+,;(|•]|\b(?:plus|zzgl|and|und|et|y|e|og|och|en|oraz|mas|mais|piu)\b")
_TIMES_A_YEAR = re.compile(
    r"\b1[2-5],?5?\s?(?:x|×|mal|mensualites|pagas|mois|mesi)\b(?:\s?(?:p\.?a|jahrlich|pro jahr|im jahr|per year|a year))?"
)
"""How many monthly salaries a year has: says nothing of the period of the figure."""
_MINIMUM = re.compile(r"\b(?:mindest\w*|\w{0,10}minimum\w*|minimal\w*|kollektivvertrag\w*|kv-?\w*)\b[^.]{0,60}$")

_FLOOR, _CEILING = 1_500, 1_500_000
"""A year's pay in dollars, roughly, below and above which a figure is taken for something else."""


@dataclass(frozen=True, slots=True)
class _Found:
    low: float | None
    high: float | None
    currency: str | None
    start: int
    end: int


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
    text = _mended(squeeze(text[:200_000]))
    for match in _RANGE.finditer(text):
        found = _numbers(match, country)
        if found is None or not (labelled or _means_pay(text, found)):
            continue
        unit = found.currency or (currency if labelled else None)
        near = text[found.end : found.end + 40]
        covers = _period(near.split(".")[0] if not labelled else near) or _period(
            text[max(0, found.start - 50) : found.start], last=True
        )
        covers = covers or _period(period or "")
        if unit is None and labelled and ((found.low or found.high or 0) >= 1_000 or covers):
            unit = _LOCAL.get(country or "")
        if unit is None:
            continue
        salary = _plausible(found.low, found.high, unit, covers) or (
            _plausible(found.low, found.high, unit, None) if labelled else None
        )
        if salary is not None:
            return _open_ended(salary, text[max(0, found.start - 70) : found.start])
    return None


def _mended(text: str) -> str:
    """UTF-8 that was decoded as Windows-1252 before it got here: `Â£` is `£`."""
    if "Â" in text or "â" in text or "Å" in text or "Ä" in text:
        for wrong, right in _TWICE_DECODED.items():
            text = text.replace(wrong, right)
    return text


def _open_ended(salary: Salary, before: str) -> Salary:
    """A statutory or collective-agreement minimum has no upper end: "KV-Mindestgehalt von EUR 2.850"."""
    if salary.min is None or salary.min != salary.max or _MINIMUM.search(fold(before)) is None:
        return salary
    return salary.model_copy(update={"max": None})


_ANYWHERE = (None, "DK", "DE")
"""No country, one with kroner, and one whose currency needs no sign."""


def reads_as_pay(text: str, *, labelled: bool) -> bool:
    """Whether a short text is pay in some country: `kr` and, below a label, bare figures wait for a country to settle their currency."""
    lands = _ANYWHERE if labelled else (None, "DK") if "kr" in text.lower() else (None,)
    return any(parse_salary(text, country=land) is not None for land in lands)


def may_be_pay(raw: RawSalary) -> bool:
    """Whether pay as stated is pay in some country, rather than a placeholder."""
    return any(normalise_salary(raw, land) is not None for land in _ANYWHERE)


def normalise_salary(raw: RawSalary, country: str | None = None) -> Salary | None:
    """Pay as a source states it: its numbers where it has plausible ones, else its text."""
    currency = _currency(raw.currency or "", country)
    if raw.min is not None or raw.max is not None:
        if currency is None:
            return None
        low, high = raw.min or None, raw.max or None
        if low is not None and high is not None and low > high:
            low, high = high, low
        stated = _period(raw.period or "")
        # "YEAR" with 18–25 and "HOUR" with 65,000 are slips of a form: the size tells.
        return _plausible(low, high, currency, stated) or (_plausible(low, high, currency, None) if stated else None)
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
    elif high is not None and scale_1 == 1 and low < 1_000 <= high and low * 1_000 <= high:
        low *= 1_000  # "50-80.000"
    stated = [groups[name] for name in ("cur1", "post2", "post1", "cur2") if groups[name]]
    # "$85,000 CAD" is Canadian: what names one currency goes before a sign that several share.
    exact = [name for name in stated if name.strip().lower() not in ("$", "kr", "kr.")]
    currency = _currency(next(iter(exact or stated), ""), country)
    if groups["upto"] and high is None:
        return _Found(None, low, currency, match.start(), match.end())
    open_end = groups["from"] or (second is None and match.group().rstrip().endswith("+"))
    if high is None and not open_end:
        high = low
    return _Found(low, high, currency, match.start(), match.end())


def _number(text: str | None) -> float | None:
    if not text:
        return None
    digits = re.sub(r"[\s\u00a0\u202f\u2009'’]", "", text)
    tail = re.search(r"[.,](\d{1,2})$", digits)
    whole = digits[: tail.start()] if tail else digits
    whole = re.sub(r"[.,]", "", whole)
    return float(f"{whole}.{tail[1] if tail else 0}") if len(whole) < 13 else None


def _scale(suffix: str | None) -> int:
    if not suffix:
        return 1
    return 100_000 if re.search(r"l(pa|akh|ac)", suffix, re.IGNORECASE) else 1_000


def _currency(text: str, country: str | None) -> str | None:
    key = text.strip().lower()
    if key == "$":
        return _DOLLARS.get(country or "US", "USD")
    if key.startswith("kr"):
        return _KRONER.get(country or "")
    if key[:3].upper() in _PER_USD and key[3:].strip() in ("", "$"):
        return key[:3].upper()
    if key in _SYMBOLS:
        return _SYMBOLS[key]
    return "EUR" if key.startswith("euro") else None


def _period(text: str, *, last: bool = False) -> Period | None:
    """The period named first in a text, or last where it stands before the figure."""
    folded = _TIMES_A_YEAR.sub(" ", fold(text.replace("_", " ")))
    hits = [(m.start(), period) for period, pattern in _PERIODS for m in pattern.finditer(folded)]
    if not hits:
        return None
    return (max if last else min)(hits, key=lambda hit: hit[0])[1]


def _means_pay(text: str, found: _Found) -> bool:
    """Whether running text around a sum says that it is pay."""
    if found.currency is None:
        return False
    before, after = fold(text[max(0, found.start - 120) : found.start]), fold(text[found.end : found.end + 50])
    word = next(iter([m.end() for m in _PAY_WORDS.finditer(before)][-1:]), -1)
    wrong = next(iter([m.end() for m in _NOT_PAY.finditer(before[-70:])][-1:]), -1)
    wrong = wrong + max(0, len(before) - 70) if wrong >= 0 else -1
    # "$2,000 bonus" is one; "$50,000 plus bonus" is not.
    if _NOT_PAY.search(_AND_MORE.split(after[:25])[0]) or wrong > word:
        return False
    return word >= 0 or _PAY_WORDS.search(after) is not None or _period(after[:20]) is not None


def _plausible(low: float | None, high: float | None, currency: str, period: Period | None) -> Salary | None:
    """Whole units where the figures can be pay; None for placeholders (1–1,000,000), cents of a cent and fortunes."""
    low, high = low or None, high or None
    ends = [end for end in (low, high) if end is not None]
    if not ends or currency not in _PER_USD:
        return None
    if len(ends) == 2 and (ends[0] > ends[1] or ends[1] > 12 * ends[0]):
        return None
    period = period or _by_size(ends[-1] / _PER_USD[currency])
    if period is None:
        return None
    for end in ends:
        if not _FLOOR <= end / _PER_USD[currency] * YEARLY_FACTOR[period] <= _CEILING:
            return None
    return Salary(
        min=None if low is None else round(low),
        max=None if high is None else round(high),
        currency=currency,
        period=period,
    )


def _by_size(dollars: float) -> Period | None:
    """The period that a figure without one must mean; the sizes between two are left alone."""
    if 7 <= dollars <= 150:
        return Period.HOUR
    if 600 <= dollars <= 12_000:
        return Period.MONTH
    return Period.YEAR if dollars >= 14_000 else None
