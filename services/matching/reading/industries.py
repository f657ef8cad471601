"""Industries, as postings and profiles name them: bits of a number, so that two sides are compared at once."""

import re
from collections.abc import Iterable
from functools import lru_cache

_WORDS = {
    "banking and finance": r"fintech|banking|finance industry|financial (?:services|technology)|payments? (?:company|platform)|capital markets"
    r"|asset management|finanzdienstleist\w*|finance sector",
    "insurance": r"insurance|insurtech|versicherung\w*",
    "health care": r"health ?care|healthtech|health tech|medtech|hospitals?|clinics?|digital health|gesundheitswesen|krankenhaus",
    "life sciences": r"biotech\w*|pharma\w*|life sciences?|drug discovery",
    "automotive": r"automotive|automobil\w*|electric vehicles?|autonomous driving",
    "manufacturing": r"manufacturing|industrial automation|maschinenbau|industry 4\.0",
    "energy": r"energy (?:sector|industry|transition|company)|renewables?|solar (?:power|energy)|cleantech|climate ?tech|utilities",
    "retail and commerce": r"retail|e-?commerce|online shop\w*|marketplaces?|consumer goods",
    "logistics and transport": r"logistics|supply chain (?:industry|company|platform)|freight|shipping industry|mobility (?:company|platform)|aviation",
    "education": r"edtech|ed-tech|education (?:sector|technology)|e-?learning|universit(?:y|ies)",
    "games": r"video games?|gaming|game studio",
    "media and advertising": r"adtech|ad-tech|advertising|publishing|broadcasting|streaming media|news media",
    "telecommunications": r"telecoms?|telecommunications?|telekommunikation",
    "public sector": r"public sector|government (?:agency|agencies|sector)|govtech|öffentlicher dienst",
    "defence and space": r"defen[cs]e (?:industry|tech|sector|company)|aerospace|space industry|satellites?",
    "real estate and construction": r"real estate|proptech|construction (?:industry|company|sector)|bauwesen",
    "travel and hospitality": r"travel (?:industry|company|tech)|hospitality|hotels?|tourism",
    "food and agriculture": r"food (?:industry|tech|delivery)|agtech|agriculture|restaurants?",
    "cybersecurity": r"cyber ?security (?:company|industry|vendor|platform)|infosec company",
    "crypto": r"crypto(?:currency|currencies)?|blockchain|web3|defi",
}
_NAMES = tuple(_WORDS)
_PATTERNS = tuple(re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for words in _WORDS.values())
_ALIASES = {
    "banking": "banking and finance",
    "finance": "banking and finance",
    "health": "health care",
    "energy": "energy",
    "retail": "retail and commerce",
    "logistics": "logistics and transport",
    "transport": "logistics and transport",
    "education": "education",
    "media": "media and advertising",
    "travel": "travel and hospitality",
    "food": "food and agriculture",
    "construction": "real estate and construction",
    "defense": "defence and space",
    "defence": "defence and space",
    "space": "defence and space",
    "security": "cybersecurity",
    "cybersecurity": "cybersecurity",
    "government": "public sector",
}

_HEAD = 700
"""Characters of a description in which employers say who they are."""


@lru_cache(maxsize=4096)
def _of(word: str) -> int:
    plain = word.strip().lower()
    name = _ALIASES.get(plain, plain)
    bits = sum(1 << bit for bit, each in enumerate(_NAMES) if each == name)
    return bits or _named_in(word)


def industries_of(words: Iterable[str]) -> int:
    """The industries that a profile names. Words that are not understood give none."""
    bits = 0
    for word in words:
        bits |= _of(word)
    return bits


def industries_in(description: str) -> int:
    """The industries that the head of a posting's description names; none where it names more than two."""
    bits = _named_in(description[:_HEAD])
    return bits if bits.bit_count() <= 2 else 0


def named_industries(bits: int) -> list[str]:
    """Their names."""
    return [name for bit, name in enumerate(_NAMES) if bits >> bit & 1]


def _named_in(text: str) -> int:
    return sum(1 << bit for bit, pattern in enumerate(_PATTERNS) if pattern.search(text))
