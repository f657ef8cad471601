"""The cards of a listing: what stands around a link, its heading and the facts beside it."""

import re

from selectolax.lexbor import LexborNode

from quiethire.domain.words import fold
from services.parser.addresses import NUMBER
from services.parser.labels import label_of
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place
from services.parser.normalise.text import squeeze
from services.parser.normalise.workplace import workplace

MAX_LOOKS = 2_000
"""Elements around links in which a heading is looked for, and cards that are read."""
_MAX_HEADINGS = 8
_MAX_RISE = 5
"""Elements from a link up to its card."""
_LONGEST_CARD = 1_500
"""Characters of a card; what holds more is no card."""
_LONGEST_FACT = 60
_JOB_CLASS = re.compile(
    r"(?<![a-z])(?:jobs?|vacanc(?:y|ies)|positions?|openings?|postings?|careers?|stellen?|karriere|vacatures?|vagas?|ofertas?|offres?|stillinger|stilling|requisitions?|roles?|empleos?|annunci|pozice|praca)"
    r"[-_]*(?:list|item|card|row|title|link|entry|post|opening|listing|name|box|tile|teaser|offer|position)",
    re.IGNORECASE,
)
"""Classes of the cards of jobs: `job-card`, `vacancy__item`."""
_OTHER_CLASS = re.compile(
    r"filter|categor|(?<![a-z])nav|menu|tabs?(?![a-z])|pagin|crumb|related|benefit|story|blog|news", re.IGNORECASE
)


class Near:
    """What stands around the links of a page. Neighbours share their surroundings, so answers are kept by address."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._headings: dict[int, str | None] = {}
        self._read = 0

    def place(self, node: LexborNode) -> str:
        """Tags and first classes of the five elements around a link."""
        names: list[str] = []
        parent = node.parent
        while parent is not None and len(names) < 5:
            if (name := self._names.get(parent.mem_id)) is None:
                first = (parent.attributes.get("class") or "").split(" ")[0]
                name = "" if parent.tag in ("body", "html") else f"{parent.tag}.{NUMBER.sub('', first)}"
                self._names[parent.mem_id] = name
            if not name:
                break
            names.append(name)
            parent = parent.parent
        return ">".join(names)

    def heading(self, node: LexborNode) -> str:
        """The heading in the nearest of five elements around a link that has one, unless it heads many links."""
        parent = node.parent
        for _ in range(_MAX_RISE):
            if parent is None or parent.tag == "body":
                return ""
            if parent.mem_id not in self._headings:
                # Every look goes through all that is within: a page that asks for too many gets no more answers.
                self._headings[parent.mem_id] = _heading_in(parent) if len(self._headings) < MAX_LOOKS else None
            if (heading := self._headings[parent.mem_id]) is not None:
                return heading
            parent = parent.parent
        return ""

    def is_job_card(self, node: LexborNode, place: str) -> bool:
        """Whether the classes of a link, or of what is around it, are those of jobs in a list."""
        names = f"{place} {(node.attributes.get('class') or '')[:200]}"
        return _JOB_CLASS.search(names) is not None and _OTHER_CLASS.search(names) is None

    def tells_of_work(self, node: LexborNode, name: str, *, placed: bool) -> bool:
        """Whether the card of a link says more than its `name`: a job type, a workplace, or a place where it is `placed`."""
        self._read += 1
        card = _card(node) if self._read <= MAX_LOOKS else None
        if card is None:
            return False
        known = fold(name)
        texts = (squeeze(text) for text in card.text(separator="\n")[:_LONGEST_CARD].split("\n"))
        facts = [text for text in texts if 2 < len(text) <= _LONGEST_FACT and fold(text) != known]
        return any(_is_fact(text, placed=placed) for text in facts[:20])


def _heading_in(element: LexborNode) -> str | None:
    """The first heading in an element; an empty text where it heads many links, None where there is none."""
    for heading in element.css("h1, h2, h3, h4, h5, h6, strong, b")[:_MAX_HEADINGS]:
        text = squeeze(heading.text(separator=" "))[:300]
        # "Place: Hull" may be set as a heading too.
        if text[-1:] != ":" and label_of(text.partition(":")[0]) is None:
            return text if len(element.css("a[href]")) <= 3 else ""
    return None


def _card(node: LexborNode) -> LexborNode | None:
    """The largest of the elements around a link that leads nowhere else."""
    card, target = node, node.attributes.get("href")
    for _ in range(_MAX_RISE):
        parent = card.parent
        if parent is None or parent.tag in ("body", "main", "html"):
            break
        if any(link.attributes.get("href") != target for link in parent.css("a[href]")[:4]):
            break
        card = parent
    return card if len(card.text()) <= _LONGEST_CARD else None


def _is_fact(text: str, *, placed: bool) -> bool:
    words = len(text.split())
    if (words <= 4 and job_type(text) is not None) or (words <= 5 and workplace(text) is not None):
        return True
    return placed and words <= 5 and text[:1].isupper() and known_place(text)
