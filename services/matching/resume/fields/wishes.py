"""What a person states of their next job: where they may work, the least pay, and where they would work."""

import re
from collections.abc import Sequence

from quiethire.domain.resume import MAX_LISTED, Reading
from services.matching.reading.regions import EU
from services.matching.reading.text import name_key
from services.matching.resume.fields.pay import CURRENCY, period_in
from services.matching.resume.fields.places import country_of, place_in
from services.matching.resume.lines import Line, Piece

_PERMIT = re.compile(
    r"(?:(?:legally\s)?(?:authori[sz]ed|eligible|permitted|entitled|allowed)\sto\swork\s(?:anywhere\s)?in|right\sto\swork\s(?:in|:)|work\s(?:permit|authori[sz]ation|visa|rights)\s?(?:for|in|:|–|-)|permanent\sresident\s(?:of|in)|"
    r"(?:un)?limited\swork\spermit\s(?:for|in)|arbeitserlaubnis\s?(?:für|in|:)|arbeitsgenehmigung\s?(?:für|in|:)|autorisation\sde\stravail(?:ler)?\s?(?:en|au|pour|:)|permis\sde\stravail\s?(?:en|au|pour|:)|"
    r"permiso\sde\strabajo\s?(?:en|para|:)|autorizaci[óo]n\sde\strabajo\s?(?:en|para|:))\s*(?:the\s|la\s|le\s|l['’])?",
    re.IGNORECASE,
)
_CITIZEN = re.compile(
    r"\b(?:citizen(?:ship)?(?:\sof|\s?:)|staatsbürger(?:schaft)?\s?:|citoyenneté\s?:|ciudadan[íi]a\s?:)\s*(?:the\s)?",
    re.IGNORECASE,
)
_DEMONYM = re.compile(
    r"\b(EU|European\sUnion|US|U\.S\.|UK|British|German|French|Spanish|Italian|Dutch|Irish|Canadian|American|Australian|Swiss|Austrian|Polish|Portuguese|Swedish|Danish|Indian|Israeli)\s(?:citizen|passport|national)(?=\s*(?:$|[.,;:|()/•–-]|(?:and|or|with|by|holder|since|living)\b))",
    re.IGNORECASE,
)
_GREEN_CARD = re.compile(
    r"\bgreen\scard\b(?!\s(?:required|needed|process|sponsor\w*|lottery|appl\w+|pending))", re.IGNORECASE
)
_RESIDENT = re.compile(r"\b([A-Z][a-z]+(?:\s[A-Z][a-z]+)?)\spermanent\sresident\b")
_REFUSED = re.compile(
    r"\b(?:no|not|non|never|don['’]t|require|requires|need|without|benötige|keine?|sans|sin)\b[^.;,]{0,25}$",
    re.IGNORECASE,
)
_DEMONYMS = {
    "us": "US",
    "u.s.": "US",
    "american": "US",
    "uk": "GB",
    "british": "GB",
    "german": "DE",
    "french": "FR",
    "spanish": "ES",
    "italian": "IT",
    "dutch": "NL",
    "irish": "IE",
    "canadian": "CA",
    "australian": "AU",
    "swiss": "CH",
    "austrian": "AT",
    "polish": "PL",
    "portuguese": "PT",
    "swedish": "SE",
    "danish": "DK",
    "indian": "IN",
    "israeli": "IL",
}
_UNION = frozenset({"eu", "european union", "europaische union", "union europeenne", "union europea", "ue"})
_SALARY = re.compile(
    r"(?:salary\s(?:expectations?|requirements?|floor)|(?:expected|desired|minimum|required)\s(?:(?:gross|net|annual|yearly|monthly|weekly|daily|hourly|base)\s)?(?:salary|compensation|pay|rate)|gehaltsvorstellung(?:en)?|gehaltswunsch|wunschgehalt|"
    r"prétentions?(?:\s(?:salariales?|de\ssalaire))?(?=\s?:|\s(?:salariales?|de\ssalaire))(?:\s(?:salariales?|de\ssalaire))?|(?:salaire|rémunération)\ssouhaitée?|"
    r"(?:expectativas?|pretensi(?:ones|ón)|pretens(?:ão|ões))\s(?:salarial(?:es)?|salariais|económicas?)|salario\s(?:deseado|mínimo)|(?:aspettativ[ae]|richiesta)\s(?:salarial[ei]|retributiv[ae]|economic(?:a|he))|ral\s(?:desiderata|richiesta|attesa)|"
    r"salaris(?:indicatie|wens|verwachting)|gewenst\ssalaris|(?:oczekiwania\sfinansowe|oczekiwane\swynagrodzenie)|löneanspråk|lønn?s?krav|lønn?sforventning(?:er)?)\s*(?:is|of|from|ab|:|-|–|=)*\s*"
    r"|(?<!current\s)(?<!aktueller\s)\b(?:(?:day|daily|hourly)\srate|tages(?:honorar)?satz|stunden(?:honorar)?satz|tjm|tarif\sjournalier|taux\shoraire|tarifa\s(?:diaria|por\shora)|tariffa\s(?:giornaliera|oraria)|uurtarief|dagtarief)\s?:\s*",
    re.IGNORECASE,
)
_SUM = re.compile(
    rf"^(?:[^.;\n]{{0,25}}?)((?:{CURRENCY}\s?)?\d(?:p\.\s?[admwh]\.|\b(?:mtl|std|mies|mån|md|tsd|mio|pr)\.|[.,]\d|,(?!\d|\s[^\W\d])|[^.,;|\n]){{0,60}})(?![^\W_])",
    re.IGNORECASE,
)
_SAYS_WHEN = 20
"""Characters in front of a wish for pay that may say for what time it is: `Monthly salary expectations`."""
_WHERE = re.compile(
    r"(?:(?:willing|open|ready|available)\sto\s(?:relocat(?:e|ion)|work|move)\s(?:to|in|within)|preferred\s(?:work\s)?(?:locations?|cities|places?)|desired\slocations?|target\slocations?|relocation\s?:|job\slocations?\s?:|"
    r"bevorzugte[rn]?\s(?:arbeitsorte?|standorte?|einsatzorte?)|umzugsbereit\s(?:nach|in)|gewünschte[rn]?\s(?:arbeitsorte?|einsatzorte?)|mobilité\s?(?:géographique)?\s?(?:à|:)|lieux?\ssouhaités?|disponibilidad\spara\strasladarse\sa|"
    r"lugar(?:es)?\spreferidos?|ubicaci(?:ón|ones)\spreferidas?)\s*:?\s*",
    re.IGNORECASE,
)
_END = re.compile(r"[.;(|\n]\s|\s(?:without|with|on|under|via|since|until|for|ohne|sans|sin)\b")
_APART = re.compile(r"[.,;:|(]\s*")
_SENTENCE = re.compile(r"\.\s+(?=[A-Z])")
_ARTICLE_OR_BRACKET = re.compile(r"^(?:the|la|le|les|die)\s|\s*\([^()]*\)?$", re.IGNORECASE)
_AND = re.compile(r"\s*[,;/|]\s*|\s+(?:and|or|und|oder|et|ou|y|o)\s+")


