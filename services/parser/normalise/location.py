"""Places: from "Berlin or Munich", "Remote - Germany" or "Tampa, FL 33634" to city, region and country."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from quiethire.domain.posting import Location, Workplace
from quiethire.domain.words import fold
from services.parser.normalise import gazetteer
from services.parser.normalise.address import WITH_PROVINCES, country_and_region, people, set_off_codes
from services.parser.normalise.asian_address import asian_address
from services.parser.normalise.meant_city import anywhere, city_of
from services.parser.normalise.text import squeeze
from services.parser.normalise.workplace import workplace

MAX_PLACES = 50
_MAX_NAMED = 400
"""Characters of the longest text that is nothing but places."""

_REMOTE_WORDS = re.compile(
    r"\b100\s?%|\b(fully|full|partly|remote[- ]first|remote|remotely|remoto|remota|en remoto|hybrid[ea]?|h[ií]brido|on[- ]?site"
    r"|in[- ]office|work from home|wfh|home[ -]?office|telecommute|t[eé]l[eé]travail|teletrabajo|presencial|possible|möglich|ok"
    r"|eligible|friendly|first|only|based|or|(?<![(/])(?<!der )oder|within|from|in|anywhere in|flexible|optional|innerhalb|mobile[sn]? arbeiten|smart ?working|telelavoro"
    r"|teletrabalho|thuiswerk\w*|distans\w*|hela|praca zdalna|zdalni?e?|pr[aá]ce z domova|hjemmekontor|hjemmearbej\w*|time ?zones?|residents?|must be)\b",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(offices?|hq|headquarters?|head ?office|metro(politan)?( area)?|greater|area|surrounding|and surroundings|region|campus|hub"
    r"|site|location|woj(?:ew[óo]dztwo)?|voivodeship|headquartered|downtown|based|multiple locations|various locations|verschiedene|standorte?|umgebung|raum|bei|near"
    r"|city)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\s*(?:[;|•·\n]|\s/\s|\s&\s|(?-i:\b[Oo]r\b)|(?<![(/])(?<!der )\boder\b|\bou\b|\s\+\s|(?<=(?-i:,\s[A-Z][A-Z]))\s(?:and|und|et|y)\s)\s*",
    re.IGNORECASE,
)
"""What stands between places. "OR" in capitals is Oregon, and "Frankfurt (Oder)" lies on a river."""
_ALSO = re.compile(r"\s*(?:/|,|\b(?:and|und|et|y|e|i|o|u|en|of|og|och|eller|a|nebo|oraz|lub)\b)\s*", re.IGNORECASE)
_HYBRID_DAYS = re.compile(
    r"\d\+?\s?(?:-\s?\d\s?)?(?:days?|tage?n?|jours?|d[ií]as?|giorni|dagen|dage|dagar|dn[ií]|dny)\b[^,;|/)]{0,40}",
    re.IGNORECASE,
)
"""How many days are worked where: "3 days a week in the office", "2 days in Berlin office"."""
_CAPITAL = re.compile(r"\b(Bogot[aá]),? D\.? ?C\b\.?")
"""The one whose official name ends like a district of the United States."""
_COMMAS = re.compile(r"[،、，]")
_BRACKETS = str.maketrans("（）", "()")
_PAIR = 2
_EMPTY_BRACKETS = re.compile(r"\([\s,]*\)")
_NAME = re.compile(r"[A-ZÀ-Ž][\w.'’-]+(?:\s[A-ZÀ-Ž][\w.'’-]+){0,2}")
_LED_BY_CODE = re.compile(r"(?<![A-Za-z])([A-Z]{2})-(?=[A-Z])")
_CUT = re.compile(r"\s*[,()/:]\s*|\s+[-–—]\s+|\s*[–—]\s*")
_COMPOUND = re.compile(r"(?<=[a-zà-ž])-(?=[A-ZÀ-Ž][a-zà-ž])")
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


def parse_locations(texts: Iterable[str], country_hint: str | None = None, *, likely: str | None = None) -> Places:
    """Read every place of every text, in order, each once.

    The hint is the country of what names none. `likely` is a country that only settles which of two cities of a name is meant.
    """
    found: dict[str, Location] = {}
    allowed: dict[str, None] = {}
    stated: Workplace | None = None
    for text in texts:
        wide: list[str] = []
        city = False
        for part in _parts(_with_commas(text[:2_000])):
            how = workplace(part)
            place, area = _read(part, country_hint, likely)
            how = how or (Workplace.REMOTE if area == "Worldwide" and _ANYWHERE.search(part) else None)
            stated = stated or how
            where = area or (place.country if place is not None and not place.city else None)
            if where and how is Workplace.REMOTE:
                allowed[where] = None
            elif where and how is None:
                wide.append(where)
            city = city or (place is not None and place.city is not None)
            if place is not None and len(found) < MAX_PLACES and _names_some(place):
                found.setdefault(fold(f"{place.city or place.name}|{place.country or ''}"), place)
        if stated is Workplace.REMOTE and not city:
            # "Remote, Germany or Austria" allows both; "Remote or Berlin" says nothing of where.
            allowed |= dict.fromkeys(wide)
    return Places(tuple(found.values()), stated, tuple(allowed))


def country_code(text: str | None) -> str | None:
    """ISO 3166-1 alpha-2 of a country's name, in any common language, or code; None for what is none."""
    return _land(text) or gazetteer.countries_abroad().get(fold(text)) if text else None


