"""How values are written for people."""

from datetime import UTC, datetime, timedelta

import pytest

from services.api.pages.wording import ago, count_words, few, label, pay_range, pay_step

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("low", "high", "currency", "text"),
    [
        (75_000, 95_000, "EUR", "€75–95k"),
        (82_500, 95_000, "EUR", "€82.5–95k"),
        (75_000, 75_000, "USD", "$75k"),
        (75_010, 75_040, "EUR", "€75k"),
        (900_000, 1_200_000, "USD", "$900k–1.2M"),
        (6_500, 7_900, "EUR", "€6,500–7,900"),
        (9_500, 12_000, "EUR", "€9,500–12k"),
        (35, 45, "GBP", "£35–45"),
        (12.21, 17.5, "GBP", "£12.21–17.50"),
        (2304.4, None, "EUR", "from €2,304"),
        (120_000, None, "GBP", "from £120k"),
        (None, 480_000_000, "IDR", "up to IDR\N{NO-BREAK SPACE}480M"),
        (2_500_000_000, 10**13, "VND", "VND\N{NO-BREAK SPACE}2.5B–10T"),
        (999_900, 999_999, "EUR", "€999.9k–1M"),
        (0, 50_000, "EUR", "€0–50k"),
        (50_000, 60_000, None, "50–60k"),
        (None, None, "EUR", ""),
    ],
)
def test_pay_is_short_and_keeps_its_meaning(low, high, currency, text):
    assert pay_range(low, high, currency) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (-3, "today"),
        (0, "today"),
        (1, "yesterday"),
        (13, "13 days ago"),
        (14, "2 weeks ago"),
        (59, "8 weeks ago"),
        (60, "2 months ago"),
        (729, "24 months ago"),
        (730, "2 years ago"),
    ],
)
def test_a_date_is_told_by_its_distance(days, text):
    assert ago(NOW - timedelta(days=days), NOW) == text


def test_yesterday_begins_at_midnight():
    assert ago(NOW - timedelta(hours=2), NOW) == "yesterday"


def test_long_lists_are_cut_and_counted():
    assert few(("a", "b"), 2) == "a · b"
    assert few(("a", "b", "c", "d"), 2) == "a · b +2"


def test_unknown_words_stay_as_they_are():
    assert label("remote", "hybrid") == "Hybrid"
    assert label("company", "acme_corp") == "acme_corp"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "~0"), (7, "~7"), (12, "~12"), (643, "~640"), (1_284, "~1,300"), (98_765, "~99,000")]
)
def test_an_estimated_count_is_told_to_two_figures(count, text):
    assert count_words(count, estimated=True) == text
    assert count_words(count) == f"{count:,}"


@pytest.mark.parametrize(
    ("hours", "text"), [(20, "yesterday"), (24, "yesterday"), (40, "2 days ago"), (7 * 24 - 6, "6 days ago")]
)
def test_days_that_are_told_as_gone_by_are_whole_ones(hours, text):
    assert ago(NOW - timedelta(hours=hours), NOW) == text


@pytest.mark.parametrize(
    ("amount", "text"), [(5_000, "€5k"), (2_500, "€2.5k"), (450, "€450"), (1_234, "€1,234"), (0.5, "€0.50")]
)
def test_a_step_of_pay_is_told_in_thousands_where_it_is_round(amount, text):
    assert pay_step(amount, "EUR") == text
