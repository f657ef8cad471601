"""The title of the posting among a page's headings and names."""

import re
from dataclasses import dataclass

from quiethire.domain.urls import host_of
from quiethire.domain.words import fold
from services.parser.document import Document, Line
from services.parser.labels import ABOUT_WORK, NOT_A_TITLE, SLOGAN, TOPIC, label_of
from services.parser.normalise.job_type import job_type
from services.parser.normalise.text import squeeze
from services.parser.normalise.workplace import workplace
from services.parser.titles import bears_gender, reads_like_title

SEPARATOR = re.compile(r"\s+[|–—·•»]\s+|\s+-\s+|\s*\|\s*|\s+::\s+")
"""What stands between the parts of a page's name."""
_AT = re.compile(
    r"^(?:job application for |apply for |job: )?(?P<title>.+?)\s+(?:at|@|bei|chez|hos|presso|bij)\s+(?P<company>[^|–—]{2,70})$",
    re.IGNORECASE,
)


TITLE_HINT = re.compile(
    r"(?<![a-z])(job|position|posting|vacancy|requisition|opening|offer)[-_]*(title|name|headline|heading)(?![a-z])",
    re.IGNORECASE,
)
"""Names that sites give to what shows the title of a job."""


MAX_NAME = 500
"""Characters of a page's own name that are read."""
_TITLE = "title"
_LONGEST_LABELLED = 120
_BOLD_WORDS = 8
_LONGEST_BRAND = 60
_LEAST_BRAND = 4
"""Characters of a label of a host that may name a site."""
_NO_LETTER = re.compile(r"[\W_]+")
_COLON = re.compile("：")
_KIND = re.compile(r"(?P<kind>[^:：|–—]{2,40}?)(?:[:：]|\s[-–—|])\s?(?P<title>.+)$")


_SOUGHT = re.compile(
    r"(?:vi (?:søker|söker|søger)|wir suchen|we are (?:hiring|looking for|seeking)|we're (?:hiring|looking for)|nous (?:recherchons|recrutons)|on recrute|cerchiamo|buscamos|se busca|procuramos"
    r"|wij zoeken|we zoeken|gezocht:?|hledáme|hľadáme|szukamy|poszukujemy|zatrudnimy|haemme|etsimme|keresünk|ищем|требуется)\s+"
    r"(?:(?:an?|eine?n?|une?|uno|una|en|ett|et|een|flere|mehrere|nach) )?(?P<title>\S.{2,80}?)(?:\s(?:med|mit|with|avec|con|com|met)\s(?:fagbrev|erfaring|erfarenhet|erfahrung|experience|expérience|experiencia|esperienza|ervaring)\b.*)?[.!]*$",
    re.IGNORECASE,
)
"""`Wir suchen einen Koch`."""
_IS_SOUGHT = re.compile(
    r"(?P<title>\S.{2,100}?)\s+(?:(?:dringend|ab sofort) )?(?:gesucht|sökes|søges|søkes|gezocht|wanted|needed|hledá se|poszukiwan[yai])[.!]*$",
    re.IGNORECASE,
)
"""`Koch gesucht`."""
_HOURS = re.compile(
    r"[\s,–-]{1,4}\(?(?:voor |für |for |à |ca\.? |max\.? )?\d{1,2}(?:\s?(?:-|–|bis|tot|à|to|till)\s?(?:max\.? )?\d{1,2})?\s?"
    r"(?:uur|std\.?|stunden|hours|hrs|timer|timmar|heures|hodin|h)(?:\s?(?:/|per|pro|par|in der|a|i)\s?\w+)?\)?$",
    re.IGNORECASE,
)
"""The hours of the week behind a title."""
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{5})\.$")
"""The full stop of a title that is set as a sentence; what is shorter may be an abbreviation."""
_KIND_OF_PAGE = re.compile(
    r"(?:offres? d.emploi|job (?:offer|opening|vacancy)|stellen(?:angebot|anzeige|ausschreibung)|oferta de (?:empleo|trabajo|emprego|feina)|offerta di lavoro|vacature|ledig stilling"
    r"|lediga? tjanst|stillingsopslag|nabidka prace|volna pozice|oferta pracy|vaga)\b"
)
"""What an `h1` begins with that says what the page is, folded."""


