"""A SearchQuery as conditions of ClickHouse over the postings that are shown. What people type is bound, never SQL."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quiethire.domain.grid import COLUMNS, ROW, ROWS
from quiethire.domain.money import euros, in_euros
from quiethire.domain.search import ANYWHERE, INDEXED_DESCRIPTION, PayFloor, SearchQuery
from quiethire.domain.search_words import ACCENTED, apostrophes_apart, asked, without_accents

EUROS = (
    "if(transform(ifNull(wage.3, ''), {codes:Array(String)}, {rates:Array(Float64)}, 0.) = 0, -1,"
    " toInt64(ifNull(round(ifNull(wage.2, wage.1) * transform(ifNull(wage.3, ''), {codes:Array(String)},"
    " {rates:Array(Float64)}, 0.)), -1)))"
)
"""`SearchDocument.pay_eur`. Its parameters are `euro_rates()`."""


def _accentless(text: str) -> str:
    """`without_accents`. Few texts have one, and to look for it costs a third of what removing costs."""
    return f"if(match({text}, '{ACCENTED}'), removeDiacriticsUTF8({text}), {text})"


IN_TITLE = (
    f"arrayCount(place -> place > 0, multiSearchAllPositionsCaseInsensitiveUTF8({_accentless('title')},"
    " {words:Array(String)}))"
)
"""How many of the words are in the title."""

_SHORT = _accentless(
    "concat(title, '\\n', company_name, '\\n', arrayStringConcat(able, '\\n'), '\\n', arrayStringConcat(names, '\\n'))"
)
_TEXT = f"substringUTF8(description, 1, {INDEXED_DESCRIPTION})"
"""What is searched: the short fields in one, without accents, and the description's first part, with accents as they are typed:
to leave them out there too would cost a third more. To put all into one would cost as much again. Parameters for the second end
in `_typed`.
"""

NO_WORD = r"[^\w+#]"
"""What ends a word; as in the index, C, C++ and C# are three. Of ASCII alone: wider classes cost three times as much."""

_COUNTRIES = "arrayFilter(code -> isNotNull(code), sites.2)"
_REMOTE_FROM = f"multiIf(notEmpty(allowed), allowed, notEmpty({_COUNTRIES}), {_COUNTRIES}, ['{ANYWHERE}'])"

_CELL = (
    f"if(isNull(site.3) OR isNull(site.4), -1, toInt64(least(floor((ifNull(site.3, 0) + 90) * {ROWS}), {180 * ROWS - 1}))"
    f" * {ROW} + toInt64(floor((ifNull(site.4, 0) + 180) * {COLUMNS})))"
)
"""The cell of a place, as `quiethire.domain.grid` counts them."""


def _said(words: str) -> str:
    """Whether the name of a place has any of these words; see `words_pattern`."""
    return f"(notEmpty({{{words}:String}}) AND match({_accentless('site.1')}, {{{words}:String}}))"


_IN_PART = (
    f"has({{cells:Array(Int64)}}, {_CELL}) OR has({{part_names:Array(String)}}, lowerUTF8({_accentless('site.1')}))"
    f" OR (ifNull(site.2, '') = {{part_of:String}} AND {_said('part_words')}) OR {_said('part_own_words')}"
)
"""Whether a place is in a part of a country; see `CountryPart`."""


@dataclass
class Conditions:
    """What is found: rows that fulfil all of `base` and of `narrowing`."""

    base: list[str] = field(default_factory=list)
    narrowing: dict[str, str] = field(default_factory=dict)
    """Facet → the condition by which the query narrows it, and without which its values are counted."""
    told: dict[str, str] = field(default_factory=dict)
    """Names that conditions use → what is looked for in a description. It is looked for where descriptions are read: to carry the
    texts themselves on to where postings meet their mates costs as much as all else."""
    parameters: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **parameters: object) -> None:
        """A condition with what it needs."""
        self.base.append(condition)
        self.parameters.update(parameters)

    def narrow(self, facet: str, condition: str, **parameters: object) -> None:
        """A condition on a facet; several on one are all to be met."""
        former = self.narrowing.get(facet)
        self.narrowing[facet] = f"{former} AND {condition}" if former else condition
        self.parameters.update(parameters)


