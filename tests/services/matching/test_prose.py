"""Reasons in a model's words: believed only as far as the facts go."""

from contextlib import asynccontextmanager

import pytest
from local_api import local_api

from services.crawler.endpoint import open_endpoint
from services.matching.reasons.prose import LONGEST, ModelProse, PlainProse, is_faithful, plain

FACTS = (
    "You know 4 of the 5 skills asked: Python, SQL, Apache Spark and C++; Kubernetes is missing",
    "Pays €75,000–95,000 a year, above your floor of €70,000.",
    "Berlin, hybrid: 2.5 days a week on site",
)


def said(text):
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}


@asynccontextmanager
async def model(*answers):
    async with local_api(*answers) as api, open_endpoint(api.url, "", first_wait=0.001) as endpoint:
        yield ModelProse(endpoint, "small-chat"), api


async def test_what_keeps_to_the_facts_is_told_in_the_models_words():
    text = "You bring Python, SQL and Apache Spark, 4 of the 5 skills asked; the pay of 75\N{NO-BREAK SPACE}000 to 95,000 beats your floor."
    async with model(said(f"  {text}\n")) as (prose, api):
        assert await prose.paragraph(FACTS) == text
    [(path, _, body)] = api.asked
    assert path == "/v1/chat/completions"
    assert (body["model"], body["temperature"]) == ("small-chat", 0)
    assert all(fact in body["messages"][1]["content"] for fact in FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "You know 5 of 5 skills, and 6 are asked.",
        "Pays €96,000 a year.",
        "On site 25 days a week.",
        "A great chance at Google for Python.",
        "Google wants Python.",
        "You know Python, SQL and Rust.",
        "Good for C# people.",
        "You know node.js too.",
        "You know five of the skills.",
        "You know 4 of the 5 skills asked, and the company pays a generous bonus.",
        "You are too old and probably female.",
        "You know Kubernetes.",
        "You know Kubernetes; Python is missing.",
        "The pay of €75,000–95,000 a year is not above your floor of €70,000.",
        "The pay of €75,000–95,000 a year is below your floor of €70,000.",
        "You know Python, and surely this job is wonderful.",
        "",
        "You know Python. " * LONGEST,
    ],
)
async def test_what_adds_or_turns_round_anything_is_not_believed(text):
    async with model(said(text)) as (prose, _):
        assert await prose.paragraph(FACTS) == plain(FACTS)


@pytest.mark.parametrize(
    "answer", [(500, "", b""), (404, "", b"no such model"), {"choices": []}, said(None), b"nonsense"]
)
async def test_a_model_that_fails_leaves_the_plain_sentences(answer):
    async with model(answer) as (prose, _):
        assert await prose.paragraph(FACTS) == plain(FACTS)


async def test_without_a_model_the_facts_stand_as_they_are():
    assert await PlainProse().paragraph(("Pays well", "In Berlin.")) == "Pays well. In Berlin."


def test_numbers_are_told_apart_however_they_are_written():
    assert is_faithful("The 75,000, the 2,5 days.", FACTS)
    assert not is_faithful("The 7.5.", FACTS)
    assert not is_faithful("The 750,00.", FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "Of the 5 skills asked you bring 4, Python and SQL among them, but Kubernetes is missing.",
        "It pays €75,000–95,000 a year, which exceeds your floor of €70,000.",
        "The job is in Berlin and hybrid: 2.5 days a week on site.",
    ],
)
def test_other_words_for_the_same_are_believed(text):
    assert is_faithful(text, FACTS)


def test_a_refusal_is_not_made_a_promise():
    facts = ("The pay of €60,000 a year does not reach your floor of €70,000.",)
    assert not is_faithful("The pay of €60,000 a year reaches your floor of €70,000.", facts)
    assert is_faithful(
        "Your floor of €70,000 is not met by the pay of €60,000 a year.", (*facts, "Berlin meets your wish")
    )
