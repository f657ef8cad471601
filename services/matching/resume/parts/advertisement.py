"""Whether a text is the advertisement of a job: an employer speaks in it to whoever may apply, and nobody tells of their own life.

What employers say comes in kinds: whom they want, what there is to do, what they ask and offer, how to apply, on which terms, and that they
speak to somebody. A résumé says one of them now and then, and a letter of application two: it answers an advertisement in its words.
"""

import re
from collections.abc import Sequence
from datetime import date

from quiethire.domain.resume import Resume
from quiethire.domain.words import fold
from services.matching.resume.fields.vocabulary import school_in
from services.matching.resume.lines import Line

_OF_NOBODY, _OF_SOMEBODY, _REACHABLE = 1, 2, 4
"""Kinds of what employers say that make a text an advertisement: of one that names nobody and no job held, of one that names either, and of one that
holds an address that may be a person's own. One more where somebody speaks of themselves rather than to others."""
_SURE = 0.5
"""Confidence above which a number is a phone, and no reference of a job."""
_HEADING = 60
_ADDRESSED = 3
"""Who reads is spoken to so often at least, and as often as anybody speaks of themselves."""

_WANTED = (
    r"we(?: are|['’]re) (?:\w+ ){0,2}(?:looking for|seeking|hiring|recruiting|searching for)|(?:is|are) (?:currently |now |actively )?(?:looking for|seeking|hiring|recruiting) (?:an?|our|for)"
    r"|we (?:seek|want|need) an?|join (?:us|our)|join the team|why join|(?:ideal|successful|right) candidate|wir suchen|suchen wir|verstarkung (?:fur )?unser\w*"
    r"|(?:nous|on) (?:recherchons|recherche|cherchons)|recrute (?:un|une|des|son|sa)|vi (?:soker|soger|leder efter)|szukamy|poszukujemy|hledame|etsimme|what the candidate|rejoi(?:gnez|ns)[- ](?:nous|notre|une?)|buscamos|estamos buscando|unete a|incorporate a|cerchiamo|procuramos|wij zoeken|zoeken wij"
)
"""Whom they want. All are found in folded text."""
_OFFERED = (
    r"we offer|we provide you|we(?:['’]ll| will) (?:offer|give) you|(?:our|employee|company) (?:benefits|perks)|benefits (?:include|package)|benefits and perks|perks and benefits|wir bieten|bieten wir|unser angebot"
    r"|(?:nous|on) (?:vous |te |t')?(?:offrons|proposons|offre|propose)|(?:vos|nos) avantages|(?:te )?ofrecemos|se ofrece|offriamo|oferecemos|wij bieden|bieden wij|vi (?:erbjuder|tilbyder|tilbyr)|oferujemy|nabizime|tarjoamme"
)
"""What they offer."""
_TO_APPLY = (
    r"apply (?:now|today|here|online|via|by|through|with|directly)|(?:to|how to) apply|(?:send|submit|email)(?: us)? your (?:cv|resume|application|portfolio)|equal[- ]opportunity employer|equal employment|all qualified applicants|applicants will"
    r"|(?:m/w|w/m|m/f|f/m|h/f|f/h)(?:/[dxi*])?|all genders|bewirb dich|bewerben sie|jetzt bewerben|(?:ihre|deine) bewerbung\w*|postulez|(?:votre|ta) candidature|envoye[rz] (?:nous )?(?:votre|ton) cv"
    r"|inscribete|envia(?:nos)? tu (?:cv|curriculum)|tu candidatura|candidati ora|invia il tuo cv|solliciteer|send (?:din|en) (?:ansogning|soknad)|ansogningsfrist|soknadsfrist|skicka (?:din|in) ansokan|wyslij (?:nam )?(?:swoje )?cv|aplikuj"
)
"""How to apply."""
_TERMS = (
    r"(?:job|employment|contract) type|type of (?:employment|contract)|(?:salary|pay|compensation) range|expected salary range|base salary|on[- ]target earnings|must be an? (?:us|u\.s\.|eu) citizen"
    r"|tipo de contrato|contrato indefinido|contratto a tempo (?:in)?determinato|immediate start|start date:|numero de vacantes|vacantes:|type de contrat|remuneration :|vertragsart|anstellungsart|eintrittsdatum|ab sofort|tipo di contratto"
)
"""On which terms."""
_TASKS = (
    r"(?:about |the |your |this )*(?:role|position|job|opportunity|mission|tasks|responsibilities)(?: (?:description|summary|overview|purpose))?|(?:key |main |core |primary |essential )?(?:responsibilities|duties)(?: and \w+)?"
    r"|what you(?:['’]ll| will)?(?: be)?(?: get to)? (?:do|doing|work on|own)(?: \w+){0,2}|what(?:['’]s| is) (?:the|this) (?:role|job)|a (?:typical )?day in .*|(?:deine?|ihre?) (?:aufgaben?|rolle|mission|tatigkeiten?)|was (?:dich|sie) erwartet|das erwartet (?:dich|sie)|darum geht(?:['’]s| es)|stellenbeschreibung"
    r"|(?:vos|tes|votre|ta) (?:missions?|role|responsabilites)|(?:description du|le|votre) poste|(?:tus|las|principales)? ?(?:funciones|tareas)|(?:tus|las) responsabilidades|aufgaben(?:gebiet)?|missions?(?: principales)?|taken|opgaver|arbeidsoppgaver|arbetsuppgifter|obowiazki|zadania|descripcion (?:del puesto|de la oferta)|mansioni|(?:jouw|je) (?:taken|rol)"
)
"""What there is to do: this and the next are whole lines, over a list."""
_ASKED = (
    r"(?:job |our |key |minimum |essential )?requirements|(?:minimum|basic|preferred|required|desired) (?:qualifications?|skills|experience|attributes)|what (?:you(?:['’]ll| will)? (?:bring|need|have)|we(?:['’]re| are)? look(?:ing)? for|we (?:need|ask|expect|require|seek)|we(?:['’]d| would) (?:like|love)).*|who (?:you are|we(?:['’]re| are) looking for)|your (?:profile|background|qualifications)(?: includes?)?"
    r"|you(?:['’]ll| will)? (?:have|bring|are|need|might|should) .*|you have|you bring|about you|must[- ]haves?|nice[- ]to[- ]haves?|bonus points.*|(?:dein|ihr|euer) profil|(?:das|was) (?:bringst du mit|bringen sie mit|du mitbringst|sie mitbringen|zeichnet (?:dich|sie) aus)|was wir .*erwarten|(?:unsere )?anforderungen|anforderungsprofil"
    r"|(?:votre|ton) profil|profil (?:recherche|souhaite)|requisitos|tu perfil|perfil buscado|(?:que|lo que) buscamos|requisiti|(?:jouw|je) profiel|wat (?:wij|we) vragen|functie-?eisen"
)
"""What they ask."""
_DEMANDED = (
    r"or (?:an? |in an? |any )?(?:related|similar|equivalent|comparable) (?:field|discipline|subject|degree|experience|qualification)s?|or equivalent|(?:is|are|would be|will be|seen as|considered) (?:an? |highly |strongly )?(?:\w+ )?(?:plus|advantage|bonus|must|required|preferred|desirable|mandatory|essential)"
    r"|\((?:required|preferred|desired|desirable|optional|essential|mandatory|nice to have|must have|a plus)\)|(?:experience|degree|knowledge|skills?|license|certification|fluency) (?:strongly |highly )?(?:required|preferred|desirable|a must|a plus)|(?:at least|minimum(?: of)?|min\.?) \w{1,6}\+? (?:years|yrs)"
    r"|(?:ist |sind |waren )?(?:von vorteil|wunschenswert|vorausgesetzt|zwingend erforderlich)|mindestens \w{1,6} jahre|(?:est|serait|sont|seraient) (?:un (?:plus|atout|vrai plus)|exigee?s?|requise?s?|souhaitee?s?|indispensables?|appreciee?s?)|(?:minimum|au moins) \w{1,6} ans"
    r"|se (?:valorara|valora|requiere)|(?:sera )?(?:imprescindible|valorable|deseable)|al menos \w{1,6} anos|e richiest[oa]|costituisce titolo preferenziale|gradita|diferencial|sera um diferencial|is een (?:pre|must|vereiste)|(?:ar|er) (?:ett|et) (?:krav|plus|fordel)|meriterande|mile widzian[ey]|vyhodou"
)
"""What they demand, or would be glad of, of whoever applies."""
_OFFICE = (
    r"(?:jobs?|careers?|karriere|bewerbung(?:en)?|recruit\w*|hr|talents?|hiring|emplois?|recrutement|rrhh|empleos?|candidaturas?|lavoro|vacatures?|appl(?:y|ications?)|accommodations?|personal(?:abteilung)?|people|rekrytering|rekrutacja|praca)"
    r"(?:[.+_-][\w.+-]{0,60})?@[\w.-]+"
)
"""Where applications go."""
_SENTENCES = tuple(
    re.compile(rf"\b(?:{phrases})(?!\w)") for phrases in (_WANTED, _OFFERED, _TO_APPLY, _TERMS, _DEMANDED, _OFFICE)
)
_ASKED_LINE, _TASKS_LINE = re.compile(_ASKED), re.compile(_TASKS)
_SIGNS = "\\#_=*•- :"
_YOU = re.compile(
    r"\b(?:[Yy]ou(?:rs?)?|[Dd]ich|[Dd]ir|[Dd]eine?\w?|Sie|Ihnen|Ihre?\w?|[Vv]ous|[Vv]otre|[Vv]os|[Tt]u|[Tt]es|[Tt]oi|[Tt]ú|[Uu]sted|[Tt]us|[Tt]uo[i]?|[Vv]ocê|[Dd]in[ae]?|[Dd]itt|[Dd]ig|[Tt]woj\w+|[Jj]ouw|[Jj]ij|[Jj]ullie)\b"
)
_I = re.compile(
    r"\b(?:I|[Mm]y|[Mm]e|[Ii]ch|[Mm]eine?\w?|[Mm]ich|[Mm]ir|[Jj]e|[Mm]es|[Mm]oi|[Yy]o|[Mm]is|[Mm]io|[Jj]ag|[Jj]eg|[Mm]ina|[Mm]itt|[Mm]oj\w+|[Ii]k|[Mm]ijn)\b"
)


