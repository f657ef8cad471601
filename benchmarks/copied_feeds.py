"""Real postings with labels: the corpus's boards and pages, and each of their jobs served again as other places serve it.

What two ids of one board name are two jobs, however alike: boards that list one job for six countries are in the corpus. Every
form is parsed by the real parser.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import NamedTuple

from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, job_id
from services.parser.ats.registry import recognise
from services.parser.parse import ParsedPage, parse_board_page, parse_posting_page

BEGAN = datetime(2026, 10, 1, 8, tzinfo=UTC)

AGENCY = "Brightwell Staffing"
"""It says "our client" where the employer's name was."""

RENAMED = "Zenit Labs"
"""Nothing in its name says that it places people with others."""


class Seen(NamedTuple):
    """A posting, the job that it is, and when it was first seen."""

    posting: JobPosting
    job: str
    at: datetime


def corpus_postings(corpus: Path, seed: int = 20_261_121) -> list[Seen]:
    """All postings of the corpus, each with up to five copies; the same for the same seed."""
    chance = random.Random(seed)
    found: list[Seen] = []
    for original in _originals(corpus):
        at = BEGAN + timedelta(minutes=chance.randint(0, 40_000))
        label = original.identity
        found.append(Seen(original, label, at))
        for form, share in _FORMS.items():
            if chance.random() < share and (copy := form(original)) is not None:
                found.append(Seen(copy, label, at + timedelta(minutes=chance.randint(-3_000, 9_000))))
    return sorted(found, key=lambda seen: seen.at)


def _originals(corpus: Path) -> Iterator[JobPosting]:
    known: set[str] = set()
    answers = [json.loads(line) for line in (corpus / "web.jsonl").read_text("utf-8").splitlines()]
    truth = [json.loads(line) for line in (corpus / "postings" / "truth.jsonl").read_text("utf-8").splitlines()]
    answers += [{**case, "path": f"postings/{case['path']}", "content_type": "text/html"} for case in truth]
    for answer in answers:
        page = _page(answer["url"], (corpus / answer["path"]).read_bytes(), answer["content_type"])
        for posting in _parsed(page).postings:
            if posting.identity not in known and len(posting.description_text) > 400:
                known.add(posting.identity)
                yield posting


def _parsed(page: Page) -> ParsedPage:
    board = recognise(page.url)
    if board is not None and "html" not in page.content_type:
        return parse_board_page(board, page)
    return parse_posting_page(page, board=board)


def _page(url: str, body: bytes, content_type: str) -> Page:
    return Page(url=url, body=body, content_type=content_type, fetched_at=BEGAN)


def _own_page(original: JobPosting) -> JobPosting | None:
    """The company's own site, with JSON-LD and paragraphs of its own around the text."""
    domain = _domain(original)
    html = f"{original.description_html}<p>We look forward to your application. Questions? Write to jobs@{domain}.</p>"
    return _served(original, f"https://www.{domain}/careers/{_slug(original)}", html, home=domain)


def _plain_page(original: JobPosting) -> JobPosting | None:
    """A page of the company's without markup for machines."""
    domain = _domain(original)
    title = f"{original.title} (m/f/d)"
    return _served(
        original,
        f"https://{domain}/jobs/{_slug(original)}.html",
        original.description_html,
        home=domain,
        title=title,
        marked=False,
    )


def _embedded(original: JobPosting) -> JobPosting | None:
    """A page of the company's that shows the posting of the board, and says which."""
    parameter = {"greenhouse": "gh_jid", "ashby": "ashby_jid"}.get(original.ats)
    if parameter is None:
        return None
    domain = _domain(original)
    url = f"https://{domain}/open-roles?{parameter}={original.external_id}"
    return _served(original, url, original.description_html, home=domain)


def _aggregated(original: JobPosting) -> JobPosting | None:
    """A job site that shows the first two thirds of the text, and the place in the title."""
    paragraphs = re.findall(r"<(?:p|ul|h\d)\b.*?</(?:p|ul|h\d)>", original.description_html, re.DOTALL)
    html = "".join(paragraphs[: max(3, len(paragraphs) * 2 // 3)])
    place = original.locations[0].name if original.locations else "Remote"
    title = f"{original.title} - {place}"
    return _served(
        original, f"https://jobs.allopenings.example/view/{job_id(original.identity).hex[:12]}", html, title=title
    )


def _by_agency(original: JobPosting, company: str = AGENCY) -> JobPosting | None:
    """Under another company's name, without that of the employer."""
    name = re.escape(original.company_name)
    html = re.sub(name, "our client", original.description_html, flags=re.IGNORECASE)
    host = f"{company.lower().replace(' ', '')}.example"
    html = f"<p>For a client of ours we look for you.</p>{html}"
    return _served(original, f"https://{host}/vacancies/{job_id(original.identity).int % 10**7}", html, company=company)


def _renamed(original: JobPosting) -> JobPosting | None:
    return _by_agency(original, RENAMED)


def _again(original: JobPosting) -> JobPosting | None:
    """On the same board under a new id."""
    if original.board_key is None or original.external_id is None:
        return None
    number = str(job_id(f"{original.identity}/again"))
    identity = f"{original.board_key}/{number}"
    url = original.url.replace(original.external_id, number)
    changes = {"id": job_id(identity), "identity": identity, "external_id": number, "url": url, "application_url": url}
    return original.model_copy(update=changes)


_FORMS: dict[Callable[[JobPosting], JobPosting | None], float] = {
    _own_page: 0.5,
    _plain_page: 0.25,
    _embedded: 0.3,
    _aggregated: 0.5,
    _by_agency: 0.25,
    _renamed: 0.15,
    _again: 0.25,
}
"""Ways in which a job is served again, and the share of jobs that are."""


def _served(
    original: JobPosting,
    url: str,
    html: str,
    *,
    title: str = "",
    company: str = "",
    home: str | None = None,
    marked: bool = True,
) -> JobPosting | None:
    """The posting as our parser reads it off a page; None where it refuses it."""
    title, company = title or original.title, company or original.company_name
    markup = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "description": html,
        "datePosted": "2026-10-01",
        "hiringOrganization": {"@type": "Organization", "name": company},
        "jobLocation": [{"@type": "Place", "address": place.name} for place in original.locations],
    }
    where = " / ".join(place.name for place in original.locations) or "Remote"
    told = json.dumps(markup).replace("</", "<\\/")
    script = f'<script type="application/ld+json">{told}</script>' if marked else ""
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | {escape(company)}</title>{script}'
        f'</head><body><nav><a href="/">Home</a> <a href="/careers">Careers</a></nav><main><h1>{escape(title)}</h1>'
        f"<p>Location: {escape(where)}</p><p>Employment type: Full-time</p><div>{html}</div>"
        f'<p><a href="{escape(url)}/apply">Apply now</a></p></main><footer>© {escape(company)}</footer></body></html>'
    )
    host = url.split("/")[2]
    board = Board(
        ats=WEBSITE,
        token=f"https://{host}/",
        url=f"https://{host}/",
        company_domain=home,
        company_name=company if home else None,
    )
    parsed = parse_posting_page(_page(url, body.encode(), "text/html"), board=board)
    return parsed.postings[0] if len(parsed.postings) == 1 else None


def _slug(original: JobPosting) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", original.title.lower()).strip("-")
    return f"{words}-{job_id(original.identity).hex[:6]}"


def _domain(original: JobPosting) -> str:
    return (
        original.company_domain or f"{re.sub(r'[^a-z0-9]+', '', original.company_name.lower()) or 'employer'}.example"
    )
