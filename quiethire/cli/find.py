"""`quiethire search`, `quiethire job` and `quiethire stats`: what is known, asked through the API."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

import httpx
import typer
from rich.cells import set_cell_size
from rich.text import Text

from quiethire.cli.output import amount, data, each, plain, print_json, run, settings, talk
from quiethire.cli.search_flags import (
    Companies,
    Currency,
    Languages,
    Levels,
    MinSalary,
    NotCompanies,
    Place,
    PostedWithin,
    Radius,
    Remote,
    RemoteFrom,
    Skills,
    Sponsorship,
    Types,
    Words,
    asked,
    refusals_by_option,
)
from quiethire.domain.errors import Gone, InvalidInput, QuietHireError, Transient
from quiethire.domain.search import Sort
from quiethire.platform.api import open_api
from quiethire.processes import DONE
from services.api.jobs.postings import HistoryEvent, Life, Status
from services.api.pages.changes import change_of
from services.api.pages.life_words import life_words

_WIDTH = 79
"""Cells of a line: one less than the narrowest terminal that people have."""


def search(  # noqa: PLR0917 - typer reads the options from the signature
    query: Words = "",
    location: Place = None,
    radius: Radius = None,
    remote: Remote = False,
    remote_from: RemoteFrom = None,
    company: Companies = None,
    exclude_company: NotCompanies = None,
    type_: Types = None,
    level: Levels = None,
    skill: Skills = None,
    min_salary: MinSalary = None,
    currency: Currency = None,
    posted_within: PostedWithin = None,
    language: Languages = None,
    sponsorship: Sponsorship = None,
    semantic: Annotated[bool, typer.Option("--semantic", help="Find what means the same in other words, too.")] = False,
    sort: Annotated[
        Sort, typer.Option(metavar="ORDER", case_sensitive=False, help="relevance, date or salary.")
    ] = Sort.RELEVANCE,
    limit: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Postings to show.")] = 10,
    json: Annotated[bool, typer.Option("--json", help="The API's answer on stdout.")] = False,
) -> None:
    """Search the open postings.

    Typos are forgiven; "a phrase" stands as it is, -word leaves out. Put -- before a query that begins with a hyphen.

        quiethire search "data engineer" --remote --min-salary 70k

        quiethire search nurse --near Hamburg --radius 25 --posted-within 7

        quiethire search --remote-from Portugal --level senior --skill Python

        quiethire search '"machine learning" -intern' --min-salary 80k --currency EUR
    """
    parameters = asked(
        query=query,
        location=location,
        radius=radius,
        remote=remote,
        remote_from=remote_from,
        company=company,
        exclude_company=exclude_company,
        type_=type_,
        level=level,
        skill=skill,
        min_salary=min_salary,
        currency=currency,
        posted_within=posted_within,
        language=language,
        sponsorship=sponsorship,
    )
    parameters |= {"sort": sort.value, "per_page": limit} | ({"semantic": True} if semantic else {})
    run(_search(parameters, json=json))


def job(
    job_id: Annotated[UUID, typer.Argument(metavar="JOB_ID", help="The id that search shows.")],
    json: Annotated[bool, typer.Option("--json", help="The API's answer on stdout.")] = False,
) -> None:
    """Show one posting: its facts, where each was found, and its history.

    Example: quiethire job 8e10130d-4662-5c5d-86ac-2414f0a75e5a
    """
    run(_job(job_id, json=json))


def stats(json: Annotated[bool, typer.Option("--json", help="The API's answer on stdout.")] = False) -> None:
    """Count what is stored: postings, companies, boards."""
    run(_stats(json=json))


async def _search(params: dict[str, Any], *, json: bool) -> int:
    own = settings()
    async with open_api(own, say=talk.print) as api:
        with refusals_by_option():
            answer = answer_of(await api.get("/api/v1/search", params=params))
        is_empty = not answer["found"] and await _is_empty(api)
    if is_empty:
        where = own.api_url or own.data_path
        talk.print(f"no open posting is stored in {where}: quiethire crawl DOMAIN|URL", markup=False, soft_wrap=True)
    print_json(answer) if json else print_search(answer)
    return DONE


async def _is_empty(api: httpx.AsyncClient) -> bool:
    """Whether there is nothing at all to find, as in a directory that was not meant. Where that cannot be told now, it is not."""
    try:
        return not answer_of(await api.get("/api/v1/stats"))["postings"]["open"]
    except (httpx.HTTPError, QuietHireError):
        return False


async def _job(job_id: UUID, *, json: bool) -> int:
    answer = await ask_api("GET", f"/api/v1/jobs/{job_id}")
    print_json(answer) if json else print_job(answer)
    return DONE


async def _stats(*, json: bool) -> int:
    answer = await ask_api("GET", "/api/v1/stats")
    if json:
        print_json(answer)
        return DONE
    for name, value in {**answer.pop("postings"), **answer}.items():
        shown = ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else value
        data.print(f"  {name.replace('_', ' '):<16} {shown}", markup=False)
    return DONE


async def ask_api(method: str, path: str, *, params: Any = None, body: Any = None) -> Any:  # noqa: ANN401 - JSON
    """One request to the API of the platform, which is started for it where none runs, and the JSON of its answer."""
    async with open_api(settings(), say=talk.print) as api:
        return answer_of(await api.request(method, path, params=params, json=body))


def answer_of(response: httpx.Response) -> Any:  # noqa: ANN401 - JSON
    """The JSON of an answer, None of one without content; a problem (RFC 9457) is raised as an error of ours."""
    where, status = str(response.url), response.status_code
    if status == 204:
        return None
    try:
        answer = response.json()
    except ValueError as error:
        hint = "is that the address of the API?"
        raise Transient(f"answers {status} {response.reason_phrase} without JSON", where=where, hint=hint) from error
    if response.is_success:
        return answer
    later = status == 429 or status >= 500
    hint = "set QUIETHIRE_OPERATOR_KEY to a key of this platform that may do this" if status in {401, 403} else ""
    detail = answer.get("detail") or answer.get("title", response.reason_phrase)
    raise (Transient if later else Gone if status == 404 else InvalidInput)(detail, where=where, hint=hint)


def print_unknown(unknown: Iterable[Mapping[str, Any]]) -> None:
    """What of a search nobody knows, and what may have been meant."""
    for name in unknown:
        talk.print(f"  {plain(name['value'])}: {plain(name['hint'])}", markup=False, soft_wrap=True)


def print_search(answer: dict[str, Any]) -> None:
    """Hits as a table, with the facets below."""
    degraded = "  (degraded: the search index is out of reach)" * answer["degraded"]
    data.print(
        f"{answer['found']} {'job' if answer['found'] == 1 else 'jobs'}{_within(answer.get('place'))}{degraded}",
        markup=False,
    )
    print_unknown(answer["unknown"])
    if not answer["hits"]:
        data.print("  nothing fits; try fewer words, or leave a filter out", style="dim")
        return
    data.print(_row("title", "company", "where", "pay"), style="dim")
    for hit in answer["hits"]:
        data.print(_row(hit["title"], hit["company"], _where(hit), _pay(hit)), markup=False)
        data.print(f"  {hit['id']}", style="dim")
    for name, counts in answer["facets"].items():
        about = "~" if answer["facets_estimated"] else ""
        values = "  ".join(f"{entry['value']} {about}{entry['count']}" for entry in counts[:6])
        line = Text(plain(f"  {name.replace('_', ' '):<9} {values}"), style="dim")
        line.truncate(_WIDTH, overflow="ellipsis")
        data.print(line)


def _within(place: Mapping[str, Any] | None) -> str:
    """Which place the search was taken to mean."""
    if place is None:
        return ""
    around = f"within {place['radius_km']:g} km of" if place["radius_km"] is not None else "in"
    return f" {around} {plain(place['name'])}"


def _row(title: str, company: str, where: str, pay: str) -> str:
    """A line of 79 cells; what is longer is cut."""
    cells = zip((title, company, where), (28, 14, 19), strict=True)
    return "  ".join(set_cell_size(plain(text), width) for text, width in cells) + f" {plain(pay):>13}"


def print_job(job: dict[str, Any]) -> None:
    """A posting: its facts, where each was found, and what happened to it."""
    data.print(Text(plain(job["title"]), style="bold"))
    pay, places = job["salary"], ", ".join(place["name"] for place in job["locations"])
    facts = {
        "company": job["company_name"],
        "where": places if job["remote"] == "none" else f"{places} ({job['remote']})".strip(),
        "type": (job["job_type"] or "").replace("_", "-"),
        "pay": f"{_range(pay['min'], pay['max'])} {pay['currency']} {each(pay['period'])}" if pay else "",
        "on site": f"{job['on_site_days']} days a week" if job["on_site_days"] is not None else "",
        "visa": {True: "sponsored", False: "not sponsored", None: ""}[job["visa_sponsorship"]],
        "status": f"{job['status']}, first seen {job['first_seen_at'][:10]}",
        "skills": ", ".join(job["skills"]),
    }
    if not job["partial"]:
        facts["status"] += f", last seen {job['last_seen_at'][:10]}"
        facts["so far"] = life_words(Life.model_validate(job["life"]), Status(job["status"]))
        facts["link"] = job["url"]
    for name, value in facts.items():
        if value:
            data.print(f"  {name:<9} {plain(value)}", markup=False, soft_wrap=True)
    if job["partial"]:
        data.print("\n  in part only: the store of postings is out of reach, and with it the history", style="dim")
        return
    data.print("\n  found in", style="dim")
    for name, origin in job["provenance"].items():
        data.print(
            f"    {name:<18} {origin['source']}: {plain(origin['path'][:70])}",
            style="dim",
            markup=False,
            soft_wrap=True,
        )
    data.print("\n  history", style="dim")
    for event in job["history"]:
        told = change_of(HistoryEvent.model_validate(event)).text
        data.print(f"    {event['at'][:10]} {plain(told)}"[:200], style="dim", markup=False, soft_wrap=True)


def _range(low: float | None, high: float | None) -> str:
    """`4,500–6,000`; an open end is left blank, with the dash."""
    return "–".join("" if end is None else amount(end) for end in dict.fromkeys((low, high)))


def _where(hit: dict[str, Any]) -> str:
    places = ", ".join(hit["location"][:2]) + (f" +{len(hit['location']) - 2}" if len(hit["location"]) > 2 else "")
    return places if hit["remote"] == "none" else f"{places} ({hit['remote']})".strip()


def _pay(hit: dict[str, Any]) -> str:
    pay = hit["salary"]
    if pay is None:
        return ""
    ends = [f"{end // 1000}k" if end >= 10_000 else str(end) for end in dict.fromkeys((pay["min"], pay["max"])) if end]
    return f"{'–'.join(ends)} {pay['currency']}"
