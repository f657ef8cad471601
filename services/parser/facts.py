"""The facts that a page without markup shows: those under labels, and short texts near the title that speak for themselves."""

import re

from quiethire.domain.words import fold
from services.parser import named_place
from services.parser.document import Document, Line
from services.parser.headline import Heading
from services.parser.labelled import MAX_VALUE, Facts, is_value, labelled, shows_day
from services.parser.labels import SECTION, label_of, says_apply
from services.parser.normalise.gazetteer import is_large_city
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place, parse_locations
from services.parser.normalise.postal import address_end, postal_place
from services.parser.normalise.salary import reads_as_pay
from services.parser.normalise.text import squeeze
from services.parser.normalise.workplace import on_site_days, workplace
from services.parser.titles import reads_like_title

_NEAR = 14
"""Lines around the title among which facts may stand without a label."""

_LABEL = 40
"""Characters of a label in whatever language."""
_DIGIT = re.compile(r"\d")
_SIGNS = re.compile(r"^[^\w€$£¥₹(+]+")
"""Bullets and pictures before a fact."""
_LETTER = re.compile(r"\w")
_PIECES = re.compile(r"\s*[|·•⋅∙●▪・｜／]\s*|\s+/\s+")
_OTHER_DATE = re.compile(
    r":|\b(start\w*|begin\w*|commenc\w*|interview\w*|available|verfugbar|antritt\w*|vorstellungsgesprach\w*|entretien\w*|entrevista\w*|colloqui\w*|incorporacion|tiltraedelse|tiltredelse|tilltrade|nastup\w*|beginn|from|ab|until|till|bis|by|end\w*|clos\w+|deadline|due|expir\w+|eintritt\w*|frist\w*|a partir|partir|des|jusqu.au|debut|inicio|hasta|desde"
    r"|inizio|entro|dal|per|vanaf|tot|start\w*|fra|senest|fran|senast|od|do|nastup|event|updated)\b"
)
"""What a date near the title is of, if it is not that of the posting; folded."""
_ORGANISATION_IN = re.compile(
    r"(?:(?:[A-Z\u00c0-\u017d&][\w&.'’-]*|of|de|der|für|and|und|et) ){1,7}?[A-Z\u00c0-\u017d&][\w&.'’-]*, ([A-Z\u00c0-\u017d][\w .'’-]{2,30})"
)
"""`Royal Institute of Technology, Stockholm`."""
_LOOSE = re.compile(r",\s+|\s+[-–—]\s+")
_ENDS_WITHIN = re.compile(r"(?<=[^\W\d_]{4})\.\s+(?=[A-Z\u00c0-\u017d])")
"""A full stop between short facts; what is shorter may be an abbreviation, as in "St. Gallen"."""
_AROUND_PLACE = re.compile(r"^[^\W\d][^\d(]{2,30} \([+±]?\s?(?:(?:up to|bis|do|ca\.?|within|max\.?) )?\d{1,3} ?km\)$")
"""`Bamberg (+ 50 km)`: what one can work around is a place."""
_ROW = 100
"""Characters of a row of facts that commas part."""
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_HINTS = (
    (
        "location",
        ("location", "standort", "ubicacion", "workplaces"),
        re.compile(r"(?<![a-z])(job|posting|position)?[-_]*(locations?|standort|ubicacion|workplaces)(?![a-z])"),
    ),
    ("company", ("name",), re.compile(r"(?<![a-z])(company|employer|organization)[-_]?name(?![a-z])")),
    ("salary", ("salary", "compensation", "pay"), re.compile(r"(?<![a-z])(salary|compensation|pay-?range)(?![a-z])")),
    (
        "job_type",
        ("employment", "job", "commitment", "contract"),
        re.compile(r"(?<![a-z])(employment|job|commitment|contract)[-_]?(type)?(?![a-z])"),
    ),
    ("department", ("department",), re.compile(r"(?<![a-z])(department)(?![a-z])")),
    (
        "posted_at",
        ("date", "posted"),
        re.compile(r"(?<![a-z])(date-?posted|posted-?(on|at|date)?|publish(ed)?-?date)(?![a-z])"),
    ),
)
"""Fields by the names that sites give to what shows them, in lower case, and the words without which no pattern is tried."""
ENDS = re.compile(
    r"^(apply for this (job|position|role)|similar (jobs|positions)|related (jobs|positions)|other (jobs|open positions|openings)|more jobs|share this"
    r"|personal (details|information)|submit your application|create a job alert|upload (resume|cv)|follow us|ahnliche (jobs|stellen)|offres similaires"
    r"|ofertas (similares|relacionadas)|podobne|lignende|voluntary self.identification|u\.?s\.? equal (employment )?opportunity.*|interested in.*\?)$"
)
"""Headings of what follows a posting, folded."""


