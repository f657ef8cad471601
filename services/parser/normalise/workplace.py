"""Where the work is done, remote, hybrid or on site, and on how many days of the week, in many languages."""

import re

from quiethire.domain.posting import Workplace
from quiethire.domain.words import fold, tree_of
from services.parser.normalise.text import NUMBER_WORDS, near
from services.parser.wordlist import any_of

_HYBRID = re.compile(
    rf"ハイフリット|混合办公|{any_of('하이브리드')}|\b(гібридн\w+|гібрид|гибрид|היברידי\w?|هجين|hybrid\w*|hybride|hibrid[oae]\w*|hibrit|ibrid[oa]|гибридн\w+|hybridni|hybrydow\w*|mobiles arbeiten|teilweise home|part(?:ial)?ly remote"
    r"|smart ?working|(?:moglichkeit|option|angebot|regelung)\w*\W[^.;]{0,30}?(?:home ?-?office|remote|von zu ?hause)|(?:home ?-?office|remote|teletravail|teletrabajo|teletreball"
    r"|teletrabalho|thuiswerken|distansarbete|praca zdalna|prace z domova)[- ](?:(?:est|ist|es|is|er|ar|je|jest|e) )?(?:moglich\w*|option\w*|anteil\w*|regelung\w*|tage\w*|possible|partiel\w*|posible|possivel|mogelijk"
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
    r"|deutschlandweit|fjernarbejde|en remoto|100% remote|home[ -]based|uzaktan|tavmunka\w*|praca z domu|munca la distanta|de la distanta|τηλεργασια|εξ αποστασεωσ|etatyo\w*|удаленн\w+|дистанционн\w+|віддален\w+|дистанціин\w+|lam viec tu xa|עבודה מהבית|עבודה מרחוק|العمل عن بعد|عمل عن بعد)\b|^(?:عن بعد|מהבית|מרחוק)$|リモート|フルリモート|在宅|テレワーク|远程|遠端|遠距"
    rf"|{any_of('재택|원격근무|원격 근무')}"
)
_ON_SITE = re.compile(
    r"\b(on[\s_-]?site|in[\s_-]?office|in person|presencial\w*|vor ort|prasenz|sur site|presentiel|in sede|op locatie|na miste"
    r"|stacjonarn\w+|pa plats|lahityo\w*|на месте работодателя|в офисе|в офісі|office[- ]based|ofisten)\b|^(?:op kantoor|pa kontoret|ofiste|במשרד|من المكتب|في المكتب)$|出社|坐班"
)
_NOT_BEFORE = re.compile(
    r"\b(?:not|no|non|isn.?t|nicht|kein\w*|sin|without|cannot be|pas|aucun|niet|geen|ingen|nessun\w*|zadn\w*|bez|sem)(?! (?:only|just|nur|solo|seulement|alleen))"
    r"[^\w,.;|()/–—]+(?:\w+[^\w,.;|()/–—]+){0,3}$"
)
_NOT_AFTER = re.compile(
    r"^(?:[ -]\w+){0,3} ?[:?=] ?(?:no|nein|non|nao|nee|nej|ne|nie|false)(?: ?[,.;|)/]|$)"
    r"|^(?:[ -](?:work(?:ing)?|options?|arbeit\w*|schedules?|roles?|jobs?|positions?|moglichkeit\w*))?(?: (?:is|are|ist|sind|est|es|e|er|ar|is het|jest))?"
    r"(?: (?:not|nicht|non|niet|no|ikke|inte|pas|nao|neni|nie)(?: currently| derzeit)? (?:possible|moglich|available|verfugbar|offered|angeboten|allowed|erlaubt|permitted|gestattet|supported|considered"
    r"|provided|accepted|an option|vorgesehen|vorhanden|autorise|prevu|propose|possible|posible|permitido|disponible|previst[oa]|possibile|mogelijk|toegestaan|mulig\w*|mojlig\w*|possivel|mozn\w*|mozliw\w*)"
    r"| (?:unavailable|unmoglich|ausgeschlossen))\b(?! (?:in|outside|from|on|during|for(?! this))\b)"
)
"""What refuses the way of working that stands after or before it; a clause later something else is spoken of: "Remote, no travel"."""

_WEEK = 5
"""Working days of a week."""
_NUMBER = NUMBER_WORDS | {str(number): number for number in range(1, _WEEK + 1)}
_TIMES = {"once": 1, "einmal": 1, "twice": 2, "zweimal": 2, "dreimal": 3}
_HINTS = re.compile(
    tree_of("day tag jour día dia dies giorn dag dny dní dni dzie week woche semaine semana %".split())  # noqa: SIM905
)
"""What every phrase about days of the week holds."""
_MAX_TEXT = 200_000
_BEFORE, _AFTER = 60, 90
"""Characters around such a word that are read."""

