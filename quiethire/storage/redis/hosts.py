"""The states of hosts on Redis: one hash a host, each step one script, so that several workers act as one.

Fields: `last` (when the last request ended), `due` (when the pause after it ends), `rest` (until when the host rests),
`kind` (why), `refusals` (in a row), `l:<token>` (when that lease ends). Milliseconds by the server's clock, the one that all
share. Each script may run twice: a client asks again when an answer is lost.
"""

from redis.asyncio import Redis

from quiethire.domain.hosts import BELIEVED, HostRefusal, Turn
from quiethire.storage.redis.connection import connect, errors

IDLE_TTL = 3_600_000
"""Milliseconds that a state is kept after the last that it must remember: so long are refusals counted in a row."""

_NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)"

# Expires when nobody is held back any more and refusals are no longer counted in a row.
_KEEP = f"""
local function keep(now, last)
  local left = redis.call('PTTL', KEYS[1])
  local ttl = math.max(last - now, 0) + {IDLE_TTL}
  if ttl > left then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ttl)) end
end
local function rest_until(now, until_, kind)
  local rest = tonumber(redis.call('HGET', KEYS[1], 'rest') or 0)
  if until_ > rest then
    rest = until_
    redis.call('HSET', KEYS[1], 'rest', string.format('%.0f', rest), 'kind', kind)
  end
  keep(now, rest)
  return rest
end
local function due_at(now, at)
  local due = math.max(tonumber(redis.call('HGET', KEYS[1], 'due') or 0), at)
  redis.call('HSET', KEYS[1], 'due', string.format('%.0f', due))
  keep(now, due)
end
"""

_ENTER = f"""
{_NOW}
{_KEEP}
local token, slots, lease, pause = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local fields, held, first, ours = redis.call('HGETALL', KEYS[1]), 0, 0, false
local state = {{}}
for i = 1, #fields, 2 do
  local name, value = fields[i], fields[i + 1]
  if string.sub(name, 1, 2) ~= 'l:' then
    state[name] = value
  elseif tonumber(value) <= now then
    redis.call('HDEL', KEYS[1], name)
  else
    ours = ours or name == 'l:' .. token
    held = held + 1
    if first == 0 or tonumber(value) < first then first = tonumber(value) end
  end
end
if not ours then
  local rest = tonumber(state.rest or 0)
  if rest > now then return {{0, rest - now, state.kind}} end
  local last = tonumber(state.last or 0)
  local due = math.max(tonumber(state.due or 0), state.last and last + pause or 0)
  if due > now then return {{0, due - now, ''}} end
  if held >= slots then return {{0, math.min(math.max(due - last, 0), first - now), ''}} end
end
redis.call('HSET', KEYS[1], 'l:' .. token, now + lease)
keep(now, now + lease)
return {{1, 0, ''}}
"""

_LEAVE = f"""
{_NOW}
{_KEEP}
local token, delay, kind = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local asked, first, longest = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local held = redis.call('HDEL', KEYS[1], 'l:' .. token)
redis.call('HSET', KEYS[1], 'last', now)
due_at(now, now + delay)
if kind == '' then
  redis.call('HDEL', KEYS[1], 'refusals')
  return math.max(tonumber(redis.call('HGET', KEYS[1], 'rest') or 0) - now, 0)
end
local refusals = tonumber(redis.call('HGET', KEYS[1], 'refusals') or 0)
if held == 1 then refusals = redis.call('HINCRBY', KEYS[1], 'refusals', 1) end
local grown = math.min(first * 2 ^ math.min(math.max(refusals - 1, 0), 30), longest)
if asked == 0 or refusals > {BELIEVED} then asked = math.max(asked, grown) end
return math.max(rest_until(now, now + asked, kind) - now, 0)
"""

_HOLD = f"""
{_NOW}
{_KEEP}
local until_, kind = now + tonumber(ARGV[1]), ARGV[2]
if kind == '' then due_at(now, until_) else rest_until(now, until_, kind) end
return 0
"""


def host_key(host: str) -> str:
    """Where the state of a host is kept."""
    return f"crawler:host:{host}"


class RedisHosts:
    """`HostStates` on a Redis server. Failures are Transient: callers go on with what they know themselves."""

    def __init__(self, url: str) -> None:
        """`url`: redis://host:6379/0, rediss:// or unix://."""
        self._redis: Redis = connect(url)
        self._enter = self._redis.register_script(_ENTER)
        self._leave = self._redis.register_script(_LEAVE)
        self._hold = self._redis.register_script(_HOLD)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def enter(self, host: str, token: str, *, slots: int, lease: float, pause: float) -> Turn:
        """Take one of the host's slots."""
        arguments: list[str | int] = [token, slots, _milliseconds(lease), _milliseconds(pause)]
        async with errors():
            granted, wait, kind = await self._enter(keys=[host_key(host)], args=arguments)
        return Turn(granted=bool(granted), wait=wait / 1000, rest=kind.decode() or None)

    async def leave(self, host: str, token: str, *, delay: float, refusal: HostRefusal | None = None) -> float:
        """Give the slot back."""
        arguments: list[str | int] = [token, _milliseconds(delay), "", 0, 0, 0]
        if refusal is not None:
            seconds = (refusal.asked, refusal.first, refusal.longest)
            arguments[2:] = [refusal.kind, *map(_milliseconds, seconds)]
        async with errors():
            rest = await self._leave(keys=[host_key(host)], args=arguments)
        return float(rest) / 1000

    async def withdraw(self, host: str, token: str) -> None:
        """Give a slot back that was not used."""
        async with errors():
            await self._redis.hdel(host_key(host), f"l:{token}")

    async def hold(self, host: str, turn: Turn) -> None:
        """Keep everybody from the host for a while."""
        async with errors():
            await self._hold(keys=[host_key(host)], args=[_milliseconds(turn.wait), turn.rest or ""])


def _milliseconds(seconds: float) -> int:
    """Rounded up: never too early."""
    return int(-(-seconds * 1000 // 1))
