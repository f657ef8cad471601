"""Levels in titles: what names one, and what only looks like one."""

import pytest

from quiethire.domain.posting import Seniority
from services.matching.reading.levels import level_of


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Staff Software Engineer", Seniority.STAFF),
        ("Principal Engineer", Seniority.STAFF),
        ("Lead Engineer", Seniority.LEAD),
        ("Vice President, Sales", Seniority.EXECUTIVE),
        ("VP Engineering", Seniority.EXECUTIVE),
        ("Directora de marketing", Seniority.EXECUTIVE),
        ("Becaria", Seniority.INTERN),
        ("Praktikantin", Seniority.INTERN),
        ("Mid-level Engineer", Seniority.MID),
        ("Staff Nurse", None),
        ("Staff Accountant", None),
        ("School Principal", None),
        ("Lead Generation Specialist", None),
        ("Mid-day Supervisor", None),
    ],
)
def test_a_word_names_a_level_only_where_it_means_one(title, level):
    assert level_of([title]) == level