_BARE_KIND = re.compile(
    r"(?:vaga|vacante|vacancy|job (?:offer|opening|vacancy)|stellen(?:angebot|anzeige|ausschreibung)|jobangebot|offre d.emploi|oferta de (?:empleo|trabajo|emprego|feina)|offerta di lavoro"
    r"|vacature|ledig stilling|ledig tjanst|nabidka prace|volna pozice|oferta pracy)[!:]?"
)
"""An `h1` that says what the page is and nothing more, folded."""
_LEADING_KIND = re.compile(
    r"(?:vacature|stellen(?:angebot|anzeige|ausschreibung)|jobangebot|vaga|offre d.emploi|oferta de (?:empleo|trabajo|emprego)|offerta di lavoro|ledig stilling|nabídka práce|oferta pracy|job (?:offer|opening|vacancy))"
    r"\s+(?:(?:als|de|para|pour|per|for|som)\s+)?(?P<title>\S.+)$",
    re.IGNORECASE,
)
"""`Vacature medewerker techniek`."""
_JOB_KIND = re.compile(
    r"(?:(?:paid|unpaid|summer|winter|student) )?(?:internship|apprenticeship|traineeship|praktikum|pflichtpraktikum|lehrstelle|stage|tirocinio|estagio|practicas|praktik|staz)(?: program(?:me)?)?"
)
"""Kinds of jobs that are the title of one, folded."""
_AS = re.compile(
    r"(?:Som|As an?|Als|En tant qu[e’']|Como|Jako|In qualità di) (?P<title>(?:\w[\w/-]+ ){0,3}?\w[\w/-]+?),? "
    r"(?:hos oss|hos os|kommer du|vil du|får du|you will|you'll|you’ll|you are|with us|bist du|wirst du|bei uns|unterstützt du|ben je|ga je|bij ons|vous serez|chez nous|tendrás|con nosotros|você|connosco|si occuperà|budeš|będziesz)\b"
)
"""`As a cook you will`: the words between."""
_SENTENCE = 40
"""Characters of a sentence."""
_GOES_ON = re.compile(
    r"(?:in|for|with|of|to|w|we|ze|do|na|przy|v|ve|pro|für|im|mit|zur|zum|en|de|du|des|pour|para|per|di|del|della|i|på|for|met|voor|van)\s[^A-Z\u00c0-\u00de\d]+"
)
"""A part of a heading that goes on with the words before it, and names neither a place nor a company."""


@dataclass(frozen=True)
class Heading:
    """The title of the posting and the line that it was found in."""

    text: str
    index: int
    path: str
    rest: tuple[str, ...] = ()
    """Other texts of the same heading."""


def page_names(document: Document) -> list[str]:
    """What the page calls itself, whole and cut at separators: `Title | Company` gives both.

    `Company | Title` gives the title too, where the first part is the site's own name or names no posting.
    """
    names: list[str] = []
    stated = (document.meta.get("og:title", ""), document.meta.get("twitter:title", ""), document.title)
    for text in (name[:MAX_NAME] for name in stated):
        if match := _AT.match(text):
            names.append(match["title"])
        pieces = [piece for piece in SEPARATOR.split(text) if piece]
        names += [text, *pieces[:1], *(" - ".join(pieces[:n]) for n in range(2, len(pieces)))]
        if len(pieces) > 1 and (is_generic(pieces[0]) or _is_brand(pieces[0], document)):
            names.append(pieces[1])
    names += [_without_kind(name) for name in names]
    return [name for name in dict.fromkeys(map(squeeze, names)) if name]


def is_generic(text: str) -> bool:
    """Whether a heading can be no posting's title."""
    text = _without_kind(text)
    folded = fold(text)
    return (
        not (3 if text.isascii() else 2) <= len(text) <= 220
        or bool(NOT_A_TITLE.match(folded) or ABOUT_WORK.search(folded))
        or (SLOGAN.match(folded) is not None and not bears_gender(text))
        or (TOPIC.match(folded) is not None and not reads_like_title(text))
        or label_of(text) is not None
    )


def find_title(document: Document) -> Heading | None:
    """The heading that the page also calls itself by; else the one that its markup, its text or its place says is the title."""
    # A link leads to what it names, and the site's own name heads all of its pages: they are titles where nothing else is.
    lines = [(i, line) for i, line in enumerate(document.content) if line.heading or len(line.text) < 120]
    own = [(i, line) for i, line in lines if (line.heading or not line.link) and not _is_brand(line.text, document)]
    return (
        _title_among(own, document)
        or _title_among(lines, document)
        or _bold(own)
        or _kind_of_job(document.content)
        or _as_what(document.content)
    )


def _kind_of_job(content: list[Line]) -> Heading | None:
    """An `h1` such as `Internship`, which may head a list of them, where the line below tells how this one is worked."""
    for index, line in enumerate(content[:-1]):
        if line.heading == 1 and _JOB_KIND.fullmatch(line.folded) is not None:
            below = content[index + 1]
            short = len(below.text.split()) <= _BOLD_WORDS and not below.link
            told = short and (job_type(below.text) is not None or workplace(below.text) is not None)
            return Heading(line.text, index, line.tag) if told else None
    return None


