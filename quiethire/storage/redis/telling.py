"""Feeds and notifications of people on Redis."""

import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from quiethire.domain.errors import InvalidInput
from quiethire.domain.notifications import (
    FEEDS_CHANNEL,
    MOST_KEPT,
    KeptFeed,
    Listening,
    News,
    Notification,
    notifications_channel,
)
from quiethire.storage.redis.connection import errors
from quiethire.storage.redis.listening import Hub

FEED_TTL = timedelta(hours=1)
SCORE_TTL = timedelta(days=1)
STATE_TTL = timedelta(days=2)
KEPT_FOR = timedelta(days=7)
"""Notifications, for who was away."""
TOLD_FOR = timedelta(days=30)
"""What was told is not told again."""

# KEYS: the stream, what was told. ARGV: kept at most, for how long, told for how long, then key and body of each.
# A message is kept and told in one go, under one id: who reads what is kept and then listens has it once.
_NOTIFY = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3])
local new = 0
for i = 4, #ARGV, 2 do
  if redis.call('ZADD', KEYS[2], 'NX', string.format('%.0f', now), ARGV[i]) == 1 then
    local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[1], '*', 'body', ARGV[i + 1])
    redis.call('PUBLISH', KEYS[1], id .. '\\n' .. ARGV[i + 1])
    new = new + 1
  end
end
if new > 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return new
"""

# KEYS: the feed, its state. ARGV: the state it was made of, the feed, its milliseconds.
_PUT_FEED = """
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


def feed_key(candidate_id: UUID) -> str:
    """Where the scores of a candidate's daily feed are kept."""
    return f"candidate:{candidate_id}:daily_matches"


def told_key(candidate_id: UUID) -> str:
    """Where it is kept what a candidate was told of."""
    return f"candidate:{candidate_id}:told"


def _body_key(candidate_id: UUID) -> str:
    return f"candidate:{candidate_id}:feed"


def _hidden_key(candidate_id: UUID) -> str:
    return f"candidate:{candidate_id}:hidden"


def _scored_key(candidate_id: UUID) -> str:
    """Where it is kept which jobs of theirs have a score here, by the moment of it: the scores are keys of their own."""
    return f"candidate:{candidate_id}:scored"


def _score_key(candidate_id: UUID, job_id: UUID | str) -> str:
    return f"match_score:{candidate_id}:{job_id}"


def _state_key(candidate_id: UUID) -> str:
    return f"candidate:{candidate_id}:feed_state"


def _change(pipe: Pipeline, candidate_id: UUID) -> None:
    """Drop the feed and tell so. Its state lasts longer than anything that is made of what was before."""
    pipe.delete(_body_key(candidate_id), _hidden_key(candidate_id))
    pipe.incr(_state_key(candidate_id))
    pipe.expire(_state_key(candidate_id), STATE_TTL)
    pipe.publish(FEEDS_CHANNEL, str(candidate_id))


class FeedSeal:
    """AES-256-GCM with a key for feeds alone; a feed opens for its candidate only."""

    def __init__(self, secret: str) -> None:
        """`secret`: the master keys of the settings, the first of which counts: what another sealed is made anew."""
        first = secret.partition(",")[0]
        # The number changes with what a feed holds: one of another release opens for nobody, and is made anew.
        derived = HKDF(SHA256(), 32, salt=None, info=b"quiethire feed/2").derive(first.encode())
        self._cipher = AESGCM(derived) if first else None

    def seal(self, candidate_id: UUID, feed: bytes) -> bytes:
        """Nonce and ciphertext. Raises InvalidInput where there is no key."""
        if self._cipher is None:
            raise InvalidInput("is not set", where="QUIETHIRE_PERSON_KEY", hint="feeds are not kept in the clear")
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, feed, candidate_id.bytes)

    def open(self, candidate_id: UUID, sealed: object) -> bytes | None:
        """The feed; None where there is none, or it was sealed with another key."""
        if self._cipher is None or not isinstance(sealed, bytes):
            return None
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], candidate_id.bytes)
        except InvalidTag:
            return None


