"""The last resort: facts that only the running text of a description states."""

import re

from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place
from services.parser.normalise.salary import parse_salary
from services.parser.normalise.text import as_html, plain_text

_TYPE = re.compile(
    r"\b((?:full|part)[- ]time|fixed[- ]term|(?:in )?vollzeit|(?:in )?teilzeit|tiempo completo|jornada completa|temps plein|temps partiel"
    r"|fuldtid|deltid|heltid|plny uvazek|temporary position|internship|37 hours|40 hours per week)\b",
    re.IGNORECASE,
)
_WORKPLACE = re.compile(
    r"[^.!?\n]{0,60}\b(?:fully remote|remote[- ]first|100% remote|this (?:is a|role is|position is)[^.\n]{0,30}\b(?:remote|hybrid|on[- ]?site)"
    r"|work(?:ing)? (?:fully )?remotely from|remote position|remote role|hybrid (?:role|position|work|schedule|model)"
    r"|(?:onsite|on-site|in[- ]person|in[- ]office) (?:role|position|at our|in our|only)|days (?:a|per) week in (?:the|our) office)[^.!?\n]{0,60}",
    re.IGNORECASE,
)

_PLACE = re.compile(
    r"(?:based|located|on[- ]?site|in[- ]person|position|role|office|offices|headquarters) (?:at our [\w ]{0,30})?in ((?:[A-Z][\w.'’-]+[ ,]{0,2}){1,5})"
)


def read(raw: RawPosting) -> RawPosting:
    """The salary, job type and workplace that the description mentions, as a posting of their own."""
    if raw.description_html is None:
        return RawPosting(url=raw.url)
    text = plain_text(as_html(raw.description_html.value))
    title = raw.title.value if raw.title else ""
    salary = parse_salary(title, labelled=False) or parse_salary(text, labelled=False)
    kind, place = _TYPE.search(f"{title}\n{text}"), _WORKPLACE.search(text)
    return RawPosting(
        url=raw.url,
        job_type=Sourced(value=kind.group(), source=Source.TEXT, path=_snippet(text, kind))
        if kind and job_type(kind.group())
        else None,
        workplace=Sourced(value=place.group(), source=Source.TEXT, path=place.group().strip()) if place else None,
        locations=_places(text),
        salary=RawSalary(
            source=Source.TEXT,
            path="description",
            min=salary.min,
            max=salary.max,
            currency=salary.currency,
            period=salary.period.value,
        )
        if salary
        else None,
    )


def _places(text: str) -> tuple[Sourced, ...]:
    """The place of the first phrase such as "based in Tukwila, Washington", its longest head that is a place."""
    for match in list(_PLACE.finditer(text))[:5]:
        words = match[1].split()
        for size in range(len(words), 0, -1):
            name = " ".join(words[:size]).strip(" ,.")
            if known_place(name):
                return (Sourced(value=name, source=Source.TEXT, path=_snippet(text, match)),)
    return ()


def _snippet(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 30) : match.end() + 30].replace("\n", " ").strip() or match.group()
