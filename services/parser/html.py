"""A posting out of a page without markup: the title among the headings, the facts around it, the densest text.

Every rule is about how pages are built in general; none knows a site.
"""

import re
from html import escape

from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from quiethire.domain.words import fold
from services.parser import facts
from services.parser.company import company
from services.parser.document import Document, Line
from services.parser.headline import Heading, bare_title, find_title
from services.parser.labelled import Facts
from services.parser.labels import SECTION, says_apply
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place, parse_locations
from services.parser.normalise.postal import postal_place
from services.parser.normalise.salary import reads_as_pay
from services.parser.normalise.text import squeeze

_LITTLE = 60
"""Characters of prose below which a page shows no description."""
_SENTENCE = 5
"""Words of a sentence."""
_LEAST_SECTIONS = 2
"""Headings of a posting that make lists a description."""
_PROSE = 60
"""Characters from which a line is prose."""


def read(document: Document, known: RawPosting | None = None) -> RawPosting:
    """What the page shows; fields that it does not show are None. Whether it is a posting at all is not asked here.

    Company and description are not looked for where they are `known` from a better source.
    """
    heading = document.once(find_title)
    lines = document.content
    shown = facts.read(document, heading)
    salary = shown.first("salary")
    pay = salary if salary and reads_as_pay(salary.value, labelled=True) else None
    return RawPosting(
        url=document.url,
        title=Sourced(value=bare_title(heading.text, document), source=Source.HTML, path=heading.path)
        if heading
        else None,
        company=None if known and known.company else company(document, heading, shown.found.get("company", [])),
        locations=_locations(shown),
        workplace=shown.first("workplace"),
        job_type=_all_types(shown),
        department=shown.first("department"),
        description_html=None
        if known and known.description_html
        else _description(lines, heading) or _meta_description(document),
        salary=RawSalary(source=Source.HTML, path=pay.path, text=pay.value) if pay else None,
        posted_at=_posted(shown.first("posted_at"), document),
        valid_through=shown.first("valid_through"),
        application_url=apply_url(document),
        language=language(document),
    )


def _locations(shown: Facts) -> tuple[Sourced, ...]:
    """The first value that names a city and nothing more, with the cities listed beside it; else the first that is a place."""
    values = shown.found.get("location", [])
    cities = [
        pair
        for pair in values
        if "," in pair[0] or postal_place(pair[0]) or (known_place(pair[0]) and _names_city(pair[0]))
    ]
    if cities:
        beside = [pair for pair in cities[1:] if pair[1] == cities[0][1] and known_place(pair[0])]
        chosen = [cities[0], *beside]
    else:
        chosen = [pair for pair in values if known_place(pair[0])][:1] or values[:1]
    return tuple(Sourced(value=value, source=Source.HTML, path=path) for value, path in chosen)


def _names_city(text: str) -> bool:
    return any(place.city for place in parse_locations([text]).locations)


def _all_types(shown: Facts) -> Sourced | None:
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


_HAS_YEAR = re.compile(r"\b(?:19|20)\d\d\b|[./-]\d\d\b")


def _posted(shown: Sourced | None, document: Document) -> Sourced | None:
    """The date that the page shows. "3 weeks ago" is less than the `<time>` that it stands in says."""
    if shown is not None and _HAS_YEAR.search(shown.value):
        return shown
    if shown is not None:
        return _time(document) or shown
    for name in _META_DATES:
        if value := document.meta.get(name):
            return Sourced(value=value, source=Source.HTML, path=f"meta[{name}]")
    return _time(document)


def _time(document: Document) -> Sourced | None:
    """The first `<time>` next to a word for posting."""
    for node in document.tree.css("time[datetime]")[:20]:
        around = f"{squeeze(node.parent.text()[:300])[:80] if node.parent is not None else ''} {node.text()[:80]}"
        value = (node.attributes.get("datetime") or "").strip()
        if value and _POSTED.search(fold(around)) and not document.framed(node):
            return Sourced(value=value, source=Source.HTML, path="time[datetime]")
    return None


# --- application and description ---


def language(document: Document) -> Sourced | None:
    """The language that the page says it is in."""
    code = document.language
    return Sourced(value=code, source=Source.HTML, path="html[lang]") if code else None


def apply_url(document: Document) -> Sourced | None:
    """Where the first link to apply leads."""
    for node in document.tree.css("a[href]")[:2_000]:
        href = (node.attributes.get("href") or "").strip()
        text = fold(squeeze(node.text())[:80])
        if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")) and says_apply(text):
            return Sourced(value=href, source=Source.HTML, path=f"a “{squeeze(node.text())[:60]}”")
    if (elsewhere := document.once(form_elsewhere)) is not None:
        return Sourced(value=elsewhere, source=Source.HTML, path="a[href] of a form")
    # A page that holds the form itself is where one applies.
    form = "form input[type=file], form input[type=email]"
    return Sourced(value=document.url, source=Source.HTML, path=form) if document.tree.css_first(form) else None


