"""What strangers wrote reaches a terminal as text, and as nothing else."""

import pytest

from quiethire.cli.fetch_report import Hop, Report, print_report
from quiethire.cli.find import print_job, print_search
from quiethire.cli.output import fail, print_troubles
from quiethire.domain.errors import InvalidInput
from quiethire.domain.result import Problem, Refusal

EVIL = "a\x1b]0;title\x07b\x9b31mc\rd\ne"
TAME = "a ]0;title b 31mc d e"


def error() -> None:
    fail(InvalidInput(f"detail {EVIL}", where=f"where {EVIL}", hint=f"hint {EVIL}"))


def troubles() -> None:
    refused = [Refusal(url=f"url {EVIL}", reason=f"reason {EVIL}")]
    print_troubles(refused, [Problem(kind=f"kind {EVIL}", where=f"where {EVIL}", detail=f"detail {EVIL}")])


def report() -> None:
    robots = {"allowed": False, "reason": f"reason {EVIL}", "seconds": 0.1}
    hop = Hop(url=f"url {EVIL}", allowed=True, robots=robots)
    print_report(
        Report(url="u", way="http", why=f"why {EVIL}", content_type=f"kind {EVIL}", size=1, hops=(hop,), seconds=0.1)
    )


def hits() -> None:
    hit = {
        "id": "i",
        "title": f"title {EVIL}",
        "company": "c",
        "location": [f"p {EVIL}"],
        "remote": "none",
        "salary": None,
    }
    answer = {"found": 1, "degraded": False, "unknown": [], "hits": [hit], "facets": {}, "facets_estimated": False}
    print_search(answer)


def job() -> None:
    print_job(
        {
            **dict.fromkeys(("on_site_days", "visa_sponsorship", "salary", "job_type")),
            "title": f"title {EVIL}",
            "company_name": f"company {EVIL}",
            "locations": [{"name": f"place {EVIL}"}],
            "remote": "none",
            "status": "open",
            "first_seen_at": "2026-11-01T09:30:00Z",
            "skills": [f"skill {EVIL}"],
            "partial": True,
        }
    )


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (hits, ("title",)),
        (job, ("title", "company", "place", "skill")),
        (error, ("detail", "where", "hint")),
        (troubles, ("url", "reason", "kind", "where", "detail")),
        (report, ("url", "reason", "why")),
    ],
)
def test_no_control_character_of_a_stranger_is_printed(capsys, monkeypatch, shown, said):
    monkeypatch.setenv("COLUMNS", "300")
    shown()
    out, err = capsys.readouterr()
    printed = out + err
    assert not set(printed) & {"\x1b", "\x07", "\x9b", "\r"}
    for word in said:
        assert f"{word} {TAME}" in printed
