"""The postings that a page marks up, in whatever syntax: one posting told several times, several postings, or a mere list."""

from collections.abc import Sequence

from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import RawPosting
from quiethire.domain.urls import canonical_url
from services.parser import jsonld, microdata
from services.parser.document import Document
from services.parser.headline import find_title, page_names
from services.parser.labels import SLOGAN
from services.parser.links import same_site
from services.parser.normalise.text import fold


def read(document: Document) -> list[RawPosting]:
    """Every JobPosting of the page, each with the address that it states, else the page's."""
    marked = [*jsonld.read(document), *microdata.read(document)]
    return [raw for raw in marked if raw.title is None or SLOGAN.match(fold(raw.title.value)) is None]


def is_several(marked: Sequence[RawPosting]) -> bool:
    """Whether the markup names more than one posting."""
    return len({_name(raw) for raw in marked if raw.title}) > 1


def as_one(marked: Sequence[RawPosting], url: str) -> list[RawPosting]:
    """The markup of one posting: it is at the page's address. Where it is told once for each city, every city is kept."""
    first, *rest = [raw.model_copy(update={"url": url}) for raw in marked]
    if rest and first.locations:
        source = first.locations[0].source
        places = [place for raw in marked for place in raw.locations if place.source is source]
        by_name = {place.value: place for place in reversed(places)}
        distinct = dict.fromkeys(place.value for place in places)
        first = first.model_copy(update={"locations": tuple(by_name[name] for name in distinct)})
    return [first, *rest]


def apart(marked: Sequence[RawPosting], document: Document) -> list[RawPosting]:
    """Which of several postings the page is for: the one whose title it bears, else each that can be told from the others.

    They are told apart by addresses of their own on the page's site, or by identifiers. Postings that are not described
    whole, or that cannot be told apart, are a list: nothing is given, and their links lead to each.
    """
    title = _title(document)
    own = [raw for raw in marked if raw.title and _name(raw) == title]
    if own:
        return as_one(own, document.url)[:1]
    source = next(raw.title.source for raw in marked if raw.title)
    told = [raw for raw in marked if raw.title and raw.title.source is source]
    if any(raw.description_html is None for raw in told):
        return []
    addresses = [_address(raw, document.url) for raw in told]
    if None not in addresses and _each_its_own(addresses):
        return told
    if _each_its_own([raw.external_id for raw in told]):
        return [raw.model_copy(update={"url": document.url}) for raw in told]
    return []


def _title(document: Document) -> str | None:
    """What the page as a whole is called, by its own name or its one `h1`: in a list each posting has a lesser heading."""
    title = document.once(find_title)
    if title is None:
        return None
    names = {fold(name) for name in document.once(page_names)}
    main = [line.folded for line in document.content if line.heading == 1]
    folded = fold(title.text)
    return folded if folded in names or main == [folded] else None


def _name(raw: RawPosting) -> str:
    return fold(raw.title.value) if raw.title else ""


def _address(raw: RawPosting, here: str) -> str | None:
    """The address of a posting, where it is another than the page's. On another site it would speak for that site."""
    try:
        address = canonical_url(raw.url)
        return address if address != canonical_url(here) and same_site(address, here) else None
    except InvalidInput:
        return None


def _each_its_own(keys: Sequence[str | None]) -> bool:
    return None not in keys and len(set(keys)) == len(keys)
