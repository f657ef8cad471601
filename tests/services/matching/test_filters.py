import pytest
from matching_examples import BERLIN, CANDIDATE, posting, profile

from quiethire.domain.matching import Hidden, Profile, SalaryFloor
from quiethire.domain.posting import JobPosting, Location, Period, Salary, Workplace
from services.matching.engine import PostingIndex, match

LYON = Location(name="Lyon", city="Lyon", country="FR")
EUR_50K = Salary(min=40_000, max=50_000, currency="EUR", period=Period.YEAR)
NO_VISA = "We are unable to sponsor visas for this role."


def hidden(person: Profile, job: JobPosting) -> Hidden | None:
    result = match(CANDIDATE, [person], PostingIndex.build([job]), floor=0)
    assert len(result.matches) + len(result.hidden) == 1
    return result.hidden[0] if result.hidden else None


@pytest.mark.parametrize(
    ("person", "job", "name", "reason"),
    [
        (
            profile(salary_floor=SalaryFloor(amount=60_000, currency="EUR")), posting(salary=EUR_50K),
            "salary", "pay of 40,000–50,000 EUR a year is below the floor of 60,000",
        ),
        (
            profile(salary_floor=SalaryFloor(amount=50, currency="EUR", period=Period.HOUR)), posting(salary=EUR_50K),
            "salary", "pay of 40,000–50,000 EUR a year is below the floor of 104,000",
        ),
        (
            profile(workplaces=(Workplace.REMOTE,)), posting(locations=(BERLIN,)),
            "workplace", "the work is on site, accepted is remote",
        ),
        (
            profile(workplaces=(Workplace.NONE, Workplace.HYBRID)), posting(remote=Workplace.REMOTE),
            "workplace", "the work is remote, accepted is on site or hybrid",
        ),
        (
            profile(places=("Lyon",), countries=("DE",)), posting(locations=(BERLIN,), remote=Workplace.HYBRID),
            "location", "hybrid in Berlin, DE, not in Lyon, FR",
        ),
        (profile(countries=("FR",)), posting(locations=(BERLIN,)), "location", "on site in Berlin, DE, not in FR"),
        (
            profile(countries=("PT",)), posting(remote=Workplace.REMOTE, remote_allowed_in=("Germany", "US")),
            "location", "remote only from Germany, US, not from PT",
        ),
        (
            profile(work_authorisation=("FR",)), posting(locations=(BERLIN,), description_text=NO_VISA),
            "work_authorisation", "“unable to sponsor”: the work is in DE, the authorisation is for FR",
        ),
        (
            profile(years_experience=3), posting(requirements=("5+ years of experience",)),
            "years", "at least 5 years of experience asked, the profile has 3",
        ),
    ],
)  # fmt: skip
def test_a_filter_hides_and_says_why(person, job, name, reason):
    found = hidden(person, job)
    assert found is not None
    assert (found.filter, found.reason) == (name, reason)


FLOOR = profile(salary_floor=SalaryFloor(amount=60_000, currency="EUR"))


@pytest.mark.parametrize(
    ("person", "job"),
    [
        pytest.param(FLOOR, posting(), id="no pay stated"),
        pytest.param(
            FLOOR, posting(salary=EUR_50K.model_copy(update={"currency": "XXX"})), id="a currency without a rate"
        ),
        pytest.param(FLOOR, posting(salary=EUR_50K.model_copy(update={"max": None})), id="no upper end"),
        pytest.param(FLOOR, posting(salary=EUR_50K.model_copy(update={"max": 60_000})), id="ceiling at the floor"),
        pytest.param(profile(), posting(salary=EUR_50K), id="no floor"),
        pytest.param(profile(workplaces=(Workplace.REMOTE,)), posting(), id="no place, so not known to be on site"),
        pytest.param(profile(), posting(remote=Workplace.HYBRID, locations=(BERLIN,)), id="nothing said of places"),
        pytest.param(profile(places=("berlin, Germany",)), posting(locations=(LYON, BERLIN)), id="one place of two"),
        pytest.param(
            profile(places=("Köln",)), posting(locations=(Location(name="KOELN", city="Koln"),)), id="accents"
        ),
        pytest.param(
            profile(places=("Lyon",)), posting(locations=(Location(name="France", country="FR"),)), id="no city"
        ),
        pytest.param(profile(countries=("FR",)), posting(locations=(Location(name="HQ"),)), id="no country"),
        pytest.param(profile(places=("Lyon",)), posting(remote=Workplace.HYBRID), id="hybrid without a place"),
        pytest.param(profile(countries=("PT",)), posting(remote=Workplace.REMOTE), id="remote from anywhere"),
        pytest.param(
            profile(countries=("PT",)), posting(remote=Workplace.REMOTE, remote_allowed_in=("EU",)), id="within the EU"
        ),
        pytest.param(
            profile(countries=("PT",)),
            posting(remote=Workplace.REMOTE, remote_allowed_in=("US", "CET ± 2 h")),
            id="an area that is not understood",
        ),
        pytest.param(profile(), posting(remote=Workplace.REMOTE, remote_allowed_in=("US",)), id="no country of ours"),
        pytest.param(
            profile(work_authorisation=("FR",)), posting(locations=(BERLIN,)), id="nothing said of authorisation"
        ),
        pytest.param(
            profile(), posting(locations=(BERLIN,), description_text=NO_VISA), id="authorisation not stated by us"
        ),
        pytest.param(
            profile(work_authorisation=("EU",)), posting(locations=(BERLIN,), description_text=NO_VISA), id="authorised"
        ),
        pytest.param(
            profile(work_authorisation=("FR",)),
            posting(locations=(Location(name="HQ"),), description_text=NO_VISA),
            id="country of the work not known",
        ),
        pytest.param(profile(years_experience=3), posting(requirements=("5 years of experience",)), id="no minimum"),
        pytest.param(profile(), posting(requirements=("5+ years of experience",)), id="years not stated by us"),
        pytest.param(profile(years_experience=5), posting(requirements=("5+ years of experience",)), id="just enough"),
    ],
)
def test_what_is_unknown_or_fits_never_hides(person, job):
    assert hidden(person, job) is None


