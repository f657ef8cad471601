"""Whether an employer sponsors a visa or work permit, in the words of thirteen languages.

Only what is said of visas and permits counts: employers sponsor conferences, clubs and pension plans too. What asks for
an existing right to work without naming sponsorship says nothing: many who sponsor ask for it from those who have it.
"""

import re
from typing import NamedTuple

from quiethire.domain.words import fold, lowered

_MAX_TEXT = 60_000
_STEMS = (
    "spons", "sponz", "immigration", "erkend", "visa", "visum", "visto", "víz", "wiz", "work permit", "permis de travail", "permiso de trabajo", "permís de treball", "permesso di",
    "arbeitserlaubnis", "aufenthaltstitel", "werkvergunning", "tewerkstellingsvergunning", "autorização de trabalho", "arbejdstilladelse",
    "arbeidstillatelse", "arbetstillstånd", "pracovní povolení", "pozwoleni",
)  # fmt: skip
"""Every statement holds one of these in lower case; a text without any costs a scan for each."""
_MAX_HINTS = 200
_BEFORE, _AFTER = 160, 160
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|\n")

_PAPER = (
    r"(?:visa(?:s|e)?|visum\w*|visad?[ot]?s?|vist[oi]s?|viz(?:a|u|um|em|ov\w{1,4})|wiz(?:a|y|e|ow\w{1,4})?|work[- ]permits?|arbeitserlaubnis|arbeitsvisum|aufenthalts\w+|permis de travail"
    r"|permis de sejour|permisos? de trabajo|permis de treball|permess[oi] di (?:lavoro|soggiorno)|autorizacao de trabalho|werkvergunning\w*|tewerkstellingsvergunning\w*"
    r"|arbejdstilladelse\w*|arbeidstillatelse\w*|arbetstillstand\w*|pracovni\w* povoleni|pozwoleni\w* na prace)"
)
_VISA = rf"(?:{_PAPER}|work[- ](?:visas?|authori[sz]ations?)|immigration|h-?1b|skilled worker|green cards?)"
_SPONSOR = r"(?:spons\w+|(?:ne)?sponz\w+|patrocin\w+|parrain\w+)"
_HELP = (
    r"(?:support\w*|assist\w*|help(?:s|en|t|ing)?|unterstutz\w*|hilfe|helfen|accompagn\w+|aide[rz]?|prise en charge|ayuda\w*|apoyo|soporte|apoyamos|gestionamos|ajuda\w*|apoio|apoiamos|suport|supporto"
    r"|assistenza|aiut\w+|ondersteun\w+|hulp|hjaelp\w*|stotte\w*|hjelp\w*|hjalp\w*|stod|podpor\w*|pomoc\w*|pomah\w+|pomuzeme|wsparci\w*|wspier\w+)"
)
_FILL = (
    r"(?:(?:you|your|with|for|in|on|getting|obtaining|securing|a|the|relocation|and|or|of|to|any|work|costs?|fees?|process\w*|applications?|sponsorship|including|do|da|gern\w*|beantrag\w+|eines|einer|einem|erhalt|dans|vos|vous|nos|sus|tus|dir|dich|dig|deg|ihnen|sie|bei|beim|der|des|dem|den|mit"
    r"|deine[mnrs]?|ihre[mnrs]?|und|umzug\w*|pour|votre|ton|de|du|le|la|l|les|au|aux|et|obtention|obten\w+|demarches|demandes?|amb|els|con|el|su|tu|para|en|tramit\w+|del|y|obtener|com|o|seu|obter|e|no|na|ao"
    r"|il|per|ottenere|tuo|richiesta|bij|met|je|jouw|het|een|voor|aanvra\w+|van|til|dit|ditt|din|at|fa|om|att|och|og|ansok\w+|med|s|se|vyriz\w+|pri|ziskani|pro|w|z|przy|uzyskani\w|i|dla|a)\W+){0,6}?"
)
"""The small words between a word for help and what it helps with: with any other word between, the help is for others."""
_NO = (
    r"(?:not|non|\w{0,8}n['’ ]t|cannot|unable|without|never|nor|neither|unavailable|ineligible|keine?r?|nicht|ohne|pas de|pas|ne|aucun\w*|sans|ningun\w*|sin|cap|sense|sem|nao|nenhum\w*|senza"
    r"|nessun\w*|geen|niet|zonder|ingen|intet|ikke|uden|uten|inga|inte|utan|nelze|zadn\w+|bez|neposkytuj\w+|nenabiz\w+|nesponzoruj\w+|nie|brak)"
)
_THING = rf"(?:{_VISA}\W(?:\w+\W){{0,3}}?{_SPONSOR}|{_SPONSOR}\W(?:\w+\W+){{0,6}}?{_VISA}|{_VISA}-?{_SPONSOR}\w*|{_VISA}sponsor\w*)"

