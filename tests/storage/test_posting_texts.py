"""What is stored once comes back as it was: HTML beside its text, requirements in it, addresses beside identities."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiethire.storage.clickhouse.texts import (
    html_of,
    item_lines,
    items_of,
    markup_of,
    shortened,
    with_quotes,
    without_quotes,
)
from services.parser.normalise.text import plain_text, safe_html

PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<ul><li>",
            "</li></ul>",
            "<br>",
            "<strong>",
            "</strong>",
            "&nbsp;",
            "&amp;",
            "&lt;",
            "- ",
            ": ",
        ),
        *("Role: build", "a", "p", "Rust & C", "\n", "\n\n", " ", "\x01", "\x02", "\x03", "\x04", "\x05", "é", "<"),
    ]
)
MARKUP = st.lists(PIECES, max_size=30).map("".join)


@settings(deadline=None)  # Where many tests share the machine, a moment is long.
@given(html=MARKUP, text=MARKUP)
def test_any_html_comes_back_whatever_the_text_is(html: str, text: str) -> None:
    assert html_of(markup_of(html, text), text) == html


@settings(deadline=None)  # Where many tests share the machine, a moment is long.
@given(markup=MARKUP)
def test_html_comes_back_beside_its_own_text(markup: str) -> None:
    html = safe_html(markup)
    assert html_of(markup_of(html, plain_text(html)), plain_text(html)) == html


def test_what_the_text_says_is_not_said_again() -> None:
    html = (
        "<p>We build search &amp; matching.</p><ul><li>Python</li><li><strong>You: </strong>curious, kind</li></ul>"
        "<p>Odd <em>words</em> here</p><p>The end</p>"
    )
    markup = markup_of(html, plain_text(html))
    assert "matching" not in markup
    assert "curious" not in markup
    assert "The end" not in markup
    assert html_of(markup, plain_text(html)) == html


@settings(deadline=None)  # Where many tests share the machine, a moment is long.
@given(items=st.lists(st.text(max_size=5), max_size=6), text=MARKUP)
def test_items_are_those_lines_or_none(items: list[str], text: str) -> None:
    text = f"{text}\n" + "\n".join(f"- {item}" for item in items)
    numbers = item_lines(items, text)
    assert items_of(numbers, text) == (items if numbers else [])


def test_items_in_another_order_or_not_there_have_no_lines() -> None:
    text = "Asked\n- Python\n- SQL"
    assert item_lines(["Python", "SQL"], text) == [2, 3]
    assert item_lines(["SQL", "Python"], text) == []
    assert item_lines(["Python", "Rust"], text) == []
    assert item_lines([], text) == []


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        ("https://jobs.example/a/42/apply", "https://jobs.example/a/\x01/apply"),
        ("4242", "\x01\x01"),
        ("odd\x01", "\x02odd\x01"),
        ("\x02odd", "\x02\x02odd"),
        ("", ""),
    ],
)
def test_the_last_part_of_an_identity_is_left_out(value: str | None, stored: str | None) -> None:
    assert shortened(value, "lever/acme/42") == stored


@settings(deadline=None)  # Where many tests share the machine, a moment is long.
@given(
    path=st.text(st.sampled_from("“”… ab1,\x01\x02"), max_size=40), text=st.text(st.sampled_from("ab ,1"), max_size=40)
)
def test_any_path_comes_back(path: str, text: str) -> None:
    assert with_quotes(without_quotes(path, text), text) == path


def test_a_quote_of_the_text_is_stored_as_its_place() -> None:
    stored = without_quotes("description “Rust for ten years…”", "We ask for Rust for ten years and more.")
    assert "Rust" not in stored
    assert with_quotes(stored, "We ask for Rust for ten years and more.") == "description “Rust for ten years…”"
