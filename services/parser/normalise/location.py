"""Places: from "Berlin or Munich", "Remote - Germany" or "Tampa, FL 33634" to city, region and country."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from quiethire.domain.posting import Location, Workplace
from services.parser.normalise import gazetteer
from services.parser.normalise.text import fold, squeeze
from services.parser.normalise.workplace import workplace

MAX_PLACES = 50
_MAX_NAMED = 400
"""Characters of the longest text that is nothing but places."""

_MAX_POSTAL = 80

_REMOTE_WORDS = re.compile(
    r"\b(100\s?%|fully|full|partly|remote[- ]first|remote|remotely|remoto|remota|en remoto|hybrid[ea]?|h[ií]brido|on[- ]?site"
    r"|in[- ]office|work from home|wfh|home[ -]?office|telecommute|t[eé]l[eé]travail|teletrabajo|presencial|possible|möglich|ok"
    r"|eligible|friendly|first|only|based|or|oder|within|from|in|anywhere in|flexible|optional|innerhalb|mobile[sn]? arbeiten|smart ?working|telelavoro"
    r"|teletrabalho|thuiswerk\w*|distans\w*|hela|praca zdalna|zdalni?e?|pr[aá]ce z domova|hjemmekontor|hjemmearbej\w*|time ?zones?|residents?|must be)\b",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(offices?|hq|headquarters?|head ?office|metro(politan)?( area)?|greater|area|surrounding|and surroundings|region|campus|hub"
    r"|site|location|headquartered|downtown|based|multiple locations|various locations|verschiedene|standorte?|umgebung|raum|bei|near"
    r"|city)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\s*(?:[;|•·\n]|\s/\s|\s&\s|(?-i:\b[Oo]r\b)|\boder\b|\bou\b|\s\+\s|(?<=(?-i:,\s[A-Z][A-Z]))\s(?:and|und|et|y)\s)\s*",
    re.IGNORECASE,
)
"""What stands between places. "OR" in capitals is Oregon."""
_ALSO = re.compile(r"\s*(?:/|,|\band\b|\bund\b|\bet\b|\by\b|\bi\b)\s*", re.IGNORECASE)
_HYBRID_DAYS = re.compile(
    r"\d\+?\s?(?:-\s?\d\s?)?(?:days?|tage?n?|jours?|d[ií]as?|giorni|dagen|dage|dagar|dn[ií]|dny)\b[^,;|/)]{0,40}",
    re.IGNORECASE,
)
"""How many days are worked where: "3 days a week in the office"."""
_LED_BY_CODE = re.compile(r"(?<![A-Za-z])([A-Z]{2})-(?=[A-Z])")
_CUT = re.compile(r"\s*[,()/:]\s*|\s+[-–—]\s+|\s*[–—]\s*")
_COMPOUND = re.compile(r"(?<=[a-zà-ž])-(?=[A-Z][a-z])")
"""A hyphen between a city and its part, unless the whole is a name: "Noord-Holland", "Auvergne-Rhône-Alpes"."""
_ARTICLE = re.compile(r"^(?:the|der|die)\s+(?=[A-Z])")
_ANYWHERE = re.compile(r"\b(?:worldwide|weltweit)\b", re.IGNORECASE)
"""Work all over the world is remote work; "Global" may be a department."""
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{3,4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")


@dataclass(frozen=True, slots=True)
class Places:
    """What a text says of places: where, how the work is done, and where remote work is allowed."""

    locations: tuple[Location, ...] = ()
    workplace: Workplace | None = None
    remote_allowed_in: tuple[str, ...] = ()


def parse_locations(texts: Iterable[str], country_hint: str | None = None) -> Places:
    """Read every place of every text, in order, each once. The hint settles which of two cities of a name is meant."""
    found: dict[str, Location] = {}
    allowed: dict[str, None] = {}
    stated: Workplace | None = None
    for text in texts:
        wide: list[str] = []
        city = False
        for part in _parts(squeeze(text[:2_000])):
            how = workplace(part)
            place, area = _read(part, country_hint)
            how = how or (Workplace.REMOTE if area == "Worldwide" and _ANYWHERE.search(part) else None)
            stated = stated or how
            where = area or (place.country if place is not None and not place.city else None)
            if where and how is Workplace.REMOTE:
                allowed[where] = None
            elif where and how is None:
                wide.append(where)
            city = city or (place is not None and place.city is not None)
            if place is not None and len(found) < MAX_PLACES:
                found.setdefault(fold(f"{place.city or place.name}|{place.country or ''}"), place)
        if stated is Workplace.REMOTE and not city:
            # "Remote, Germany or Austria" allows both; "Remote or Berlin" says nothing of where.
            allowed |= dict.fromkeys(wide)
    return Places(tuple(found.values()), stated, tuple(allowed))


def country_code(text: str | None) -> str | None:
    """ISO 3166-1 alpha-2 of a country's name or code; None for what is none."""
    if not text:
        return None
    stripped = text.strip()
    if len(stripped) == 2 and stripped.upper() in gazetteer.country_codes():
        return stripped.upper()
    return gazetteer.countries().get(fold(stripped))


