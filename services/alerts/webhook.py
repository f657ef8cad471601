"""Webhooks after the Standard Webhooks specification (https://www.standardwebhooks.com): signed, with an id to tell repeats by."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from quiethire.domain.alerts import AlertPosting, Delivery
from quiethire.domain.errors import Gone, Transient
from quiethire.domain.ports import GuardedPost
from quiethire.domain.urls import parse_url
from services.alerts.message import Links

SECRET_PREFIX = "whsec_"  # noqa: S105  (the specification's prefix)
_SECRET_BYTES = 32


def new_secret() -> str:
    """A signing secret, as the specification writes one."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over `id.timestamp.body`, in base64."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class WebhookPoster:
    """`WebhookSender`."""

    def __init__(
        self, post: GuardedPost, links: Links, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._post = post
        self._links = links
        self._now = now

    def check(self, url: str) -> None:
        """Raises InvalidInput or Disallowed for an address that is never posted to."""
        self._post.check(url)

    async def deliver(self, delivery: Delivery) -> None:
        """Post it. Raises Gone where the receiver wants no more (410), Transient for every other answer but a success.

        However often it is tried, the id and the body are the same; the timestamp is that of the try, for receivers refuse
        old ones.
        """
        search, now = delivery.search, self._now()
        body = json.dumps(payload(delivery, self._links), ensure_ascii=False, separators=(",", ":")).encode()
        message_id, timestamp = f"msg_{delivery.id.hex}", int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(
                signature(secret, message_id, timestamp, body) for secret in _secrets(delivery, now)
            ),
        }
        address = search.address or ""
        status = await self._post.post(address, body, headers)
        # By its host alone: the rest of an address often holds a secret, and errors are logged.
        host = parse_url(address).hostname
        if status == 410:
            raise Gone("answered 410: it wants no more", where=host)
        if not 200 <= status < 300:
            raise Transient(f"answered {status}", where=host, kind=f"http_{status}")


def payload(delivery: Delivery, links: Links) -> dict[str, Any]:
    """What a webhook's message says."""
    return {
        "type": "postings.found",
        "timestamp": delivery.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "alert": {
                "id": str(delivery.search.id),
                "name": delivery.search.name,
                "url": links.search(delivery.search),
            },
            "postings": [_posting(posting, links) for posting in delivery.postings],
        },
    }


def _posting(posting: AlertPosting, links: Links) -> dict[str, Any]:
    stated = posting.salary_min is not None or posting.salary_max is not None
    salary = {
        "min": posting.salary_min,
        "max": posting.salary_max,
        "currency": posting.salary_currency,
        "period": "year",
    }
    return {
        "id": str(posting.id),
        "title": posting.title,
        "company": posting.company,
        "location": list(posting.places),
        "remote": posting.remote,
        "job_type": posting.job_type,
        "salary": salary if stated else None,
        "posted_at": posting.posted_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "listings": posting.listings,
        "url": links.posting(posting.id),
    }


def _secrets(delivery: Delivery, now: datetime) -> Iterable[str]:
    search = delivery.search
    if search.secret:
        yield search.secret
    if search.former_secret and search.former_until and search.former_until > now:
        yield search.former_secret
