"""The postings that a page marks up, in whatever syntax: one posting told several times, several postings, or a mere list."""

from collections.abc import Iterator, Sequence

from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import RawPosting
from quiethire.domain.urls import canonical_url
from quiethire.domain.words import fold
from services.parser import jsonld, microdata
from services.parser.addresses import names_posting, resolve, same_site, slug
from services.parser.document import Document
from services.parser.headline import page_names
from services.parser.labels import SLOGAN


def read(document: Document) -> list[RawPosting]:
    """Every JobPosting of the page, each with the address that it states, else the page's."""
    marked = [*jsonld.read(document), *microdata.read(document)]
    return [raw for raw in marked if raw.title is None or SLOGAN.match(fold(raw.title.value)) is None]


def is_several(marked: Sequence[RawPosting], document: Document) -> bool:
    """Whether the markup names more than one posting: by titles, or within one syntax by own addresses or identifiers."""
    if len({_name(raw) for raw in marked if raw.title}) > 1:
        return True
    return not all(_is_one(list(alike), document) for alike in _by_syntax(marked))


def as_one(marked: Sequence[RawPosting], url: str) -> list[RawPosting]:
    """The markup of one posting, at one address. Where it is told once for each city, every city is kept."""
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
    own = [raw for raw in marked if _bears(document, raw)]
    own = [raw for raw in own if _address(raw, document) is None] or own
    if own and not is_several(own, document):
        return as_one(own, document.url)[:1]
    source = next(raw.title.source for raw in marked if raw.title)
    told = [raw for raw in marked if raw.title and raw.title.source is source]
    if any(raw.description_html is None for raw in told):
        return []
    here = [raw.model_copy(update={"url": document.url}) for raw in told]
    at_own = [raw if _address(raw, document) is not None else bare for raw, bare in zip(told, here, strict=True)]
    return _each(at_own, [_address(raw, document) or raw.external_id for raw in told]) or _each(
        here, [raw.external_id for raw in told]
    )


def place_of(raw: RawPosting, document: Document) -> str:
    """Where the one posting of a page is: at its own address where the page is a list that has no other posting now."""
    own = None if is_for(document, raw) else _address(raw, document)
    return own or document.url


def is_for(document: Document, raw: RawPosting) -> bool:
    """Whether a page is for one posting alone: it bears the posting's title, or its own address names a posting.

    How many postings it marks up says nothing: the last one of a list stays what it was when its neighbours are closed.
    """
    here = resolve(document.url, document.url)
    return _bears(document, raw) or (here is not None and (names_posting(here) or bool(slug(here))))


def _bears(document: Document, raw: RawPosting) -> bool:
    return raw.title is not None and _name(raw) in document.once(_called)


def _called(document: Document) -> set[str]:
    """What the page as a whole is called, by its own names and its one `h1`: in a list each posting has a lesser heading."""
    main = [line.folded for line in document.content if line.heading == 1]
    return {fold(name) for name in document.once(page_names)} | set(main if len(main) == 1 else ())


def _name(raw: RawPosting) -> str:
    return fold(raw.title.value) if raw.title else ""


def _address(raw: RawPosting, document: Document) -> str | None:
    """The address of a posting, where it is another than the page's and not above it: those are of the site, or a list.

    On another site it would speak for that site.
    """
    try:
        address, here = canonical_url(raw.url), canonical_url(document.url)
        above = f"{here}/".startswith(f"{address.rstrip('/')}/")
        return address if not above and same_site(address, here) else None
    except InvalidInput:
        return None


def _by_syntax(marked: Sequence[RawPosting]) -> Iterator[list[RawPosting]]:
    for source in dict.fromkeys(raw.title.source for raw in marked if raw.title):
        yield [raw for raw in marked if raw.title and raw.title.source is source]


def _is_one(alike: Sequence[RawPosting], document: Document) -> bool:
    """Whether no two of them have addresses of their own that differ, or identifiers that do."""
    addresses = {address for raw in alike if (address := _address(raw, document)) is not None}
    return len(addresses) <= 1 and len({raw.external_id for raw in alike if raw.external_id}) <= 1


def _each(told: Sequence[RawPosting], keys: Sequence[str | None]) -> list[RawPosting]:
    """Each posting once, where every key is of one title and identifier; none where they do not tell the postings apart."""
    groups: dict[str, list[RawPosting]] = {}
    for raw, key in zip(told, keys, strict=True):
        if key is None:
            return []
        groups.setdefault(key, []).append(raw)
    if any(len({(_name(raw), raw.external_id) for raw in group}) > 1 for group in groups.values()):
        return []
    return [as_one(group, group[0].url)[0] for group in groups.values()]
