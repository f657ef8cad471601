"""The gate on Redis: limits and kept answers, in one round trip for all requests that wait at the moment.

An answer is one string: the generation of the index, a line break, the ETag, a line break, the body. So a reader learns
by the one key whether it is of the index as it is now, and nothing of an old generation is left behind.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from redis.asyncio import Redis

from quiethire.domain.errors import QuietHireError, Transient
from quiethire.domain.gate import WINDOW, Allowance, Entered, KeptAnswer, Lease, Verdict
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.storage.redis.connection import errors
from quiethire.storage.redis.nearby import NearbyAnswers

MOST_AT_ONCE = 128
"""Requests in one call: what Redis does in one go keeps all others waiting."""
PATIENCE = 0.05
"""Seconds that requests wait for Redis. What may be lost at any moment is no help where it takes longer."""
REST = 1.0
"""Seconds that Redis is not asked after it did not answer: what is out of reach shall cost one request its time, not all."""

# A generation that was lost gets a new name: under an old one, answers of before might come back.
# KEYS: the generation, the allowances, the answers, the leases of the first of these. ARGV: how many allowances; for each its
# interval and its depth, in µs; how many leases; for each its holder and its milliseconds.
_ENTER = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local generation = redis.call('GET', KEYS[1])
if not generation then
  generation = 'lost at ' .. string.format('%.0f', now)
  redis.call('SET', KEYS[1], generation, 'PX', 86400000)
end
local head = generation .. '\\n'
local function own(key)
  local value = redis.call('GET', key)
  if value and string.sub(value, 1, #head) == head then return string.sub(value, #head + 1) end
  return false
end
local reply, limited = {generation}, tonumber(ARGV[1])
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
local leases = tonumber(ARGV[2 + 2 * limited])
local answers = #KEYS - 1 - limited - leases
for i = 1, answers do
  local answer, leads = own(KEYS[1 + limited + i]), 0
  if not answer and i <= leases then
    local key, at = KEYS[1 + limited + answers + i], 1 + 2 * limited + 2 * i
    if not own(key) then
      redis.call('SET', key, head .. ARGV[at], 'PX', ARGV[at + 1])
      leads = 1
    end
  end
  reply[#reply + 1] = answer
  reply[#reply + 1] = leads
end
return reply
"""

# KEYS: the answer, its lease. ARGV: the answer, its milliseconds, the lease of who keeps it.
_KEEP = """
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if redis.call('GET', KEYS[2]) == ARGV[3] then redis.call('DEL', KEYS[2]) end
"""

_LET_GO = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class _Request(NamedTuple):
    allowance: Allowance | None
    answer: str | None
    lease: Lease | None
    told: asyncio.Future[Entered]


