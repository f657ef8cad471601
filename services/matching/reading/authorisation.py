"""The words with which a posting asks for a right to work that one has already, or refuses to sponsor one."""

import re

from services.matching.reading.text import around, holds

_HINTS = ("sponsor", "right", "permit", "authori", "eligible", "arbeitserlaubnis")
_CITIZEN_HINTS = ("citizen", "green card", "permanent resident", "u.s. person", "us person")
"""Words without which the patterns find nothing: to look for them first costs a tenth."""
_NOT = r"(?:ca|wo|do|does|is|are|did|could|would)n['’]t"
_NO = rf"(?:unable|cannot|cant|wont|dont|not|{_NOT})"
_ON = r"(?:(?!(?:we|but|however|yet|only|just|merely|hesitate|shy|mind|worry|wait|charge|fear|afraid)\b)\w+\s+)"
"""A word between a negation and what it denies: none that turns the sentence, and no other thing that is denied."""
_NO_VISA = (
    r"(?!\s+(?:\w+\s+)?(?:events?|teams?|meet-?ups?|conferences?|clubs?|sports?|charit\w+|hackathons?"
    r"|tournaments?|causes)\b)"
)
_US = r"u\.?\s?s\.?(?:\s?a\.?)?\s+"
_LAND = rf"(?:(?-i:[A-Z][\w.]*)\s+|{_US}|(?:american|european|british|eu|uk)\s+)"
_RESIDENT = r"(?:green\s+card\s+holder|(?:lawful\s+|legal\s+)?permanent\s+resident)s?"
_ASKED = re.compile(
    rf"\b{_NO}\s+{_ON}{{0,4}}?sponsor\w*\b{_NO_VISA}"
    r"|\bno\s+(?:(?!but\b)\w+\s+){0,2}sponsorship\b(?!\s+(?:problem|issue|worries|needed|required|necessary))"
    r"|\bwithout\s+(?:\w+\s+){0,4}sponsorship"
    r"|sponsorship\s+(?:(?:is|are|will\s+be|can\s+be)\s+)?(?:currently\s+)?(?:not\s+(?:\w+\s+){0,2}?(?:available|offered|provided|possible|supported|considered|included|given|an\s+option)"
    r"|un(?:available|supported|offered))"
    r"|sponsorship\s+(?:(?:is|ca|wo)n['’]t|cannot)\s+(?:\w+\s+){0,2}?(?:available|offered|provided|possible|supported|considered)"
    r"|\bineligible\s+for\s+(?:\w+\s+){0,2}sponsorship"
    r"|must\s+(?:already\s+)?(?:be\s+(?:legally\s+)?(?:authori[sz]ed|eligible|permitted)\s+to\s+work|(?:have|hold)\s+(?:\w+\s+){0,3}"
    r"(?:right\s+to\s+work|work\s+(?:permit|authori[sz]ation)))"
    r"|(?:right\s+to\s+work|work\s+(?:permit|authori[sz]ation))\s+(?:is\s+)?required"
    r"|(?:gültige\s+)?arbeitserlaubnis\s+(?:ist\s+)?(?:erforderlich|vorausgesetzt)",
    re.IGNORECASE,
)
_CITIZEN = re.compile(
    rf"\bmust\s+(?:currently\s+)?be\s+(?:an?\s+)?(?:{_LAND}{{1,2}}citizens?\b|{_US}(?:person|national)s?\b|citizens?\s+of\s+(?:the\s+)?(?-i:[A-Z])\w*|{_LAND}{{0,2}}{_RESIDENT}\b)"
    rf"|\bmust\s+(?:have|hold|possess)\s+(?:an?\s+)?{_LAND}{{1,2}}citizenship\b"
    rf"|{_LAND}{{1,2}}citizenship\s+(?:(?:status\s+)?is\s+)?(?:required|mandatory|essential|necessary|a\s+must)\b"
    rf"|\b(?:requires?|proof\s+of)\s+{_LAND}{{1,2}}citizenship\b"
    rf"|{_LAND}{{1,2}}citizens?\s+only\b|\bonly\s+(?:open|available)\s+(?:to|for)\s+{_LAND}{{1,2}}citizens\b",
    re.IGNORECASE,
)
_ONLY_AT_TIMES = re.compile(
    r"\b(?:if|where|when|whether|unless|some|certain|may|might|could|not|prefer\w*|desir\w+)\b", re.IGNORECASE
)
"""Of citizenship: asked for some projects, or welcome. Then it hides nothing."""
_OFFERED = re.compile(
    r"\bwe(?:['’]ll|\s+(?:will|can|do|may|gladly|also))?\s+(?:(?:gladly|also|happily|offer|provide|visa)\s+){0,2}sponsor"
    r"|\b(?:happy|able|willing|glad|ready)\s+to\s+(?:\w+\s+)?sponsor"
    r"|sponsorship\s+(?:is\s+|can\s+be\s+)?(?:available|offered|provided|possible|not\s+a(?:n\s+issue|\s+problem))",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    rf"\b(?:not|un|{_NOT}|in)\s?(?:currently\s|presently\s)?(?:happy|able|willing|ready)\s+to\b",
    re.IGNORECASE,
)


def authorisation(text: str, lower: str) -> str | None:
    """The first of these words, unless their sentence offers to sponsor too. `lower` is the text in lower case."""
    for found in _ASKED.finditer(text) if holds(lower, _HINTS) else ():
        sentence = " ".join(around(text, found.start(), found.end()))
        if _REFUSING.search(sentence) or not _OFFERED.search(sentence):
            return " ".join(found.group().split())
    for found in _CITIZEN.finditer(text) if holds(lower, _CITIZEN_HINTS) else ():
        sentence = found.group().join(around(text, found.start(), found.end()))
        if not _ONLY_AT_TIMES.search(sentence) and not _OFFERED.search(sentence):
            return " ".join(found.group().split())
    return None
