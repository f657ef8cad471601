"""Boards in the formats of their vendors, as our adapters' documentation and fixtures have them."""

import json
from html import escape
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

from benchmarks.simulation.employers import Advert
from benchmarks.simulation.shapes import NOT_THERE, Answer, Listing, Opening, Shape, as_json, found
from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec
from services.parser.ats.workday import PAGE_SIZE as WORKDAY_PAGE

_SPACE = UUID("6f1e0a4c-1c55-4c0e-9d52-0b4f6a1f7a10")
"""Of the ids that boards with UUIDs give."""


class Greenhouse(Shape):
    """One page with everything and a count."""

    counts = True

    @property
    def board(self) -> Board:  # type: ignore[override]  # made of the token, not stored beside it
        """The board."""
        return Board(ats="greenhouse", token=self.token, url=f"https://job-boards.greenhouse.io/{self.token}")

    def identity(self, opening: Opening) -> str:
        """By number."""
        return f"greenhouse/{self.token}/{opening.number}"

    def is_list(self, spec: FetchSpec) -> bool:
        """The only request there is."""
        return "/jobs?" in spec.url

    def serve(self, spec: FetchSpec, listing: Listing) -> Answer:
        """`GET boards-api.greenhouse.io/v1/boards/{token}/jobs?content=true`."""
        jobs = [self._job(opening, listing) for opening in listing.openings]
        return as_json({"jobs": jobs, "meta": {"total": listing.counted}})

    def _job(self, opening: Opening, listing: Listing) -> dict[str, object]:
        advert = opening.advert
        pay = []
        if advert.pay:
            low, high = (amount * 100 for amount in advert.pay)
            pay = [{"min_cents": low, "max_cents": high, "currency_type": "EUR", "title": "Annual salary"}]
        return {
            "id": opening.number,
            "absolute_url": f"https://job-boards.greenhouse.io/{self.token}/jobs/{opening.number}",
            "title": advert.title,
            "location": {"name": "; ".join(advert.places)},
            "content": escape(self.employer.html(advert)),
            "first_published": opening.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "updated_at": self.stamp(opening, listing.at),
            "company_name": self.employer.name,
            "departments": [{"name": advert.department}],
            "pay_input_ranges": pay,
        }


class Lever(Shape):
    """Pages of a hundred without a count."""

    @property
    def board(self) -> Board:  # type: ignore[override]
        """The board."""
        return Board(ats="lever", token=self.token, url=f"https://jobs.lever.co/{self.token}")

    def identity(self, opening: Opening) -> str:
        """By UUID."""
        return f"lever/{self.token}/{_uuid(self.token, opening)}"

    def is_list(self, spec: FetchSpec) -> bool:
        """Every request is."""
        return True

    def serve(self, spec: FetchSpec, listing: Listing) -> Answer:
        """`GET api.lever.co/v0/postings/{token}?mode=json&limit=&skip=`."""
        query = parse_qs(urlsplit(spec.url).query)
        start, limit = int(query["skip"][0]), int(query["limit"][0])
        return as_json([self._job(opening) for opening in listing.openings[start : start + limit]])

    def _job(self, opening: Opening) -> dict[str, object]:
        advert, number = opening.advert, _uuid(self.token, opening)
        job: dict[str, object] = {
            "id": number,
            "text": advert.title,
            "hostedUrl": f"https://jobs.lever.co/{self.token}/{number}",
            "applyUrl": f"https://jobs.lever.co/{self.token}/{number}/apply",
            "categories": {
                "location": advert.places[0],
                "allLocations": list(advert.places),
                "department": advert.department,
                "commitment": "Full-time",
            },
            "description": self.employer.html(advert),
            "lists": [],
            "createdAt": int(opening.since.timestamp() * 1000),
        }
        if advert.pay:
            low, high = advert.pay
            job["salaryRange"] = {"min": low, "max": high, "currency": "EUR", "interval": "per-year-salary"}
        return job