_OTHERS = (
    r"(?:customers?|clients?|cards?|holders?|inc|payments?|networks?|applicants?|transactions?|products?|teams?)\b"
)
"""Whose visas they are, or what of the payment network's."""

_STATEMENT = re.compile(
    rf"\b(?P<thing>{_THING})\b"
    rf"|\b(?P<help>{_HELP}\W+{_FILL}{_PAPER}(?!\W+{_OTHERS})|{_HELP}\W+(?:\w+\W+){{1,4}}?(?:and|und|et|y|e|og|och|en|i|a)\W+{_PAPER}(?!\W+{_OTHERS})|{_PAPER}[- ]?\W{_FILL}{_HELP}|{_PAPER}(?:unterstutzung|hilfe|ondersteuning|stod|hjaelp|hjelp)\w*)\b"
    rf"|\b(?P<bare>(?:(?:employer|employment|company|future|current|immediate|require|requir\w+|need\w*|provide|offer)\W+){{1,3}}(?:\w+\W+){{0,3}}?sponsorship"
    r"|sponsorship (?:is|will (?:not )?be|will not|cannot|may be|can be|available|provided|offered|not|opportunit\w+|unavailable|for this (?:role|position))"
    r"|(?:no|not|without|unable to|cannot|can.t|can not|do not|does not|don.t|doesn.t|will not|won.t|not able to)\W+(?:\w+\W+){0,6}?sponsor(?:ship)?\b(?! (?:of|a|an|the|by)\b)"
    r"|(?:recogni[sz]ed|licen[sc]ed|erkend|erkende) (?:visa |ind |skilled worker |uk )?(?:sponsor|referent)\b|immigration (?:support|assistance|help)\b(?! (?:to|for)\b)"
    r"|(?:we|can|will|happy to|able to|willing to) sponsor (?:you|candidates|applicants|international|exceptional|the right|qualified|eligible|talent))"
)
"""Folded: a visa that is sponsored, help with one, or sponsorship by an employer."""
_REFUSED = re.compile(rf"\b(?:no|{_NO})\b")
_REFUSED_BEFORE = re.compile(rf"\b(?:{_NO}\b[^.;!?]{{0,70}}|no\b[^.;!?,]{{0,40}})$")
"""`no` is near: in Portuguese it is "in the"."""
_CONDITION = re.compile(r"\b(?:if|falls|wenn|sollte\w*|si|se|als|indien|om|hvis|jesli|jezeli|pokud)\b")
_REFUSED_AFTER = re.compile(
    rf"^\W*(?:(?:is|are|will|can|may|be|wird|werden|kann|konnen|n.est|est|es|ist|sind|is|er|ar|sa|se|sera|nao|je|sono|e|wordt|kan|nu|momentan|derzeit|aktuell|leider|helaas|tyvarr|desvaerre|wir|we|nous|wij|currently|at this time)\W+){{0,4}}{_NO}\b"
    r"|^\W*(?:is |are )?(?:un|not )(?:available|possible|offered)|^ ?[:=(–-] ?(?:no|nein|non|nee|nej|nei|ne|nie)\b"
)
_IN_PART = re.compile(r"\W*(?:for|in|pour|fur|para|per|voor)\W+(?:every|all|jede\w?|alle\w?|tou\w+|tod\w+|tutt\w+)\b")
"""`not for every role`: for some it is."""
_ASKED = re.compile(
    r"\b(?:do|will|would) you\b[^.;!]{0,80}$|\b(?:if|whether|falls|ob|wenn|si|se|als|om|hvis|jesli|pokud)\b[^.;!?]{0,60}$"
)
"""A question of the form, or a condition, says nothing of the employer's answer."""
_NO_REFUSAL = re.compile(
    r"\b(?:(?:not|\w{0,8}n['’ ]t) (?:only|just|merely)|nicht nur|no solo|nao (?:so|apenas)|non solo|niet alleen|ikke (?:bare|kun)|inte bara|nejen|nie tylko"
    r"|(?:not|\w{0,8}n['’ ]t) (?:\w+ )?(?:hesitate|shy away|mind|afraid|worry|worried)|no (?:problem|costs?|charge|matter)|without (?:any )?(?:costs?|charge))\b"
)
"""Negations that refuse nothing. The rest of the sentence may: `not only unable to sponsor`."""
_TURN = re.compile(
    r"\b(?:but(?! for\b)|however|aber|sondern|mais|pero|maar)\b|,\W*(?:mas|men|ale|ma)\b|,\W*(?=(?:we|wir|nous|wij)\b)"
)
"""What sets a sentence against what it said before: `no relocation, but visas`."""
_OTHER = re.compile(
    r"\b(?:visa (?:inc|card|europe|direct|network|payments?)|mastercard|american express|amex|paypal|sponsor(?:ed|ing|s)? (?:by|content|listing|ads?|post|links?)|executive sponsor\w*|clinical trial|questions?)\b"
)
"""Payment cards, advertisements and the sponsors of projects and trials."""