_WISHES = (_PERMIT, _CITIZEN, _DEMONYM, _GREEN_CARD, _SALARY, _WHERE)


def is_wish(line: Line) -> bool:
    """Whether a line states any of these, and so lists nothing else."""
    return any(pattern.search(line.text) for pattern in _WISHES)


def is_wish_alone(line: Line) -> bool:
    """Whether a line begins with one: among what was done at work, others tell of other people's."""
    return not line.bullet and any(pattern.match(line.text) for pattern in _WISHES)


def work_authorisation_of(lines: Sequence[Line]) -> tuple[Reading, ...]:
    """Countries in which they state that they may work, as codes. A need of sponsorship states none."""
    found: dict[str, Reading] = {}
    for line in lines:
        for pattern, confidence in ((_PERMIT, 0.9), (_CITIZEN, 0.8)):
            for match in pattern.finditer(line.text):
                if not _REFUSED.search(line.text[: match.start()]):
                    rest = line.cut(match.end(), len(line.text))
                    _keep(found, _countries(rest), confidence)
        for match in _DEMONYM.finditer(line.text):
            name = name_key(match[1])
            _keep_stated(found, line, match, sorted(EU) if name in _UNION else [_DEMONYMS[name]], 0.8)
        for match in _RESIDENT.finditer(line.text):
            code = country_of(match[1])
            _keep_stated(found, line, match, [code] if code else [], 0.9)
        for match in _GREEN_CARD.finditer(line.text):
            _keep_stated(found, line, match, ["US"], 0.8)
    return tuple(found.values())


def _keep_stated(
    found: dict[str, Reading], line: Line, match: re.Match[str], codes: Sequence[str], confidence: float
) -> None:
    """The countries that words state, unless what stands before denies it."""
    if not _REFUSED.search(line.text[: match.start()]):
        _keep(found, [(line.cut(*match.span()), code) for code in codes], confidence)


def _keep(found: dict[str, Reading], stated: Sequence[tuple[Piece, str]], confidence: float) -> None:
    for piece, code in stated:
        found.setdefault(code, piece.reading(confidence, code))


def _countries(rest: Piece) -> list[tuple[Piece, str]]:
    """The countries that a list begins with, up to the first words that are none."""
    stated: list[tuple[Piece, str]] = []
    sentence = rest.cut(0, len(_END.split(rest.text)[0]))
    for part in sentence.split(_AND):
        bare = _ARTICLE_OR_BRACKET.sub("", part.text).rstrip(" .)")
        if name_key(bare) in _UNION:
            stated += [(part, code) for code in sorted(EU)]
        elif (code := country_of(bare)) is not None:
            stated.append((part, code))
        else:
            break
    return stated


def salary_floor_of(lines: Sequence[Line]) -> Reading | None:
    """The pay that they ask for, as written."""
    for line in lines:
        found = _SALARY.search(line.text)
        if found is None:
            continue
        rest = line.cut(found.end(), len(line.text))
        stated = _SUM.match(rest.text)
        if stated is not None:
            start, end = found.end() + stated.start(1), found.end() + stated.end(1)
            return line.cut(_begin(line.text, found, start), end).stripped(" ,.-–").reading(0.9)
    return None


def _begin(text: str, label: re.Match[str], amount: int) -> int:
    """Where pay as written begins: at its amount, or at the label that says for what time it is."""
    near = text.rfind(" ", 0, max(label.start() - _SAYS_WHEN, 0)) + 1
    lead = label.start() - len(_APART.split(text[near : label.start()])[-1])
    if lead < label.start() and period_in(text[lead : label.start()]):
        return lead
    return label.start() if period_in(label[0]) else amount


def locations_of(lines: Sequence[Line]) -> tuple[Reading, ...]:
    """Places where they say that they would work."""
    places: dict[str, Reading] = {}
    for line in lines:
        found = _WHERE.search(line.text)
        if found is None:
            continue
        rest = line.cut(found.end(), len(line.text))
        for part in rest.cut(0, len(_SENTENCE.split(rest.text)[0])).split(_AND)[:12]:
            bare = part.stripped(" .()")
            if (place := place_in(bare)) is None:
                break
            places.setdefault(name_key(place[0].text), place[0].reading(0.85))
    return tuple(places.values())[:MAX_LISTED]
