"""How a command ends that cannot do, or cannot say, what it was asked for: in words, and for machines as JSON; never in a trace."""

import json
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from quiethire_command import COMMAND, ROOT, plain_environment, typed
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from quiethire.cli.output import temporal_error
from quiethire.domain.errors import Gone
from quiethire.domain.result import Problem
from quiethire.processes import NOT_WRITTEN


@pytest.mark.parametrize("asked", [["salary", "€70k", "--json"], ["salary", "€70k"], ["--help"]])
def test_words_that_a_full_disk_does_not_take_are_told_in_one_line(asked: list[str]) -> None:
    env = plain_environment(PYTHONUNBUFFERED="")
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [COMMAND, *asked], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, env=env, text=True, check=False
        )
    assert ended.returncode == NOT_WRITTEN
    assert ended.stderr == "not written: [Errno 28] No space left on device\n"


def test_a_stdout_that_is_closed_swallows_what_is_said() -> None:
    shell = 'exec "$0" salary 70k --json >&-'
    ended = subprocess.run(
        ["sh", "-c", shell, COMMAND], cwd=ROOT, env=plain_environment(), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("asked", [["salary", "£60–70k p.a."], ["--help"]])
def test_a_terminal_that_lacks_a_letter_shows_another_one(asked: list[str]) -> None:
    ended = typed(*asked, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ended.code, ended.err) == (0, "")
    assert "?" in ended.out


def test_what_the_system_refuses_is_told_in_one_line() -> None:
    ended = typed("match", "a résumé that somebody pasted " * 20)
    assert ended.code == 1
    assert ended.err.startswith("error: a résumé")
    assert "File name too long" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("asked", "settings", "told"),
    [
        (["match", "nobody.pdf"], {}, (2, "invalid_input", "nobody.pdf")),
        (["stats"], {"QUIETHIRE_API_URL": "http://127.0.0.1:1"}, (1, "unanswered", "")),
        (["stats"], {"QUIETHIRE_API_PORT": "abc"}, (2, "wrong_setting", "QUIETHIRE_API_PORT")),
        (["stats"], {"QUIETHIRE_TASK_QUEUES": "one,two"}, (2, "wrong_setting", "QUIETHIRE_TASK_QUEUES")),
    ],
)
def test_who_asks_for_json_is_told_in_json_what_went_wrong(asked, settings, told, tmp_path) -> None:
    ended = typed(*asked, "--json", QUIETHIRE_DATA_DIR=str(tmp_path), **settings)
    error = ended.json["error"]
    assert (ended.code, error["kind"], error["where"]) == told
    assert error.keys() == {"kind", "where", "detail", "hint"}
    assert error["detail"] in ended.err
    assert typed(*asked, QUIETHIRE_DATA_DIR=str(tmp_path), **settings).out == ""


def test_a_name_that_is_no_text_is_told_all_the_same() -> None:
    ended = subprocess.run(
        [COMMAND.encode(), b"match", b"ada\xff.pdf", b"--json"],
        cwd=ROOT,
        env=plain_environment(),
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["error"]["where"] == "ada?.pdf"


def test_a_page_that_cannot_be_read_and_a_question_without_words_are_refused_in_json_too(tmp_path) -> None:
    (tmp_path / "large.html").write_bytes(b"x" * 10_000_001)
    ended = typed("parse", tmp_path / "large.html", "--url", "https://northwind.example/jobs/7", "--json")
    assert (ended.code, ended.json["error"]["kind"]) == (2, "too_large")
    ended = typed("salary", "--json")
    assert (ended.code, "--jsonl" in ended.json["error"]["detail"]) == (2, True)


def test_a_service_whose_port_is_taken_is_refused_and_not_done_in_part() -> None:
    with socket.socket() as taken:
        with suppress(OSError):  # Somebody else has it: as good.
            taken.bind(("127.0.0.1", 8003))
            taken.listen()
        ended = typed("serve", "proxy")
    assert ended.code == 2
    assert "127.0.0.1:8003: port 8003 cannot be had" in ended.err


def _ended_by(cause: ApplicationError) -> WorkflowFailureError:
    """As a client is told of a workflow whose activity failed for good."""
    told = {"activity_type": "a", "activity_id": "1", "identity": "w", "retry_state": RetryState.NON_RETRYABLE_FAILURE}
    failed = ActivityError("Activity task failed", scheduled_event_id=1, started_event_id=2, **told)
    failed.__cause__ = cause
    return WorkflowFailureError(cause=failed)


def test_what_ended_a_workflow_is_told_as_it_was_and_only_a_defect_by_its_history() -> None:
    gone = Gone("no collection of before is kept", where="typesense", hint="quiethire index rebuild")
    as_sent = Problem.of(gone).model_dump(mode="json")
    error = temporal_error(_ended_by(ApplicationError(str(gone), as_sent, type=gone.kind)))
    assert (error.kind, error.where, error.hint) == (gone.kind, "typesense", "")
    assert error.detail == "no collection of before is kept (quiethire index rebuild)"
    defect = temporal_error(_ended_by(ApplicationError("list index out of range", type="IndexError")))
    assert (defect.kind, defect.hint) == ("workflow_failed", "the Temporal UI shows its history")
