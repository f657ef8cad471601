"""Pay that a person asks for, as an amount, its currency and the time that it is for: `$45/hr`, `4.500 € brutto/Monat`, `12 LPA`."""

import re

from quiethire.domain.matching import SalaryFloor
from quiethire.domain.money import in_euros
from quiethire.domain.posting import MAX_AMOUNT, YEARLY_FACTOR, Period
from quiethire.domain.words import fold

_FIGURE = r"(?:\d{1,3}(?:[.,'’\s]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+)(?:[.,]\d{1,2}(?!\d))?"
_SCALES = {
    1_000: r"(?:k|thousand|tausend|tsd|mille|mil|tys)\b\.?|[kt](?=\s?(?:€|eur))",
    100_000: r"(?:lpa|lakhs?|lacs?)\b",
    1_000_000: r"(?:m|mio|mln|millions?|millionen|millones)\b\.?",
    10_000_000: r"(?:cr|crores?)\b",
}
_SCALE = "|".join(_SCALES.values())
_SIGNS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "MX$": "MXN", "R$": "BRL",
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₪": "ILS", "₺": "TRY", "₽": "RUB", "ZL": "PLN", "KC": "CZK", "EURO": "EUR",
    "EUROS": "EUR", "LPA": "INR", "LAKH": "INR", "LAKHS": "INR", "LAC": "INR", "LACS": "INR",
}  # fmt: skip
_CODES = "EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|CAD|AUD|NZD|INR|ILS|CZK|HUF|RON|BGN|TRY|UAH|JPY|CNY|HKD|SGD|BRL|MXN|ZAR|AED"
CURRENCY = rf"(?:(?:US|AU?|CA?|NZ|HK|S|MX|R)?\$|[€£¥₹₪₺₽]|\b(?:{_CODES})(?![^\W\d_])|(?:zł|Kč|euros?)\b)"
"""As the source of an expression."""
_AMOUNT = re.compile(
    rf"(?<![\d.,])(?P<low>{_FIGURE})\s?(?P<scale>{_SCALE})?"
    rf"(?:\s?{CURRENCY})?(?:\s?(?:-|–|—|to|bis|à|a)\s?(?:{CURRENCY}\s?)?(?P<high>{_FIGURE})\s?(?P<last>{_SCALE})?)?",
    re.IGNORECASE,
)
"""A figure, or the two ends of a range; a word for thousands behind the upper end counts for both."""
_CURRENCY_OR_LAKHS = re.compile(rf"{CURRENCY}|\b(?:lpa|lakhs?|lacs?)\b", re.IGNORECASE)
_PER = r"(?:/|\b(?:per|an?|each|every|pro|je|par|por|al?\sla|à\sl['’]|[ld]['’]|all['’]|al|la|im|die|den|der|na|za|i|om|pr\.?|p\.?)(?=[\s./'’]|(?<=['’])))\s?/?\s?"
_RATES = {
    Period.HOUR: (
        r"hour|hr|h|stunde|std|heure|hora|ora|uur|u|godz\w*|timm?en?|tim|hod\w*",
        r"hourly|stündlich|\w*stunden(?:satz|lohn)|(?:taux|tarif)\shoraire|uur(?:loon|tarief)|tim(?:lön|pris)|stawka\sgodzinowa|ph|p\.h\.",
    ),
    Period.DAY: (
        r"(?:man[- ]?)?day|d|tag|jour|día|dia|giorno|dag|dzień|den",
        r"(?:day|daily)\srate|daily|täglich|tages(?:satz|lohn)|tarif\sjournalier|tjm|dag(?:tarief|pris)|diari[oa]s?|giornalier[oa]|dziennie|pd|p\.d\.",
    ),
    Period.WEEK: (
        r"week|wk|w|woche|semaine|semana|settimana|tydzień|vecka|uge|uke",
        r"weekly|wöchentlich|wochenlohn|hebdomadaire|semanal(?:es)?|wekelijks|pw|p\.w\.",
    ),
    Period.MONTH: (
        r"months?|mo|mth|monat|mois|mes|mese|mês|maand|mnd|m|miesiąc|mies|månad|mån|måned|md|mdr|měsíc",
        r"monthly|monatlich\w*|mtl|monats(?:gehalt|lohn|brutto)|mensuel(?:le)?s?|mensual(?:es)?|mensal|mensais|mensil[ei]|maandsalaris|miesięcznie|månadslön|pcm|pm|p\.\s?m\.",
    ),
    Period.YEAR: (
        r"year|yr|y|annum|jahr|an|année|año|anno|ano|jaar|rok|år",
        r"yearly|annual(?:ly)?|(?:brutto)?jährlich\w*|\w*jahres(?:gehalt|brutto\w*|einkommen)|annuel(?:le)?s?|anual(?:es)?|annu[oia]|jaarlijks|jaarsalaris|rocznie|årslön|årsløn|pa|p\.\s?a\.|ral|lpa",
    ),
}
"""Period → what stands for it behind `per`, and what says it alone."""
_PERIODS = {
    period: re.compile(rf"(?:{_PER}(?:{nouns})|(?<!\w)(?:{alone}))(?![^\W_])", re.IGNORECASE)
    for period, (nouns, alone) in _RATES.items()
}
_NEAR = 30
"""Characters behind a figure in which the time stands that it is for, unless another figure comes first."""
_UNTIL_FIGURE = re.compile(r"\d")
_LEAST, _MOST = 1_000, 2_000_000
"""Euros a year below and above which a figure is no pay."""
_LEAST_UNSAID = 10_000
"""The same where nothing says what time it is for: a smaller figure may be a month's or a day's."""


