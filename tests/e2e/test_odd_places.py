"""Data directories and targets as people write them."""

import pytest
from quiethire_command import Command

pytestmark = pytest.mark.timeout(300)


def test_a_data_directory_with_spaces_and_umlauts_keeps_everything_inside(tmp_path, corpus):
    command = Command(tmp_path / "mein Vorrat ü" / "d a t a")
    with command.up():
        assert command.run("archive", "import", str(corpus / "web.jsonl")).code == 0
        # As a person copies it from the address bar.
        crawled = command.run("crawl", "jobs.ashbyhq.com/yazio", "--offline", "--json").json
        assert crawled["postings"]["stored"] > 0
        assert command.run("search", "--json").json["found"] == crawled["postings"]["stored"]
    assert [path.name for path in tmp_path.iterdir()] == ["mein Vorrat ü"]
    assert [path.name for path in (tmp_path / "mein Vorrat ü").iterdir()] == ["d a t a"]


def test_one_board_in_three_spellings_is_crawled_once(command, corpus):
    spellings = [
        "https://jobs.ashbyhq.com/yazio",
        "jobs.ashbyhq.com/yazio",
        "https://jobs.ashbyhq.com/yazio?utm_source=x",
    ]
    with command.up():
        command.run("archive", "import", str(corpus / "web.jsonl"))
        assert command.run("crawl", *spellings, "--offline", "--json").json["boards"] == 1


def test_what_never_answered_is_no_board_and_no_company(command):
    with command.up():
        command.run("crawl", "https://nowhere.example/jobs", "nowhere.example", "--json")
        stats = command.run("stats", "--json").json
    assert (stats["boards"], stats["companies"]) == (0, 0)


def test_an_empty_setting_counts_as_unset(command):
    ended = command.run("stats", "--json", QUIETHIRE_API_PORT="", QUIETHIRE_LOG_LEVEL="")
    assert ended.code == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [("QUIETHIRE_API_PORT", "abc"), ("QUIETHIRE_API_PORT", "99999"), ("QUIETHIRE_LOG_LEVEL", "loud")],
)
def test_a_wrong_setting_is_named(command, setting, value):
    ended = command.run("stats", **{setting: value})
    assert ended.code == 2
    assert setting in ended.err
    assert "Traceback" not in ended.err


def test_a_file_is_no_data_directory(tmp_path):
    (tmp_path / "file").write_text("mine")
    ended = Command(tmp_path / "file").run("stats")
    assert ended.code == 2
    assert "QUIETHIRE_DATA_DIR" in ended.err
    assert (tmp_path / "file").read_text() == "mine"