def test_pay_in_another_currency_is_compared_with_the_floor():
    found = hidden(FLOOR, posting(salary=EUR_50K.model_copy(update={"currency": "JPY"})))
    assert found is not None
    assert found.filter == "salary"
    assert found.reason.startswith("pay of 40,000–50,000 JPY a year is below the floor of 60,000 EUR, about ")


def test_a_field_that_refuses_sponsorship_asks_for_an_authorisation():
    found = hidden(profile(work_authorisation=("FR",)), posting(locations=(BERLIN,), visa_sponsorship=False))
    assert found is not None
    assert found.reason == "“no visa sponsorship”: the work is in DE, the authorisation is for FR"


def test_a_field_that_offers_sponsorship_overrules_the_words():
    job = posting(locations=(BERLIN,), description_text=NO_VISA, visa_sponsorship=True)
    assert hidden(profile(work_authorisation=("FR",)), job) is None


def test_the_first_filter_that_fires_gives_the_reason():
    person = profile(salary_floor=SalaryFloor(amount=60_000, currency="EUR"), countries=("FR",))
    found = hidden(person, posting(salary=EUR_50K, locations=(BERLIN,)))
    assert found is not None
    assert found.filter == "salary"


PARIS, TEXAS = (Location(name="Paris", city="Paris", country=country) for country in ("FR", "US"))


@pytest.mark.parametrize(
    ("place", "lives_in", "near", "far"),
    [
        ("Paris", ("FR",), [PARIS], [TEXAS, Location(name="United States", country="US")]),
        ("Paris, TX", ("FR",), [TEXAS], [PARIS]),
        ("Paris, France", (), [PARIS, Location(name="France", country="FR")], [TEXAS]),
        ("Paris", (), [PARIS, TEXAS], [BERLIN]),
        ("Paris", ("DE",), [PARIS, TEXAS, Location(name="Paris", city="Paris")], [BERLIN]),
        ("Berlin, DE", ("DE",), [BERLIN, Location(name="HQ")], [Location(name="United States", country="US")]),
        ("Hintertupfing", ("DE",), [Location(name="Germany", country="DE")], [LYON, TEXAS]),
        ("Hintertupfing", (), [Location(name="Germany", country="DE")], [LYON]),
    ],
)
def test_a_place_is_in_the_country_that_is_written_or_else_in_ones_own(place, lives_in, near, far):
    person = profile(places=(place,), countries=lives_in)
    assert [hidden(person, posting(locations=(each,))) for each in near] == [None] * len(near)
    assert [hidden(person, posting(locations=(each,))).filter for each in far] == ["location"] * len(far)


@pytest.mark.parametrize(
    ("place", "own", "city", "country"),
    [
        ("München", ("DE",), "Munich", "DE"),
        ("Wien", (), "Vienna", "AT"),
        ("Warszawa", ("PL",), "Warsaw", "PL"),
        ("Genève", ("CH",), "Geneva", "CH"),
        ("NYC", ("US",), "New York City", "US"),
        ("New York, NY", (), "New York City", "US"),
        ("Bangalore", ("IN",), "Bengaluru", "IN"),
        ("Frankfurt", ("DE",), "Frankfurt am Main", "DE"),
        ("San Francisco Bay Area", ("US",), "San Francisco", "US"),
        ("Greater London", ("GB",), "London", "GB"),
        ("Greater Noida", ("IN",), "Greater Noida", "IN"),
    ],
)
def test_a_city_is_the_same_under_whatever_name_it_is_known(place, own, city, country):
    person = profile(places=(place,), countries=own)
    there = posting(locations=(Location(name=f"{city}, {country}", city=city, country=country),))
    assert hidden(person, there) is None
    assert hidden(person, posting(locations=(Location(name=city, city=city, country="NZ"),))) is not None
    assert hidden(person, posting(locations=(LYON,))) is not None
