"""Whose years a sentence tells of: asked of the person, or told of the company and of others.

"Acme has 25+ years of experience" and "mentored by an engineer with 15+ years" ask nothing. Where a sentence may mean
either, nothing is read: a minimum that is none would hide a posting.
"""

import re

from services.matching.reading.text import around

_TOLD = re.compile(
    r"\b(?:founded|(?:co-?)?founders?|founding team|leadership team|combined(?! with)|collective(?:ly)?|backed by|gründer\w*|years? old|of age)\b",
    re.IGNORECASE,
)
"""What a sentence holds where its years are of the company, its founders or its team."""
_COMPANY_WITH = re.compile(
    r"\b(?:our (?!ideal|perfect|next|new|successful|future)(?:(?!and |or )\w+ ){0,3}(?:has|have|brings?)"
    r"|(?:company|firm|agency|business|group|start-?up|provider|supplier|manufacturer|consultancy|organi[sz]ation|employer|institution|team|team of (?:\w+ ){0,2}\w+) with"
    r"|mentors?,? (?:\w+ ){0,4}with)\b",
    re.IGNORECASE,
)
"""The same where it stands before the years."""
_TENURE = re.compile(
    r"\b(?:sabbaticals?|vest(?:s|ed|ing)?|anniversar\w+|long[- ]service|(?:with|for|at) (?-i:us)|jubil\w+|betriebszugehörigkeit)\b",
    re.IGNORECASE,
)
"""Years that somebody will have worked here."""
_PERSON = re.compile(
    r"\b(?:you|your|yourself|candidates?|applicants?|someone|somebody|individuals?|person|incumbent|hire|ideal|successful|qualified"
    r"|role|position|job|sie|du|dich|dir|ihnen|vous|tu|usted|bewerber\w*|kandidat\w*|candidat\w*)\b",
    re.IGNORECASE,
)
_SOUGHT = re.compile(
    r"\b(?:look(?:s|ing)? for|seek\w*|search\w*|hir\w+|recruit\w*|need\w*|want\w*|requir\w*|expect\w*|asks?|asking|must|should|would (?:like|love)"
    r"|prefer\w*|welcom\w*|consider\w*|suchen|sucht|recherch\w+|cherch\w+|busca\w*|cerca\w*|zoek\w*)\b",
    re.IGNORECASE,
)
_LEAD_IN = r"(?:(?:over|more|than|well|nearly|almost|about|around|some|roughly|proudly|together|already|the|a|an|total|minimum|of|at|least|mehr|als|über|plus|de|más)\s+){0,4}$"
"""What stands between a word and the figure that goes with it."""
_JUST_BEFORE = re.compile(
    r"(?:\b(?:after|during|within|last|past|previous|prior|next|first|every|celebrat\w+|(?<!no )(?<!not )(?:less|fewer) than|no more than|at most|up to|under|max(?:imum)?(?: of)?|average(?: of)?"
    r"|our|their|its|his|her|my)|(?<!master)(?<!bachelor)(?<!associate)(?<!\bit)['’]s)\.?\s+" + _LEAD_IN,
    re.IGNORECASE,
)
"""Years of somebody else, of a time that passes, or at most so many."""
_ROLE = r"(?:\w+(?:er|or|ist|ian|ant|yst|ect|ee)s?|chiefs?|leads?|staff|people|professionals?|veterans?|experts?|colleagues?|nurses?|team|peers?|c[etfo]os?)"
_OF_OTHERS = re.compile(
    r"\b(?:alongside|beside|among(?:st)?|by|under|from|join(?:ing)?|meet|surround\w* by|our(?! next| new| first)"
    r"|(?:work|collaborat|partner|pair|interact|shadow)\w*\s+(?:\w+\s+){0,2}?with|report\w*\s+(?:\w+\s+)?(?:in)?to|shadow\w*"
    r"|(?:support|assist|manag|mentor|coach|supervis|lead|train|serv)\w*\s+(?:an?|the|our|other|junior|senior|several))"
    rf"\s+(?:(?!as\b|for\b|and\b|who\b|you\b|seek|look)[\w&'’/-]+\s+){{0,6}}?{_ROLE}\s+(?:(?:all|each|in|of|at|here|\w+ly)\s+){{0,2}}"
    r"(?:with|having|bringing|(?:who|that)(?:['’]ve|\s+(?:(?:all|each|also)\s+)?(?:have|has|brings?)))\s+" + _LEAD_IN,
    re.IGNORECASE,
)
"""Colleagues, superiors and whom one serves: with these years they are described, not the person."""
_STATED = re.compile(
    r"\b(?P<verb>has|had|brings?|boasts?|combines?|counts?|offers?|have|possess(?:es)?|holds?|hat|verfügt|tiene|cuenta\s+con|possède|heeft|draws? (?:up)?on|builds? (?:up)?on)\s+"
    + _LEAD_IN,
    re.IGNORECASE,
)
_OWED = frozenset(("have", "bring", "possess", "hold"))
"""How a list begins what one should have, without saying who."""
_GOES_ON = re.compile(r"(?:^\W*|\b(?:and|or|to|will|also|already|who|und)|,)\s*$", re.IGNORECASE)
_COMPANY = re.compile(
    r"\b(?:compan\w+|firm|agency|business|group|team|organi[sz]ation|employer|start-?up|leader|clients?|customers?|partners?|brand|platform|which"
    r"|your (?:\w+ ){0,2}(?:manager|mentor|lead|boss|supervisor|colleagues?|coach|director|peers?))"
    r"\s+(?:(?:that|which|who|and)\s+)?$|\b(?:we|they|it|wir)\s+$",
    re.IGNORECASE,
)
_IS = re.compile(r"\b(?:is|are|was|were|ist|sind|est|es)\b.*\b(?:with|mit|avec|con)\s+" + _LEAD_IN, re.IGNORECASE)
_FOR_LONG = re.compile(r"\b(?:has|have) been\b|\bfor\s+(?:over|more than)\s+" + _LEAD_IN, re.IGNORECASE)
_ASIDE = re.compile(r"^\W*(?-i:[A-Z])[\w.&' -]{1,40}[,(]\s*(?:with\s+)?" + _LEAD_IN, re.IGNORECASE)
_ASIDE_OF = re.compile(
    r"^[^,)]{0,60}[,)]\s*(?:is|are|has|have|was|offers?|helps?|makes?|builds?|delivers?)\b(?!\s+(?:\w+\s+)?(?:required|needed|sought|wanted|expected|essential)\b)",
    re.IGNORECASE,
)
"""Between a subject and its verb: `Acme, with 30+ years of experience, is ...`."""
_FOR_WHOM = re.compile(r"\bfor\b", re.IGNORECASE)
_TELLER = re.compile(r"\b(?:we|our|they|wir|nous|(?-i:I))\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^\W*(?:with|for|over|across|through(?:out)?|drawing (?:up)?on|building (?:up)?on|thanks to|leveraging|mit|avec|con|met|com)\s+"
    + _LEAD_IN,
    re.IGNORECASE,
)
_TELLS_ON = re.compile(
    r",\s+(?:(?:we|our|it|its|they|this|these|the|wir|nous)\b|(?-i:[A-Z][\w.&-]*\s+(?:\w+\s+){0,3}?[a-z]+s\b))"
    r"|\b(?:we|our|us|is|are|has|wir|uns|unser\w*|ist|sind|nous|notre|est|somos)\b",
    re.IGNORECASE,
)
"""After such an opening: a subject of its own."""


