"""Addresses of a person: e-mail, phone, links, place. What stands far from where people give theirs is never sure."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

import phonenumbers

from quiethire.domain.resume import Reading
from services.matching.reading.text import name_key
from services.matching.resume.fields.periods import Period, periods
from services.matching.resume.fields.places import POSTCODE, place_in
from services.matching.resume.fields.vocabulary import is_role, school_in, title_likeness
from services.matching.resume.lines import Document, Line, Piece

_HEAD_LINES = 25
"""Lines from the top in which a person tells who they are."""
_LOCAL = r"(?<![\w.+-])(?P<local>[a-z0-9][\w.+'’-]{0,63})"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,5}[a-z]{2,24}(?![\w-])"
_EMAIL = re.compile(rf"{_LOCAL}@{_DOMAIN}", re.IGNORECASE)
_BRACKETS = r"\s?[\[({]\s?%s\s?[\])}]\s?"
_DOT = _BRACKETS % r"(?:dot|punkt|point|punto|\.)"
_AT = _BRACKETS % "(?:at|ät|@|arobase|arroba)"
_SPACED_EMAIL = re.compile(
    rf"{_LOCAL}(?:\s?@\s?|{_AT})(?:[a-z0-9][a-z0-9-]{{0,62}}(?:\.|{_DOT})){{1,5}}[a-z]{{2,24}}(?![\w-])",
    re.IGNORECASE,
)
"""An address with blanks or brackets in it, which nobody's `Engineer @ firm.com` is."""
_WRITTEN_DOT, _WRITTEN_AT = (re.compile(words, re.IGNORECASE) for words in (_DOT, _AT))
_WITHIN_PHRASE = re.compile(r"[^\W_][ \t]+$")
_REST_OF_DOMAIN = re.compile(r"\n\.[a-z]{2,3}(?=\n|$)|\.\n[a-z]{2,3}(?=\n|$)")
"""What a narrow column broke off."""
_BROKEN_EMAIL = re.compile(
    r"(?<![\w.+-])[a-z0-9][\w.+-]{0,63}@([a-z0-9.-]{1,40})\n[a-z0-9-]{1,30}(?:\.[a-z]{2,10}){1,2}(?=\n|$)",
    re.IGNORECASE,
)
"""An address whose domain a narrow column broke within a word."""
_ENDINGS = frozenset(("com", "org", "net", "edu", "gov", "info", "biz", "dev", "app", "tech", "email", "name"))
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'|,;)\]]{3,200}"
    r"|(?<![\w@./-])(?:linkedin\.com|github\.com|gitlab\.com|xing\.com|stackoverflow\.com|medium\.com|behance\.net|dribbble\.com|t\.me|bitbucket\.org|kaggle\.com|orcid\.org)/[^\s<>\"'|,;)\]]{1,200}"
    r"|(?<![\w@./-])[a-z0-9][a-z0-9-]{1,40}\.(?:dev|io|me|github\.io|de|com|org|net|fr|es|eu|tech|app|ai|ch|at)(?:/[^\s<>\"'|,;)\]]{0,100})?(?![\w@.-])",
    re.IGNORECASE,
)
_BEHIND_WORDS = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_PHONE_LABEL = re.compile(
    r"(?:phone|mobile|cell(?:ular)?|tel(?:efon|efono|éfono|éphone|ephone)?|mob(?:il|il(?:telefon|e))?|móvil|portable|handy|whatsapp|contact\snumber|telefoon|cellulare|gsm|ph|t|m|p)\s?(?:\([^)]{1,12}\))?\s?[.:]",
    re.IGNORECASE,
)
_PHONE_LIKE = re.compile(r"(?<![\w@./-])(?:\+|00|\()?\d[\d\s()./\-–]{5,60}\d(?![\w@])")
_SEVERAL_PHONES = re.compile(r"\s*/\s*|\s{2,}")
_LEAST_DIGITS, _MOST_DIGITS = 7, 15
_FAX = re.compile(r"\bfax\b", re.IGNORECASE)
_PLACE_LABEL = re.compile(
    r"^(?:home\s)?(?:address|residence|location|city(?:\sof\sresidence)?|place\sof\sresidence|lives?\sin|based\sin|region|adresse|anschrift|wohnort|wohnhaft\sin|domicile|lieu\sde\srésidence|"
    r"ville|ort|dirección|direccion|domicilio|residencia|ciudad|localidad|ubicación|indirizzo|residenza|woonplaats|adres|morada|endereço)\s?[:\t]\s*",
    re.IGNORECASE,
)
_INNER_PLACE_LABEL = re.compile(
    r"\b(?:residence|location|address|city of residence|region|wohnort|adresse|residencia|ubicación|dirección)\s?:\s*",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"\b(?:birth|born|geb\.|geboren|geburts\w*|né(?:e)?\s+(?:le|à)|naissance|nacimiento|nacid[oa]|nationality|citizen\w*|staatsangeh\w*|nationalité|nacionalidad)",
    re.IGNORECASE,
)
_REGIONS_BY_LANGUAGE = (
    (re.compile(r"\b(?:und|berufserfahrung|kenntnisse|ausbildung)\b", re.IGNORECASE), ("DE", "AT", "CH")),
    (re.compile(r"\b(?:et|expérience|compétences|formation)\b", re.IGNORECASE), ("FR", "BE", "CH")),
    (re.compile(r"\b(?:y|experiencia|formación|habilidades)\b", re.IGNORECASE), ("ES", "MX", "AR")),
)
_REGIONS = ("US", "GB", "IN", "IL", "CA", "AU")
_NOWHERE = "ZZ"
"""No region: the country is not told, and each of the others is a guess."""
_TLD = re.compile(r"\.([a-z]{2})$")
_TLD_REGION = {"uk": "GB"}


