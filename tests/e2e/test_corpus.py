"""Real pages, crawled from the archive alone, through the same workflows."""

import json

import pytest

pytestmark = pytest.mark.timeout(600)

BOARDS = ("https://jobs.ashbyhq.com/", "https://job-boards.greenhouse.io/", "https://jobs.lever.co/")


@pytest.fixture(scope="module")
def pages(corpus):
    return [json.loads(line) for line in (corpus / "web.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def imported(shared_command, corpus):
    with shared_command.up():
        yield shared_command.run("archive", "import", str(corpus / "web.jsonl"), "--json")


@pytest.fixture(scope="module")
def ashby(pages):
    tokens = [page["url"].split("/job-board/")[1].split("?")[0] for page in pages if "api.ashbyhq.com" in page["url"]]
    return [f"https://jobs.ashbyhq.com/{token}" for token in tokens]


@pytest.fixture(scope="module")
def crawled(shared_command, imported, ashby):
    return shared_command.run("crawl", *ashby, "--offline", "--json")


def test_the_archive_takes_the_pages_once(shared_command, imported, corpus, pages):
    assert imported.code == 0
    assert imported.json["imported"] == len(pages)
    again = shared_command.run("archive", "import", str(corpus / "web.jsonl"), "--json").json
    assert (again["imported"], again["unchanged"]) == (0, len(pages))


def test_the_archive_is_exported_and_taken_back_and_pruned(shared_command, imported, pages, tmp_path):
    file = tmp_path / "pages.warc.gz"
    assert shared_command.run("archive", "export", str(file), "--json").json == {"exported": len(pages), "problems": []}
    again = shared_command.run("archive", "import", str(file), "--json").json
    assert (again["imported"], again["unchanged"], again["problems"]) == (0, len(pages), [])
    assert shared_command.run("archive", "prune", "--json").json["fetches"] == 0


def test_27_ashby_boards_give_their_199_postings(ashby, crawled):
    assert len(ashby) == 27
    report = crawled.json
    postings = report["postings"]
    assert (postings["seen"], postings["stored"], postings["refused"], postings["closed"]) == (199, 199, 0, 0)
    assert report["complete"] == 27
    assert report["requests"] == 0


def test_all_of_them_are_searchable_with_salaries_where_the_board_states_them(shared_command, crawled, corpus):
    stated = 0
    for path in (corpus / "feeds" / "ashby").glob("*.json"):
        for job in json.loads(path.read_text())["jobs"]:
            tiers = (job.get("compensation") or {}).get("compensationTiers") or []
            components = [part for tier in tiers for part in tier.get("components") or []]
            stated += any(part.get("compensationType") == "Salary" and part.get("minValue") for part in components)
    assert stated > 0
    assert shared_command.run("search", "--json", "--limit", "1").json["found"] == 199
    assert shared_command.run("stats", "--json").json["postings"]["with_salary"] >= stated


def test_a_second_crawl_finds_everything_unchanged(shared_command, ashby, crawled):
    postings = shared_command.run("crawl", *ashby, "--offline", "--json").json["postings"]
    assert (postings["stored"], postings["unchanged"], postings["closed"]) == (0, 199, 0)


def test_greenhouse_and_lever_boards_and_a_dozen_posting_pages(shared_command, imported, pages):
    boards = ["https://boards.greenhouse.io/amplitude", "https://jobs.lever.co/idealistconsulting"]
    report = shared_command.run("crawl", *boards, "--offline", "--json").json
    assert report["postings"]["stored"] == 4
    # The saved Greenhouse feed says 37 and holds 2: that is told, and nothing would be closed.
    assert [problem["kind"] for problem in report["problems"]] == ["incomplete_board"]
    assert report["complete"] == 1
    single = [page["url"] for page in pages if page["path"].startswith("postings/")]
    report = shared_command.run("crawl", *single, "--offline", "--json").json
    assert report["postings"]["stored"] + report["postings"]["unchanged"] >= 12


def test_what_is_not_archived_is_named_and_the_rest_goes_on(shared_command, imported, ashby):
    ended = shared_command.run("crawl", "https://nowhere.example/jobs", ashby[0], "--offline", "--json")
    assert ended.code == 3
    [problem] = ended.json["problems"]
    assert problem["kind"] == "not_archived"
    assert "nowhere.example" in problem["where"]
    assert ended.json["postings"]["seen"] > 0
