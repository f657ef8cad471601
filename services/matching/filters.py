"""Hard filters: what keeps a posting from a candidate, each with its reason. Unknown never hides."""

from typing import Protocol

import numpy as np

from quiethire.domain.matching import Profile
from quiethire.domain.posting import Location, Workplace
from services.matching.factors.salary import pay, same_currency, yearly
from services.matching.matrix import Places, PostingMatrix
from services.matching.regions import countries_of
from services.matching.sparse import Bools
from services.matching.text import name_key

_WORDS = {Workplace.NONE: "on site", Workplace.HYBRID: "hybrid", Workplace.REMOTE: "remote"}


class Filter(Protocol):
    """One reason to hide a posting, decided for all postings at once and told for one."""

    @property
    def name(self) -> str:
        """The name in results."""
        ...

    def hides(self, profile: Profile, matrix: PostingMatrix) -> Bools:
        """True for each row that the filter hides."""
        ...

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int) -> str:
        """Why a row is hidden."""
        ...


class SalaryFilter:
    """The most that is paid lies below the floor, in the same currency."""

    name = "salary"

    def hides(self, profile: Profile, matrix: PostingMatrix) -> Bools:
        """Rows that pay less."""
        floor = profile.salary_floor
        if floor is None:
            return np.zeros(len(matrix), np.bool_)
        return same_currency(floor, matrix) & (matrix.pay_high < yearly(floor))

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int) -> str:
        """Both figures, a year."""
        floor = f" of {yearly(profile.salary_floor):,}" if profile.salary_floor else ""
        return f"{pay(matrix, row)} is below the floor{floor}"


class WorkplaceFilter:
    """The way of working is none that the candidate accepts.

    A posting that names a place and says neither remote nor hybrid is on site; without a place it is unknown.
    """

    name = "workplace"

    def hides(self, profile: Profile, matrix: PostingMatrix) -> Bools:
        """Rows whose workplace is not accepted."""
        if not profile.workplaces:
            return np.zeros(len(matrix), np.bool_)
        refused = ~np.isin(matrix.workplaces, [workplace.value for workplace in profile.workplaces])
        known: Bools = (matrix.workplaces != Workplace.NONE.value) | matrix.named
        return refused & known

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int) -> str:
        """What it is, and what would do."""
        accepted = " or ".join(_WORDS[workplace] for workplace in profile.workplaces)
        return f"the work is {_WORDS[matrix.postings[row].remote]}, accepted is {accepted}"


class LocationFilter:
    """On-site work in none of the candidate's places, or remote work allowed in none of their countries.

    A candidate who names cities works on site in those alone, one who names countries only, anywhere in them. A place
    whose city (or country) is not known may be any, and never hides.
    """

    name = "location"

    def hides(self, profile: Profile, matrix: PostingMatrix) -> Bools:
        """Rows out of reach."""
        near = matrix.any_row(matrix.places.rows, _within_reach(profile, matrix.places))
        elsewhere = matrix.on_site & matrix.named & ~near
        areas = matrix.remote_areas
        restricted = matrix.any_row(areas.rows, np.ones(len(areas.rows), np.bool_))
        allowed = matrix.any_row(areas.rows, _in_countries(profile.countries, areas))
        return elsewhere | (matrix.remote & restricted & ~allowed)

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int) -> str:
        """Where the work is, and where it would have to be."""
        posting = matrix.postings[row]
        if posting.remote is Workplace.REMOTE:
            return f"remote only from {_listed(posting.remote_allowed_in)}, not from {_listed(profile.countries)}"
        places = _listed(tuple(_place(location) for location in posting.locations))
        return f"{_WORDS[posting.remote]} in {places}, not in {_listed(profile.places or profile.countries)}"


class AuthorisationFilter:
    """The posting asks for a work authorisation or sponsors none, and the candidate has none for its countries."""

    name = "work_authorisation"

    def hides(self, profile: Profile, matrix: PostingMatrix) -> Bools:
        """Rows that may not be taken. A row with a country that is not known may be taken."""
        if not profile.work_authorisation:
            return np.zeros(len(matrix), np.bool_)
        possible = np.zeros(len(matrix), np.bool_)
        somewhere = np.zeros(len(matrix), np.bool_)
        for places in (matrix.places, matrix.remote_areas):
            possible |= matrix.any_row(places.rows, _in_countries(profile.work_authorisation, places))
            somewhere |= matrix.any_row(places.rows, np.ones(len(places.rows), np.bool_))
        return matrix.asks_authorisation & somewhere & ~possible

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int) -> str:
        """The words of the posting, and where the candidate may work."""
        posting = matrix.postings[row]
        countries = tuple(dict.fromkeys(place.country for place in posting.locations if place.country))
        where = _listed(countries or posting.remote_allowed_in)
        words = matrix.statements[row].authorisation
        return f"“{words}”: the work is in {where}, the authorisation is for {_listed(profile.work_authorisation)}"


class YearsFilter:
    """Fewer years of experience than the posting's stated minimum."""

    name = "years"

    def hides(self, profile: Profile, matrix: PostingMatrix) -> Bools:
        """Rows that ask for more, as a minimum."""
        if profile.years_experience is None:
            return np.zeros(len(matrix), np.bool_)
        return matrix.years_least > profile.years_experience

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int) -> str:
        """Both figures."""
        return f"at least {matrix.years_least[row]:g} years of experience asked, the profile has {profile.years_experience:g}"


FILTERS: tuple[Filter, ...] = (
    SalaryFilter(),
    WorkplaceFilter(),
    LocationFilter(),
    AuthorisationFilter(),
    YearsFilter(),
)


def _within_reach(profile: Profile, places: Places) -> Bools:
    """Which of these places a candidate may work at on site, as far as is known."""
    if not profile.places:
        return _in_countries(profile.countries, places)
    cities = [name_key(place.split(",")[0]) for place in profile.places]
    near: Bools = np.isin(places.cities, cities) | (places.cities == "")
    return near


def _in_countries(areas: tuple[str, ...], places: Places) -> Bools:
    """Which of these places lie in one of the areas, or may; without an understood area, all may."""
    understood = [countries_of(area) for area in areas]
    if not all(understood):
        return np.ones(len(places.rows), np.bool_)
    codes = sorted(frozenset[str]().union(*understood))
    if not codes:
        return np.ones(len(places.rows), np.bool_)
    within: Bools = np.isin(places.countries, codes) | (places.countries == "")
    return within


def _place(location: Location) -> str:
    return ", ".join(part for part in (location.city, location.country) if part) or location.name


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
