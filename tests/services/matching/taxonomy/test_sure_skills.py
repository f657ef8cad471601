import asyncio
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, Provenance, Source
from quiethire.domain.technologies import MAX_SKILLS
from services.matching.taxonomy import packages
from services.matching.taxonomy.packages import data_files
from services.matching.taxonomy.skills import Skills, open_skills
from services.matching.taxonomy.sure import MOST, open_reader, sure_mentions, with_skills
from services.parser.pool import ParserPool

pytestmark = pytest.mark.skipif(data_files() is None, reason="the extra `taxonomy` is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("taxonomy")


@pytest.fixture(scope="module")
def skills(folder) -> Skills:
    return open_skills(folder)


def posting(
    title: str, *, requirements: tuple[str, ...] = (), text: str = "", known: tuple[str, ...] = ()
) -> JobPosting:
    return JobPosting(
        id=UUID(int=1),
        identity="x",
        url="https://x.example/1",
        ats="website",
        title=title,
        company_name="X",
        requirements=requirements,
        description_text=text,
        skills=known,
        quality_score=90,
    )


@pytest.mark.parametrize(
    ("title", "asked", "names"),
    [
        ("Registered nurse", "Experience in nursing science; you administer medication", {"nursing science", "administer prescribed medication"}),
        ("Accountant", "Knowledge of accounting, tax law and financial statements", {"accounting", "tax legislation"}),
        ("Cook", "You know food safety principles and menu planning", {"food safety principles"}),
        ("Warehouse worker", "You operate forklifts", {"operate forklift"}),
    ],
)  # fmt: skip
def test_what_trades_ask_is_named_by_preferred_labels(skills, title, asked, names):
    assert names <= set(with_skills(skills, posting(title, requirements=(asked,))).skills)


@pytest.mark.parametrize(
    "text",
    [
        "Excellent communication skills",
        "You make decisions and meet deadlines",
        "You support colleagues and identify opportunities",
        "We offer yoga and equal opportunities whatever your genetics",
        "The leader of the entertainment industry",
        "Knowledge of IFRS",
        "We work independently",
    ],
)
def test_what_any_posting_says_is_no_skill(skills, text):
    assert with_skills(skills, posting("Clerk", requirements=(text,), text=text)).skills == ()


def test_technologies_stay_in_front_and_nothing_is_there_twice(skills):
    asked = "Python, project management, Project Management and PYTHON"
    read = with_skills(skills, posting("Engineer", requirements=(asked,), text=asked, known=("Python",)))
    assert read.skills == ("Python", "project management")
    assert with_skills(skills, read) == read


def test_a_description_alone_gives_what_it_names_by_its_preferred_label(skills):
    text = "The team does project management. Someone knows chemistry and tax law."
    assert with_skills(skills, posting("Assistant", text=text)).skills == ("project management",)


def test_where_the_first_skill_was_found_is_told_unless_the_parser_told_it(skills):
    asked = posting("Clerk", requirements=("Good at Excel", "Two years of project management in a bank"))
    told = with_skills(skills, asked).provenance["skills"]
    assert (told.source, told.path) == (Source.TEXT, "description “Two years of project management in a bank”")
    known = asked.model_copy(update={"provenance": {"skills": Provenance(source=Source.TEXT, path="title “Clerk”")}})
    assert with_skills(skills, known).provenance == known.provenance


def test_a_posting_is_given_a_bounded_number(skills):
    labels = [concept.name for concept in skills._concepts if concept.branches == "K" and concept.name.count(" ") == 1]
    long = posting("Everything", requirements=tuple(labels[:300]), known=tuple(f"T{number}" for number in range(50)))
    assert len(with_skills(skills, posting("Everything", requirements=tuple(labels[:300]))).skills) == MOST
    assert len(with_skills(skills, long).skills) == MAX_SKILLS


def test_without_the_packages_postings_stay_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    asked = posting("Cook", requirements=("project management",), known=("Excel",))
    assert open_reader(tmp_path / "none")(asked) is asked


def test_mentions_have_their_places(skills):
    text = "Led project management for a bank."
    (mention,) = sure_mentions(skills, text, asked=False)
    assert text[mention.start : mention.end] == "project management"


async def test_the_parsers_processes_read_skills_of_every_posting(folder):
    body = (
        b"<title>Nurse - Fernwell</title><h1>Nurse</h1><p>Location: Berlin, Germany</p><p>Full time</p><h2>Requirements</h2>"
        b"<ul><li>Experience in infection control</li><li>Excel</li></ul>"
        + b"<p>We want people who know how to care for others day and night. </p>" * 10
        + b'<a href="/apply">Apply now</a>'
    )
    page = Page(
        url="https://www.fernwell.example/jobs/1",
        body=body,
        content_type="text/html",
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    async with ParserPool(workers=1, open_reader=partial(open_reader, folder)) as pool, asyncio.timeout(60):
        (parsed,) = await pool.posting_pages([(page, None)])
        assert parsed.postings[0].skills == ("Excel", "infection control")
        (same,) = (await pool.any_page(page, None)).postings
        assert same.skills == parsed.postings[0].skills
