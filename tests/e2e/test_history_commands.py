"""`quiethire reparse`, `hiring` and `job` over an archived board."""

import json

import pytest

from quiethire.domain.board import Board
from services.parser.ats.registry import adapter_for

pytestmark = pytest.mark.timeout(600)
BOARD = Board(ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind")
TEXT = "<p>" + "You look after the wards with us, day and night, and teach who comes new. " * 8 + "</p>"


@pytest.fixture(scope="module")
def crawled(shared_command, tmp_path_factory):
    """A running platform that has read an archived board of two postings."""
    folder = tmp_path_factory.mktemp("saved")
    jobs = [
        {
            "id": 4_000_000 + number,
            "absolute_url": f"https://boards.greenhouse.io/northwind/jobs/{4_000_000 + number}",
            "title": f"Data Engineer {number}",
            "company_name": "Northwind",
            "location": {"name": "Berlin, Germany"},
            "content": TEXT,
        }
        for number in (1, 2)
    ]
    [spec] = adapter_for("greenhouse").requests(BOARD, None)
    (folder / "board.json").write_text(json.dumps({"jobs": jobs, "meta": {"total": 2}}))
    entry = {"url": spec.url, "path": "board.json", "content_type": "application/json"}
    (folder / "web.jsonl").write_text(json.dumps(entry))
    with shared_command.up():
        assert shared_command.run("archive", "import", str(folder / "web.jsonl")).code == 0
        crawled = shared_command.run("crawl", BOARD.url, "--offline", "--json")
        assert crawled.json["postings"]["opened"] == 2
        yield shared_command


def test_what_this_parser_has_read_is_left_alone(crawled):
    ended = crawled.run("reparse", "--json")
    assert ended.code == 0
    assert (ended.json["boards"], ended.json["current_boards"], ended.json["read"]) == (0, 1, 0)


def test_reading_anew_by_force_finds_the_same(crawled):
    ended = crawled.run("reparse", "--board", BOARD.key, "--force", "--json")
    assert ended.code == 0
    told = ended.json
    assert (told["boards"], told["read"], told["unchanged"], told["corrected"]) == (1, 2, 2, 0)
    assert told["problem_list"] == []


def test_it_says_so_in_words(crawled):
    ended = crawled.run("reparse", "--host", "greenhouse.io", "--force", "--dry-run")
    assert ended.code == 0
    assert "1 board   2 postings read   would be 0 corrected" in ended.out
    assert "0 requests" in ended.out


def test_an_unknown_board_is_wrong_use(crawled):
    ended = crawled.run("reparse", "--board", "lever/nobody")
    assert ended.code == 2
    assert "lever/nobody: no such board is known" in ended.err


def test_a_company_tells_how_it_hires(crawled):
    told = crawled.run("hiring", "Northwind", "--json").json
    assert (told["company"], told["open"], told["weeks"][-1]["opened"]) == ("Northwind", 2, 2)
    ended = crawled.run("hiring", "northwind")
    assert ended.code == 0
    assert "Northwind: 2 open, 0% state pay" in ended.out
    assert "2 in 26 weeks" in ended.out
    assert "median time to close  not known yet" in ended.out


def test_an_unknown_company_fails_with_a_word(crawled):
    ended = crawled.run("hiring", "nobody.example")
    assert ended.code == 1
    assert "No posting of a company of this name or domain is known." in ended.err


def test_a_posting_tells_its_life(crawled):
    [hit, _] = crawled.run("search", "engineer", "--json").json["hits"]
    ended = crawled.run("job", hit["id"])
    assert ended.code == 0
    assert "so far    open less than a day" in ended.out