@lru_cache(maxsize=1_024)
def known_place(text: str) -> bool:
    """Whether a short text is nothing but a place (or a way of working): what an unlabelled fact is judged by."""
    if len(text) > _MAX_NAMED:
        return False
    parts = _parts(squeeze(text))
    return bool(parts) and all(_is_place(part) for part in parts)


def address_end(text: str) -> str | None:
    """The place at the end of a postal address: `Main St. 12, 04109 Leipzig` gives `04109 Leipzig`."""
    street, comma, rest = text.partition(",")
    while comma:
        if any(c.isdigit() for c in street) and known_place(rest):
            return rest.strip()
        street, comma, rest = rest.partition(",")
    return None


_POSTAL = re.compile(
    r"(?:[A-Z]{1,2}-)?(?:\d{5}|\d{4}(?: [A-Z]{2})?|\d{3} \d{2}) (?!(?:EUR|Euro|USD|CHF|Uhr|Stunden|Mitarbeit\w*|Employees)\b)"
    r"[A-Z\u00c0-\u017d][\w.'’-]+(?:(?:,? (?:in|am|an|der|im|bei|sur|en|la|le|de|del|y|i|v|pod|nad|ob|[A-Z\u00c0-\u017d(][\w.'’)-]*)){1,6})?"
)


def postal_place(text: str) -> bool:
    """Whether a text is a postcode with a name behind it, known or not: `35999 Lahnstadt`, `1011 AB Amsterdam`."""
    return len(text) <= _MAX_POSTAL and _POSTAL.fullmatch(text.strip()) is not None


def _is_place(part: str) -> bool:
    bare = _bare(part)
    tokens = _tokens(bare)
    if not tokens:
        return workplace(part) is not None
    known = [
        _whole(token) or (index > 0 and (_coded(token, bare) or _is_province(token, tokens[index - 1])))
        for index, token in enumerate(tokens)
    ]
    # "Praha – Bubeneč", "Hampton Roads, VA": one known place vouches for a name next to it.
    return any(known) and all(whole or _looks_like_name(token) for whole, token in zip(known, tokens, strict=True))


def _coded(token: str, bare: str) -> bool:
    """A state's or country's code, set off as codes are: `Tampa, FL`, `Berlin (DE)`; the end of "RESUME/CV" is none."""
    known = token in gazetteer.state_codes() or token in gazetteer.country_codes()
    return known and re.search(rf"[,(–-]\s?{token}\b", bare) is not None


_WITH_PROVINCES = frozenset({"BR", "IT", "CH", "MX", "AR"})
"""Countries whose addresses end in two letters that are a state's, a province's or a canton's."""


def _is_province(token: str, before: str) -> bool:
    """The code behind a city of weight: `São Paulo - SP`, `Torino (TO)`."""
    named = gazetteer.cities(fold(before)) if len(token) == 2 and token.isupper() else []
    return bool(named) and named[0].country in _WITH_PROVINCES


def _whole(token: str) -> bool:
    name = fold(token)
    return (
        name in gazetteer.countries()
        or name in gazetteer.states()
        or name in gazetteer.AREAS
        or bool(gazetteer.cities(name))
    )