def period_in(text: str, *, last: bool = False) -> Period | None:
    """The time that pay is for, by the first words that say one, or the last."""
    hits = [(found.start(), period) for period, pattern in _PERIODS.items() for found in pattern.finditer(text)]
    return (max if last else min)(hits)[1] if hits else None


def salary_floor(written: str) -> SalaryFloor | None:
    """Pay as written, as a floor in whole units; None where amount or currency is not plain, or nobody earns as much or as little.

    Without words for the time it is by the year, where it can be: `€4,500` is no year's pay, and whose it is nobody says.
    """
    amount, code = _AMOUNT.search(written), _CURRENCY_OR_LAKHS.search(written)
    if amount is None or code is None:
        return None
    stated = period_in(_UNTIL_FIGURE.split(written[amount.end() :][:_NEAR])[0]) or period_in(
        written[: amount.start()], last=True
    )
    if stated is None and (amount["scale"] or amount["last"] or "").casefold() == "lpa":
        stated = Period.YEAR
    sign = fold(code[0]).upper()
    floor = SalaryFloor(
        amount=int(min(_low(amount), MAX_AMOUNT)), currency=_SIGNS.get(sign, sign), period=stated or Period.YEAR
    )
    return floor if _is_pay(floor, _LEAST if stated else _LEAST_UNSAID) else None


def _low(amount: re.Match[str]) -> float:
    """The lower end, in thousands where only the upper one says so: `60-70k`, `60–70.000`."""
    low, high = _number(amount["low"]), _number(amount["high"] or "")
    scale, last = _scale(amount["scale"]), _scale(amount["last"])
    if scale == 1 and low <= high:
        scale = last
    if scale == 1 and low < 1_000 <= high and low * 1_000 <= high:
        scale = 1_000
    return low * scale


def _number(figure: str) -> float:
    """Of `1.200,50` the value; a sign before three figures, or before two as in India, sets thousands apart."""
    tail = re.search(r"[.,](\d{1,2})$", figure)
    whole = re.sub(r"\D", "", figure[: tail.start()] if tail else figure)
    return float(f"{whole or 0}.{tail[1] if tail else 0}")


def _scale(written: str | None) -> int:
    if not written:
        return 1
    return next(
        each for each, words in _SCALES.items() if re.fullmatch(words, written, re.IGNORECASE) or written in "tTkK"
    )


def _is_pay(floor: SalaryFloor, least: int) -> bool:
    """Whether somebody may earn as much; of currencies without a rate every amount that fits."""
    euros = in_euros(floor.amount * YEARLY_FACTOR[floor.period], floor.currency)
    return 0 < floor.amount < MAX_AMOUNT and (euros is None or least <= euros <= _MOST)