class Ashby(Shape):
    """One page with everything and no count."""

    @property
    def board(self) -> Board:  # type: ignore[override]
        """The board."""
        return Board(ats="ashby", token=self.token, url=f"https://jobs.ashbyhq.com/{self.token}")

    def identity(self, opening: Opening) -> str:
        """By UUID."""
        return f"ashby/{self.token}/{_uuid(self.token, opening)}"

    def is_list(self, spec: FetchSpec) -> bool:
        """Every request is."""
        return True

    def serve(self, spec: FetchSpec, listing: Listing) -> Answer:
        """`GET api.ashbyhq.com/posting-api/job-board/{token}?includeCompensation=true`."""
        return as_json({"apiVersion": "1", "jobs": [self._job(opening) for opening in listing.openings]})

    def _job(self, opening: Opening) -> dict[str, object]:
        advert, number = opening.advert, _uuid(self.token, opening)
        parts = []
        if advert.pay:
            low, high = advert.pay
            parts = [
                {"compensationType": "Salary", "interval": "1 YEAR", "currencyCode": "EUR"}
                | {"minValue": low, "maxValue": high}
            ]
        return {
            "id": number,
            "title": advert.title,
            "jobUrl": f"https://jobs.ashbyhq.com/{self.token}/{number}",
            "location": advert.places[0],
            "secondaryLocations": [{"location": place} for place in advert.places[1:]],
            "department": advert.department,
            "employmentType": "FullTime",
            "descriptionHtml": self.employer.html(advert),
            "publishedAt": opening.since.isoformat(),
            "isListed": True,
            "compensation": {"compensationTiers": [{"components": parts}]} if parts else None,
        }


class SmartRecruiters(Shape):
    """Pages of a hundred with a count; the postings themselves are details of the API."""

    counts = True

    @property
    def board(self) -> Board:  # type: ignore[override]
        """The board."""
        url = f"https://careers.smartrecruiters.com/{self.token}"
        return Board(ats="smartrecruiters", token=self.token, url=url)

    def identity(self, opening: Opening) -> str:
        """By number."""
        return f"smartrecruiters/{self.token}/{opening.number}"

    def is_list(self, spec: FetchSpec) -> bool:
        """What has a limit."""
        return "limit=" in spec.url

    def serve(self, spec: FetchSpec, listing: Listing) -> Answer:
        """`GET api.smartrecruiters.com/v1/companies/{token}/postings`, and each posting below it."""
        parts = urlsplit(spec.url)
        if not self.is_list(spec):
            opening = found(parts.path.rpartition("/")[2], listing)
            return as_json(self._detail(opening)) if opening else NOT_THERE
        query = parse_qs(parts.query)
        start, limit = int(query["offset"][0]), int(query["limit"][0])
        content = [self._summary(opening, listing) for opening in listing.openings[start : start + limit]]
        return as_json({"offset": start, "limit": limit, "totalFound": listing.counted, "content": content})

    def _summary(self, opening: Opening, listing: Listing) -> dict[str, object]:
        advert = opening.advert
        return {
            "id": str(opening.number),
            "name": advert.title,
            "releasedDate": self.stamp(opening, listing.at),
            "location": _place(advert.places[0]),
            "department": {"label": advert.department},
        }

    def _detail(self, opening: Opening) -> dict[str, object]:
        advert = opening.advert
        detail: dict[str, object] = {
            "id": str(opening.number),
            "name": advert.title,
            "postingUrl": f"https://jobs.smartrecruiters.com/{self.token}/{opening.number}",
            "company": {"name": self.employer.name},
            "location": _place(advert.places[0]),
            "department": {"label": advert.department},
            "typeOfEmployment": {"label": "Full-time"},
            "releasedDate": opening.since.isoformat(),
            "jobAd": {"sections": {"jobDescription": {"title": "Job", "text": self.employer.html(advert)}}},
        }
        if advert.pay:
            low, high = advert.pay
            detail["compensation"] = {"min": low, "max": high, "currency": "EUR", "period": "YEARLY"}
        return detail