def _parts(text: str) -> list[str]:
    """A text cut where several places are listed; "Berlin, Germany" stays whole, "Berlin, Munich, Paris" does not."""
    parts: list[str] = []
    for piece in _SEVERAL.split(text):
        words = [word for word in _ALSO.split(piece) if word]
        bare = [_bare(word) for word in words]
        separate = len(words) > 1 and (
            all(map(_only_city, bare)) or _are_lands([*filter(None, bare)], by_comma="," in piece)
        )
        separate = separate or (len(words) > 2 and "," not in piece and all(map(_is_place, words)))
        parts.extend(words if separate else [piece])
    parts = [part for part in parts if part.strip(" ,.-–")]
    if (
        len(parts) > 1
        and any(_bare(part) == "CA" for part in parts)
        and _are_lands([_bare(part) for part in parts], by_comma=False)
    ):
        return ["Canada" if _bare(part) == "CA" else part for part in parts]
    return parts


def _are_lands(names: list[str], *, by_comma: bool) -> bool:
    """Whether names are different countries or areas; codes count unless by comma: "US, CA" is California."""
    lands = [
        (gazetteer.countries().get(fold(name)) if by_comma else country_code(name)) or gazetteer.AREAS.get(fold(name))
        for name in names
    ]
    return len(lands) > 1 and None not in lands and len(set(lands)) == len(lands)


def _only_city(name: str) -> bool:
    """A name that is a city of weight and neither a country nor a state: "Singapore" and "New York" are not."""
    folded = fold(name)
    if folded in gazetteer.countries() or folded in gazetteer.states():
        return False
    return any(city.population > 100_000 for city in gazetteer.cities(folded)[:1])


@lru_cache(maxsize=1_024)
def _bare(part: str) -> str:
    text = _POSTCODE.sub(" ", _LED_BY_CODE.sub(r"\1, ", _HYBRID_DAYS.sub(" ", part)))
    text = _NOISE.sub(_unless_name, _REMOTE_WORDS.sub(_unless_name, text))
    return squeeze(text).strip(" ,.-–—:/()")


def _unless_name(match: re.Match[str]) -> str:
    """Nothing in the place of a word, unless it is part of a name: the code in "Salem, OR", the City in "Kansas City"."""
    before, word = match.string[: match.start()], match.group()
    if before.rstrip().endswith(",") and word in gazetteer.state_codes():
        return word
    if word == "City":
        last = re.split(r"[,;(]", before)[-1].split()
        if any(gazetteer.cities(fold(" ".join([*last[-size:], word]))) for size in (2, 1) if len(last) >= size):
            return word
    return " "


def _tokens(bare: str) -> list[str]:
    tokens: list[str] = []
    for piece in _CUT.split(bare):
        cut = (piece,) if _whole(piece) else _COMPOUND.split(piece)
        plain = (re.sub(r"\s+\d{1,3}$", "", token).strip(" .-") for token in cut)
        tokens += [token if _whole(token) else _ARTICLE.sub("", token) for token in plain]
    return [token for token in tokens if token and not token.isdigit()]


@lru_cache(maxsize=1_024)
def _read(part: str, hint: str | None) -> tuple[Location | None, str | None]:
    """One place, and the area where it is larger than a country."""
    bare = _bare(part)
    tokens = _tokens(bare)
    if not tokens:
        return None, None
    name = _as_stated(part) or bare
    country, region, rest = _country_and_region(tokens, hint)
    rest = [token for token in rest if fold(token) not in gazetteer.AREAS]
    area = next((gazetteer.AREAS[fold(token)] for token in tokens if fold(token) in gazetteer.AREAS), None)
    city = _city(rest, country, region)
    if area is not None and city is None and country in (None, hint):
        return Location(name=name), area
    if city is None and country is None:
        city = next(filter(None, (gazetteer.only_town(fold(name)) for name in rest)), None)
    if city is None and country is None:
        city, country, region = _anywhere(bare)
        rest = []
    if city is not None:
        us = city.region if city.country == "US" else None
        return Location(
            name=name, city=city.name, region=region or us, country=city.country, lat=city.lat, lon=city.lon
        ), None
    named = rest[0] if rest and country is not None and len(rest[0]) < 60 and _looks_like_name(rest[0]) else None
    return Location(name=name, city=named, region=region, country=country or hint), None


def _looks_like_name(text: str) -> bool:
    known = fold(text) in gazetteer.AREAS or (text.isupper() and len(text) <= 4)
    return text[:1].isupper() and len(text.split()) <= 4 and not known


