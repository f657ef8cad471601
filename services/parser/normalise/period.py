"""The period that a sum is paid for: an hour, a month, a year, or two weeks, which are two of one."""

import re
from typing import NamedTuple

from quiethire.domain.posting import Period
from quiethire.domain.words import fold
from services.parser.wordlist import any_of


class Paid(NamedTuple):
    """How often a sum is paid."""

    period: Period
    times: float = 1
    """How many such sums the period has: a week has half of what is paid for two."""


_PERIODS: tuple[tuple[Period, re.Pattern[str]], ...] = (
    (Period.HOUR, re.compile(
        r"\b(hour|hourly|hr|hrs|stunden?|stundlich\w*|std|\w{0,12}stundenlohn|heures?|horaire|horas?|hores|ora|orari[ao]|uur|uurloon|(?:per|pr\.?|i|/) ?timen?|timelon\w*|timlon"
        r"|timm\w*|hod|hodin\w*|godz\w*|hodinov\w*|tunti\w*|час\w*)\b|/ ?h\b|\bp/ ?u\b|\bhours? rate|\bph\b|時給|时薪|時薪|[/／每] ?小[时時]"
        rf"|{any_of('시급|시간당')}")),
    (Period.DAY, re.compile(
        r"\bman[- ]?days?\b|\b(day|daily|days rate|tagessatz|tag|taglich\w*|jour|journalier|tjm|diari[oa]?|dia|diaria|dag|(?:za|na|/) ?den|denne|dzien\w*|giorno|giornalier[oa])\b|日給|日薪|[/／每]日"
        rf"|{any_of('일급|일당')}")),
    (Period.WEEK, re.compile(
        r"\b(weekly|week|wochentlich\w*|woche|semaine|hebdomadaire|semana|semanal\w*|setmana\w*|settimana\w*|ugentlig|(?:per|pr\.?|om) uge\w*|vecka\w*|uke|ukentlig|tyden\w*|tydzien"
        r"|tygod\w*|wekelijks)\b")),
    (Period.MONTH, re.compile(
        r"\b(months?|monthly|mo|monats?\w*|monatlich\w*|mois|mensuel\w*|mensual\w*|mensal\w*|mes|mese|mensil\w*|maand\w*|maned\w*|manad\w*|man|mesic\w*|mesicne|mies\w*|kk|kuukau\w*|aylik|aylık|месяц\w*|мес|mc|pcm|/ ?ho|havi|havonta|luna|bulan)\b|月給|月収|月薪|[/／每]月"
        rf"|{any_of('월급|월 급여')}")),
    (Period.YEAR, re.compile(
        r"\b(years?|yearly|yr|annum|annual\w*|annually|p\.?a|pa|jahr\w*|jahrlich\w*|brutto[- ]?jahres\w*|(?:par|/|l.|brut|brute) ?an|annee|annuel\w*|ano|anual\w*|anuais"
        r"|(?:brut|bruts|per|/|l.|a l.) ?any|anno|annu[oia]l?\w*|jaar\w*|ar|arlig\w*|arslon\w*|rok\w*|rocne|roczn\w*|vuodessa|vuosi|yillik|yıllık|год\w*|lpa|ral|evi|evente)\b|年収|年俸|年薪|[/／每]年"
        rf"|{any_of('연봉')}")),
)  # fmt: skip
_CYCLES: tuple[tuple[Paid, re.Pattern[str]], ...] = (
    (Paid(Period.WEEK, 0.5), re.compile(
        r"\b(?:bi[- ]?week(?:ly)?|fortnight(?:ly)?|(?:every|per|each) (?:two|2|other|second) weeks?|alle (?:zwei|2) wochen|zweiwochentlich\w*"
        r"|(?:toutes les|par) (?:deux|2) semaines|cada (?:dos|2) semanas|every 14 days)\b")),
    (Paid(Period.MONTH, 2), re.compile(
        r"\b(?:semi[- ]?month(?:ly)?|twice (?:a|per|each) month|twice monthly|(?:two|2) times (?:a|per) month|zweimal (?:im|pro) monat"
        r"|deux fois par mois|dos veces al mes|quincenal(?:es)?|quinzena(?:l|is))\b")),
)  # fmt: skip
"""What is paid twice in a period, or once in two; folded. Each holds a word of the period alone."""
_TIMES_A_YEAR = re.compile(
    r"\b1[2-5],?5?\s?(?:x|×|mal|mensualites|pagas|mois|mesi)\b(?:\s?(?:p\.?a|jahrlich|pro jahr|im jahr|per year|a year))?"
)
"""How many monthly salaries a year has: says nothing of the period of the figure."""
_DURATION = re.compile(
    r"(?<!per )(?<!pro )(?<!/)(?<!/ )\b(?:\d{1,2}|one|two|three|six|nine|twelve|eighteen|zwei|drei|deux|trois|dos|tres|due|tre|twee|drie)[\s-]?"
    r"(?:months?|mois|monate?n?|mesi|meses|maanden|weeks?|wochen|semaines|years?|jahren?|ans|anos)\b(?!\s?(?:salar|pay|wage|x\b))"
)
"""How long a contract lasts, which is no period of pay: "12 month FTC", "for two years"."""


_CODES = {
    **dict.fromkeys(("hur", "pt1h", "pt60m"), Period.HOUR),
    **dict.fromkeys(("p1d", "pt24h"), Period.DAY),
    **dict.fromkeys(("wee", "p1w", "p7d"), Period.WEEK),
    **dict.fromkeys(("mon", "p1m", "p30d"), Period.MONTH),
    **dict.fromkeys(("ann", "p1y", "p12m", "p365d"), Period.YEAR),
}
"""Units of UN/CEFACT and durations of ISO 8601, folded."""


def paid(text: str, *, last: bool = False, running: bool = False) -> Paid | None:
    """How often a sum is paid by the words around it: by the first of them, or the last where they stand before it.

    In a `running` text a number of months is how long something lasts; in a field it is the period: `1 YEAR`.
    """
    folded = _TIMES_A_YEAR.sub(" ", fold(text.replace("_", " ")))
    if (code := _CODES.get(folded)) is not None:
        return Paid(code)
    hits: list[tuple[int, Paid]] = []
    for cycle, pattern in _CYCLES:
        hits += [(match.start(), cycle) for match in pattern.finditer(folded)]
        folded = pattern.sub(_blank, folded)
    if running:
        folded = _DURATION.sub(_blank, folded)
    hits += [(match.start(), Paid(period)) for period, pattern in _PERIODS for match in pattern.finditer(folded)]
    return (max if last else min)(hits, key=lambda hit: hit[0])[1] if hits else None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
