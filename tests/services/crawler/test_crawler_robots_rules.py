"""The rules of robots.txt, and the line that decides."""

import tracemalloc

import pytest

from services.crawler.robots_rules import UNDECIDED, parse_rules, target_of

FILE = b"""# hello
User-agent: *
Disallow: /

User-agent: QuietHireBot
User-agent: other
Disallow: /jobs/*/apply$   # no forms
Allow: /jobs
Disallow: /jobs/private
Allow: /jobs/private
Crawl-delay: 2.5
Sitemap: https://a.example/sitemap.xml

User-agent: quiethirebot/1.0
Disallow: /search
"""


def decided(path: str, body: bytes = FILE, agent: str = "QuietHireBot") -> str:
    return str(parse_rules(body, agent).deciding(path))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/jobs/7/apply", "Disallow: /jobs/*/apply$ (line 7)"),
        ("/jobs/7/apply/more", "Allow: /jobs (line 8)"),
        ("/jobs/private/1", "Allow: /jobs/private (line 10)"),
        ("/search?q=nurse", "Disallow: /search (line 15)"),
        ("/about", "None"),
    ],
)
def test_the_longest_rule_of_our_groups_decides_and_allow_wins_a_tie(path, line):
    assert decided(path) == line


def test_who_is_not_named_goes_by_the_groups_for_everyone():
    assert decided("/jobs", agent="Stranger") == "Disallow: / (line 3)"


def test_line_endings_of_every_kind_are_counted():
    assert decided("/a/x", b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /b\r\rDisallow: /a\n") == "Disallow: /a (line 4)"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(b"2.5", 2.5), (b"0", None), (b"-1", None), (b"nan", None), (b"inf", None), (b"soon", None), (b"", None)],
)
def test_a_crawl_delay_is_a_number_above_zero(value, seconds):
    assert parse_rules(b"User-agent: *\nCrawl-delay: " + value, "us").crawl_delay == seconds


def test_of_two_crawl_delays_the_longer_holds_and_each_agent_has_its_own():
    body = b"User-agent: us\nCrawl-delay: 3\nCrawl-delay: 2\nDisallow: /x\nUser-agent: *\nCrawl-delay: 9\n"
    assert parse_rules(body, "us").crawl_delay == 3
    assert parse_rules(body, "them").crawl_delay == 9


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.example", "/"),
        ("https://a.example/x?y=1#z", "/x?y=1"),
        ("https://a.example?y=//1", "/?y=//1"),
        ("https://a.example/x//y", "/x//y"),
        ("/x?u=https://b.example/", "/x?u=https://b.example/"),
    ],
)
def test_rules_are_matched_against_path_and_query(url, target):
    assert target_of(url) == target


@pytest.mark.parametrize("body", [b"\x00" * 1_000, b"\xff\xfe:" * 1_000, b":" * 10_000, b"User-agent\n" * 1_000, b""])
def test_what_is_no_robots_txt_allows_everything(body):
    assert decided("/jobs", body) == "None"


def test_rules_that_take_too_long_to_look_through_allow_nothing():
    body = b"User-agent: *\n" + b"".join(b"Allow: /*ab*c%dz\n" % number for number in range(25_000))
    rules = parse_rules(body, "us")
    assert rules.deciding("/jobs/7") is None
    decided = rules.deciding("/ab" + "c" * 8_000)
    assert (decided, decided.allow) == (UNDECIDED, False)
    assert "too long" in str(decided)


def test_the_rules_of_a_large_file_take_hardly_more_memory_than_the_file():
    body = b"User-agent: *\n" + b"".join(b"Allow:/%x\n" % number for number in range(40_000))
    tracemalloc.start()
    rules = parse_rules(body, "us")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(rules.deciding("/9c3f")) == "Allow: /9c3f (line 40001)"
    assert kept < 2 * len(body)


@pytest.mark.parametrize(
    ("rule", "url"),
    [
        ("/private%2fjobs", "https://a.example/private%2fjobs/1"),
        ("/private%2Fjobs", "https://a.example/private%2fjobs/1"),
        ("/café", "https://a.example/caf%c3%a9/1"),
    ],
)
def test_the_digits_of_an_escape_count_alike_in_either_case(rule, url):
    rules = parse_rules(f"User-agent: *\nDisallow: {rule}\n".encode(), "us")
    assert not rules.deciding(target_of(url)).allow