_FORM_HOST = re.compile(
    r"https?://(?:[\w-]+\.)*(?:forms\.gle/|docs\.google\.com/(?:a/[^/]+/)?forms/|typeform\.com/to/|(?:form\.)?jotform\.com/|tally\.so/r/|airtable\.com/(?:app\w+/)?(?:shr|pag)"
    r"|forms\.office\.com/|forms\.cloud\.microsoft/|cognitoforms\.com/|wufoo\.com/forms/|formstack\.com/forms/|forms\.zoho\w*\.\w+/|zohopublic\.\w+/|form\.123formbuilder\.com/|fillout\.com/|forms\.yandex\.\w+/)",
    re.IGNORECASE,
)
"""Addresses of forms with those who host the forms of others."""
_OTHER_FORM = re.compile(
    r"newsletter|feedback|survey|umfrage|sondage|encuesta|pesquisa|subscribe|contact|rsvp|waitlist"
)
"""Texts of links to forms for other things, folded."""


def form_elsewhere(document: Document) -> str | None:
    """The first link of the content to a form that another host keeps: how small employers take applications."""
    for node in document.tree.css("a[href^='http']")[:2_000]:
        href = (node.attributes.get("href") or "").strip()
        if _FORM_HOST.match(href) and not document.framed(node) and not _OTHER_FORM.search(fold(node.text()[:200])):
            return href
    return None


def has_apply(document: Document) -> bool:
    """Whether the page has a link, a button or a form to apply with."""
    return any(says_apply(line.folded) for line in document.content if len(line.text) <= 80) or any(
        (node.attributes.get("href") or "").startswith("mailto:") and says_apply(fold(node.text() or ""))
        for node in document.tree.css("a[href^='mailto:']")[:20]
    )


def description_lines(lines: list[Line], heading: Heading | None) -> list[Line]:
    """The run of lines after the title with the most prose: what follows a form, related postings or a footer is cut."""
    start = heading.index + 1 if heading is not None and heading.index < len(lines) else 0
    kept: list[Line] = []
    gap = 0
    for line in lines[start:]:
        # What ends a description, and what one applies by, is short.
        short = line.folded if len(line.text) <= 120 else ""
        if facts.ENDS.match(short):
            # Where nothing was told yet, the box to apply by stands above the text.
            if any(len(told.text) >= _PROSE for told in kept):
                break
            continue
        if line.link or says_apply(short) or line.tag in ("button", "label", "legend"):
            gap += 1
            if gap > 25 and kept:
                break
            continue
        gap = 0
        kept.append(line)
    prose = [i for i, line in enumerate(kept) if len(line.text) >= _PROSE]
    if sum(len(kept[i].text) for i in prose) < _LITTLE:
        return _outline(kept)
    first, last = min([prose[0], *_sections(kept)[:1], *_sentences(kept)[:1]]), prose[-1]
    while first > 0 and (kept[first - 1].heading or kept[first - 1].bold) and kept[first - 1].text[-1:] != ".":
        first -= 1
    return kept[first : max(last + 6, _end_of_lists(kept, last))]


def _outline(lines: list[Line]) -> list[Line]:
    """The sections of a posting that is told in lists alone, of which no item is prose; none where there are not two."""
    heads = _sections(lines)
    items = [i for i, line in enumerate(lines) if line.tag == "li"]
    if len(heads) < _LEAST_SECTIONS or not items or sum(len(lines[i].text) for i in items) < _LITTLE:
        return []
    return lines[heads[0] : items[-1] + 1]


def _end_of_lists(lines: list[Line], last: int) -> int:
    """Where the lists end that follow the last prose: each below a heading, their items may be short."""
    end = last + 1
    for index in range(last + 1, len(lines)):
        line = lines[index]
        if line.tag == "li" or line.heading > 1 or line.bold:
            end = index + 1 if line.tag == "li" else end
        elif not (lines[index - 1].heading or lines[index - 1].bold):
            break
        elif SECTION.search(lines[index - 1].folded):
            end = index + 1  # "Terms of employment", and a short line on them.
    return end


def _sentences(lines: list[Line]) -> list[int]:
    """Short sentences: with these a description may begin."""
    return [i for i, line in enumerate(lines) if line.text[-1:] in ".!?" and len(line.text.split()) >= _SENTENCE]


def _sections(lines: list[Line]) -> list[int]:
    """Where sections of a posting begin: their lists may be of short lines alone."""
    return [
        i
        for i, line in enumerate(lines)
        if (line.heading > 1 or line.bold) and len(line.text) < _PROSE and SECTION.search(line.folded)
    ]


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