def is_asked(line: str, start: int, end: int) -> bool:
    """Whether the years between `start` and `end` are asked of the person."""
    before, after = around(line, start, end)
    sentence = before + line[start:end] + after
    if _TOLD.search(sentence) or _TENURE.search(sentence) or (_ASIDE.search(before) and _ASIDE_OF.search(after)):
        return False
    if _JUST_BEFORE.search(before) or _COMPANY_WITH.search(before) or _OF_OTHERS.search(before):
        return False
    if (stated := _STATED.search(before)) is not None:
        return _has_them(re.split("[:•]", before[: stated.start()])[-1], stated["verb"])
    if _OPENING.search(before):
        return _is_person(after) or not _TELLS_ON.search(after)
    told = [*_TELLER.finditer(before)]
    if told or _FOR_LONG.search(before):  # "We look for an engineer" asks, as does "you worked for over".
        return _is_person(before[told[-1].end() :] if told else before)
    return not _IS.search(before) or _FOR_WHOM.search(before) is not None or _is_person(before)


def _has_them(subject: str, verb: str) -> bool:
    """Whether who has the years is the person: `you have`, `the candidate has`, and `have` without anybody."""
    if _COMPANY.search(subject):
        return False
    if _is_person(subject) or not subject.strip(" \t-*•"):
        return True
    begins = verb[0].isupper() or _GOES_ON.search(subject) is not None
    return begins and verb.lower() in _OWED and not _TELLER.search(subject)


def _is_person(text: str) -> bool:
    return _PERSON.search(text) is not None or _SOUGHT.search(text) is not None
