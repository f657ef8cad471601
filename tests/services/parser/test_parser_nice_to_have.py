"""What a posting would like and does not ask for."""

import pytest

from services.parser.normalise.requirements import nice_to_have, requirements

TEXT = """We build ships.

What you bring
- Python and SQL
- Kafka is a plus
- A bonus scheme that you understand

Nice to have
- Rust
- Talks that you gave

We offer
- A bicycle
"""


def test_a_wish_is_told_by_its_own_words_or_by_the_line_over_its_list():
    assert [item for item in requirements(TEXT) if item in nice_to_have(TEXT)] == [
        "Kafka is a plus",
        "Rust",
        "Talks that you gave",
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "Bonus points if you have",
        "Preferred qualifications",
        "It would be great if you also had",
        "Das wäre schön, ist aber kein Muss:",
        "Von Vorteil",
        "Ce serait un plus",
        "Se valorará",
        "Diferenciais",
        "Pluspunten",
        "Meriterande",
        "Mile widziane",
        "Výhodou",
    ],
)
def test_headings_of_wishes_are_known_in_the_languages_of_the_field(heading):
    assert nice_to_have(f"Requirements\n- Python\n\n{heading}\n- Kafka") == {"Kafka"}


@pytest.mark.parametrize(
    "line", ["5+ years of Python", "You take advantage of good tools", "Desire to learn", "A degree"]
)
def test_what_is_asked_for_is_no_wish(line):
    assert nice_to_have(f"Requirements\n- {line}") == frozenset()


def test_a_long_line_is_no_heading():
    assert nice_to_have(f"It would be great if {'you knew all of this ' * 9}\n- Python") == frozenset()
