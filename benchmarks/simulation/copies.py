"""Postings with labels: the same job on a company page, an ATS, an aggregator's and an agency's, and like jobs that are not."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from benchmarks.simulation.employers import Advert, Employer, advert, employer
from benchmarks.simulation.shapes import Answer, Listing, Opening, Shape
from benchmarks.simulation.vendors import Ashby, Greenhouse, Lever, Personio
from benchmarks.simulation.websites import MarkedWebsite, Website, advert_page
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import JobPosting
from services.parser.ats.registry import adapter_for
from services.parser.parse import ParsedPage, parse_board_page, parse_posting_page

BEGAN = datetime(2026, 9, 1, 8, tzinfo=UTC)


class Source(StrEnum):
    """Where a posting was found."""

    COMPANY = "company"
    ATS = "ats"
    AGGREGATOR = "aggregator"
    AGENCY = "agency"
    REPOST = "repost"
    """On the same ATS under a new id, after the first was taken down."""


@dataclass(frozen=True)
class Labelled:
    """A posting and what is true of it."""

    posting: JobPosting
    job: str
    """Postings with the same `job` are the same job; all others are not."""
    source: Source
    seen_at: datetime
    gone_at: datetime


def labelled_postings(seed: int, employers: int) -> list[Labelled]:
    """Postings of so many employers, some twelve of each, with their copies; the same for the same seed."""
    found: list[Labelled] = []
    for number in range(employers):
        chance = random.Random(f"{seed}/{number}")
        by = employer(chance, number)
        for index, job in enumerate(_jobs(chance, by)):
            found.extend(_copies(chance, by, job, f"{number}/{index}", index))
    return found


def _jobs(chance: random.Random, by: Employer) -> list[Advert]:
    """Jobs of an employer, like ones among them."""
    jobs = [advert(chance, by) for _ in range(chance.randint(3, 8))]
    first, family = jobs[0], next(family for family in by.families if family.department == jobs[0].department)
    other = advert(chance, replace(by, families=(family,)))
    jobs.append(replace(other, title=first.title, places=("Oslo, Norway",)))  # the same title, another city and task
    jobs.append(
        replace(
            other, title=f"Head of {first.department}", places=first.places, opening=f"{other.opening} You lead it."
        )
    )
    if not first.title.startswith(("Senior ", "Junior ", "Lead ")):
        jobs.append(
            replace(advert(chance, replace(by, families=(family,))), title=f"Senior {first.title}", places=first.places)
        )
    return jobs


def _copies(chance: random.Random, by: Employer, job: Advert, label: str, index: int) -> Iterator[Labelled]:
    since = BEGAN + timedelta(hours=chance.randint(0, 24 * 40))
    until = since + timedelta(days=chance.randint(10, 60))
    token = by.domain.partition(".")[0]
    kind = (Greenhouse, Lever, Ashby, Personio)[len(token) % 4]
    ats: Shape = kind(by, token, noisy=False)
    ways: list[tuple[Source, JobPosting]] = [(Source.ATS, _on(ats, Opening(4_000_000 + index, job, since)))]
    if chance.random() < 0.6:
        site: Shape = (MarkedWebsite if len(token) % 2 else Website)(by, token, noisy=False)
        ways.append((Source.COMPANY, _on(site, Opening(100 + index, job, since))))
    if chance.random() < 0.4:
        ways.append(
            (Source.AGGREGATOR, _elsewhere(job, since, f"jobs.aggregate.example/view/{label}", by.name, by.html(job)))
        )
    if chance.random() < 0.2:
        text = "<p>Our client is looking for support.</p>" + by.html(job).partition("</p>")[2].replace(
            by.name, "our client"
        )
        ways.append(
            (Source.AGENCY, _elsewhere(job, since, f"agency.example/vacancies/{label}", "Hartmann Recruiting", text))
        )
    for source, posting in ways:
        yield Labelled(posting, label, source, since, until)
    if chance.random() < 0.25:
        again = until + timedelta(days=chance.randint(0, 6))
        text_of = Opening(4_500_000 + index, job, again)
        yield Labelled(_on(ats, text_of), label, Source.REPOST, again, again + timedelta(days=20))


def _on(shape: Shape, opening: Opening) -> JobPosting:
    """The posting as our parser reads it off a board."""
    listing = Listing([opening], 1, opening.since)
    if shape.board.is_website:
        url = shape.identity(opening)
        return _only(
            parse_posting_page(_page(url, shape.serve(FetchSpec(url=url), listing), opening.since), board=shape.board)
        )
    [spec] = adapter_for(shape.board.ats).requests(shape.board, None)
    owned = shape.board.model_copy(
        update={"company_domain": shape.employer.domain, "company_name": shape.employer.name}
    )
    return _only(parse_board_page(owned, _page(spec.url, shape.serve(spec, listing), opening.since)))


def _elsewhere(job: Advert, since: datetime, place: str, company: str, text: str) -> JobPosting:
    url = f"https://{place}"
    host = place.partition("/")[0]
    answer = advert_page(job, site=host, heading=company, text=text)
    board = Board(ats=WEBSITE, token=f"https://{host}/", url=f"https://{host}/")
    return _only(parse_posting_page(_page(url, answer, since), board=board))


def _page(url: str, answer: Answer, at: datetime) -> Page:
    return Page(url=url, body=answer.body, content_type=answer.content_type, fetched_at=at)


def _only(parsed: ParsedPage) -> JobPosting:
    if len(parsed.postings) != 1:
        raise ValueError(f"a made-up page gave {len(parsed.postings)} postings: {parsed.refused}")
    return parsed.postings[0]
