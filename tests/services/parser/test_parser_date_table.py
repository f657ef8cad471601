"""Dates as postings write them, in thirteen languages, and relative ones against the time of fetching."""

from datetime import UTC, datetime

import pytest

from services.parser.normalise.dates import day_first, parse_date

FETCHED = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-08",
        "2026-05-08T00:00:00+02:00",
        "2026/05/08",
        "20260508",
        "08.05.2026",
        "8.5.2026",
        "8. 5. 2026",
        "08.05.26",
        "May 8, 2026",
        "May 8th 2026",
        "Friday, May 8, 2026",
        "8 May 2026",
        "08-May-2026",
        "08 MAY 2026",
        "8th of May, 2026",
        "Fri, 08 May 2026 10:00:00 GMT",
        "Fri May 08 2026 10:00:00 GMT+0000 (Coordinated Universal Time)",
        "8. Mai 2026",
        "Freitag, 8. Mai 2026",
        "8 mai 2026",
        "8 de mayo de 2026",
        "8 de maig de 2026",
        "8 de maio de 2026",
        "8 maggio 2026",
        "8 mei 2026",
        "8. maj 2026",
        "8. mai 2026",
        "8 maj 2026",
        "8. května 2026",
        "8 maja 2026",
        "08/05/2026 (dd/mm/yyyy)",
        "Posted 8 May 2026",
        "1778198400",
        "1778198400000",
        1778198400000,
    ],
)
def test_one_day_in_many_words(text):
    found = parse_date(text, FETCHED)
    assert found is not None
    assert f"{found:%Y-%m-%d}" == "2026-05-08"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-20"),
        ("Posted Today", "2026-11-20"),
        ("just now", "2026-11-20"),
        ("yesterday", "2026-11-19"),
        ("3 days ago", "2026-11-17"),
        ("Posted 3 Days Ago", "2026-11-17"),
        ("3d ago", "2026-11-17"),
        ("a week ago", "2026-11-13"),
        ("2 weeks ago", "2026-11-06"),
        ("2w ago", "2026-11-06"),
        ("5 hours ago", "2026-11-20"),
        ("20 hours ago", "2026-11-19"),
        ("30 minutes ago", "2026-11-20"),
        ("heute", "2026-11-20"),
        ("vor 3 Tagen", "2026-11-17"),
        ("vor 2 Wochen", "2026-11-06"),
        ("gestern", "2026-11-19"),
        ("il y a 3 jours", "2026-11-17"),
        ("il y a une semaine", "2026-11-13"),
        ("hace 3 días", "2026-11-17"),
        ("hace una semana", "2026-11-13"),
        ("fa 3 dies", "2026-11-17"),
        ("há 3 dias", "2026-11-17"),
        ("3 giorni fa", "2026-11-17"),
        ("3 dagen geleden", "2026-11-17"),
        ("for 3 dage siden", "2026-11-17"),
        ("3 dager siden", "2026-11-17"),
        ("för 3 dagar sedan", "2026-11-17"),
        ("před 3 dny", "2026-11-17"),
        ("3 dni temu", "2026-11-17"),
        ("wczoraj", "2026-11-19"),
        ("dnes", "2026-11-20"),
    ],
)
def test_relative_dates_count_from_the_time_of_fetching(text, day):
    found = parse_date(text, FETCHED)
    assert found is not None
    assert f"{found:%Y-%m-%d}" == day


@pytest.mark.parametrize(
    "text",
    [
        "04/05/2026",
        "30+ days ago",
        "2 months ago",
        "soon",
        "2026",
        "ASAP",
        "31.02.2026",
        "99 May 2026",
        "",
        None,
        True,
        "12.5.1890",
    ],
)
def test_what_names_no_day_is_none(text):
    assert parse_date(text, FETCHED) is None


@pytest.mark.parametrize(
    ("language", "country", "day"),
    [
        ("de", None, "2026-05-04"),
        ("fr-FR", "CA", "2026-05-04"),
        ("en-GB", None, "2026-05-04"),
        ("en", "GB", "2026-05-04"),
        ("en-US", None, "2026-04-05"),
        ("en", "US", "2026-04-05"),
    ],
)
def test_the_language_and_the_country_tell_the_day_from_the_month(language, country, day):
    found = parse_date("04/05/2026", FETCHED, day_first=day_first(language, country))
    assert found is not None
    assert f"{found:%Y-%m-%d}" == day
    assert day_first("en", None) is None
