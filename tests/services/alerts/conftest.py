"""Deliveries, a mail server and a webhook receiver, all on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from alert_examples import NOW, saved
from alert_house import open_house

from quiethire.domain.alerts import AlertPosting, Delivery, Frequency


def make_posting(title: str = "Senior Data Engineer", company: str = "Northwind", **changes: object) -> AlertPosting:
    fields: dict[str, object] = {
        "id": uuid4(),
        "title": title,
        "company": company,
        "places": ("Berlin",),
        "remote": "hybrid",
        "job_type": "full_time",
        "salary_min": 75_000,
        "salary_max": 95_000,
        "salary_currency": "EUR",
        "posted_at": NOW,
    }
    return AlertPosting.model_validate(fields | changes)


def make_delivery(*postings: AlertPosting, **changes: object) -> Delivery:
    fields: dict[str, object] = {
        "owner": "page",
        "name": "data engineer · Berlin",
        "parameters": '{"location":"Berlin","q":"data engineer"}',
        "frequency": Frequency.DAILY,
        "token": "t" * 43,
    }
    search = saved(**fields | changes)
    return Delivery(id=uuid4(), search=search, postings=postings or (make_posting(),), attempts=1, created_at=NOW)


@pytest.fixture
def posting() -> Callable[..., AlertPosting]:
    return make_posting


@pytest.fixture
def delivery() -> Callable[..., Delivery]:
    return make_delivery


@dataclass
class Mailbox:
    """A mail server that keeps what it is given, or says what it is told to say."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """What is said to the next recipients."""
    recipients: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.raw.append(envelope.content)
            self.recipients += envelope.rcpt_tos
        return answer

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


@dataclass
class Receiver:
    """A web server that keeps what is posted to it, and answers with what it is told to."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.requests.append((head[0], headers, body))
        status = self.statuses.pop(0) if self.statuses else 204
        extra = "Location: http://127.0.0.1:1/\r\n" if status in (301, 302, 307, 308) else ""
        writer.write(f"HTTP/1.1 {status} X\r\n{extra}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    box = Receiver()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


@pytest.fixture
async def house(stack, postgres_dsn, mailbox, receiver, delivery):
    typesense = stack.typesense_url, stack.typesense_api_key
    async with open_house(typesense, postgres_dsn, mailbox, receiver, delivery) as house:
        yield house