def _land(text: str) -> str | None:
    """The same of the languages of the field: what any further one calls a country may be a place in a list of them."""
    stripped = text.strip()
    if len(stripped) == 2 and stripped.upper() in gazetteer.country_codes():
        return stripped.upper()
    return gazetteer.countries().get(fold(stripped))


@lru_cache(maxsize=1_024)
def known_place(text: str) -> bool:
    """Whether a short text is nothing but a place (or a way of working): what an unlabelled fact is judged by."""
    if len(text) > _MAX_NAMED:
        return False
    parts = _parts(_with_commas(text))
    return bool(parts) and all(_is_place(part) for part in parts)


def _with_commas(text: str) -> str:
    """One line, with the commas and brackets of other scripts as ours."""
    return squeeze(text if text.isascii() else _COMMAS.sub(", ", text).translate(_BRACKETS))


def _names_some(place: Location) -> bool:
    """Whether a place that is not known may be one: it has letters, and is no way of working in another language."""
    known = place.city or place.region or place.country
    return bool(known) or (any(map(str.isalpha, place.name)) and workplace(place.name) is None)


def _is_place(part: str) -> bool:
    if asian_address(part) is not None:
        return True
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


def _is_province(token: str, before: str) -> bool:
    """The code behind a city of weight: `São Paulo - SP`, `Torino (TO)`."""
    named = gazetteer.cities(fold(before)) if len(token) == 2 and token.isupper() else []
    return bool(named) and named[0].country in WITH_PROVINCES


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
    for piece in _pieces(text):
        words = [word for word in _ALSO.split(piece) if word]
        bare = [name for name in map(_bare, words) if name]
        lands = _are_states(bare) or _are_lands(bare, by_comma="," in piece)
        separate = len(bare) > 1 and (_are_cities(bare) or lands)
        separate = separate or (len(words) > 2 and "," not in piece and all(map(_is_place, words)))
        parts.extend(words if separate else _beside_states(words) or [piece])
    parts = [part for part in parts if part.strip(" ,.-–")]
    bare = [_bare(part) for part in parts]
    if "CA" in bare and _are_lands(bare, by_comma=False):
        return ["Canada" if _bare(part) == "CA" else part for part in parts]
    return parts


def _pieces(text: str) -> list[str]:
    """A text cut at what stands between places only; the code of a province stays with its city: "Curitiba / PR"."""
    pieces: list[str] = []
    for piece in _SEVERAL.split(text):
        if pieces and _is_province(piece, pieces[-1]) and fold(piece) not in gazetteer.countries():
            pieces[-1] += f", {piece}"
        else:
            pieces.append(piece)
    return pieces


