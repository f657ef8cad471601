"""`quiethire companies`, `status`, `pause` and `resume`, on a platform that runs."""

import pytest

pytestmark = pytest.mark.timeout(600)

LIST = (
    "\ufeffDomain;Name;Board URL\r\n"
    "northwind.example;Northwind;https://boards.greenhouse.io/northwind\r\n"
    "\r\n"
    'acme.example;"Acme; Sons";\r\n'
    "not a domain;Broken;\r\n"
    ";Lever Ltd;https://jobs.lever.co/leverltd\r\n"
)


@pytest.fixture(scope="module")
def platform(shared_command):
    with shared_command.up():
        yield shared_command


def test_the_loop_is_paused_and_resumed_as_a_whole_and_by_parts(platform):
    assert platform.run("resume", "--json").json["schedules"] == [
        "continuous-discovery",
        "board-refresh",
        "crawl-queue",
    ]
    assert platform.run("pause", "discovery").code == 0
    held = {each["id"]: each["paused"] for each in platform.run("status", "--json").json["schedules"]}
    assert (held["continuous-discovery"], held["board-refresh"], held["reindex"]) == (True, False, False)
    platform.run("pause", "refresh")
    shown = platform.run("status")
    assert shown.code == 0
    assert "postgresql" in shown.out
    assert shown.out.count("paused") == 2
    platform.run("resume", "all")
    assert not any(each["paused"] for each in platform.run("status", "--json").json["schedules"])
    # What the next tests add is nobody's to fetch.
    assert platform.run("pause").code == 0


def test_a_list_is_imported_its_bad_lines_named_and_a_second_import_adds_nothing(platform, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    first = platform.run("companies", "import", str(file), "--json")
    assert first.code == 3
    counts = {name: first.json[name] for name in ("new_companies", "new_boards", "bad_lines")}
    assert counts == {"new_companies": 2, "new_boards": 2, "bad_lines": 1}
    assert first.json["problems"][0]["where"].endswith("list.csv, line 5, column domain")
    again = platform.run("companies", "import", str(file), "--json")
    assert (again.json["new_companies"], again.json["new_boards"]) == (0, 0)
    listed = platform.run("companies", "list", "--json").json
    assert [(each["domain"], each["name"]) for each in listed["companies"]] == [
        ("acme.example", "Acme; Sons"),
        ("northwind.example", "Northwind"),
    ]


def test_a_company_and_a_board_are_added_by_hand_and_due_at_once_and_what_is_no_domain_is_refused(platform):
    before = platform.run("status", "--json").json
    added = platform.run("companies", "add", "zeta.example", "https://jobs.ashbyhq.com/zeta")
    assert added.code == 0
    assert "1 companies, 1 new" in added.out
    refused = platform.run("companies", "add", "good.example", "no domain")
    assert refused.code == 2
    assert "no domain" in refused.err
    assert "try:" in refused.err
    after = platform.run("status", "--json").json
    assert after["companies_due"] == before["companies_due"] + 1
    assert after["boards"]["due"] == before["boards"]["due"] + 1


def test_what_cannot_be_paused_is_wrong_use(platform):
    assert platform.run("pause", "everything").code == 2
