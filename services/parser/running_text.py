"""The last resort: facts that only the running text of a description states."""

import re

from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.normalise.job_type import job_type, workplace
from services.parser.normalise.location import known_place, parse_locations
from services.parser.normalise.salary import may_be_pay, parse_salary
from services.parser.normalise.text import as_html, plain_text

_TYPE = re.compile(
    r"\b((?:full|part)[- ]time|fixed[- ]term|(?:in )?vollzeit|(?:in )?teilzeit|tiempo completo|jornada completa|temps plein|temps partiel"
    r"|tempo pieno|tempo integral|part-?time|jornada parcial|tempo parziale|fulltids?\w*|fuldtid\w*|deltid\w*|heltid\w*|pln[yý] úvazek|plny uvazek|částečný úvazek|pełn\w+ etat\w*|voltijd|deeltijd|cdi|cdd|befristet\w*|tidsbegrænset|vikariat|temporary position|internship|37 hours|40 hours per week)\b",
    re.IGNORECASE,
)
_TITLE_TYPE = re.compile(
    r"\b(intern|internship|praktik\w+|werkstudent\w*|working student|ausbildung|auszubildende\w*|azubi|apprentice\w*|alternance|apprentissage|stagiaire|becari\w+|prácticas"
    r"|pràctiques|tirocinio|estágio|stáž\w*|staż\w*|part[- ]time|teilzeit|temps partiel|media jornada|deltid|freelance\w*|temporary|seasonal|volunteer)\b",
    re.IGNORECASE,
)
_WORKPLACE = re.compile(
    r"\b(?:fully remote|remote[- ]first|100% remote|this (?:is a|role is|position is)[^.\n]{0,30}\b(?:remote|hybrid|on[- ]?site)"
    r"|work(?:ing)? (?:fully )?remotely from|remote position|remote role|hybrid (?:role|position|work|schedule|model)"
    r"|(?:onsite|on-site|in[- ]person|in[- ]office) (?:role|position|at our|in our|only)|days (?:a|per) week in (?:the|our) office)"
    r"|\b(?:full[- ]remote|(?:100 ?% |voll(?:ständig)? |komplett |complètement |totalmente |completamente |volledig |helt |plně |w pełni )(?:remote|remoto|télétravail|en remoto|zdaln\w+|på distans)"
    r"|mobile[sn]? arbeiten|hybride[sn]? arbeit\w*|(?:möglichkeit|option)\w*\W[^.;\n]{0,30}?(?:home[- ]?office|remote)|home[- ]?office[- ](?:möglich|option|tage|anteil)\w*"
    r"|télétravail (?:possible|partiel|\d|jusqu)|\d jours? de télétravail|teletrabajo (?:parcial|posible|\d)|\d días? de teletrabajo|(?:modalidad|modelo|formato|trabajo) (?:híbrid|remot)\w+"
    r"|(?:modelo|regime|trabalho) (?:híbrid|remot)\w+|lavoro (?:ibrido|da remoto)|smart ?working|hybride? werken|thuiswerken mogelijk|hybrid(?:t)? (?:arbejde|arbeid|arbete|arbets)\w*"
    r"|distansarbete möjligt|hybridní (?:práce|model|režim)|(?:částečn\w+ )?práce z domova|praca (?:zdalna|hybrydowa)|tryb (?:zdalny|hybrydowy))\b",
    re.IGNORECASE,
)
_TITLE_PARTS = re.compile(r"\s+[-–—|@]\s+|\s*[()\[\]]\s*|,\s|\b(?:in|bei|à|en|em|w|v|i)\s(?=[A-Z\u00c0-\u017d])")
_SENTENCE_END = re.compile(r"[.!?\n]")
_AROUND = 60
"""Characters of its sentence that are read with a phrase, on either side."""

