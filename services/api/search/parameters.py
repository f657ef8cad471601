"""The parameters of a search as people and programs write them, and the plain question that they mean."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from quiethire.domain import technologies
from quiethire.domain.base import Model
from quiethire.domain.error_words import did_you_mean, near_name
from quiethire.domain.errors import InvalidInput
from quiethire.domain.money import asked_amount, euros, plain_amount
from quiethire.domain.posting import YEARLY_FACTOR, JobType, Period, Seniority, Workplace
from quiethire.domain.search import FACETS, Circle, Facet, PayFloor, SearchQuery, Sort
from services.api.gate.input_limits import without_nul
from services.api.search.answers import FoundPosting
from services.api.search.currencies import CURRENCIES
from services.api.search.cursors import LAST_PAGE, SearchCursor, SearchCursorText
from services.api.search.places import RADIUS_KM, Meaning, near_place, remote_areas, resolve
from services.parser.normalise.currency import currency_of

_NUMBER = r"\s*([+-]?\d{1,4}(?:\.\d{1,16})?)\s*"
_GEO = re.compile(rf"{_NUMBER},{_NUMBER},{_NUMBER}")
_LANGUAGE = re.compile("[a-z]{2}")
_CURSOR = SearchCursor(page=2, seen_by=1_795_168_800, digest="5f0c1e9b7a3d2648f1").text()
_HIT_FIELDS = tuple(FoundPosting.model_fields)


def _currency(code: str) -> str:
    known = code.upper()
    if known in CURRENCIES or known in euros():
        return known
    near = did_you_mean(currency_of(code, None) or near_name(known, CURRENCIES))
    raise PydanticCustomError(
        "salary_currency", "is no currency that is known; write its ISO 4217 code, such as EUR{near}", {"near": near}
    )


def _language(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise PydanticCustomError("language", "must be a language's ISO 639-1 code, of two small letters, such as en")
    return code


def _amount(given: object) -> object:
    """As people write it: `70.000` is no seventy."""
    read = asked_amount(given) if isinstance(given, str) else None
    return given if read is None else read


def _skill(value: str) -> str:
    """By the name that postings have it by."""
    return technologies.names().get(value.strip().lower(), value)


def _hit_field(name: str) -> str:
    if name not in _HIT_FIELDS:
        near = did_you_mean(near_name(name, _HIT_FIELDS))
        raise PydanticCustomError(
            "fields", "is no field of a hit, as id, title, company and salary are{near}", {"near": near}
        )
    return name


LONGEST_NAME = 200
"""Characters of a company's name that a search takes."""