class RedisGate:
    """The part of `Cache` that every request goes through. A subclass connects."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._enter = redis.register_script(_ENTER)
        self._keep = redis.register_script(_KEEP)
        self._let_go = redis.register_script(_LET_GO)
        self._waiting: list[_Request] = []
        self._asking: asyncio.Task[None] | None = None
        self._rests_until = 0.0
        self._nearby = NearbyAnswers()
        self._generation = b""
        self._writing_now: set[asyncio.Future[None]] = set()
        self._under_way: set[asyncio.Future[Any]] = set()

    async def enter(
        self, allowance: Allowance | None, answer: str | None = None, lease: Lease | None = None
    ) -> Entered:
        """Take one request from the allowance, look the answer up, and take the lead in finding it."""
        if self._rests():
            raise Transient("did not answer a moment ago", where="redis", hint="is the server running?")
        request = _Request(allowance, answer, lease, asyncio.get_running_loop().create_future())
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

    async def keep(
        self, answer: str, generation: bytes, kept: KeptAnswer, ttl: timedelta, holder: str | None = None
    ) -> None:
        """Keep an answer, and end this holder's lead."""
        value, own = b"\n".join((generation, *kept)), _held(generation, holder or "")
        async with self._writing(), errors():
            await self._keep(keys=[answer, _lease_key(answer)], args=[value, _milliseconds(ttl), own])

    async def let_go(self, answer: str, generation: bytes, holder: str) -> None:
        """End one's own lead."""
        async with self._writing(), errors():
            await self._let_go(keys=[_lease_key(answer)], args=[_held(generation, holder)])

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Nobody waits for this but who closes the connections."""
        written = asyncio.get_running_loop().create_future()
        self._writing_now.add(written)
        try:
            yield
        finally:
            self._writing_now.discard(written)
            written.set_result(None)

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
        arguments: list[int | str] = [len(allowances)]
        for each in allowances:
            interval = round(WINDOW * 1e6 / each.limit)
            arguments += (interval, round(interval * (each.limit + each.burst)))
        # Of those who ask for the lead in one answer the first is asked for.
        leases = {each.answer: each.lease for each in reversed(batch) if each.answer and each.lease}
        # One answer that many ask for travels once, and one that is here already not at all.
        wanted = dict.fromkeys((*leases, *(each.answer for each in batch if each.answer is not None)))
        answers = [key for key in wanted if not self._nearby.has(key, self._generation)]
        leased = [(key, leases[key]) for key in answers if key in leases]
        arguments.append(len(leased))
        for _, lease in leased:
            arguments += (lease.holder, _milliseconds(lease.ttl))
        keys = [
            INDEX_GENERATION_KEY,
            *(each.key for each in allowances),
            *answers,
            *(_lease_key(key) for key, _ in leased),
        ]
        return self._told(batch, answers, await self._in_time(keys, arguments))

    async def _in_time(self, keys: list[str], arguments: list[int | str]) -> list[Any]:
        """The reply, unless it takes too long. What comes too late is let come: a connection that is being made is good for the next.

        Half of the time is waited twice: while this process itself stood still, time went by and no reply could be read.
        """
        entering = asyncio.ensure_future(self._enter(keys=keys, args=arguments))
        self._under_way.add(entering)
        entering.add_done_callback(self._came)
        for _ in range(2):
            await asyncio.wait((entering,), timeout=PATIENCE / 2)
            if entering.done():
                async with errors():
                    return list(entering.result())
        raise Transient(f"did not answer within {PATIENCE * 1_000:g} ms", where="redis", hint="is it overloaded?")

    def _came(self, entering: asyncio.Future[Any]) -> None:
        self._under_way.discard(entering)
        if not entering.cancelled():
            entering.exception()  # Told to whoever still waited.

    def _told(self, batch: Sequence[_Request], answers: Sequence[str], reply: Sequence[Any]) -> list[Entered]:
        """What the reply says to each request."""
        generation, figures = reply[0], iter(reply[1:])
        self._generation = generation
        verdicts = [_verdict(*islice(figures, 4)) if each.allowance is not None else None for each in batch]
        leading: set[str] = set()
        for key, value, leads in zip(answers, figures, figures, strict=True):
            if (answer := _answer(value)) is not None:
                self._nearby.put(key, generation, answer)
            elif leads:
                leading.add(key)
        told = []
        for request, verdict in zip(batch, verdicts, strict=True):
            name = request.answer
            leads = name in leading and request.lease is not None
            if leads:
                leading.discard(name or "")
            told.append(Entered(verdict, generation, self._nearby.get(name, generation) if name else None, leads))
        return told


def _lease_key(answer: str) -> str:
    return f"{answer}:lease"


def _held(generation: bytes, holder: str) -> bytes:
    """A lease as Redis has it. It is of one generation: nobody waits for an answer that is over."""
    return b"%s\n%s" % (generation, holder.encode())


def _milliseconds(time: timedelta) -> int:
    return int(time.total_seconds() * 1_000)


def _verdict(granted: int, remaining: int, wait: int, reset: int) -> Verdict:
    return Verdict(granted == 1, remaining, wait / 1e6, reset / 1e6)


def _answer(kept: bytes | None) -> KeptAnswer | None:
    if kept is None:
        return None
    etag, _, body = kept.partition(b"\n")
    return KeptAnswer(etag, body)