class RedisTelling:
    """`Telling` on a Redis server. Failures are Transient: callers go on without."""

    def __init__(self, redis: Redis, hub: Hub, secret: str) -> None:
        self._redis = redis
        self._hub = hub
        self._seal = FeedSeal(secret)
        self._put = redis.register_script(_PUT_FEED)
        self._notify = redis.register_script(_NOTIFY)

    async def put_daily_matches(
        self, candidate_id: UUID, scores: Mapping[UUID, float], hidden: bytes | None = None
    ) -> None:
        """Replace a candidate's scores, in one transaction: no reader sees them half-written."""
        key = feed_key(candidate_id)
        sealed = None if hidden is None else self._seal.seal(candidate_id, hidden)
        async with errors(), self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(key)
            if scores:
                pipe.zadd(key, {str(job_id): score for job_id, score in scores.items()})
                pipe.expire(key, FEED_TTL)
                pipe.zadd(_scored_key(candidate_id), dict.fromkeys(map(str, scores), time.time()))
                # A clock that is off by less than the life of a score loses sight of none.
                pipe.zremrangebyscore(_scored_key(candidate_id), "-inf", time.time() - 2 * SCORE_TTL.total_seconds())
                pipe.expire(_scored_key(candidate_id), 2 * SCORE_TTL)
            for job_id, score in scores.items():
                pipe.set(_score_key(candidate_id, job_id), repr(score), ex=SCORE_TTL)
            _change(pipe, candidate_id)
            if sealed is not None:
                pipe.set(_hidden_key(candidate_id), sealed, ex=FEED_TTL)
            await pipe.execute()

    async def daily_matches(self, candidate_id: UUID, limit: int = 100) -> list[tuple[UUID, float]]:
        """A candidate's feed, best first; empty where it was lost."""
        if limit < 1:
            return []
        async with errors():
            entries = await self._redis.zrevrange(feed_key(candidate_id), 0, limit - 1, withscores=True)
        return [(UUID(member.decode()), score) for member, score in cast("list[tuple[bytes, float]]", entries)]

    async def feed(self, candidate_id: UUID) -> KeptFeed:
        """The feed; one that was sealed with another key is none."""
        async with errors():
            keys = (_body_key(candidate_id), _hidden_key(candidate_id), _state_key(candidate_id))
            feed, hidden, state = await self._redis.mget(keys)
        return KeptFeed(self._seal.open(candidate_id, feed), self._seal.open(candidate_id, hidden), int(state or 0))

    async def put_feed(self, candidate_id: UUID, feed: bytes, state: int) -> bool:
        """Keep a feed where its state is still this one."""
        keys = [_body_key(candidate_id), _state_key(candidate_id)]
        async with errors():
            kept = await self._put(keys, [state, self._seal.seal(candidate_id, feed), _milliseconds(FEED_TTL)])
        return bool(kept)

    async def drop_feed(self, *candidate_ids: UUID) -> None:
        """Forget the feeds."""
        async with errors(), self._redis.pipeline(transaction=True) as pipe:
            for candidate_id in candidate_ids:
                _change(pipe, candidate_id)
            await pipe.execute()

    async def notify(self, candidate_id: UUID, news: Sequence[News]) -> int:
        """Tell what was not told before."""
        if not news:
            return 0
        keys = [notifications_channel(candidate_id), told_key(candidate_id)]
        bounds = [MOST_KEPT, _milliseconds(KEPT_FOR), _milliseconds(TOLD_FOR)]
        told = [part for each in news for part in each]
        async with errors():
            return int(await self._notify(keys, [*bounds, *told]))

    async def notified(self, candidate_id: UUID, after: str | None = None) -> list[Notification]:
        """What is kept behind this id."""
        async with errors():
            found = await self._redis.xrange(notifications_channel(candidate_id), min=f"({after}" if after else "-")
        entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", found)
        return [Notification(told.decode(), fields[b"body"]) for told, fields in entries]

    async def told(self, candidate_id: UUID) -> list[str]:
        """The keys of what is not told again, in order."""
        async with errors():
            found = await self._redis.zrange(told_key(candidate_id), 0, -1)
        return sorted(key.decode() for key in cast("list[bytes]", found))

    def listen(self, channel: str) -> AbstractAsyncContextManager[Listening]:
        """Over the one connection of this process."""
        return self._hub.listen(channel)

    async def forget_people(self, candidate_ids: Collection[UUID]) -> None:
        """By the names of what is theirs: it costs the same however many others are kept.

        No script, which would have to declare keys that it finds itself. Scores that are written meanwhile keep their names,
        so that who is forgotten once more is forgotten whole.
        """
        for candidate_id in candidate_ids:
            scored = _scored_key(candidate_id)
            keys = [
                feed_key(candidate_id),
                _body_key(candidate_id),
                _hidden_key(candidate_id),
                _state_key(candidate_id),
                told_key(candidate_id),
                notifications_channel(candidate_id),
            ]
            async with errors():
                jobs = cast("list[bytes]", await self._redis.zrange(scored, 0, -1))
                async with self._redis.pipeline(transaction=True) as pipe:
                    pipe.unlink(*keys, *(_score_key(candidate_id, job.decode()) for job in jobs))
                    if jobs:
                        pipe.zrem(scored, *jobs)
                    pipe.publish(FEEDS_CHANNEL, str(candidate_id))
                    await pipe.execute()


def _milliseconds(time: timedelta) -> int:
    return int(time.total_seconds() * 1_000)
