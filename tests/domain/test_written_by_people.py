"""Names and amounts as people write them: what is taken, and what is no name and no amount."""

import pytest

from quiethire.domain.money import asked_amount, whole_amount
from quiethire.domain.words import name_of_somebody


@pytest.mark.parametrize("written", ["70000", "70,000", "70.000", " 70 000 ", "70'000", "70’000", "70\u202f000"])
def test_thousands_are_apart_by_what_a_country_is_used_to(written):
    assert whole_amount(written) == 70_000


@pytest.mark.parametrize("written", ["", "much", "70,00", "7.0000", "70k", "-1", "70.000,50", "٧٠٠٠٠", "1" * 13])
def test_what_is_no_whole_amount_is_none(written):
    assert whole_amount(written) is None


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("70k", 70_000),
        (" 82.5 K", 82_500),
        ("82,5k", 82_500),
        ("70.000", 70_000),
        ("0", 0),
        ("15.50", 15.5),
        ("17,25", 17.25),
        ("15.0", 15),
        ("999999k", 999_999_000),
    ],
)
def test_pay_may_be_asked_for_in_thousands(written, amount):
    assert asked_amount(written) == amount


@pytest.mark.parametrize("written", ["", "k", "-70k", "70kk", "7,000k", "82.55k", "1e5", "70 000 k", "nan", "inf"])
def test_what_is_no_pay_that_is_asked_for_is_none(written):
    assert asked_amount(written) is None


@pytest.mark.parametrize("name", ["Ada Lovelace", "李小龙", "N'Diaye", "نازنین\u200cزهرا", "X Æ A-12"])
def test_names_of_all_scripts_are_names(name):
    assert name_of_somebody(f" {name} ") == name


@pytest.mark.parametrize("name", ["   ", "\0", "A\0da", "\u202eAda", "\u2066Ada\u2069", "\u3164", "\u200b", "123"])
def test_a_name_that_hides_signs_or_shows_no_letter_is_refused(name):
    with pytest.raises(ValueError, match="a name has"):
        name_of_somebody(name)