class Workday(Shape):
    """Pages of twenty asked for by POST, a count on the first alone, and details."""

    counts = True

    @property
    def board(self) -> Board:  # type: ignore[override]
        """The board."""
        host = f"{self.token}.wd3.myworkdayjobs.com"
        return Board(ats="workday", token=f"{self.token}/External", url=f"https://{host}/External")

    def identity(self, opening: Opening) -> str:
        """By requisition."""
        return f"workday/{self.token}/External/R{opening.number}"

    def is_list(self, spec: FetchSpec) -> bool:
        """What is posted."""
        return spec.method == "POST"

    def serve(self, spec: FetchSpec, listing: Listing) -> Answer:
        """`POST …/wday/cxs/{tenant}/{site}/jobs`, and each posting at its `externalPath`."""
        if not self.is_list(spec):
            opening = found(urlsplit(spec.url).path.rpartition("_R")[2], listing)
            return as_json(self._detail(opening)) if opening else NOT_THERE
        start = json.loads(spec.body or "{}")["offset"]
        part = listing.openings[start : start + WORKDAY_PAGE]
        posts = [
            {
                "title": opening.advert.title,
                "externalPath": self._path(opening),
                "locationsText": _places_text(opening.advert),
                "postedOn": f"Posted {min((listing.at - opening.since).days, 30)} Days Ago",
                "bulletFields": [f"R{opening.number}"],
            }
            for opening in part
        ]
        return as_json({"total": listing.counted if start == 0 else 0, "jobPostings": posts, "facets": []})

    def _path(self, opening: Opening) -> str:
        return f"/job/Site/Opening_R{opening.number}"

    def _detail(self, opening: Opening) -> dict[str, object]:
        advert = opening.advert
        return {
            "jobPostingInfo": {
                "title": advert.title,
                "jobDescription": self.employer.html(advert) + _pay_text(advert),
                "location": advert.places[0],
                "additionalLocations": list(advert.places[1:]),
                "timeType": "Full time",
                "jobReqId": f"R{opening.number}",
                "startDate": opening.since.date().isoformat(),
                "externalUrl": f"{self.board.url}{self._path(opening)}",
                "canApply": True,
            },
            "hiringOrganization": {"name": self.employer.name},
        }


class Personio(Shape):
    """An XML feed without a count."""

    @property
    def board(self) -> Board:  # type: ignore[override]
        """The board."""
        return Board(ats="personio", token=self.token, url=f"https://{self.token}.jobs.personio.de/")

    def identity(self, opening: Opening) -> str:
        """By number."""
        return f"personio/{self.token}/{opening.number}"

    def is_list(self, spec: FetchSpec) -> bool:
        """Every request is."""
        return True

    def serve(self, spec: FetchSpec, listing: Listing) -> Answer:
        """`GET {token}.jobs.personio.de/xml`."""
        positions = "".join(self._position(opening) for opening in listing.openings)
        note = f"<!-- generated {listing.at.isoformat()} -->" if self.noisy else ""
        xml = f'<?xml version="1.0" encoding="UTF-8"?>\n{note}<workzag-jobs>{positions}</workzag-jobs>'
        return Answer(xml.encode(), "text/xml; charset=utf-8")

    def _position(self, opening: Opening) -> str:
        advert = opening.advert
        others = "".join(f"<office>{escape(place)}</office>" for place in advert.places[1:])
        pay = ""
        if advert.pay:
            low, high = advert.pay
            pay = f"<salaryInformation><min>{low}</min><max>{high}</max><currencyCode>EUR</currencyCode>"
            pay += "<type>yearly</type></salaryInformation>"
        return (
            f"<position><id>{opening.number}</id><name>{escape(advert.title)}</name>"
            f"<subcompany>{self.employer.name}</subcompany><office>{escape(advert.places[0])}</office>"
            f"<additionalOffices>{others}</additionalOffices><department>{escape(advert.department)}</department>"
            f"<employmentType>permanent</employmentType><schedule>full-time</schedule>{pay}"
            f"<jobDescriptions><jobDescription><name>Your job</name>"
            f"<value><![CDATA[{self.employer.html(advert)}]]></value></jobDescription></jobDescriptions>"
            f"<createdAt>{opening.since.isoformat()}</createdAt></position>"
        )


def _uuid(token: str, opening: Opening) -> str:
    return str(uuid5(_SPACE, f"{token}/{opening.number}"))


def _place(place: str) -> dict[str, str]:
    city, _, country = place.partition(", ")
    return {"city": city, "country": country, "fullLocation": place}


def _places_text(advert: Advert) -> str:
    return advert.places[0] if len(advert.places) == 1 else f"{len(advert.places)} Locations"


def _pay_text(advert: Advert) -> str:
    return f"<p>Salary: €{advert.pay[0]:,} - €{advert.pay[1]:,} per year</p>" if advert.pay else ""