def _as_stated(part: str) -> str:
    """The place in the source's own words, without the words that say how the work is done."""
    text = squeeze(_REMOTE_WORDS.sub(_unless_name, _HYBRID_DAYS.sub(" ", part))).strip(" ,.-–—:/")
    whole = text.count("(") == text.count(")") and not (text[:1] == "(" and text.find(")") == len(text) - 1)
    return text if whole else text.strip("()").strip()


def _country_and_region(tokens: list[str], hint: str | None) -> tuple[str | None, str | None, list[str]]:
    """Take the country and the region out of the parts of an address; what is left may be a city."""
    country: str | None = None
    region: str | None = None
    rest: list[str] = []
    for index in range(len(tokens) - 1, -1, -1):
        token, name = tokens[index], fold(tokens[index])
        if country is None and name in gazetteer.countries():
            country = gazetteer.countries()[name]
        elif (
            region is None
            and name in gazetteer.states()
            and not _rather_city(name, tokens, index)
            and not _lies_elsewhere(tokens[:index], gazetteer.states()[name][0])
        ):
            land, region = gazetteer.states()[name]
            country = country or land
        elif (
            len(token) == 2
            and token.isupper()
            and (code := _code(token, tokens[:index] or rest[:1], country)) is not None
        ):
            land, state = code
            country, region = country or land, region or state
        else:
            rest.insert(0, token)
    return country or (hint if rest else None) or (hint if region else None), region, rest


def _rather_city(name: str, tokens: list[str], index: int) -> bool:
    """Whether a name at the head is the city, not the state: "New York", "Salzburg", "Washington, DC"."""
    if index > 0 or not (named := gazetteer.cities(name)):
        return False
    lands = [gazetteer.countries().get(fold(token)) for token in tokens[1:]]
    if gazetteer.states()[name][0] in lands and all(city.country not in lands for city in named):
        return False  # "Ontario, Canada"
    return len(tokens) > 1 or (named[0].population > 100_000 and name != "washington")


def _lies_elsewhere(before: list[str], land: str) -> bool:
    """Whether the place before a state's name is a city of weight that this country has none of: "Tbilisi, Georgia"."""
    named = gazetteer.cities(fold(before[-1])) if before else []
    return bool(named) and named[0].population > 100_000 and all(city.country != land for city in named)


def _code(token: str, before: list[str], country: str | None) -> tuple[str, str | None] | None:
    """A two-letter code: a state where the place before it lies there ("Berlin, DE" is not in Delaware), else a country."""
    land = gazetteer.state_codes().get(token)
    is_country = token in gazetteer.country_codes()
    if land is not None and not is_country and _lies_elsewhere(before, land):
        return None  # "Milano (MI)" is not in Michigan
    if land is not None and country in (None, land):
        if not is_country or not before or country == land:
            return land, token
        if gazetteer.state_codes().get(before[-1]) == token:
            return token, None  # "Toronto, ON, CA"
        named = gazetteer.cities(fold(before[-1]))
        in_state = [c.population for c in named if c.country == land and (land != "US" or c.region == token)]
        in_country = [c.population for c in named if c.country == token]
        if max(in_country, default=0) > max(in_state, default=0):
            return token, None
        return land, token
    return (token, None) if is_country else None


def _city(names: list[str], country: str | None, region: str | None) -> gazetteer.City | None:
    """The first name that a city bears, or beside a country or state a town; `region` is judged by where it is a code."""
    code = region if region and len(region) == 2 else None
    for known in (gazetteer.cities, gazetteer.towns) if country else (gazetteer.cities,):
        for name in names:
            for city in known(fold(name)):
                if country in (None, city.country) and (city.country != "US" or code in (None, city.region)):
                    return city
    return None


def _anywhere(text: str) -> tuple[gazetteer.City | None, str | None, str | None]:
    """The largest known city, else a country or state, among the words of a text such as "Mexico City HQ"."""
    words = re.findall(r"[^\W\d_][\w.'’-]*", text)[:12]
    runs = [
        fold(" ".join(words[i : i + size]))
        for size in (3, 2, 1)
        for i in range(len(words) - size + 1)
        if words[i][:1].isupper()
    ]
    for run in runs:
        if run in gazetteer.countries():
            return None, gazetteer.countries()[run], None
        named = gazetteer.cities(run)
        if named and named[0].population > 100_000:
            return named[0], None, None
        if run in gazetteer.states():
            land, state = gazetteer.states()[run]
            return None, land, state
    return None, None, None
