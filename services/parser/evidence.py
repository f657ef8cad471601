"""Whether a page without markup holds one posting, and why not in a sentence.

Postings are written in languages and for trades that no list of words covers, so no one sign decides. Points are added:

| points  | for |
|---------|-----|
| 3, 2    | a title with a mark of gender (`(m/w/d)`, `H/F`); one with the name of an occupation, or that says that it is a vacancy |
| − 1     | a title with neither, in a language whose occupations are known, on a page whose headings ask for nothing |
| 2       | a title that the markup calls the title of a job |
| 1 each  | job type, department, pay, a date or a deadline, a place or a workplace, the posting's number |
| 1 to 3  | headings that stand in postings; headings with a list below count in any language, for 2 at most |
| 2, 1    | a link, a button, a form or an address to apply with; any address to write to |
| 2, 1    | an address below a folder of postings; a page that is called a posting |
| 1 each  | prose that looks for somebody, a page that calls itself a posting |
| − 2     | nothing of all this that is about work |
| − 2     | a title that follows other headings of its level, and that the page does not call itself by |
| − 2     | an address in a part of the site that holds documents, news or goods |
| − 2     | a page that calls itself one about working somewhere, that asks and answers, or an article without a way to apply |
| − 6     | a page that sells something, or teaches how postings are written |

A list is told by links to several postings, and by headings alike that each have a link alike, or a title, of their own.
"""

import re
from collections import Counter
from urllib.parse import unquote

from quiethire.domain.posting import RawPosting
from quiethire.domain.urls import canonical_url
from quiethire.domain.words import fold
from services.parser import html, links
from services.parser.closed_notices import notice_among
from services.parser.document import Document
from services.parser.headline import MAX_NAME, SEPARATOR, TITLE_HINT, find_title, is_generic, page_names
from services.parser.labels import (
    ABOUT_WORK,
    APPLICATION,
    HIRING,
    POSTING_NOUN,
    REFERENCE,
    SECTION,
    TEACHES,
)
from services.parser.outline import LONGEST_HEADING, Block, blocks_of, sections_of
from services.parser.titles import bears_gender, reads_like_title
from services.parser.wordlist import any_of

ENOUGH = 5
"""Points of evidence that make a page a posting."""
_SHELL = 300
"""Characters of text below which a page with scripts is a shell."""
_REFERENCE = 120
"""Characters of a line that gives a posting's number."""
_MANY_LINKS = 4
_TWICE = 2
"""Times that a page may bear its title as a heading."""
_MANY_QUESTIONS = 4
_PROSE = 40
"""Characters of a sentence."""
_SURE = 2
"""Points for a way to apply that is nothing else."""
_SPOKEN = re.compile(
    r"(ar|bg|ca|cs|da|de|el|en|es|fi|fr|he|hr|hu|it|ja|ko|nb|nl|nn|no|pl|pt|ro|ru|sk|sl|sr|sv|th|tr|uk|vi|zh)\b",
    re.IGNORECASE,
)
"""Languages whose words for occupations are known."""
_BESIDE = 10
"""Lines from the title in which such a line is about the posting itself."""

