"""Pay in running text: a bonus beside it, pay that stands far from its word, its words around it, and how it is rounded."""

import pytest

from services.parser.normalise.salary import find_salary, parse_salary


@pytest.mark.parametrize(
    "text", ["Pay extra: a $15,000 signing bonus", "On top, $15,000, signing bonus", "Salary plus $15,000 bonus"]
)
def test_a_bonus_is_no_pay(text):
    assert parse_salary(text, labelled=False) is None


@pytest.mark.parametrize(
    "piece",
    [
        "1,",
        "9 999 ",
        "$1.",
        "€ 5 - ",
        "from 1 to 2 ",
        "k1",
        "Â£",
        "a" * 500 + " ",
        "salary 12 ",
        "$5,000 for " + "-" * 54 + "x ",
    ],
)
def test_a_long_text_without_pay_has_none(piece):
    assert parse_salary(piece * (200_000 // len(piece)), labelled=False) is None


def test_whole_amounts_are_integers_and_cents_have_two_decimals():
    hourly, yearly = parse_salary("$17.50 - $19.00 per hour"), parse_salary("€70,000 a year")
    assert hourly is not None
    assert yearly is not None
    assert hourly.model_dump_json() == '{"min":17.5,"max":19,"currency":"USD","period":"hour"}'
    assert yearly.model_dump_json() == '{"min":70000,"max":70000,"currency":"EUR","period":"year"}'


@pytest.mark.parametrize(
    "text",
    [
        "You get $1,500 a year for conferences and books.",
        "€2,000 for your home office, and time to read",
        "£600 per year towards training",
        "$1,500 annually for conferences",
        "$1,500/yr for conferences",
        "$3,000 p.a. for conferences",
        "€100 a month for your gym membership",
        "$500 a year for learning budget",
        "1.000 € jährlich für Weiterbildungen",
        "500 € im Jahr für Bücher",
        "$1,500 per calendar year for conferences",
        "$1,500 per year for you to spend on learning",
        "$1,500/person/year for conferences",
        "$1,500 per employee per year for training",
        "$10,000 per year for education",
        "20 000 Kč per year for courses",
        "$50 to spend on books",
    ],
)
@pytest.mark.parametrize("labelled", [True, False])
def test_what_is_given_to_be_spent_on_something_is_no_pay(text, labelled):
    assert parse_salary(text, labelled=labelled) is None


@pytest.mark.parametrize(
    "text",
    [
        "Salary: $90,000 a year for education specialists",
        "Pay: $5,200 per month for travel nurses",
        "Salary: $52,000 per year for this position. Education: Bachelor's degree",
        "Gehalt: 55.000 € pro Jahr, für Weiterbildung sorgen wir",
        "£30,000 per annum for Learning and Development Manager",
        "Salary $70,000 - $90,000 per year for education-focused roles",
        "Pay: $35 per hour for training specialist",
        "Salary range $15 - $20 an hour for training",
        "Pay rate: $35.00 per hour for home office visits",
        "Salary: $4,500 per month for laptop repair technicians",
        "Salary: £8,900 per year for learning support assistants (part time, term time only)",
        "Salary: £9,800 a year for learning support assistant",
        "Salaire : 900 € par mois pour la formation en alternance",
        "$60,000 - $80,000 a year, home office possible",
    ],
)
def test_whom_pay_is_for_does_not_make_it_something_else(text):
    assert parse_salary(text) is not None


def test_what_a_machine_costs_is_no_pay():
    text = "Each of our machines costs $40,000 and is serviced by the team in Ohio every spring. Salary: competitive"
    assert parse_salary(text, labelled=False) is None


def test_only_the_yearly_equivalent_is_rounded():
    salary = parse_salary("£12.21 per hour")
    assert salary is not None
    assert (salary.min, salary.yearly_min) == (12.21, 25397)


def test_pay_that_is_found_comes_with_the_words_around_it():
    found = find_salary("We are 40 people in Graz. The salary is €3,200.50 gross a month.", labelled=False)
    assert found is not None
    assert found.salary.min == 3200.5
    assert "salary is €3,200.50 gross a month" in found.snippet


FAR = "Your total compensation depends on what you bring, on where you live and on the level at which you join us after {0}: "


@pytest.mark.parametrize(
    ("sums", "low", "high"),
    [
        ("L3 Engineer ($126,000 - $165,000)", 126_000, 165_000),
        ("L3 Engineer (€60,000 - €75,000)", 60_000, 75_000),
    ],
)
def test_a_range_of_a_years_pay_may_stand_far_from_the_word_for_it(sums, low, high):
    found = parse_salary(FAR.format("our conversations " * 8) + sums, labelled=False)
    assert found is not None
    assert (found.min, found.max) == (low, high)


@pytest.mark.parametrize(
    "sums",
    ["we sell for $126,000", "projects of $126,000 - $900,000", "a budget of $126,000 - $165,000", "$12,000 - $16,000"],
)
def test_other_sums_far_from_the_word_for_pay_are_none(sums):
    assert parse_salary(FAR.format("our conversations " * 8) + sums, labelled=False) is None