_PLACE = re.compile(
    r"(?:(?:based|located|on[- ]?site|in[- ]person|position|role|job|offices?|headquarters|site|team|campus|plant|clinic|store|school) (?:at our [\w ]{0,30})?in"
    r"|[Uu]nser(?:em|en)? (?:Standort|Büro|Sitz|Werk|Team|Filiale) in|[Aa]m Standort|[Ss]tandort in|[Mm]it Sitz in|[Rr]aum|poste (?:basé|situé) à|basée? à|située? à|bureaux (?:de|à)"
    r"|con sede en|ubicad[oa] en|oficinas? (?:de|en)|situad[oa] en|com sede em|localizad[oa] em|con sede a|sede di|gevestigd in|kantoor in|beliggende i|kontor i"
    r"|lokaliseret i|baserad i|placerad i|belägen i|pracoviště v|se sídlem v|kancelář v|z siedzibą w|biuro w) ((?:[A-Z\u00c0-\u017d][\w.'’-]{1,30}[ ,]{0,2}){1,5})"
)


def read(raw: RawPosting) -> RawPosting:
    """What `raw` lacks of salary, job type, workplace and places, as its description mentions it."""
    paid = raw.salary is not None and may_be_pay(raw.salary)
    if raw.description_html is None or (paid and raw.job_type and raw.workplace and raw.locations):
        return RawPosting(url=raw.url)
    text = plain_text(as_html(raw.description_html.value))
    title = raw.title.value if raw.title else ""
    return RawPosting(
        url=raw.url,
        salary=None if paid else _salary(title, text, _country(raw)),
        job_type=None if raw.job_type else _job_type(title, text),
        workplace=None if raw.workplace else _workplace(text),
        locations=() if raw.locations else _where(title, text),
    )


def _country(raw: RawPosting) -> str | None:
    places = parse_locations([place.value for place in raw.locations[:3]]).locations
    return next((place.country for place in places if place.country), None)


def _salary(title: str, text: str, country: str | None) -> RawSalary | None:
    salary = parse_salary(title, labelled=False, country=country) or parse_salary(text, labelled=False, country=country)
    if salary is None:
        return None
    stated = salary.model_dump(include={"min", "max", "currency"})
    return RawSalary(source=Source.TEXT, path="description", period=salary.period.value, **stated)


def _job_type(title: str, text: str) -> Sourced | None:
    for pattern, where in ((_TITLE_TYPE, title), (_TYPE, f"{title}\n{text}")):
        match = pattern.search(where)
        if match is not None and job_type(match.group()) is not None:
            return Sourced(value=match.group(), source=Source.TEXT, path=_snippet(where, match))
    return None


def _workplace(text: str) -> Sourced | None:
    match = _WORKPLACE.search(text)
    if match is None:
        return None
    before = _SENTENCE_END.split(text[max(0, match.start() - _AROUND) : match.start()])[-1]
    after = _SENTENCE_END.split(text[match.end() : match.end() + _AROUND])[0]
    sentence = f"{before}{match.group()}{after}"
    return Sourced(value=sentence, source=Source.TEXT, path=sentence.strip())


def _places(text: str) -> tuple[Sourced, ...]:
    """The place of the first phrase such as "based in Tukwila, Washington", its longest head that is a place."""
    for match in list(_PLACE.finditer(text))[:5]:
        words = match[1].split()
        for size in range(len(words), 0, -1):
            name = " ".join(words[:size]).strip(" ,.")
            if known_place(name):
                return (Sourced(value=name, source=Source.TEXT, path=_snippet(text, match)),)
    return ()


def _where(title: str, text: str) -> tuple[Sourced, ...]:
    """A city in the title, else the place that the text states, else the country in the title."""
    titled = _in_title(title)
    if any(place.city for place in parse_locations([found.value for found in titled]).locations):
        return titled
    return _places(text) or titled


def _in_title(title: str) -> tuple[Sourced, ...]:
    """A place at the end of a title: `Nurse – Leeds`, `Train driver (m/f/d) in Porto`, `Researcher (Denmark)`."""
    for piece in reversed(_TITLE_PARTS.split(title)[1:]):
        name = piece.strip(" ,.-–()")
        if 3 <= len(name) <= 60 and name[:1].isupper() and known_place(name) and workplace(name) is None:
            return (Sourced(value=name, source=Source.TEXT, path=f"title “{name}”"),)
    return ()


def _snippet(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 30) : match.end() + 30].replace("\n", " ").strip() or match.group()
