"""What cannot be used ends in a message that names it and the right exit code, and no platform is started for it."""

import pytest

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["archive", "import", "/no/such/file.jsonl"], "/no/such/file.jsonl"),
        (["search", "x", "--min-salary", "lots"], "lots"),
        (["job", "not-an-id"], "JOB_ID"),
        (["serve", "nothing"], "nothing"),
        (["crawl"], "Missing argument"),
        (["crawl", "foo bar", "http://"], "foo bar"),
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