def is_advertisement(lines: Sequence[Line], resume: Resume, today: date) -> bool:
    """Whether these lines say enough of what employers say, and what was read of them tells no dated job or study of anybody.

    Who puts the advertisement beside their own life has still given a résumé.
    """
    if _tells_of_a_life(resume, today.isoformat()):
        return False
    you = sum(len(_YOU.findall(line.text)) for line in lines)
    own = sum(len(_I.findall(line.text)) for line in lines)
    enough = _enough(resume) + (own > you)
    said = _kinds_said(lines) + (you >= max(_ADDRESSED, own))
    return said + (_lists_tasks(lines) and enough > _OF_NOBODY) >= enough


def _tells_of_a_life(resume: Resume, today: str) -> bool:
    """Dates of ISO 8601 are compared as far as they go. A job that begins later is one to be had."""
    jobs = (job.start.value for job in resume.work if job.title and job.start)
    schools = (study.institution.value for study in resume.education if study.institution and study.end)
    return any(start <= today[: len(start)] for start in jobs) or any(map(school_in, schools))


def _enough(resume: Resume) -> int:
    """How many kinds of what employers say it takes, by what else the text tells."""
    email = resume.email is not None and re.match(_OFFICE, resume.email.value, re.IGNORECASE) is None
    if email or (resume.phone is not None and resume.phone.confidence > _SURE):
        return _REACHABLE
    return _OF_SOMEBODY if resume.name or any(job.title for job in resume.work) else _OF_NOBODY


def _kinds_said(lines: Sequence[Line]) -> int:
    """How many kinds of what employers say are said, but for what there is to do."""
    plain = [fold(line.text) for line in lines]
    return sum(any(kind.search(text) for text in plain) for kind in _SENTENCES) + _is_headed(lines, _ASKED_LINE)


def _lists_tasks(lines: Sequence[Line]) -> bool:
    """Whether a heading says what there is to do. By itself it tells nothing: many write `Responsibilities` below a job that they held."""
    return _is_headed(lines, _TASKS_LINE)


def _is_headed(lines: Sequence[Line], kind: re.Pattern[str]) -> bool:
    return any(kind.fullmatch(fold(line.text.strip(_SIGNS))) for line in lines if len(line.text) <= _HEADING)
