"""The facts that a page without markup shows: under labels, and short texts near the title that speak for themselves."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from quiethire.domain.posting import Source, Sourced
from services.parser.document import Document, Line
from services.parser.headline import Heading
from services.parser.labels import LABELS, SECTION, label_of, says_apply
from services.parser.normalise.dates import day_first, parse_date
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import address_end, known_place, parse_locations, postal_place
from services.parser.normalise.salary import reads_as_pay
from services.parser.normalise.text import fold, squeeze
from services.parser.normalise.workplace import workplace
from services.parser.titles import reads_like_title

MAX_VALUE = 160
"""Characters of a fact; what is longer is prose."""
_NEAR = 14
"""Lines around the title among which facts may stand without a label."""

_DIGIT = re.compile(r"\d")
_DASHED = re.compile(r"([^\W\d][\w /'’()]{2,30}?)\s(?:[-–—|=>]|→)\s(.{2,160})$")
"""`Location – Porto`."""
_SIGNS = re.compile(r"^[^\w€$£¥₹(+]+")
"""Bullets and pictures before a fact."""
_PIECES = re.compile(r"\s*[|·•⋅∙●▪・｜／]\s*|\s+/\s+")
_OTHER_DATE = re.compile(
    r":|\b(start\w*|begin\w*|beginn|from|ab|until|till|bis|by|end\w*|clos\w+|deadline|due|expir\w+|eintritt\w*|frist\w*|a partir|partir|des|jusqu.au|debut|inicio|hasta|desde"
    r"|inizio|entro|dal|per|vanaf|tot|start\w*|fra|senest|fran|senast|od|do|nastup|event|updated)\b"
)
"""What a date near the title is of, if it is not that of the posting; folded."""
_LOOSE = re.compile(r",\s+|\s+[-–—]\s+")
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
_DATE_WORDS = frozenset(
    word for name in ("posted_at", "valid_through") for label in LABELS[name] for word in label.split()
)
"""Words of the labels of dates: a line that begins with none of them has no date behind such a label."""

ENDS = re.compile(
    r"^(apply for this (job|position|role)|similar (jobs|positions)|related (jobs|positions)|other (jobs|open positions|openings)|more jobs|share this"
    r"|personal (details|information)|submit your application|create a job alert|upload (resume|cv)|follow us|ahnliche (jobs|stellen)|offres similaires"
    r"|ofertas (similares|relacionadas)|podobne|lignende|voluntary self.identification|u\.?s\.? equal (employment )?opportunity.*|interested in.*\?)$"
)
"""Headings of what follows a posting, folded."""


@dataclass
class Facts:
    """Facts by field, the first of each kept, with where each was found."""

    found: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, name: str, value: str, path: str) -> None:
        """Keep a value, unless it is prose or known."""
        value = squeeze(value).strip(" :–-|")
        values = self.found.setdefault(name, [])
        if value and len(value) <= MAX_VALUE and value not in [known for known, _ in values] and len(values) < 10:
            values.append((value, path))

    def first(self, name: str) -> Sourced | None:
        """The value that was found first."""
        values = self.found.get(name)
        return Sourced(value=values[0][0], source=Source.HTML, path=values[0][1]) if values else None


def read(document: Document, heading: Heading | None) -> Facts:
    """Every fact, those under labels first."""
    facts = _labelled(document)
    if heading is not None:
        _unlabelled(facts, document.content, heading, document)
        _in_rows(facts, document, heading)
    return facts


def _labelled(document: Document) -> Facts:
    """`Label: value` on one line, and a label with its value on the next."""
    facts = Facts()
    lines = document.content
    for index, line in enumerate(lines):
        # No label with its value is longer.
        if len(line.text) <= 2 * MAX_VALUE and not _in_one_line(facts, line) and (name := label_of(line.text)):
            _below_label(facts, name, line, lines[index + 1 : index + 4])
    _drop_wrong(facts, document)
    return facts


def _below_label(facts: Facts, name: str, label: Line, following: list[Line]) -> None:
    for value in following:
        if label_of(value.text) is not None or value.heading == 1:
            break
        facts.add(name, value.text, f"{value.tag} after “{label.text.strip(' :')}”")
        if name == "location" and _is_street(value.text):
            continue  # The lines of an address: the place comes after the street.
        if label.tag != "dt" or value.tag != "dd":
            break


def _in_one_line(facts: Facts, line: Line) -> bool:
    """A label and its value side by side: with a colon, as two texts, with a dash, or as `Posted on 8 May 2026`."""
    head, colon, tail = line.text.replace("：", ":").partition(":")
    if colon and tail.strip() and (name := label_of(head)) is not None:
        if len(tail) <= MAX_VALUE:
            facts.add(name, tail, f"{line.tag} “{head.strip()}:”")
        return True
    if len(line.parts) > 1 and not line.heading and (name := label_of(line.parts[0])) is not None:
        facts.add(name, " ".join(line.parts[1:]), f"{line.tag} “{line.parts[0]}”")
        return True
    if _dated(facts, line):
        return True
    match = _DASHED.match(line.text)
    if match is not None and (name := label_of(match[1])) is not None:
        facts.add(name, match[2], f"{line.tag} “{match[1]}”")
        return True
    return False


def _dated(facts: Facts, line: Line) -> bool:
    """A label and a date behind it without any sign: `Posted on 8 May 2026`."""
    words = line.text.split(maxsplit=9)
    if not 1 < len(words) <= 8 or _DATE_WORDS.isdisjoint(word.strip(" :*.,;–-|") for word in line.folded.split()[:3]):
        return False
    for size in (3, 2, 1):
        name = label_of(" ".join(words[:size])) if len(words) > size else None
        if name in ("posted_at", "valid_through") and (len(words) <= size + 2 or _DIGIT.search(line.text)):
            facts.add(name, " ".join(words[size:]), f"{line.tag} “{' '.join(words[:size])}”")
            return True
    return False


_STREET = re.compile(r"\D+ \d{1,4} ?[a-z]?(?: ?[-–/] ?\d{1,4} ?[a-z]?)?|\d{1,5},? \D+|\D{3,}")


def _is_street(text: str) -> bool:
    """Whether a line below a label for places can be the first of an address, which names no place yet."""
    return (
        len(text) <= 60
        and _STREET.fullmatch(text) is not None
        and not known_place(text)
        and address_end(text) is None
        and not postal_place(text)
    )


def _pay(text: str) -> bool:
    return reads_as_pay(text, labelled=True)


def _drop_wrong(facts: Facts, document: Document) -> None:
    """A value that cannot be what its label says is no fact: `Type` may head anything."""
    checks: dict[str, Callable[[str], object]] = {
        "job_type": job_type,
        "workplace": workplace,
        "salary": _pay,
        "posted_at": lambda text: _day(text, document),
        "valid_through": lambda text: _day(text, document),
    }
    for name, check in checks.items():
        facts.found[name] = [(value, path) for value, path in facts.found.get(name, []) if check(value)]
    places = [(value.removesuffix("."), path) for value, path in facts.found.get("location", []) if len(value) <= 120]
    facts.found["location"] = [
        (value, path)
        for value, path in places
        if not value.endswith((".", "?", "!")) and (len(value.split()) <= 8 or known_place(value))
    ]


def _unlabelled(facts: Facts, lines: list[Line], heading: Heading, document: Document) -> None:
    """Short texts near the title that are a place, a job type, a workplace or pay by themselves, or by their class."""
    around = lines[max(0, heading.index - 4) : heading.index + 1 + _NEAR]
    texts = [(part, "heading", "") for part in heading.rest]
    for line in around:
        if line.heading > 1 and SECTION.search(line.folded) and label_of(line.text) is None:
            break
        if len(line.text) <= MAX_VALUE and not says_apply(line.folded):
            texts.append((line.text, line.tag, line.hint))
            # Badges in a row are texts of their own: "Full-time", "Engineering", "Anywhere".
            texts += [(part, line.tag, "") for part in line.parts if 1 < len(line.parts) <= 6 and not line.heading]
    texts += [
        (line.text, line.tag, "")
        for line in _below(document, lines[heading.index : heading.index + 1])
        if len(line.text) <= MAX_VALUE
    ]
    title, seen = fold(heading.text), set[str]()
    for text, tag, hint in texts:
        if fold(text) == title or label_of(text):
            continue
        lower = hint.lower()
        for name, words, pattern in _HINTS if hint else ():
            if any(word in lower for word in words) and pattern.search(lower) and _fits(name, text, document):
                facts.add(name, text, f"{tag}.{hint.split()[0]}")
        pieces = _PIECES.split(text)
        for piece in pieces if len(pieces) <= 6 else ():
            bare = _SIGNS.sub("", squeeze(piece)).strip(" /")
            if bare not in seen:
                seen.add(bare)
                _classify_row(facts, bare, tag, document)


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
        return _day(text, document)
    return len(text) <= 100 and not text.endswith(("?", "!"))


def _day(text: str, document: Document) -> bool:
    order = day_first(document.language, None)
    return parse_date(text, document.page.fetched_at, day_first=order) is not None


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
    worked = (words <= 5 or (bare is not piece and len(bare.split()) <= 4)) and workplace(piece) is not None
    if worked:
        facts.add("workplace", piece, where)
    name = _kind(piece, words, document)
    if name is None and bare is not piece and _names_place(bare):
        name, piece = "location", bare
    if name is not None:
        facts.add(name, piece, where)
    return worked or name is not None


def _kind(piece: str, words: int, document: Document) -> str | None:
    if words <= 4 and job_type(piece) is not None:
        return "job_type"
    digit = _DIGIT.search(piece)
    if digit and reads_as_pay(piece, labelled=False):
        return "salary"
    if (digit or words <= 2) and words <= 5 and _day(piece, document) and not _OTHER_DATE.search(fold(piece)):
        return "posted_at"
    return "location" if words <= 7 and _names_place(piece) else None


def _classify_row(facts: Facts, piece: str, tag: str, document: Document) -> None:
    """Facts that only commas or dashes part: "Bremen, Vollzeit, ab sofort" where one of them is no place."""
    if not _classify(facts, piece, tag, document) and len(piece) <= _ROW:
        parts = [part for part in _LOOSE.split(piece) if part]
        telling = [part for part in parts if len(part.split()) <= 4]
        if len(telling) > 1 and any(workplace(part) or job_type(part) for part in telling):
            for part in telling:
                _classify(facts, part, tag, document)


def _names_place(piece: str) -> bool:
    """Whether a text is a place, alone or with a way of working: "Remote (United States)"."""
    if not piece[:1].isupper() or reads_like_title(piece):
        return False
    if postal_place(piece):
        return True
    return known_place(piece) and (not workplace(piece) or bool(parse_locations([piece]).locations))


def _in_rows(facts: Facts, document: Document, heading: Heading) -> None:
    """Rows of facts further down: "Remote · Full-time · $180,000–250,000" speaks for itself where two of its texts do."""
    for line in document.content[heading.index + 1 :]:
        if len(line.text) > MAX_VALUE or line.link:
            continue
        if ENDS.match(line.folded):
            return
        pieces = [_SIGNS.sub("", piece).strip(" /") for piece in _PIECES.split(line.text)]
        if not 2 <= len(pieces) <= 6:
            continue
        row = Facts()
        if sum(_classify(row, piece, line.tag, document) for piece in pieces) < 2:
            continue
        for name, values in row.found.items():
            for value, path in values if not facts.found.get(name) else ():
                facts.add(name, value, path)
