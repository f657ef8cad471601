"""The kind of contract, from the words of the field in many languages."""

import re
from functools import lru_cache

from quiethire.domain.posting import JobType
from quiethire.domain.words import fold
from services.parser.wordlist import any_of

_TYPES: tuple[tuple[JobType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            JobType.APPRENTICESHIP,
            r"\b(apprentice(ship)?|ausbildung|auszubildende\w*|azubi|apprentissage|apprendistato|duales studium|alternance|aprendiz\w*|leerling|larling)\b",
        ),
        (
            JobType.INTERNSHIP,
            (
                r"\b(intern(ship)?s?|praktik\w+|stage|stagiaire|becari\w+|practicas|practiques|estagio|tirocinio|staz\w*"
                r"|werkstudent\w*|working student|trainee(ship)?|harjoitteli\w*|staj\w*|стажировк\w+|стажер\w*|thuc tap)\b|实习|實習|インターン"
                rf"|{any_of('인턴')}"
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
                r"|temps parcial|tempo parcial|meio periodo|parziale|deeltijds?|parttime|deltid\w*|castecny\w*( uvazek)?|zkraceny\w*"
                r"|czesc\w* etatu|niepelny\w*|minijob\w*|geringfugig\w*|osa-?aika\w*|reszmunkaido\w*|timp partial|jumatate de norma|skrateny uvazok|polovicny uvazok|μερικη απασχοληση|nepuno radno vrijeme|непълно работно време|неповна заинятість|tempo ridotto|periodo parcial|частичная занятость|неполн\w+ (?:рабочии )?(?:день|занятость)"
                r"|yar[iı] zamanl[iı]|bijbaan|ban thoi gian|paruh waktu|часткова заинятість|משרה חלקית)\b|兼职|兼職|アルハイト|ハート(?:タイム|$)|非常勤"
                rf"|{any_of('파트타임|시간제|아르바이트|دوام جزئي')}"
            ),
        ),
        (
            JobType.TEMPORARY,
            (
                r"\b(temporar\w+|temp|seasonal|fixed[\s_-]?term|befristet\w*|cdd|interim|temporal|eventual"
                r"|tempo determinato|tijdelijk\w*|midlertidig\w*|vikariat\w*|tidsbegransad\w*|docasn\w*|na dobu urcitou"
                r"|doba urcita|czas okreslony|limited term|casual|fijo discontinuo|perioada determinata|meghatarozott ideju|limited to \w+(?: \(\d\))? (?:years?|months?)|tidsbegraenset\w*|maaraaika\w*|временная занятость|срочныи договор|ftc|brigada|عقد مؤقت)\b|契約社員|派遣社員|临时工"
                rf"|{any_of('계약직|기간제')}"
            ),
        ),
        (
            JobType.CONTRACT,
            (
                r"\b(contract(or)?|freelanc\w*|freiberuf\w*|independiente|autonom[oa]|prestacio\w* de serve\w+|zzp|b2b"
                r"|konsult\w*|ico|1099|pj|recibos verdes|prestacao de servicos?|prestacion de servicios|freie mitarbeit|zivnost\w*|mercantil|servicios profesionales|corp[- ]to[- ]corp|c2c|consultoria)\b|業務委託|フリーランス"
                rf"|{any_of('프리랜서')}"
            ),
        ),
        (
            JobType.FULL_TIME,
            (
                r"\b(full[\s_-]?time|vollzeit\w*|temps plein|tiempo completo|jornada completa|temps complet|tempo integral"
                r"|tempo pieno|tempo inteiro|clt|voltijds?|fulltid\w*|heltid\w*|fuldtid\w*|plny uvazek|prace na plny|pelny etat|peln\w+ etatu|peln\w+ wymiar\w*|fulltime|cdi|plein temps|pelen etat"
                r"|jornada integral|periodo integral|kokoaika\w*|kokopaiva\w*|teljes munkaido\w*|norma intreaga|plny uvazok|hlavni pracovni pomer|hpp|tpp|πληρησ απασχοληση|puno radno vrijeme|пълно работно време|повна заинятість|полная занятость|полныи (?:рабочии )?день|tam zamanl[iı]|toan thoi gian|penuh waktu|دوام كامل|משרה מלאה)\b"
                r"|^(?:jornada:? )?(?:completa|integral)$|全职|全職|正社員|正職員|フルタイム"
                rf"|{any_of('งานประจำ')}"
                rf"|(?<!{any_of('비')}){any_of('정규직')}"
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


_MAX_TEXT = 300
_DIGIT = re.compile(r"\d")
_SHARE = re.compile(
    r"^(?:(?:pensum|workload|umfang|taux|omfattning|stillingsprocent|stillingsprosent)\W{0,3})?(?:\d{2}\s?%?\s?(?:-|–|bis|a|to)\s?)?(?P<share>[2-9][05]|100)\s?%"
    r"(?:\W{0,2}(?:\w{3,5} )?(?:stilling|stelle\w*|pensum|workload|tjanst\w*|anstallning\w*|position|post|fte|poste)\b.{0,20})?$"
)
"""A share of the full week, as Swiss and Nordic postings state it: "80–100 %", "100 % stilling"; folded."""
_WEEKLY = re.compile(
    r"(?<![\d.,/])(?:\d{1,2}(?:[.,]\d{1,2})?\s?(?:-|–|/|a|bis|to|tot|til|till|do)\s?)?(?P<hours>\d{1,2})(?:[.,]\d{1,2})?\s?"
    r"(?:(?:(?:hours?|hrs?|h|std|stunden|heures|horas|hores|ore|uur|timer|timmar|hodin|godzin|tuntia)\.?)?\s?"
    r"(?:(?:/|(?:an?|per|each|in der|die|pro|par|por|la|om|i|v|pr\.?|w) )\s?(?:week|wk|woche|semaine|semana|setmana|settimana|uge|uken?|veckan?|tydnu|tydzien)\b"
    r"|wochentlich\b|weekly\b|hebdo|semanal|setmanals|settimanali|ugentlig|tygodniowo|tydne|viikossa)|wochenstunden)"
)
"""Hours of the week, folded; of a range the upper end counts."""
_FTE = re.compile(r"(?<![\d.,])(?P<share>[01](?:[.,]\d{1,3})?)\s?fte\b")
"""A share of a full-time post: "0.6 FTE", folded."""
_FULL_SHARE = 0.9
_FULL, _PART = 35, 30
"""Hours a week from which work is full time, and up to which it is part time."""


_EMPLOYED = re.compile(
    r"\b(?P<kind>permanent|open[- ]ended|indefinite(?:[- ](?:term|duration))?|unlimited|zero[- ]hours?|annuali[sz]ed hours|employment|labou?r|work|direct|standard|ongoing|substantive"
    r"|(?:full|part)[- ]?time|training)[- ]contract(?:\b(?! to| or))|\b(?:type of contract|contract(?: type)?(?=\W{1,3}(?:permanent|open[- ]ended|indefinite|unlimited|full|part))|contract type)\b"
)
"""Contracts of employment, folded: there the word says nothing of a contractor's."""


@lru_cache(maxsize=1_024)
def _named(text: str) -> JobType | None:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    for part in re.split(r"[,;|\[\]\n/]|\bor\b|\band\b", spaced):
        folded = fold(part.replace("_", " "))
        if (code := _CODES.get(folded.replace(" ", "").replace("-", ""))) is not None:
            return code
        folded = _EMPLOYED.sub(lambda match: match["kind"] or " ", folded)
        for kind, pattern in _TYPES:
            if pattern.search(folded):
                return kind
        if (share := _SHARE.match(folded)) is not None:
            return JobType.FULL_TIME if share["share"] == "100" else JobType.PART_TIME
    return _by_hours(fold(text)) if _DIGIT.search(text) else None


def _by_hours(folded: str) -> JobType | None:
    """Full or part time by the share of a post, or the hours of the week; what lies between is left alone."""
    if (fte := _FTE.search(folded)) is not None and (share := float(fte["share"].replace(",", "."))) > 0:
        return JobType.FULL_TIME if share >= _FULL_SHARE else JobType.PART_TIME
    match = _WEEKLY.search(folded)
    hours = int(match["hours"]) if match else 0
    return JobType.FULL_TIME if _FULL <= hours <= 45 else JobType.PART_TIME if 8 <= hours <= _PART else None


def job_type(text: str | None) -> JobType | None:
    """The job type that a label, a code (`FULL_TIME`, `FullTime`) or a short phrase names; the most telling one wins.

    A list such as `FULL_TIME, CONTRACTOR` gives the first type it names, for that is how lists are ordered.
    """
    return _named(text[:_MAX_TEXT]) if text else None