def read(document: Document, heading: Heading | None) -> Facts:
    """Every fact, those under labels first."""
    facts = labelled(document)
    if heading is not None:
        _unlabelled(facts, document.content, heading, document)
        _in_rows(facts, document, heading)
    if not facts.found.get("location") and (place := named_place.read(document)) is not None:
        facts.add("location", place, "title")
    return facts


def _unlabelled(facts: Facts, lines: list[Line], heading: Heading, document: Document) -> None:
    """Short texts near the title that are a place, a job type, a workplace or pay by themselves, or by their class."""
    first = max(0, heading.index - 4)
    known = {fold(heading.text), ""}
    for part in heading.rest:
        _by_itself(facts, part, "heading", document, known)
    for index, line in enumerate(lines[first : heading.index + 1 + _NEAR], first):
        if line.heading > 1 and SECTION.search(line.folded) and label_of(line.text) is None:
            break
        if len(line.text) > MAX_VALUE or says_apply(line.folded) or line.folded in known:
            continue
        if line.tag == "dt" or (index > heading.index + 1 and _is_of_label(lines, index, document)):
            continue
        # Badges in a row are texts of their own, beside their pictures: "Full-time", "Engineering", "Anywhere".
        badges = tuple(filter(_LETTER.search, line.parts[:13])) if len(line.parts) > 1 else ()
        told = [_by_itself(facts, part, line.tag, document, known) for part in badges if len(badges) <= 6]
        if label_of(line.text) is None:
            _by_hint(facts, line, document)
            if not any(told):
                _by_itself(facts, line.text, line.tag, document, known)
    for line in _below(document, lines[heading.index : heading.index + 1]):
        if len(line.text) <= MAX_VALUE:
            _by_itself(facts, line.text, line.tag, document, known)


def _is_of_label(lines: list[Line], index: int, document: Document) -> bool:
    """Whether a text is the value of the label before it: one that was read with it, or a day of another kind than posting."""
    line, before = lines[index], lines[index - 1]
    told = is_value(lines, index)
    if told and label_of(before.text) is not None:
        return True
    other = told or (len(before.text) <= _LABEL and _OTHER_DATE.search(before.folded) is not None)
    return other and _DIGIT.search(line.text) is not None and shows_day(line.text, document)


def _by_hint(facts: Facts, line: Line, document: Document) -> None:
    """A text as what its classes name."""
    hint = line.hint.lower()
    for name, words, pattern in _HINTS if hint else ():
        if any(word in hint for word in words) and pattern.search(hint) and _fits(name, line.text, document):
            facts.add(name, line.text, f"{line.tag}.{line.hint.split()[0]}")


def _by_itself(facts: Facts, text: str, tag: str, document: Document, known: set[str]) -> bool:
    """The parts of a text that are facts by themselves; whether any is. What is `known` is not read again."""
    if label_of(text) or "©" in text:
        return False  # "2026 Northwind" is no postcode with its town.
    pieces = _PIECES.split(text)
    told = False
    for piece in pieces if len(pieces) <= 6 else ():
        bare = _SIGNS.sub("", squeeze(piece)).strip(" /")
        if (folded := fold(bare)) not in known:
            known.add(folded)
            told = _classify_row(facts, bare, tag, document) or told
    return told


def _below(document: Document, title: list[Line]) -> list[Line]:
    """The lines right below the title that its classes put into a frame of the page: `posting-categories` frames nothing."""
    at = next((index for index, line in enumerate(document.lines) if title and line is title[0]), len(document.lines))
    framed: list[Line] = []
    for line in document.lines[at + 1 : at + 8]:
        if not line.chrome or line.link:
            break
        framed.append(line)
    return framed


