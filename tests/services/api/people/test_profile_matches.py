"""POST /api/v1/matches/profile: a profile that is kept nowhere, and the open postings that fit it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import close
from quiethire.settings import Settings
from services.matching.taxonomy.packages import data_files
from services.matching.taxonomy.titles import open_occupations

SEEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
KEY = "operator-key-of-this-test-0123456789"
AUTH = {"Authorization": f"Bearer {KEY}"}
PROFILE = {"titles": ["Data Engineer"], "skills": {"Python": "expert"}, "years_experience": 6}


@pytest.fixture
def keyed(clients, tmp_path):
    return replace(clients, settings=Settings(data_dir=tmp_path, operator_key=KEY))


async def test_open_postings_are_scored_with_reasons_that_sum_to_the_score(keyed, gateway, crawl, posting):
    await crawl(keyed, *(posting(number) for number in range(3)), posting(7, title="Nurse", skills=()))
    await keyed.postings.save(*close((await keyed.postings.known({posting(2).id})).values(), SEEN))
    async with gateway(keyed) as client:
        response = await client.post("/api/v1/matches/profile", json=PROFILE, headers=AUTH)
    assert response.status_code == 200
    answer = response.json()
    assert answer["considered"] == 2
    assert {found["job"]["id"] for found in answer["matches"]} == {str(posting(0).id), str(posting(1).id)}
    for found in answer["matches"]:
        assert found["score"] == pytest.approx(sum(factor["points"] for factor in found["factors"]))


async def test_what_a_filter_hides_is_told_with_the_reason(keyed, gateway, crawl, posting):
    await crawl(keyed, posting(1))
    asked = PROFILE | {"salary_floor": {"amount": 500_000, "currency": "EUR"}}
    async with gateway(keyed) as client:
        answer = (await client.post("/api/v1/matches/profile", json=asked, headers=AUTH)).json()
    assert answer["matches"] == []
    (hidden,) = answer["hidden"]
    assert answer["hidden_counts"] == {"salary": 1}
    assert hidden["job"]["id"] == str(posting(1).id)
    assert hidden["reason"]


async def test_skills_are_read_from_the_text_and_those_given_count_as_given(keyed, gateway, crawl, posting):
    await crawl(keyed, posting(1))
    asked = {"text": "Ten years of Python, Kafka and PostgreSQL.", "skills": {"Python": "expert"}}
    async with gateway(keyed) as client:
        answer = (await client.post("/api/v1/matches/profile", json=asked, headers=AUTH)).json()
    assert answer["skills"] == {"Python": "expert", "Kafka": "working", "PostgreSQL": "working"}
    assert answer["considered"] == 1


async def test_no_more_postings_are_scored_than_is_said_and_those_named_most_come_first(
    keyed, gateway, crawl, posting, monkeypatch
):
    monkeypatch.setattr("services.api.people.profile_matches.CONSIDERED", 2)
    await crawl(keyed, *(posting(number, title="Analyst", skills=("Python",)) for number in range(20, 40)), posting(1))
    async with gateway(keyed) as client:
        answer = (await client.post("/api/v1/matches/profile", json=PROFILE, headers=AUTH)).json()
    assert answer["considered"] == 2
    assert answer["matches"][0]["job"]["id"] == str(posting(1).id)


async def test_operators_of_the_search_in_a_profile_are_plain_words(keyed, gateway, crawl, posting):
    await crawl(keyed, posting(1))
    asked = {"titles": ['"Data -Engineer"']}
    async with gateway(keyed) as client:
        answer = (await client.post("/api/v1/matches/profile", json=asked, headers=AUTH)).json()
    assert answer["considered"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"countries": ["Germany"]},
        {"work_authorisation": ["d3"]},
        {"places": ["x" * 201]},
        {"skills": {"x" * 201: "expert"}},
        {"skills": {"": "expert"}},
    ],
)
async def test_what_would_be_compared_with_nothing_is_refused(keyed, gateway, crawl, posting, wrong):
    await crawl(keyed, posting(1))
    async with gateway(keyed) as client:
        answer = await client.post("/api/v1/matches/profile", json=PROFILE | wrong, headers=AUTH)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["field"].startswith(next(iter(wrong)))


async def test_half_a_character_is_refused(keyed, gateway):
    async with gateway(keyed) as client:
        headers = {**AUTH, "Content-Type": "application/json"}
        body = rb'{"skills": {"\ud800": "expert"}}'
        answer = await client.post("/api/v1/matches/profile", content=body, headers=headers)
    assert answer.status_code == 400


async def test_a_title_without_a_word_finds_nothing(keyed, gateway, crawl, posting):
    await crawl(keyed, posting(1), posting(2, title="Nurse", skills=()))
    asked = {"titles": ["Data Engineer", "", ' - "" ']}
    async with gateway(keyed) as client:
        answer = (await client.post("/api/v1/matches/profile", json=asked, headers=AUTH)).json()
    assert answer["considered"] == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "names no job and no skill"),
        ({"text": "I like trains."}, "names no job and no skill"),
        ({"name": "Ada"}, "name"),
        ({"titles": ["x"] * 11}, "titles"),
        ({"titles": ["x" * 201]}, "titles"),
        ({"years_experience": -1}, "years_experience"),
        ({"skill_years": {"Python": 71}}, "skill_years"),
    ],
)
async def test_a_profile_that_cannot_be_matched_is_a_problem(keyed, gateway, asked, told):
    async with gateway(keyed) as client:
        response = await client.post("/api/v1/matches/profile", json=asked, headers=AUTH)
    assert response.status_code == 400
    assert told in response.json()["detail"]


async def test_matching_needs_a_key(clients, gateway):
    async with gateway(clients) as client:
        response = await client.post("/api/v1/matches/profile", json=PROFILE)
    assert response.status_code == 401


async def test_without_index_and_store_the_problem_says_to_come_back(keyed, gateway):
    async def away(*_):
        raise Transient("refused", where="typesense")

    keyed.index.search = away
    keyed.postings.search = away
    async with gateway(keyed) as client:
        response = await client.post("/api/v1/matches/profile", json=PROFILE, headers=AUTH)
    assert response.status_code == 503


async def _by_meaning(client):
    answer = (await client.post("/api/v1/matches/profile", json=PROFILE, headers=AUTH)).json()
    return [factor for found in answer["matches"] for factor in found["factors"] if factor["name"] == "semantic"]


async def test_meaning_counts_where_the_vectors_can_be_had_in_time_and_else_the_reasons_say_so(
    keyed, gateway, crawl, posting, monkeypatch
):
    if not keyed.embedder.available:
        pytest.skip("the extra `semantic` is not installed")
    await crawl(keyed, posting(1))
    (vector,) = await keyed.embedder.embed(["Data Engineer"])

    async def of_postings(model, job_ids):
        return {job_id: vector for job_id in job_ids if model == keyed.embedder.model}

    async def too_late(texts):
        await asyncio.Event().wait()

    monkeypatch.setattr(keyed.embeddings, "of_postings", of_postings)
    async with gateway(keyed) as client:
        (meant,) = await _by_meaning(client)
        assert meant["value"] > 0.5
        monkeypatch.setattr("services.api.people.profile_matches.MEANT_WITHIN", 0.05)
        monkeypatch.setattr(keyed.embedder, "embed", too_late)
        (unknown,) = await _by_meaning(client)
    assert unknown["value"] is None
    assert "were not compared" in unknown["reason"]


def _factor(answer, name):
    (found,) = answer["matches"]
    return next(factor for factor in found["factors"] if factor["name"] == name)


@pytest.mark.skipif(data_files() is None, reason="the extra `taxonomy` is not installed")
async def test_two_names_of_one_occupation_are_alike_as_in_the_feed_once_the_tables_are_made(
    keyed, gateway, crawl, posting
):
    await crawl(keyed, posting(1, title="Realtor", skills=("Python",)))
    asked = {"titles": ["Real estate agent"], "skills": {"Python": "expert"}}
    async with gateway(keyed) as client:
        before = (await client.post("/api/v1/matches/profile", json=asked, headers=AUTH)).json()
        await asyncio.to_thread(open_occupations, keyed.settings.cache_path / "taxonomy")
        answer = (await client.post("/api/v1/matches/profile", json=asked, headers=AUTH)).json()
    assert before["considered"] == 1
    assert _factor(answer, "experience")["value"] == 1


async def test_years_with_a_skill_industries_and_culture_are_scored(keyed, gateway, crawl, posting):
    text = "- At least 6 years of experience with Python\n- We are a start-up in banking"
    await crawl(keyed, posting(1, description_text=text))
    told = {"skill_years": {"Python": 4}, "industries": ["Banking"], "culture": {"size": "small"}}
    async with gateway(keyed) as client:
        plain = (await client.post("/api/v1/matches/profile", json=PROFILE, headers=AUTH)).json()
        answer = (await client.post("/api/v1/matches/profile", json=PROFILE | told, headers=AUTH)).json()
    assert _factor(answer, "skills")["value"] < _factor(plain, "skills")["value"]
    assert "banking" in _factor(answer, "experience")["reason"].lower()
    assert _factor(answer, "culture")["value"] == 1
    assert _factor(plain, "culture")["value"] is None
