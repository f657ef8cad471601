"""Saving a search: what is kept of its parameters, what it is called, and who is asked."""

import json
import logging
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from fastapi import BackgroundTasks

from quiethire.clients import Clients
from quiethire.domain.alerts import (
    AlertStatus,
    Channel,
    Frequency,
    SavedSearch,
    address_hash,
    candidate_of,
    digest_id,
    digest_owner,
)
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Gone, InvalidInput, Permanent, QuietHireError
from quiethire.domain.search import SearchQuery, Sort
from quiethire.telemetry import ERRORS
from services.alerts.message import plain
from services.alerts.webhook import new_secret
from services.api.publishing.feeds import title_of
from services.api.search.parameters import SearchParameters

ASKED_AGAIN = timedelta(minutes=10)
"""A stranger can have one question sent to an address in this time."""
PAGE_OWNER = "page"
_NAME = 100

logger = logging.getLogger(__name__)


def _kept(search: SearchParameters) -> str:
    """The parameters as JSON that is the same for the same search."""
    stated = search.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(stated, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def name_of(parameters: SearchParameters) -> str:
    """What a search is called, in the words of the page."""
    return plain(title_of(parameters).removeprefix("QuietHire: "), _NAME)


def called(name: str | None, otherwise: str) -> str:
    """A name that somebody gave, in one line without signs that steer; this other one where nothing is left of it."""
    return plain(name or "", _NAME) or otherwise


def new_search(
    parameters: SearchParameters,
    *,
    channel: Channel,
    frequency: Frequency,
    owner: str,
    address: str | None = None,
    name: str | None = None,
) -> tuple[SavedSearch, str | None]:
    """A search to be saved, and the token by which its e-mails or its feed find it. A place is looked up here.

    Raises InvalidInput for a search by meaning.
    """
    now, wanted = datetime.now(UTC), parameters.whole()
    token = secrets.token_urlsafe(32) if channel is not Channel.WEBHOOK else None
    query = wanted.query(now).model_copy(update={"posted_since": None, "sort": Sort.DATE})
    search = SavedSearch(
        id=uuid4(),
        owner=owner,
        name=called(name, name_of(parameters)),
        parameters=_kept(wanted),
        query=query,
        posted_within=parameters.posted_within,
        channel=channel,
        frequency=frequency,
        status=AlertStatus.UNCONFIRMED if channel is Channel.EMAIL else AlertStatus.ACTIVE,
        address=address,
        token=token if channel is Channel.EMAIL else None,
        secret=new_secret() if channel is Channel.WEBHOOK else None,
        created_at=now,
        since=now,
    )
    return search, token


async def save_and_ask(clients: Clients, search: SavedSearch) -> bool:
    """Keep a search that goes to an e-mail address, if the address may be asked now, and has not too many.

    Whoever asks on the page is told nothing of either: it would say whether an address is known here.
    """
    now = datetime.now(UTC)
    if not await clients.alerts.may_ask(search.address or "", now, ASKED_AGAIN):
        return False
    return await clients.alerts.save(search, search.token)


async def ask_for_digest(clients: Clients, later: BackgroundTasks, person: Candidate) -> None:
    """Ask the address of somebody who wants one mail a day, unless it has said yes: anybody can write any address there.

    A changed address is asked anew, and whoever saves again is asked again, within the limits of all questions.
    """
    if not (person.digest and person.email and clients.mailer.configured):
        return
    known, now = await clients.alerts.get(digest_id(person.id)), datetime.now(UTC)
    if known is not None and known.address != address_hash(person.email):
        await clients.alerts.delete(known.id)
        known = None
    if known is not None and known.status is not AlertStatus.UNCONFIRMED:
        return
    search = known or _new_digest(person.id, person.email, now)
    if await clients.alerts.may_ask(person.email, now, ASKED_AGAIN) and await clients.alerts.save(search, search.token):
        later.add_task(send_question, clients, search.model_copy(update={"address": person.email}))


async def digest_waits(clients: Clients, person: Candidate) -> bool:
    """Whether somebody wants one mail a day and nobody has said yes to it by their address."""
    if not (person.digest and person.email):
        return False
    search = await clients.alerts.get(digest_id(person.id))
    return search is None or search.status is AlertStatus.UNCONFIRMED or search.address != address_hash(person.email)


def _new_digest(candidate_id: UUID, email: str, now: datetime) -> SavedSearch:
    return SavedSearch(
        id=digest_id(candidate_id),
        owner=digest_owner(candidate_id),
        name="Your matches",
        parameters="{}",
        query=SearchQuery(),
        channel=Channel.EMAIL,
        frequency=Frequency.DAILY,
        status=AlertStatus.UNCONFIRMED,
        address=address_hash(email),
        token=secrets.token_urlsafe(32),
        created_at=now,
        since=now,
    )


async def send_question(clients: Clients, search: SavedSearch) -> None:
    """Mail the question whether alerts are wanted.

    After the answer has gone out: how long it takes, and whether the mailbox exists, is nobody's business.
    """
    try:
        await clients.mailer.confirm(search)
    except QuietHireError as error:
        ERRORS.labels(kind=error.kind).inc()
        logger.warning("a confirmation was not sent: %s", error, extra={"alert": str(search.id)})
        # Else whoever asks once more is asked again, and a link that an earlier mail has brought goes on working.
        if isinstance(error, Permanent):
            await clients.alerts.delete(search.id)


def need_mail(clients: Clients) -> None:
    """Raises InvalidInput where no mail server is set."""
    if not clients.mailer.configured:
        raise InvalidInput(
            "alerts by e-mail are not configured here",
            hint="follow the search's feed, or ask the operator to set QUIETHIRE_SMTP_HOST",
            kind="not_configured",
        )


def confirmed(search: SavedSearch) -> SavedSearch:
    """Active from now on: what was posted before is no news."""
    changes = {"status": AlertStatus.ACTIVE, "since": datetime.now(UTC), "failing_since": None, "failure": None}
    return search.model_copy(update=changes)


def paused(search: SavedSearch) -> SavedSearch:
    """Silent until it is confirmed again; what is posted meanwhile is not told later."""
    return search.model_copy(update={"status": AlertStatus.PAUSED})


async def end(clients: Clients, search: SavedSearch) -> None:
    """Nothing more comes of it. Whose digest it was has said so for their profile too: else their next match began another."""
    if search.is_digest:
        with suppress(Gone):  # Who was erased wants no mail either.
            await clients.candidates.change(
                candidate_of(search), lambda person: person.model_copy(update={"digest": False})
            )
    await clients.alerts.delete(search.id)
