"""What only the running text of a description states."""

import re
from datetime import UTC, datetime

import pytest

from quiethire.domain.posting import RawPosting, Source, Sourced, Workplace
from quiethire.domain.words import fold, tree_of
from services.parser.normalise.posting import normalise
from services.parser.normalise.text import near, plain_text, safe_html, squeeze
from services.parser.normalise.workplace import workplace
from services.parser.running_text import read

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def sourced(value: str) -> Sourced:
    return Sourced(value=value, source=Source.HTML, path="p")


def told(text: str, title: str = "Cook") -> RawPosting:
    return read(
        RawPosting(url="https://jobs.example/1", title=sourced(title), description_html=sourced(f"<p>{text}</p>"))
    )


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("This is a fully remote position. Work remotely from anywhere in Germany or Austria.", ["DE", "AT"]),
        ("Fully remote role, open to candidates in the United States.", ["US"]),
        ("100% remote within the EU.", ["EU"]),
        ("Komplett remote innerhalb Deutschlands möglich.", ["DE"]),
        ("Fully remote. Our remote teams in Germany and Spain love it.", []),
        ("Fully remote. Remote in Leeds, mostly.", []),
        ("Hybrid role in Berlin, remote within Germany on Fridays.", []),
        ("Come to Berlin.", []),
    ],
)
def test_remote_work_is_allowed_where_the_text_says_and_only_where_the_work_is_remote(text, allowed):
    assert [place.value for place in told(text).remote_allowed_in] == allowed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hours: 40<br>Location: Denver, CO (Hybrid)<br>Pay: good", Workplace.HYBRID),
        ("We work fully remote with clinics.<br>Work location: On-site in Leeds", Workplace.NONE),
        ("Location: Remote", Workplace.REMOTE),
        ("All of our roles are remote.", Workplace.REMOTE),
        ("You have the flexibility to work remotely.", Workplace.REMOTE),
        ("Hybrid work has become the new normal. We sell chairs.", None),
        ("Hybrid work has become the new normal. This is a remote role.", Workplace.REMOTE),
        ("Our platform is for remote patient engagement.", None),
    ],
)
def test_the_workplace_is_what_the_text_says_of_this_job(text, said):
    found = told(text).workplace
    assert (None if found is None else workplace(found.value)) is said


def test_an_office_with_so_many_days_in_it_is_a_hybrid():
    raw = RawPosting(
        url="https://jobs.example/1",
        title=sourced("Cook"),
        description_html=sourced("<p>An in-office role. It requires in-office presence three days per week.</p>"),
    )
    posting = normalise(raw.model_copy(update={"workplace": read(raw).workplace}), board=None, fetched_at=NOW)
    assert (posting.remote, posting.on_site_days) == (Workplace.HYBRID, 3)


def test_a_board_that_states_on_site_is_believed_whatever_the_text_says_of_days():
    raw = RawPosting(
        url="https://jobs.example/1",
        title=sourced("Cook"),
        workplace=sourced("On-site"),
        description_html=sourced("<p>In-office presence three days per week.</p>"),
    )
    assert normalise(raw, board=None, fetched_at=NOW).remote is Workplace.NONE


def test_what_a_source_states_is_left_alone():
    stated = RawPosting(
        url="https://jobs.example/1",
        description_html=sourced("<p>Full-time in Leeds, fully remote within Germany, $50 per hour.</p>"),
        job_type=sourced("Part-time"),
        workplace=sourced("Remote"),
        locations=(sourced("Porto"),),
        remote_allowed_in=(sourced("PT"),),
    )
    assert read(stated).model_dump(include={"job_type", "workplace", "locations", "remote_allowed_in"}) == {
        "job_type": None,
        "workplace": None,
        "locations": (),
        "remote_allowed_in": (),
    }


def test_pay_type_and_workplace_are_found_far_down_in_a_long_text():
    filler = "We cook and we wash. " * 500
    found = told(f"{filler}It is a part-time, fully remote job.\n{filler}The hourly wage is $24.50 per hour. {filler}")
    assert found.salary is not None
    assert (found.salary.min, found.salary.currency, found.salary.period) == (24.5, "USD", "hour")
    assert found.job_type is not None
    assert found.job_type.value == "part-time"
    assert found.workplace is not None
    assert found.workplace.value.strip() == "It is a part-time, fully remote job"


def test_a_small_town_counts_where_the_text_says_that_the_work_is_there():
    assert [place.value for place in told("You are based in Herzogenaurach and like it.").locations] == [
        "Herzogenaurach"
    ]
    assert told("A role in Engineering and Champion spirit.").locations == ()


def test_text_after_a_list_is_no_item_and_entities_are_read_once():
    markup = "<ul><li>One</li><li>\n<p>Two</p><p>more</p></li></ul>tail &amp;lt; <b>b</b>old<div>a<br>b</div>"
    assert plain_text(safe_html(markup)) == "- One\n- Two\n\nmore\n\ntail &lt; bold\n\na\n\nb"


def test_stretches_around_hints_join_where_they_overlap():
    text = "x" * 50 + "Hint" + "y" * 10 + "hint" + "z" * 100 + "HINT"
    hints = re.compile(tree_of(["hint", "hintless"]))
    assert list(near(text, hints, before=5, after=20)) == [(45, 88), (163, 192)]
    assert list(near("nothing", hints, before=5, after=5)) == []


def test_a_tree_of_words_takes_the_longest():
    pattern = re.compile(tree_of(["java", "javascript", "c++"]))
    assert pattern.findall("javascript java c++ jav") == ["javascript", "java", "c++"]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\u200bb \x00c", "ab c"), (" a\n\tb\u00a0c ", "a b c"), ("plain", "plain"), ("\ud800x", "x"), ("", "")],
)
def test_a_line_has_no_invisible_characters(text, line):
    assert squeeze(text) == line


def test_long_and_short_texts_fold_alike():
    assert fold("Ærø–Straße: ") == "aero–strasse"
    assert fold("É" * 300) == "e" * 300
