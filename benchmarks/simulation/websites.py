"""Companies' own sites: a listing in HTML, on one page or several, and job pages with or without JSON-LD."""

import hashlib
import json
import re
from html import escape
from urllib.parse import parse_qs, urlsplit

from benchmarks.simulation.employers import Advert
from benchmarks.simulation.shapes import NOT_THERE, Answer, Listing, Opening, Shape, found
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.page import FetchSpec

PER_PAGE = 20

_NAVIGATION = (
    '<nav><a href="/">Home</a> <a href="/products">Products</a> <a href="/about">About us</a> '
    '<a href="/careers">Careers</a> <a href="/contact">Contact</a></nav>'
)


class Website(Shape):
    """A listing at /careers and a page for each job."""

    paged = False
    marked = False

    @property
    def board(self) -> Board:  # type: ignore[override]  # made of the domain, not stored beside it
        """The board."""
        url = f"https://www.{self.employer.domain}/careers"
        domain = self.employer.domain
        return Board(ats=WEBSITE, token=url, url=url, company_domain=domain, company_name=self.employer.name)

    def identity(self, opening: Opening) -> str:
        """By the address of the job page."""
        return f"{self.board.url}/{self._slug(opening)}"

    def is_list(self, spec: FetchSpec) -> bool:
        """/careers itself, with or without a page's number."""
        return urlsplit(spec.url).path == "/careers"

    def serve(self, spec: FetchSpec, listing: Listing) -> Answer:
        """The listing, a page of it, or a job page."""
        parts = urlsplit(spec.url)
        if parts.path == "/careers":
            return self._list(int(parse_qs(parts.query).get("page", ["1"])[0]), listing)
        number = re.fullmatch(r"/careers/(\d+)-[a-z0-9-]+", parts.path)
        opening = found(number[1], listing) if number else None
        return self._page(self._job(opening), opening.advert.title, listing) if opening else NOT_THERE

    def _slug(self, opening: Opening) -> str:
        """The title as it was when the page was made: its address stays as it is."""
        return f"{opening.number}-{re.sub(r'[^a-z0-9]+', '-', opening.advert.department.lower()).strip('-')}"

    def _list(self, page: int, listing: Listing) -> Answer:
        size = PER_PAGE if self.paged else max(len(listing.openings), 1)
        part = listing.openings[(page - 1) * size : page * size]
        items = "".join(
            f'<li class="job"><a href="/careers/{self._slug(opening)}">{escape(opening.advert.title)}</a>'
            f"<span>{escape(' / '.join(opening.advert.places))}</span></li>"
            for opening in part
        )
        pages = -(-len(listing.openings) // size)
        further = "".join(f'<a href="/careers?page={number}">{number}</a> ' for number in range(1, pages + 1))
        body = f"<h1>Open positions</h1><p>{' '.join(self.employer.about)}</p>"
        body += f'<ul class="jobs">{items}</ul>' if part else "<p>There are currently no open positions.</p>"
        body += f"<div>{further}</div>" if self.paged and pages > 1 else ""
        return self._page(body, "Careers", listing)

    def _page(self, body: str, title: str, listing: Listing) -> Answer:
        nonce = hashlib.sha256(listing.at.isoformat().encode()).hexdigest()[:16] if self.noisy else ""
        note = f'<script nonce="{nonce}">window.rendered = "{listing.at.isoformat()}";</script>' if nonce else ""
        html = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | {self.employer.name}'
            f"</title>{note}</head><body>{_NAVIGATION}<main>{body}</main>"
            f"<footer>© {self.employer.name} · Imprint · Privacy</footer></body></html>"
        )
        return Answer(html.encode(), "text/html; charset=utf-8")

    def _job(self, opening: Opening) -> str:
        advert = opening.advert
        pay = f"<p>Salary: €{advert.pay[0]:,} - €{advert.pay[1]:,} per year</p>" if advert.pay else ""
        shown = (
            f"<h1>{escape(advert.title)}</h1><p>Location: {escape(' / '.join(advert.places))}</p>"
            f"<p>Employment type: Full-time</p>{pay}<div>{self.employer.html(advert)}</div>"
            f'<p><a href="/careers/{self._slug(opening)}/apply">Apply now</a></p>'
        )
        return f'<script type="application/ld+json">{self._markup(opening)}</script>{shown}' if self.marked else shown

    def _markup(self, opening: Opening) -> str:
        advert = opening.advert
        markup: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "JobPosting",
            "title": advert.title,
            "description": self.employer.html(advert),
            "datePosted": opening.since.date().isoformat(),
            "employmentType": "FULL_TIME",
            "hiringOrganization": {"@type": "Organization", "name": self.employer.name},
            "jobLocation": [_place(place) for place in advert.places],
        }
        if advert.pay:
            low, high = advert.pay
            value = {"@type": "QuantitativeValue", "minValue": low, "maxValue": high, "unitText": "YEAR"}
            markup["baseSalary"] = {"@type": "MonetaryAmount", "currency": "EUR", "value": value}
        return json.dumps(markup)


class PagedWebsite(Website):
    """Twenty jobs a page."""

    paged = True


class MarkedWebsite(Website):
    """Job pages with JSON-LD."""

    marked = True


def _place(place: str) -> dict[str, object]:
    parts = place.split(", ")
    address = {"@type": "PostalAddress", "addressLocality": parts[0], "addressCountry": parts[-1]}
    return {"@type": "Place", "address": address}


def advert_page(advert: Advert, *, site: str, heading: str, text: str) -> Answer:
    """A job page of somebody else: an aggregator or an agency that copied the advert."""
    pay = f"<p>Salary: €{advert.pay[0]:,} - €{advert.pay[1]:,} per year</p>" if advert.pay else ""
    html = (
        f'<!doctype html><html lang="en"><head><title>{escape(advert.title)} | {site}</title></head><body>{_NAVIGATION}<main>'
        f"<h1>{escape(advert.title)}</h1><p>Company: {heading}</p><p>Location: {escape(' / '.join(advert.places))}</p>"
        f'<p>Employment type: Full-time</p>{pay}<div>{text}</div><p><a href="/apply">Apply now</a></p></main></body></html>'
    )
    return Answer(html.encode(), "text/html; charset=utf-8")
