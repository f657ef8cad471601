"""A posting out of a page without markup: the title among the headings, the facts around it, the densest text.

Every rule is about how pages are built in general; none knows a site.
"""

import re
from html import escape

from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser import facts
from services.parser.company import company
from services.parser.document import Document, Line
from services.parser.headline import Heading, bare_title, find_title
from services.parser.labels import APPLY
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place, parse_locations
from services.parser.normalise.salary import reads_as_pay
from services.parser.normalise.text import fold, squeeze

_LITTLE = 60
"""Characters of prose below which a page shows no description."""


def read(document: Document) -> RawPosting:
    """What the page shows; fields that it does not show are None. Whether it is a posting at all is not asked here."""
    heading = find_title(document)
    lines = document.content
    shown = facts.read(document, heading)
    salary = shown.first("salary")
    pay = salary if salary and reads_as_pay(salary.value, labelled=True) else None
    return RawPosting(
        url=document.url,
        title=Sourced(value=bare_title(heading.text, document), source=Source.HTML, path=heading.path)
        if heading
        else None,
        company=company(document, heading, shown.found.get("company", [])),
        locations=_locations(shown),
        workplace=shown.first("workplace"),
        job_type=_all_types(shown),
        department=shown.first("department"),
        description_html=_description(lines, heading) or _meta_description(document),
        salary=RawSalary(source=Source.HTML, path=pay.path, text=pay.value) if pay else None,
        posted_at=shown.first("posted_at") or _meta_date(document),
        valid_through=shown.first("valid_through"),
        application_url=apply_url(document),
        language=document.language,
    )


def _locations(shown: facts.Facts) -> tuple[Sourced, ...]:
    """The first value that names a city and nothing more, with the cities listed beside it; else the first that is a place."""
    values = shown.found.get("location", [])
    cities = [pair for pair in values if "," in pair[0] or (known_place(pair[0]) and _names_city(pair[0]))]
    if cities:
        beside = [pair for pair in cities[1:] if pair[1] == cities[0][1] and known_place(pair[0])]
        chosen = [cities[0], *beside]
    else:
        chosen = [pair for pair in values if known_place(pair[0])][:1] or values[:1]
    return tuple(Sourced(value=value, source=Source.HTML, path=path) for value, path in chosen)


def _names_city(text: str) -> bool:
    return any(place.city for place in parse_locations([text]).locations)


def _all_types(shown: facts.Facts) -> Sourced | None:
    values = [(v, p) for v, p in shown.found.get("job_type", []) if job_type(v)]
    return Sourced(value=", ".join(v for v, _ in values), source=Source.HTML, path=values[0][1]) if values else None


_META_DATES = (
    "article:published_time",
    "og:article:published_time",
    "dateposted",
    "datepublished",
    "dcterms.issued",
    "dcterms.created",
)
_POSTED = re.compile(
    r"\b(posted|published|listed|opened|ago|veroffentlicht|online seit|vor \d|publi\w+|il y a|hace|fa|ha \d|gepubliceerd|geplaatst|geleden|opslaet|siden|publisert|publicerad|sedan"
    r"|zverejneno|pred \d|opublikowano|temu)\b"
)


def _meta_date(document: Document) -> Sourced | None:
    """What the page's head says of its date, else a `<time>` next to a word for posting."""
    for name in _META_DATES:
        if value := document.meta.get(name):
            return Sourced(value=value, source=Source.HTML, path=f"meta[{name}]")
    for node in document.tree.css("time[datetime]")[:20]:
        around = f"{squeeze(node.parent.text()[:300])[:80] if node.parent is not None else ''} {node.text()[:80]}"
        value = (node.attributes.get("datetime") or "").strip()
        if value and _POSTED.search(fold(around)) and not document.framed(node):
            return Sourced(value=value, source=Source.HTML, path="time[datetime]")
    return None


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
