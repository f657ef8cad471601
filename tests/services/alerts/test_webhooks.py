"""Webhooks through the guard to a real server, their signatures checked by an implementation of its own."""

import base64
import json
import subprocess
from datetime import timedelta

import pytest

from quiethire.domain.alerts import Channel
from quiethire.domain.errors import Disallowed, Gone, InvalidInput, Transient
from quiethire.settings import Settings
from services.alerts.message import Links
from services.alerts.webhook import WebhookPoster, new_secret
from services.crawler.delivery import open_poster

LINKS = Links("https://jobs.example")
URL = "https://hooks.example/jobs?team=data"


@pytest.fixture
async def webhooks(receiver):
    settings = Settings(host_map={"hooks.example": f"127.0.0.1:{receiver.port}"})
    async with open_poster(settings) as poster:
        yield WebhookPoster(poster, LINKS)


def hook(delivery, **changes):
    return delivery(**{"channel": Channel.WEBHOOK, "address": URL, "token": None, "secret": new_secret()} | changes)


def verified(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As the specification tells receivers to, with OpenSSL's HMAC instead of ours."""
    key = base64.b64decode(secret.partition("_")[2]).hex()
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-binary"]
    digest = subprocess.run(command, input=signed, capture_output=True, check=True).stdout
    expected = "v1," + base64.b64encode(digest).decode()
    return expected in headers["webhook-signature"].split(" ")


async def test_a_receiver_can_verify_what_it_gets(webhooks, receiver, delivery, posting) -> None:
    told = hook(delivery)
    await webhooks.deliver(told)
    ((line, headers, body),) = receiver.requests
    assert line == "POST /jobs?team=data HTTP/1.1"
    assert headers["host"] == "hooks.example"
    assert headers["content-type"] == "application/json"
    assert verified(headers, body, told.search.secret)
    assert not verified(headers, body + b" ", told.search.secret)
    assert not verified(headers, body, new_secret())
    message = json.loads(body)
    assert message["type"] == "postings.found"
    assert message["data"]["alert"]["name"] == "data engineer · Berlin"
    (job,) = message["data"]["postings"]
    assert (job["title"], job["company"], job["location"]) == ("Senior Data Engineer", "Northwind", ["Berlin"])
    assert job["salary"] == {"min": 75_000, "max": 95_000, "currency": "EUR", "period": "year"}
    assert job["url"] == f"https://jobs.example/jobs/{told.postings[0].id}"


async def test_a_repeat_has_the_same_id_and_body(webhooks, receiver, delivery) -> None:
    told = hook(delivery)
    await webhooks.deliver(told)
    await webhooks.deliver(told.model_copy(update={"attempts": 2}))
    (_, first, body), (_, second, again) = receiver.requests
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert first["webhook-id"] == f"msg_{told.id.hex}"


async def test_after_a_rotation_both_secrets_verify_until_the_grace_is_over(webhooks, receiver, delivery) -> None:
    old, told = new_secret(), hook(delivery)
    now = told.created_at.now(told.created_at.tzinfo)
    in_grace = {"former_secret": old, "former_until": now + timedelta(hours=1)}
    over = {"former_secret": old, "former_until": now - timedelta(hours=1)}
    for changes in (in_grace, over):
        await webhooks.deliver(told.model_copy(update={"search": told.search.model_copy(update=changes)}))
    (_, first, body), (_, second, _) = receiver.requests
    assert verified(first, body, told.search.secret)
    assert verified(first, body, old)
    assert verified(second, body, told.search.secret)
    assert not verified(second, body, old)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 429, 500, 503])
async def test_whatever_is_no_success_is_tried_again_and_no_redirect_is_followed(
    webhooks, receiver, delivery, status
) -> None:
    receiver.statuses.append(status)
    with pytest.raises(Transient) as refused:
        await webhooks.deliver(hook(delivery))
    assert str(refused.value) == f"hooks.example: answered {status}", "the rest of an address may be a secret"
    assert len(receiver.requests) == 1


async def test_a_receiver_that_says_gone_wants_no_more(webhooks, receiver, delivery) -> None:
    receiver.statuses.append(410)
    with pytest.raises(Gone, match=r"^hooks\.example: answered 410"):
        await webhooks.deliver(hook(delivery))


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1/", "https://localhost/", "https://10.0.0.8/", "https://169.254.169.254/latest/meta-data"),
        *("https://[::1]/", "https://[fd00::1]/", "https://2130706433/", "https://metadata.internal/"),
        *("https://user:secret@example.com/", "https://example.com:22/"),
    ],
)
async def test_addresses_that_are_not_public_are_refused_when_named_and_when_posted_to(webhooks, delivery, url) -> None:
    with pytest.raises(Disallowed):
        webhooks.check(url)
    with pytest.raises(Disallowed):
        await webhooks.deliver(hook(delivery, address=url))


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://example.com/", "not a url", "https://"])
async def test_what_is_no_https_address_is_refused(webhooks, url) -> None:
    with pytest.raises(InvalidInput):
        webhooks.check(url)


async def test_a_name_that_leads_to_a_private_address_is_refused_at_the_moment_of_posting(delivery) -> None:
    async def rebound(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with open_poster(Settings(), rebound) as poster:
        webhooks = WebhookPoster(poster, LINKS)
        webhooks.check(URL)
        with pytest.raises(Disallowed):
            await webhooks.deliver(hook(delivery, address="https://hooks.rebound.dev/"))


async def test_a_name_that_nobody_knows_is_tried_again(delivery) -> None:
    async def unknown(host: str, port: int) -> list[str]:
        return []

    async with open_poster(Settings(), unknown) as poster:
        with pytest.raises(Transient):
            await WebhookPoster(poster, LINKS).deliver(hook(delivery, address="https://hooks.rebound.dev/"))


async def test_a_server_that_is_away_is_tried_again(delivery) -> None:
    async with open_poster(Settings(host_map={"hooks.example": "127.0.0.1:1"})) as poster:
        with pytest.raises(Transient):
            await WebhookPoster(poster, LINKS).deliver(hook(delivery))
