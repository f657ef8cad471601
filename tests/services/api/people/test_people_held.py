"""Everything that is held of a person: given to them, and erased."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from alert_examples import saved
from api_people import ADA, as_operator, come, operated

from quiethire.domain.alerts import (
    Advert,
    AlertPosting,
    Channel,
    Claim,
    Frequency,
    account_owner,
    digest_id,
    digest_owner,
)
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.matching import Decision, FactorScore, Match
from quiethire.domain.notifications import News
from quiethire.domain.search import SearchDocument

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def house(clients):
    return operated(clients)


OWNERS = (digest_owner, account_owner)


def a_match(who: UUID, job: UUID, score: float = 80.0) -> Match:
    factor = FactorScore(name="skills", value=0.8, weight=40, points=score, reason="4 of 5 skills")
    return Match(candidate_id=who, job_id=job, score=score, factors=(factor,))


async def lived(house, who: UUID, job: UUID) -> None:
    """What a run leaves of somebody."""
    await house.matches.save_matches([a_match(who, job)])
    line = {"run": "r", "at": NOW, "candidate_id": who, "job_id": job, "engine": "engine/1", "rank": 1}
    hashes = {"profile_hash": "p", "posting_hash": "q", "values": {"skills": 0.8}, "score": 80.0}
    await house.matches.log([Decision.model_validate(line | hashes)])
    await house.cache.put_daily_matches(who, {job: 80.0}, b"{}")
    await house.cache.notify(who, [News("new", b'{"type":"match"}')])


async def test_an_export_holds_everything_that_is_held(house, gateway, posting, crawl):
    job = posting(1)
    await crawl(house, job)
    async with gateway(house) as client:
        ada = await come(client)
        await lived(house, ada.id, job.id)
        said = {"verdict": "not_interested", "why": "pay", "note": "too little"}
        assert (await ada.ask("PUT", f"/feedback/{job.id}", json=said)).status_code == 200
        held = await ada.get("/export")
    assert held["candidate"] == await_json(ADA, held["candidate"])
    assert [match["score"] for match in held["matches"]] == [80.0]
    assert held["decisions"][0]["values"] == {"skills": 0.8}
    assert held["feedback"][0]["note"] == "too little"
    assert (len(held["keys"]), held["resume"], held["introductions"]) == (1, None, [])
    assert held["notifications"] == ['{"type":"match"}']
    assert (held["told"], held["hidden"]) == (["new"], None)


async def test_an_export_holds_the_daily_mail_the_vectors_and_what_is_hidden(house, gateway, posting):
    async with gateway(house) as client:
        ada = await come(client)
        search = saved(
            id=digest_id(ada.id),
            owner=digest_owner(ada.id),
            frequency=Frequency.DAILY,
            token="words-of-its-links",
        )
        await house.alerts.save(search, "words-of-its-links")
        told = AlertPosting.of(
            SearchDocument.of(StoredPosting(posting=posting(1), first_seen_at=NOW, last_seen_at=NOW, updated_at=NOW))
        )
        advert = Advert(family=uuid4(), text=bytes(64))
        claim = Claim(search_id=search.id, cluster=told.id, advert=advert, mates=(), posting=told, due_at=NOW)
        await house.alerts.claim([claim], NOW)
        await house.profile_vectors.keep("a model of before", ada.id, {"hash": (1.0, *[0.0] * 383)})
        await house.cache.put_daily_matches(ada.id, {told.id: 80.0}, b'{"hidden":[]}')
        held = await ada.get("/export")
    assert [each["posting"]["title"] for each in held["digest"]["told"]] == [told.title]
    assert "words-of-its-links" not in str(held)
    assert len(held["vectors"]["hash"]) == 384
    assert held["hidden"] == '{"hidden":[]}'


async def test_an_export_holds_what_was_saved_with_the_account_and_none_of_its_secrets(house, gateway):
    async with gateway(house) as client:
        ada, bob = await come(client), await come(client, name="Bob")
        for person, address in ((ada, "https://ada.example/hook"), (bob, "https://bob.example/hook")):
            search = saved(owner=account_owner(person.id), channel=Channel.WEBHOOK, address=address, secret="signs-it")
            await house.alerts.save(search)
            job = AlertPosting(id=uuid4(), title="Engineer", company="Northwind", posted_at=NOW)
            advert = Advert(family=uuid4(), text=bytes(64))
            claim = Claim(search_id=search.id, cluster=job.id, advert=advert, mates=(), posting=job, due_at=NOW)
            await house.alerts.claim([claim], NOW)
        held = await ada.get("/export")
    [search] = held["searches"]
    assert (search["name"], search["address"]) == ("data engineer", "https://ada.example/hook")
    assert [each["posting"]["title"] for each in search["told"]] == ["Engineer"]
    assert "signs-it" not in str(held)


def await_json(said: dict, shown: dict) -> dict:
    """What was shown, which must hold what was said."""
    assert {name: shown[name] for name in ("name", "email", "phone")} == {
        name: said[name] for name in ("name", "email", "phone")
    }
    return shown


@pytest.mark.parametrize("by", ["person", "operator"])
async def test_erasing_leaves_nothing_in_any_store_and_the_key_ends(house, gateway, by):
    async with gateway(house) as client:
        ada, bob = await come(client), await come(client, name="Bob")
        for person in (ada, bob):
            await lived(house, person.id, UUID(int=5))
            for owner_of in OWNERS:
                await house.alerts.save(
                    saved(owner=owner_of(person.id), channel=Channel.FEED, frequency=Frequency.DAILY)
                )
        if by == "person":
            answer = await ada.ask("DELETE", "")
        else:
            for _ in range(2):
                answer = await client.delete(f"/api/v1/candidates/{ada.id}", headers=as_operator())
        assert answer.status_code == 204
        assert (await ada.ask("GET", "")).status_code == 401
        assert (await bob.get())["name"] == "Bob"
    assert await house.candidates.get(ada.id) is None
    assert await house.keys.of_candidate(ada.id) == []
    assert (await house.matches.matches(ada.id), await house.matches.decisions(ada.id)) == ([], [])
    assert (await house.cache.daily_matches(ada.id), await house.cache.notified(ada.id)) == ([], [])
    assert len(await house.matches.matches(bob.id)) == 1
    left = [len(await house.alerts.of_owner(owner_of(who.id))) for who in (ada, bob) for owner_of in OWNERS]
    assert left == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("away", "where"), [("cache.forget_people", "redis"), ("candidates.erase", "archive")], ids=["cache", "ledger"]
)
async def test_where_a_store_is_away_the_person_stays_and_can_ask_again(house, gateway, monkeypatch, away, where):
    async def refuse(_: object) -> None:
        raise Transient("connection refused", where=where)

    async with gateway(house) as client:
        ada = await come(client)
        store, _, method = away.partition(".")
        with monkeypatch.context() as patch:
            patch.setattr(getattr(house, store), method, refuse)
            assert (await ada.ask("DELETE", "")).status_code == 503
        # A key that was known a moment ago would be let in for some seconds, whatever the store holds.
        assert len(await house.keys.of_candidate(ada.id)) == 1
        assert (await ada.get())["name"] == "Ada Lovelace"
        assert (await ada.ask("DELETE", "")).status_code == 204
    assert await house.keys.of_candidate(ada.id) == []
