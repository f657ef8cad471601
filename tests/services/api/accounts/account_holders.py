"""People with accounts, and the mails that they get."""

import re
import time
from typing import Any

import httpx
import pyotp

from quiethire.domain.accounts import AccountNotice

PASSWORD = "correct horse battery"
EMAIL = "ada@north.example"
OPERATOR = "the-operators-own-key-of-24"
AUTH = "/api/v1/auth"


class Outbox:
    """The port to the mail server, which keeps what it is to send."""

    configured = True

    def __init__(self) -> None:
        self.sent: list[tuple[str, AccountNotice]] = []

    async def notify(self, address: str, notice: AccountNotice) -> None:
        self.sent.append((address, notice))

    def link(self, path: str) -> str:
        """The token of the last mail, which leads there."""
        found = re.fullmatch(rf"{path}\?link=(ql_[\w-]+)", self.sent[-1][1].path)
        assert found, self.sent[-1]
        return found[1]


async def join(client: httpx.AsyncClient, outbox: Outbox, email: str = EMAIL, **given: str) -> dict[str, Any]:
    """Register, open the mail's link, and be signed in."""
    assert (await client.post("/api/v1/auth/register", json={"email": email})).status_code == 202
    body = {"link": outbox.link("/account/join"), "password": PASSWORD, "name": "Ada", **given}
    answer = await client.post("/api/v1/auth/verify", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def sign_in(
    client: httpx.AsyncClient, email: str = EMAIL, password: str = PASSWORD, status: int = 200
) -> dict[str, Any]:
    """Try to sign in, with this outcome."""
    answer = await client.post(f"{AUTH}/sign-in", json={"email": email, "password": password})
    assert answer.status_code == status, answer.text
    return answer.json()


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def code_of(secret: str, steps: int = 0) -> str:
    """What an app shows, or showed some steps ago."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


async def switched_on(
    api: httpx.AsyncClient, tokens: dict[str, Any], password: str = PASSWORD
) -> tuple[str, list[str]]:
    """A second factor of an account: the secret, and the codes for when the app is lost. It has used the code of a step ago."""
    path, headers = "/api/v1/auth/second-factor", bearer(tokens)
    begun = await api.post(path, json={"password": password}, headers=headers)
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    confirmed = await api.put(path, json={"code": code_of(secret, -1)}, headers=headers)
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]
