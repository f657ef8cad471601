"""A posting out of a page without markup: the title among the headings, the facts around it, the densest text.

Every rule is about how pages are built in general; none knows a site.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.company import company
from services.parser.document import Document, Line
from services.parser.headline import Heading, bare_title, find_title
from services.parser.labels import APPLY, SECTION, label_of
from services.parser.normalise.dates import day_first, parse_date
from services.parser.normalise.job_type import job_type, workplace
from services.parser.normalise.location import address_end, known_place, parse_locations
from services.parser.normalise.salary import reads_as_pay
from services.parser.normalise.text import fold, squeeze
from services.parser.titles import reads_like_title

MAX_VALUE = 160
"""Characters of a fact; what is longer is prose."""
_LITTLE = 60
"""Characters of prose below which a page shows no description."""
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


def read(document: Document) -> RawPosting:
    """What the page shows; fields that it does not show are None. Whether it is a posting at all is not asked here."""
    heading = find_title(document)
    lines = document.content
    facts = _labelled(lines)
    if heading is not None:
        _unlabelled(facts, lines, heading, document)
    salary = facts.first("salary")
    pay = salary if salary and _pay(salary.value) else None
    return RawPosting(
        url=document.url,
        title=Sourced(value=bare_title(heading.text, document), source=Source.HTML, path=heading.path)
        if heading
        else None,
        company=company(document, heading, facts.found.get("company", [])),
        locations=_locations(facts),
        workplace=facts.first("workplace"),
        job_type=_all_types(facts),
        department=facts.first("department"),
        description_html=_description(lines, heading) or _meta_description(document),
        salary=RawSalary(source=Source.HTML, path=pay.path, text=pay.value) if pay else None,
        posted_at=facts.first("posted_at") or _meta_date(document),
        valid_through=facts.first("valid_through"),
        application_url=apply_url(document),
        language=document.language,
    )


def _locations(facts: Facts) -> tuple[Sourced, ...]:
    """The first value that names a city and nothing more, with the cities listed beside it; else the first that is a place."""
    values = facts.found.get("location", [])
    cities = [pair for pair in values if "," in pair[0] or (known_place(pair[0]) and _names_city(pair[0]))]
    if cities:
        beside = [pair for pair in cities[1:] if pair[1] == cities[0][1] and known_place(pair[0])]
        chosen = [cities[0], *beside]
    else:
        chosen = [pair for pair in values if known_place(pair[0])][:1] or values[:1]
    return tuple(Sourced(value=value, source=Source.HTML, path=path) for value, path in chosen)


def _names_city(text: str) -> bool:
    return any(place.city for place in parse_locations([text]).locations)


def _all_types(facts: Facts) -> Sourced | None:
    values = [(v, p) for v, p in facts.found.get("job_type", []) if job_type(v)]
    return Sourced(value=", ".join(v for v, _ in values), source=Source.HTML, path=values[0][1]) if values else None


def _meta_date(document: Document) -> Sourced | None:
    value = document.meta.get("article:published_time")
    return Sourced(value=value, source=Source.HTML, path="meta[article:published_time]") if value else None


# --- facts ---


def _labelled(lines: list[Line]) -> Facts:
    """`Label: value` on one line, and a label with its value on the next."""
    facts = Facts()
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
    _drop_wrong(facts)
    return facts


def _in_one_line(facts: Facts, line: Line) -> bool:
    """A label and its value side by side without a colon: as two texts, or as `Posted on 8 May 2026`."""
    if len(line.parts) > 1 and not line.heading and (name := label_of(line.parts[0])) is not None:
        facts.add(name, " ".join(line.parts[1:]), f"{line.tag} “{line.parts[0]}”")
        return True
    words = line.text.split()
    for size in (3, 2, 1):
        name = label_of(" ".join(words[:size])) if len(words) > size and len(words) <= 8 else None
        if name in ("posted_at", "valid_through") and any(c.isdigit() for c in line.text):
            facts.add(name, " ".join(words[size:]), f"{line.tag} “{' '.join(words[:size])}”")
            return True
    return False


def _pay(text: str) -> bool:
    return reads_as_pay(text, labelled=True)


def _drop_wrong(facts: Facts) -> None:
    """A value that cannot be what its label says is no fact: `Type` may head anything."""
    checks: dict[str, Callable[[str], object]] = {"job_type": job_type, "workplace": workplace, "salary": _pay}
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
    elif any(c.isdigit() for c in piece) and words <= 5 and _day(piece, document):
        facts.add("posted_at", piece, f"{tag} near the title")
    elif (
        words <= 7
        and piece[:1].isupper()
        and not reads_like_title(piece)
        and known_place(piece)
        and not workplace(piece)
    ):
        facts.add("location", piece, f"{tag} near the title")


# --- application and description ---


def apply_url(document: Document) -> str | None:
    """Where the first link to apply leads."""
    for node in document.tree.css("a[href]")[:2_000]:
        href = (node.attributes.get("href") or "").strip()
        text = fold(squeeze(node.text())[:80])
        if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")) and APPLY.match(text):
            return href
    # A page that holds the form itself is where one applies.
    return document.url if document.tree.css_first("form input[type=file], form input[type=email]") else None


def has_apply(document: Document) -> bool:
    """Whether the page has a link, a button or a form to apply with."""
    return any(APPLY.match(fold(line.text)) for line in document.content if len(line.text) <= 80) or any(
        (node.attributes.get("href") or "").startswith("mailto:") and APPLY.match(fold(node.text() or ""))
        for node in document.tree.css("a[href^='mailto:']")[:20]
    )


_END = re.compile(
    r"^(apply for this (job|position|role)|similar (jobs|positions)|related (jobs|positions)|other (jobs|open positions|openings)|more jobs|share this"
    r"|personal (details|information)|submit your application|create a job alert|upload (resume|cv)|follow us|ahnliche (jobs|stellen)|offres similaires"
    r"|ofertas (similares|relacionadas)|podobne|lignende|voluntary self.identification|u\.?s\.? equal (employment )?opportunity.*|interested in.*\?)$"
)


def description_lines(lines: list[Line], heading: Heading | None) -> list[Line]:
    """The run of lines after the title with the most prose: what follows a form, related postings or a footer is cut."""
    start = heading.index + 1 if heading is not None and heading.index < len(lines) else 0
    kept: list[Line] = []
    gap = 0
    for line in lines[start:]:
        folded = fold(line.text[:120])
        if _END.match(folded):
            break
        if line.link or APPLY.match(folded) or line.tag in ("button", "label", "legend"):
            gap += 1
            if gap > 25 and kept:
                break
            continue
        gap = 0
        kept.append(line)
    prose = [i for i, line in enumerate(kept) if len(line.text) >= 60]
    if sum(len(kept[i].text) for i in prose) < _LITTLE:
        return []
    first, last = prose[0], prose[-1]
    while first > 0 and (kept[first - 1].heading or kept[first - 1].bold) and kept[first - 1].text[-1:] != ".":
        first -= 1
    return kept[first : last + 6]


def _meta_description(document: Document) -> Sourced | None:
    """What the page tells search engines of itself: all there is of the text on a form to apply with."""
    for name in ("og:description", "twitter:description", "description"):
        if len(text := document.meta.get(name, "")) >= _LITTLE:
            return Sourced(value=escape(text, quote=False), source=Source.HTML, path=f"meta[{name}]")
    return None


def _description(lines: list[Line], heading: Heading | None) -> Sourced | None:
    block = description_lines(lines, heading)
    if not block:
        return None
    out: list[str] = []
    listing = False
    for line in block:
        item = line.tag == "li"
        if item != listing:
            out.append("<ul>" if item else "</ul>")
            listing = item
        tag = "li" if item else "h3" if line.heading or (line.bold and len(line.text) < 90) else "p"
        out.append(f"<{tag}>{escape(line.text, quote=False)}</{tag}>")
    if listing:
        out.append("</ul>")
    return Sourced(value="".join(out), source=Source.HTML, path=f"{block[0].tag} … {block[-1].tag}")