def _as_what(content: list[Line]) -> Heading | None:
    """What the reader would work as, by a sentence of a page that is headed by a slogan: `As a cook you will …`."""
    if not any(line.heading == 1 and SLOGAN.match(line.folded) for line in content):
        return None
    found = ((index, line, _AS.match(line.text)) for index, line in enumerate(content) if len(line.text) >= _SENTENCE)
    return next((Heading(m["title"][:1].upper() + m["title"][1:], i, line.tag) for i, line, m in found if m), None)


def _bold(candidates: list[tuple[int, Line]]) -> Heading | None:
    """The one bold line that is called as a job is, on a page without headings for it."""
    bold = [
        (i, line)
        for i, line in candidates
        if line.bold and not line.heading and len(line.text.split()) <= _BOLD_WORDS and reads_like_title(line.text)
    ]
    bold = [(i, line) for i, line in bold if not is_generic(line.text) and line.text[-1:] not in ".:?!"]
    return _heading(bold[0]) if len({line.text for _, line in bold}) == 1 else None


def _title_among(candidates: list[tuple[int, Line]], document: Document) -> Heading | None:
    named = _named(candidates, document)
    if named is not None and (document.content[named.index].heading or reads_like_title(named.text)):
        return named
    return _hinted(candidates) or _first(candidates, named, document)


def _is_brand(text: str, document: Document) -> bool:
    """Whether a text is the site's own name, as it states it or as its host begins."""
    names, labels, initials = document.once(_brands)
    # Nearly every line of a page is asked for, and hardly one begins as the site's name does.
    if len(text) > _LONGEST_BRAND or text[:1].lower() not in initials:
        return False
    bare = _bare(text)
    return bare in names or (bare.startswith(labels) and not reads_like_title(text))


def _brands(document: Document) -> tuple[tuple[str, str], tuple[str, ...], frozenset[str]]:
    """The site's own name and its host; the labels of the host that may be its name; the letters that names and labels begin with."""
    own, host = document.meta.get("og:site_name", ""), host_of(document.url)
    labels = tuple(label for label in map(_bare, host.split(".")[:-1]) if len(label) >= _LEAST_BRAND)
    names = _bare(own), _bare(host.removeprefix("www."))
    return names, labels, frozenset(name[0].lower() for name in (own, *labels) if name)


def _bare(text: str) -> str:
    return _NO_LETTER.sub("", fold(text))


def _named(candidates: list[tuple[int, Line]], document: Document) -> Heading | None:
    """The highest heading, else the short line, that is what the page calls itself."""
    names = {fold(name) for name in document.once(page_names)}
    # Headings of a level stay in their order.
    for index, line in sorted(candidates, key=lambda candidate: min(candidate[1].heading or 4, 4)):
        if line.folded in names and not is_generic(line.text):
            return Heading(line.text, index, line.tag)
        for text in line.parts if len(line.parts) > 1 else ():
            if fold(text) in names and not is_generic(text):
                if _goes_on(text, line):
                    return Heading(line.text, index, line.tag)
                return Heading(text, index, line.tag, tuple(part for part in line.parts if part != text))
    return None


def _goes_on(text: str, line: Line) -> bool:
    """Whether the rest of a heading goes on with its first part: `Excavator operator` over `in drainage works`."""
    if len(line.parts) != 2 or line.parts[0] != text:
        return False
    rest = line.parts[1]
    return _GOES_ON.fullmatch(rest) is not None and job_type(rest) is None and workplace(rest) is None


def _hinted(candidates: list[tuple[int, Line]]) -> Heading | None:
    """The line whose own class says that it is the title, where one line alone says so: in a list many do."""
    hinted = [(i, line) for i, line in candidates if TITLE_HINT.search(line.hint) and not is_generic(line.text)]
    if len({line.text for _, line in hinted}) != 1:
        return None
    index, line = hinted[0]
    return Heading(line.text, index, f"{line.tag}.{line.hint.split()[0]}")


