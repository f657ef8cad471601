"""The parameters of a search as people and programs write them, and the plain question that they mean."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.posting import YEARLY_FACTOR, JobType, Period, Seniority, Workplace
from quiethire.domain.search import PayFloor, SearchQuery, Sort


class SearchParameters(Model):
    """What the address of a search holds. Lists mean any of, but for skills, of which all must be there."""

    q: str = Field("", max_length=300)
    location: str | None = Field(None, max_length=200)
    remote: tuple[Workplace, ...] = Field((), max_length=10)
    company: tuple[Annotated[str, Field(max_length=200)], ...] = Field((), max_length=50)
    exclude_company: tuple[Annotated[str, Field(max_length=200)], ...] = Field((), max_length=50)
    job_type: tuple[JobType, ...] = Field((), max_length=20)
    seniority: tuple[Seniority, ...] = Field((), max_length=20)
    skills: tuple[Annotated[str, Field(max_length=100)], ...] = Field((), max_length=20)
    salary_min: int | None = Field(None, ge=0, le=10**15)
    salary_currency: str | None = Field(None, pattern="^[A-Za-z]{3}$")
    salary_period: Period = Period.YEAR
    posted_within: int | None = Field(None, ge=1, le=365)
    """Days."""
    language: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = Field((), max_length=20)
    sponsorship: bool | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = Field(1, ge=1, le=250)
    per_page: int = Field(20, ge=1, le=100)

    def query(self, now: datetime) -> SearchQuery:
        """The question that these parameters mean at this moment."""
        same = set(SearchQuery.model_fields) & set(type(self).model_fields) - {"salary_min"}
        return SearchQuery(
            **self.model_dump(include=same),
            salary_min=self._pay_floor(),
            posted_since=self._posted_since(now),
        )

    def _pay_floor(self) -> PayFloor | None:
        if self.salary_min is None:
            return None
        currency = self.salary_currency.upper() if self.salary_currency else None
        return PayFloor(amount=self.salary_min * YEARLY_FACTOR[self.salary_period], currency=currency)

    def _posted_since(self, now: datetime) -> int | None:
        """The full hour: a bound that moved with every second would make every answer another one."""
        if self.posted_within is None:
            return None
        since = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=self.posted_within)
        return int(since.timestamp())
