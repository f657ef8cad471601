"""RawPosting → JobPosting: one function, the same result for the same input on every machine."""

from datetime import datetime, timedelta

from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import JobPosting, Provenance, RawPosting, Workplace, job_id
from quiethire.domain.urls import canonical_url
from services.parser import quality
from services.parser.normalise import gazetteer
from services.parser.normalise.dates import day_first, parse_date
from services.parser.normalise.employer import humanise, tokens_of
from services.parser.normalise.job_type import job_type, workplace
from services.parser.normalise.language import language
from services.parser.normalise.location import Places, country_code, parse_locations
from services.parser.normalise.requirements import requirements
from services.parser.normalise.salary import normalise_salary
from services.parser.normalise.seniority import seniority
from services.parser.normalise.skills import skills
from services.parser.normalise.text import as_html, plain_text, safe_html, squeeze

MAX_TITLE = 300
_LANDS = {"da": "DK", "no": "NO", "nb": "NO", "nn": "NO", "sv": "SE", "cs": "CZ", "pl": "PL"}
"""Languages that are spoken in one country with a currency of its own: what `kr` means where no place is known."""


def normalise(raw: RawPosting, *, board: Board | None, fetched_at: datetime) -> JobPosting:
    """The posting as QuietHire keeps it.

    Raises InvalidInput for a posting without a title (kind `no_title`) or with a URL that is none.
    """
    title = squeeze(raw.title.value)[:MAX_TITLE] if raw.title else ""
    if not title:
        raise InvalidInput("the posting has no title", where=raw.url, kind="no_title")
    url = canonical_url(raw.url)
    on_ats = board is not None and not board.is_website and raw.external_id is not None
    identity = f"{board.ats}/{board.token}/{raw.external_id}" if board is not None and on_ats else url
    places = parse_locations([place.value for place in raw.locations])
    country = next((place.country for place in places.locations if place.country), None)
    html = safe_html(as_html(raw.description_html.value)) if raw.description_html else ""
    text = plain_text(html)
    spoken = language(text, raw.language)
    order = day_first(raw.language if (raw.language or "").lower().startswith("en-") else spoken, country)
    posted = parse_date(raw.posted_at.value, fetched_at, day_first=order) if raw.posted_at else None
    draft = JobPosting(
        id=job_id(identity),
        identity=identity,
        url=url,
        board_key=board.key if board else None,
        ats=board.ats if board is not None and not board.is_website else WEBSITE,
        external_id=raw.external_id,
        title=title,
        company_name=_company(raw, board),
        company_domain=board.company_domain if board else None,
        locations=places.locations,
        remote=_remote(raw, places),
        remote_allowed_in=_allowed(raw, places),
        job_type=job_type(raw.job_type.value) if raw.job_type else None,
        seniority=seniority(title),
        department=(squeeze(raw.department.value)[:200] or None) if raw.department else None,
        description_html=html,
        description_text=text,
        requirements=requirements(text),
        skills=skills(f"{title}\n{text}"),
        salary=normalise_salary(raw.salary, country or _LANDS.get(spoken or "")) if raw.salary else None,
        # A date in the future is a scheduled or mistaken one; neither says when it was posted.
        posted_at=posted if posted and posted <= fetched_at + timedelta(days=1) else None,
        valid_through=parse_date(raw.valid_through.value, fetched_at, day_first=order) if raw.valid_through else None,
        application_url=_application(raw),
        language=spoken,
        quality_score=0,
    )
    return draft.model_copy(update={"quality_score": quality.score(draft), "provenance": _provenance(raw, draft)})


def _company(raw: RawPosting, board: Board | None) -> str:
    stated = squeeze(raw.company.value)[:200] if raw.company else ""
    if stated:
        return stated
    if board is not None and (board.company_name or not board.is_website):
        return board.company_name or humanise(board.token.split("/")[0])
    return next((humanise(token) for token in tokens_of(raw.url)), "")


def _remote(raw: RawPosting, places: Places) -> Workplace:
    """As stated; else as the places say; else on site."""
    stated = workplace(raw.workplace.value) if raw.workplace else None
    return stated or places.workplace or Workplace.NONE


def _allowed(raw: RawPosting, places: Places) -> tuple[str, ...]:
    """Countries (ISO codes) and areas in which remote work is allowed."""
    stated = [
        country_code(name) or gazetteer.AREAS.get(name.casefold()) or squeeze(name) for name in raw.remote_allowed_in
    ]
    return tuple(dict.fromkeys(name for name in (*stated, *places.remote_allowed_in) if name))


def _application(raw: RawPosting) -> str | None:
    if not raw.application_url:
        return None
    try:
        return canonical_url(raw.application_url, raw.url)
    except InvalidInput:
        return None  # A broken link to apply at is no reason to lose the posting.


def _provenance(raw: RawPosting, posting: JobPosting) -> dict[str, Provenance]:
    """The origin of each field that came out with a value."""
    origins = {
        "title": raw.title,
        "company_name": raw.company,
        "locations": raw.locations[0] if raw.locations else None,
        "remote": raw.workplace
        or (raw.locations[0] if raw.locations and posting.remote is not Workplace.NONE else None),
        "job_type": raw.job_type,
        "department": raw.department,
        "description_text": raw.description_html,
        "salary": raw.salary,
        "posted_at": raw.posted_at,
        "valid_through": raw.valid_through,
    }
    return {
        name: Provenance(source=origin.source, path=origin.path[:200])
        for name, origin in origins.items()
        if origin is not None and getattr(posting, name)
    }
