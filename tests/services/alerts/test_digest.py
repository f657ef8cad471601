"""The daily mail with new matches: over a real mail server, by the ledger of alerts."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import httpx
import pytest
from alert_house import job
from fastapi import BackgroundTasks
from temporalio.testing import ActivityEnvironment

from activities.alerting import AlertActivities
from activities.digest import Digests
from quiethire.domain.alerts import MOST_ACTIVE, AlertStatus, address_hash, digest_id
from quiethire.domain.candidate import Candidate, Feedback, Verdict
from quiethire.domain.cluster import Placement
from quiethire.domain.lifecycle import observe
from quiethire.domain.matching import Match
from quiethire.settings import Settings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.postgres.memory_accounts import MemoryAccounts
from quiethire.storage.postgres.memory_alerts import MemoryAlerts
from quiethire.storage.postgres.memory_api_keys import MemoryApiKeys
from quiethire.storage.postgres.memory_people import MemoryCandidates, MemoryMatches, MemoryPeople
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.typesense.matching import MemoryMatcher
from quiethire.storage.typesense.memory import MemoryIndex
from services.alerts.mail import Mailer
from services.alerts.message import Links
from services.api.app import create_app
from services.api.people.candidates import erase
from services.api.publishing.saved_searches import ask_for_digest

ADA = UUID(int=1)
SITE = "https://jobs.example"


def ada(**changes):
    return Candidate(id=ADA, name="Ada Lovelace", email="ada@example.com", digest=True).model_copy(update=changes)


@pytest.fixture
async def house(mailbox, tmp_path):
    settings = Settings(
        data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_security="none", public_url=SITE
    )
    postings, index, people = MemoryPostings(), MemoryIndex(), MemoryPeople()
    await index.ensure()
    clients = SimpleNamespace(
        settings=settings,
        alerts=MemoryAlerts(),
        accounts=MemoryAccounts(people),
        candidates=MemoryCandidates(people),
        matches=MemoryMatches(people),
        clusters=MemoryClusters(postings),
        postings=postings,
        keys=MemoryApiKeys(),
        cache=MemoryCache(),
        matcher=MemoryMatcher(index),
        mailer=Mailer(settings, Links(SITE)),
        webhooks=None,
    )
    await clients.candidates.save(ada())
    return clients


async def ask(clients, candidate):
    """What a saved profile asks of its address."""
    later = BackgroundTasks()
    await ask_for_digest(clients, later, candidate)
    await later()


async def say_yes(clients):
    """Whoever reads the address presses the button that the mail leads to."""
    async with browse(clients) as http:
        token = (await clients.alerts.get(digest_id(ADA))).token
        assert (await http.post(f"/alerts/{token}", data={"action": "confirm"})).status_code == 303


def browse(clients):
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(clients)), base_url="http://gateway")


@pytest.fixture
async def agreed(house, mailbox):
    """A house where Ada has said yes."""
    await ask(house, ada())
    await say_yes(house)
    mailbox.raw.clear()
    mailbox.recipients.clear()
    return house


async def claim(clients, *jobs, candidate=None):
    known = await clients.postings.known({each.id for each in jobs})
    advance = observe(known, jobs, datetime.now(UTC))
    await clients.postings.save(advance.rows, advance.events)
    matches = [Match(candidate_id=ADA, job_id=each.id, score=91.4 - at, factors=()) for at, each in enumerate(jobs)]
    await clients.matches.save_matches(matches)
    rows = await clients.postings.known({each.id for each in jobs})
    await Digests(clients).claim(candidate or ada(), matches, rows)


async def send(clients, monkeypatch, *, days=1):
    """Run the hourly activity as it runs tomorrow."""

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=days)

    with monkeypatch.context() as patch:
        patch.setattr("activities.alerting.datetime", Later)
        return await ActivityEnvironment().run(AlertActivities(clients).send_alerts)


async def test_new_matches_are_one_mail_the_next_morning(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1, title="Data Engineer"), job(2, title="Platform Engineer"))
    assert (await send(agreed, monkeypatch, days=0)).sent == 0
    assert (await send(agreed, monkeypatch)).sent == 1
    [mail] = mailbox.mails
    assert mailbox.recipients == ["ada@example.com"]
    assert mail["Subject"] == "2 new matches for you"
    token = (await agreed.alerts.get(digest_id(ADA))).token
    assert mail["List-Unsubscribe"] == f"<{SITE}/alerts/{token}/unsubscribe>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert all(part in text for part in ("Data Engineer", "Platform Engineer", "Score 91 of 100", f"{SITE}/jobs/"))
        assert "Ada" not in text


async def test_what_was_mailed_is_not_mailed_again(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1))
    await claim(agreed, job(1))
    await send(agreed, monkeypatch)
    await claim(agreed, job(1))
    assert (await send(agreed, monkeypatch, days=2)).sent == 0
    assert len(mailbox.raw) == 1


async def test_what_fits_no_more_by_the_morning_is_not_mailed(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1, title="Data Engineer"), job(2, title="Platform Engineer"))
    await agreed.matches.remove_matches_of({job(1).id})
    assert (await send(agreed, monkeypatch)).sent == 1
    [mail] = mailbox.mails
    assert mail["Subject"] == "Platform Engineer at Northwind"


async def test_what_was_dismissed_by_the_morning_is_not_mailed_in_any_listing(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1, title="Data Engineer"), job(2, title="Platform Engineer"))
    await agreed.clusters.place({job(n).id: Placement(cluster=job(1).id, rank=n) for n in (1, 9)})
    for dismissed in (job(9).id, job(2).id):
        said = Feedback(candidate_id=ADA, job_id=dismissed, verdict=Verdict.NOT_INTERESTED, at=datetime.now(UTC))
        await agreed.matches.give_feedback(said)
    assert (await send(agreed, monkeypatch)).sent == 0
    assert (await send(agreed, monkeypatch, days=2)).sent == 0
    assert mailbox.raw == []
    assert (await agreed.alerts.get(digest_id(ADA))).status is AlertStatus.ACTIVE


async def test_a_job_whose_other_listing_is_shown_by_the_morning_is_mailed(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1))
    await agreed.clusters.place({job(n).id: Placement(cluster=job(1).id, rank=n) for n in (1, 9)})
    await agreed.matches.remove_matches_of({job(1).id})
    await agreed.matches.save_matches([Match(candidate_id=ADA, job_id=job(9).id, score=91.4, factors=())])
    assert (await send(agreed, monkeypatch)).sent == 1


async def test_one_advert_in_several_cities_is_one_line_with_all_places(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1, city="Berlin"), job(2, city="Hamburg"))
    await send(agreed, monkeypatch)
    [mail] = mailbox.mails
    assert mail["Subject"] == "Data Engineer at Northwind"
    assert "Berlin" in mail.get_body(("plain",)).get_content()
    assert "Hamburg" in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("changes", [{"digest": False}, {"email": None}, {"active": False}])
async def test_who_wants_none_any_more_gets_none_though_it_was_claimed(agreed, mailbox, monkeypatch, changes):
    await claim(agreed, job(1))
    await agreed.candidates.save(ada(**changes))
    assert (await send(agreed, monkeypatch)).sent == 0
    assert mailbox.raw == []
    assert await agreed.alerts.get(digest_id(ADA)) is None


@pytest.mark.parametrize("changes", [{"digest": False}, {"email": None}])
async def test_nothing_is_claimed_for_who_wants_none(agreed, mailbox, monkeypatch, changes):
    await claim(agreed, job(1), candidate=ada(**changes))
    assert (await send(agreed, monkeypatch)).sent == 0
    assert mailbox.raw == []


async def test_an_address_gets_the_question_and_nothing_else_before_it_says_yes(house, mailbox, monkeypatch):
    await claim(house, job(1))
    assert (await send(house, monkeypatch)).sent == 0
    await ask(house, ada())
    [question] = mailbox.mails
    assert mailbox.recipients == ["ada@example.com"]
    assert question["Subject"] == "Confirm your daily mail of matches"
    token = (await house.alerts.get(digest_id(ADA))).token
    for kind in ("plain", "html"):
        text = question.get_body((kind,)).get_content()
        assert f"{SITE}/alerts/{token}" in text
        assert "new matches" in text
        assert "Ada" not in text
    await claim(house, job(2))
    assert (await send(house, monkeypatch)).sent == 0
    assert len(mailbox.raw) == 1
    await say_yes(house)
    await claim(house, job(3))
    assert (await send(house, monkeypatch)).sent == 1
    assert mailbox.mails[-1]["Subject"] == "Data Engineer at Northwind"


async def test_who_has_said_yes_is_not_asked_again(agreed, mailbox):
    await ask(agreed, ada(name="Ada L."))
    assert mailbox.raw == []
    assert (await agreed.alerts.get(digest_id(ADA))).status is AlertStatus.ACTIVE


async def statuses(house, numbers):
    found = [await house.alerts.get(digest_id(UUID(int=number))) for number in numbers]
    return [search.status for search in found if search is not None]


async def test_strangers_with_the_same_address_have_it_asked_once(house, mailbox):
    for number in range(2, 27):
        await ask(house, ada(id=UUID(int=number), email="Victim@example.com" if number % 2 else "victim@example.com"))
    assert len(mailbox.raw) == 1
    assert AlertStatus.ACTIVE not in await statuses(house, range(2, 27))


async def test_an_address_has_so_many_digests_and_no_more(house, monkeypatch):
    monkeypatch.setattr("services.api.publishing.saved_searches.ASKED_AGAIN", timedelta(0))
    answers = []
    async with browse(house) as http:
        for number in range(2, 2 + MOST_ACTIVE + 1):
            await ask(house, ada(id=UUID(int=number)))
            search = await house.alerts.get(digest_id(UUID(int=number)))
            if search is not None:
                answers.append((await http.post(f"/alerts/{search.token}", data={"action": "confirm"})).status_code)
    assert answers == [303] * MOST_ACTIVE
    assert (await statuses(house, range(2, 2 + MOST_ACTIVE + 1))).count(AlertStatus.ACTIVE) == MOST_ACTIVE


async def test_the_store_of_alerts_holds_no_address(agreed):
    search = await agreed.alerts.get(digest_id(ADA))
    assert (search.address, search.status) == (address_hash("ada@example.com"), AlertStatus.ACTIVE)
    assert "ada" not in search.model_dump_json().casefold()


async def test_a_changed_address_gets_nothing_before_it_says_yes(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1))
    changed = ada(email="lovelace@example.org")
    await agreed.candidates.save(changed)
    old = (await agreed.alerts.get(digest_id(ADA))).token
    await ask(agreed, changed)
    assert mailbox.recipients == ["lovelace@example.org"]
    await claim(agreed, job(2), candidate=changed)
    assert (await send(agreed, monkeypatch)).sent == 0
    async with browse(agreed) as http:
        assert (await http.post(f"/alerts/{old}", data={"action": "confirm"})).status_code == 404
    await say_yes(agreed)
    await claim(agreed, job(3), candidate=changed)
    assert (await send(agreed, monkeypatch)).sent == 1
    assert mailbox.recipients == ["lovelace@example.org"] * 2


async def test_what_waits_for_one_address_does_not_go_to_another(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1))
    await agreed.candidates.save(ada(email="lovelace@example.org"))
    assert (await send(agreed, monkeypatch)).sent == 0
    assert mailbox.raw == []


async def test_a_question_that_cannot_be_sent_can_be_asked_for_again(house, mailbox, monkeypatch):
    later = BackgroundTasks()
    await ask_for_digest(house, later, ada())
    with monkeypatch.context() as patch:
        patch.setattr("services.alerts.mail.Mailer._give", _refuse)
        await later()
    # A link that an earlier mail brought goes on working.
    assert (await house.alerts.get(digest_id(ADA))).status == "unconfirmed"
    monkeypatch.setattr("services.api.publishing.saved_searches.ASKED_AGAIN", timedelta(0))
    await ask(house, ada())
    assert len(mailbox.raw) == 1


async def _refuse(*_):
    raise OSError("no route")


async def test_a_digest_asks_no_index(agreed, monkeypatch):
    await claim(agreed, job(1))
    await agreed.alerts.note([job(1).id], datetime.now(UTC))
    asked = []
    matches = agreed.matcher.matches

    async def noting(queries, job_ids):
        asked.extend(queries)
        return await matches(queries, job_ids)

    monkeypatch.setattr(agreed.matcher, "matches", noting)
    await send(agreed, monkeypatch, days=0)
    assert len(asked) <= 1  # whether the posting can be found at all


async def test_one_click_ends_it_for_good(agreed, mailbox, monkeypatch):
    await claim(agreed, job(1))
    token = (await agreed.alerts.get(digest_id(ADA))).token
    async with browse(agreed) as http:
        asked = (await http.get(f"/alerts/{token}/unsubscribe")).text
        answers = [
            await http.post(f"/alerts/{token}/unsubscribe", data={"List-Unsubscribe": "One-Click"}) for _ in range(2)
        ]
    assert "End the daily mail?" in asked
    assert address_hash("ada@example.com") not in asked, (
        "of a digest's address a hash is kept, which tells nobody anything"
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "The daily mail has ended" in answers[0].text
    candidate = await agreed.candidates.get(ADA)
    assert candidate == ada(digest=False)
    await claim(agreed, job(2), candidate=candidate)
    await send(agreed, monkeypatch)
    assert mailbox.raw == []


async def test_nothing_is_left_of_an_erased_persons_digest(agreed):
    await claim(agreed, job(1))
    await erase(agreed, SimpleNamespace(forget=lambda: None), ADA)
    assert await agreed.alerts.get(digest_id(ADA)) is None
