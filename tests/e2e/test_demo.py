"""`quiethire demo`, day after day, on real servers."""

import pytest

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def first(shared_command):
    return shared_command.run("demo", "--json")


@pytest.fixture(scope="module")
def second(shared_command, first):
    return shared_command.run("demo", "--json")


@pytest.fixture(scope="module")
def next_day(shared_command, second):
    return shared_command.run("demo", "--json", "--day", "2")


def test_the_main_job_is_done(first):
    report = first.json
    assert first.code == 0
    assert report["companies"]["crawled"] >= 8
    postings = report["postings"]
    assert postings["stored"] >= 50
    assert postings["seen"] == postings["stored"] + postings["unchanged"] + postings["refused"]
    assert report["stats"]["postings"]["open"] == postings["stored"]


def test_every_kind_of_source_gave_postings(first):
    assert {"greenhouse", "lever", "ashby", "website"} <= first.json["stats"]["postings"]["by_ats"].keys()


def test_what_went_wrong_is_named(first):
    report = first.json
    assert all(refusal["reason"] and refusal["url"] for refusal in report["refused"])
    kinds = {problem["kind"] for problem in report["problems"]}
    assert {"http_500", "robots", "empty_board"} <= kinds
    assert all(problem["where"] and problem["detail"] for problem in report["problems"])


def test_the_search_answers_with_facets(first):
    search = first.json["search"]
    assert search["found"] > 0
    assert not search["degraded"]
    assert {"company", "location", "remote", "job_type"} <= search["facets"].keys()


def test_matches_come_with_reasons_whose_points_sum_to_the_score(first):
    matches = first.json["matches"]["matches"]
    assert matches
    for match in matches:
        assert match["score"] == pytest.approx(sum(factor["points"] for factor in match["factors"]), abs=1e-6)
        assert all(factor["reason"] for factor in match["factors"])


def test_stages_are_timed(first):
    assert {"discover", "fetch", "parse", "store", "index"} <= first.json["stage_seconds"].keys()


def test_a_second_run_changes_nothing_and_says_so(first, second):
    report = second.json
    assert second.code == 0
    assert not report["changed"]
    assert report["postings"]["unchanged"] == first.json["postings"]["stored"]
    assert report["stats"] == first.json["stats"]
    assert report["matches"]["new"] == 0


def test_the_next_day_changes_closes_and_opens(next_day):
    report = next_day.json
    assert report["changed"]
    postings = report["postings"]
    assert min(postings["opened"], postings["changed"], postings["closed"]) >= 1
    assert report["stats"]["postings"]["closed"] == postings["closed"]


def test_a_board_that_disappeared_is_named_and_its_postings_stay_open(shared_command, next_day):
    assert any(
        problem["kind"] == "gone" and "meridianloom" in problem["where"] for problem in next_day.json["problems"]
    )
    demo = str(shared_command.data_dir / "demo")
    kept = shared_command.run("search", "--company", "Meridian Loom", "--json", QUIETHIRE_DATA_DIR=demo).json
    assert kept["found"] > 0


def test_the_day_after_a_posting_reappears(shared_command, next_day):
    report = shared_command.run("demo", "--json", "--day", "3").json
    assert report["postings"]["reopened"] >= 1
    assert report["stats"]["postings"]["events"]["reopened"] == report["postings"]["reopened"]
