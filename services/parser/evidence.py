"""Whether a page without markup holds one posting, and why not in a sentence.

Postings are written in languages and for trades that no list of words covers, so no one sign decides. Points are added:

| points | for |
|--------|-----|
| 3 or 2 | a title with a mark of gender (`(m/w/d)`, `H/F`), or with the name of an occupation |
| 1 each | job type, pay, a date or a deadline, a place or a workplace, the posting's number |
| ≤ 3    | headings that stand in postings, 1 each; headings with a list below count in any language, for 2 at most |
| 2 or 1 | a link, a button or a form to apply with, or an address to write to |
| 1      | words that look for somebody in the text |
| 1 each | the address, and what the page calls itself, say that it is a posting |
| − 2    | it calls itself a page about working somewhere, asks and answers questions, or is an article without a way to apply |
| − 6    | it sells something, or teaches how postings are written |

A list is told by links to several postings, and by headings alike that each have a link alike, or a title, of their own.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from quiethire.domain.posting import RawPosting
from services.parser import html, links
from services.parser.document import Document, Line
from services.parser.headline import MAX_NAME, SEPARATOR, find_title, is_generic, page_names
from services.parser.labels import ABOUT_WORK, CLOSED, HIRING, POSTING_NOUN, REFERENCE, SECTION, TEACHES
from services.parser.normalise.text import fold
from services.parser.titles import bears_gender, reads_like_title
from services.parser.wordlist import any_of

ENOUGH = 5
"""Points of evidence that make a page a posting."""
_SHELL = 300
"""Characters of text below which a page with scripts is a shell."""
_REFERENCE = 120
"""Characters of a line that gives a posting's number."""
_MANY_LINKS = 4
_MANY_QUESTIONS = 4
_LONGEST_HEADING = 70
_LONGEST_NOTICE = 160
"""Characters of a line that says that a posting is closed."""

_FOLDERS = any_of(
    "job|jobs|jobb|position|positions|opening|openings|vacancy|vacancies|posting|postings|role|roles|career|careers|opportunity|opportunities|employment|work-for-us|work-with-us|join|join-us|recruiting|recruitment|hiring|rpd|job-openings|open-positions|job-description|jobdescription|job-posting"
    "|stelle|stellen|stellenangebot|stellenangebote|stellenanzeige|stellenanzeigen|stellenausschreibung|stellenausschreibungen|karriere|jobangebot|jobangebote|offene-stellen|ausbildung|arbeiten-bei-uns|offre|offres|offre-emploi|offres-emploi|offres-d-emploi|emploi|emplois|recrutement|carriere|carrieres|nous-rejoindre|rejoignez-nous|poste|postes"
    "|oferta|ofertas|oferta-empleo|ofertas-empleo|oferta-de-empleo|ofertas-de-empleo|empleo|empleos|trabajo|trabaja-con-nosotros|vacante|vacantes|vaga|vagas|carreiras|trabalhe-conosco|oferta-emprego|emprego|empregos|ofertes|treballa|lavora-con-noi|posizioni-aperte|annunci|offerte-di-lavoro|lavoro|posizioni"
    "|vacature|vacatures|werken-bij|werkenbij|stilling|stillinger|ledig-stilling|ledige-stillinger|ledige-job|ledigt-job|karriar|lediga-jobb|lediga-tjanster|rekry|avoimet-tyopaikat|tyopaikat|ura|praca|oferta-pracy|oferty-pracy|oferty|kariera|prace|volna-mista|volne-pozice|nabidka-prace|nabidky|pozice|allas|allasok|allasajanlat|karrier"
    "|cariere|locuri-de-munca|joburi|kariyer|is-ilanlari|acik-pozisyonlar|vakansii|vakansiya|vacancii|rabota|karjera|karijera|posao|zaposlitev|tookohad|vakances|darbas|recruit|recruitment|saiyo|kyujin|zhaopin|zhaopinxinxi|tuyen-dung|viec-lam|lowongan|karir|postdoc|phd|phd-position"
)  # fmt: skip
_ADDRESS = re.compile(rf"/(?:[\w-]*[-_])?{_FOLDERS}(?:/[^/]*[\w%-]{{3,}}|(?:[-_][\w-]+)?(?:\.\w+)?/?$)")
_FORM = "form input[type=file]"


@dataclass(frozen=True)
class _Block:
    """A heading of the page and what stands below it."""

    head: Line
    items: int
    """Items of lists that are no links."""
    link: str | None
    """The text of the link that the block ends with."""


def why_not(document: Document, raw: RawPosting) -> str | None:
    """Why the page is refused; None where there is evidence enough of one posting.

    The first word is stable: `shell`, `closed`, `list`, `untitled` or `unlikely`.
    """
    text = sum(len(line.text) for line in document.content)
    if text < _SHELL and len(document.tree.css("script")) > 1 and raw.title is None:
        return f"shell: the page has {text} characters of text and builds itself by script"
    if raw.title is None:
        return "untitled: no heading of the page can be the title of a posting"
    if any(len(line.text) <= _LONGEST_NOTICE and CLOSED.search(line.folded) for line in document.content):
        return "closed: the page says that the posting is no longer open"
    blocks = list(_blocks(document))
    if alike := _alike(document, raw.title.value, blocks):
        return f"list: {alike} headings of the page are titles of postings, or lead to one each"
    sections = _sections(blocks, raw.title.value)
    points = sum(_points(document, raw, blocks, sections).values())
    if points < ENOUGH:
        return f"unlikely: {points} of the {ENOUGH} points of evidence for a posting"
    return _why_listing(document, raw.title.value, points, sections)


