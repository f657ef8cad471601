"""What a place in words means to a search, and the places that a beginning may be meant for."""

import pytest

from quiethire.domain.grid import cell
from services.api.search.parts import cells_of, parts
from services.api.search.places import places, remote_areas, resolve
from services.parser.normalise import gazetteer


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("Berlin", 52.5, 13.4),
        ("berlin, germany", 52.5, 13.4),
        ("München", 48.1, 11.6),
        ("Monaco di Baviera", 48.1, 11.6),
        ("Paris, Texas", 33.7, -95.6),
        ("Portland, ME", 43.7, -70.3),
        ("NYC", 40.7, -74.0),
        ("Bay Area", 37.8, -122.4),
        ("New York", 40.7, -74.0),
        ("  London, UK ", 51.5, -0.1),
    ],
)
def test_a_city_is_a_circle_around_it(text, lat, lon):
    meaning = resolve(text, 25)
    assert (meaning.country, meaning.words) == (None, None)
    assert (meaning.circle.lat, meaning.circle.lon) == (pytest.approx(lat, abs=0.06), pytest.approx(lon, abs=0.06))
    assert meaning.circle.km == 25
    assert resolve(text).circle.km == 50


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("DE", "DE"),
        ("de", "DE"),
        ("Estados Unidos", "US"),
        ("Singapore", "SG"),
    ],
)
def test_a_country_is_that_country(text, country):
    assert resolve(text).model_dump(exclude_defaults=True) == {"country": country}


@pytest.mark.parametrize(
    "text",
    ["Silicon Valley", "Berlin or Munich", "Nowhere at all", "*", "<script>", "\x00"],
)
def test_everything_else_stays_words(text):
    assert resolve(text).model_dump(exclude_defaults=True) == {"words": text.strip()}


@pytest.mark.parametrize(("text", "workplace"), [("Remote", "remote"), ("home office", "remote"), ("Hybrid", "hybrid")])
def test_what_is_no_place_may_be_how_the_work_is_done(text, workplace):
    assert resolve(text).model_dump(exclude_defaults=True) == {"workplace": workplace}


@pytest.mark.parametrize(
    ("text", "same", "workplace"),
    [
        ("Remote, Germany", "Germany", "remote"),
        ("remote USA", "USA", "remote"),
        ("New York, remote", "New York", "remote"),
        ("Hybrid Berlin", "Berlin", "hybrid"),
        ("Remote (California)", "California", "remote"),
        ("Scotland (hybrid)", "Scotland", "hybrid"),
        ("Remote Europe", "Europe", "remote"),
    ],
)
def test_a_place_with_a_way_of_working_is_both(text, same, workplace):
    place = resolve(same).model_dump(exclude_defaults=True)
    assert resolve(text).model_dump(exclude_defaults=True) == {**place, "workplace": workplace}


@pytest.mark.parametrize(
    ("text", "words", "region", "inside", "outside"),
    [
        ("California", "California", "US-CA", "Fresno, CA", "Reno, NV"),
        ("texas, USA", "texas", "US-TX", "Austin, TX", "Tulsa, OK"),
        ("Washington", "Washington", "US-WA", "Seattle, WA", "Washington, DC"),
        ("British Columbia, Canada", "British Columbia", "CA-BC", "Victoria, Canada", "Calgary, Canada"),
        ("Virginia", "Virginia", "US-VA", "Richmond, VA", "Charleston, WV"),
        ("ontario", "ontario", "CA-ON", "Ottawa, Canada", "Gatineau, Canada"),
        ("Quebec", "Quebec", "CA-QC", "Gatineau, Canada", "Ottawa, Canada"),
        ("Scotland", "Scotland", None, "Aberdeen, UK", "Newcastle upon Tyne, UK"),
        ("Wales, UK", "Wales", None, "Swansea, UK", "Bristol, UK"),
        ("northern ireland", "northern ireland", None, "Belfast, UK", "Dublin, Ireland"),
        ("Bayern", "Bayern", None, "Nürnberg, Germany", "Stuttgart, Germany"),
        ("Bavaria, Germany", "Bavaria", None, "München", "Salzburg, Austria"),
        ("Île de France", "Île de France", None, "Versailles, France", "Lyon, France"),
        ("Noord-Holland", "Noord-Holland", None, "Haarlem, Netherlands", "Utrecht, Netherlands"),
    ],
)
def test_a_part_of_a_country_is_words_its_towns_and_the_code_that_stands_for_it(text, words, region, inside, outside):
    meaning = resolve(text)
    assert meaning.model_dump(exclude_defaults=True, exclude={"cells"}) == {"words": words} | (
        {"region": region} if region else {}
    )
    for town, lies_there in ((inside, True), (outside, False)):
        circle = resolve(town).circle
        assert (cell(circle.lat, circle.lon) in meaning.cells) is lies_there


@pytest.mark.parametrize("text", ["Salzburg", "New York", "Hamburg", "Utrecht", "Zürich", "Valencia"])
def test_a_part_of_a_country_with_the_name_of_a_city_is_that_city(text):
    assert resolve(text).circle is not None