_UNSURE = 0.5
"""Confidence of an address that stands neither in the head nor among the contact details, and may be somebody else's; and of a phone whose country nothing tells."""


def email_of(document: Document, contact: Sequence[Line]) -> Reading | None:
    """The first e-mail address, those behind links last. `contact`: the head and the contact details."""
    found = _EMAIL.search(document.text) or _spaced_email(document, contact)
    broken = _BROKEN_EMAIL.search(document.text)
    if broken is not None and (found is None or found.start() >= broken.start()) and not _is_whole(broken):
        found = broken
    if found is not None:
        rest = _REST_OF_DOMAIN.match(document.text, found.end())
        piece = Piece(document.text[found.start() : rest.end() if rest else found.end()], found.start())
        value = _as_typed(piece.text)
        sure = 0.99 if value == piece.text else 0.8
        return piece.reading(sure if _is_told(document, contact, piece.start) else _UNSURE, value)
    for link in document.links:
        if link.lower().startswith("mailto:"):
            address = unquote(link[7:].split("?")[0]).strip()
            if _EMAIL.fullmatch(address):
                return Reading(value=address, confidence=0.95)
    return None


def _as_typed(written: str) -> str:
    """An address as it is typed: without blanks, and with the signs for which words stand."""
    for words, sign in ((_WRITTEN_DOT, "."), (_WRITTEN_AT, "@")):
        written = words.sub(sign, written)
    return "".join(written.split()).replace("’", "'")


def _spaced_email(document: Document, contact: Sequence[Line]) -> re.Match[str] | None:
    """An address that is not written in one, where people give theirs and nothing leads to it but a label."""
    for found in _SPACED_EMAIL.finditer(document.text):
        alone = _WITHIN_PHRASE.search(document.text[: found.start()][-40:]) is None
        if alone and not is_role(name_key(found["local"])) and _is_told(document, contact, found.start()):
            return found
    return None


def _is_told(document: Document, contact: Sequence[Line], place: int) -> bool:
    """Whether a place is near the top or within the contact details, where people give their own addresses."""
    filled = [line for line in document.lines if line.text]
    return any(line.start <= place <= line.start + len(line.text) for line in (*filled[:_HEAD_LINES], *contact))


def _is_whole(broken: re.Match[str]) -> bool:
    """Whether the part before the line's end is a domain already, by its ending."""
    _, dot, ending = broken[1].lower().rpartition(".")
    return bool(dot) and (ending in _ENDINGS or ending.upper() in phonenumbers.SUPPORTED_REGIONS or ending == "uk")


def phone_of(document: Document, contact: Sequence[Line], country: str | None, email: str | None) -> Reading | None:
    """The first number that stands where a person gives theirs, as E.164 where its country is told or tells itself."""
    regions = _told_regions(document, country, email)
    labelled: list[Piece] = []
    others: list[Piece] = []
    filled = [line for line in document.lines if line.text]
    told = {line.start for line in (*filled[:_HEAD_LINES], *filled[-8:], *contact)}
    for line in filled:
        after_label = {found.end() for found in _PHONE_LABEL.finditer(line.text)}
        alike = list(_PHONE_LIKE.finditer(line.text))
        dated = periods(line.text, singles=True) if alike else []
        for found in alike:
            before = line.text[max(0, found.start() - 30) : found.start()]
            if _is_date(dated, found) or _FAX.search(before):
                continue
            pieces = _numbers_in(line.cut(found.start(), found.end()))
            if any(0 <= found.start() - end <= 4 for end in after_label):
                labelled += pieces
            elif line.start in told or found[0].startswith("+"):
                others += pieces
    found_one = _first_phone(labelled, regions, 0.5) or _first_phone(others, regions, None)
    if found_one is None:
        return _linked_phone(document)
    if found_one.span is None or _is_told(document, contact, found_one.span.start):
        return found_one
    return found_one.model_copy(update={"confidence": min(found_one.confidence, _UNSURE)})


