"""A person's whole life on a running platform, as it is typed; and what their files tell of them: nothing."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from quiethire_command import Command

from benchmarks.faults.canaries import spellings, told_by_files, told_by_postgresql

NAME, HOST, EMPLOYER, SCHOOL = "Zyqvaxorn Wexquilby", "qzorvex.example", "Xanqvorty Brewery", "Vexqwartz Academy"
NOTE, PHONE, SUMMARY = "jqzwy is too far", "+49 30 70143699", "Quvexorated xylqoth pipelines"
pytestmark = pytest.mark.timeout(600)

SEED = Path(__file__).with_name("seed_postings.py")
PAGE = Path(__file__).with_name("match_page.py")
CANARIES = ("Zyqvaxorn", "Wexquilby", "qzorvex", "Xanqvorty", "Vexqwartz", "jqzwy", "70143699", "xylqoth")
RESUME = f"""{NAME}
Senior Data Engineer
zy@{HOST} | {PHONE} | Berlin, Germany

Summary
{SUMMARY}

Experience
Senior Data Engineer, {EMPLOYER}, Berlin
03/2017 - present
- Pipelines in Python, SQL, Apache Spark and dbt

Education
MSc Computer Science, {SCHOOL}, 2014

Skills
Python, SQL, PostgreSQL, Apache Spark, Apache Kafka, dbt, Airflow, Docker, AWS
"""
WANTED = {
    "open_to_employers": True,
    "work_authorisation": ["DE"],
    "preferences": {"places": ["Berlin"], "countries": ["DE"], "blocked_companies": ["nobody.example"]},
}


@pytest.fixture(scope="module")
def command(tmp_path_factory) -> Command:
    """The data directory of a platform that has postings."""
    folder = tmp_path_factory.mktemp("people") / "data"
    folder.mkdir()
    subprocess.run([sys.executable, str(SEED), str(folder)], check=True, timeout=120)
    return Command(folder)


def test_the_search_for_canaries_finds_them(tmp_path):
    for number, spelling in enumerate(spellings("xylqoth")):
        (tmp_path / str(number)).write_bytes(b"ab" + spelling + b"cd")
    for shift in range(3):
        (tmp_path / f"in{shift}").write_bytes(base64.b64encode(b"x" * shift + b"my xylqoth pipelines"))
    assert len({file for _, file in told_by_files(tmp_path, CANARIES)}) == len(list(tmp_path.iterdir()))


def on_the_page(request: pytest.FixtureRequest, url: str, key: str) -> dict[str, object] | None:
    """What the page of matches shows in a browser; None where there is no browser."""
    try:
        chromium = request.getfixturevalue("chromium")
    except pytest.skip.Exception:
        return None
    told = subprocess.run(
        [sys.executable, str(PAGE), str(chromium), url, key], capture_output=True, text=True, timeout=300, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
    return json.loads(told.stdout)


@pytest.fixture(scope="module")
def life(command, tmp_path_factory, request) -> dict[str, object]:
    """Somebody comes with a résumé, is matched, says what they think, is asked for, and exports everything."""
    folder = tmp_path_factory.mktemp("life")
    (folder / "cv.txt").write_text(RESUME, encoding="utf-8")
    (folder / "wanted.json").write_text(json.dumps(WANTED))
    with command.up():
        running = json.loads((command.data_dir / "running.json").read_text())
        added = command.run("candidate", "add", "--resume", str(folder / "cv.txt"), "--json")
        assert added.code == 0, added.err[-2000:]
        key, who = added.json["secret"], added.json["candidate"]["id"]
        edited = command.run("candidate", "edit", str(folder / "wanted.json"), QUIETHIRE_CANDIDATE_KEY=key)
        assert edited.code == 0, edited.err[-2000:]
        shown = command.run("candidate", "show", QUIETHIRE_CANDIDATE_KEY=key)

        made = command.run("keys", "create", "Northwind hiring", "--scope", "match", "--json")
        assert made.code == 0, made.err[-2000:]
        operator = {"Authorization": f"Bearer {running['operator_key']}"}
        with httpx.Client(base_url=running["api_url"], timeout=60) as api:
            hook = {"channel": "webhook", "address": "https://hooks.northwind.example/Xanqvorty"}
            api.post("/api/v1/alerts", json={"search": {"q": "data"}, **hook}, headers=operator).raise_for_status()
            daily = api.post(f"/api/v1/matches/candidate/{who}/daily", headers=operator).raise_for_status().json()
            job = daily["matches"][0]["job"]["id"]
            person = {"Authorization": f"Bearer {key}"}
            scored = api.get("/api/v1/candidates/me/matches", headers=person).raise_for_status().json()["matches"]
            page = on_the_page(request, running["api_url"], key)
            opinions = api.get("/api/v1/candidates/me/export", headers=person).raise_for_status().json()["feedback"]
            path = f"/api/v1/matches/job/{job}"
            (fitting,) = api.post(f"{path}/candidates", headers=operator).raise_for_status().json()["candidates"]
            question = {"pseudonym": fitting["pseudonym"], "message": f"Dear reader, {SUMMARY}?"}
            api.post(f"{path}/introductions", json=question, headers=operator).raise_for_status()
            hiring = {"Authorization": f"Bearer {made.json['secret']}"}
            (fitting,) = api.post(f"{path}/candidates", headers=hiring).raise_for_status().json()["candidates"]
            asked = {"pseudonym": fitting["pseudonym"], "message": "Shall we meet?"}
            api.post(f"{path}/introductions", json=asked, headers=hiring).raise_for_status()
            asking = api.get("/api/v1/candidates/me/introductions", headers=person).raise_for_status().json()
            answer = {"asked_by": "operator", "agreed": True}
            answered = api.put(f"/api/v1/candidates/me/introductions/{job}", json=answer, headers=person)
            answered.raise_for_status()
            told = api.get(f"{path}/introductions", headers=operator).raise_for_status().json()
            # Whoever has said no to a job is nobody that its employer is shown: so this comes last.
            said = {"verdict": "not_interested", "why": "place", "note": NOTE}
            api.put(f"/api/v1/candidates/me/feedback/{job}", json=said, headers=person).raise_for_status()
        exported = command.run("candidate", "export", QUIETHIRE_CANDIDATE_KEY=key)
        listed = command.run("candidate", "list", "--json")
        (folder / "groups.csv").write_text(f"candidate_id,group\n{who},everybody\n")
        audited = command.run("audit", "--groups", str(folder / "groups.csv"), "--json")
        in_tables = told_by_postgresql(running["postgres_dsn"], CANARIES)
    return {
        "key": key,
        "who": who,
        "shown": shown.out,
        "exported": exported.json,
        "told": told,
        "listed": listed.out,
        "audited": audited.json,
        "employers": {one["employer"] for one in asking["introductions"]},
        "scored": scored,
        "page": page,
        "opinions": opinions,
        "in_tables": in_tables,
        "in_files": told_by_files(command.data_dir, CANARIES),
    }


def test_a_person_sees_all_that_is_held_of_them(life):
    assert NAME in life["shown"]
    exported = json.dumps(life["exported"])
    assert [canary for canary in CANARIES if canary not in exported] == []
    assert life["exported"]["matches"]
    assert life["exported"]["decisions"]


def test_a_person_is_told_which_employer_asks_for_their_name(life):
    assert life["employers"] == {"Northwind hiring", "the operator of this platform"}


def test_the_page_ranks_anew_at_once_by_the_engines_formula_and_keeps_what_is_said_of_a_match(life):
    page = life["page"]
    if page is None:
        pytest.skip("no Chromium")
    factors = {match["job"]["id"]: match["factors"] for match in life["scored"]}
    assert page["first"] == pytest.approx({match["job"]["id"]: match["score"] for match in life["scored"]})
    known = {job: [one for one in own if one["value"] is not None] for job, own in factors.items()}
    weights = {one["name"]: one["weight"] for one in next(iter(factors.values()))} | {"skills": 90.0}
    expected = {
        job: 100 * sum(weights[one["name"]] * one["value"] for one in own) / sum(weights[one["name"]] for one in own)
        for job, own in known.items()
    }
    assert page["reweighed"] == pytest.approx(expected)
    ranked = [round(score, 6) for score in page["reweighed"].values()]
    assert ranked == sorted(ranked, reverse=True)
    assert page["refused"] not in page["last"]
    assert next(iter(page["last"])) == page["liked"]
    said = {one["job_id"]: one["verdict"] for one in life["opinions"]}
    assert said == {page["liked"]: "interested", page["refused"]: "not_interested"}
    assert page["complaints"] == []


def test_an_employer_learns_the_name_from_who_agreed(life):
    assert life["told"]["introductions"][0]["contact"]["name"] == NAME


def test_operators_learn_that_there_is_somebody_and_what_was_decided(life):
    assert life["who"] in life["listed"]
    assert not any(canary in life["listed"] for canary in CANARIES)
    (group,) = life["audited"]["groups"]
    assert group["people"]["selected"] >= 1
    assert group["decisions"]["of"] >= group["decisions"]["selected"] > 0


def test_nothing_of_a_person_stands_in_clear_in_any_file_or_table(life):
    assert (life["in_files"], life["in_tables"]) == (set(), set())


def test_after_erasing_nothing_is_left_and_the_key_opens_nothing(command, life):
    with command.up():
        running = json.loads((command.data_dir / "running.json").read_text())
        erased = command.run("candidate", "erase", "--yes", QUIETHIRE_CANDIDATE_KEY=life["key"])
        assert erased.code == 0, erased.err[-2000:]
        again = command.run("candidate", "show", QUIETHIRE_CANDIDATE_KEY=life["key"])
        assert (again.code, "is not known" in again.err) == (2, True)
        assert life["who"] not in command.run("candidate", "list", "--json").out
        with psycopg.connect(running["postgres_dsn"]) as connection:
            for table in ("person_keys", "candidates", "resumes", "matches", "feedback", "introductions", "decisions"):
                column = {"person_keys": "person", "candidates": "id"}.get(table, "candidate_id")
                query = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s")
                counted = connection.execute(
                    query.format(sql.Identifier(table), sql.Identifier(column)), (life["who"],)
                ).fetchone()
                assert counted == (0,), table
        assert told_by_postgresql(running["postgres_dsn"], CANARIES) == set()
    assert told_by_files(command.data_dir, CANARIES) == set()
