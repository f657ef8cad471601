"""What cannot be used ends in a message that names it, and the right exit code."""

import pytest

pytestmark = pytest.mark.timeout(300)


def test_targets_that_lead_nowhere_are_named_one_by_one(command):
    ended = command.run("crawl", "http://", "ftp://x.example/a", "https://nowhere.example/jobs", "--json")
    assert ended.code == 1
    problems = {problem["where"]: problem["kind"] for problem in ended.json["problems"]}
    assert problems == {
        "http://": "invalid_url",
        "ftp://x.example/a": "invalid_url",
        "nowhere.example": "host_not_found",
    }
    assert ended.json["postings"]["seen"] == 0


def test_an_archive_with_bad_lines_imports_the_good_ones_and_names_the_bad(command, tmp_path):
    (tmp_path / "page.html").write_text("<h1>Hello</h1>")
    lines = [
        '{"url": "https://x.example/", "path": "page.html", "content_type": "text/html"}',
        "not json",
        '{"url": "nonsense", "path": "page.html", "content_type": "text/html"}',
        '{"url": "https://x.example/missing", "path": "missing.html", "content_type": "text/html"}',
    ]
    (tmp_path / "pages.jsonl").write_text("\n".join(lines))
    ended = command.run("archive", "import", str(tmp_path / "pages.jsonl"), "--json")
    assert ended.code == 3
    assert ended.json["imported"] == 1
    assert [problem["where"].rsplit(":", 1)[1] for problem in ended.json["problems"]] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["archive", "import", "/no/such/file.jsonl"], "/no/such/file.jsonl"),
        (["search", "x", "--min-salary", "lots"], "lots"),
        (["job", "not-an-id"], "JOB_ID"),
        (["serve", "nothing"], "nothing"),
        (["crawl"], "Missing argument"),
    ],
)
def test_wrong_use_is_exit_code_2_and_starts_nothing(command, arguments, named):
    ended = command.run(*arguments)
    assert ended.code == 2
    assert named in ended.err
    assert ended.out == ""
    assert not command.data_dir.exists()


def test_help_names_every_command_and_the_exit_codes(command):
    shown = command.run("--help").out
    for word in ("demo", "up", "crawl", "archive", "search", "job", "stats", "index", "migrate", "serve", "Exit codes"):
        assert word in shown