@pytest.mark.parametrize(
    "text", ["Silicon Valley", "Nowhere at all", "Germany", "GB", "Bavaria, France", "California, MD"]
)
def test_what_is_no_part_of_a_country_has_no_towns(text):
    assert resolve(text).cells == ()


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [("Europe", "GB", "US"), ("EU", "DE", "GB"), ("dach", "CH", "FR"), ("LATAM", "BR", "US"), ("Nordics", "FI", "DE")],
)
def test_an_area_is_words_and_its_countries(text, inside, outside):
    meaning = resolve(text)
    assert meaning.model_dump(exclude_defaults=True, exclude={"area"}) == {"words": text}
    assert inside in meaning.area
    assert outside not in meaning.area


def test_what_leaves_nothing_out_narrows_by_its_word_alone():
    assert resolve("Worldwide").model_dump(exclude_defaults=True) == {"words": "Worldwide"}


@pytest.mark.parametrize("text", ["", "   "])
def test_no_place_means_nothing(text):
    assert resolve(text).model_dump(exclude_defaults=True) == {}


def test_a_country_may_be_worked_from_wherever_it_belongs_to():
    areas = remote_areas("Germany")
    assert areas[0] == "DE"
    assert {"DACH", "EU", "EEA", "Europe", "EMEA", "Worldwide"} <= set(areas)
    assert not {"Nordics", "APAC", "LATAM", "Americas", "FR"} & set(areas)
    assert areas == remote_areas("de") == remote_areas("Deutschland")


@pytest.mark.parametrize(
    ("area", "allowed", "refused"),
    [
        ("EU", {"EU", "EEA", "Europe", "Worldwide"}, {"DE", "DACH", "Western Europe"}),
        ("dach", {"DACH", "Europe"}, {"EU", "DE"}),
        ("US", {"US", "North America", "Americas"}, {"LATAM", "Europe"}),
        ("GB", {"GB", "Europe", "EMEA"}, {"EU", "EEA"}),
        ("Brazil", {"BR", "LATAM", "South America"}, {"North America"}),
        ("weltweit", {"Worldwide"}, {"Europe"}),
    ],
)
def test_an_area_may_be_worked_from_where_all_of_it_may(area, allowed, refused):
    areas = set(remote_areas(area))
    assert allowed <= areas
    assert not refused & areas


def test_every_area_that_postings_are_read_to_allow_holds_itself():
    assert {area for area in set(gazetteer.AREAS.values()) if area not in remote_areas(area)} == set()


def test_what_is_no_country_or_area_is_nowhere():
    assert remote_areas("Nowhere") == ()


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("ber", "Berlin, Germany"),
        ("BERLIN", "Berlin, Germany"),
        ("münch", "Munich, Germany"),
        ("wien", "Vienna, Austria"),
        ("san f", "San Francisco, CA"),
        ("deut", "Germany"),
        ("singap", "Singapore"),
        ("portl", "Portland, OR"),
        ("scotl", "Scotland, United Kingdom"),
        ("bayer", "Bavaria, Germany"),
        ("califo", "California, United States"),
    ],
)
def test_a_beginning_suggests_the_largest_place_under_any_name(prefix, name):
    assert places(prefix)[0][0].name == name


@pytest.mark.parametrize("prefix", ["berlni", "berlim", "bberlin", "berln", "ebrlin"])
def test_a_typo_is_forgiven(prefix):
    assert places(prefix)[0][0].name == "Berlin, Germany"


@pytest.mark.parametrize("prefix", ["", " ", "qqq", "zzzzzzzz", "\x00", "日本国日本国"])
def test_what_begins_no_place_suggests_none(prefix):
    assert places(prefix) == []


def test_places_with_postings_come_first():
    counts = {("Bergen", "NO"): 3, ("Berlin", "DE"): 1, (None, "DE"): 9}
    told = [(place.name, count) for place, count in places("ber", counts)[:3]]
    assert told[:2] == [("Bergen, Norway", 3), ("Berlin, Germany", 1)]
    assert [(place.city, count) for place, count in places("germany", counts)[:1]] == [(None, 9)]


def test_a_suggested_place_is_understood_as_that_place():
    for prefix in ("ber", "lon", "par", "san", "new", "mad", "port", "springf"):
        for place, _ in places(prefix)[:8]:
            meaning = resolve(place.name)
            if place.part is not None:
                assert meaning.cells, place.name
            elif place.city is None:
                assert meaning.country == place.country, place.name
            else:
                assert meaning.circle is not None, place.name


def test_every_part_of_a_country_is_suggested_by_each_of_its_names_and_understood_as_itself():
    for name, part in parts().items():
        suggested = next(place for place, _ in places(name) if place.part == part)
        meaning = resolve(suggested.name)
        assert meaning.words == part.name
        assert meaning.cells == cells_of(part) != ()


def test_a_part_of_a_country_counts_the_postings_of_its_towns():
    counts = {("Glasgow", "GB"): 3, ("Edinburgh", "GB"): 4, ("London", "GB"): 9, ("Glasgow", "US"): 1, (None, "GB"): 50}
    assert [(place.name, count) for place, count in places("scotland", counts)] == [("Scotland, United Kingdom", 7)]
    assert places("united kingdom", counts)[0][1] == 50