_FOLDERS = any_of(
    "job|jobs|jobb|position|positions|opening|openings|vacancy|vacancies|posting|postings|role|roles|career|careers|opportunity|opportunities|employment|work-for-us|work-with-us|join|join-us|recruiting|recruitment|hiring|rpd|job-openings|open-positions|job-description|jobdescription|job-posting"
    "|stelle|stellen|stellenangebot|stellenangebote|stellenanzeige|stellenanzeigen|stellenausschreibung|stellenausschreibungen|karriere|jobangebot|jobangebote|offene-stellen|ausbildung|arbeiten-bei-uns|offre|offres|offre-emploi|offres-emploi|offres-d-emploi|emploi|emplois|recrutement|carriere|carrieres|nous-rejoindre|rejoignez-nous|poste|postes"
    "|oferta|ofertas|oferta-empleo|ofertas-empleo|oferta-de-empleo|ofertas-de-empleo|empleo|empleos|trabajo|trabaja-con-nosotros|vacante|vacantes|vaga|vagas|carreiras|trabalhe-conosco|oferta-emprego|emprego|empregos|ofertes|treballa|lavora-con-noi|posizioni-aperte|annunci|offerte-di-lavoro|lavoro|posizioni"
    "|vacature|vacatures|werken-bij|werkenbij|stilling|stillinger|ledig-stilling|ledige-stillinger|ledige-job|ledigt-job|karriar|lediga-jobb|lediga-tjanster|rekry|avoimet-tyopaikat|tyopaikat|ura|praca|oferta-pracy|oferty-pracy|oferty|kariera|prace|volna-mista|volne-pozice|nabidka-prace|nabidky|pozice|allas|allasok|allasajanlat|karrier"
    "|cariere|locuri-de-munca|joburi|kariyer|is-ilanlari|acik-pozisyonlar|vakansii|vakansiya|vacancii|rabota|storf|laus-storf|puesto|puestos|karjera|karijera|posao|zaposlitev|tookohad|vakances|darbas|recruit|recruitment|saiyo|kyujin|zhaopin|zhaopinxinxi|tuyen-dung|viec-lam|lowongan|karir|postdoc|phd|phd-position"
)  # fmt: skip
_FOLDER = rf"/(?:[\w-]*[-_])?{_FOLDERS}"
_BELOW = re.compile(rf"{_FOLDER}(?:\.\w+)?/(?!index|search|all|page|category|list|login)[^/]*\w{{3}}")
"""An address below a folder of postings: `/karriere/koch`."""
_NOUNS = any_of(
    "job|stellenangebot|stellenausschreibung|stellenanzeige|vacature|vacancy|postdoc|phd|vaga|empleo|emploi|offre-emploi|offre-d-emploi|oferta-empleo|oferta-de-empleo|lediga-jobb|ledig-stilling|stilling|praca|oferta-pracy|job-posting|job-description|job-opening"
)  # fmt: skip
_ITSELF = re.compile(rf"(?:{_FOLDER}|/(?:[\w-]*[-_])?{_NOUNS}[-_][\w-]+)(?:\.\w+)?/?$")
"""A page that is called a posting: `/vacature.html`."""
_OFFERS = re.compile(
    r"benefit|skill|get\b|perks|experience|offer|bieten|offr|ofre|tilby|erbjud|nabiz|oferuj|kinal|предлага|salar|compensation"
)
"""Headings that stand in postings and on the pages of those who sell, folded."""
_ELSEWHERE = re.compile(
    r"//(?:docs?|developers?|wiki|help|support|blog|forum|community|shop|store|academy|learn|news)\."
    r"|/(?:docs?|api|blog|wiki|help|support|forum|shop|store|products?|courses?|academy|news|press|events?|stories|magazine)/",
    re.IGNORECASE,
)
"""Parts of sites that hold other things."""
_FORM = "form input[type=file]"
_GUIDE = re.compile(
    r"(?:how to (?:get there|become|get started)|a day in the life|(?:job |career )?outlook|(?:career|study|education\w*) path\w*|average (?:salary|pay)|(?:typical|expected) salary|related (?:careers|occupations)"
    r"|wie wird man|ausbildungsweg|verdienstmoglichkeiten|berufsaussichten|zukunftsaussichten|comment devenir|debouches|como llegar a ser|salidas profesionales|come diventare|sbocchi)\b"
)
"""Headings of guides to occupations, folded; the first two stand in postings too."""


def why_not(document: Document, raw: RawPosting) -> str | None:
    """Why the page is refused; None where there is evidence enough of one posting.

    The first word is stable: `shell`, `untitled`, `list`, `unlikely` or `closed`.
    """
    text = sum(len(line.text) for line in document.content)
    if text < _SHELL and len(document.tree.css("script")) > 1 and raw.title is None:
        return f"shell: the page has {text} characters of text and builds itself by script"
    if raw.title is None:
        return "untitled: no heading of the page can be the title of a posting"
    blocks = list(blocks_of(document.content))
    if alike := _alike(document, raw.title.value, blocks):
        return f"list: {alike} headings of the page are titles of postings, or lead to one each"
    sections = sections_of(blocks, raw.title.value)
    points = sum(_points(document, raw, blocks, sections).values())
    if (reason := _why_listing(document, raw.title.value, points, sections)) is not None:
        return reason
    if points < ENOUGH:
        return f"unlikely: {points} of the {ENOUGH} points of evidence for a posting"
    return notice_among(document.content)


def why_over(document: Document) -> str | None:
    """Why a posting that markup states is over: the page says so beside its title, and offers no way to apply.

    Sites leave the markup of what they have closed. A notice further down may be of another posting, and one beside a way to
    apply is a text that scripts show when its time comes.
    """
    heading = document.once(find_title)
    if heading is None:
        return None
    over = notice_among(document.content[max(0, heading.index - _BESIDE) : heading.index + _BESIDE + 1])
    return over if over is not None and _applies(document) < _SURE else None


def _why_listing(document: Document, title: str, points: int, sections: set[str]) -> str | None:
    """Why a page that may be a posting is a list by its links, which are dear to look for: only where their number decides."""
    if _leads_away(document, title, sections):
        return "list: the page leads to the posting of its title"
    weak = points < ENOUGH + 3 or ABOUT_WORK.search(fold(document.title))
    if not weak and sections:
        return None
    listed = _listed(document, title)
    if (listed >= _MANY_LINKS and weak) or (listed >= _MANY_LINKS - 1 and not sections):
        return f"list: the page links to {listed} postings and is none itself"
    return None


