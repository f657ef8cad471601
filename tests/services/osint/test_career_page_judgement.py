"""What is told of a page from its outline, and how well career pages are told from others."""

import csv
import importlib
import pkgutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.page import Page
from services.osint import methods
from services.osint.career_page import VERIFIED, judge, posting_links
from services.osint.methods.registry import METHODS
from services.osint.outline import MAX_LINKS, outline_of


def page(body: str | bytes, url: str = "https://a.example/x", content_type: str = "text/html") -> Page:
    content = body if isinstance(body, bytes) else body.encode()
    return Page(url=url, body=content, content_type=content_type, fetched_at=datetime.now(UTC))


def test_career_pages_are_told_from_others_in_at_least_85_of_100(corpus: Path) -> None:
    with (corpus / "labels" / "career_pages.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    wrong = [
        row["url"]
        for row in rows
        if (judge(outline_of(page((corpus / row["path"]).read_bytes(), row["url"]))).confidence >= VERIFIED)
        != (row["career_page"] == "True")
    ]
    assert len(rows) == 55
    assert 1 - len(wrong) / len(rows) >= 0.85, wrong


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
