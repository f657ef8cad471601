"""Data directories, settings, targets and files as people write them."""

import pytest
from quiethire_command import Command

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the data directory is to be made, and nothing else."""
    return tmp_path_factory.mktemp("places")


@pytest.fixture(scope="module")
def platform(place):
    """One platform for all tests: on a data directory with spaces and umlauts, and with an empty setting, which counts as unset."""
    command = Command(place / "mein Vorrat ü" / "d a t a")
    command.env["QUIETHIRE_LOG_LEVEL"] = ""
    with command.up():
        yield command


def test_what_never_answered_is_named_and_is_no_board_and_no_company(platform):
    targets = ["http://", "ftp://x.example/a", "https://nowhere.example/jobs", "nowhere.example"]
    ended = platform.run("crawl", *targets, "--json")
    assert ended.code == 1
    problems = {problem["where"]: problem["kind"] for problem in ended.json["problems"]}
    assert problems == {
        "http://": "invalid_url",
        "ftp://x.example/a": "invalid_url",
        "nowhere.example": "host_not_found",
    }
    assert ended.json["postings"]["seen"] == 0
    stats = platform.run("stats", "--json").json
    assert (stats["boards"], stats["companies"]) == (0, 0)


def test_an_archive_with_bad_lines_imports_the_good_ones_and_names_the_bad(platform, tmp_path):
    (tmp_path / "page.html").write_text("<h1>Hello</h1>")
    lines = [
        '{"url": "https://x.example/", "path": "page.html", "content_type": "text/html"}',
        "not json",
        '{"url": "nonsense", "path": "page.html", "content_type": "text/html"}',
        '{"url": "https://x.example/missing", "path": "missing.html", "content_type": "text/html"}',
    ]
    (tmp_path / "pages.jsonl").write_text("\n".join(lines))
    ended = platform.run("archive", "import", str(tmp_path / "pages.jsonl"), "--json")
    assert ended.code == 3
    assert ended.json["imported"] == 1
    assert [problem["where"].rsplit(":", 1)[1] for problem in ended.json["problems"]] == ["2", "3", "4"]


def test_one_board_in_three_spellings_is_crawled_once(platform, corpus):
    assert platform.run("archive", "import", str(corpus / "web.jsonl")).code == 0
    spellings = [
        "https://jobs.ashbyhq.com/yazio",
        # As a person copies it from the address bar.
        "jobs.ashbyhq.com/yazio",
        "https://jobs.ashbyhq.com/yazio?utm_source=x",
    ]
    crawled = platform.run("crawl", *spellings, "--offline", "--json").json
    assert crawled["boards"] == 1
    assert crawled["postings"]["stored"] > 0
    assert platform.run("search", "--json").json["found"] == crawled["postings"]["stored"]


def test_a_data_directory_with_spaces_and_umlauts_keeps_everything_inside(platform, place):
    assert [path.name for path in place.iterdir()] == ["mein Vorrat ü"]
    assert [path.name for path in (place / "mein Vorrat ü").iterdir()] == ["d a t a"]


def test_an_empty_setting_counts_as_unset(platform):
    ended = platform.run("stats", "--json", QUIETHIRE_API_PORT="")
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
