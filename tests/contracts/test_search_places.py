"""One contract for where the work is: circles, countries, their parts and areas of several."""

from asked_index import counted, found, holds

from quiethire.domain.grid import cell

BERLIN, POTSDAM, PARIS = (52.52, 13.405), (52.396, 13.058), (48.857, 2.352)


async def test_places_are_found_by_circle_and_by_country(index):
    await holds(
        index,
        {"geopoint": (BERLIN,), "countries": ("DE",)},
        {"geopoint": (PARIS, POTSDAM), "countries": ("FR", "DE")},
        {"countries": ("FR",)},
        {},
    )
    around = {"lat": BERLIN[0], "lon": BERLIN[1]}
    assert await found(index, circle=around | {"km": 10}) == [1]
    assert await found(index, circle=around | {"km": 40}) == [1, 2]
    assert await found(index, circle=around | {"km": 2_000}) == [1, 2]
    assert await found(index, country="FR") == [2, 3]
    assert (await counted(index, circle=around | {"km": 40}))["location"] == {"Berlin, Germany": 2}


async def test_a_circle_goes_on_beyond_the_date_line(index):
    await holds(
        index, {"geopoint": ((-16.8, -179.98),)}, {"geopoint": ((-16.8, 179.98),)}, {"geopoint": ((-16.8, 0.0),)}
    )
    for lon in (179.95, -179.95):
        assert await found(index, circle={"lat": -16.8, "lon": lon, "km": 30}) == [1, 2]


async def test_a_part_of_a_country_is_found_by_its_names_and_by_its_code_in_its_country(index):
    await holds(
        index,
        {"location": ("Fresno, California",), "countries": ("US",)},
        {"location": ("San Jose, CA",), "countries": ("US",), "regions": ("US-NV", "US-CA")},
        {"location": ("Chicago, IL",), "countries": ("US",), "regions": ("US-IL",)},
        {"location": ("Toronto, CA", "Boston, MA"), "countries": ("CA", "US"), "regions": ("CA-ON", "US-MA")},
        {"location": ("Cagliari",), "countries": ("IT",)},
        {"location": ("Remote, Kalifornien",)},
    )
    california = {"country": "US", "words": ("California",), "code": "CA", "own_words": ("Kalifornien",), "cells": ()}
    assert await found(index, part=california) == [1, 2, 6]
    assert await found(index, part=california, remote=("none",), q="engineer") == [1, 2, 6]
    assert await found(index, location="California") == [1]


async def test_a_part_of_a_country_is_found_by_its_towns(index):
    await holds(
        index,
        {"location": ("Perth",), "countries": ("GB",), "geopoint": ((56.39522, -3.43139),)},
        {"location": ("Perth",), "countries": ("AU",), "geopoint": ((-31.95224, 115.8614),)},
        {"location": ("Remote, Scotland",), "countries": ("GB",)},
        {"location": ("London", "Aberdeen"), "geopoint": ((51.50853, -0.12574), (57.14369, -2.09814))},
        {"location": ("London",), "countries": ("GB",), "geopoint": ((51.50853, -0.12574),)},
        {"location": ("Scotland, Ontario",), "countries": ("CA",)},
    )
    towns = tuple(sorted({cell(56.39522, -3.43139), cell(57.14369, -2.09814), *range(3_999_998_000, 4_000_000_998)}))
    scotland = {"country": "GB", "words": ("Scotland",), "cells": towns}
    assert await found(index, part=scotland) == [1, 3, 4]
    assert await found(index, part=scotland, country="GB") == [1, 3]
    assert (await counted(index, part=scotland))["remote"] == {"none": 3}
    assert (await counted(index, part=scotland))["location"]["London"] == 2


async def test_a_name_that_stands_within_others_is_found_whole_alone(index):
    await holds(
        index,
        {"location": ("Saxony",)},
        {"location": ("sachsen, Germany",), "countries": ("DE",)},
        {"location": ("Hannover, Lower Saxony",), "countries": ("DE",)},
        {"location": ("Magdeburg, Sachsen-Anhalt",), "countries": ("DE",)},
        {"location": ("Dresden",), "countries": ("DE",), "geopoint": ((51.05089, 13.73832),)},
    )
    names = ("Saxony", "Saxony, Germany", "Sachsen", "Sachsen, Germany")
    assert await found(index, part={"country": "DE", "names": names, "cells": (cell(51.05089, 13.73832),)}) == [1, 2, 5]
    assert await found(index, part={"country": "DE", "names": names, "cells": ()}) == [1, 2]


async def test_an_area_is_found_by_its_name_and_by_its_countries(index):
    await holds(
        index,
        {"location": ("Wien",), "countries": ("AT",)},
        {"location": ("Remote, DACH",)},
        {"location": ("Paris", "Zürich"), "countries": ("FR", "CH")},
        {"location": ("Paris",), "countries": ("FR",)},
    )
    assert await found(index, location="DACH", area=("AT", "CH", "DE")) == [1, 2, 3]
    assert await found(index, location="DACH") == [2]
    assert (await counted(index, location="DACH", area=("AT", "CH", "DE")))["remote"] == {"none": 3}