def conditions_of(query: SearchQuery) -> Conditions:
    """The whole query. The words come last: they cost the most, and are looked for in what is left."""
    found = Conditions()
    _choices(found, query)
    _place(found, query)
    _facts(found, query)
    if query.salary_min is not None:
        _pay(found, query.salary_min)
    _words(found, query.q)
    return found


def euro_rates() -> dict[str, Sequence[object]]:
    """The parameters of `EUROS`."""
    rates = euros()
    return {"codes": list(rates), "rates": list(rates.values())}


def _choices(found: Conditions, query: SearchQuery) -> None:
    chosen: Mapping[str, tuple[str, Iterable[str]]] = {
        "remote": ("way", query.remote),
        "company": ("lowerUTF8(company_name)", _folded(query.company)),
        "job_type": ("kind", query.job_type),
        "seniority": ("level", query.seniority),
        "language": ("tongue", query.language),
    }
    for facet, (column, values) in chosen.items():
        if wanted := [str(value) for value in values]:
            found.narrow(facet, f"{column} IN {{{facet}:Array(String)}}", **{facet: wanted})


def _place(found: Conditions, query: SearchQuery) -> None:
    """All three narrow what places are counted."""
    if query.location and query.location.strip():
        named = (
            f"arrayExists(name -> positionCaseInsensitiveUTF8({_accentless('name')}, {{location:String}}) > 0, names)"
        )
        if query.area:
            named = f"({named} OR arrayExists(site -> has({{area:Array(String)}}, ifNull(site.2, '')), sites))"
            found.parameters["area"] = list(query.area)
        found.narrow("location", named, location=without_accents(query.location.strip()))
    if (part := query.part) is not None:
        found.narrow(
            "location",
            f"arrayExists(site -> {_IN_PART}, sites)",
            part_of=part.country,
            part_words=words_pattern(part.spelled),
            part_own_words=words_pattern(part.own_words),
            part_names=[without_accents(name).lower() for name in part.names],
            cells=list(part.cells),
        )
    if query.country is not None:
        found.narrow("location", "has(sites.2, {country:String})", country=query.country)
    if (circle := query.circle) is not None:
        found.narrow(
            "location",
            "arrayExists(site -> isNotNull(site.3) AND isNotNull(site.4) AND greatCircleDistance(ifNull(site.4, 0),"
            " ifNull(site.3, 0), {lon:Float64}, {lat:Float64}) <= {metres:Float64}, sites)",
            lat=circle.lat,
            lon=circle.lon,
            metres=circle.km * 1000,
        )


def _facts(found: Conditions, query: SearchQuery) -> None:
    if query.among is not None:
        found.add("id IN {among:Array(UUID)}", among=list(query.among))
    if query.posted_since is not None:
        found.add("posted >= {posted_since:Int64}", posted_since=query.posted_since)
    if query.seen_by is not None:
        found.add("seen <= {seen_by:Int64}", seen_by=query.seen_by)
    if query.sponsorship is not None:
        found.add("sponsored = {sponsorship:Bool}", sponsorship=query.sponsorship)
    if query.exclude_company:
        excluded = _folded(query.exclude_company)
        found.add("lowerUTF8(company_name) NOT IN {exclude_company:Array(String)}", exclude_company=excluded)
    if query.skills:
        found.add("hasAll(arrayMap(lowerUTF8, able), {skills:Array(String)})", skills=_folded(query.skills))
    if query.remote_from:
        wanted = _folded((*query.remote_from, ANYWHERE))
        found.add(
            f"hasAny(arrayMap(name -> lowerUTF8(assumeNotNull(name)), {_REMOTE_FROM}), {{remote_from:Array(String)}})",
            remote_from=wanted,
        )


