"""Whose posting a page without markup shows: from what is said outright down to what the address suggests."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from quiethire.domain.posting import Source, Sourced
from quiethire.domain.words import fold
from services.parser import jsonld
from services.parser.addresses import resolve, site_of, site_of_url
from services.parser.document import Document, Line
from services.parser.headline import MAX_NAME, SEPARATOR, Heading, is_generic
from services.parser.labels import OUR_COMPANY
from services.parser.normalise.employer import is_vendor, same_as_token, spelled_out, tidy, tokens_of
from services.parser.normalise.gazetteer import is_large_city
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place
from services.parser.normalise.text import squeeze
from services.parser.normalise.workplace import workplace
from services.parser.schema_org import types_of
from services.parser.titles import reads_like_title

Named = tuple[str, str]
"""A name and where it was found."""

_AT = re.compile(r"\s+(?:at|@|bei|chez|hos|presso|bij|en|u|w|na)\s+(.+)$", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:in|at|for|bei|chez|hos|à|en|i|w|v|u|job application for|apply for|job offer|stellenangebot)(?:\s+|$)",
    re.IGNORECASE,
)
_NO_COMPANY = re.compile(
    r"^(engineering|sales|marketing|product|operations|design|finance|hr|people|human resources|it|technology|research|legal|customer \w+|data|security|software|support"
    r"|healthcare|education|retail|logistics|administration|vertrieb|entwicklung|technik|verwaltung|produktion|apply|details?|job details?|home|candidate portal|hiring"
    r"|now hiring|urgent|new|search|job search|stellenanzeige|stellenbeschreibung|(?:full |detailed )?(?:job|role|position|vacancy|project) (?:description|details|posting|overview|offer|opening|openings|advert\w*|ad)|vacature|vacancy|jobs?|careers?|opening|listing|portal|permanent|req(uisition)? .*)$"
)
"""What stands between separators in pages' names and is no company, folded."""
_ORGANISATIONS_WORDS = (
    "organization corporation localbusiness collegeoruniversity educationalorganization ngo governmentorganization "
    "medicalorganization hospital school employmentagency onlinebusiness professionalservice newsmediaorganization"
)
_ORGANISATIONS = frozenset(_ORGANISATIONS_WORDS.split())
_CAREERS_AT = re.compile(
    r"(?:careers|jobs|karriere|working|arbeiten|work|life) (?:at|bei|with|for) (.{2,60})$", re.IGNORECASE
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s{0,3}(?:(?:©|\(c\)|copyright)\s{0,3})?(?:\d{4}(?:\s?[-–]\s?\d{4})?)?,?\s{0,3}(?:by\s+|copyright\s+)?([A-Z\u00c0-\u024f][\w&.'’/ -]{1,50}?)"
    r"(?:[,|•·]|\.(?:\s|$)|\s+all rights|\s+alle rechte|\s+tous droits|\s*\d{4}|$)",
    re.IGNORECASE,
)
_NAME = r"((?:[A-Z\u00c0-\u017d][\w&'’.+-]{0,30}[ ]){0,3}[A-Z\u00c0-\u017d][\w&'’+-]{1,30})"
_LEGAL_FORM = (
    r" (?:GmbH|AG|SE|KG|[Ll]td|Limited|Inc|LLC|Corp|PLC|plc|S\.A\.U?|SAS|SARL|S\.L\.U?|S\.r\.l|SpA|S\.p\.A|s\.r\.o|a\.s|Sp\. z o\.o|A/S|ApS"
    r"|ASA|AB|AS|B\.?V|N\.?V|Oyj?|Lda)(?![\w-])"
)
_NAME_WORDS = 4
"""Words of a person's name."""
_HAS_LEGAL_FORM = re.compile(_LEGAL_FORM)
_LEGAL = re.compile(rf"\b{_NAME},?{_LEGAL_FORM}")
_INSTITUTION = re.compile(
    r"\b((?!The |This |Our |Your |Any |At |Die |Der |Das |Den )(?:[A-Z\u00c0-\u017d][\w’'-]{1,30} ){1,3}(?:University|Universitet|Universiteit|Hospital|College|Hochschule|Klinikum|Institute of Technology)"
    r"|(?:Technische |Freie |Medizinische )?(?:University of|Universit[äàéy]t?(?: de| di| zu| degli Studi di)?|Universidad(?: de)?|Universitat(?: de)?|Hochschule|Klinikum"
    r"|City of|Stadt|Ville de|Ayuntamiento de|Uniwersytet|Univerzita)(?: [A-Z\u00c0-\u017d][\w’'-]{1,30}){1,3})\b"
)
_SAYS = re.compile(
    rf"(?:^|[.!?] )(?:At|Bei|Chez|Hos|En|Presso|Bij|Als|W) {_NAME},? (?:we|you|our|wir|nous|vi|noi|wij|erwartet|arbeiten|somos|trabajamos)\b"
    rf"|(?:^|[.!?] ){_NAME},? (?:is|ist|est|es|è|är|er|je|jest|é) (?:a|an|the|one|on|looking|seeking|hiring|currently|ein|eine|einer|der|die|das|un|une|le|la|una|el|um"
    r"|uma|en|et|een|leading|jedn\w+|firm\w+|spole\w+)\b"
    rf"|(?:^|[.!?] ){_NAME} (?:sucht|recherche|recrute|busca|cerca|zoekt|søger|søker|söker|hledá|szuka|seeks)\b"
)
_NO_NAMES_WORDS = (
    "this that it the we you our your there he she who what here these those all everyone everybody work position job role team "
    "das dies diese dieser die der es sie wir unser unsere ce cette il elle nous el la los esta este det den vi to tato my ideal "
    "candidate success experience location salary"
)
_NO_NAMES = frozenset(_NO_NAMES_WORDS.split())


def company(document: Document, heading: Heading | None, labelled: list[Named]) -> Sourced | None:
    """The company: what is labelled so or stands beside the title; of weaker names, one that the address bears out goes first."""
    title = fold(heading.text) if heading is not None else ""
    for name, path in _kept([*labelled, *_said_beside(document, heading)], title):
        return Sourced(value=name, source=Source.HTML, path=path)
    tokens = tokens_of(document.url)
    chosen: Named | None = None
    for name, path in _kept(_weaker(document, heading), title):
        # On a board that shows the postings of others the address bears out the board's own name.
        final = chosen is None and path in ("title", "meta[og:title]")
        if final or any(same_as_token(name, token) for token in tokens):
            chosen = (name, path)
            break
        chosen = chosen or (name, path)
    if chosen is not None and (employer := _employer_of(chosen[0], document)) is not None:
        chosen = (employer, "text")
    if chosen is not None:
        chosen = (_without_city(chosen[0], tokens, document), chosen[1])
    if chosen is None:
        chosen = _spelled(document, (*tokens, document.meta.get("twitter:site", "").lstrip("@")))
    return Sourced(value=chosen[0], source=Source.HTML, path=chosen[1]) if chosen else None


_PERSON_OR_LAB = r"(?:\b(?:Dr|Prof|Professor|Doctor)\.? {name}\b|\b{name}['’]s (?:lab|group|team)\b)"
_LAB = re.compile(r"\b(?:lab|laboratory|research group)$", re.IGNORECASE)


def _employer_of(name: str, document: Document) -> str | None:
    """The university that the text speaks of again and again, where the site's name is of a scholar or a lab."""
    if _LAB.search(name) is None and not 1 < len(name.split()) <= _NAME_WORDS:
        return None
    text = _prose(document)
    scholar = re.compile(_PERSON_OR_LAB.format(name=re.escape(name)))
    if _LAB.search(name) is None and (len(name.split()) > _NAME_WORDS or scholar.search(text) is None):
        return None
    institutions = Counter(match[1] for match in _INSTITUTION.finditer(text)).most_common(1)
    return institutions[0][0] if institutions and institutions[0][1] > 1 else None


def _without_city(name: str, tokens: tuple[str, ...], document: Document) -> str:
    """A name without the city behind it, where the address and the page bear out that it is whole without."""
    bare, _, city = name.rpartition(" ")
    if not bare or not is_large_city(city) or not any(same_as_token(bare, token) for token in tokens):
        return name
    alone = re.compile(rf"\b{re.escape(bare)}\b(?! {re.escape(city)})")
    return bare if any(alone.search(line.text[:2_000]) for line in document.content) else name


def _prose(document: Document) -> str:
    return "\n".join(line.text[:2_000] for line in document.content if len(line.text) > 40)[:60_000]


def _kept(names: Iterable[Named], title: str) -> Iterator[Named]:
    """The names that can be a company's, tidied, one by one: the first is often enough."""
    for stated, path in names:
        name = tidy(stated)
        if not 2 <= len(name) <= 80 or is_generic(name) or is_vendor(name):
            continue
        folded = fold(name)
        cased = any(c.isupper() or (c.isalpha() and c.lower() == c.upper()) for c in name)
        if cased and folded != title and folded not in _NO_NAMES:
            yield name, path


def _own_names(document: Document) -> tuple[Named, ...]:
    return (document.title[:MAX_NAME], "title"), (document.meta.get("og:title", "")[:MAX_NAME], "meta[og:title]")


_ROW = re.compile(r"\s*[|·•]\s*|,\s+(?=[^,]+$)")
_ROW_LENGTH = 160


def _said_beside(document: Document, heading: Heading | None) -> list[Named]:
    """`Title at Company` as the page calls itself."""
    found: list[Named] = []
    for text, path in _own_names(document) if heading is not None else ():
        match = _AT.match(_after(text, heading.text)) if heading is not None else None
        piece = SEPARATOR.split(match[1])[0] if match else ""
        if piece and not known_place(piece):
            found.append((piece, path))
    if heading is not None and not found:
        found += _repeated_title(document, heading)
        found += _profile_link(document)
    return found


_BELOW = 30
"""Lines below the title in which a text may name the company with it."""
_PROFILE = re.compile(r"/(?:company|companies|employer|employers)/(?P<slug>[^/?#]+)/?(?:[?#]|$)")
_ABOUT_US = re.compile(
    r"(?:leadership|history|mission|values?|press|newsroom|partners?|investors?|people|locations?|offices?|sustainability|management|board|diversity|benefits|events"
    r"|awards?|security|legal|story|purpose|responsibility|media|customers|profile|facts|organi[sz]ation|geschichte|team|management team|presse)$"
)
"""What a company's own pages below `/company/` are called, folded."""
_MAX_PROFILES = 50
_PROFILES = ", ".join(f"a[href*='/{word}/']" for word in ("company", "companies", "employer", "employers"))


def _repeated_title(document: Document, heading: Heading) -> list[Named]:
    """`Title – Company` in the text below the title, as job boards have it."""
    title = fold(heading.text)
    for line in document.content[heading.index + 1 : heading.index + _BELOW]:
        if len(line.text) <= MAX_NAME and line.folded.startswith(title) and len(line.folded) > len(title):
            parts = SEPARATOR.split(line.text)
            named = len(parts) == 2 and fold(parts[0]) == title and len(parts[1].split()) <= 6 and _may_name(parts[1])
            if named and _is_spoken_of(parts[1], document, heading):
                return [(parts[1], line.tag)]
    return []


def _is_spoken_of(name: str, document: Document, heading: Heading) -> bool:
    """Whether a name bears a legal form, or a sentence below the title begins with it: teams and products seldom do."""
    if _HAS_LEGAL_FORM.search(f" {name}"):
        return True
    begins = re.compile(rf"(?:^|[.!?] ){re.escape(name)} [a-z\u00df-\u017f]")
    return any(begins.search(line.text[:2_000]) for line in document.content[heading.index + 1 :])


def _profile_link(document: Document) -> list[Named]:
    """The one link of the page's own content to a company's profile, on boards that show the postings of many."""
    names: set[str] = set()
    for node in document.tree.css(_PROFILES)[:_MAX_PROFILES]:
        href = node.attributes.get("href") or ""
        # A profile on a network of others is a site's own: "Northwind on LinkedIn".
        match = _PROFILE.search(href) if _on_site(href, document) else None
        name = squeeze(node.text()[:200]) if match is not None and not document.framed(node) else ""
        if match is not None and name and same_as_token(name, match["slug"]) and not _ABOUT_US.match(fold(name)):
            names.add(name)
    found = [name for name in names if len(name.split()) <= 6 and _may_name(name) and not is_generic(name)]
    return [(found[0], "a[href] of a profile")] if len(names) == len(found) == 1 else []


def _on_site(href: str, document: Document) -> bool:
    address = resolve(href, document.url)
    return address is not None and site_of(address.host) == site_of_url(document.url)


def _row_below(document: Document, heading: Heading) -> list[Named]:
    """The name in a row of facts below the title ("Aire Valley Foods | Leeds | Temporary") that the text speaks of."""
    for line in document.content[heading.index + 1 : heading.index + 3]:
        pieces = line.parts if len(line.parts) > 1 else tuple(_ROW.split(line.text))
        if not 2 <= len(pieces) <= 7 or len(line.text) > _ROW_LENGTH:
            continue
        first, others = pieces[0], pieces[1:]
        told = any(known_place(other) or job_type(other) or workplace(other) for other in others)
        if (
            told
            and len(first.split()) <= 6
            and first[:1].isupper()
            and _may_name(first)
            and not reads_like_title(first)
        ):
            return [(first, line.tag)] if _is_spoken_of(first, document, heading) else []
    return []


def _after(text: str, title: str) -> str:
    at = text.lower().find(title.lower())
    return text[at + len(title) :] if at >= 0 and title else ""


def _weaker(document: Document, heading: Heading | None) -> Iterator[Named]:
    """Names from the stronger to the weaker sources, each source read only where those before it did not do."""
    if heading is not None:
        yield from [
            (piece, path)
            for text, path in _own_names(document)
            for piece in _pieces(text, heading.text, tokens_of(document.url))
        ]
        yield from [(part, "heading") for part in heading.rest[:1] if _may_name(part)]
        yield from _row_below(document, heading)
    yield from _beside_careers(document)
    yield from _organisations(document)
    if (site := document.meta.get("og:site_name")) and not known_place(site):
        yield re.split(r"\s+[|–-]\s+", site)[0], "meta[og:site_name]"
    yield from _headings(document)
    yield from _logos(document)
    yield from _copyrights(document)
    yield from _in_prose(document)


def _beside_careers(document: Document) -> list[Named]:
    """`University of Northmoor - Vacancies`: the other part of a name that says no more than that it is about jobs."""
    parts = [part for part in SEPARATOR.split(document.title[:MAX_NAME]) if part]
    others = [part for part in parts if not is_generic(part)]
    if len(parts) < 2 or len(others) != 1 or not _may_name(others[0]) or reads_like_title(others[0]):
        return []
    return [(others[0], "title")] if len(others[0].split()) <= 6 else []


def _pieces(text: str, title: str, tokens: tuple[str, ...]) -> list[str]:
    """The other parts of `Title | Company | Careers`, those after the title first."""
    at = text.lower().find(title.lower())
    if at < 0:
        return _last_piece(text, tokens)
    parts = [*SEPARATOR.split(text[at + len(title) :]), *SEPARATOR.split(text[:at])]
    names = (tidy(_without_careers(_LEAD.sub("", squeeze(part)), tokens)) for part in parts)
    return [name for name in names if name and len(name.split()) <= 6 and _may_name(name)]


def _without_careers(text: str, tokens: tuple[str, ...]) -> str:
    """A name without the word for jobs in front, where the address bears the rest out: `Careers Northwind`."""
    word, _, name = text.partition(" ")
    borne = _NO_COMPANY.match(fold(word)) is not None and any(same_as_token(name, token) for token in tokens)
    return name if borne and name else text


def _last_piece(text: str, tokens: tuple[str, ...]) -> list[str]:
    """The end of a name that holds another title than the page: `Receptionist wanted – Lindner Surgery, Bamberg`."""
    parts = SEPARATOR.split(text)
    if len(parts) < 2:
        return []
    name, comma, place = parts[-1].rpartition(", ")
    name = tidy(name if comma and known_place(place) else parts[-1])
    if not name or len(name.split()) > 6 or not _may_name(name) or reads_like_title(name):
        return []
    return [name] if reads_like_title(parts[0]) or any(same_as_token(name, token) for token in tokens) else []


def _may_name(text: str) -> bool:
    if _NO_COMPANY.match(fold(text)) or known_place(text) or job_type(text) or workplace(text):
        return False
    return re.fullmatch(r"[\W\d]+|[A-Z]{0,4}[-#]?\d{3,}", text) is None


def _organisations(document: Document) -> list[Named]:
    """Organisations that the page's JSON-LD names, publishers and sites among them."""
    found: list[Named] = []
    for item, path in document.once(jsonld.items)[:500]:
        name = item.get("name")
        if isinstance(name, str) and types_of(item) & _ORGANISATIONS and not known_place(name):
            found.append((name, f"{path}.name"))
    return found[:5]


def _headings(document: Document) -> list[Named]:
    """`Careers at Northwind`, `About Northwind`, and a heading that its own paragraph opens with."""
    found: list[Named] = []
    lines = document.content
    for line, following in zip(lines, [*lines[1:], None], strict=False):
        if len(line.text) > 80:
            continue
        if match := _CAREERS_AT.match(line.text):
            found.append((match[1], line.tag))
        if (line.heading or line.bold) and (match := OUR_COMPANY.match(line.folded)):
            found.append((_tail(line.text, match[1]), line.tag))
        short = line.heading > 1 and len(line.text.split()) <= 5 and not reads_like_title(line.text)
        if short and following is not None and len(following.text) > 60 and _opens(following, line):
            found.append((line.text, line.tag))
    return found


def _opens(paragraph: Line, heading: Line) -> bool:
    return paragraph.folded.startswith(heading.folded + " ")


def _tail(text: str, folded: str) -> str:
    """The end of a text that folds to `folded`, in the text's own letters."""
    words, count = text.strip(" :").split(), len(folded.split())
    return " ".join(words[-count:])


def _logos(document: Document) -> list[Named]:
    """What images of logos are called."""
    found: list[Named] = []
    for image in document.tree.css("img[alt]")[:60]:
        attributes = image.attributes
        alt = squeeze(attributes.get("alt") or "")
        about = f"{attributes.get('class') or ''} {attributes.get('id') or ''} {(attributes.get('src') or '')[:300]} {alt}".lower()
        if "logo" in about and alt and len(alt) <= 60 and len(alt.split()) <= 6 and _may_name(alt):
            found.append((alt, "img[alt]"))
    return found[:4]


def _copyrights(document: Document) -> list[Named]:
    found: list[Named] = []
    for line in reversed(document.lines[-60:]):
        for text in (*line.parts, line.text) if len(line.parts) <= 20 else (line.text,):
            if match := _COPYRIGHT.search(text[:500]):
                found.append((match[1], "copyright"))
                break
    return found


def _in_prose(document: Document) -> list[Named]:
    """Names that the text makes the company's: "At Northwind, we …", "Northwind is a …", "Northwind Ltd"; the most used first."""
    text = _prose(document)
    names = [next(filter(None, match.groups())) for line in text.split("\n") for match in _SAYS.finditer(line)]
    legal = [match[1] for match in _LEGAL.finditer(text)] if _HAS_LEGAL_FORM.search(text) else []
    institutions = Counter(match[1] for match in _INSTITUTION.finditer(text)).most_common(1)
    if institutions and (institutions[0][1] > 1 or not (names or legal)):
        return [(institutions[0][0], "text")]
    counted = {
        name: text.count(name) for name in dict.fromkeys((*names, *legal)) if fold(name.split()[0]) not in _NO_NAMES
    }
    order = Counter(counted).most_common(5)
    return [(name, "text") for name, uses in order if uses > 1 or name in legal]


def _texts(document: Document) -> list[str]:
    return [line.text[:600] for line in document.lines[:400]]


def _spelled(document: Document, tokens: tuple[str, ...]) -> Named | None:
    for token in tokens:
        if (name := spelled_out(token, [document.title, *_texts(document)])) is not None and not is_vendor(name):
            return name, "host"
    return None