def _first(candidates: list[tuple[int, Line]], named: Heading | None, document: Document) -> Heading | None:
    """The title by the looks of headings and labels, the surest first.

    These are the first `h1` that reads like a title, what a label says is one and the one heading with a mark of gender; then
    the first `h1` that can be a title, what the page calls itself, and a lesser heading that reads like a title.
    """
    first = _main(candidates)
    if first is not None and reads_like_title(first.text):
        return first
    below = _below_bare_kind(candidates) if first is None else None
    if (stated := below or _labelled(candidates)) is not None:
        return stated
    lesser = [pair for pair in candidates if pair[1].heading > 1 and not is_generic(pair[1].text)]
    marked = [pair for pair in lesser if bears_gender(pair[1].text)]
    if len({line.text for _, line in marked}) == 1:
        return _heading(marked[0])
    if first is not None or named is not None:
        return first or named
    own = SEPARATOR.split(document.meta.get("og:title", "")[:MAX_NAME])[0]
    called = Heading(own, 0, "meta[og:title]") if own and not is_generic(own) else None
    if called is not None and reads_like_title(own):
        return called
    upper = [pair for pair in lesser if pair[1].heading <= 3]
    sought = (_heading(pair) for pair in upper if _SOUGHT.match(pair[1].text))
    titled = (_heading(pair) for pair in upper if reads_like_title(pair[1].text))
    return next(sought, next(titled, called))


def _main(candidates: list[tuple[int, Line]]) -> Heading | None:
    """The first `h1` that can be a title. What breaks a slogan over lines makes no title of its second line."""
    slogan = -1
    for index, line in candidates:
        if line.heading == 1 and (index == slogan or (SLOGAN.match(line.folded) and is_generic(line.text))):
            slogan = index + 1
        elif line.heading == 1 and not is_generic(line.text):
            main = Heading(line.text, index, line.tag)
            return main if reads_like_title(main.text) else _below_kind(candidates, main) or main
    return None


def _below_kind(candidates: list[tuple[int, Line]], main: Heading) -> Heading | None:
    """The title right below an `h1` that says what the page is: `Offre d'emploi en région` over `Ingénieur réseau`."""
    if _KIND_OF_PAGE.match(fold(main.text)) is None:
        return None
    return next(
        (_heading(p) for p in candidates if p[0] == main.index + 1 and p[1].heading and _names_job(p[1].text)), None
    )


def _below_bare_kind(candidates: list[tuple[int, Line]]) -> Heading | None:
    """The title right below an `h1` that is a word for postings alone: `Vacancy` over a badge with `Cook`."""
    at = next((i for i, line in candidates if line.heading == 1 and _BARE_KIND.fullmatch(line.folded)), None)
    if at is None:
        return None
    near = [pair for pair in candidates if 0 < pair[0] - at <= 2 and len(pair[1].text.split()) <= _BOLD_WORDS]
    return next((_heading(p) for p in near if reads_like_title(p[1].text) and not is_generic(p[1].text)), None)


def _names_job(text: str) -> bool:
    return reads_like_title(text) or _SOUGHT.match(text) is not None


def _heading(pair: tuple[int, Line]) -> Heading:
    index, line = pair
    return Heading(line.text, index, line.tag)


def _labelled(candidates: list[tuple[int, Line]]) -> Heading | None:
    """`Position: Cook`, on one line or on two, as tables of facts have it."""
    for at, (index, line) in enumerate(candidates):
        if line.heading == 1:
            continue
        head, colon, tail = _COLON.sub(":", line.text, count=1).partition(":")
        if label_of(head) != _TITLE:
            continue
        below = candidates[at + 1] if at + 1 < len(candidates) else None
        if colon and tail.strip():
            found = Heading(squeeze(tail), index, f"{line.tag} “{head.strip()}:”")
        elif below is not None and below[0] == index + 1:
            found = _heading(below)
        else:
            continue
        if not is_generic(found.text) and len(found.text) <= _LONGEST_LABELLED:
            return found
    return None


def bare_title(text: str, document: Document) -> str:
    """A title without the company's name or the kind of page in front (`Northwind: Cook`, `Vacancy: Cook`), and without loose separators."""
    text = _without_kind(text)
    if (sought := _SOUGHT.match(text)) is not None or (sought := _IS_SOUGHT.match(text)) is not None:
        text = sought["title"]
    text = _HOURS.sub("", text) or text
    text = _FULL_STOP.sub("", text)
    head, colon, tail = text.partition(":")
    companies = (fold(document.meta.get("og:site_name", "")), host_of(document.url).removeprefix("www.").split(".")[0])
    return (tail if colon and tail.strip() and fold(head) in companies else text).strip(" -–—|:·")


def _without_kind(text: str) -> str:
    """A title without what kind of page it heads: `Vacancy: Cook`, `We're hiring: Cook`, `Job offer – Cook`."""
    match = _KIND.match(text)
    if match is None or not match["title"].strip():
        lead = _LEADING_KIND.match(text)
        return lead["title"] if lead is not None and reads_like_title(lead["title"]) else text
    kind = fold(match["kind"])
    if NOT_A_TITLE.match(kind) or label_of(kind) == _TITLE or (SLOGAN.match(kind) and reads_like_title(match["title"])):
        return match["title"].strip()
    return text
