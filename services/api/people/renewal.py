"""A new key for somebody who lost theirs, and is signed in."""

from datetime import UTC, datetime

from quiethire.clients import Clients
from quiethire.domain.journal import Deed
from services.api.gate.access import Keyring
from services.api.journal import note
from services.api.people.candidates import new_key
from services.api.people.visits import Mine, Visit, begin


async def renewed(clients: Clients, keyring: Keyring, mine: Mine) -> tuple[Visit, str]:
    """A new key, and the session that goes on. Whatever spoke for them before ends, other sessions of keys too.

    A session that somebody else has taken could read and erase everything anyway. With this it could outlive its thirty days; but
    its owner is signed out by it and finds their key refused, and `quiethire candidate key` ends what the thief has made.
    """
    await note(clients, mine.caller, Deed.KEY_MADE)
    before = await clients.keys.of_candidate(mine.candidate.id)
    secret = await new_key(clients, mine.candidate.id)
    # Who came by an account has a session of the account.
    visit = await begin(clients, mine.visit, mine.candidate) if mine.caller.key is not None else mine.visit
    for key in before:
        await clients.keys.revoke(key.prefix, datetime.now(UTC))
    keyring.forget()
    return visit, secret
