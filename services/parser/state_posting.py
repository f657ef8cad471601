"""The posting that a page's state is about, as a RawPosting: its properties under the names that systems give them."""

import re

from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from quiethire.domain.words import fold
from services.parser import html
from services.parser.document import Document
from services.parser.normalise.address import in_words
from services.parser.page_state import (
    DESCRIPTION,
    ENOUGH_TEXT,
    LOCATION,
    Stated,
    like_address,
    plain_name,
    stated_postings,
    texts_of,
)
from services.parser.schema_values import Json

_JOB_TYPE = (
    "employmenttype",
    "jobtype",
    "typeofemployment",
    "commitment",
    "contracttype",
    "employmentstatus",
    "timetype",
    "type",
)
_POSTED = (
    "dateposted", "publisheddate", "publishedat", "postedat", "posteddate", "postedon", "firstpublished", "publishedon", "releaseddate",
    "datepublished", "publicationdate", "jobposteddate", "postingdate", "publishdate", "opendate", "createdat",
)  # fmt: skip
_DEPARTMENT = ("departmentname", "department", "departments", "team", "teamname", "jobfunction", "function", "category")
_COMPANY = (
    "companyname",
    "company",
    "hiringorganization",
    "organizationname",
    "organization",
    "employer",
    "employername",
    "hiringcompany",
)
_WORKPLACE = ("workplacetype", "workplace", "workmodel", "worktype", "remotetype", "remotestatus", "remote", "isremote")
_CLOSES = ("validthrough", "applicationdeadline", "deadline", "closingdate", "expirationdate", "enddate", "expiresat")
_PAY = (
    "salary", "salaryrange", "compensation", "compensationtiersummary", "compensationsummary", "basesalary", "payrange", "salarytext",
    "salarydescription",
)  # fmt: skip
_APPLY = ("applyurl", "applicationurl", "applylink", "jobapplyurl")


def read(document: Document, names: set[str]) -> RawPosting | None:
    """The posting with a description that bears one of the page's (folded) names, or is the only one with a description."""
    described = [p for p in stated_postings(document) if len((p.text(*DESCRIPTION) or ("",))[0]) >= ENOUGH_TEXT]
    named = [p for p in described if fold(p.title) in names]
    chosen = named[:1] or (described if len({fold(p.title) for p in described}) == 1 and _bare(document) else [])
    return _raw(chosen[0], document) if chosen else None


def _bare(document: Document) -> bool:
    return sum(len(line.text) for line in document.content) < 1_000


def _raw(stated: Stated, document: Document) -> RawPosting:
    def sourced(*names: str) -> Sourced | None:
        found = stated.text(*names)
        return Sourced(value=found[0], source=Source.HTML, path=stated.at(found[1])) if found else None

    return RawPosting(
        url=document.url,
        title=Sourced(value=stated.title, source=Source.HTML, path=f"{stated.path}.title"),
        company=sourced(*_COMPANY) or _owner(stated),
        locations=_places(stated),
        workplace=_workplace(stated),
        job_type=sourced(*_JOB_TYPE),
        department=sourced(*_DEPARTMENT),
        description_html=sourced(*DESCRIPTION),
        salary=_pay(stated),
        posted_at=sourced(*_POSTED),
        valid_through=sourced(*_CLOSES),
        application_url=_apply(stated),
        language=html.language(document),
    )  # fmt: skip


def _apply(stated: Stated) -> Sourced | None:
    for name in _APPLY:
        value = stated.values.get(name)
        if isinstance(value, str) and like_address(value):
            return Sourced(value=value, source=Source.HTML, path=stated.at(name))
    return None


def _owner(stated: Stated) -> Sourced | None:
    """The organisation that the state around the posting is about, at most three levels down: `{"organization": {"name": …}}`."""
    level: list[tuple[object, str]] = [(stated.root, stated.path.partition(".")[0])]
    for _ in range(4):
        below: list[tuple[object, str]] = []
        for holder, path in level[:200]:
            entries = list(enumerate(holder[:20])) if isinstance(holder, list) else []
            for key, value in holder.items() if isinstance(holder, dict) else entries:
                name = value.get("name") if isinstance(value, dict) and plain_name(key) in _COMPANY else None
                if isinstance(name, str) and name.strip():
                    return Sourced(value=name, source=Source.HTML, path=f"{path}.{key}.name")
                below.append((value, f"{path}.{key}"))
        level = below
    return None


def _places(stated: Stated) -> tuple[Sourced, ...]:
    """The first property that names places; a city gets its region and country from beside it."""
    for name in LOCATION:
        texts = texts_of(stated.values.get(name))
        if name in ("city", "jobcity") and texts:
            around = [t for n in ("state", "region") for t in texts_of(stated.values.get(n))[:1]]
            texts = [in_words((texts[0], *around), next(iter(texts_of(stated.values.get("country"))), None))]
        if texts:
            return tuple(Sourced(value=t, source=Source.HTML, path=stated.at(name)) for t in texts[:30])
    return ()


def _workplace(stated: Stated) -> Sourced | None:
    for name in _WORKPLACE:
        value = stated.values.get(name)
        text = "remote" if value is True else value if isinstance(value, str) and value.strip() else None
        if text:
            return Sourced(value=text, source=Source.HTML, path=stated.at(name))
    return None


def _pay(stated: Stated) -> RawSalary | None:
    """Two numbers with a currency, else a text."""
    holders = [stated.values, *(v for name in _PAY if isinstance(v := stated.values.get(name), dict))]
    for holder in holders:
        values = {plain_name(k): v for k, v in holder.items()}
        low = _first_number(
            values, "salarymin", "minsalary", "salaryfrom", "compensationmin", "min", "minvalue", "from"
        )
        high = _first_number(values, "salarymax", "maxsalary", "salaryto", "compensationmax", "max", "maxvalue", "to")
        currency = next(
            iter(
                texts_of(values.get("salarycurrency"))
                + texts_of(values.get("currency"))
                + texts_of(values.get("currencycode"))
            ),
            None,
        )
        period = next((t for n in ("salaryperiod", "period", "interval", "unittext", "salaryinterval", "payperiod", "salaryunit")
                       for t in texts_of(values.get(n))), None)  # fmt: skip
        if (low is not None or high is not None) and currency:
            return RawSalary(
                source=Source.HTML, path=f"{stated.path}.salary", min=low, max=high, currency=currency, period=period
            )
    text = next((v for name in _PAY if isinstance(v := stated.values.get(name), str) and v.strip()), None)
    return RawSalary(source=Source.HTML, path=f"{stated.path}.salary", text=text[:500]) if text else None


def _first_number(values: Json, *names: str) -> float | None:
    for name in names:
        value = values.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return float(value)
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}(\.\d{1,2})?", value):
            return float(value)
    return None
