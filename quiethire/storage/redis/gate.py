"""The gate on Redis: limits and kept answers, in one round trip for all requests that wait at the moment.

An answer is one string: the generation of the index, a line break, the ETag, a line break, the body. So a reader learns
by the one key whether it is of the index as it is now, and nothing of an old generation is left behind.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from redis.asyncio import Redis

from quiethire.domain.errors import QuietHireError, Transient
from quiethire.domain.gate import WINDOW, Allowance, Claim, Entered, KeptAnswer, Verdict
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.storage.redis.connection import errors
from quiethire.storage.redis.nearby import NearbyAnswers

MOST_AT_ONCE = 128
"""Requests in one call: what Redis does in one go keeps all others waiting."""
REST = 1.0
"""Seconds that Redis is not asked after it did not answer: what is out of reach shall cost one request its time, not all."""

# A generation that was lost gets a new name: under an old one, answers of before might come back.
_GENERATION = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local generation = redis.call('GET', KEYS[1])
if not generation then
  generation = 'lost at ' .. string.format('%.0f', now)
  redis.call('SET', KEYS[1], generation, 'PX', 86400000)
end
local function kept(key)
  local value = redis.call('GET', key)
  local head = generation .. '\\n'
  if value and string.sub(value, 1, #head) == head then return string.sub(value, #head + 1) end
  return false
end
"""

# KEYS: the generation, the allowances, the answers. ARGV: how many allowances; for each its interval and its depth, in µs.
_ENTER = f"""
{_GENERATION}
local reply, limited = {{generation}}, tonumber(ARGV[1])
for i = 1, limited do
  local key, interval, depth = KEYS[1 + i], tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local arrival = math.max(tonumber(redis.call('GET', key) or 0), now)
  local due, granted, wait = arrival + interval, 1, 0
  if due - now > depth then
    due, granted, wait = arrival, 0, due - now - depth
  else
    redis.call('SET', key, string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
  end
  reply[#reply + 1] = granted
  reply[#reply + 1] = math.floor((depth - (due - now)) / interval)
  reply[#reply + 1] = math.ceil(wait)
  reply[#reply + 1] = math.ceil(due - now)
end
for i = limited + 2, #KEYS do reply[#reply + 1] = kept(KEYS[i]) end
return reply
"""

# KEYS: the generation, the answer, its lease. ARGV: the generation that is asked for, the lease, its milliseconds.
_CLAIM = f"""
{_GENERATION}
if generation ~= ARGV[1] then return {{false, 1}} end
local answer = kept(KEYS[2])
if answer then return {{answer, 0}} end
return {{false, redis.call('SET', KEYS[3], ARGV[2], 'NX', 'PX', ARGV[3]) and 1 or 0}}
"""

_LET_GO = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class _Request(NamedTuple):
    allowance: Allowance | None
    answer: str | None
    told: asyncio.Future[Entered]


class RedisGate:
    """The part of `Cache` that every request goes through. A subclass connects."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._enter = redis.register_script(_ENTER)
        self._claim = redis.register_script(_CLAIM)
        self._let_go = redis.register_script(_LET_GO)
        self._waiting: list[_Request] = []
        self._asking: asyncio.Task[None] | None = None
        self._rests_until = 0.0
        self._nearby = NearbyAnswers()

    async def enter(self, allowance: Allowance | None, answer: str | None = None) -> Entered:
        """Take one request from the allowance, and look the answer up."""
        if self._rests():
            raise Transient("did not answer a moment ago", where="redis", hint="is the server running?")
        request = _Request(allowance, answer, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        # Whoever comes while a call is under way goes with the next one: under load one call serves many.
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await request.told

    def _rests(self) -> bool:
        """Whether Redis is left alone: for a while after it did not answer, and then while one request tries."""
        if not self._rests_until:
            return False
        return self._rests_until > time.monotonic() or not (self._asking is None or self._asking.done())

    async def claim(self, answer: str, generation: bytes, lease: str, ttl: timedelta) -> Claim:
        """The kept answer, or the lead in finding it."""
        async with errors():
            kept, leads = await self._claim(
                keys=[INDEX_GENERATION_KEY, answer, _lease_key(answer, generation)],
                args=[generation, lease, int(ttl.total_seconds() * 1000)],
            )
        return Claim(_answer(kept), bool(leads))

    async def keep(self, answer: str, generation: bytes, kept: KeptAnswer, ttl: timedelta) -> None:
        """Keep an answer."""
        async with errors():
            await self._redis.set(answer, b"\n".join((generation, *kept)), px=ttl)

    async def let_go(self, answer: str, generation: bytes, lease: str) -> None:
        """End one's own lead."""
        async with errors():
            await self._let_go(keys=[_lease_key(answer, generation)], args=[lease])

    async def _ask(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            told: Sequence[Entered | Exception]
            try:
                told = await self._ask_for(batch)
                self._rests_until = 0.0
            except QuietHireError as error:
                self._rests_until = time.monotonic() + REST
                # Those behind would wait for a time-out too, batch after batch.
                batch, self._waiting = [*batch, *self._waiting], []
                told = [Transient(error.detail, where=error.where, hint=error.hint) for _ in batch]
            except Exception as error:  # noqa: BLE001  a defect: each request raises it, as it would have by itself
                told = [error] * len(batch)
            for request, word in zip(batch, told, strict=True):
                if request.told.done():
                    continue
                if isinstance(word, Exception):
                    request.told.set_exception(word)
                else:
                    request.told.set_result(word)

    async def _ask_for(self, batch: Sequence[_Request]) -> list[Entered]:
        allowances = [request.allowance for request in batch if request.allowance is not None]
        # One answer that many ask for travels once, and one that is here already not at all.
        wanted = dict.fromkeys(request.answer for request in batch if request.answer is not None)
        answers = [key for key in wanted if not self._nearby.has(key)]
        arguments = [len(allowances)]
        for each in allowances:
            interval = round(WINDOW * 1e6 / each.limit)
            arguments += (interval, interval * (each.limit + each.burst))
        keys = [INDEX_GENERATION_KEY, *(each.key for each in allowances), *answers]
        async with errors():
            reply: list[Any] = await self._enter(keys=keys, args=arguments)
        generation, figures = reply[0], reply[1 : 1 + 4 * len(allowances)]
        for key, value in zip(answers, reply[1 + len(figures) :], strict=True):
            if (answer := _answer(value)) is not None:
                self._nearby.put(key, generation, answer)
        kept = {key: self._nearby.get(key, generation) for key in wanted}
        verdicts = (_verdict(*figures[at : at + 4]) for at in range(0, len(figures), 4))
        return [
            Entered(
                next(verdicts) if request.allowance is not None else None,
                generation,
                kept[request.answer] if request.answer is not None else None,
            )
            for request in batch
        ]


def _lease_key(answer: str, generation: bytes) -> bytes:
    """Of each generation its own: nobody waits for an answer that is over."""
    return b"%s:lease:%s" % (answer.encode(), generation)


def _verdict(granted: int, remaining: int, wait: int, reset: int) -> Verdict:
    return Verdict(granted == 1, remaining, wait / 1e6, reset / 1e6)


def _answer(kept: bytes | None) -> KeptAnswer | None:
    if kept is None:
        return None
    etag, _, body = kept.partition(b"\n")
    return KeptAnswer(etag, body)