_Company = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(without_nul)]
_Skill = Annotated[str, Field(max_length=100), AfterValidator(without_nul), AfterValidator(_skill)]
_Currency = Annotated[str, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{3}$"})]
_Language = Annotated[
    str, AfterValidator(_language), WithJsonSchema({"type": "string", "pattern": f"^{_LANGUAGE.pattern}$"})
]
_Amount = Annotated[
    float,
    Field(ge=0, le=10**11, allow_inf_nan=False),
    BeforeValidator(_amount),
    AfterValidator(plain_amount),
    PlainSerializer(plain_amount, return_type=int | float),
]
_FacetName = Literal[Facet, "none"]
_HitField = Annotated[str, AfterValidator(_hit_field), WithJsonSchema({"type": "string", "enum": list(_HIT_FIELDS)})]


class SearchFilters(Model):
    """What is looked for. Lists mean any of, but for skills, of which all must be there."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    q: str = Field("", max_length=300, examples=["data engineer", '"machine learning" -intern'])
    """Words, all of which must match (but for such as `jobs`, `in` and `at`): the title, skills, company, places and the beginning
    of the description are searched. Up to two typos a word are forgiven, and the last word may be the beginning of one (but for one
    such as `.NET`). A phrase between quotes is matched as it stands, and so are initials such as `R&D`; `-word` excludes. Empty finds
    everything."""
    location: str | None = Field(None, max_length=200, examples=["Berlin", "Portland, OR", "Germany"])
    """A place in words, in any common language. A city means the circle of `radius_km` around it, a country (by name or code of
    two letters) that country; anything else is looked for in the names of places. A part of a country, such as `Scotland`, `Bavaria` or
    `California` or `TX`, means its towns too, and postings that write its code, `San Jose, CA`; an area, such
    as `EU` or `DACH`, means its countries too. `Remote`, which is no place, means remote jobs, and `Remote, Germany` those in Germany;
    a code of two letters is a country's, `LA` is Laos, and a state's only where no country has it or its own stands behind: `CA, USA`."""
    radius_km: float = Field(RADIUS_KM, gt=0, le=500, allow_inf_nan=False, examples=[25])
    """How far around the city that `location` names, in km; without a city it changes nothing."""
    geo: str | None = Field(None, max_length=60, examples=["52.52,13.405,30"])
    """A circle as `latitude,longitude,km`, in degrees and up to 2000 km, in place of `location`."""
    remote: tuple[Workplace, ...] = Field((), max_length=10, examples=[["remote", "hybrid"]])
    """Where the work is done. `none`: on site, or not stated."""
    remote_from: str | None = Field(None, max_length=60, examples=["DE", "Germany", "EU", "California"])
    """A country or area that remote work must be allowed from: `DE` finds postings for Germany, DACH, the EU, Europe, EMEA,
    worldwide, and those that name no place. A part of a country, such as `California`, means its country. Only remote postings, unless `remote` says otherwise: of work on site and hybrid work
    it finds what is in that country or area."""
    company: tuple[_Company, ...] = Field((), max_length=50, examples=[["Northwind"]])
    """Names of companies, as postings have them; for a domain `unknown` tells the name."""
    exclude_company: tuple[_Company, ...] = Field((), max_length=50, examples=[["Globex"]])
    """Names of companies that are left out."""
    job_type: tuple[JobType, ...] = Field((), max_length=20, examples=[["full_time", "contract"]])
    """Kinds of contract."""
    seniority: tuple[Seniority, ...] = Field((), max_length=20, examples=[["senior", "staff"]])
    """Levels, read from the title."""
    skills: tuple[_Skill, ...] = Field((), max_length=20, examples=[["Python", "SQL"]])
    """Skills, all of which must be there, in any common spelling: `golang` is `Go`."""
    salary_min: _Amount | None = Field(None, examples=[70000])
    """The least pay a `salary_period`, in units of `salary_currency`: an hour's may have cents. It is compared with the upper end of what a posting
    states, both by the year; postings that state no pay are left out."""
    salary_currency: _Currency | None = Field(None, examples=["EUR"])
    """ISO 4217. Pay in other currencies is converted at the European Central Bank's reference rates; a currency without a rate is
    compared only with pay in the same one. Left out, the plain numbers are compared, whatever the currency."""
    salary_period: Period = Field(Period.YEAR, examples=["month"])
    """What `salary_min` is paid for; a year is 12 months, 52 weeks, 260 days, 2080 hours."""
    posted_within: int | None = Field(None, ge=1, le=365, examples=[7])
    """Days: posted at most so long ago, to the hour."""
    language: tuple[_Language, ...] = Field((), max_length=20, examples=[["en", "de"]])
    """Languages that postings are written in, ISO 639-1: two letters."""
    sponsorship: bool | None = Field(None, examples=[True])
    """Whether a visa is sponsored, as stated; postings that do not say are left out of either."""
    semantic: bool = Field(False, examples=[True])
    """Whether postings are found too that mean what `q` means in other words. The best forty by words and the forty nearest
    by meaning, but none that is far from it, are told as one list, the best first whatever `sort` says. A sentence tells more than a word does. Phrases and exclusions are about words: with one of
    them, words alone are searched."""
    _storable = field_validator("q", "location")(without_nul)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_not_given(cls, given: object) -> object:
        """As forms send every field that they have."""
        if not isinstance(given, Mapping):
            return given
        values = {name: _without_empty(value) for name, value in given.items()}
        return {name: value for name, value in values.items() if value is not None}

    @field_validator("geo")
    @classmethod
    def _read_geo(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        if info.data.get("location"):
            raise PydanticCustomError("geo", "names a second place; give location or geo, not both")
        _circle(value)
        return value

    @field_validator("remote_from")
    @classmethod
    def _known_area(cls, value: str | None) -> str | None:
        if value and not remote_areas(value):
            near = did_you_mean(near_place(value, countries=True))
            raise PydanticCustomError(
                "remote_from",
                "is no country or area that is known; write for example DE, Germany, EU or Worldwide{near}",
                {"near": near},
            )
        return value or None

    def everything(self) -> "SearchParameters":
        """The search, for who tells all that it finds. Raises InvalidInput for one by meaning, which finds the nearest only."""
        return SearchParameters(**self.model_dump()).whole()


class SearchParameters(SearchFilters):
    """What the address of a search holds: what is looked for, in which order, and which page of it is told."""

    sort: Sort = Field(Sort.RELEVANCE, examples=["date"])
    """`relevance`, `date` (newest first) or `salary` (highest first, compared in euros)."""
    page: int = Field(1, ge=1, le=LAST_PAGE, examples=[2])
    """A page by its number, for people. Programs follow `cursor`."""
    per_page: int = Field(20, ge=1, le=100, examples=[50])
    """Hits a page."""
    cursor: SearchCursorText | None = Field(None, examples=[_CURSOR])
    """`next_cursor` of the page before, with all other parameters as they were, but for `fields` and `facets`. Postings that were seen first after the first page
    was answered stay out, so that new ones do not push others from page to page; one that closes meanwhile does make those
    behind it move up. Null at the end, or after 250 pages."""
    fields: tuple[_HitField, ...] = Field((), max_length=50, examples=[["title", "company", "salary"]])
    """Fields of each hit to answer with; `id` always is. Left out, all of them."""
    facets: tuple[_FacetName, ...] = Field((), max_length=20, examples=[["remote", "company"]])
    """Facets to count. Left out, all of them; `none` counts none, which makes slow searches quicker: for who has no use for them, or
    leafs and was told them with the first page."""

    @field_validator("cursor")
    @classmethod
    def _one_page(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("page", 1) != 1:
            raise PydanticCustomError("cursor", "tells the page by itself; leave page out")
        return value

    @field_validator("facets")
    @classmethod
    def _none_alone(cls, values: tuple[_FacetName, ...]) -> tuple[_FacetName, ...]:
        if "none" in values and len(set(values)) > 1:
            raise PydanticCustomError("facets", "asks for none and for some; leave one of them out")
        return values

    def unpaged(self) -> "SearchParameters":
        """The search alone: what it asks for, without the order, the page, and what is told of its hits."""
        return SearchParameters(**{name: getattr(self, name) for name in SearchFilters.model_fields})

    def whole(self) -> "SearchParameters":
        """The search alone, for who tells all that it finds. Raises InvalidInput for one by meaning, which finds the nearest only."""
        if self.semantic:
            detail = "a search by meaning finds the nearest postings, and this tells all that a search finds"
            raise InvalidInput(detail, where="semantic", hint="leave semantic out")
        return self.unpaged()

    def query(self, now: datetime) -> SearchQuery:
        """The question that these parameters mean at this moment. Raises InvalidInput for the cursor of another question."""
        if self.cursor is None:
            return self._query(now)
        cursor = SearchCursor.read(self.cursor)
        return cursor.page_of(self._query(datetime.fromtimestamp(cursor.seen_by, UTC)))

    def _query(self, now: datetime) -> SearchQuery:
        where = resolve(self.location or "", self.radius_km)
        same = {
            "q",
            "company",
            "exclude_company",
            "job_type",
            "seniority",
            "skills",
            "language",
            "sponsorship",
            "semantic",
        }
        return SearchQuery(
            **self.model_dump(include=same | {"sort", "page", "per_page"}),
            location=where.words,
            part=where.part,
            area=where.area,
            circle=_circle(self.geo) if self.geo else where.circle,
            country=where.country,
            taken_for=where.place,
            remote=self.remote or self._workplace(where),
            remote_from=remote_areas(self.remote_from) if self.remote_from else (),
            salary_min=self._pay_floor(),
            posted_since=self._posted_since(now),
            facets=tuple(facet for facet in self.facets if facet != "none") if self.facets else FACETS,
        )

    def _workplace(self, where: Meaning) -> tuple[Workplace, ...]:
        """What the rest says of how the work is done."""
        if self.remote_from:
            return (Workplace.REMOTE,)
        return (where.workplace,) if where.workplace is not None else ()

    def _pay_floor(self) -> PayFloor | None:
        if self.salary_min is None:
            return None
        yearly = round(self.salary_min * YEARLY_FACTOR[self.salary_period])
        return PayFloor(amount=yearly, currency=self.salary_currency)

    def _posted_since(self, now: datetime) -> int | None:
        """The full hour: a bound that moved with every second would make every answer another one."""
        if self.posted_within is None:
            return None
        since = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=self.posted_within)
        return int(since.timestamp())


def _without_empty(value: object) -> object:
    """None for a value without any letter; a list without such values, and None for one of nothing else."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, (list, tuple)):
        return [each for each in value if not isinstance(each, str) or each.strip()] or None
    return value


def _circle(geo: str) -> Circle:
    """Raises PydanticCustomError for what is no circle: its words go to whoever asked, as they stand."""
    parts = _GEO.fullmatch(geo)
    lat, lon, km = (float(part) for part in parts.groups()) if parts else (0.0, 0.0, 0.0)
    if not (parts and -90 <= lat <= 90 and -180 <= lon <= 180 and 0 < km <= 2_000):
        raise PydanticCustomError("geo", "must be latitude,longitude,km, such as 52.52,13.405,30, with at most 2000 km")
    return Circle(lat=lat, lon=lon, km=km)
