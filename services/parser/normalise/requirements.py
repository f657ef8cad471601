"""What a posting asks for: the list items under a heading of requirements."""

import re

from services.parser.normalise.text import fold

MAX_REQUIREMENTS = 60
_HEADING_LENGTH = 90

_REQUIRED = re.compile(
    r"\b(requirements?|qualifications?|what you.?ll (need|bring)|what you bring|what you need|what we need|who you are|about you"
    r"|you (have|bring|are)|your (profile|background|skills|experience)|skills|must.haves?|what we.re looking for|we.re looking for"
    r"|looking for|you might be a fit|might be a fit|minimum|experience|nice to have|bonus points"
    r"|anforderung\w*|(dein|ihr|euer) profil|profil|qualifikation\w*|das bringst du mit|was (du|sie) mitbring\w*|voraussetzung\w*"
    r"|requisit\w+|perfil|exigenc\w+|buscamos|competenc\w+|profil recherche|votre profil|competences|vereisten|wie ben jij|jouw profiel"
    r"|kvalifikation\w*|kvalifikasjon\w*|kompetenc\w*|din profil|krav|pozadavky|pozadujeme|ocekavame|wymagania|oczekujemy|requisiti)\b"
)


def requirements(description_text: str) -> tuple[str, ...]:
    """The items (`- …` lines) of plain text that stand under such a heading, up to the next heading."""
    found: dict[str, None] = {}
    asked = False
    for line in description_text.splitlines():
        if line.startswith("- "):
            if asked:
                found[line[2:].strip()[:500]] = None
        elif line.strip():
            short = len(line) <= _HEADING_LENGTH
            asked = short and _REQUIRED.search(fold(line)) is not None
    return tuple(item for item in found if item)[:MAX_REQUIREMENTS]
