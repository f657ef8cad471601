"""Which words above a job are its title, which the employer, and which the place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from quiethire.domain.resume import Reading
from services.matching.reading.text import name_key
from services.matching.resume.fields.places import city_country, country_of, is_place
from services.matching.resume.fields.vocabulary import firm_likeness, is_role, title_likeness
from services.matching.resume.lines import Piece

_BEHIND_LABEL = r"(?:\s?:\s*|\s*\t\s*|\s{2,})"
"""What parts the labels of Europass from what they name."""
_LABELS = {
    "title": re.compile(
        r"^(?:occupation\sor\sposition\sheld|lavoro\so\sposizione\sricopert[oi]|(?:fonction|profession)\sou\sposte\soccupé|beruf\soder\sfunktion|profesión\so\scargo\sdesempeñado|função\sou\scargo\socupado|functie\sof\sberoep|zawód\slub\szajmowane\sstanowisko)"
        rf"{_BEHIND_LABEL}"
        r"|^(?:role|designation|position|title|job\stitle|poste|fonction|puesto|cargo|funktion|stelle|tätigkeit|función|ruolo|functie)\s?:\s*",
        re.IGNORECASE,
    ),
    "employer": re.compile(
        r"^(?:name\sand\saddress\sof\s(?:the\s)?employer|nome\se\sindirizzo\sdel\sdatore\sdi\slavoro|nom\set\sadresse\sde\sl['’]employeur|name\sund\s(?:adresse|anschrift)\sdes\sarbeitgebers|nombre\sy\sdirección\s(?:de\sla\sempresa|del?\s(?:empleador|empresario))|"
        rf"nome\se\sendereço\sdo\sempregador|naam\sen\sadres\svan\sde\swerkgever|nazwa\si\sadres\spracodawcy){_BEHIND_LABEL}"
        r"|^(?:company|employer|organi[sz]ation|client|entreprise|société|employeur|empresa|arbeitgeber|firma|unternehmen|azienda|werkgever|bedrijf)\s?:\s*",
        re.IGNORECASE,
    ),
    "place": re.compile(
        r"^(?:location|place|city|ort|lieu|lugar|ubicación|standort|luogo|plaats)\s?:\s*", re.IGNORECASE
    ),
}
_APART = re.compile(
    r"\s*[\t|•·;]\s*|\s+[-–—@]+>?\s+|\n|(?<=[a-z]{4})\.\s+(?=[A-Z])|\s{3,}|\s+(?:at|bei|chez|presso|bij)\s+(?=[\"“A-ZÀ-Þ0-9])|(?<=[a-zà-ÿ])\s*@\s*"
)
_BRACKETS = re.compile(r"\s*[([]([^()\[\]]{2,80})[)\]]\s*")
_COMMA = re.compile(r"\s*,\s+|,(?=[A-ZÀ-Þ])")
_SURE = 0.8
_THE = re.compile(r"the\s", re.IGNORECASE)
"""Nobody is called so: The Economist is an employer."""
_STATE = re.compile(r"^[A-Z]{2}$")
_NAMED = 0.95
"""Likeness to a firm of what stands after `at`."""
_AT = re.compile(r"(?:@|\b(?:at|bei|chez|presso|bij))\s*$")
_IN = re.compile(r"\s+(?:in|for|w|with|für)\s+(?=[A-ZÀ-Þ][\w-]+(?:\s[A-ZÀ-Þ][\w.-]*){0,3}$)")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEGAL = re.compile(r"^(?:inc|llc|ltd|gmbh|s\.?l\.?u?|s\.?a|co|corp|limited|plc|kg|ag)\.?$", re.IGNORECASE)
_NOISE = re.compile(
    r"^(?:\W*|dates?|fechas?|data|datas|datum|(?:full|part)[- ]time|remote|freelance|contract|hybrid|internship|vollzeit|teilzeit|temps plein|cdi|cdd|\d+\s?(?:yrs?|years?|months?|mos|month|monate|jahre|ans|mois|años|meses)\b.*|responsibilities.*|website.*|www\..*|https?:.*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Header:
    """What the lines above a job say."""

    title: Reading | None = None
    employer: Reading | None = None
    place: Reading | None = None


@dataclass(frozen=True)
class _Part:
    piece: Piece
    title: float
    firm: float
    place: bool


def votes_for_title_first(headers: Sequence[Sequence[Piece]]) -> bool:
    """Whether this person puts the title before the employer, as the entries show in which it is plain."""
    votes = 0
    for pieces in headers:
        parts = [part for part in _parts(pieces) if not part.place]
        marks = [index for index, part in enumerate(parts) if part.title == 1.0]
        if len(parts) >= 2 and marks:
            votes += 1 if marks[0] == 0 else -1
    return votes >= 0


def header_of(pieces: Sequence[Piece], *, title_first: bool) -> Header:
    """Title, employer and place among these words."""
    labelled, rest = _labelled(pieces)
    parts = _parts(rest)
    places = [part for part in parts if part.place]
    others = [part for part in parts if not part.place]
    title = labelled.get("title") or _title(others, title_first=title_first)
    left = [part for part in others if title is None or part.piece != title[0]]
    employer = labelled.get("employer") or _employer(left, title)
    if title is not None and (employer is None or employer[1] < _SURE):
        title, employer = _parted(title, employer)
    place = labelled.get("place") or ((_whole([part.piece for part in places]), 0.85) if places else None)
    return Header(*(found[0].reading(found[1]) if found else None for found in (title, employer, place)))


Found = tuple[Piece, float]


def _parted(title: Found, employer: Found | None) -> tuple[Found, Found | None]:
    """A title that names the employer too: `Mobile Developer in Key-Group`, `JAVA DEVELOPER INETEX LTD`."""
    piece, sure = title
    named = _IN.search(piece.text)
    if (
        named is not None
        and title_likeness(piece.text[: named.start()]) == 1.0
        and not is_place(piece.text[named.end() :])
    ):
        return (piece.cut(0, named.start()), sure), (piece.cut(named.end(), len(piece.text)), 0.7)
    roles = [word for word in _WORDS.finditer(piece.text) if is_role(name_key(word[0]))]
    if roles and firm_likeness(piece.text[roles[-1].end() :]) == 1.0:
        rest = piece.cut(roles[-1].end(), len(piece.text)).stripped(" ,-–")
        return (piece.cut(0, roles[-1].end()), sure), (rest, 0.8)
    return title, employer


def _labelled(pieces: Sequence[Piece]) -> tuple[dict[str, Found], list[Piece]]:
    found: dict[str, Found] = {}
    rest = []
    for piece in pieces:
        for name, pattern in _LABELS.items():
            label = pattern.match(piece.text)
            if label is not None:
                found.setdefault(name, (piece.cut(label.end(), len(piece.text)).stripped(" .,"), 0.95))
                break
        else:
            rest.append(piece)
    return {name: one for name, one in found.items() if one[0].text}, rest


def _parts(pieces: Sequence[Piece]) -> list[_Part]:
    parts = []
    for piece in pieces:
        for bare in _unbracketed(piece):
            for apart in bare.split(_APART):
                named = _AT.search(bare.text[: apart.start - bare.start]) is not None
                parts += [replace(part, firm=_NAMED) if named else part for part in _by_comma(apart)]
    return [part for part in parts if part.piece.text and not _NOISE.match(part.piece.text)]


def _unbracketed(piece: Piece) -> list[Piece]:
    """What stands outside brackets, and places within them; other brackets stay where they are."""
    found = _BRACKETS.search(piece.text)
    if found is None or not (is_place(found[1]) or _NOISE.match(found[1])):
        return [piece]
    outside = [piece.cut(0, found.start()), piece.cut(found.end(), len(piece.text)).stripped(" ,-–|")]
    inside = [piece.cut(*found.span(1))] if is_place(found[1]) else []
    return [part for part in (outside[0], *inside, outside[1]) if part.text.strip()]


def _by_comma(piece: Piece) -> list[_Part]:
    """A phrase as parts at its commas, `Acme, Inc.` and `Head of Sales, Europe` left whole."""
    bare = piece.stripped(" ,.-–|/")
    if not bare.text:
        return []
    if is_place(bare.text):
        return [_Part(bare, 0.0, 0.0, place=True)]
    pieces = bare.split(_COMMA)
    joined: list[Piece] = []
    for one in pieces:
        if joined and _LEGAL.match(one.text):
            joined[-1] = bare.cut(joined[-1].start - bare.start, one.start + len(one.text) - bare.start)
        else:
            joined.append(one)
    parts = [_part(one) for one in joined]
    return _rejoined(bare, parts)


def _part(piece: Piece) -> _Part:
    place = bool(city_country(piece.text) or country_of(piece.text))
    no_title = place or _THE.match(piece.text)
    return _Part(piece, 0.0 if no_title else title_likeness(piece.text), firm_likeness(piece.text), place)


def _rejoined(whole: Piece, parts: list[_Part]) -> list[_Part]:
    """Parts of one kind that stand beside each other, as one: places, and a title with its department."""
    merged: list[_Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if last is not None and last.place and _STATE.match(part.piece.text):
            part = replace(part, title=0.0, firm=0.0, place=True)  # noqa: PLW2901 - the same part, better known
        if last is not None and ((last.place and part.place) or (last.title and part.title == 1.0)):
            span = whole.cut(last.piece.start - whole.start, part.piece.start + len(part.piece.text) - whole.start)
            merged[-1] = _Part(span, last.title, last.firm, last.place)
        else:
            merged.append(part)
    return merged


def _title(parts: Sequence[_Part], *, title_first: bool) -> Found | None:
    if not parts:
        return None
    best = max(parts, key=lambda part: part.title - (0.7 if part.firm == 1.0 else 0.0))
    if best.title - (0.7 if best.firm == 1.0 else 0.0) > 0:
        return best.piece, 0.9 if best.title == 1.0 else 0.7
    if len(parts) == 1:
        return None if parts[0].firm or not title_first else (parts[0].piece, 0.4)
    ordered = parts if title_first else parts[::-1]
    return next(((part.piece, 0.4) for part in ordered[:2] if part.firm < 1.0), None)


def _employer(parts: Sequence[_Part], title: Found | None) -> Found | None:
    """The likeliest name of a firm, else what stands nearest to the title."""
    if not parts:
        return None
    best = max(parts, key=lambda part: part.firm)
    if best.firm:
        return best.piece, 0.9 if best.firm == 1.0 else 0.8
    above = [part for part in parts if title and part.piece.start < title[0].start]
    # What follows a title after a comma is its department where a name stands above.
    near = min(above or parts, key=lambda part: abs(part.piece.start - title[0].start)) if title else parts[0]
    return near.piece, 0.7 if title and title[1] > 0.5 else 0.4


def _whole(pieces: Sequence[Piece]) -> Piece:
    """The first place told."""
    return pieces[0]
