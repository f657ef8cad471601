"""Markup that would keep the parser busy is refused before it; markup that only looks so is read."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from services.parser.document import MAX_BODY, Document


def document(markup: str) -> Document:
    page = Page(
        url="https://www.northwind.example/", body=markup.encode(), content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip
    return Document(page)


ATTRIBUTES = [f"a{number}" for number in range(200_000)]


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000,
        "<div>" * 100_000 + "</div>" * 100_000,
        "<b><i>" * 50_000 + "text",
        f"<div {' '.join(ATTRIBUTES)}>text</div>",
        f"<p>text<div {' '.join(f'{name}=1' for name in ATTRIBUTES)}",
        "<div " + "".join(f"{name}='1'" for name in ATTRIBUTES) + ">text",
    ],
    ids=["open", "closed", "inline", "bare attributes", "an open tag", "quoted attributes"],
)
def test_a_shape_that_only_a_hostile_page_has_is_refused(markup):
    with pytest.raises(InvalidInput) as caught:
        document(markup)
    assert caught.value.kind == "too_complex"


def test_a_few_kilobytes_that_make_millions_of_elements_are_read_up_to_a_bound():
    markup = "".join(f"<b a{number}><p>" for number in range(1_000)) + "The end"
    shown = document(f"<h1>Train Planner</h1>{markup}")
    assert [line.text for line in shown.lines] == ["Train Planner"]


def test_a_page_that_is_too_large_is_refused():
    with pytest.raises(InvalidInput) as caught:
        document("x" * (MAX_BODY + 1))
    assert caught.value.kind == "too_large"


@pytest.mark.parametrize(
    "markup",
    [
        "<p>A paragraph<br>of two lines" * 20_000,
        "<select>" + "<option>One" * 20_000 + "</select>",
        "<script>" + '{"title": "Nurse", "place": "Leeds"}, ' * 20_000 + "</script>",
        "<script>'" + "<div>" * 20_000 + "'</script>",
        "<!--" + "<div>" * 20_000 + "-->",
        "<div>" * 2_000,
        "<div><p>text</p></div>" * 20_000,
        f"<div {' '.join(ATTRIBUTES[:5_000])}></div>",
        "word " * 100_000 + "<b>" + "word " * 100_000,
    ],
    ids=["paragraphs", "options", "state", "a script", "a comment", "deep", "many", "a long tag", "text"],
)
def test_a_page_that_is_only_large_is_read(markup):
    assert document(markup + "<p>The end</p>").tree.body is not None


def test_lines_know_headings_frames_links_and_names():
    lines = document(
        "<nav><a href=/>Home</a></nav><main><h1 class=job-title>Train <b>Planner</b></h1>"
        "<p><a href=/apply>Apply</a></p><ul class=job-facts><li><span class=location>Porto</span></ul></main>"
    ).lines
    assert [(line.text, line.heading, line.chrome, line.link) for line in lines] == [
        ("Home", 0, True, True),
        ("Train Planner", 1, False, False),
        ("Apply", 0, False, True),
        ("Porto", 0, False, False),
    ]
    assert "job-title" in lines[1].hint
    assert {"job-facts", "location"} <= set(lines[3].hint.split())
    assert lines[1].parts == ("Train", "Planner")


def test_a_hint_is_bounded_however_much_stands_in_a_line():
    (line,) = document("<p>" + "".join(f"<i class=name-{number}></i>" for number in range(20_000)) + "text").lines
    assert len(line.hint) <= 300
    assert line.hint.endswith("name-19999")


def test_what_is_hidden_or_silent_gives_no_lines():
    shown = document("<p hidden>a</p><p style='display: none'>b</p><script>c</script><svg><text>d</text></svg><p>e</p>")
    assert [line.text for line in shown.lines] == ["e"]
