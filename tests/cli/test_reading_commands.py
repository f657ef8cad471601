"""`quiethire parse`, `links`, `recognise`, `salary` and `location`, as they are typed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from quiethire_command import COMMAND, ROOT
from quiethire_command import typed as quiethire

from services.matching.taxonomy.packages import data_files

PROSE = "You look after the timetables of forty trains and talk to the people who run them every day. " * 6
JOB = (
    "<title>Data Engineer - Northwind</title><h1>Data Engineer</h1><p>Location: Berlin, Germany</p><p>Full time</p>"
    f"<p>Salary: €60,000 – €80,000 per year</p><h2>Requirements</h2><p>{PROSE}</p><a href='/apply'>Apply now</a>"
)
LIST = "<h1>Open positions</h1>" + "".join(
    f"<li><a href=/jobs/{n}-train-driver>Train Driver {n}</a></li>" for n in (4001, 4002, 4003)
)
SITE = "https://www.northwind.example"


@pytest.fixture
def saved(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/job.html").write_text(JOB, encoding="utf-8")
    (tmp_path / "pages/list.html").write_text(LIST, encoding="utf-8")
    (tmp_path / "pages/shell.html").write_text(
        "<div id=root></div><script src=a.js></script><script src=b.js></script>"
    )
    return tmp_path


def cases(folder: Path, *lines: object) -> Path:
    file = folder / "cases.jsonl"
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return file


def case(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "path": f"pages/{name}.html", "url": f"{SITE}/jobs/{name}", **more}


def test_parse_shows_the_fields_of_a_page_and_where_each_is_from(saved):
    ended = quiethire("parse", saved / "pages/job.html", "--url", f"{SITE}/jobs/job")
    assert ended.code == 0
    shown = {line.split("  ")[0].strip(): line for line in ended.out.splitlines()}
    assert "Data Engineer" in shown["title"]
    assert "html" in shown["title"]
    assert "Berlin, DE" in shown["locations"]
    assert "60,000–80,000 EUR a year" in shown["salary"]


@pytest.mark.skipif(data_files() is None, reason="the extra `taxonomy` is not installed")
def test_parse_tells_the_skills_that_the_platform_keeps(saved):
    (saved / "pages/tax.html").write_text(
        JOB.replace("<p>You", "<ul><li>Knowledge of tax law</li><li>Python</li></ul><p>You")
    )
    ended = quiethire("parse", saved / "pages/tax.html", "--url", f"{SITE}/jobs/tax", "--json")
    assert json.loads(ended.out)["posting"]["skills"] == ["Python", "tax legislation"]


def test_parse_shows_hourly_pay_days_on_site_visa_and_the_parts_of_the_score(saved):
    page = JOB.replace("€60,000 – €80,000 per year", "€17.50 – €19.00 per hour")
    page += "<p>We are unable to sponsor visas for this role, and you work 3 days a week in our office.</p>"
    (saved / "pages/hourly.html").write_text(page, encoding="utf-8")
    ended = quiethire("parse", saved / "pages/hourly.html", "--url", f"{SITE}/jobs/8")
    shown = {line[:18].strip(): line[18:] for line in ended.out.splitlines()}
    assert "17.50–19 EUR an hour" in shown["salary"]
    assert shown["on site days"].split()[0] == "3"
    assert shown["visa sponsorship"].split()[0] == "no"
    assert shown["quality"].split(":")[0] == "96 of 100"
    assert "title 30/30" in shown["quality"]


def test_parse_gives_one_json_object_with_flat_names_and_provenance(saved):
    ended = quiethire("parse", saved / "pages/job.html", "--url", f"{SITE}/jobs/job", "--json")
    posting = json.loads(ended.out)["posting"]
    assert (posting["title"], posting["company"], posting["job_type"], posting["remote"]) == (
        "Data Engineer",
        "Northwind",
        "full_time",
        "none",
    )
    assert [posting[f"salary_{name}"] for name in ("min", "max", "currency", "period")] == [60000, 80000, "EUR", "year"]
    assert posting["locations"][0]["country"] == "DE"
    assert posting["provenance"]["salary"]["source"] == "html"
    assert sum(int(part.split("/")[0]) for part in posting["quality_parts"].values()) == posting["quality_score"]


def test_parse_answers_cases_in_order_and_says_why_there_is_no_posting(saved):
    ended = quiethire("parse", "--jsonl", cases(saved, case("shell"), case("job", title="passed over"), case("list")))
    assert ended.code == 0
    assert [line["id"] for line in ended.lines] == ["shell", "job", "list"]
    assert [line["posting"] is None for line in ended.lines] == [True, False, True]
    assert ended.lines[0]["reason"].startswith("shell:")
    assert 0 < ended.lines[1]["seconds"] < 3


def test_a_relative_date_counts_from_the_time_of_the_case(saved):
    (saved / "pages/job.html").write_text(JOB.replace("<p>Full time</p>", "<p>Posted: 3 days ago</p>"))
    ended = quiethire("parse", "--jsonl", cases(saved, case("job", fetched_at="2026-03-10T12:00:00Z")))
    assert ended.lines[0]["posting"]["posted_at"].startswith("2026-03-07")


def test_bad_lines_and_pages_are_named_and_the_others_answered(saved):
    (saved / "pages/hostile.html").write_bytes(b"<div>" * 10 + b"x" * 10_000_001)
    file = cases(
        saved, "no json", {"id": "half"}, case("missing"), case("job", url="nonsense"), "", case("hostile"), case("job")
    )
    ended = quiethire("parse", "--jsonl", file)
    assert ended.code == 3
    answers = [(line["id"], line["posting"] is not None, line.get("reason", "")[:9]) for line in ended.lines]
    assert answers == [
        ("missing", False, "invalid_i"),
        ("job", False, "invalid_u"),
        ("hostile", False, "too_large"),
        ("job", True, ""),
    ]
    for named in ("cases.jsonl:1", "cases.jsonl:2", "missing.html", "nonsense", "10,000,051 bytes"):
        assert named in ended.err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_leaves_no_process_and_no_trace(saved, stop):
    file = cases(saved, *(case("job", id=str(n)) for n in range(3_000)))
    process = subprocess.Popen(
        [COMMAND, "parse", "--jsonl", str(file)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["id"] == "0"
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(stop)
    _, talk = process.communicate(timeout=30)
    assert process.returncode == 128 + stop
    assert talk.strip() == "stopped"
    assert workers
    assert psutil.wait_procs(workers, timeout=30)[1] == []


def test_links_are_listed_and_answered_by_case(saved):
    expected = [f"{SITE}/jobs/{n}-train-driver" for n in (4001, 4002, 4003)]
    ended = quiethire("links", saved / "pages/list.html", "--url", f"{SITE}/jobs")
    assert ended.out.split() == expected
    ended = quiethire("links", "--jsonl", cases(saved, case("list"), case("shell"), case("missing")))
    assert [line["links"] for line in ended.lines] == [expected, [], []]
    assert ended.code == 3


def test_recognise_names_the_ats_of_urls_and_of_pages_that_embed_a_board(saved):
    ended = quiethire(
        "recognise", "https://jobs.lever.co/acme/123", "https://acme.wd5.myworkdayjobs.com/External", f"{SITE}/careers"
    )
    found = [line.split()[:2] for line in ended.out.splitlines()]
    assert found == [["lever", "acme"], ["workday", "acme"], ["none", f"{SITE}/careers"]]
    (saved / "pages/embed.html").write_text('<script src="https://boards.greenhouse.io/embed/job_board/js?for=acme">')
    lever = {"id": 7, "url": "https://jobs.lever.co/acme"}
    ended = quiethire("recognise", "--jsonl", cases(saved, lever, case("embed"), {"id": "x", "url": ""}))
    assert ended.lines == [
        {"id": 7, "url": lever["url"], "ats": "lever", "token": "acme"},
        {"id": "embed", "url": f"{SITE}/jobs/embed", "ats": "greenhouse", "token": "acme"},
        {"id": "x", "url": "", "ats": None, "token": None},
    ]


PAY = {
    "€70k": (70000, 70000, "EUR", "year"),
    "£20 - £25 per hour": (20, 25, "GBP", "hour"),
    "ab 3.500 € brutto im Monat": (3500, None, "EUR", "month"),
    "up to $90,000 a year": (None, 90000, "USD", "year"),
    "We raised $40 million": None,
    "Sign-on bonus: €5,000": None,
}


def test_salary_reads_pay_and_nothing_else(tmp_path):
    names = ("min", "max", "currency", "period")
    expected = {text: dict(zip(names, pay, strict=True)) if pay else None for text, pay in PAY.items()}
    ended = quiethire("salary", "--jsonl", cases(tmp_path, *({"id": text, "text": text} for text in PAY)))
    assert {line["id"]: line["salary"] for line in ended.lines} == expected
    assert json.loads(quiethire("salary", "€70k", "--json").out)["salary"] == expected["€70k"]


def test_salary_speaks_to_people(tmp_path):
    assert "45 EUR an hour" in quiethire("salary", "€45/h").out
    assert "no pay" in quiethire("salary", "hello").out


def test_location_reads_places_and_where_remote_work_is_allowed(tmp_path):
    shown = quiethire("location", "Berlin or Munich").out
    assert "Berlin" in shown
    assert "Munich" in shown
    assert json.loads(quiethire("location", "Remote - Germany", "--json").out)["remote_allowed_in"] == ["DE"]
    ended = quiethire(
        "location", "--jsonl", cases(tmp_path, {"id": 1, "text": "Tampa, FL"}, {"id": 2}, {"id": 3, "text": " "})
    )
    assert ended.code == 3
    assert [(line["id"], [place["country"] for place in line["locations"]]) for line in ended.lines] == [
        (1, ["US"]),
        (3, []),
    ]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["parse"], "--url"),
        (["parse", "--jsonl", "/no/such/file"], "/no/such/file"),
        (["links", __file__], "--url"),
        (["links", __file__, "--url", "nonsense"], "nonsense"),
        (["recognise"], "--jsonl"),
        (["salary"], "--jsonl"),
        (["location", "Berlin", "--jsonl", __file__], "--jsonl"),
    ],
)
def test_wrong_use_is_exit_code_2_and_names_what_is_missing(arguments, named):
    ended = quiethire(*arguments)
    assert ended.code == 2
    assert named in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("command", ["parse", "links", "recognise", "salary", "location"])
def test_help_shows_an_example_and_the_exit_codes(command):
    shown = quiethire(command, "--help").out
    assert f"quiethire {command} " in shown
    assert "--jsonl" in shown
    assert "Exit codes" in shown


@pytest.mark.parametrize("arguments", [["salary", "€70k"], ["recognise", "https://jobs.lever.co/acme"]])
def test_a_question_about_one_text_loads_no_client_of_a_server(arguments):
    program = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from quiethire.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(ended.stdout.split())
    assert loaded.isdisjoint({"temporalio", "httpx", "psycopg", "redis", "fastapi", "playwright", "quiethire.platform"})
    assert "quiethire.cli.ask" in loaded


@pytest.mark.timeout(30)
def test_a_pipe_that_nobody_writes_to_is_no_file_of_a_page(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    ended = quiethire("links", tmp_path / "pipe", "--url", SITE)
    assert ended.code == 2
    assert "no regular file" in ended.err


@pytest.mark.parametrize("name", ["PROXIES", "BROWSER_ARGS", "FETCH_PORTS", "HOST_MAP"])
def test_a_setting_that_should_be_json_and_is_not_is_named_without_its_value(name):
    ended = quiethire("fetch", "--dry-run", "http://127.0.0.1/", **{f"QUIETHIRE_{name}": "http://user:secret@host"})
    assert ended.code == 2
    assert f"QUIETHIRE_{name}: is no JSON" in ended.err
    assert "secret" not in ended.err
