"""What is told of a page from its outline, and how well career pages are told from others."""

import csv
import importlib
import json
import pkgutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_up_pages import CAREER_PAGES, OTHER_PAGES, RAW_PAGES, MadeUp, raw_html

from quiethire.domain.page import Page
from services.osint import methods
from services.osint.career_page import VERIFIED, Verdict, judge, posting_links
from services.osint.methods.registry import METHODS
from services.osint.outline import MAX_LINKS, outline_of


def page(body: str | bytes, url: str = "https://a.example/x", content_type: str = "text/html") -> Page:
    content = body if isinstance(body, bytes) else body.encode()
    return Page(url=url, body=content, content_type=content_type, fetched_at=datetime.now(UTC))


def test_career_pages_are_told_from_others_in_at_least_95_of_100(corpus: Path) -> None:
    with (corpus / "labels" / "career_pages.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    wrong = [
        row["url"]
        for row in rows
        if (judge(outline_of(page((corpus / row["path"]).read_bytes(), row["url"]))).confidence >= VERIFIED)
        != (row["career_page"] == "True")
    ]
    assert len(rows) == 55
    assert 1 - len(wrong) / len(rows) >= 0.95, wrong


def test_single_postings_that_nobody_labelled_are_no_career_pages(corpus: Path) -> None:
    lines = (corpus / "postings" / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case["is_posting"]]
    taken = [
        case["url"]
        for case in cases
        if judge(outline_of(page((corpus / "postings" / case["path"]).read_bytes(), case["url"]))).confidence
        >= VERIFIED
    ]
    assert len(cases) > 20
    assert taken == []


def judged(made_up: MadeUp) -> Verdict:
    return judge(outline_of(page(made_up.html, made_up.url, "text/html; charset=utf-8")))


@pytest.mark.parametrize("made_up", CAREER_PAGES, ids=lambda made_up: made_up.language + made_up.path)
def test_career_pages_of_many_languages_are_known(made_up: MadeUp) -> None:
    verdict = judged(made_up)
    assert verdict.confidence >= VERIFIED, verdict.evidence
    assert verdict.lists or not made_up.lists


@pytest.mark.parametrize("made_up", OTHER_PAGES, ids=lambda made_up: made_up.language + made_up.path + made_up.title)
def test_what_stands_beside_a_career_page_or_bears_its_address_is_none(made_up: MadeUp) -> None:
    assert judged(made_up).confidence < VERIFIED, judged(made_up).evidence


@pytest.mark.parametrize(("career", "url", "title", "body"), RAW_PAGES, ids=[f"{row[1]} {row[2]}" for row in RAW_PAGES])
def test_pages_with_the_slogans_of_real_ones_are_told_apart(career: bool, url: str, title: str, body: str) -> None:
    verdict = judge(outline_of(page(raw_html(title, body), url, "text/html; charset=utf-8")))
    assert (verdict.confidence >= VERIFIED) == career, verdict.evidence


def test_a_section_of_news_about_careers_is_no_career_page() -> None:
    news = "".join(f"<a href='/story-{n}'>Why number {n} of all offices closed its doors</a>" for n in range(40))
    body = "<title>Careers</title><h1>Careers</h1><p>How to apply, and where to find jobs.</p>"
    assert judge(outline_of(page(body, "https://daily.example/careers"))).confidence >= VERIFIED
    verdict = judge(outline_of(page(body + news, "https://daily.example/careers")))
    assert verdict.confidence < VERIFIED
    assert "news" in {evidence.kind for evidence in verdict.evidence}


def test_a_page_that_scripts_draw_is_judged_by_the_data_in_it() -> None:
    titles = ("Data Engineer", "Sales Manager", "Office Assistant")
    state = ",".join(f'{{"title":"{title}","team":"x"}}' for title in titles)
    shell = "<title>Acme Jobs</title><div id='root'></div><script>{}</script>"
    url = "https://jobs.acme.example/acme"
    for data in (f"window.state=[{state}]", f"push([1,{json.dumps(state)}])"):
        seen = outline_of(page(shell.format(data), url))
        assert seen.titles_stated == frozenset(titles)
        assert judge(seen).confidence >= VERIFIED
        assert judge(seen).lists
    blank = judge(outline_of(page(shell.format("load()"), url)))
    assert blank.confidence < VERIFIED
    assert "shell" in {evidence.kind for evidence in blank.evidence}


