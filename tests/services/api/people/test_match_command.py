"""`quiethire match`, as it is typed, over a gateway on a socket."""

import json
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from api_people import operated
from api_terminal import terminal_of
from page_visitor import match_of, matched
from rich.cells import cell_len

from quiethire.domain.posting import Location, Period, Salary

RESUME = """Grace Hopper
Data Engineer
grace@example.com
Desired salary: 80,000 EUR a year

Skills
Python, SQL, Airflow
"""
LONG = {
    "title": "Data Engineer [bold]数据工程师数据工程师[/] \x1b[31m",
    "locations": (Location(name="Llanfairpwllgwyngyll, Wales"), Location(name="Berlin, Germany")),
    "salary": Salary(min=111_500, max=None, currency="CHF", period=Period.YEAR),
}


@pytest.fixture
def house(clients, resume_pool):
    return replace(operated(clients), resumes=resume_pool)


@pytest.fixture
async def terminal(house, tmp_path):
    async with terminal_of(house, tmp_path, "match") as opened:
        yield opened


@pytest.fixture
async def person(house, tmp_path):
    """Somebody with a track: their key and their id."""
    async with terminal_of(house, tmp_path, "candidate") as opened:
        track = {"name": "Data", "titles": ["Data Engineer"], "skills": {"Python": {}}}
        added = await opened.type("add", opened.file("ada.json", json.dumps({"name": "Ada", "tracks": [track]})))
    (known,) = await house.candidates.page(limit=9)
    return added.out.strip(), known.id


async def test_a_resume_shows_what_fits_within_eighty_columns_and_is_kept_nowhere(terminal, house, crawl, posting):
    little = Salary(min=30_000, max=30_000, currency="EUR", period=Period.YEAR)
    await crawl(house, posting(1), posting(2, **LONG), posting(3, salary=little), posting(4, title="Nurse", skills=()))
    ended = await terminal.type(terminal.file("cv.txt", RESUME), "--explain")
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert max(map(cell_len, lines)) <= 79
    assert lines[0].split() == ["score", "title", "company", "place", "pay"]
    assert re.search(r"^ +\d+  Data Engineer +Northwind +Berlin, Germany +€78–94.8k$", ended.out, re.MULTILINE)
    assert re.search(r"^ +Skills +\d+ of 100 +weight \d+ +\S.+", ended.out, re.MULTILINE)
    assert re.search(r"^ +Culture +not counted +weight \d+ ", ended.out, re.MULTILINE)
    assert re.search(r"^ +\d+  Data Engineer \[bold\]数据工 +Northwind +.{15} +≥ CHF 111.5k$", ended.out, re.MULTILINE)
    assert re.search(r"^Hidden \(1\): 1 pay below your floor$", ended.out, re.MULTILINE)
    assert f"       {posting(1).id}  Hybrid\n" in ended.out
    assert "such as Data Engineer, Northwind:" in ended.out
    assert "\x1b" not in ended.out
    assert "Nurse" not in ended.out
    assert "Python, SQL" in ended.err
    assert await house.candidates.page(limit=9) == []


async def test_json_is_the_answer_of_the_api_and_as_many_matches_as_are_asked_for(terminal, house, crawl, posting):
    await crawl(house, *(posting(number) for number in range(3)))
    ended = await terminal.type(terminal.file("cv.txt", RESUME), "--json", "--limit", "2")
    answer = json.loads(ended.out)
    assert (len(answer["matches"]), answer["considered"]) == (2, 3)
    assert {"Python", "SQL"} <= set(answer["skills"])


async def test_a_person_sees_their_stored_feed_with_their_key_and_an_operator_by_their_id(
    terminal, house, crawl, posting, person
):
    key, who = person
    await crawl(house, posting(1), posting(2, title="Nurse"))
    await matched(house, who, [match_of(who, posting(1).id, (0.9, 0.8, None, 1.0, None, None))], [posting(2).id])
    ended = await terminal.type("--explain", key=key)
    assert ended.code == 0, ended.err
    assert str(posting(1).id) in ended.out
    assert "Skills     90 of 100" in ended.out
    assert "Of skills." in ended.out
    assert "Hidden (17): 14 pay below your floor, 3 not where you can work" in ended.out
    assert "60 open postings were scored" in ended.err
    short = await terminal.type(key=key)
    assert "Skills" not in short.out
    assert "--explain says why, and what keeps 17 others away" in short.err
    assert json.loads((await terminal.type("--json", key=key)).out)["hidden_counts"] == {"salary": 14, "location": 3}
    wrong = await terminal.type(key=f"{key[:-1]}{'a' if key[-1] != 'a' else 'b'}")
    assert (wrong.code, wrong.out, "candidate key ID" in wrong.err) == (2, "", True)


async def test_an_id_of_nobody_is_a_failure(terminal):
    ended = await terminal.type(str(uuid4()))
    assert (ended.code, ended.out) == (1, "")
    assert "no candidate with this id" in ended.err


async def test_a_resume_that_nothing_fits_says_so_and_what_to_do(terminal):
    ended = await terminal.type(terminal.file("cv.txt", RESUME))
    assert (ended.code, ended.out) == (0, "no open posting reaches 60 of 100\n")
    assert "quiethire crawl" in ended.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("%PDF-1.7 and nothing", "error"),
        ("", "the file is empty"),
        (json.dumps({"basics": {"name": "Ada"}, "work": []}), "no job title and no skill could be read"),
    ],
)
async def test_a_file_of_which_nothing_can_be_matched_is_wrong_use(terminal, content, told):
    ended = await terminal.type(terminal.file("cv.pdf", content))
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [((), "whose matches?"), (("nowhere.pdf",), "there is no such file"), (("--limit", "0"), "limit")],
)
async def test_what_makes_no_sense_is_wrong_use(terminal, words, told):
    ended = await terminal.type(*words)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
