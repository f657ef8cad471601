"""The index is killed while alerts run: nobody misses a posting, and nobody is told of one twice."""

import asyncio
import os
import signal
from collections import Counter
from datetime import UTC, datetime

import pytest
from alert_house import job, open_house

from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import observe
from quiethire.domain.search import SearchDocument
from quiethire.stack.ports import PortBook
from quiethire.stack.servers import typesense
from quiethire.stack.supervisor import Supervisor

pytestmark = pytest.mark.timeout(300)

KEY = "key-of-this-test"
OTHERS = 3_000
"""Postings that nobody asked for: with these the index takes a while to load."""
NEWS = 8
PEOPLE = 120
"""More than are asked for in one request."""


@pytest.fixture
async def killable(tmp_path, postgres_dsn, mailbox, receiver, delivery):
    """A house with a Typesense of this test's own, which is started again whenever it ends, and who starts it."""
    book = PortBook(tmp_path)
    port = book.take("typesense")
    spec = await typesense.spec(tmp_path, port, book.take("typesense_peering"), KEY)
    (tmp_path / "logs").mkdir()
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(spec)
        async with open_house((typesense.url(port), KEY), postgres_dsn, mailbox, receiver, delivery) as house:
            yield house, supervisor


def news(number: int):
    word = f"topic{number}"
    return job(number, title=f"Data Engineer {word}", text=f"{word} " * 60)


async def patiently(do):
    """As Temporal does, which tries again while the index is away."""
    while True:
        try:
            return await do()
        except Transient:
            await asyncio.sleep(0.05)


def told(mails) -> Counter[tuple[str, str]]:
    """How often each address was told of each posting."""
    counts: Counter[tuple[str, str]] = Counter()
    ids = {str(news(number).id) for number in range(NEWS)}
    for mail in mails:
        text = mail.get_body(("plain",)).get_content()
        counts.update((mail["To"], job_id) for job_id in ids if job_id in text)
    return counts


@pytest.mark.parametrize("after", [2, 4])
async def test_an_index_killed_while_searches_are_asked_costs_no_alert_and_doubles_none(
    killable, mailbox, monkeypatch, after
) -> None:
    house, supervisor = killable
    people = [f"person{number}@example.com" for number in range(PEOPLE)]
    for number, person in enumerate(people):
        # Each asks in words of its own, so that no question is shared.
        await house.save(q=f"data engineer -nobody{number}", address=person)
    others = [job(1_000 + number, title="Nurse", text=f"care {number} " * 20) for number in range(OTHERS)]
    await house.clients.index.upsert([SearchDocument.of(row) for row in observe({}, others, datetime.now(UTC)).rows])
    await house.crawl(*(news(number) for number in range(NEWS)), at=datetime.now(UTC))
    batch, asked = house.clients.matcher._batch, 0

    async def killing(searches):
        nonlocal asked
        answers = await batch(searches)
        asked += 1
        if asked == after:
            os.kill(supervisor.pids["typesense"], signal.SIGKILL)
            # It answers again, whole or not: the worst moment to go on.
            await patiently(house.clients.index.count)
        return answers

    monkeypatch.setattr(house.clients.matcher, "_batch", killing)
    async with asyncio.timeout(120):
        while (await patiently(house.send)).postings:
            pass
    assert asked > after, "it was not killed amid the questions: this test shows nothing"
    assert told(mailbox.mails) == {(person, str(news(number).id)): 1 for person in people for number in range(NEWS)}
