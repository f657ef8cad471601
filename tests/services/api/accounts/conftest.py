"""A gateway of people with accounts: it keeps the mails that it is to send, and has an operator."""

from dataclasses import replace

import pytest
from account_holders import OPERATOR, Outbox


@pytest.fixture
def outbox():
    return Outbox()


@pytest.fixture
def whole(clients, outbox):
    settings = clients.settings.model_copy(update={"operator_key": OPERATOR})
    return replace(clients, mailer=outbox, settings=settings)


@pytest.fixture
async def api(whole, gateway):
    async with gateway(whole) as client:
        yield client
