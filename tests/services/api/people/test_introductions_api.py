"""The other direction: candidates for a posting, and their leave."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from api_people import Person, come, operated
from key_holders import bearer, made

from quiethire.domain.access import Scope
from quiethire.domain.accounts import Account, Credentials, Role
from quiethire.domain.candidate import Introduction
from quiethire.domain.cluster import Placement
from quiethire.domain.matching import FactorScore, Match
from services.api.people import introductions

PERSONAL = ("Lovelace", "ada@example.com", "7946", "Grace")


@pytest.fixture
def house(clients):
    return operated(clients)


@pytest.fixture
async def job(house, posting, crawl):
    await crawl(house, posting(1))
    return posting(1).id


async def employer(house, *, name: str = "Northwind hiring") -> dict[str, str]:
    return bearer(await made(house, Scope.MATCH, name=name))


async def fits(house, person: Person, job: UUID, *, skills: float, salary: float | None = 0.25) -> None:
    known = {"skills": (skills, 40), "salary": (salary, 10), "culture": (None, 10)}
    weight = sum(weight for value, weight in known.values() if value is not None)
    factors = tuple(
        FactorScore(
            name=name,
            value=value,
            weight=weight_of,
            points=100 * weight_of * value / weight if value is not None else 0.0,
            reason=f"{name} reason",
        )
        for name, (value, weight_of) in known.items()
    )
    score = sum(factor.points for factor in factors)
    found = Match(candidate_id=person.id, job_id=job, score=score, factors=factors)
    await house.matches.save_matches([found])


async def shown(client, job: UUID, headers) -> list[dict]:
    answer = await client.post(f"/api/v1/matches/job/{job}/candidates", headers=headers)
    assert answer.status_code == 200, answer.text
    assert not any(text in answer.text for text in PERSONAL)
    return answer.json()["candidates"]


async def test_employers_see_those_who_agreed_to_be_found_and_not_who_they_are(house, gateway, job):
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True)
        grace = await come(client, name="Grace Hopper", open_to_employers=True)
        hidden = await come(client)
        for person, value in ((ada, 0.7), (grace, 0.9), (hidden, 1.0)):
            await fits(house, person, job, skills=value)
        found = await shown(client, job, await employer(house))
    assert [round(one["score"], 6) for one in found] == [90.0, 70.0]
    assert not {one["pseudonym"] for one in found} & {str(ada.id), str(grace.id)}
    for one in found:
        assert sum(factor["points"] for factor in one["factors"]) == pytest.approx(one["score"], abs=1e-9)


async def test_who_agreed_is_found_behind_any_number_of_those_who_did_not(house, gateway, job, monkeypatch):
    monkeypatch.setattr(introductions, "MOST_SHOWN", 2)
    async with gateway(house) as client:
        for _ in range(3):
            await fits(house, await come(client), job, skills=0.9)
        ada = await come(client, open_to_employers=True)
        await fits(house, ada, job, skills=0.8)
        asking = await employer(house)
        (found,) = await shown(client, job, asking)
        question = {"pseudonym": found["pseudonym"]}
        asked = await client.post(f"/api/v1/matches/job/{job}/introductions", headers=asking, json=question)
    assert asked.status_code == 202, asked.text


async def test_what_somebody_wants_to_earn_cannot_be_worked_out(house, gateway, job):
    async with gateway(house) as client:
        seen = []
        for salary in (0.0, 0.4, 1.0, None):
            person = await come(client, open_to_employers=True)
            await fits(house, person, job, skills=0.8, salary=salary)
            seen = await shown(client, job, await employer(house))
    assert len({one["score"] for one in seen}) == 1
    assert all({factor["name"] for factor in one["factors"]} == {"skills", "culture"} for one in seen)


async def test_a_pseudonym_is_of_one_posting_and_one_employer(house, gateway, job, posting, crawl):
    other = posting(2)
    await crawl(house, other)
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True)
        for each in (job, other.id):
            await fits(house, ada, each, skills=0.8)
        one, two = await employer(house), await employer(house)
        seen = [(await shown(client, each, who))[0]["pseudonym"] for each in (job, other.id) for who in (one, two)]
        again = (await shown(client, job, one))[0]["pseudonym"]
    assert len(set(seen)) == 4
    assert again == seen[0]


async def test_any_listing_of_a_job_finds_the_same_people(house, gateway, job, posting, crawl):
    mate = posting(2, board_key="lever/northwind", ats="lever")
    await crawl(house, mate)
    await house.clusters.place({mate.id: Placement(cluster=job, rank=1), job: Placement(cluster=job)})
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True)
        await fits(house, ada, job, skills=0.8)
        us = await employer(house)
        (seen,) = await shown(client, job, us)
        (by_mate,) = await shown(client, mate.id, us)
        assert by_mate["score"] == seen["score"]
        assert by_mate["pseudonym"] != seen["pseudonym"]

        path = f"/api/v1/matches/job/{mate.id}/introductions"
        question = {"pseudonym": by_mate["pseudonym"]}
        assert (await client.post(path, json=question, headers=us)).status_code == 202
        asked = (await client.get(path, headers=us)).json()["introductions"]
        assert [one["pseudonym"] for one in asked] == [by_mate["pseudonym"]]
        assert (await shown(client, mate.id, us))[0]["asked_at"]
        await ada.ask("PUT", f"/feedback/{mate.id}", json={"verdict": "not_interested"})
        assert await shown(client, mate.id, us) == await shown(client, job, us) == []


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("operator", "the operator of this platform"),
        (f"account:{UUID(int=7)}", "somebody at northwind.example"),
        (f"account:{UUID(int=8)}", "an account that is no more"),
        ("key:qh_gone", "a key that is no more"),
    ],
)
async def test_a_person_is_told_who_asks(house, gateway, job, who, told):
    account = Account(id=UUID(int=7), role=Role.COMPANY, created_at=datetime.now(UTC))
    await house.accounts.add(account, Credentials(email="hr@northwind.example"))
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True)
        asked = Introduction(candidate_id=ada.id, job_id=job, asked_by=who, message="?", asked_at=datetime.now(UTC))
        await house.matches.ask(asked)
        (one,) = (await ada.get("/introductions"))["introductions"]
    assert one["employer"] == told


async def test_a_name_is_told_to_who_asked_while_the_person_agrees(house, gateway, job):
    path = f"/api/v1/matches/job/{job}/introductions"
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True)
        await fits(house, ada, job, skills=0.8)
        us, others = await employer(house), await employer(house, name="Others")
        pseudonym = (await shown(client, job, us))[0]["pseudonym"]
        question = {"pseudonym": pseudonym, "message": "We would like to meet you."}
        for _ in range(2):
            assert (await client.post(path, json=question, headers=us)).status_code == 202
        assert (await client.post(path, json=question, headers=others)).status_code == 404

        (asked,) = (await ada.get("/introductions"))["introductions"]
        assert (asked["employer"], asked["message"], asked["agreed"]) == ("Northwind hiring", question["message"], None)
        waiting = (await client.get(path, headers=us)).json()["introductions"][0]
        assert (waiting["agreed"], waiting["contact"]) == (None, None)

        answer = {"asked_by": asked["asked_by"], "agreed": True}
        assert (await ada.ask("PUT", f"/introductions/{job}", json=answer)).json()["agreed"] is True
        agreed = (await client.get(path, headers=us)).json()["introductions"][0]
        assert agreed["contact"] == {"name": "Ada Lovelace", "email": "ada@example.com", "phone": "+44 20 7946 0000"}
        assert (await client.get(path, headers=others)).json()["introductions"] == []

        await ada.ask("PUT", f"/introductions/{job}", json={**answer, "agreed": False})
        taken_back = (await client.get(path, headers=us)).json()["introductions"][0]
        assert (taken_back["agreed"], taken_back["contact"]) == (False, None)
        assert (await shown(client, job, us))[0]["agreed"] is False
    told = [each.body for each in await house.cache.notified(ada.id)]
    assert len(told) == 1
    assert b'"introduction"' in told[0]


async def test_who_closed_their_profile_cannot_be_asked(house, gateway, job):
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True)
        await fits(house, ada, job, skills=0.8)
        us = await employer(house)
        question = {"pseudonym": (await shown(client, job, us))[0]["pseudonym"]}
        await ada.ask("PATCH", "", json={"open_to_employers": False})
        answer = await client.post(f"/api/v1/matches/job/{job}/introductions", json=question, headers=us)
        assert answer.status_code == 404
        assert await shown(client, job, us) == []
        assert (await ada.get("/introductions"))["introductions"] == []


@pytest.mark.parametrize(
    "said",
    [
        ("PATCH", "", {"preferences": {"blocked_companies": ["Northwind GmbH"]}}),
        ("PATCH", "", {"preferences": {"blocked_companies": ["northwind.example"]}}),
        ("PUT", "/feedback/{job}", {"verdict": "not_interested"}),
    ],
)
async def test_who_wants_nothing_of_a_job_or_its_company_is_not_shown_to_it(house, gateway, job, said):
    method, path, words = said
    async with gateway(house) as client:
        ada = await come(client, open_to_employers=True)
        grace = await come(client, name="Grace Hopper", open_to_employers=True)
        for person in (ada, grace):
            await fits(house, person, job, skills=0.8)
        us = await employer(house)
        before = {one["pseudonym"] for one in await shown(client, job, us)}
        assert (await ada.ask(method, path.format(job=job), json=words)).status_code == 200
        (left,) = await shown(client, job, us)
        (gone,) = before - {left["pseudonym"]}
        asked = f"/api/v1/matches/job/{job}/introductions"
        assert (await client.post(asked, json={"pseudonym": gone}, headers=us)).status_code == 404
        assert (await client.post(asked, json={"pseudonym": left["pseudonym"]}, headers=us)).status_code == 202


async def test_what_nobody_asked_cannot_be_answered(house, gateway, job):
    async with gateway(house) as client:
        ada = await come(client)
        answer = await ada.ask("PUT", f"/introductions/{job}", json={"asked_by": "key:abcdefgh", "agreed": True})
        assert answer.status_code == 404
        strange = await client.post(f"/api/v1/matches/job/{uuid4()}/candidates", headers=await employer(house))
        assert strange.status_code == 404
