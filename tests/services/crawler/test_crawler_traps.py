"""Addresses without end, among those of postings."""

from datetime import date

import pytest

from services.crawler.traps import CALENDAR, COMBINATIONS, is_repeating, untrapped, without_session

TODAY = date(2026, 11, 21)
SITE = "https://northwind.example"
POSTINGS = [f"{SITE}/jobs/{number}-nurse" for number in range(300)]


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("/jobs/1;jsessionid=9A0F?x=1", "/jobs/1?x=1"),
        ("/jobs/1?PHPSESSID=abc", "/jobs/1"),
        ("/jobs?id=7&sid=0f9e8d7c6b5a43210f9e", "/jobs?id=7"),
        ("/(S(lit3py55t21z5v55vlm25s55))/jobs/1", "/jobs/1"),
        ("/jobs?sid=12345", "/jobs?sid=12345"),
        ("/jobs?jobId=0f9e8d7c6b5a43210f9e", "/jobs?jobId=0f9e8d7c6b5a43210f9e"),
        ("/sessions/8?id=3", "/sessions/8?id=3"),
        ("/jobs?a=%2F&&b", "/jobs?a=%2F&&b"),
    ],
)
def test_session_identifiers_are_dropped_and_nothing_else(url, clean):
    assert without_session(SITE + url) == SITE + clean


@pytest.mark.parametrize(
    ("path", "repeats"),
    [
        ("/a/a/a", True),
        ("/jobs/de/jobs/de/jobs/de/1", True),
        ("/x" + "".join(f"/{n}" for n in range(30)), True),
        ("/a/a", False),
        ("/jobs/de/berlin/jobs/de/1", False),
        ("/", False),
    ],
)
def test_a_path_that_repeats_itself_is_told(path, repeats):
    assert is_repeating(SITE + path) is repeats


def test_one_page_in_many_sessions_is_one():
    urls = [f"{SITE}/jobs/{number % 10}?PHPSESSID={number:032x}" for number in range(1_000)]
    assert untrapped(urls, TODAY).urls == tuple(f"{SITE}/jobs/{number}" for number in range(10))


@pytest.mark.parametrize(
    "form", ["/jobs/events/{y}/{m:02}", "/jobs/calendar?month={y}-{m:02}", "/jobs?year={y}&month={m}"]
)
def test_a_calendar_is_cut_to_the_dates_near_today(form):
    dates = [SITE + form.format(y=year, m=month) for year in range(2000, 2100) for month in range(1, 13)]
    found = untrapped([*dates, *POSTINGS], TODAY)
    assert set(POSTINGS) <= set(found.urls)
    near = set(found.urls) - set(POSTINGS)
    assert SITE + form.format(y=2026, m=11) in near
    assert len(near) == CALENDAR
    assert found.left_out["calendar"] == len(dates) - CALENDAR


def test_postings_whose_addresses_hold_their_date_all_stay():
    urls = [f"{SITE}/jobs/2026/{month:02}/nurse-{number}" for month in range(1, 13) for number in range(30)]
    assert set(untrapped(urls, TODAY).urls) == set(urls)


def test_combinations_of_filters_are_cut():
    facets = [f"{SITE}/jobs?team={a}&city={b}&sort={c}" for a in range(20) for b in range(20) for c in range(5)]
    found = untrapped([*facets, *POSTINGS], TODAY)
    assert set(POSTINGS) <= set(found.urls)
    assert len(found.urls) == len(POSTINGS) + COMBINATIONS


def test_postings_told_apart_by_a_parameter_all_stay():
    urls = [f"{SITE}/job.php?lang={'de' if number % 2 else 'en'}&id={number}" for number in range(900)]
    assert set(untrapped(urls, TODAY).urls) == set(urls)


def test_a_posting_in_many_languages_is_one_and_nothing_is_said_to_be_left_out():
    urls = [f"{SITE}/job?id={number}&lang={lang}" for number in range(40) for lang in ("de", "fr", "it", "en")]
    found = untrapped(urls, TODAY)
    assert found.urls == tuple(f"{SITE}/job?id={number}&lang=de" for number in range(40))
    assert not any(found.left_out.values())


def test_postings_that_need_two_parameters_all_stay():
    urls = [f"{SITE}/job?site={site}&id={number}" for site in range(3) for number in range(30)]
    assert set(untrapped(urls, TODAY).urls) == set(urls)


def test_where_combinations_are_cut_every_value_of_the_most_diverse_parameter_is_kept():
    urls = [f"{SITE}/job?view={view}&id={number}" for view in range(9) for number in range(10)]
    kept = untrapped(urls, TODAY).urls
    assert {url.rpartition("id=")[2] for url in kept} == {str(number) for number in range(10)}
    assert len(kept) == COMBINATIONS


@pytest.mark.parametrize("name", ["sid", "session"])
def test_what_looks_like_a_session_and_tells_the_postings_of_one_path_apart_is_none(name):
    urls = [f"{SITE}/job?{name}={number:08x}a1b2c3d4e5" for number in range(10)]
    assert set(untrapped(urls, TODAY).urls) == set(urls)


def test_a_few_of_every_shape_come_first():
    endless = [f"{SITE}/jobs/by-{word}/x-{number}" for number in range(2_000) for word in ("team",)]
    found = untrapped([*endless, *POSTINGS[:100]], TODAY)
    assert set(POSTINGS[:100]) <= set(found.urls[:200])


def test_what_is_no_url_is_left_out():
    assert untrapped(["javascript:void(0)", "http://[", POSTINGS[0]], TODAY).urls == (POSTINGS[0],)
