"""How often somebody may try to sign in, or have mails sent. Where Redis does not answer nobody may: guessing must stay slow."""

from typing import NamedTuple

from starlette.exceptions import HTTPException

from quiethire.domain.gate import Allowance
from quiethire.domain.ports import Cache
from quiethire.telemetry import REFUSED


class Rate(NamedTuple):
    """`limit + burst` tries at once, then `limit` a minute."""

    name: str
    limit: float
    burst: int


SIGN_IN = Rate("sign_in", 20, 40)
"""From one address of the net, whatever keys it sends: anybody can make those."""
SIGN_IN_HERE = Rate("sign_in_here", 5, 10)
"""To one account."""
CODE = Rate("code", 5, 5)
"""Of the second factor of one account: a million codes take long."""
CODE_A_DAY = Rate("code_a_day", 20 / 1440, 50)
"""Likewise, for who has the password and the patience: three codes are good at any time."""
MAIL = Rate("mail", 5, 10)
"""From one address of the net, likewise."""
MAIL_HERE = Rate("mail_here", 1 / 30, 3)
"""To one mail address: no oftener than a link lasts. Who keeps an address busy does no more than send its owner good links."""


async def pass_through(cache: Cache, rate: Rate, who: str) -> None:
    """One try. Raises HTTPException where there were too many, Transient where Redis does not answer."""
    verdict = (await cache.enter(Allowance(f"ratelimit:{who}:{rate.name}", rate.limit, rate.burst), None)).verdict
    if verdict is not None and not verdict.granted:
        REFUSED.labels(endpoint=rate.name).inc()
        seconds = max(1, -int(-verdict.retry_after // 1))
        raise HTTPException(429, "Too many tries. Wait, then try again.", {"Retry-After": str(seconds)})
