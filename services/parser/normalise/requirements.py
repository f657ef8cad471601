"""What a posting asks for: the list items under a heading of requirements, in the languages of the field."""

import re

from quiethire.domain.wishes import BULLET, HEADING_LENGTH, lines_of
from quiethire.domain.words import fold

MAX_REQUIREMENTS = 60
_MAX_ITEM = 500
_PATIENCE = 2
"""Paragraphs that may stand between a heading and its list, or between two of its lists."""

_REQUIRED = re.compile(
    r"\b(?:requirements?|required|qualifications?|what you.?ll (?:need|bring)|what you (?:bring|need|have)|what we (?:need|expect|require)|who you are|about you"
    r"|(?<!if )(?<!do )(?<!because )you (?:have|bring|are|should have|must have|will have|.ll have)|your (?:profile|background|skills|experience|qualifications)|skills|must[- ]haves?"
    r"|(?:what|who) we.?(?:re| are) looking for|looking for|look forward to|(?:might|may) be a (?:good )?fit|we look for|it would be great|fit if you|love to meet you|sets? you apart|excites us|ideal candidate|minimum|experience|nice[- ]to[- ]haves?|bonus (?:points|skills|if)"
    r"|languages|preferred|desired|desirable|essential criteria|person specification|education"
    # German
    r"|anforderung\w*|profil|qualifikation\w*|(?:das|was) (?:bringst|bringen) \w+|(?:was|das) (?:du|sie|ihr|dich|uns) (?:\w+ ){0,2}(?:mitbring\w*|auszeichn\w*)|voraussetzung\w*"
    r"|(?:was|das) (?:wir|wunschen)(?: wir)? (?:uns|erwarten|suchen|brauchen)\w*|damit (?:uberzeug|punkt|begeister)\w*"
    r"|wen wir suchen|wir (?:suchen|erwarten)|kenntnisse|fahigkeiten|mitbringen|von vorteil|sprach\w+"
    # French
    r"|competences|pre-?requis|exigences|(?:ce que )?nous recherchons|vous (?:etes|avez|possedez|justifiez)|qui etes[- ]vous|qualites (?:requises|attendues)|profil recherche"
    # Spanish, Catalan, Portuguese
    r"|requisit\w+|perfil|(?:que|lo que|o que|a quien) (?:buscamos|busquem|procuramos|necesitas|pedimos|demanem|esperamos)|buscamos|busquem|competenc\w+|conocimientos|coneixements"
    r"|conhecimentos|imprescindible|es valorara|se valorara|(?:se|es) requer\w+|requerim\w*|idiom[ae]s|diferenciais|qualificacoes|te pedimos"
    # Italian
    r"|requisiti|profilo|(?:cosa|chi) cerchiamo|cerchiamo|competenze|conoscenze|candidato ideale"
    # Dutch
    r"|wat (?:vragen|verwachten|zoeken) (?:wij|we)|wat (?:wij|we) (?:vragen|zoeken|verwachten)|(?:wij|we) (?:vragen|zoeken)|functie-?eisen|(?:jouw |je )?profiel|wie ben (?:jij|je)"
    r"|(?:wat|dit) (?:breng|neem) (?:jij|je) mee|dit ben (?:jij|je)|vereisten|(?:jij|je) (?:hebt|bent)|competenties|kwalificaties"
    # Danish, Norwegian, Swedish
    r"|kvalifika[st]\w+|kompeten[cs]\w*|din (?:profil|baggrund|bakgrund|bakgrunn)|hv(?:em|ad) (?:er du|forventer vi|soger vi|ser vi etter|vi soger|vi forventer)|vi (?:forventer|soger|soker|ser etter|ser gerne)"
    r"|om (?:dig|deg)|(?:vem|hvem) (?:ar|er) du|du (?:har|er|ar)|krav|\w+krav|egenskap\w*|meriterande|forudsaetning\w*"
    # Czech, Polish
    r"|pozadavky|pozadujeme|ocekavame|(?:koho )?hledame|jak si (?:te|vas) predstavujeme|predpoklady|znalosti|dovednosti|vyhodou|co (?:byste|bys) mel\w*|co (?:od \w+ )?(?:potrebujeme|chceme|cekame)"
    r"|wymagania|wymagamy|oczekujemy|oczekiwania|(?:kogo )?szukamy|kwalifikacje|umiejetnosci|mile widziane)\b"
    r"|^(?:du|ihr|sie) (?:bringst|hast|bist|bringt|habt|seid|bringen|haben|sind|verfugen)\b.{0,20}$"
)
_NOT_ASKED = re.compile(
    r"\b(?:responsibilit\w*|responsible for|duties|tasks|what you.?(?:ll| will|.re going to| are going to) (?:do|be doing|get|own|learn|work on)|what you (?:do|get)|your (?:role|mission|tasks|impact|day)|the role"
    r"|benefits|we offer|offer you|perks|why (?:join|us|you|work)|about (?:us|the|our)|compensation|salary|pay|schedule|job type|work location|apply|hiring process|interview|application|what.?s in it|day[- ]to[- ]day"
    r"|we(?:.re| are) looking for (?:an?|someone) .{40,}"
    r"|aufgaben\w*|tatigkeit\w*|wir bieten\w*|bieten wir|das bieten|unser angebot|vorteile|erwarte[tn] (?:dich|sie|euch)|(?:dich|sie|euch) erwarte[tn]\w*|uber uns|wir sind"
    r"|missions?|nous (?:offrons|proposons)|avantages|rejoindre"
    r"|funcion\w*|responsabil\w*|ofrecemos|oferecemos|oferim|beneficio\w*|tareas|tasques|tarefas|atividades|mansioni|attivita|offriamo"
    r"|taken|werkzaamheden|wat (?:ga|doe) (?:jij|je)|(?:wij|we) bieden|bieden (?:wij|we)|arbejdsopgaver|opgaver\w*|vi (?:tilbyder|tilbyr|erbjuder|kan tilbyde)|arbeidsoppgaver|arbetsuppgifter|om oss|om os"
    r"|napln\w*|nabiz\w*|nabid\w*|te ceka|vas ceka|obowiazki|zakres|oferujemy|zadania)\b"
)
"""Headings of what is done and offered, which may hold words of requirements too."""
_SENTENCE = re.compile(r"[.;,]$")


