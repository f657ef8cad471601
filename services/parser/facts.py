"""The facts that a page without markup shows: under labels, and short texts near the title that speak for themselves."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from quiethire.domain.posting import Source, Sourced
from services.parser.document import Document, Line
from services.parser.headline import Heading
from services.parser.labels import APPLY, SECTION, label_of
from services.parser.normalise.dates import day_first, parse_date
from services.parser.normalise.job_type import job_type, workplace
from services.parser.normalise.location import address_end, known_place
from services.parser.normalise.salary import reads_as_pay
from services.parser.normalise.text import fold, squeeze
from services.parser.titles import reads_like_title

MAX_VALUE = 160
"""Characters of a fact; what is longer is prose."""
_NEAR = 14
"""Lines around the title among which facts may stand without a label."""

_DASHED = re.compile(r"([^\W\d][\w /'’()]{2,30}?)\s(?:[-–—|=>]|→)\s(.{2,160})$")
"""`Location – Porto`."""
_SIGNS = re.compile(r"^[^\w€$£¥₹(+]+")
"""Bullets and pictures before a fact."""
_PIECES = re.compile(r"\s*[|·•]\s*|\s+/\s+")
_HINTS = (
    (
        "location",
        re.compile(
            r"(?<![a-z])(job|posting|position)?[-_]*_*(locations?|standort|ubicacion|workplaces)(?![a-z])",
            re.IGNORECASE,
        ),
    ),
    ("company", re.compile(r"(?<![a-z])(company|employer|organization)[-_]?name(?![a-z])", re.IGNORECASE)),
    ("salary", re.compile(r"(?<![a-z])(salary|compensation|pay-?range)(?![a-z])", re.IGNORECASE)),
    ("job_type", re.compile(r"(?<![a-z])(employment|job|commitment|contract)[-_]?(type)?(?![a-z])", re.IGNORECASE)),
    ("department", re.compile(r"(?<![a-z])(department)(?![a-z])", re.IGNORECASE)),
    (
        "posted_at",
        re.compile(r"(?<![a-z])(date-?posted|posted-?(on|at|date)?|publish(ed)?-?date)(?![a-z])", re.IGNORECASE),
    ),
)


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
    return facts


def _labelled(document: Document) -> Facts:
    """`Label: value` on one line, and a label with its value on the next."""
    facts = Facts()
    lines = document.content
    for index, line in enumerate(lines):
        head, colon, tail = line.text.partition(":")
        if colon and tail.strip() and (name := label_of(head)) is not None:
            if len(tail) <= MAX_VALUE:
                facts.add(name, tail, f"{line.tag} “{head.strip()}:”")
            continue
        if _in_one_line(facts, line):
            continue
        if (match := _DASHED.match(line.text)) is not None and (name := label_of(match[1])) is not None:
            facts.add(name, match[2], f"{line.tag} “{match[1]}”")
            continue
        if (name := label_of(line.text)) is None or index + 1 >= len(lines):
            continue
        for value in lines[index + 1 : index + 4]:
            if label_of(value.text) is not None or value.heading == 1:
                break
            facts.add(name, value.text, f"{value.tag} after “{line.text.strip(' :')}”")
            if line.tag != "dt" or value.tag != "dd":
                break
    _drop_wrong(facts, document)
    return facts


def _in_one_line(facts: Facts, line: Line) -> bool:
    """A label and its value side by side without a colon: as two texts, or as `Posted on 8 May 2026`."""
    if len(line.parts) > 1 and not line.heading and (name := label_of(line.parts[0])) is not None:
        facts.add(name, " ".join(line.parts[1:]), f"{line.tag} “{line.parts[0]}”")
        return True
    words = line.text.split()
    for size in (3, 2, 1):
        name = label_of(" ".join(words[:size])) if len(words) > size and len(words) <= 8 else None
        if name in ("posted_at", "valid_through") and (len(words) <= size + 2 or any(c.isdigit() for c in line.text)):
            facts.add(name, " ".join(words[size:]), f"{line.tag} “{' '.join(words[:size])}”")
            return True
    return False


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
        if SECTION.search(fold(line.text)) and line.heading > 1:
            break
        if len(line.text) <= MAX_VALUE and not APPLY.match(fold(line.text)):
            texts.append((line.text, line.tag, line.hint))
            # Badges in a row are texts of their own: "Full-time", "Engineering", "Anywhere".
            texts += [(part, line.tag, "") for part in line.parts if 1 < len(line.parts) <= 6 and not line.heading]
    texts += [
        (line.text, line.tag, "")
        for line in _below(document, lines[heading.index : heading.index + 1])
        if len(line.text) <= MAX_VALUE
    ]
    for text, tag, hint in texts:
        if fold(text) == fold(heading.text) or label_of(text):
            continue
        for name, pattern in _HINTS:
            if hint and pattern.search(hint) and _fits(name, text, document):
                facts.add(name, text, f"{tag}.{hint.split()[0]}")
        for piece in _PIECES.split(text) if len(_PIECES.split(text)) <= 6 else ():
            _classify(facts, _SIGNS.sub("", squeeze(piece)).strip(" /"), tag, document)


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


def _classify(facts: Facts, piece: str, tag: str, document: Document) -> None:
    words = len(piece.split())
    if not piece or words > 9:
        return
    if (place := address_end(piece)) is not None:
        facts.add("location", place, f"{tag} near the title")
        return
    if words <= 5 and workplace(piece) is not None:
        facts.add("workplace", piece, f"{tag} near the title")
    if words <= 4 and job_type(piece) is not None:
        facts.add("job_type", piece, f"{tag} near the title")
    elif any(c.isdigit() for c in piece) and reads_as_pay(piece, labelled=False):
        facts.add("salary", piece, f"{tag} near the title")
    elif (any(c.isdigit() for c in piece) or words <= 2) and words <= 5 and _day(piece, document):
        facts.add("posted_at", piece, f"{tag} near the title")
    elif (
        words <= 7
        and piece[:1].isupper()
        and not reads_like_title(piece)
        and known_place(piece)
        and not workplace(piece)
    ):
        facts.add("location", piece, f"{tag} near the title")
