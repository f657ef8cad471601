"""What a place in words means to a search, and the places that a beginning may be meant for."""

import pytest

from quiethire.domain.grid import cell
from services.api.search.parts import meant_by, parts
from services.api.search.places import places, remote_areas, resolve
from services.parser.normalise import gazetteer
from services.parser.normalise.location import parse_locations


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
        # As people type, without capitals or without the comma.
        ("paris, tx", 33.7, -95.6),
        ("Paris,tx", 33.7, -95.6),
        ("paris fr", 48.9, 2.3),
        ("portland, me", 43.7, -70.3),
        ("Portland Maine", 43.7, -70.3),
        ("springfield il", 39.8, -89.6),
        ("london on", 43.0, -81.2),
        ("london uk", 51.5, -0.1),
        ("cambridge united kingdom", 52.2, 0.1),
        ("san jose, cr", 9.9, -84.1),
        ("san jose costa rica", 9.9, -84.1),
        ("kansas city ks", 39.1, -94.6),
        ("mexico city", 19.4, -99.1),
        ("port of spain", 10.7, -61.5),
        ("hybrid austin tx", 30.3, -97.7),
        ("springfield il usa", 39.8, -89.6),
        ("springfield, il, usa", 39.8, -89.6),
    ],
)
def test_a_city_is_a_circle_around_it(text, lat, lon):
    meaning = resolve(text, 25)
    assert (meaning.country, meaning.words, meaning.part) == (None, None, None)
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
    assert resolve(text).model_dump(exclude_defaults=True, exclude={"place"}) == {"country": country}


@pytest.mark.parametrize(
    "text",
    [
        "Silicon Valley",
        "silicon valley",
        "Berlin or Munich",
        "berlin or munich",
        "germany berlin",
        "nowhere, tx",
        "santa clara county",
        "st petersburg fl",
        "silicon alley",
        "dresden oh",
        "university of oxford",
        "berlin munich",
        "a " * 100,
        "Nowhere at all",
        "*",
        "<script>",
        "\x00",
    ],
)
def test_everything_else_stays_words(text):
    assert resolve(text).model_dump(exclude_defaults=True) == {"words": text.strip()}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Springfield", "Springfield, MO"),
        ("springfield, il", "Springfield, IL"),
        ("Mailand", "Milan, Italy"),
        ("Remote, DE", "Germany"),
        ("Bayern", "Bavaria, Germany"),
        ("bavaria germany", "Bavaria, Germany"),
        ("texas usa", "Texas, United States"),
        ("TX", "Texas, United States"),
        ("NY", "New York State, United States"),
        ("TX, USA", "Texas, United States"),
        ("CA, USA", "California, United States"),
        ("ON, Canada", "Ontario, Canada"),
        ("CA", "Canada"),
        ("LA", "Laos"),
        ("in usa", "United States"),
        ("Europäische Union", "EU"),
        ("America", "Americas"),
        ("Silicon Valley", None),
        ("Remote", None),
    ],
)
def test_it_is_told_which_place_is_meant(text, place):
    assert resolve(text).place == place


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
    ("text", "country", "words", "inside", "outside"),
    [
        ("California", "US", ("California", "California State"), "Fresno, CA", "Reno, NV"),
        ("texas, USA", "US", ("Texas", "Texas State"), "Austin, TX", "Tulsa, OK"),
        ("Washington", "US", ("Washington State",), "Seattle, WA", "Washington, DC"),
        ("New York State", "US", ("New York State",), "Buffalo, NY", "Newark, NJ"),
        ("Virginia", "US", (), "Richmond, VA", "Charleston, WV"),
        ("Kansas", "US", ("Kansas State",), "Wichita, KS", "Kansas City, MO"),
        ("British Columbia, Canada", "CA", ("British Columbia",), "Victoria, Canada", "Calgary, Canada"),
        ("ontario", "CA", ("Ontario",), "Ottawa, Canada", "Gatineau, Canada"),
        ("Scotland", "GB", None, "Aberdeen, UK", "Newcastle upon Tyne, UK"),
        ("Wales, UK", "GB", None, "Swansea, UK", "Bristol, UK"),
        ("UK, Wales", "GB", None, "Swansea, UK", "Bristol, UK"),
        ("Bayern", "DE", None, "Nürnberg, Germany", "Stuttgart, Germany"),
        ("Bavaria, DE", "DE", None, "München", "Salzburg, Austria"),
        ("Saxony", "DE", None, "Dresden, Germany", "Hannover, Germany"),
        ("Île de France", "FR", ("Île-de-France",), "Versailles, France", "Lyon, France"),
        ("Scotland (UK)", "GB", None, "Aberdeen, UK", "London, UK"),
        ("USA - California", "US", None, "Fresno, CA", "Reno, NV"),
        ("Santa Catarina, BR", "BR", None, "Joinville, Brazil", "Curitiba, Brazil"),
        ("Florida, United States of America", "US", None, "Miami, FL", "Atlanta, GA"),
        ("Victoria", "AU", ("Victoria", "VIC"), "Geelong, Australia", "Sydney, Australia"),
    ],
)
def test_a_part_of_a_country_is_its_towns_its_names_and_its_code(text, country, words, inside, outside):
    part = resolve(text).part
    assert resolve(text).model_dump(exclude_defaults=True, exclude={"part", "place"}) == {}
    assert part.country == country
    assert words is None or part.words == words
    for town, lies_there in ((inside, True), (outside, False)):
        circle = resolve(town).circle
        assert (cell(circle.lat, circle.lon) in part.cells) is lies_there


