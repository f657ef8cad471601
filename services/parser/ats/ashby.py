"""Ashby: GET api.ashbyhq.com/posting-api/job-board/{token}?includeCompensation=true answers with the whole board."""

from urllib.parse import quote, unquote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader, stated

_NAME = r"(?P<token>(?:[A-Za-z0-9_.-]|%[0-9A-Fa-f]{2})+)"
_ADDRESSES = Addresses(
    rf"jobs\.ashbyhq\.com/{_NAME}",
    rf"api\.ashbyhq\.com/posting-api/job-board/{_NAME}",
    domains=(".ashbyhq.com",),
)


class Ashby(AtsAdapter):
    """The public posting API. Tokens are case-sensitive."""

    name = "ashby"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`jobs.ashbyhq.com/{token}`, its API, and embeds in a page."""
        match = _ADDRESSES.find(url, html)
        if match is None:
            return None
        token = unquote(match["token"])
        return Board(ats=self.name, token=token, url=f"https://jobs.ashbyhq.com/{quote(token)}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        url = f"https://api.ashbyhq.com/posting-api/job-board/{quote(board.token)}?includeCompensation=true"
        return (FetchSpec(url=url, accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Every listed job of the board; unlisted ones are reached by their link only and are left out."""
        del cursor
        jobs = Reader.of(page, board).at("jobs").required_items()
        postings = tuple(self._posting(job) for job in jobs if job.at("isListed").flag() is not False)
        return BoardPage(postings=postings, total=len(postings))

    def _posting(self, job: Reader) -> RawPosting:
        return RawPosting(
            url=job.at("jobUrl").required_text(),
            external_id=job.at("id").identifier(),
            title=stated(job.at("title").required_text(), job.at("title").path),
            locations=self._locations(job),
            workplace=self._workplace(job),
            job_type=job.at("employmentType").sourced(),
            department=job.at("department").sourced() or job.at("team").sourced(),
            description_html=job.at("descriptionHtml").sourced() or job.at("descriptionPlain").sourced(),
            salary=self._salary(job),
            posted_at=job.at("publishedAt").sourced(),
            application_url=job.at("applyUrl").text(),
        )

    def _workplace(self, job: Reader) -> Sourced | None:
        """`workplaceType` beats `isRemote`, which is also set for hybrid work."""
        if (place := job.at("workplaceType").sourced()) is not None:
            return place
        return stated("Remote", job.at("isRemote").path) if job.at("isRemote").flag() else None

    def _locations(self, job: Reader) -> tuple[Sourced, ...]:
        places = [self._place(job), *(self._place(entry) for entry in job.at("secondaryLocations").items())]
        return tuple(place for place in places if place)

    def _place(self, entry: Reader) -> Sourced | None:
        """The label of a place; where its address names a city, the address, for the label may be an office's name."""
        label, address = entry.at("location"), entry.at("address")
        postal = address.at("postalAddress") if address.value is not None else address
        if postal.value is None:
            return label.sourced()
        names = [postal.at(name).text() for name in ("addressLocality", "addressRegion", "addressCountry")]
        known = [name for name in names if name]
        text = label.text() or ""
        if names[0] and "remote" not in text.lower():
            return stated(", ".join(known), postal.path)
        if names[2] and names[2].lower() not in text.lower():
            return stated(", ".join([text, names[2]] if text else known), label.path)
        return label.sourced()

    def _salary(self, job: Reader) -> RawSalary | None:
        """The span of the salary components of all tiers in the first one's currency and interval."""
        pay = job.at("compensation")
        if pay.value is None:
            return None
        found: list[RawSalary] = []
        for tier in pay.at("compensationTiers").items():
            found += [salary for part in tier.at("components").items() if (salary := self._component(part))]
        if not found:
            return None
        first = found[0]
        alike = [part for part in found if (part.currency, part.period) == (first.currency, first.period)]
        lows, highs = [p.min for p in alike if p.min is not None], [p.max for p in alike if p.max is not None]
        return first.model_copy(update={"min": min(lows, default=None), "max": max(highs, default=None)})

    def _component(self, part: Reader) -> RawSalary | None:
        low, high = part.at("minValue").number(), part.at("maxValue").number()
        if part.at("compensationType").text() != "Salary" or (low is None and high is None):
            return None
        return RawSalary(
            source=Source.ATS,
            path=part.path,
            min=low,
            max=high,
            currency=part.at("currencyCode").text(),
            period=part.at("interval").text(),
        )