def _beside_states(words: list[str]) -> list[str]:
    """Cities each beside its state, where all are: "Boston, MA, Austin, TX"; nothing where the words are no such list."""
    found: list[str] = []
    cities = at = 0
    while at < len(words):
        beside = at + 1 < len(words) and _is_state_of(_bare(words[at + 1]), _bare(words[at]))
        size = 2 if beside else 1
        if beside and at + 2 < len(words) and fold(words[at + 2]) in gazetteer.countries():
            size = 3
        if not beside and _bare(words[at]):
            return []
        found.append(", ".join(words[at : at + size]))
        cities += beside
        at += size
    return found if cities > 1 else []


def _is_state_of(state: str, city: str) -> bool:
    """Whether a name is an American state's or a Canadian province's, by letters or, where it has a city of the name, in full."""
    if not city or city in gazetteer.state_codes():
        return False
    if state in gazetteer.state_codes():
        return True
    land, code = gazetteer.states().get(fold(state), ("", ""))
    return land in ("US", "CA") and people([city], land, code) > 0


def _are_lands(names: list[str], *, by_comma: bool) -> bool:
    """Whether names are different countries or areas; codes count unless by comma: "US, CA" is California."""
    lands = [
        (gazetteer.countries().get(fold(name)) if by_comma else _land(name)) or gazetteer.AREAS.get(fold(name))
        for name in names
    ]
    return len(lands) > 1 and None not in lands and len(set(lands)) == len(lands)


def _are_states(names: list[str]) -> bool:
    """Whether names are different states of one country, and none a town in another: "Indiana, Pennsylvania" is one place."""
    states = [gazetteer.states().get(fold(name), ("", "")) for name in names]
    lands, codes = {land for land, _ in states}, {code for _, code in states}
    if len(codes) < len(names) or lands not in ({"US"}, {"CA"}) or not all(codes):
        return False
    towns = [(name, own) for name, own in zip(names, states, strict=True) if gazetteer.namesake(fold(name)) is None]
    return not any(state != own and _lies_in(town, *state) for town, own in towns for state in states)


def _are_cities(names: list[str]) -> bool:
    """Whether names are cities of weight, none of which says where another one lies: "Buffalo, New York" is one place."""
    return all(_only_city(name) or _is_one_of(index, names) for index, name in enumerate(names))


def _is_one_of(index: int, names: list[str]) -> bool:
    """Whether a city that bears the name of a state or country is one of several: "New York, London" and "London, Singapore"."""
    if "." in names[index]:
        return False  # "Bogotá, D.C."
    folded = fold(names[index])
    land, state = gazetteer.states().get(folded) or (gazetteer.countries().get(folded), None)
    if names.count(names[index]) > 1 or not any(
        city.population > gazetteer.LARGE for city in gazetteer.cities(folded)[:1]
    ):
        return False
    if state is not None and (index == 0 or len(names) > _PAIR):
        # Two names may be a city and its state; of three cities, the one before must well be known to lie there.
        beside = names[index - 1 if index else 1]
        if beside in gazetteer.state_codes():
            return False  # "Washington, DC"
        known = gazetteer.cities(fold(beside))
        follows = 0 < index < len(names) - 1 and _only_city(names[index + 1])
        return follows or not (known and known[0].country == land and known[0].region == state)
    return not any(_lies_in(other, land, state if index else None) for other in names if other != names[index])


def _lies_in(name: str, land: str | None, state: str | None) -> bool:
    """Whether a place of this name is in a state, or the likeliest one in a country."""
    if state is None:
        return any(city.country == land for city in gazetteer.places(fold(name))[:1])
    return land is not None and people([name], land, state) > 0


def _only_city(name: str) -> bool:
    """A name that is a city of weight and neither a country nor a state: "Singapore" and "New York" are not."""
    folded = fold(name)
    if folded in gazetteer.countries() or folded in gazetteer.states():
        return False
    return any(city.population > gazetteer.LARGE for city in gazetteer.cities(folded)[:1])


