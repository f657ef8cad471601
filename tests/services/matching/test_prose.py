"""Reasons in a model's words: believed only as far as the facts go."""

from contextlib import asynccontextmanager

import pytest
from local_api import local_api

from services.crawler.endpoint import open_endpoint
from services.matching.reasons.faithful import LONGEST, is_faithful
from services.matching.reasons.prose import ModelProse, PlainProse, plain

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
    text = "You bring Python, SQL and Apache Spark, 4 of the 5 skills asked; the pay of €75\N{NO-BREAK SPACE}000 to 95,000 beats your floor of 70,000."
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
    assert is_faithful(
        "It pays 75\N{NO-BREAK SPACE}000–95.000 a year, above your floor of 70,000; 2,5 days a week on site.", FACTS
    )
    assert not is_faithful("It is 25 days a week on site.", FACTS)
    assert not is_faithful("It pays 750,00–95,000 a year, above your floor of 70,000.", FACTS)
    assert is_faithful("88 % of the pay exceeds your floor.", ["88% of pay is above the floor"])
    assert not is_faithful("88 of pay is above your floor.", ["88% of pay is above the floor"])


@pytest.mark.parametrize(
    "text",
    [
        "You bring 4 of the 5 skills asked, Python and SQL among them, but Kubernetes is missing.",
        "It pays €75,000–95,000 a year, which exceeds your floor of €70,000.",
        "The job is in Berlin and hybrid: 2.5 days a week on site.",
    ],
)
def test_other_words_for_the_same_are_believed(text):
    assert is_faithful(text, FACTS)


REASONS = (
    "3 of 5 required skills: Python, SQL and Kafka; missing Go and Rust",
    "4 years of experience, 5 asked; “Data Engineer” held shares 2 of 2 words with “Data Engineer”: data, engineer",
    "pay of 60,000–90,000 EUR a year starts at or above the floor of 55,000",
    "5 of 6 parts of the profile verified",
)


@pytest.mark.parametrize(
    "text",
    [
        "You have 4 years of experience where 5 are asked.",
        "You know Python, SQL and Kafka, 3 of the 5 required.",
        "Of the skills asked you know Python and SQL.",
        "The pay is 60,000 to 90,000 EUR a year, above your floor of 55,000, and you have 4 years of experience, 5 asked.",
        "Go and Rust are missing. You have 4 years of experience while 5 are asked; 5 of 6 parts of your profile are verified.",
    ],
)
def test_the_numbers_of_a_fact_may_be_told_beside_what_they_are_of(text):
    assert is_faithful(text, REASONS)


@pytest.mark.parametrize(
    "text",
    [
        "You have 5 years of experience, 4 asked.",
        "Asked are 4 years of experience, you have 5.",
        "4 asked, and you have 5 years of experience.",
        "You have 5 years of experience.",
        "You have years of experience, and 5 of them.",
        "You know Python, SQL and Kafka: 5 of 5 asked.",
        "You know Python, SQL and Kafka: 5 of 6 required.",
        "You know Python, SQL, Kafka: 4 of 5 asked.",
        "You know all the skills asked.",
        "Pay starts at 90,000 EUR a year.",
        "Pay starts at 55,000 EUR a year.",
        "The pay of 90,000 is above your floor of 60,000.",
        "The pay of 55,000–60,000 EUR a year is above your floor of 90,000.",
        "The floor of 60,000–90,000 EUR is above the pay of 55,000.",
        "The pay of 60,000–90,000 EUR a month starts above the floor of 55,000.",
        "The pay of $60,000–90,000 a year starts above the floor of 55,000.",
        "You have 4 years of Python, 5 asked.",
        "You have 4 years of experience in SQL, 5 asked.",
        "4 of 5 required skills: Python, SQL and Kafka.",
        "Verified: Python, SQL and Kafka.",
    ],
)
def test_given_numbers_and_names_that_change_places_are_not_believed(text):
    assert not is_faithful(text, REASONS)


def test_a_refusal_is_not_made_a_promise():
    facts = ("The pay of €60,000 a year does not reach your floor of €70,000.",)
    assert not is_faithful("The pay of €60,000 a year reaches your floor of €70,000.", facts)
    assert is_faithful(
        "The pay of €60,000 a year does not meet your floor of €70,000.", (*facts, "Berlin meets your wish")
    )
