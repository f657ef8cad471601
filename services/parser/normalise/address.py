"""The parts of an address: which of them is its country, which its state, and which two letters are neither."""

import re
from collections.abc import Iterable

from quiethire.domain.words import fold
from services.parser.normalise import gazetteer

WITH_PROVINCES = frozenset({"BR", "IT", "CH", "MX", "AR"})
"""Countries whose addresses end in two letters that are a state's, a province's or a canton's."""
_AS_STATES = WITH_PROVINCES | {"IN"}
"""Countries whose codes of regions may be those of American states."""
_OFTEN_WITH = _AS_STATES | {"DE", "ES", "FR", "GB", "NL"}
"""Countries whose codes of regions may be those of countries: "München, BY" is not in Belarus, "Belfast, NI" not in Nicaragua."""
_LONGEST_CODE = 3
_BEFORE_CODE = re.compile(r"(?:(?<=, )|^)(?P<city>[^\W\d_][\w.'’ -]{1,40}) (?P<code>[A-Z]{2,3})(?=$|,)")


def in_words(names: Iterable[str | None], country: str | None) -> str:
    """The parts of an address, from the smallest on, and what is stated as its country, as a text; repeats are left out.

    A country's code that is a state's too is spelled out, for a text would mean the state: `DE`, `CA`, `IN`. Where the
    country already stands there by name, the code may stay.
    """
    known = list(dict.fromkeys(name.strip() for name in names if name and name.strip()))
    land = (country or "").strip()
    if not land or land in known:
        return ", ".join(known)
    code = land.upper()
    if code not in gazetteer.country_codes():
        return ", ".join([*known, land])
    name = gazetteer.country_names()[code]
    spelled = code in gazetteer.state_codes() and gazetteer.countries().get(fold(name)) == code
    named = any(fold(name) in fold(part) for part in known)
    return ", ".join([*known, name if spelled and not named else code])


def set_off_codes(text: str) -> str:
    """A text with a comma before the letters of a state that stand behind a place of it: "Austin TX", "Geelong VIC"."""
    return _BEFORE_CODE.sub(_set_off, text)


def _set_off(match: re.Match[str]) -> str:
    city, code = match["city"], match["code"]
    land = gazetteer.state_codes().get(code)
    lies_there = _is_australian(code, [city]) or (land is not None and people([city], land, code) > 0)
    return f"{city}, {code}" if lies_there else match.group()


def country_and_region(tokens: list[str], hint: str | None) -> tuple[str | None, str | None, list[str]]:
    """Take the country and the region out of the parts of an address; what is left may be a city."""
    country: str | None = None
    region: str | None = None
    rest: list[str] = []
    for index in range(len(tokens) - 1, -1, -1):
        token, name = tokens[index], fold(tokens[index])
        land = gazetteer.countries().get(name)
        if land is not None and (country is None or (country == land and not people([token], land))):
            country = land
        elif (short := gazetteer.short_city(name, region)) is not None:
            rest.insert(0, short)
        elif region is None and _is_state(tokens, index, country):
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


def people(names: list[str], country: str, state: str | None = None) -> int:
    """How many live in the largest place of one of these names in a country, of the United States in this state; 0 where there is none."""
    wanted = state if country == "US" else None
    known = (place for name in names for place in gazetteer.places(fold(name)))
    found = (place.population for place in known if place.country == country and wanted in (None, place.region))
    return max(found, default=0)


def _is_state(tokens: list[str], index: int, country: str | None) -> bool:
    """Whether a name means a state and no city: "Virginia", but not "New York", "Salzburg", "Washington, DC"."""
    name = fold(tokens[index])
    if name not in gazetteer.states():
        return False
    land = gazetteer.states()[name][0]
    if country not in (None, land) or _lies_elsewhere(tokens[:index], land):
        return False
    beside = (*tokens[:index], *tokens[index + 1 :])
    if all(gazetteer.countries().get(fold(token)) == land for token in beside):
        return gazetteer.namesake(name) is None
    return index > 0 or not gazetteer.cities(name)


def _lies_elsewhere(before: list[str], land: str) -> bool:
    """Whether the place before a state's name is a city of weight that this country has none of: "Tbilisi, Georgia"."""
    named = gazetteer.cities(fold(before[-1])) if before else []
    return bool(named) and named[0].population > gazetteer.LARGE and not people(before[-1:], land)


def _code(token: str, before: list[str], country: str | None) -> tuple[str, str | None] | None:
    """The country and the state that two letters mean behind what stands before them; None where they mean neither."""
    land, is_country = gazetteer.state_codes().get(token), token in gazetteer.country_codes()
    if country in (None, "AU") and _is_australian(token, before):
        return "AU", gazetteer.AUSTRALIA[token]
    if land is not None and (country == land or (country is None and not before)):
        return land, token
    if country is not None or not before:
        return (token, None) if is_country else None
    if land is not None and is_country:
        return _state_or_country(token, land, before)
    if _is_of_province(token, before[-1]) or (land is not None and _lies_elsewhere(before, land)):
        return None  # "Milano (MI)" is not in Michigan
    return (land, token) if land is not None else ((token, None) if is_country else None)


def _is_australian(token: str, before: list[str]) -> bool:
    """Whether letters are those of a state of Australia behind a place that lies there: "Adelaide, SA" is not in Saudi Arabia."""
    if token not in gazetteer.AUSTRALIA or not before:
        return False
    return people(before[-1:], "AU") > people(before[-1:], gazetteer.state_codes().get(token, token), token)


def _state_or_country(token: str, land: str, before: list[str]) -> tuple[str, str | None] | None:
    """What letters mean that are a state's code and a country's: "Berlin, DE" is not in Delaware."""
    if gazetteer.state_codes().get(before[-1]) == token:
        return token, None  # "Toronto, ON, CA"
    if _names_country(token, land, before):
        return token, None  # "Germany, DE", "Saanichton, British Columbia, CA"
    in_state, in_country = people(before, land, token), people(before, token)
    if in_country > in_state or (not in_state and _is_coded(before)):
        return token, None
    return (land, token) if in_state or not _is_of_province(token, before[-1]) else None


def _names_country(code: str, land: str, before: list[str]) -> bool:
    """Whether a code stands behind its country, or a region of it; "Ontario, CA" alone is a city in the code's state."""
    name = fold(before[-1])
    if gazetteer.states().get(name, ("", ""))[0] == code:
        return len(before) > 1 or not people([name], land, code)
    return gazetteer.countries().get(name) == code


def _is_coded(before: list[str]) -> bool:
    """Whether a city and the code of its region end here, so that what follows is the country: "Walldorf, BW" before "DE"."""
    head, code = before[0], before[-1]
    if (
        len(before) == 1
        or not code.isupper()
        or len(code) > _LONGEST_CODE
        or (head.isupper() and len(head) <= _LONGEST_CODE)
    ):
        return False
    return fold(code) not in gazetteer.countries() and code not in ("US", "CA") and not gazetteer.cities(fold(code))


def _is_of_province(token: str, name: str) -> bool:
    """Whether letters are the code of the region that a city lies in: "Torino (TO)" is not in Tonga, nor "Curitiba, PR" in Puerto Rico."""
    folded, land = fold(name), gazetteer.state_codes().get(token)
    named = gazetteer.cities(folded)
    if not named or named[0].country not in (_OFTEN_WITH if land is None else _AS_STATES) or people([name], token):
        return False
    if folded[0] == token[0].lower() and token[1].lower() in folded[1:]:
        return land is None or not people([name], land, token)
    return named[0].population > gazetteer.LARGE and (land is None or not people([name], land))
