"""The kind of contract, and where the work is done, from the words of the field in many languages."""

import re

from quiethire.domain.posting import JobType, Workplace
from services.parser.normalise.text import fold

_TYPES: tuple[tuple[JobType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            JobType.APPRENTICESHIP,
            r"\b(apprentice(ship)?|ausbildung|auszubildende\w*|azubi|apprentissage|alternance|aprendiz\w*|leerling|larling)\b",
        ),
        (
            JobType.INTERNSHIP,
            (
                r"\b(intern(ship)?s?|praktik\w+|stage|stagiaire|becari\w+|practicas|practiques|estagio|tirocinio|staz\w*"
                r"|werkstudent\w*|working student|trainee(ship)?)\b"
            ),
        ),
        (
            JobType.VOLUNTEER,
            r"\b(volunteer\w*|ehrenamt\w*|benevol\w*|voluntari\w+|volontario|vrijwillig\w+|frivillig\w*)\b",
        ),
        (
            JobType.PART_TIME,
            (
                r"\b(part[\s_-]?time|teilzeit\w*|temps partiel|tiempo parcial|media jornada|jornada (parcial|partida)|mitja jornada"
                r"|temps parcial|tempo parcial|meio periodo|parziale|deeltijd|parttime|deltid\w*|castecny\w*( uvazek)?|zkraceny\w*"
                r"|czesc\w* etatu|niepelny\w*)\b"
            ),
        ),
        (
            JobType.TEMPORARY,
            (
                r"\b(temporar\w+|temp|seasonal|fixed[\s_-]?term|befristet\w*|cdd|interim|temporal|eventual"
                r"|tempo determinato|tijdelijk\w*|midlertidig\w*|vikariat\w*|tidsbegransad\w*|docasn\w*|na dobu urcitou"
                r"|doba urcita|czas okreslony|limited term|tidsbegraenset\w*)\b"
            ),
        ),
        (
            JobType.CONTRACT,
            (
                r"\b(contract(or)?|freelanc\w*|freiberuf\w*|independiente|autonom[oa]|prestacio\w* de serve\w+|zzp|b2b"
                r"|konsult\w*|ico|1099|zivnost\w*|mercantil|servicios profesionales|consultoria)\b"
            ),
        ),
        (
            JobType.FULL_TIME,
            (
                r"\b(full[\s_-]?time|vollzeit\w*|temps plein|tiempo completo|jornada completa|temps complet|tempo integral"
                r"|tempo pieno|voltijd|fulltid\w*|heltid\w*|fuldtid\w*|plny uvazek|prace na plny|pelny etat|fulltime|cdi)\b"
            ),
        ),
    )
)
_CODES = {
    "fulltime": JobType.FULL_TIME,
    "parttime": JobType.PART_TIME,
    "contractor": JobType.CONTRACT,
    "intern": JobType.INTERNSHIP,
    "perdiem": JobType.TEMPORARY,
    "temporary": JobType.TEMPORARY,
}

_HYBRID = re.compile(
    r"\b(hybrid\w*|hybride|hibrid[oae]\w*|ibrido|hybridni|hybrydow\w*|mobiles arbeiten|teilweise home|part(?:ial)?ly remote"
    r"|smart ?working|(?:moglichkeit|option|angebot|regelung)\w*\W[^.;]{0,30}?(?:home ?-?office|remote|von zu ?hause)|(?:home ?-?office|remote|teletravail|teletrabajo|teletreball"
    r"|teletrabalho|thuiswerken|distansarbete|praca zdalna|prace z domova)[- ](?:moglich\w*|option\w*|anteil\w*|regelung\w*|tage\w*|possible|partiel\w*|posible|possivel|mogelijk"
    r"|mulig\w*|mojlig\w*|mozn\w*|mozliw\w*|czesciow\w*|castecn\w*)|(?:teletravail|teletrabajo|teletrabalho|telelavoro) (?:partiel|ponctuel|occasionnel|parcial|parziale))\b"
)
_DAYS = (
    r"(?:[1-4]|one|two|three|four|ein(?:en)?|zwei|drei|vier|un|deux|trois|quatre|dos|tres|due|tre|twee|drie|to|tva|dva|tri|dwa|trzy)"
    r"\+?(?:\s?(?:-|to|bis|ou|or|a)\s?[1-5])?\s(?:days?|tage?n?|jours?|dias?|giorni|dagen|dage|dager|dagar|dny|dni)"
)
_PLACED = (
    r"(?:in (?:the |our |an? )?(?:office|person)|on[- ]?site|at (?:the|our) office|from (?:the |our )?(?:office|home)|remote\w*|wfh|home ?-?office|im (?:buro|office)|vor ort"
    r"|mobil\w*|teletravail|au bureau|sur site|teletrabajo|en (?:la )?oficina|presencial\w*|teletreball|teletrabalho|in sede|in ufficio|smart ?working|da remoto|thuis\w*"
    r"|op kantoor|pa kontor\w*|hjemme\w*|distans\w*|hemma\w*|v kancelari|z domova|w biurze|zdaln\w+|z domu)"
)
_SPLIT_WEEK = re.compile(rf"\b{_DAYS}\b[^.;]{{0,30}}?\b{_PLACED}|\b{_PLACED}\W{{1,4}}(?:up to |bis zu |for )?{_DAYS}\b")
"""Some days of the week in the office or at home make a hybrid, folded."""
_REMOTE = re.compile(
    r"\b(remote|remoto|remota|remotely|telecommut\w*|work from home|wfh|home[ -]?office|homeoffice|teletravail|teletrabajo"
    r"|teletreball|teletrabalho|telelavoro|thuiswerk\w*|hjemmekontor|distans\w*|distribuido|prace z domova|zdaln\w+|anywhere"
    r"|deutschlandweit|fjernarbejde|en remoto|100% remote)\b"
)
_ON_SITE = re.compile(
    r"\b(on[\s_-]?site|in[\s_-]?office|in person|presencial\w*|vor ort|prasenz|sur site|presentiel|in sede|op locatie|na miste"
    r"|stacjonarn\w+|pa plats)\b"
)
_NOT_REMOTE = re.compile(r"\b(not|no|non|isn.?t|nicht|kein\w*|sin|without|cannot be)\W+(\w+\W+){0,3}$")


def job_type(text: str | None) -> JobType | None:
    """The job type that a label, a code (`FULL_TIME`, `FullTime`) or a short phrase names; the most telling one wins.

    A list such as `FULL_TIME, CONTRACTOR` gives the first type it names, for that is how lists are ordered.
    """
    if not text:
        return None
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text[:300])
    for part in re.split(r"[,;|\[\]\n/]|\bor\b|\band\b", spaced):
        folded = fold(part.replace("_", " "))
        if (code := _CODES.get(folded.replace(" ", "").replace("-", ""))) is not None:
            return code
        for kind, pattern in _TYPES:
            if pattern.search(folded):
                return kind
    return None


def workplace(text: str | None) -> Workplace | None:
    """Remote, hybrid or on site (`none`), where the text says so; None where it does not."""
    if not text:
        return None
    folded = fold(text[:2_000])
    if _HYBRID.search(folded) or _SPLIT_WEEK.search(folded):
        return Workplace.HYBRID
    match = _REMOTE.search(folded)
    if match and not _NOT_REMOTE.search(folded[: match.start()]):
        return Workplace.HYBRID if _ON_SITE.search(folded) else Workplace.REMOTE
    return Workplace.NONE if match or _ON_SITE.search(folded) else None
