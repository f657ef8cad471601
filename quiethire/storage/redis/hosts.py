"""The states of hosts on Redis: one hash a host, each step one script, so that several workers act as one.

Fields: `last` (when the last request ended), `delay` (left after it), `rest` (until when the host rests), `kind` (why),
`refusals` (in a row), `l:<token>` (when that lease ends). Milliseconds by the server's clock, the one that all share.
"""

from redis.asyncio import Redis

from quiethire.domain.ports import HostRefusal, Turn
from quiethire.storage.redis.connection import connect, errors

IDLE_TTL = 3_600_000
"""Milliseconds that a state is kept after the last that it must remember: so long are refusals counted in a row."""

_NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)"

_ENTER = f"""
{_NOW}
local token, slots, lease, pause = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local fields, held, first = redis.call('HGETALL', KEYS[1]), 0, 0
local state = {{}}
for i = 1, #fields, 2 do
  local name, value = fields[i], fields[i + 1]
  if string.sub(name, 1, 2) ~= 'l:' then
    state[name] = value
  elseif tonumber(value) <= now then
    redis.call('HDEL', KEYS[1], name)
  else
    held = held + 1
    if first == 0 or tonumber(value) < first then first = tonumber(value) end
  end
end
local rest = tonumber(state.rest or 0)
if rest > now then return {{0, rest - now, state.kind}} end
local delay = math.max(tonumber(state.delay or 0), pause)
local due = state.last and tonumber(state.last) + delay or 0
if due > now then return {{0, due - now, ''}} end
if held >= slots then return {{0, math.min(delay, first - now), ''}} end
redis.call('HSET', KEYS[1], 'l:' .. token, now + lease)
redis.call('PEXPIRE', KEYS[1], lease + delay + {IDLE_TTL})
return {{1, 0, ''}}
"""

_LEAVE = f"""
{_NOW}
local token, delay, kind = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local asked, first, longest = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local rest = tonumber(redis.call('HGET', KEYS[1], 'rest') or 0)
redis.call('HDEL', KEYS[1], 'l:' .. token)
redis.call('HSET', KEYS[1], 'last', now, 'delay', delay)
if kind == '' then
  redis.call('HDEL', KEYS[1], 'refusals')
else
  local refusals = redis.call('HINCRBY', KEYS[1], 'refusals', 1)
  if asked == 0 then asked = math.min(first * 2 ^ math.min(refusals - 1, 30), longest) end
  rest = math.max(rest, now + asked)
  redis.call('HSET', KEYS[1], 'rest', string.format('%.0f', rest), 'kind', kind)
end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(rest - now, 0) + delay + {IDLE_TTL}))
return math.max(rest - now, 0)
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


def _milliseconds(seconds: float) -> int:
    """Rounded up: never too early."""
    return int(-(-seconds * 1000 // 1))
