"""Places: from "Berlin or Munich", "Remote - Germany" or "Tampa, FL 33634" to city, region and country."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from quiethire.domain.posting import Location, Workplace
from services.parser.normalise import gazetteer
from services.parser.normalise.job_type import workplace
from services.parser.normalise.text import fold, squeeze

MAX_PLACES = 50

_REMOTE_WORDS = re.compile(
    r"\b(100\s?%|fully|full|partly|remote[- ]first|remote|remotely|remoto|remota|en remoto|hybrid[ea]?|h[ií]brido|on[- ]?site"
    r"|in[- ]office|work from home|wfh|home[ -]?office|telecommute|t[eé]l[eé]travail|teletrabajo|presencial|possible|möglich|ok"
    r"|eligible|friendly|first|only|based|or|oder|within|from|in|anywhere in|flexible|optional)\b",
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
        for part in _parts(squeeze(text[:2_000])):
            how = workplace(part)
            stated = stated or how
            place, area = _read(part, country_hint)
            if how is Workplace.REMOTE and (where := area or (place and not place.city and place.country)):
                allowed[where] = None
            if place is not None and len(found) < MAX_PLACES:
                found.setdefault(fold(f"{place.city or place.name}|{place.country or ''}"), place)
    return Places(tuple(found.values()), stated, tuple(allowed))


def country_code(text: str | None) -> str | None:
    """ISO 3166-1 alpha-2 of a country's name or code; None for what is none."""
    if not text:
        return None
    stripped = text.strip()
    if len(stripped) == 2 and stripped.upper() in gazetteer.country_codes():
        return stripped.upper()
    return gazetteer.countries().get(fold(stripped))


def known_place(text: str) -> bool:
    """Whether a short text is nothing but a place (or a way of working): what an unlabelled fact is judged by."""
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


def _is_place(part: str) -> bool:
    tokens = _tokens(_bare(part))
    if not tokens:
        return workplace(part) is not None
    bare = _bare(part)
    known = [_whole(token) or (index > 0 and _coded(token, bare)) for index, token in enumerate(tokens)]
    # "Praha – Bubeneč", "Hampton Roads, VA": one known place vouches for a name next to it.
    return any(known) and all(whole or _looks_like_name(token) for whole, token in zip(known, tokens, strict=True))


def _coded(token: str, bare: str) -> bool:
    """A state's or country's code, set off as codes are: `Tampa, FL`, `Berlin (DE)`; the end of "RESUME/CV" is none."""
    known = token in gazetteer.state_codes() or token in gazetteer.country_codes()
    return known and re.search(rf"[,(–-]\s?{token}\b", bare) is not None


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
        separate = len(words) > 1 and all(_only_city(word) for word in bare)
        separate = separate or (len(words) > 2 and "," not in piece and all(map(_is_place, words)))
        parts.extend(words if separate else [piece])
    return [part for part in parts if part.strip(" ,.-–")]


def _only_city(name: str) -> bool:
    """A name that is a city of weight and neither a country nor a state: "Singapore" and "New York" are not."""
    folded = fold(name)
    if folded in gazetteer.countries() or folded in gazetteer.states():
        return False
    return any(city.population > 100_000 for city in gazetteer.cities(folded)[:1])


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
    cut = re.split(r"\s*[,()/:]\s*|\s+[-–—]\s+|\s*[–—]\s*|(?<=[a-z])-(?=[A-Z][a-z])", bare)
    tokens = [re.sub(r"\s+\d{1,3}$", "", token).strip(" .-") for token in cut]
    return [token for token in tokens if token and not token.isdigit()]


def _read(part: str, hint: str | None) -> tuple[Location | None, str | None]:
    """One place, and the area where it is larger than a country."""
    bare = _bare(part)
    tokens = _tokens(bare)
    if not tokens:
        return None, None
    name = _as_stated(part) or bare
    country, region, rest = _country_and_region(tokens, hint)
    city = _city(rest, country, region)
    area = next((gazetteer.AREAS[fold(token)] for token in tokens if fold(token) in gazetteer.AREAS), None)
    if area is not None and city is None and country in (None, hint):
        return Location(name=name), area
    if city is None and country is None:
        city, country, region = _anywhere(bare)
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
    return text if text.count("(") == text.count(")") else text.strip("()").strip()


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
    for name in names:
        for city in gazetteer.cities(fold(name)):
            if country not in (None, city.country):
                continue
            if region and city.country == "US" and len(region) == 2 and city.region != region:
                continue
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
