"""Whether a page without markup holds one posting: only positive evidence counts, and why not is a sentence."""

import re

from quiethire.domain.posting import RawPosting
from services.parser import html, links
from services.parser.document import Document
from services.parser.headline import MAX_NAME, SEPARATOR, is_generic
from services.parser.labels import ABOUT_WORK, REFERENCE, SECTION
from services.parser.normalise.text import fold
from services.parser.titles import reads_like_title

ENOUGH = 5
"""Points of evidence that make a page a posting."""
_SHELL = 300
"""Characters of text below which a page with scripts is a shell."""
_MANY_LINKS = 4
_MANY_QUESTIONS = 4

_POSTING_PATH = re.compile(
    r"/(?:jobs?|positions?|openings?|vacanc(?:y|ies)|postings?|stellen?|stellenangebote?|rpd|offres?|ofertas?|roles?|careers?|karriere|join-us|job\w*)/[^/]*[\w-]{4,}",
    re.IGNORECASE,
)


def why_not(document: Document, raw: RawPosting) -> str | None:
    """Why the page is refused; None where there is evidence enough of one posting.

    The first word is stable: `shell`, `list`, `untitled` or `unlikely`.
    """
    text = sum(len(line.text) for line in document.content)
    if text < _SHELL and len(document.tree.css("script")) > 1 and raw.title is None:
        return f"shell: the page has {text} characters of text and builds itself by script"
    if raw.title is None:
        return "untitled: no heading of the page can be the title of a posting"
    points = _points(document, raw)
    listed = _listed(document, raw.title.value)
    weak = points < ENOUGH + 3 or ABOUT_WORK.search(fold(document.title))
    if (listed >= _MANY_LINKS and weak) or (listed >= _MANY_LINKS - 1 and not _sections(document)):
        return f"list: the page links to {listed} postings and is none itself"
    if points < ENOUGH:
        return f"unlikely: {points} of the {ENOUGH} points of evidence for a posting"
    return None


def _points(document: Document, raw: RawPosting) -> int:
    """Evidence: the title's words, facts, headings of sections, a way to apply, the address."""
    title = raw.title.value if raw.title else ""
    sections = _sections(document)
    return (
        2 * reads_like_title(title)
        + (raw.job_type is not None)
        + (raw.salary is not None)
        + (raw.posted_at is not None or raw.valid_through is not None)
        + bool(raw.locations or raw.workplace)
        + min(3, len(sections))
        + any(REFERENCE.match(fold(line.text[:60])) for line in document.content)
        + 2 * html.has_apply(document)
        + bool(_POSTING_PATH.search(document.url))
        - 2 * bool(ABOUT_WORK.search(fold(document.title)) and not reads_like_title(document.title))
        - 2 * _about_a_company(document, title)
    )


def _about_a_company(document: Document, title: str) -> bool:
    """Whether headings give a page about working somewhere away: questions and answers, or slogans below a name such as `Careers`."""
    headings = {line.text for line in document.content if line.heading}
    if sum(text.endswith("?") for text in headings) >= _MANY_QUESTIONS:
        return True
    own = SEPARATOR.split(document.title[:MAX_NAME])[0]
    return bool(own) and is_generic(own) and not reads_like_title(title)


def _sections(document: Document) -> set[str]:
    """The headings that stand in postings."""
    return {
        fold(line.text)
        for line in document.content
        if _heads(line.text, line.heading, bold=line.bold) and SECTION.search(fold(line.text))
    }


def _heads(text: str, heading: int, *, bold: bool) -> bool:
    return len(text) <= 70 and (heading > 1 or bold or text.endswith(":"))


def _listed(document: Document, title: str) -> int:
    """Links to other postings; where many stand below a posting they are its neighbours, which `why_not` weighs."""
    return len({link.url for link in links.links_of(document) if fold(link.text) != fold(title)})