def _points(document: Document, raw: RawPosting, blocks: list[Block], sections: set[str]) -> dict[str, int]:
    """The table above, sign by sign."""
    title = raw.title.value if raw.title else ""
    outlined = sum(block.items > 1 for block in blocks)
    of_work = {
        "job type": int(raw.job_type is not None),
        "department": int(raw.department is not None),
        "number": int(any(len(line.text) <= _REFERENCE and REFERENCE.match(line.folded) for line in document.content)),
        "apply": _applies(document),
        "hiring": int(any(len(line.text) >= _PROSE and HIRING.search(line.folded) for line in document.content)),
        "address": _address(document.url),
        # The title is bare of words that look for somebody, the heading is not.
        "named": int(any(_says_so(name) for name in (title, *_headed(document), *document.once(page_names)))),
    }
    about_work = ABOUT_WORK.search(fold(document.title)) is not None and not reads_like_title(document.title)
    titled = _title(title, document, sections)
    return of_work | {
        "title": titled,
        "title's name": 2 * _named_title(document),
        "pay": int(raw.salary is not None),
        "date": int(raw.posted_at is not None or raw.valid_through is not None),
        "place": int(bool(raw.locations or raw.workplace)),
        "sections": min(3, max(len(sections), min(2, outlined))),
        "nothing of work": -2 * (not bears_gender(title) and not _of_work(of_work, sections)),
        "late": -2 * _late(document, title),
        "elsewhere": -2 * (_ELSEWHERE.search(document.url) is not None),
        "about work": -2 * about_work,
        "about a company": -2 * _about_a_company(document, title),
        "article": -2 * (_is_article(document) and not _is_applied_for(of_work, titled)),
        "sells": -6 * (_sells_or_teaches(document, title) or (not of_work["apply"] and _guides(blocks))),
    }


def _is_applied_for(of_work: dict[str, int], titled: int) -> bool:
    """Whether an article is a posting after all: what one applies by is sure, or it has a title and an address of its own."""
    return of_work["apply"] >= _SURE or (of_work["apply"] > 0 and of_work["address"] > 0 and titled > 1)


def _guides(blocks: list[Block]) -> bool:
    """Whether headings are those of a guide to an occupation: how one comes to it, and what it has in store."""
    return len({block.head.folded for block in blocks if _GUIDE.match(block.head.folded)}) > 1


def _headed(document: Document) -> tuple[str, ...]:
    """The heading of the title as the page has it."""
    heading = document.once(find_title)
    return () if heading is None else (heading.text,)


def _says_so(name: str) -> bool:
    """Whether a name of the page says that it is a posting, or looks for somebody."""
    folded = fold(name)
    return POSTING_NOUN.search(folded) is not None or HIRING.search(folded) is not None


def _of_work(signs: dict[str, int], sections: set[str]) -> bool:
    """Whether a sign, or two headings that ask for something, are about work: prices, skills and offers are anywhere."""
    if signs["apply"] >= _SURE or any(points for sign, points in signs.items() if sign != "apply"):
        return True
    return _asking(sections) > 1


def _title(title: str, document: Document, sections: set[str]) -> int:
    """Points for the title.

    One of no known word tells nothing where a heading asks for something, or where the page's language is not known.
    """
    if bears_gender(title):
        return 3
    heading = document.once(find_title)
    if reads_like_title(title) or (heading is not None and POSTING_NOUN.search(fold(heading.text)) is not None):
        return 2
    known = _SPOKEN.match(document.language or "en") is not None
    return -1 if known and not _asking(sections) else 0


def _asking(sections: set[str]) -> int:
    """How many headings are about duties and demands; offers, skills and prices stand on other pages too."""
    return sum(_OFFERS.search(section) is None for section in sections)


def _named_title(document: Document) -> bool:
    """Whether the markup itself calls the heading the title of a job."""
    heading = document.once(find_title)
    if heading is None or heading.index >= len(document.content):
        return False
    return TITLE_HINT.search(document.content[heading.index].hint) is not None


def _late(document: Document, title: str) -> bool:
    """Whether a heading that the page does not call itself by follows others of its level: a title comes first."""
    heading = document.once(find_title)
    if heading is None or heading.index >= len(document.content) or bears_gender(title):
        return False
    level = document.content[heading.index].heading
    before = sum(line.heading == level for line in document.content[: heading.index])
    return level > 1 and before > 1 and fold(title) not in map(fold, document.once(page_names))