def test_the_outline_has_headings_links_frames_and_text() -> None:
    seen = outline_of(
        page(
            "<html><head><title>Jobs &amp; more</title><base href='https://b.example/y/'></head><body><!-- <a href='/no'>no</a> -->"
            "<h1>Our <b>jobs</b></h1><a href='z?a=1&amp;b=2#c' title='\"quoted\" > sign'>Data\n Engineer</a><a href='mailto:x@y.z'>mail</a>"
            "<a href='/logo' aria-label='Careers'><img></a><iframe src='//c.example/f'></iframe>"
            "<script>document.write(\"<a href='/script'>no</a>\")</script><style>a{}</style>Text&nbsp;here"
        )
    )
    assert (seen.title, seen.main_heading) == ("Jobs & more", "Our jobs")
    assert [(link.url, link.text) for link in seen.links] == [
        ("https://b.example/y/z?a=1&b=2", "Data Engineer"),
        ("https://b.example/logo", "Careers"),
    ]
    assert seen.frames == ["https://c.example/f"]
    assert seen.text == "Our jobs Data Engineer mail Text here"


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 400_000,
        "<a " * 300_000,
        "<a href='" * 200_000,
        "<" * 2_000_000,
        "<!--" * 500_000,
        "<script>" * 250_000,
        f"<a {'x=y ' * 400_000}>",
        "<a href='/x'>" * 150_000,
        f'<h1 title="{"<" * 1_000_000}',
        "\x00\xff" * 500_000,
    ],
    ids=range(10),
)
@pytest.mark.timeout(20)
def test_hostile_pages_are_read_in_bounded_time(hostile: str) -> None:
    seen = outline_of(page(hostile))
    assert len(seen.links) <= MAX_LINKS
    assert judge(seen).confidence < VERIFIED


def test_a_page_in_another_charset_or_a_false_one_is_read() -> None:
    assert (
        outline_of(page("<h1>Bäcker</h1>".encode("latin-1"), content_type="text/html; charset=iso-8859-1")).main_heading
        == "Bäcker"
    )
    assert outline_of(page("<h1>Bäcker</h1>", content_type="text/html; charset=nonsense")).main_heading == "Bäcker"


def test_links_to_postings_are_told_from_navigation_and_files() -> None:
    seen = outline_of(
        page(
            "<a href='/'>Home</a><a href='/careers/data-engineer'>Data Engineer</a><a href='/careers/culture'>Our culture</a>"
            "<a href='/careers/8123-kaufmann'>Kaufmann (m/w/d)</a><a href='/careers/sales-manager.pdf'>Sales Manager (PDF)</a>"
            "<a href='/careers#top'>Top of the page</a><a href='/careers/how-to-apply'>How to apply</a>",
            url="https://a.example/careers",
        )
    )
    assert posting_links(seen) == ["https://a.example/careers/data-engineer", "https://a.example/careers/8123-kaufmann"]


def test_every_judgement_gives_its_reasons() -> None:
    verdict = judge(outline_of(page("<h1>Careers</h1>", url="https://a.example/careers")))
    assert {"path", "heading", "hiring"} == {evidence.kind for evidence in verdict.evidence}
    assert all(evidence.detail for evidence in verdict.evidence)


def test_every_method_is_listed() -> None:
    modules = {module.name for module in pkgutil.iter_modules(methods.__path__)} - {"registry"}
    listed = {type(method).__module__.rpartition(".")[2] for method in METHODS}
    assert listed == modules
    assert all(importlib.import_module(f"services.osint.methods.{name}").__doc__ for name in modules)
    assert len({method.name for method in METHODS}) == len(METHODS)
