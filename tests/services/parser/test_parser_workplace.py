"""Where the work is done and where it is refused to be, and on how many days of the week it is on site, in many languages."""

import pytest

from services.parser.normalise.workplace import on_site_days, workplace


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Remote: No", "none"),
        ("Remote: false", "none"),
        ("Remote eligible: No", "none"),
        ("Homeoffice: nein", "none"),
        ("Remote work not possible", "none"),
        ("Homeoffice nicht möglich", "none"),
        ("Keine Homeoffice-Möglichkeit", "none"),
        ("remote work is not available", "none"),
        ("Pas de télétravail", "none"),
        ("Télétravail non autorisé", "none"),
        ("Thuiswerken niet mogelijk", "none"),
        ("On-site only, remote not offered", "none"),
        ("hybrid working is not offered", None),
        ("We do not offer a hybrid work schedule", None),
        ("Remote: No, Hybrid: Yes", "hybrid"),
        ("Hybrid (not remote)", "hybrid"),
        ("Remote / not hybrid", "remote"),
        ("Remote: Yes", "remote"),
        ("Remote, no travel", "remote"),
        ("No office, fully remote", "remote"),
        ("Remote (not in California)", "remote"),
        ("Remote - not available in NY", "remote"),
        ("not only hybrid but remote", "hybrid"),
        ("Homeoffice möglich", "hybrid"),
    ],
)
def test_a_way_of_working_that_is_refused_is_not_the_postings(text, expected):
    assert workplace(text) == expected


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2 days a week in the office", 2),
        ("3 Tage Homeoffice", 2),
        ("60% remote", 2),
        ("zwei Tage im Büro", 2),
        ("3 days in the office, 2 days from home", 3),
        ("hybrid/remote, 3 days in the office", 3),
        ("2 days remote, 3 days in the office", 3),
        ("Hybrid: office 3 days a week", 3),
        ("We work from our office three days per week", 3),
        ("2-3 days a week on-site", 2),
        ("up to 3 days remote per week", 2),
        ("bis zu 2 Tage Home-Office pro Woche", 3),
        ("2 jours de télétravail par semaine", 3),
        ("télétravail 2 jours par semaine", 3),
        ("dos días de teletrabajo a la semana", 3),
        ("3 días en la oficina", 3),
        ("2 giorni in ufficio", 2),
        ("3 giorni di smart working a settimana", 2),
        ("2 dagen thuiswerken", 3),
        ("twee dagen per week op kantoor", 2),
        ("2 dage hjemmearbejde om ugen", 3),
        ("två dagar i veckan på kontoret", 2),
        ("3 dny v kanceláři", 3),
        ("2 dny v týdnu z domova", 3),
        ("3 dni w biurze", 3),
        ("2 dni pracy zdalnej", 3),
        ("3 dias presenciais por semana", 3),
        ("2 days a month in the office", None),
        ("once a week in the office", 1),
        ("40% on-site", 2),
        ("100% remote", 0),
        ("Pensum 80-100%, Homeoffice möglich", None),
        ("25 days holiday. Remote work", None),
        ("5 days annual leave and a remote team", None),
        ("30 days of vacation in the office", None),
        ("", None),
        ("full remote", None),
        ("five days a week on site", 5),
        ("4 Tage vor Ort", 4),
        ("drei Präsenztage", None),
        ("2 days in the office per month", None),
        ("office-based two days a week", 2),
        ("2 dies de teletreball", 3),
        ("1 day WFH", 4),
        ("come to the office 2 days a week", 2),
        ("at least 3 days a week from our London office", 3),
        ("Homeoffice (2 Tage)", 3),
        ("expected in office 4 days", 4),
        ("up to 60% of your working time from home", 2),
        ("two days working from home", 3),
        ("within 3 days we reply, from our office", None),
        ("Monday to Thursday", None),
    ],
)
def test_days_on_site_are_counted(text, days):
    assert on_site_days(text) == days


def test_the_phrase_is_found_in_a_long_text_and_no_text_has_none():
    assert (
        on_site_days("We like Mondays. " * 500 + "You are in the office three days a week." + " Every day." * 500) == 3
    )
    assert on_site_days(None) is None


def test_letters_that_grow_in_lower_case_move_nothing():
    assert (
        on_site_days("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}" * 200 + " You will work 3 days a week in the office.")
        == 3
    )
