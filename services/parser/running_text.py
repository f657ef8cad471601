"""The last resort: facts that only the running text of a description states."""

import re
from itertools import islice

from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced, Workplace
from quiethire.domain.words import fold, tree_of
from services.parser.normalise import gazetteer
from services.parser.normalise.job_type import job_type
from services.parser.normalise.language import LANDS, language
from services.parser.normalise.location import known_place, parse_locations
from services.parser.normalise.salary import find_salary, may_be_pay
from services.parser.normalise.text import as_html, near, plain_text, safe_html
from services.parser.normalise.workplace import workplace

_TYPE = re.compile(
    r"\b((?:full|part)[- ]time|fixed[- ]term|(?:in )?vollzeit|(?:in )?teilzeit|tiempo completo|jornada completa|temps plein|temps partiel"
    r"|tempo pieno|tempo integral|part-?time|jornada parcial|tempo parziale|fulltids?\w*|fuldtid\w*|deltid\w*|heltid\w*|pln[yý] úvazek|plny uvazek|částečný úvazek|pełn\w+ etat\w*|voltijd|deeltijd|media jornada|jornada parcial|plein temps|mi-temps|kokoaikai\w+|osa-aikai\w+|полная занятость|полный рабочий день|tam zamanlı|yarı zamanlı|minijob|100 ?% (?:fast )?stilling|cdi|cdd|befristet\w*|tidsbegrænset|vikariat|temporary position|limited to \w+(?: \(\d\))? (?:years?|months?)|internship|37 hours|40 hours per week)\b|全职|正社員",
    re.IGNORECASE,
)
_TYPE_STEMS = "time term zeit tiempo jornada temps tempo fulltid fuldtid deltid heltid úvaz uvaz etat tijd cdi cdd befrist tidsbegr vikariat temporary intern limited hours aikai занятость рабочий zamanl minijob stilling 全职 正社員"
_TYPE_HINTS = re.compile(tree_of(_TYPE_STEMS.split()))
"""One of these is in whatever `_TYPE` finds."""
_TITLE_TYPE = re.compile(
    r"\b(intern|internship|offre de stage|stage(?= (?:de|en|d'|h/f|\(|-|–))|stagista|praktik\w+|werkstudent\w*|working student|ausbildung|auszubildende\w*|azubi|apprentice\w*|alternance|apprentissage|stagiaire|becari\w+|prácticas"
    r"|pràctiques|tirocinio|estágio|stáž\w*|staż\w*|part[- ]time|teilzeit|temps partiel|media jornada|deltid|freelance\w*|temporary|seasonal|volunteer)\b|(?<!\d)(?:\d\d\s?%?\s?[-–]\s?)?(?:[2-9]\d|100)\s?%(?=\s*(?:$|[)\],|–-]))"
    r"|アルバイト|パート(?:タイム|スタッフ|$|(?=[）)／/・]))|インターン|契約社員|派遣社員|正社員|兼职|兼職|实习|實習|全职|全職|临时工|인턴|아르바이트|파트타임|계약직|정규직",
    re.IGNORECASE,
)
_WORKPLACE = re.compile(
    r"\b(?:fully remote|remote[- ]first|100% remote|this (?:is a|role is|position is)[^.\n]{0,30}\b(?:remote|hybrid|on[- ]?site)"
    r"|work(?:ing)? (?:fully )?remotely from|flexibility to work (?:fully )?remotely|flexible remote (?:set-?up|work\w*)|open to remote (?:candidates|work|applicants)|(?:all|most) (?:of )?(?:our )?(?:roles|positions|jobs) are (?:fully )?remote|remote position|remote role|(?:position|role|job) (?:being|can be|may be|is) (?:fully |done |performed )?remote(?:ly)?|remote[- ]friendly|(?:as|are) an? (?:fully |small |globally )?(?:remote|distributed) (?:team|company)"
    r"|(?:in[- ]house|in[- ]office|on[- ]?site) or remote|remote or (?:in[- ]house|in[- ]office|on[- ]?site)|home-based|hybrid (?:role|position|work(?:ing|place)?|schedule|model)"
    r"|(?:onsite|on-site|in[- ]person|in[- ]office) (?:role|position|at our|in our|only)|days (?:a|per) week in (?:the|our) (?:\w+ )?office)"
    r"|\b(?:[Rr]emote[-–/ ]\(?(?:US|USA|UK|EU|Europe|EMEA)\b\)?(?: only| preferred)?|full[- ]remote|(?:100 ?% |voll(?:ständig)? |komplett |complètement |totalmente |completamente |volledig |helt |plně |w pełni )(?:remote|remoto|télétravail|en remoto|zdaln\w+|på distans)"
    r"|mobile[sn]? arbeiten|hybride[sn]? arbeit\w*|(?:möglichkeit|option)\w*\W[^.;\n]{0,30}?(?:home[- ]?office|remote)|home[- ]?office[- ](?:möglich|option|tage|anteil)\w*"
    r"|télétravail (?:(?:est )?possible|partiel|\d|jusqu)|(?:\d|un|deux|trois|quatre) jours? de télétravail|teletrabajo (?:parcial|posible|\d)|(?:\d|un|dos|tres|cuatro) días? de teletrabajo|(?:modalidad|modelo|formato|trabajo) (?:híbrid|remot)\w+"
    r"|(?:modelo|regime|trabalho) (?:híbrid|remot)\w+|lavoro (?:ibrido|da remoto)|smart ?working|hybride? werken|thuiswerken mogelijk|hybrid(?:t)? (?:arbejde|arbeid|arbete|arbets)\w*"
    r"|distansarbete möjligt|hybridní (?:práce|model|režim)|(?:částečn\w+ )?práce z domova|praca (?:zdalna|hybrydowa)|tryb (?:zdalny|hybrydowy)|etätyö\w*|hybridityö\w*|удал[её]нная работа|гибридный (?:формат|график)|uzaktan çalışma)\b|リモートワーク|フルリモート|ハイブリッド勤務|在宅勤務|远程办公",
    re.IGNORECASE,
)
_WORKPLACE_STEMS = "remot hybr híbr ibrid site person office mobil travail trabajo smart thuis distans domova zdaln etätyö удал гибрид uzaktan リモート ハイブ 在宅 远程 home-b"
_WORKPLACE_HINTS = re.compile(tree_of(_WORKPLACE_STEMS.split()))
"""One of these is in whatever `_WORKPLACE` finds."""
_WHERE_LINE = re.compile(
    r"^\W{0,4}(?:(?:job |work(?:ing)? |office )?location|work(?:ing)? (?:model|arrangement|mode|policy|style|type|setting)|workplace(?: type)?|work setting"
    r"|arbeits(?:ort|modell)|standort|einsatzort|ubicación|modalidad(?: de trabajo)?|lieu(?: de travail)?|sede(?: di lavoro)?|luogo di lavoro|local(?: de trabalho)?|werklocatie)"
    r"\s{0,2}[:–-]\s{0,2}([^\n]{1,80})",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that states where the work is done: `Location: Parker, CO (Hybrid)`."""
_OF_THE_WORLD = re.compile(
    r"\b(?:has|have) become\b|\bnew normal\b|\bfuture of work\b|\b(?:era|age|world) of\b", re.IGNORECASE
)
"""A sentence on how people work these days says nothing of this job."""
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
_KRONER = re.compile(r"\bkr\b", re.IGNORECASE)
_NAMED = r"[A-Z\u00c0-\u017d][\w.'’-]{1,30}"
_IN = re.compile(
    rf"\b(?:in|In|en|En|à|ve|w|we|v|te|em|i|a|di|de|sur|aus|door|near|nahe|près de|University of|Universität|Hochschule|Klinikum|City of|Stadt|Ville de|Ayuntamiento de|Comune di)\s({_NAMED}(?:[ -]{_NAMED})?)(?:,\s({_NAMED}(?:\s{_NAMED})?))?"
)
_UNIVERSITY = re.compile(rf"\b(?<![A-Z\u00c0-\u017d]\w )({_NAMED}) (?:University|Universiteit|Universitet)\b")
_AGAIN = 2
_BEHIND_COMMA = re.compile(rf"(?<=\w), ({_NAMED}(?: {_NAMED})?)(?=[,.;)\n])")
_OTHERS = re.compile(r"\b(?:(?:part|parts|some|half|members) of (?:the|our)|founded|customers|clients|investors)\b")
"""Words before a place in its sentence that make it another's."""
_OPENING = 600
"""Characters of a text in which it says whose the posting is."""
_POSTAL = re.compile(
    rf"(?:,|\n|\s[-–·|])\s?((?:[A-Z]{{1,2}}-)?\d{{5}} {_NAMED}(?: (?:in|am|an der|a\. ?\w\.) {_NAMED}| {_NAMED})?)(?=[\s.,;)]|$)"
    rf"|(?<=\d,) ((?:[A-Z]{{1,2}}-)?\d{{4}}(?: [A-Z]{{2}})? {_NAMED})(?=[\s.,;)]|$)"
)
"""A postcode of five digits behind a comma or at the start of a line; of four, which may be a year, behind a street's number."""
_TELLING = 8
"""Characters of a town's name that is hardly a word of another meaning."""
_MAX_PLACES = 40
"""Phrases that may name a place that are looked at."""

_ALLOWED = re.compile(
    r"\b(?:[Rr]emote(?:ly)?|[Hh]ome[ -]?[Oo]ffice|[Tt]élétravail|[Tt]eletrabajo|[Ww]ork from (?:home|anywhere))"
    r"(?: (?:role|position|job|work|working|opportunity|possible|möglich|posible))?[,:( -]{1,3}"
    r"(?:(?:is|based|open|available|anywhere|from|to|located|candidates|residents|and|should|be|for|within|inside|in|across|throughout|the|of|innerhalb|überall|ganz|aus|von|der"
    r"|desde|cualquier|lugar|de|en|partout|dans) ){1,6}"
    r"([A-Z][\w.]+(?:(?:,| or| and| und| oder| &)? (?:the )?[A-Z][\w.]+){0,4})"
)
"""Where remote work is allowed: "work remotely from anywhere in Germany or Austria"."""


def read(raw: RawPosting) -> RawPosting:
    """What `raw` lacks of salary, job type, workplace and places, as its description mentions it."""
    paid = raw.salary is not None and may_be_pay(raw.salary)
    if raw.description_html is None:
        return RawPosting(url=raw.url)
    text = plain_text(safe_html(as_html(raw.description_html.value)))
    title = raw.title.value if raw.title else ""
    placed = raw.workplace or _workplace_in_title(title) or _workplace(text)
    return RawPosting(
        url=raw.url,
        salary=None if paid else _salary(title, text, _country(raw, text)),
        job_type=None if raw.job_type else _job_type(title, text),
        workplace=None if raw.workplace else placed,
        remote_allowed_in=() if raw.remote_allowed_in else _allowed(placed, text),
        locations=() if raw.locations else _where(title, text, placed),
    )


def _country(raw: RawPosting, text: str) -> str | None:
    """The country of the places; else of the language, where one country speaks it and kroner are spoken of."""
    places = parse_locations([place.value for place in raw.locations[:3]]).locations
    stated = next((place.country for place in places if place.country), None)
    if stated is not None or _KRONER.search(text) is None:
        return stated
    return LANDS.get(language(text, raw.language.value if raw.language else None) or "")


def _salary(title: str, text: str, country: str | None) -> RawSalary | None:
    found = find_salary(title, labelled=False, country=country) or find_salary(text, labelled=False, country=country)
    if found is None:
        return None
    stated = found.salary.model_dump(include={"min", "max", "currency"})
    return RawSalary(source=Source.TEXT, path=f"“{found.snippet}”", period=found.salary.period.value, **stated)


def _job_type(title: str, text: str) -> Sourced | None:
    for where, match in (
        (title, _TITLE_TYPE.search(title)),
        *((w, _first(_TYPE, _TYPE_HINTS, w)) for w in (title, text)),
    ):
        if match is not None and job_type(match.group()) is not None:
            return Sourced(value=match.group(), source=Source.TEXT, path=_snippet(where, match))
    return None


def _workplace_in_title(title: str) -> Sourced | None:
    """`Senior Accountant (Remote)`, `Art Director – Hamburg (Hybrid)`: what stands before the first sign is the work itself."""
    for piece in _TITLE_PARTS.split(title)[1:]:
        if len(piece.split()) <= 3 and workplace(piece) is not None:
            return Sourced(value=piece, source=Source.TEXT, path=f"title “{piece}”")
    return None


def _workplace(text: str) -> Sourced | None:
    """A line that is labelled so, else the first sentence that speaks of this job's workplace."""
    for line in _WHERE_LINE.finditer(text):
        if workplace(line[1]) is not None:
            return Sourced(value=line[1], source=Source.TEXT, path=line.group().strip())
    for start, end in near(text, _WORKPLACE_HINTS, before=100, after=100):
        for match in _WORKPLACE.finditer(text, start, end):
            before = _SENTENCE_END.split(text[max(0, match.start() - _AROUND) : match.start()])[-1]
            after = _SENTENCE_END.split(text[match.end() : match.end() + _AROUND])[0]
            sentence = f"{before}{match.group()}{after}"
            if _OF_THE_WORLD.search(sentence) is None:
                return Sourced(value=sentence, source=Source.TEXT, path=sentence.strip())
    return None


def _allowed(placed: Sourced | None, text: str) -> tuple[Sourced, ...]:
    """The countries and areas that the text allows remote work in; a city is where the office is."""
    if placed is None or workplace(placed.value) is not Workplace.REMOTE or (match := _ALLOWED.search(text)) is None:
        return ()
    allowed = parse_locations([f"Remote, {match[1]}"]).remote_allowed_in
    return tuple(Sourced(value=name, source=Source.TEXT, path=_snippet(text, match)) for name in allowed)


def _first(pattern: re.Pattern[str], hints: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first find of a pattern that always holds one of the hints."""
    finds = (pattern.search(text, start, end) for start, end in near(text, hints, before=100, after=100))
    return next(filter(None, finds), None)


def _places(text: str) -> tuple[Sourced, ...]:
    """The place of the first phrase such as "based in Tukwila, Washington", its longest head that is a place."""
    for match in list(_PLACE.finditer(text))[:5]:
        if _of_others(text, match):
            continue
        words = match[1].split()
        for size in range(len(words), 0, -1):
            name = " ".join(words[:size]).strip(" ,.")
            if known_place(name) or gazetteer.only_town(fold(name)) is not None:
                return (Sourced(value=name, source=Source.TEXT, path=_snippet(text, match)),)
    return ()


def _of_others(text: str, match: re.Match[str]) -> bool:
    """Whether a place is that of a part of the company, its beginnings or its customers."""
    before = _SENTENCE_END.split(text[max(0, match.start() - _AROUND) : match.start()])[-1]
    return _OTHERS.search(before) is not None


def _where(title: str, text: str, placed: Sourced | None) -> tuple[Sourced, ...]:
    """A city in the title, else the place that the text states, else the country in the title, else what the text mentions."""
    titled = _in_title(title)
    if any(place.city for place in parse_locations([found.value for found in titled]).locations):
        return titled
    stated = _places(text) or _city_within(titled, text) or titled
    if stated or (placed is not None and workplace(placed.value) is Workplace.REMOTE):
        return stated  # What else a text mentions is not where remote work is done.
    return _address(text) or _one_city(text) or _one_land(text) or _university(text)


def _address(text: str) -> tuple[Sourced, ...]:
    """The postcode and town of the address that the text gives, to apply at or to work at."""
    match = _POSTAL.search(text)
    if match is None:
        return ()
    return (Sourced(value=(match[1] or match[2]).strip(" ,."), source=Source.TEXT, path=_snippet(text, match)),)


def _one_city(text: str) -> tuple[Sourced, ...]:
    """The place of "in Istanbul, Turkey", else the one city that the text speaks of working in: where there are two, neither."""
    found: dict[str, Sourced] = {}
    for match in islice(_IN.finditer(text), _MAX_PLACES):
        if _of_others(text, match):
            continue
        city = match[1] if known_place(match[1]) else match[1].split()[0].rstrip(",")
        land = match[2] or ""
        if not gazetteer.is_large_city(city) and (len(city) < _TELLING or not _is_town(city)):
            continue
        whole = f"{city}, {land}" if land and known_place(land) else city
        place = Sourced(value=whole, source=Source.TEXT, path=_snippet(text, match))
        if whole != city:
            return (place,)
        found.setdefault(fold(city), place)
    return tuple(found.values()) if len(found) == 1 else ()


def _university(text: str) -> tuple[Sourced, ...]:
    """The city of the one university that the text speaks of more than once: `Leiden University`."""
    found = list(islice(_UNIVERSITY.finditer(text), _MAX_PLACES))
    if len(found) < _AGAIN or len({match[1] for match in found}) > 1 or not gazetteer.is_large_city(found[0][1]):
        return ()
    return (Sourced(value=found[0][1], source=Source.TEXT, path=_snippet(text, found[0])),)


def _city_within(titled: tuple[Sourced, ...], text: str) -> tuple[Sourced, ...]:
    """The one city that the text speaks of, where the title names its country alone."""
    lands = {place.country for place in parse_locations([found.value for found in titled]).locations}
    found = _one_city(text) if lands - {None} else ()
    return found if {place.country for place in parse_locations([f.value for f in found]).locations} <= lands else ()


def _is_town(name: str) -> bool:
    folded = fold(name)
    return bool(gazetteer.cities(folded)) or gazetteer.only_town(folded) is not None


def _one_land(text: str) -> tuple[Sourced, ...]:
    """The one country that the text names behind a comma: "the University of Northmoor, Belgium"."""
    found = {
        match[1]: Sourced(value=match[1], source=Source.TEXT, path=_snippet(text, match))
        for match in islice(_BEHIND_COMMA.finditer(text[:_OPENING]), _MAX_PLACES)
        if fold(match[1]) in gazetteer.countries()
    }
    return tuple(found.values()) if len(found) == 1 else ()


def _in_title(title: str) -> tuple[Sourced, ...]:
    """A place at the end of a title: `Nurse – Leeds`, `Train driver (m/f/d) in Porto`, `Researcher (Denmark)`."""
    for piece in reversed(_TITLE_PARTS.split(title)[1:]):
        name = piece.strip(" ,.-–()")
        if 3 <= len(name) <= 60 and name[:1].isupper() and known_place(name) and workplace(name) is None:
            return (Sourced(value=name, source=Source.TEXT, path=f"title “{name}”"),)
    return ()


def _snippet(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 30) : match.end() + 30].replace("\n", " ").strip() or match.group()