def _why_listing(document: Document, title: str, points: int, sections: set[str]) -> str | None:
    """Why a page that may be a posting is a list by its links, which are dear to look for: only where their number decides."""
    weak = points < ENOUGH + 3 or ABOUT_WORK.search(fold(document.title))
    if not weak and sections:
        return None
    listed = _listed(document, title)
    if (listed >= _MANY_LINKS and weak) or (listed >= _MANY_LINKS - 1 and not sections):
        return f"list: the page links to {listed} postings and is none itself"
    return None


def _points(document: Document, raw: RawPosting, blocks: list[_Block], sections: set[str]) -> dict[str, int]:
    """The table above, sign by sign."""
    title = raw.title.value if raw.title else ""
    applies = html.has_apply(document) or document.tree.css_first(_FORM) is not None
    outlined = sum(block.items > 1 for block in blocks)
    about_work = ABOUT_WORK.search(fold(document.title)) is not None and not reads_like_title(document.title)
    return {
        "title": 3 if bears_gender(title) else 2 * reads_like_title(title),
        "job type": int(raw.job_type is not None),
        "pay": int(raw.salary is not None),
        "date": int(raw.posted_at is not None or raw.valid_through is not None),
        "place": int(bool(raw.locations or raw.workplace)),
        "number": int(any(len(line.text) <= _REFERENCE and REFERENCE.match(line.folded) for line in document.content)),
        "sections": min(3, max(len(sections), min(2, outlined))),
        "apply": 2 if applies else int(_gives_address(document)),
        "hiring": int(any(HIRING.search(line.folded) for line in document.content)),
        "address": int(_ADDRESS.search(unquote(document.url.partition("://")[2]).lower()) is not None),
        "named": int(any(POSTING_NOUN.search(fold(name)) for name in document.once(page_names))),
        "about work": -2 * about_work,
        "about a company": -2 * _about_a_company(document, title),
        "article": -2 * (not applies and _is_article(document)),
        "sells": -6 * _sells_or_teaches(document, title),
    }


def _about_a_company(document: Document, title: str) -> bool:
    """Whether headings give a page about working somewhere away: questions and answers, or slogans below a name such as `Careers`."""
    headings = {line.text for line in document.content if line.heading}
    if sum(text.endswith("?") for text in headings) >= _MANY_QUESTIONS:
        return True
    own = SEPARATOR.split(document.title[:MAX_NAME])[0]
    return bool(own) and is_generic(own) and not reads_like_title(title)


def _is_article(document: Document) -> bool:
    """Whether the page says that it is an article that somebody wrote."""
    return document.meta.get("og:type") == "article" and (
        "article:author" in document.meta or "author" in document.meta
    )


def _sells_or_teaches(document: Document, title: str) -> bool:
    """Whether the page offers something for a price, or is about how postings are written."""
    sells = document.meta.get("og:type", "").startswith("product") or "product:price:amount" in document.meta
    return sells or any(TEACHES.search(fold(name)) for name in (title, document.title))


def _gives_address(document: Document) -> bool:
    """Whether the text gives an address to write to."""
    return any("@" in line.text for line in document.content) or any(
        not document.framed(node) for node in document.tree.css("a[href^='mailto:']")[:20]
    )


def _blocks(document: Document) -> Iterator[_Block]:
    """The headings of the page's content, each with what stands below it up to the next."""
    head: Line | None = None
    items, last = 0, None
    for line in document.content:
        if line.heading or _heads(line):
            if head is not None:
                yield _Block(head, items, last)
            head, items, last = line, 0, None
        else:
            items += line.tag == "li" and not line.link
            last = line.folded if line.link else None
    if head is not None:
        yield _Block(head, items, last)


def _heads(line: Line) -> bool:
    return len(line.text) <= _LONGEST_HEADING and (line.heading > 1 or line.bold or line.text.endswith(":"))


def _sections(blocks: list[_Block], title: str) -> set[str]:
    """The headings that stand in postings."""
    heads = {block.head.folded for block in blocks if _heads(block.head)} - {fold(title)}
    return {head for head in heads if SECTION.search(head)}


def _alike(document: Document, title: str, blocks: list[_Block]) -> int:
    """How many headings are titles beside the page's own, or lead somewhere each: 0 where they make no list."""
    named = fold(title) in map(fold, document.once(page_names))
    heading = document.once(find_title)
    level = (
        document.content[heading.index].heading if heading is not None and heading.index < len(document.content) else 0
    )
    marked = {block.head.folded for block in blocks if bears_gender(block.head.text)}
    if len(marked) > 1 and not bears_gender(document.title):
        return len(marked)
    siblings = [block for block in blocks if block.head.heading == level and not SECTION.search(block.head.folded)]
    titled = {block.head.folded for block in siblings if level and reads_like_title(block.head.text)}
    if len(titled) > 1 and level > 1 and not named:
        return len(titled)
    if named and level < 2:
        return 0
    leading = Counter(block.link for block in siblings if block.link and level > 1)
    _, most = leading.most_common(1)[0] if leading else ("", 0)
    return most if most > 1 else 0


def _listed(document: Document, title: str) -> int:
    """Links to other postings; where many stand below a posting they are its neighbours, which `why_not` weighs."""
    return len({link.url for link in document.once(links.links_of) if fold(link.text) != fold(title)})
