"""Hard filters: what keeps a posting from a candidate, each with its reason. Unknown never hides.

Pay and years are compared for each posting (`services.matching.scoring.kernel`), the rest for each block of postings
(`services.matching.index.blocks`); here is what they mean, in words.
"""

from collections.abc import Callable
from dataclasses import dataclass

from quiethire.domain.matching import Profile
from quiethire.domain.posting import Workplace
from services.matching.factors.salary import told_floor
from services.matching.index.blocks import AUTHORISATION, INEXPERIENCED, LOCATION, UNDERPAID, WORKPLACE
from services.matching.reading.regions import countries_of_place
from services.matching.reasons.view import PostingView

_WORDS = {Workplace.NONE: "on site", Workplace.HYBRID: "hybrid", Workplace.REMOTE: "remote"}


def _salary(profile: Profile, posting: PostingView) -> str:
    floor = f" of {told_floor(profile.salary_floor, posting.paid)}" if profile.salary_floor else ""
    return f"{posting.paid.told} is below the floor{floor}"


def _workplace(profile: Profile, posting: PostingView) -> str:
    accepted = " or ".join(_WORDS[workplace] for workplace in profile.workplaces)
    return f"the work is {_WORDS[posting.block.workplace]}, accepted is {accepted}"


def _location(profile: Profile, posting: PostingView) -> str:
    if posting.block.workplace is Workplace.REMOTE:
        return f"remote only from {_listed(posting.told.areas)}, not from {_listed(profile.countries)}"
    places = _listed(posting.told.places)
    return f"{_WORDS[posting.block.workplace]} in {places}, not in {_listed(_wished(profile))}"


def _wished(profile: Profile) -> tuple[str, ...]:
    """Places, each with its country: there is a Paris in Texas."""
    lying = [(place, countries_of_place(place, profile.countries)) for place in profile.places]
    told = [place if "," in place or len(codes) != 1 else ", ".join((place, *codes)) for place, codes in lying]
    return tuple(told) or profile.countries


def _authorisation(profile: Profile, posting: PostingView) -> str:
    where = _listed(posting.told.countries)
    held = _listed(profile.work_authorisation)
    return f"“{posting.authorisation}”: the work is in {where}, the authorisation is for {held}"


def _years(profile: Profile, posting: PostingView) -> str:
    held = f"{profile.years_experience:g}" if profile.years_experience is not None else "none"
    return f"at least {posting.least:g} years of experience asked, the profile has {held}"


@dataclass(frozen=True)
class Filter:
    """One reason to hide a posting."""

    name: str
    reason: Callable[[Profile, PostingView], str]


FILTERS = {
    UNDERPAID: Filter("salary", _salary),
    WORKPLACE: Filter("workplace", _workplace),
    LOCATION: Filter("location", _location),
    AUTHORISATION: Filter("work_authorisation", _authorisation),
    INEXPERIENCED: Filter("years", _years),
}
"""By their numbers in the engine's loops, in the order in which they are asked: the first that fires gives the reason.

salary: the most that is paid lies below the floor, compared in euros where the currencies differ.
workplace: the way of working is none that the candidate accepts. A posting that names a place and says neither remote
nor hybrid is on site; without a place it is unknown.
location: on-site work in none of the candidate's places, or remote work allowed in none of their countries. A candidate who
names cities works on site in those alone: in the country that is written behind a name, else in one's own where it has such a city. One who
names countries only works anywhere in them. A place whose city is not known may be any of its country, one whose
country is not known any at all.
work_authorisation: the posting asks for one or sponsors none, and the candidate has none for its countries.
years: fewer years of experience than the posting's stated minimum.
"""


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