def requirements(description_text: str) -> tuple[str, ...]:
    """The items of plain text that stand under such a heading, up to the next heading; prose without lists gives none."""
    found: dict[str, None] = {}
    asked = False
    between: list[str] = []  # The lines since the last item, of which only those just before a list are worth reading.
    for line in description_text.splitlines():
        if (bullet := BULLET.match(line)) is not None:
            if between:
                asked = _asks(asked, between)
                between = []
            if asked:
                found[line[bullet.end() :].strip()[:_MAX_ITEM]] = None
        elif line.strip():
            between.append(line)
    return tuple(item for item in found if item)[:MAX_REQUIREMENTS]


def nice_to_have(description_text: str) -> frozenset[str]:
    """The list items of plain text that are welcome and not asked for: they say so themselves, or the line over their list does."""
    return frozenset(
        line.text.strip()[:_MAX_ITEM] for line in lines_of(description_text) if line.is_item and line.is_wish
    )


def _asks(asked: bool, between: list[str]) -> bool:
    """Whether the list below some lines is asked for, where the list above them was."""
    since = 0 if asked else _PATIENCE + 1  # Lines since a heading of requirements or one of their lists.
    if len(between) > _PATIENCE:
        since = _PATIENCE + 1
    for line in between[-_PATIENCE - 1 :]:
        since += 1
        if len(line) > HEADING_LENGTH:
            continue
        folded = fold(line)
        if _NOT_ASKED.search(folded) is not None:
            since = _PATIENCE + 1
        elif _REQUIRED.search(folded) is not None:
            since = 0
        elif _SENTENCE.search(line) is None and not line.rstrip().endswith(":"):
            since = _PATIENCE + 1  # Another heading; a sentence, or "Technical:" below a heading, closes nothing.
    return since <= _PATIENCE