def _numbers_in(piece: Piece) -> list[Piece]:
    """The numbers of a run of digits: one, or several where each between slashes is whole by itself."""
    apart = piece.split(_SEVERAL_PHONES)
    several = len(apart) > 1 and all(_digits(one) >= _LEAST_DIGITS for one in apart)
    return [one for one in (apart if several else [piece]) if _LEAST_DIGITS <= _digits(one) <= _MOST_DIGITS]


def _digits(piece: Piece) -> int:
    return sum(sign.isdigit() for sign in piece.text)


def _first_phone(pieces: Sequence[Piece], regions: Sequence[str], unknown: float | None) -> Reading | None:
    for piece in pieces:
        number = e164(piece.text, regions)
        if number is not None:
            return piece.reading(0.97 if piece.text.lstrip("( ").startswith(("+", "00")) else 0.85, number)
    for piece in pieces:
        number = e164(piece.text, (_NOWHERE, *_REGIONS))
        if number is not None:
            return piece.reading(_UNSURE, number)
    if unknown is not None and pieces:
        return pieces[0].reading(unknown)
    return None


def _linked_phone(document: Document) -> Reading | None:
    for link in document.links:
        if link.lower().startswith("tel:") and (number := e164(unquote(link[4:]), ())) is not None:
            return Reading(value=number, confidence=0.95)
    return None


def e164(written: str, regions: Sequence[str]) -> str | None:
    """The number in E.164, by its own country code or else the first region in which it is valid."""
    bare = written.strip()
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("("):
        bare = bare.replace("(00", "(+", 1)
    bare = bare.replace("(0)", "") if "+" in bare else bare
    for region in (None,) if "+" in bare else regions:
        try:
            number = phonenumbers.parse(bare, region)
        except phonenumbers.NumberParseException:
            continue
        # Where the country is told, a number that nobody was given yet is still one of it.
        told = region is None or region == regions[0]
        if phonenumbers.is_valid_number(number) or (told and phonenumbers.is_possible_number(number)):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _is_date(dated: Sequence[Period], found: re.Match[str]) -> bool:
    return any(found.start() < one.stop and found.end() > one.begin for one in dated) and not found[0].startswith(
        ("+", "00")
    )


def _told_regions(document: Document, country: str | None, email: str | None) -> list[str]:
    regions = [country] if country else [_NOWHERE]
    if email and (tld := _TLD.search(email.lower())):
        code = _TLD_REGION.get(tld[1], tld[1].upper())
        if code in phonenumbers.SUPPORTED_REGIONS:
            regions.append(code)
    counted = sorted(_REGIONS_BY_LANGUAGE, key=lambda one: -len(one[0].findall(document.text[:20_000])))
    strongest, others = counted[0]
    if len(strongest.findall(document.text[:20_000])) >= 4:
        regions += others
    return list(dict.fromkeys(regions))


def links_of(document: Document, contact: Sequence[Line]) -> tuple[Reading, ...]:
    """Addresses on the web that the person gives, in the text and behind words."""
    found: dict[str, Reading] = {}
    mails = [match.span() for match in _EMAIL.finditer(document.text)]
    told = {place for line in contact for place in range(line.start, line.start + len(line.text))}
    for match in _URL.finditer(document.text):
        if any(match.start() < end and match.end() > begin for begin, end in mails):
            continue
        value = match[0].rstrip(".,;:)")
        bare = "//" not in value and not value.lower().startswith("www.") and "/" not in value
        if bare and match.start() not in told:
            continue  # In running text, `firm.com` is somebody else's.
        found.setdefault(_link_key(value), Piece(value, match.start()).reading(0.7 if bare else 0.95))
    for link in document.links:
        if _BEHIND_WORDS.match(link) and len(link) <= 300:
            found.setdefault(_link_key(link), Reading(value=link, confidence=0.9))
    return tuple(list(found.values())[:20])


def _link_key(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link.lower()).rstrip("/")


def place_of(head: Sequence[Line], contact: Sequence[Line]) -> tuple[Reading, str | None] | None:
    """Where the person lives, and the code of the country; a labelled place first."""
    lines = [*contact, *head]
    for line in lines:
        label = _PLACE_LABEL.match(line.text) or _INNER_PLACE_LABEL.search(line.text)
        if label is None:
            continue
        rest = line.cut(label.end(), len(line.text)).stripped()
        if (found := place_in(rest)) is not None:
            piece, country = found
            return piece.reading(0.95, _bare_place(piece)), country
        if label.re is _PLACE_LABEL and rest.text and "," not in rest.text and len(rest.text) <= 60:
            return rest.reading(0.6), None
    for line in lines:
        if len(line.text) > 160 or _BIRTH.search(line.text) or periods(line.text) or school_in(line.text):
            continue
        if (found := place_in(line)) is not None and not title_likeness(found[0].text):
            piece, country = found
            return piece.reading(0.8, _bare_place(piece)), country
    return None


def _bare_place(piece: Piece) -> str:
    """A place without the postcode within it, which is nobody's business."""
    return re.sub(r"\s+(?=,)", "", " ".join(POSTCODE.sub(" ", piece.text).split()))