def _pay(found: Conditions, floor: PayFloor) -> None:
    """Either end of what is stated reaches the floor; or the euros do, where both currencies have a rate."""
    stated = "(ifNull(wage.1, -1) >= {pay:Int64} OR ifNull(wage.2, -1) >= {pay:Int64})"
    least = None if floor.currency is None else in_euros(floor.amount, floor.currency)
    if floor.currency is None:
        found.add(stated, pay=floor.amount)
    elif least is None:
        found.add(f"ifNull(wage.3, '') = {{currency:String}} AND {stated}", pay=floor.amount, currency=floor.currency)
    else:
        found.add(f"{EUROS} >= {{pay:Int64}}", pay=least, **euro_rates())


def _words(found: Conditions, q: str) -> None:
    parts = apostrophes_apart(asked(q))
    words = [*parts.words, *(word for phrase in parts.phrases for word in phrase.split())]
    if words:
        found.told["told_words"] = _places(_TEXT, "words_typed")
        condition = f"arrayAll((here, there) -> here > 0 OR there > 0, {_places(_SHORT, 'words')}, told_words)"
        found.add(condition, words=[*map(without_accents, words)], words_typed=words)
    for number, phrase in enumerate(parts.phrases):
        name = f"phrase{number}"
        found.add(_any_of(found, name, [phrase], phrase.split(), _ALL_THERE))
    if parts.excluded:
        words = [phrase.split()[0] for phrase in parts.excluded]
        found.add(f"NOT {_any_of(found, 'excluded', parts.excluded, words, _ANY_THERE)}")


_ALL_THERE = (
    "arrayAll(place -> place > 0, multiSearchAllPositionsCaseInsensitiveUTF8({text}, {{{words}:Array(String)}}))"
)
_ANY_THERE = "multiSearchAnyCaseInsensitiveUTF8({text}, {{{words}:Array(String)}})"


def _any_of(found: Conditions, name: str, phrases: Sequence[str], words: Sequence[str], there: str) -> str:
    """Whether any of the phrases is in a posting, of which none is in a text without these words."""

    def matches(text: str, typed: str) -> str:
        """The dear pattern is tried on those texts only that have the words."""
        return (
            f"if({there.format(text=text, words=f'{name}_words{typed}')}, match({text}, {{{name}{typed}:String}}), 0)"
        )

    found.told[f"told_{name}"] = matches(_TEXT, "_typed")
    found.parameters |= {
        name: phrase_pattern(map(without_accents, phrases)),
        f"{name}_typed": phrase_pattern(phrases),
        f"{name}_words": [*map(without_accents, words)],
        f"{name}_words_typed": list(words),
    }
    return f"({matches(_SHORT, '')} OR told_{name})"


def _places(text: str, words: str) -> str:
    return f"multiSearchAllPositionsCaseInsensitiveUTF8({text}, {{{words}:Array(String)}})"


def phrase_pattern(phrases: Iterable[str]) -> str:
    """Any of these, each as whole words in their order, whatever stands between those."""
    told = "|".join(f"{NO_WORD}+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return f"(?i)(?:^|{NO_WORD})(?:{told})(?:$|{NO_WORD})"


def words_pattern(given: Iterable[str]) -> str:
    """Any of these words; codes (`CA`) in capitals alone, for they are words of a language too. Empty for none."""
    words = [*map(without_accents, given)]
    named = "|".join(
        f"{NO_WORD}+".join(map(re.escape, re.split(r"[\s-]+", word))) for word in words if not word.isupper()
    )
    told = "|".join([*([f"(?i:{named})"] if named else []), *(re.escape(word) for word in words if word.isupper())])
    return f"(?:^|{NO_WORD})(?:{told})(?:$|{NO_WORD})" if told else ""


def _folded(values: Iterable[str]) -> list[str]:
    return [value.lower() for value in values]
