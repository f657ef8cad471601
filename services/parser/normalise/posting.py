"""RawPosting → JobPosting: one function, the same result for the same input on every machine."""

import re
from datetime import datetime, timedelta

from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import JobPosting, RawPosting, Source, Workplace, job_id
from quiethire.domain.technologies import technologies
from quiethire.domain.urls import canonical_url, host_of
from services.parser import quality
from services.parser.normalise import gazetteer
from services.parser.normalise.dates import day_first, parse_date
from services.parser.normalise.employer import humanise, tokens_of
from services.parser.normalise.job_type import job_type
from services.parser.normalise.language import LANDS, language
from services.parser.normalise.location import Places, country_code, parse_locations
from services.parser.normalise.provenance import origins, quoted
from services.parser.normalise.requirements import requirements
from services.parser.normalise.salary import normalise_salary
from services.parser.normalise.seniority import seniority
from services.parser.normalise.sponsorship import sponsorship
from services.parser.normalise.text import as_html, plain_text, safe_html, squeeze
from services.parser.normalise.workplace import on_site_days, workplace
from services.parser.version import PARSER_VERSION

MAX_TITLE = 300
MAX_ID = 200
"""Characters of an identifier; what is longer is none."""
WORKING_WEEK = 5
_FOR_ANYBODY = frozenset("io co ai me tv cc ly gg fm sh to im ws la so gl st nu ac vc am as ms ag is eu".split())  # noqa: SIM905
"""Top-level domains that are a country's and are used for what they say."""
_LANGUAGE_OF = re.compile(r"[a-z]{2,3}[-_]([a-z]{2})", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")


def normalise(raw: RawPosting, *, board: Board | None, fetched_at: datetime) -> JobPosting:
    """The posting as QuietHire keeps it.

    Raises InvalidInput for a posting without a title (kind `no_title`) or with a URL that is none.
    """
    title = squeeze(raw.title.value)[:MAX_TITLE] if raw.title else ""
    if not title:
        raise InvalidInput("the posting has no title", where=raw.url, kind="no_title")
    url = canonical_url(raw.url)
    number = raw.external_id if raw.external_id and len(raw.external_id) <= MAX_ID else None
    on_ats = board is not None and not board.is_website and number is not None
    identity = f"{board.ats}/{board.token}/{number}" if board is not None and on_ats else url
    likely = _likely_land(raw, board)
    places = parse_locations([place.value for place in raw.locations], likely=likely)
    country = next((place.country for place in places.locations if place.country), None)
    html = safe_html(as_html(raw.description_html.value)) if raw.description_html else ""
    text = plain_text(html)
    stated = raw.language.value if raw.language else None
    spoken = language(text, stated)
    order = day_first(stated if (stated or "").lower().startswith("en-") else spoken, country)
    posted = parse_date(raw.posted_at.value, fetched_at, day_first=order) if raw.posted_at else None
    days, days_said = _on_site_days(raw, text)
    visa = sponsorship(text)
    draft = JobPosting(
        id=job_id(identity),
        identity=identity,
        url=url,
        board_key=board.key if board else None,
        ats=board.ats if board is not None and not board.is_website else WEBSITE,
        external_id=number,
        title=title,
        company_name=_company(raw, board),
        company_domain=board.company_domain if board else None,
        locations=places.locations,
        remote=_remote(raw, places, days),
        remote_allowed_in=_allowed(raw, places),
        on_site_days=days,
        visa_sponsorship=visa.offered if visa else None,
        job_type=job_type(raw.job_type.value) if raw.job_type else None,
        seniority=seniority(title),
        department=(squeeze(raw.department.value)[:200] or None) if raw.department else None,
        description_html=html,
        description_text=text,
        requirements=requirements(text),
        skills=technologies(f"{title}\n{text}"),
        salary=normalise_salary(raw.salary, country or LANDS.get(spoken or "") or likely) if raw.salary else None,
        # A date in the future is a scheduled or mistaken one; neither says when it was posted.
        posted_at=posted if posted and posted <= fetched_at + timedelta(days=1) else None,
        valid_through=parse_date(raw.valid_through.value, fetched_at, day_first=order) if raw.valid_through else None,
        application_url=_application(raw),
        language=spoken,
        quality_score=0,
        parser_version=PARSER_VERSION,
    )
    read = {"on_site_days": days_said}
    if visa is not None:
        read["visa_sponsorship"] = quoted(visa.snippet)
    if spoken != language("", stated):
        read["language"] = "description"
    known = origins(raw, draft, places, board=board, read=read)
    return draft.model_copy(update={"quality_score": quality.score(draft), "provenance": known})


def _likely_land(raw: RawPosting, board: Board | None) -> str | None:
    """The country that a site is made for: by its host, or its employer's, else by the language's; `en-US` is said of any site."""
    on_ats = board is not None and not board.is_website
    host = (board.company_domain or "") if board is not None and on_ats else host_of(raw.url)
    end = host.rpartition(".")[2]
    language = _LANGUAGE_OF.fullmatch(raw.language.value.strip()) if raw.language else None
    if end not in _FOR_ANYBODY and (land := country_code("GB" if end == "uk" else end)) is not None:
        return land
    region = language[1].upper() if language is not None else "US"
    return region if region != "US" else None


def _on_site_days(raw: RawPosting, text: str) -> tuple[int | None, str]:
    """Days a week at the workplace, with the words that say so: where the workplace is stated, else in the description."""
    for stated in (raw.workplace, *raw.locations[:5]):
        if stated is not None and (days := on_site_days(stated.value)) is not None:
            return days, f"“{squeeze(stated.value)}”"
    days = on_site_days(text)
    if days is None:
        return None, ""
    said = next((sentence for sentence in _SENTENCES.split(text) if on_site_days(sentence) == days), "")
    return days, quoted(said) if said else "description"


def _company(raw: RawPosting, board: Board | None) -> str:
    stated = squeeze(raw.company.value)[:200] if raw.company else ""
    if stated:
        return stated
    if board is not None and (board.company_name or not board.is_website):
        return board.company_name or humanise(board.token.split("/")[0])
    return next((humanise(token) for token in tokens_of(raw.url)), "")


def _remote(raw: RawPosting, places: Places, days: int | None) -> Workplace:
    """As stated; else as the places say; else hybrid where part of the week is on site; else on site.

    A text that speaks of the office, and of so many days in it, states a hybrid.
    """
    stated = workplace(raw.workplace.value) if raw.workplace else None
    part = Workplace.HYBRID if days is not None and 0 < days < WORKING_WEEK else None
    if stated is Workplace.NONE and raw.workplace is not None and raw.workplace.source is Source.TEXT:
        stated = part or stated
    return stated or places.workplace or part or Workplace.NONE


def _allowed(raw: RawPosting, places: Places) -> tuple[str, ...]:
    """Countries (ISO codes) and areas in which remote work is allowed."""
    stated = [land for place in raw.remote_allowed_in for land in _lands(place.value)]
    return tuple(dict.fromkeys(name for name in (*stated, *places.remote_allowed_in) if name))


def _lands(name: str) -> list[str]:
    """The country or area of a name, or each country of a list of them: "Germany, Austria"."""
    if one := country_code(name) or gazetteer.AREAS.get(name.casefold()):
        return [one]
    several = parse_locations([name]).locations
    lands = [place.country for place in several if place.country and place.city is None and place.region is None]
    return lands if 1 < len(lands) == len(several) else [squeeze(name)]


def _application(raw: RawPosting) -> str | None:
    if not raw.application_url:
        return None
    try:
        return canonical_url(raw.application_url.value, raw.url)
    except InvalidInput:
        return None  # A broken link to apply at is no reason to lose the posting.