_SOME = rf"(?<![\w.,])(?:{'|'.join(_NUMBER)})(?![\w%])"
_COUNT = (
    rf"(?P<days>{_SOME})\+?(?:\s?(?:-|–|/|to|bis|ou|or|oder|a|o|do|tot|til|till)\s?[1-5])?\s?"
    r"(?:(?:full|working|whole|volle|feste)\s)?(?:days?|tage?n?|jours?|dias?|dies|giorn[io]|dag(?:en|e|er|ar)?|dny|dni|den|dzien)\b"
)
_WEEKLY = (
    r"(?:(?:an?|per|each|every|in|der|jede|die|pro|par|por|la|alla|i|om|v|w)\s){1,2}(?:week|woche|semaine|semana|setmana|settimana"
    r"|uge|uken?|veckan?|tydnu|tygodniu)|/\s?(?:week|woche|semaine|semana|settimana|uge|uke|tyden|tydz\w*)|weekly|wochentlich|tydne|tygodniowo|ugentligt"
)
_JOINT = (
    rf"(?:[\s,(/:–-]|\b(?:{_WEEKLY})(?!\w)|\b(?:of|de|du|des|dels?|di|av|is|are|work|working|worked|spent|required|mandatory|minimum|on|your|our|the"
    r"|travail|arbeit|arbeiten|trabajo|trabalho|lavoro|werken|arbejde|arbeid|arbete|prace|pracy)\b){1,12}?"
)
_OFFICE = (
    r"(?:\b(?:in|at|from|into|im|auf|au|en|a|na|no|op|pa|v|w|in)\s(?:the |our |an? |der |het |la |le |el |o )?(?:\w+ )?(?:office|buro|bureau|oficina|ufficio"
    r"|kantoor|kontor\w*|kancelari|biurze|escritorio)\b|\bin[- ]office|\boffice\b|\bon[- ]?site|\bin[- ]person|\bvor ort|\bprasenz\w*|\bsur site|\ben presentiel"
    r"|\bpresencia\w*|\bin sede|\bin presenza|\bop locatie|\bpa plats|\bna miste|\bstacjonarnie)"
)
_HOME = (
    r"\b(?:remote\w*|wfh|(?:at|from) home|home[ -]?office|home[ -]?working|mobile\w* arbeit\w*|von zu ?hause|teletravail|teletrabajo|teletreball|teletrabalho|telelavoro"
    r"|smart ?working|(?:da|en) remoto|thuis\w*|hjemme\w*|distans\w*|hemifran|z domova|zdaln\w+|z domu)\b"
)
_RARER = r"(?:\s(?:\w+\s){0,3}?(?:an?|per|each|im|pro|par|al|por|i|om)\s|/\s?)(?:months?|quarter|year|monat|quartal|jahr|mois|mes|ano|mese|maand|maned|manad)\b"
_WHERE = re.compile(
    r"office|buro|site|person|ort\b|prasenz|presen|sede|kanto|kontor|kancel|biur|bureau|oficina|ufficio|escritorio|locatie|plats|miste|stacjon"
    r"|remot|wfh|home|hause|mobil|tele|smart|thuis|hjemme|distans|hemi|domova|zdaln|domu"
)
"""What every phrase about the office or home holds."""
_SPLIT = re.compile(
    rf"{_COUNT}(?!{_RARER}){_JOINT}(?:(?P<office>{_OFFICE})|(?P<home>{_HOME}))(?!{_RARER})"
    rf"|(?:(?P<office_led>{_OFFICE})|(?P<home_led>{_HOME}))(?:[\s(:,–-]|\b(?:for|up to|at least|minimum|bis zu|jusqu.a|hasta|fino a|an|based|presence|attendance)\b){{1,4}}?"
    rf"{_COUNT.replace('<days>', '<days_led>')}(?!{_RARER})(?!{_JOINT}(?:{_OFFICE}|{_HOME}))"
    rf"|\b(?P<times>{'|'.join(_TIMES)})\s(?:{_WEEKLY}){_JOINT}(?:(?P<times_office>{_OFFICE})|(?P<times_home>{_HOME}))"
    rf"|(?<![\d-])(?P<share>\d{{1,3}})\s?%\s(?:(?:of|der|du|del|de|your|the|time|zeit|arbeitszeit|temps|tiempo|working|from|in|on|en|im)\s){{0,4}}?"
    rf"(?:(?P<share_home>{_HOME})|(?P<share_office>{_OFFICE}))"
)
"""Some days of the week, or a share of it, in the office or at home; folded."""


def workplace(text: str | None) -> Workplace | None:
    """Remote, hybrid or on site (`none`), where the text says so; None where it does not."""
    if not text:
        return None
    folded = fold(text[:2_000])
    if _SPLIT_WEEK.search(folded) or not all(map(_is_refused, _HYBRID.finditer(folded))):
        return Workplace.HYBRID
    match = _REMOTE.search(folded)
    if match and not _is_refused(match):
        return Workplace.HYBRID if _ON_SITE.search(folded) else Workplace.REMOTE
    return Workplace.NONE if match or _ON_SITE.search(folded) else None


def _is_refused(mention: re.Match[str]) -> bool:
    before, after = mention.string[: mention.start()][-100:], mention.string[mention.end() :][:100]
    return _NOT_BEFORE.search(before) is not None or _NOT_AFTER.search(after) is not None


def on_site_days(text: str | None) -> int | None:
    """On how many days of a week of five the work is done on site, where the text says so; else None.

    Days at home count from the other end: "3 Tage Homeoffice" leaves 2, "60% remote" too. Of a range the first figure
    counts; days of a month or a year say nothing of the week.
    """
    text = (text or "")[:_MAX_TEXT]
    for start, end in near(text, _HINTS, before=_BEFORE, after=_AFTER):
        around = fold(text[start:end])
        for match in _SPLIT.finditer(around) if _WHERE.search(around) else ():
            if (days := _days(match.groupdict())) is not None:
                return days
    return None


def _days(said: dict[str, str | None]) -> int | None:
    """The days on site that one phrase names; None for more than a week has."""
    if said["share"]:
        days = round(int(said["share"]) / 100 * _WEEK)
    else:
        days = _NUMBER.get(said["days"] or said["days_led"] or "") or _TIMES[said["times"] or ""]
    if days > _WEEK:
        return None
    at_home = said["home"] or said["home_led"] or said["times_home"] or said["share_home"]
    return _WEEK - days if at_home else days
