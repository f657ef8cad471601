"""People who use the gateway: a person with their own key, an employer, an operator."""

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
from temporalio.service import RPCError, RPCStatusCode

from quiethire.clients import Clients

OPERATOR = "the-operators-own-key-of-24"

ADA = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+44 20 7946 0000",
    "tracks": [{"name": "Data", "titles": ["Data Engineer"], "skills": {"Python": {"proficiency": "expert"}}}],
}


class Started:
    """In place of Temporal: the workflows that were started, by id."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def start_workflow(self, _: object, __: object, *, id: str, **___: object) -> SimpleNamespace:
        self.ids.append(id)
        return SimpleNamespace(id=id)

    def get_schedule_handle(self, _: object) -> SimpleNamespace:
        """There are no schedules."""

        async def describe() -> None:
            raise RPCError("schedule not found", RPCStatusCode.NOT_FOUND, b"")

        return SimpleNamespace(describe=describe)


@dataclass(frozen=True)
class Person:
    """Somebody with a key."""

    client: httpx.AsyncClient
    secret: str
    id: UUID

    async def ask(self, method: str, path: str, *, match: str | None = None, **more: Any) -> httpx.Response:
        """`match`: the versions that `If-Match` names."""
        headers = {"Authorization": f"Bearer {self.secret}"} | ({"If-Match": match} if match is not None else {})
        return await self.client.request(method, f"/api/v1/candidates/me{path}", headers=headers, **more)

    async def get(self, path: str = "") -> Any:
        answer = await self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def come(client: httpx.AsyncClient, **changes: object) -> Person:
    """Come as a candidate."""
    answer = await client.post("/api/v1/candidates", json={**ADA, **changes})
    assert answer.status_code == 201, answer.text
    return Person(client, answer.json()["secret"], UUID(answer.json()["candidate"]["id"]))


def operated(clients: Clients) -> Clients:
    """Clients of a platform that has an operator's key, and a Temporal that remembers what was started."""
    settings = clients.settings.model_copy(update={"operator_key": OPERATOR})
    return replace(clients, settings=settings, temporal=Started())  # type: ignore[arg-type]


def as_operator() -> dict[str, str]:
    return {"Authorization": f"Bearer {OPERATOR}"}