@lru_cache(maxsize=1_024)
def _bare(part: str) -> str:
    text = _HYBRID_DAYS.sub(_city_of_days, _CAPITAL.sub(r"\1", part))
    text = _POSTCODE.sub(" ", _LED_BY_CODE.sub(r"\1, ", text))
    text = _NOISE.sub(_unless_name, _REMOTE_WORDS.sub(_unless_name, text))
    text = set_off_codes(squeeze(text).strip(" ,.-–—:/()"))
    return f"{text})" if text.count("(") > text.count(")") else text


def _city_of_days(match: re.Match[str]) -> str:
    """The city in the place of the words on days: "2 days in Berlin office"."""
    for name in _NAME.finditer(match.group()):
        words = name.group().split()
        for size in range(len(words), 0, -1):
            if gazetteer.is_large_city(city := " ".join(words[:size])):
                return f" {city} "
    return " "


def _unless_name(match: re.Match[str]) -> str:
    """Nothing in the place of a word, unless it is part of a name: the code in "Salem, OR", the City in "Kansas City", the Area in "Bay Area"."""
    before, word = match.string[: match.start()], match.group()
    if before.rstrip().endswith(",") and word in gazetteer.state_codes():
        return word
    last = re.split(r"[,;(]|\s[-–—]\s", before)[-1].split()
    if word == "City":
        names = [" ".join([*last[-size:], word]) for size in (2, 1) if len(last) >= size]
    else:
        names = [_NOISE.sub(" ", " ".join(last)) + " area"] if word.lower() == "area" else []
    return word if any(gazetteer.cities(fold(squeeze(name))) for name in names) else " "


def _tokens(bare: str) -> list[str]:
    tokens: list[str] = []
    # "Halle (Saale), Germany": brackets may be part of a name, commas never are.
    chunks = re.split(r"\s*,\s*", bare)
    for piece in (piece for chunk in chunks for piece in ((chunk,) if _whole(chunk) else _CUT.split(chunk))):
        cut = (piece,) if _whole(piece) else _COMPOUND.split(piece)
        plain = (re.sub(r"\s+\d{1,3}$", "", token).strip(" .-") for token in cut)
        tokens += [token if _whole(token) else _ARTICLE.sub("", token) for token in plain]
    return [token for token in tokens if token and not token.isdigit()]


@lru_cache(maxsize=1_024)
def _read(part: str, hint: str | None, likely: str | None) -> tuple[Location | None, str | None]:
    """One place, and the area where it is larger than a country."""
    if (address := asian_address(part)) is not None:
        return address, None
    bare = _bare(part)
    tokens = _tokens(bare)
    if not tokens:
        return None, None
    name = _as_stated(part) or bare
    *others, last = tokens
    abroad = gazetteer.countries_abroad().get(fold(last))
    if abroad is not None and not others:
        return Location(name=name, country=abroad), None
    country, region, rest = country_and_region(tokens, hint)
    rest = [token for token in rest if fold(token) not in gazetteer.AREAS]
    area = next((gazetteer.AREAS[fold(token)] for token in tokens if fold(token) in gazetteer.AREAS), None)
    city = city_of(rest, country, region, likely)
    if area is not None and city is None and country in (None, hint):
        return Location(name=name), area
    if city is None and country is None:
        city = next(filter(None, (gazetteer.only_town(fold(name)) for name in rest)), None)
    if city is None and country is None:
        city, country, region = anywhere(bare, likely)
        rest = []
    if city is None and country is None and abroad is not None:
        city, country, rest = city_of(others, abroad, None, likely), abroad, others
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
    bare = _EMPTY_BRACKETS.sub(" ", _REMOTE_WORDS.sub(_unless_name, _HYBRID_DAYS.sub(_city_of_days, part)))
    text = squeeze(bare).strip(" ,.-–—:/")
    whole = text.count("(") == text.count(")") and not (text[:1] == "(" and text.find(")") == len(text) - 1)
    return text if whole else text.strip("()").strip()