class Sponsorship(NamedTuple):
    """What a text says of sponsorship, and the words that say it."""

    offered: bool
    snippet: str


def sponsorship(text: str | None) -> Sponsorship | None:
    """Whether the text offers to sponsor a visa or work permit, or says that none is sponsored; None where it says neither.

    A refusal outweighs an offer: `we sponsor in general, but not for this role`.
    """
    text = (text or "")[:_MAX_TEXT]
    offer: Sponsorship | None = None
    done = -1
    for at in _hints(lowered(text)):
        if at < done:
            continue
        sentence, done = _sentence(text, at)
        offered = _says(fold(sentence))
        if offered is False:
            return Sponsorship(offered=False, snippet=sentence)
        if offered and offer is None:
            offer = Sponsorship(offered=True, snippet=sentence)
    return offer


def _hints(text: str) -> list[int]:
    """Where a statement may stand: the first places of each stem, in order."""
    found: list[int] = []
    for stem in _STEMS:
        at = text.find(stem)
        while at >= 0 and len(found) < _MAX_HINTS:
            found.append(at)
            at = text.find(stem, at + len(stem))
    return sorted(found)


def _sentence(text: str, at: int) -> tuple[str, int]:
    """The sentence around a place, cut to a bounded window, and where it ends."""
    before = _SENTENCE_END.split(text[max(0, at - _BEFORE) : at])[-1]
    after = _SENTENCE_END.search(text, at, at + _AFTER)
    end = after.end() if after is not None else min(len(text), at + _AFTER)
    return " ".join((before + text[at:end]).split()), end


def _says(sentence: str) -> bool | None:
    """Whether one folded sentence offers or refuses; None where it does neither."""
    sentence = _NO_REFUSAL.sub("", sentence)
    match = _STATEMENT.search(sentence)
    if match is None or _OTHER.search(sentence):
        return None
    for turn in reversed([*_TURN.finditer(sentence)]):
        before, after = sentence[: turn.start()], sentence[turn.end() :]
        if (own := _STATEMENT.search(after)) is not None:
            other = _STATEMENT.search(before)
            return False if other is not None and _judged(before, other) is False else _judged(after, own)
    return _judged(sentence, match)


def _judged(sentence: str, match: re.Match[str]) -> bool | None:
    """Whether a statement offers or refuses, by what stands around it."""
    before, after = sentence[: match.start()], sentence[match.end() :]
    if _CONDITION.search(before):
        before = before.rpartition(",")[2]  # "If you do not live here, we sponsor visas" refuses nothing.
    if (
        _REFUSED_BEFORE.search(before)
        or _REFUSED.search(match["thing"] or match["bare"] or "")
        or _REFUSED_AFTER.search(after)
    ):
        return None if _IN_PART.match(after) else False
    return None if sentence.endswith("?") or _ASKED.search(before) else True
