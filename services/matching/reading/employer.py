"""What a posting says of the employer as a place to work: its size and its pace."""

import re

from services.matching.reading.text import around, holds

_WORDS = ("employees", "mitarbeiter", "empleados", "employés", "medewerkers", "dipendenti")
"""Without one of them the pattern finds nothing: to look for them first costs a tenth."""
_EMPLOYEES = re.compile(
    rf"(?<![\d–-])(?<!\d[ .,])\b(\d{{1,3}}(?:[.,]\d{{3}}){{1,2}}|\d{{1,6}})\s?\+?\s(?:{'|'.join(_WORDS)})",
    re.IGNORECASE,
)
_LEAD_IN = r"(?:(?:over|more|than|well|nearly|almost|about|around|some|roughly|approximately|currently|already|now|a|the|of|rund|über|mehr|als|etwa|ca\.?|plus|de)\s+){0,4}$"
_OWN = re.compile(
    r"\b(?:our|unsere\w*|notre|nos|nuestros|onze|we (?:have|are|employ|count)|wir (?:haben|sind|beschäftigen)|employ(?:s|ing)|beschäftigt)\s+"
    + _LEAD_IN,
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"\b(?:customers?|clients?|prospects?|accounts?|segments?|mid-market|enterprises|businesses|companies|organi[sz]ations|employers|partners|kunden|clientes"
    r"|you(?:\s+will|['’]ll)\s+(?!join|become|be part|work|find|belong|have)\w+"
    r"|(?:support|train|coach|onboard|process|recruit|help|assist|target|prospect|reach|sell|grow)(?:s|ing)?(?<!growing)|(?:manag|supervis|overse|handl|hir|advis|scal)(?:e|es|ing)"
    r"|administer(?:s|ing)?"
    r"|lead(?:ing)?\s+(?:an?|the|our)|responsib\w+|report(?:s|ing)|in charge|used by|trusted by|verantwort\w+|führ(?:en|st|t|ung)|leit(?:en|est|et|ung)"
    r"|(?:management|supervision|administration|leadership|support|training|onboarding|payroll|hr|coordination)\s+(?:of|for))\b",
    re.IGNORECASE,
)
"""Whom one serves, leads or sells to: their number is no size of the employer."""
_USING = re.compile(
    r"^\s*(?:\(|\w+ ){0,3}(?:use|rely|trust|of our (?:customers?|clients?|partners?)|at our (?:customers?|clients?))\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:departments?|units?|divisions?|teams?|offices?|branch(?:es)?|sites?|locations?|stores?|plants?|factory|abteilung|standort|filiale)\b",
    re.IGNORECASE,
)
"""The whole is larger, by how much nobody knows."""
_WHOLE = re.compile(r"\bwe(?:['’]re|\s+are)\b", re.IGNORECASE)
_SMALL, _MEDIUM = 50, 250
"""Employees from which on an employer is no longer so, by the European Union's bounds."""
_STARTUP = re.compile(r"\b(?:we['’]re|we are|as) an? (?:[\w-]+ ){0,3}start-?up\b", re.IGNORECASE)
_PACES = {
    "fast": re.compile(r"fast[- ]paced|schnelllebig", re.IGNORECASE),
    "steady": re.compile(r"(?:sustainable|steady|calm) pace|calm company", re.IGNORECASE),
}


def size(text: str, lower: str) -> str | None:
    """`small`, `medium` or `large`, where the text tells how many the employer's own people are. `lower` is it in lower case."""
    found = _EMPLOYEES.finditer(text) if holds(lower, _WORDS) else ()
    for each in found:
        before, after = around(text, each.start(), each.end())
        employees = int(re.sub(r"[.,]", "", each[1]))
        if _is_own(before, after) and (employees >= _MEDIUM or not _PART.search(before) or _WHOLE.search(before)):
            return "small" if employees < _SMALL else "medium" if employees < _MEDIUM else "large"
    return "small" if holds(lower, ("startup", "start-up")) and _STARTUP.search(text) else None


def _is_own(before: str, after: str) -> bool:
    if (own := _OWN.search(before)) is not None:
        return not _OF_OTHERS.search(before[max(0, own.start() - 30) : own.start()]) or own.group().lower().startswith(
            "our"
        )
    return not _OF_OTHERS.search(before) and not _USING.search(after)


def pace(text: str, lower: str) -> str | None:
    """`fast` or `steady`, where the words do not state both."""
    if not holds(lower, ("pace", "schnelllebig", "calm company")):
        return None
    stated = [name for name, pattern in _PACES.items() if pattern.search(text)]
    return stated[0] if len(stated) == 1 else None