def _applies(document: Document) -> int:
    """Points for a way to apply: a link, a button, a form, an address for what one applies with; fewer for any address."""
    lines = document.content
    if html.has_apply(document) or html.form_elsewhere(document) or document.tree.css_first(_FORM) is not None:
        return _SURE
    writes = any("@" in line.text for line in lines) or any(
        not document.framed(node) for node in document.tree.css("a[href^='mailto:']")[:20]
    )
    if not writes:
        return 0
    return _SURE if any(APPLICATION.search(line.folded) for line in lines) else 1


def _address(url: str) -> int:
    """Points for an address below a folder of postings, or of a page that is called one."""
    path = f"/{unquote(url).partition('://')[2].partition('/')[2]}".partition("?")[0].partition("#")[0].lower()
    return 2 if _BELOW.search(path) else int(_ITSELF.search(path) is not None)


def _about_a_company(document: Document, title: str) -> bool:
    """Whether headings give a page about working somewhere away: questions and answers, or slogans below a name such as `Careers`."""
    questions = {line.folded for line in document.content if line.heading and line.text.endswith("?")}
    if sum(SECTION.search(question) is None for question in questions) >= _MANY_QUESTIONS:
        return True
    own = _own_name(document)
    return bool(own) and is_generic(own) and not reads_like_title(title)


def _own_name(document: Document) -> str:
    """The first part of what the page calls itself: what follows may be of the site, or of what built it."""
    return SEPARATOR.split(document.title[:MAX_NAME])[0]


def _is_article(document: Document) -> bool:
    """Whether the page says that it is an article that somebody wrote."""
    return document.meta.get("og:type") == "article" and (
        "article:author" in document.meta or "author" in document.meta
    )


def _sells_or_teaches(document: Document, title: str) -> bool:
    """Whether the page offers something for a price, or is about how postings are written."""
    sells = document.meta.get("og:type", "").startswith("product") or "product:price:amount" in document.meta
    if bears_gender(title):
        return sells
    return sells or any(TEACHES.search(fold(name)) for name in (title, _own_name(document)))


def _alike(document: Document, title: str, blocks: list[Block]) -> int:
    """How many headings are titles beside the page's own, or lead somewhere each: 0 where they make no list."""
    named = fold(title) in map(fold, document.once(page_names))
    heading = document.once(find_title)
    level = (
        document.content[heading.index].heading if heading is not None and heading.index < len(document.content) else 0
    )
    texts = {block.head.folded for block in blocks}
    if not bears_gender(title):
        texts |= {line.folded for line in document.content if len(line.text) <= LONGEST_HEADING}
    marked = {text for text in texts if bears_gender(text)}
    if len(marked) > 1 and not bears_gender(document.title):
        return len(marked)
    if level and (cards := _cards(blocks, level, title)) > _TWICE:
        return cards
    if not named and not reads_like_title(title) and (openings := _openings(blocks, level)) > 1:
        return openings
    siblings = [block for block in blocks if block.head.heading == level and not SECTION.search(block.head.folded)]
    titled = {block.head.folded for block in siblings if level and reads_like_title(block.head.text)}
    most = len(titled) > 2 or 1 < len(titled) >= len(siblings) / 2
    if most and level > 1 and not named:
        return len(titled)
    if named and level < 2:
        return 0
    leading = Counter(block.link for block in siblings if block.link and level > 1)
    _, count = leading.most_common(1)[0] if leading else ("", 0)
    return count if count > 1 else 0


def _cards(blocks: list[Block], level: int, title: str) -> int:
    """How often a page without the sections of a posting bears its title: a digest of one card over and over."""
    if any(SECTION.search(block.head.folded) for block in blocks):
        return 0
    return sum(block.head.heading == level and block.head.folded == fold(title) for block in blocks)


def _openings(blocks: list[Block], level: int) -> int:
    """Headings of one lesser level that are titles, each with its demands in a list: openings below a slogan."""
    levels = Counter(
        block.head.heading
        for block in {block.head.folded: block for block in blocks}.values()
        if block.head.heading > level
        and block.items > 1
        and reads_like_title(block.head.text)
        and not SECTION.search(block.head.folded)
        and not is_generic(block.head.text)
    )
    return max(levels.values(), default=0)


def _leads_away(document: Document, title: str, sections: set[str]) -> bool:
    """Whether the page has a link to the posting of its title: the page is called otherwise, and lists it."""
    heading = document.once(find_title)
    if heading is None or heading.index >= len(document.content):
        return False
    line = document.content[heading.index]
    if not line.link and (sections or line.heading < 2):
        return False
    if fold(title) in map(fold, document.once(page_names)):
        return False
    here = canonical_url(document.url)
    return any(
        fold(link.text) == fold(title) and canonical_url(link.url) != here for link in document.once(links.links_of)
    )


def _listed(document: Document, title: str) -> int:
    """Links to other postings; where many stand below a posting they are its neighbours, which `why_not` weighs."""
    return len({link.url for link in document.once(links.links_of) if fold(link.text) != fold(title)})
