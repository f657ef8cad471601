"""Alerts by the API and by the pages: who may do what, and that nobody is mailed who did not agree."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.access import ApiKey, Scope, digest_of, new_prefix, new_secret
from quiethire.domain.acting import acting_as
from quiethire.domain.alerts import MOST_ACTIVE, Advert, AlertPosting, AlertStatus, Claim
from quiethire.domain.posting import job_id
from quiethire.settings import Settings
from quiethire.storage.postgres.memory_alerts import MemoryAlerts
from services.alerts.message import Links
from services.alerts.webhook import WebhookPoster
from services.crawler.delivery import GuardedPoster
from services.crawler.guard import Guard

SEARCH = {"q": "data engineer", "location": "Berlin", "remote": ["remote"], "posted_within": 7, "sort": "salary"}
LINKS = Links("https://jobs.example")


class Outbox:
    """The port to the mail server, which keeps what it is to send."""

    configured = True

    def __init__(self):
        self.asked = []

    async def confirm(self, search):
        self.asked.append(search)


@pytest.fixture
async def api(clients, gateway):
    poster = GuardedPoster(None, Guard(Settings().host_map), "test")
    outbox = Outbox()
    whole = replace(clients, mailer=outbox, alerts=MemoryAlerts(), webhooks=WebhookPoster(poster, LINKS))
    async with gateway(whole) as client:
        client.outbox, client.clients = outbox, whole
        yield client


async def key_of(api, *scopes) -> dict[str, str]:
    key = ApiKey(prefix=new_prefix(), name="test", scopes=scopes, created_at=datetime.now(UTC))
    secret = new_secret(key.prefix)
    await api.clients.keys.add(key, digest_of(secret))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
async def key(api):
    return await key_of(api, Scope.ALERTS)


async def asked(api, email="ann@example.com", **fields):
    """Save a search on the page; the token of the mail that goes out, if one does."""
    answer = await api.post("/alerts", data={"email": email, "q": "data engineer", **fields})
    assert answer.status_code == 200, answer.text
    return api.outbox.asked[-1].token if api.outbox.asked else None


# --- the API ---


async def test_alerts_need_a_key_with_their_scope(api) -> None:
    new = {"search": SEARCH, "channel": "feed"}
    assert (await api.post("/api/v1/alerts", json=new)).status_code == 401
    reader = await key_of(api, Scope.READ)
    assert (await api.post("/api/v1/alerts", json=new, headers=reader)).status_code == 403
    assert (await api.get("/api/v1/alerts", headers=reader)).status_code == 403


async def test_a_webhook_is_made_with_a_secret_that_is_shown_once(api, key) -> None:
    new = {"search": SEARCH, "channel": "webhook", "address": "https://hooks.northwind.dev/jobs", "name": "Berlin"}
    answer = await api.post("/api/v1/alerts", json=new, headers=key)
    assert answer.status_code == 201
    made = answer.json()
    assert made["secret"].startswith("whsec_")
    assert made["alert"]["status"] == "active"
    assert made["alert"]["search"]["q"] == "data engineer"
    assert made["alert"]["search"]["sort"] == "relevance", "what concerns a page of results is left aside"
    for path in ("/api/v1/alerts", f"/api/v1/alerts/{made['alert']['id']}"):
        text = (await api.get(path, headers=key)).text
        assert "hooks.northwind.dev" in text
        assert made["secret"] not in text
        assert "secret" not in text


async def test_an_alert_that_can_never_tell_anything_says_so_when_it_is_made(api, key) -> None:
    search = {"location": "Narnia", "skills": ["golang"]}
    made = (await api.post("/api/v1/alerts", json={"search": search, "channel": "feed"}, headers=key)).json()
    assert [(each["parameter"], each["value"]) for each in made["unknown"]] == [
        ("location", "Narnia"),
        ("skills", "Go"),
    ]


async def test_a_search_that_fails_leaves_no_alert_that_nobody_was_told_of(api, key, monkeypatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(api.clients.index, "search", fail)
    new = {"search": {"location": "Narnia"}, "channel": "feed"}
    assert (await api.post("/api/v1/alerts", json=new, headers=key)).status_code == 500
    assert (await api.get("/api/v1/alerts", headers=key)).json() == {"alerts": []}


async def test_what_is_saved_is_the_question_that_the_search_asks(api, key) -> None:
    await api.post("/api/v1/alerts", json={"search": SEARCH, "channel": "feed"}, headers=key)
    (search,) = await api.clients.alerts.asking(10)
    now = datetime.now(UTC)
    query = search.asked(now)
    assert query.q == "data engineer"
    assert query.circle is not None
    hour = now.replace(minute=0, second=0, microsecond=0)
    assert query.posted_since == int((hour - timedelta(days=7)).timestamp())


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"address": "http://hooks.northwind.dev/"}, "https"),
        ({"address": "https://127.0.0.1/"}, "public"),
        ({"address": "https://169.254.169.254/latest/"}, "public"),
        ({"address": None}, "address"),
        ({"channel": "feed"}, "address"),
        ({"channel": "email", "address": "nobody"}, "e-mail"),
        ({"channel": "pigeon"}, "channel"),
        ({"frequency": "hourly"}, "frequency"),
        ({"search": {"q": "x", "unknown": 1}}, "unknown"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_saved(api, key, change, word) -> None:
    new = {"search": SEARCH, "channel": "webhook", "address": "https://hooks.northwind.dev/"} | change
    answer = await api.post("/api/v1/alerts", json=new, headers=key)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert word in answer.text
    assert (await api.get("/api/v1/alerts", headers=key)).json() == {"alerts": []}


async def test_a_body_that_is_no_json_is_told_by_its_name(api, key) -> None:
    headers = key | {"Content-Type": "application/json"}
    answer = await api.post("/api/v1/alerts", content=b'{"search": {"q": "data}', headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (400, "body: is no JSON")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"chanel": "feed"}, "chanel: is no field of this; did you mean channel?"),
        ({"search": {"locaton": "Berlin"}}, "search.locaton: is no field of this; did you mean location?"),
        ({"zzz": 1}, "zzz: is no field of this"),
    ],
)
async def test_a_misspelt_field_is_told_with_the_near_one(api, key, change, told) -> None:
    answer = await api.post("/api/v1/alerts", json={"search": SEARCH, "channel": "feed"} | change, headers=key)
    assert (answer.status_code, answer.json()["detail"]) == (400, told)


async def test_an_alert_is_its_keys_own(api, key) -> None:
    made = (await api.post("/api/v1/alerts", json={"search": SEARCH, "channel": "feed"}, headers=key)).json()
    path, other = f"/api/v1/alerts/{made['alert']['id']}", await key_of(api, Scope.ALERTS)
    assert (await api.get(path, headers=other)).status_code == 404
    assert (await api.delete(path, headers=other)).status_code == 404
    assert (await api.patch(path, json={"status": "paused"}, headers=other)).status_code == 404
    assert (await api.get("/api/v1/alerts", headers=other)).json() == {"alerts": []}
    assert (await api.get(path, headers=key)).status_code == 200


async def test_whatever_a_key_does_with_its_alerts_the_store_is_asked_as_their_owner(api, key, monkeypatch) -> None:
    seen, store = {}, api.clients.alerts

    def watched(name, method):
        async def asked(*given):
            seen[name] = acting_as()
            return await method(*given)

        monkeypatch.setattr(store, name, asked)

    for name in ("save", "of_owner", "get", "change", "delete"):
        watched(name, getattr(store, name))
    made = (await api.post("/api/v1/alerts", json={"search": SEARCH, "channel": "feed"}, headers=key)).json()
    path = f"/api/v1/alerts/{made['alert']['id']}"
    assert (await api.patch(path, json={"status": "paused"}, headers=key)).status_code == 200
    assert (await api.delete(path, headers=key)).status_code == 204
    assert len(seen) == 5
    assert set(seen.values()) == {f"key:{key['Authorization'].split('_')[1]}"}


@pytest.mark.parametrize(("given", "told"), [("Mine\n\u202eX", "Mine X"), ("  ", "First"), ("\x01", "First")])
async def test_a_name_is_one_line_without_signs_that_steer_when_it_is_changed_too(api, key, given, told) -> None:
    new = {"search": SEARCH, "channel": "feed", "name": "First"}
    made = (await api.post("/api/v1/alerts", json=new, headers=key)).json()
    changed = await api.patch(f"/api/v1/alerts/{made['alert']['id']}", json={"name": given}, headers=key)
    assert (changed.status_code, changed.json()["name"]) == (200, told)


async def test_an_alert_is_paused_resumed_changed_rotated_and_deleted(api, key) -> None:
    new = {"search": SEARCH, "channel": "webhook", "address": "https://hooks.northwind.dev/"}
    made = (await api.post("/api/v1/alerts", json=new, headers=key)).json()
    path = f"/api/v1/alerts/{made['alert']['id']}"
    before = (await api.clients.alerts.asking(1))[0].since
    paused = await api.patch(path, json={"status": "paused", "frequency": "daily", "name": "Mine"}, headers=key)
    assert {name: paused.json()[name] for name in ("status", "frequency", "name")} == {
        "status": "paused",
        "frequency": "daily",
        "name": "Mine",
    }
    assert (await api.patch(path, json={"status": "active"}, headers=key)).json()["status"] == "active"
    (search,) = await api.clients.alerts.asking(1)
    assert search.since > before, "what was posted during the pause is not told later"
    rotated = (await api.post(f"{path}/rotate", json={"grace_seconds": 60}, headers=key)).json()["secret"]
    (search,) = await api.clients.alerts.asking(1)
    assert (search.secret, search.former_secret) == (rotated, made["secret"])
    assert rotated != made["secret"]
    assert (await api.patch(path, json={"status": "disabled"}, headers=key)).status_code == 400
    assert (await api.delete(path, headers=key)).status_code == 204
    assert (await api.get(path, headers=key)).status_code == 404


async def test_a_key_cannot_confirm_for_the_reader_of_an_address(api, key) -> None:
    new = {"search": SEARCH, "channel": "email", "address": "ann@example.com"}
    made = (await api.post("/api/v1/alerts", json=new, headers=key)).json()
    assert made["alert"]["status"] == "unconfirmed"
    path = f"/api/v1/alerts/{made['alert']['id']}"
    assert (await api.patch(path, json={"status": "active"}, headers=key)).status_code == 409
    (question,) = api.outbox.asked
    assert question.token not in (await api.get(path, headers=key)).text
    await api.post(f"/alerts/{question.token}", data={"action": "confirm"})
    assert (await api.get(path, headers=key)).json()["status"] == "active"


async def test_a_feed_has_exactly_what_was_alerted(api, key, crawl, posting) -> None:
    one, other = posting(1, title="Data <Engineer>"), posting(2, title="Nurse")
    await crawl(api.clients, one, other)
    made = (await api.post("/api/v1/alerts", json={"search": SEARCH, "channel": "feed"}, headers=key)).json()
    (search,) = await api.clients.alerts.asking(1)
    now = datetime.now(UTC)
    told = AlertPosting(id=one.id, title=one.title, company="Northwind", posted_at=now)
    claim = Claim(
        search_id=search.id,
        cluster=one.id,
        advert=Advert(family=job_id("x"), text=bytes(64)),
        posting=told,
        due_at=now,
    )
    await api.clients.alerts.claim([claim], now)
    await api.clients.alerts.batch(now, 10)
    feed = await api.get(made["feed_url"])
    assert feed.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert [item["id"] for item in feed.json()["items"]] == [f"urn:uuid:{one.id}"]
    # Readers ask every few minutes, and mostly nothing is new.
    again = await api.get(made["feed_url"], headers={"If-None-Match": feed.headers.get("etag", "none")})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "private, no-cache")
    assert "Data &lt;Engineer&gt;" in (await api.get(made["feed_url"].replace(".json", ".atom"))).text
    token = made["feed_url"].rpartition("/")[2].partition(".")[0]
    assert (await api.get(f"/alerts/feeds/{'x' * 43}.json")).status_code == 404
    assert (await api.get(f"/alerts/{token}")).status_code == 404, "a feed has no page to manage it by"


# --- the pages ---


async def test_the_form_shows_the_search_and_carries_it_over(api) -> None:
    page = await api.get("/alerts/new?q=data+engineer&location=Berlin&remote=remote&remote=hybrid&page=3")
    assert "data engineer" in page.text
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    assert sorted(fields) == [
        ("location", "Berlin"),
        ("q", "data engineer"),
        ("remote", "hybrid"),
        ("remote", "remote"),
    ]
    assert page.headers["cache-control"] == "no-store"
    assert "<script>" not in (await api.get("/alerts/new?q=%3Cscript%3Ealert(1)%3C/script%3E")).text


async def test_nothing_is_active_before_the_button_behind_the_mailed_link_is_pressed(api) -> None:
    token = await asked(api, frequency="instant")
    assert await api.clients.alerts.asking(10) == []
    for _ in range(2):
        page = await api.get(f"/alerts/{token}")  # as a mail scanner does
        assert "Do you want this alert?" in page.text
    assert await api.clients.alerts.asking(10) == []
    answer = await api.post(f"/alerts/{token}", data={"action": "confirm"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/alerts/{token}")
    (search,) = await api.clients.alerts.asking(10)
    assert (search.address, search.query.q, search.frequency) == ("ann@example.com", "data engineer", "instant")


async def test_an_address_is_asked_once_and_the_answer_does_not_tell(api) -> None:
    first = await api.post("/alerts", data={"email": "ann@example.com", "q": "one"})
    second = await api.post("/alerts", data={"email": "ann@example.com", "q": "one"})
    assert len(api.outbox.asked) == 1
    strip = re.compile(r"[0-9a-f]{32}")
    assert strip.sub("", first.text) == strip.sub("", second.text)
    await api.post("/alerts", data={"email": "bob@example.com", "q": "one"})
    assert [search.address for search in api.outbox.asked] == ["ann@example.com", "bob@example.com"]


async def test_what_is_no_address_is_said_and_the_form_keeps_the_search(api) -> None:
    page = await api.post("/alerts", data={"email": "ann@@example", "q": "data engineer", "frequency": "instant"})
    assert page.status_code == 400
    assert re.findall(r'name="frequency" value="(\w+)" checked', page.text) == ["instant"]
    assert 'aria-invalid="true"' in page.text
    assert 'value="ann@@example"' in page.text
    assert 'name="q" value="data engineer"' in page.text
    assert api.outbox.asked == []


async def test_an_alert_is_paused_changed_and_deleted_by_its_page(api) -> None:
    token = await asked(api)
    for action, status, frequency in (
        ("pause", "unconfirmed", "daily"),
        ("confirm", "active", "daily"),
        ("pause", "paused", "daily"),
        ("instant", "paused", "instant"),
        ("resume", "active", "instant"),
    ):
        await api.post(f"/alerts/{token}", data={"action": action})
        search = await api.clients.alerts.by_token(token)
        assert (search.status, search.frequency) == (status, frequency), action
    assert (await api.post(f"/alerts/{token}", data={"action": "explode"})).status_code == 400
    done = await api.post(f"/alerts/{token}", data={"action": "delete"})
    assert "The alert is deleted" in done.text
    assert (await api.get(f"/alerts/{token}")).status_code == 404


async def test_one_post_unsubscribes_and_a_look_does_not(api) -> None:
    token = await asked(api)
    await api.post(f"/alerts/{token}", data={"action": "confirm"})
    assert "Unsubscribe" in (await api.get(f"/alerts/{token}/unsubscribe")).text
    assert len(await api.clients.alerts.asking(10)) == 1
    for _ in range(2):  # mail programs may repeat it
        answer = await api.post(f"/alerts/{token}/unsubscribe", data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert await api.clients.alerts.by_token(token) is None


async def test_unsubscribing_works_as_multipart_too(api) -> None:
    token = await asked(api)
    await api.post(f"/alerts/{token}/unsubscribe", files={"List-Unsubscribe": (None, "One-Click")})
    assert await api.clients.alerts.by_token(token) is None


async def test_a_token_that_is_not_known_finds_nothing(api) -> None:
    await asked(api)
    for path in (f"/alerts/{'a' * 43}", "/alerts/short", f"/alerts/{'a' * 43}/unsubscribe"):
        assert (await api.get(path)).status_code in (400, 404)


async def test_pages_of_alerts_are_kept_by_nobody_and_tell_their_address_to_nobody(api) -> None:
    token = await asked(api)
    for path in ("/alerts/new", f"/alerts/{token}", f"/alerts/{token}/unsubscribe"):
        headers = (await api.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-robots-tag"] == "noindex"


async def test_a_full_address_gets_no_more_questions(api) -> None:
    for number in range(MOST_ACTIVE):
        token = await asked(api, email=f"x{number}@example.com")
        search = await api.clients.alerts.by_token(token)
        full = search.model_copy(update={"address": "full@example.com", "status": AlertStatus.ACTIVE})
        await api.clients.alerts.change(full, search)
    before = len(api.outbox.asked)
    assert (await api.post("/alerts", data={"email": "full@example.com", "q": "x"})).status_code == 200
    assert len(api.outbox.asked) == before


async def test_many_who_enter_one_address_at_once_cause_one_mail(api) -> None:
    await asyncio.gather(*(api.post("/alerts", data={"email": "ann@example.com", "q": str(n)}) for n in range(8)))
    assert len(api.outbox.asked) == 1


async def test_without_a_mail_server_the_page_says_so_and_offers_the_feed(clients, gateway) -> None:
    async with gateway(clients) as client:
        page = await client.get("/alerts/new?q=nurse")
        assert "not set up on this site" in page.text
        assert "/feeds/search.atom?q=nurse" in page.text
        assert 'type="email"' not in page.text
        answer = await client.post("/alerts", data={"email": "ann@example.com", "q": "nurse"})
        assert answer.status_code == 400
        assert "not configured" in answer.text