def _fits(name: str, text: str, document: Document) -> bool:
    if name == "job_type":
        return job_type(text) is not None
    if name == "salary":
        return reads_as_pay(text, labelled=False)
    if name == "posted_at":
        return shows_day(text, document)
    return len(text) <= 100 and not text.endswith(("?", "!"))


def _classify(facts: Facts, piece: str, tag: str, document: Document) -> bool:
    """Add what a short text is by itself; whether it is anything."""
    words = len(piece.split())
    if not piece or words > 9 or len(piece) > 200:
        return False
    where = f"{tag} near the title"
    if (place := address_end(piece)) is not None:
        facts.add("location", place, where)
        return True
    # What stands in brackets says more of the same: "Hybrid (two days a week in the studio)".
    bare = _BRACKETS.sub("", piece) if "(" in piece else piece
    short = words <= 5 or (bare is not piece and len(bare.split()) <= 4)
    worked = workplace(piece) is not None if short else on_site_days(piece) is not None
    if worked:
        facts.add("workplace", piece, where)
    name = _kind(piece, words, document)
    if name is None and bare is not piece and _names_place(bare):
        name, piece = "location", bare
    if name is None and bare is not piece and bare[:1].isupper() and _AROUND_PLACE.search(piece):
        name, piece = "location", bare
    if name is None and (match := _ORGANISATION_IN.fullmatch(piece)) is not None and is_large_city(match[1]):
        name, piece = "location", match[1]
    if name is not None:
        facts.add(name, piece, where)
    return worked or name is not None


def _kind(piece: str, words: int, document: Document) -> str | None:
    if words <= 4 and job_type(piece) is not None:
        return "job_type"
    digit = _DIGIT.search(piece)
    if digit and reads_as_pay(piece, labelled=False):
        return "salary"
    if (digit or words <= 2) and words <= 5 and shows_day(piece, document) and not _OTHER_DATE.search(fold(piece)):
        return "posted_at"
    return "location" if words <= 7 and _names_place(piece) else None


def _classify_row(facts: Facts, piece: str, tag: str, document: Document) -> bool:
    """As `_classify`, with facts that only commas or dashes part: "Bremen, Vollzeit, ab sofort"."""
    sentences = _ENDS_WITHIN.split(piece) if len(piece) <= _ROW else []
    if len(sentences) > 1:  # "Belgrade, Serbia. Full time"
        return sum(_classify_row(facts, part, tag, document) for part in sentences) > 0
    if _classify(facts, piece, tag, document) or len(piece) > _ROW:
        return len(piece) <= _ROW
    parts = [part for part in _LOOSE.split(piece) if part and len(part.split()) <= 4]
    if len(parts) < 2 or not any(workplace(part) or job_type(part) for part in parts):
        return False
    return sum(_classify(facts, part, tag, document) for part in parts) > 0


def _names_place(piece: str) -> bool:
    """Whether a text is a place, alone or with a way of working: "Remote (United States)"."""
    if piece[:1].isdigit() and postal_place(piece):
        return True
    head = piece.partition(",")[0]
    # Most scripts have no capitals.
    named = (piece[:1].isalpha() and not piece[:1].islower()) or workplace(piece) is not None
    if not named or (reads_like_title(piece) and not (head != piece and known_place(head))):
        return False
    return known_place(piece) and (not workplace(piece) or bool(parse_locations([piece]).locations))


def _in_rows(facts: Facts, document: Document, heading: Heading) -> None:
    """Rows of facts further down: "Remote · Full-time · $180,000–250,000" speaks for itself where two of its texts do."""
    if all(facts.found.get(name) for name in ("location", "salary", "job_type", "workplace")):
        return
    for line in document.content[heading.index + 1 :]:
        if len(line.text) > MAX_VALUE or line.link:
            continue
        if line.heading and ENDS.match(line.folded):
            return
        if not any(sign in line.text for sign in "|·•"):
            continue
        pieces = [_SIGNS.sub("", piece).strip(" /") for piece in _PIECES.split(line.text)]
        if not 2 <= len(pieces) <= 6:
            continue
        row = Facts()
        if sum(_classify(row, piece, line.tag, document) for piece in pieces) < 2:
            continue
        for name, values in row.found.items():
            for value, path in values if not facts.found.get(name) else ():
                facts.add(name, value, path)