def test_states_and_provinces_have_the_codes_that_postings_are_read_with():
    for text, place in (("Oregon", "Sisters, OR"), ("Louisiana", "Remote, LA"), ("Ontario", "Toronto, ON")):
        part, [read] = resolve(text).part, parse_locations([place]).locations
        assert (part.country, part.code) == (read.country, read.region)
    assert resolve("Scotland").part.code is None


def test_a_name_within_that_of_another_part_is_looked_for_whole():
    assert {"Saxony", "Saxony, germany", "Sachsen", "Sachsen, deutschland", "Sachsen, DE"} <= set(
        resolve("Sachsen").part.names
    )
    assert {"Washington", "Washington, usa", "united states, Washington"} <= set(resolve("Washington").part.names)
    assert resolve("Bavaria").part.names == ()


def test_a_name_that_puts_a_posting_in_no_country_is_looked_for_in_any():
    bavaria, england = resolve("Bavaria").part, resolve("England").part
    assert "Bayern" in bavaria.words
    assert "Bawaria" in bavaria.own_words
    assert {"England", "kent", "greater london"} <= set(england.words)
    assert not {"fife", "powys", "county antrim"} & set(england.words)
    assert "fife" in resolve("Scotland").part.words
    for part in parts():
        for word in (*meant_by(part).words, *meant_by(part).own_words):
            read = parse_locations((word,)).locations
            lies_there = len(read) == 1 and read[0].country == part.country
            assert lies_there or word == part.code or word in meant_by(part).own_words, word


@pytest.mark.parametrize(
    "text",
    [
        *("Bavaria, Munich", "England, London", "NRW, Köln", "California, San Francisco", "Texas, Austin"),
        *("Quebec, QC", "Québec, Canada", "Ontario, CA", "Washington, DC", "Victoria, BC"),
    ],
)
def test_a_city_beside_its_part_of_the_country_is_the_city(text):
    assert resolve(text).circle is not None


@pytest.mark.parametrize("text", ["Salzburg", "New York", "Hamburg", "Utrecht", "Zürich", "Valencia"])
def test_a_part_of_a_country_with_the_name_of_a_city_is_that_city(text):
    assert resolve(text).circle is not None


@pytest.mark.parametrize(
    "text",
    [
        "Silicon Valley",
        "Nowhere at all",
        "Germany",
        "GB",
        "Bavaria, France",
        "California, MD",
        "Georgia, Tbilisi",
        "England, Scotland",
        "Wales, England",
    ],
)
def test_what_is_no_part_of_a_country_has_no_towns(text):
    assert resolve(text).part is None


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("Europe", "GB", "US"),
        ("EU", "DE", "GB"),
        ("dach", "CH", "FR"),
        ("LATAM", "BR", "US"),
        ("Nordics", "FI", "DE"),
        ("Union européenne", "FR", "US"),
    ],
)
def test_an_area_is_words_and_its_countries(text, inside, outside):
    meaning = resolve(text)
    assert meaning.model_dump(exclude_defaults=True, exclude={"area", "place"}) == {"words": text}
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


@pytest.mark.parametrize(
    ("part", "country"),
    [
        ("California", "US"),
        ("TX", "US"),
        ("CA, USA", "US"),
        ("Texas, United States", "US"),
        ("Bayern", "DE"),
        ("Scotland", "GB"),
        ("Ontario", "CA"),
        ("CA", "CA"),
    ],
)
def test_a_part_of_a_country_may_be_worked_from_where_the_country_may(part, country):
    assert remote_areas(part) == remote_areas(country)


@pytest.mark.parametrize("text", ["Nowhere", "Berlin", "New York", "Remote"])
def test_what_is_no_country_or_area_is_nowhere(text):
    assert remote_areas(text) == ()


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("ber", "Berlin, Germany"),
        ("BERLIN", "Berlin, Germany"),
        ("münch", "Munich, Germany"),
        ("wien", "Vienna, Austria"),
        ("l'hosp", "L'Hospitalet de Llobregat, Spain"),
        ("l’hosp", "L'Hospitalet de Llobregat, Spain"),
        ("côte d’iv", "Ivory Coast"),
        ("eest", "Estonia"),
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
                assert meaning.part == meant_by(place.part), place.name
            elif place.city is None:
                assert meaning.country == place.country, place.name
            else:
                assert meaning.circle is not None, place.name


def test_every_part_of_a_country_is_suggested_by_each_of_its_names_and_understood_as_itself():
    suggested = [(part, name) for part in parts() if part.names[0] != "Quebec" for name in part.names]
    assert len(suggested) > 250
    for part, name in suggested:
        place = next(place for place, _ in places(name) if place.part == part)
        assert resolve(place.name).part == meant_by(part) == resolve(name).part
        assert meant_by(part).cells


def test_a_part_of_a_country_counts_the_postings_of_its_towns():
    counts = {("Glasgow", "GB"): 3, ("Edinburgh", "GB"): 4, ("London", "GB"): 9, ("Glasgow", "US"): 1, (None, "GB"): 50}
    assert [(place.name, count) for place, count in places("scotland", counts)] == [("Scotland, United Kingdom", 7)]
    portland = {("Portland", "US"): 5}
    assert [count for place, count in places("maine", portland) if place.part] == [0]
    assert [count for place, count in places("oregon", portland) if place.part] == [5]
    assert places("united kingdom", counts)[0][1] == 50
