"""What people do with their accounts: join, sign in, choose another password.

An address belongs to who reads its mail: nothing is kept of one, no password either, before its link was opened. So nobody can
prepare an account for somebody else. What is answered, and how long it takes, does not tell whether an address has an account.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, cast
from urllib.parse import quote
from uuid import UUID, uuid4

from fastapi import Depends, Request

from quiethire.clients import Clients
from quiethire.domain.accounts import (
    STAFF,
    Account,
    AccountNotice,
    AccountStore,
    Credentials,
    Role,
    SecondFactor,
    another_password,
)
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Gone, InvalidInput, QuietHireError, Throttled, Transient
from quiethire.domain.journal import Deed, pseudonym_of
from quiethire.domain.words import name_of_somebody
from quiethire.telemetry import ERRORS
from services.api.accounts import second_factor
from services.api.accounts.mailed_links import INVITED, Linked, Purpose, make_link, opened_link
from services.api.accounts.passwords import Passwords
from services.api.accounts.providers import Identity
from services.api.accounts.sessions import Begun, Sessions
from services.api.accounts.tokens import Tokens
from services.api.accounts.turnstile import CODE, CODE_A_DAY, MAIL, MAIL_HERE, SIGN_IN, SIGN_IN_HERE, pass_through
from services.api.gate.access import Caller, Keyring, Unauthorized
from services.api.journal import note
from services.api.people.visits import owner_of

logger = logging.getLogger(__name__)

JOIN_PATH, PASSWORD_PATH = "/account/join", "/account/reset"

_REFUSED = "Address and password do not fit, or the account is locked."


@dataclass(frozen=True)
class Accounts:
    """Accounts over the stores of the gateway."""

    clients: Clients
    passwords: Passwords
    tokens: Tokens
    sessions: Sessions
    keyring: Keyring

    @property
    def second(self) -> "SecondFactors":
        """Their second factors."""
        return SecondFactors(self)

    async def prove(self, account_id: UUID, password: str, who: str) -> Credentials:
        """That somebody knows the password of their account. Raises Unauthorized."""
        await pass_through(self.clients.cache, SIGN_IN_HERE, who)
        known = await self.clients.accounts.credentials(account_id)
        if known is None or not await self.passwords.fits(password, known.password):
            raise Unauthorized("The present password is another one.", invalid=True)
        return known

    async def sign_in(self, email: str, password: str, who: str, *, is_browser: bool) -> tuple[Account, Begun]:
        """A session of the account whose address and password these are; `who`: the net address that asks.

        Raises Unauthorized, HTTPException for too many tries.
        """
        await pass_through(self.clients.cache, SIGN_IN, who)
        await pass_through(self.clients.cache, SIGN_IN_HERE, f"account:{self.tokens.print_of(email)}")
        account, kept = await self._shown(email, password)
        await note(self.clients, account.id, Deed.SIGNED_IN)
        try:
            begun = await self.sessions.begin(account, is_browser=is_browser, password=kept)
        except InvalidInput:  # Another password, or another hash of this one, by who signs in beside.
            account, kept = await self._shown(email, password)
            begun = await self.sessions.begin(account, is_browser=is_browser, password=kept)
        if self.passwords.is_stale(kept):
            # Who signs in beside may have done it just now, or the machine be busy: the next time will do.
            with suppress(InvalidInput, Throttled):
                again = await self.passwords.hashed(password)
                await self.clients.accounts.change(account.id, _chosen(kept, again))
        return account, begun

    async def _shown(self, email: str, password: str) -> tuple[Account, str]:
        """The account that address and password open, and the hash that it keeps. Raises Unauthorized."""
        found = await self.clients.accounts.by_address(email)
        kept = found[1].password if found else None
        fits = await self.passwords.fits(password, kept)
        if found is None or kept is None or not fits or found[0].locked_at is not None:
            raise Unauthorized(_REFUSED, invalid=True)
        return found[0], kept

    async def let_mail(self, email: str, who: str) -> None:
        """Whether a mail may be sent there now. Raises HTTPException for too many, Transient where none can be sent."""
        if not self.clients.mailer.configured:
            raise Transient("no mail server is set", where="QUIETHIRE_SMTP_HOST", hint="set it", kind="not_configured")
        await pass_through(self.clients.cache, MAIL, who)
        await pass_through(self.clients.cache, MAIL_HERE, f"account:{self.tokens.print_of(email)}")

    async def mail_join(self, email: str) -> None:
        """Mail somebody the link to join, or to a new password where they have joined already. What fails is told in the log."""
        with _told():
            if await self.clients.accounts.by_address(email) is None:
                await self._mail_join(email)
            else:
                await self.mail_password(email)

    async def _mail_join(self, email: str) -> None:
        token = await make_link(self.clients.accounts, Linked(purpose=Purpose.JOIN, email=email))
        notice = AccountNotice(
            subject="Your account at QuietHire",
            heading="Is this your address?",
            text="Open the page and choose a password. The link works once, for 30 minutes.",
            button="Make the account",
            path=f"{JOIN_PATH}?link={quote(token)}",
        )
        await self.clients.mailer.notify(email, notice)

    async def mail_password(self, email: str) -> None:
        """Mail somebody the link to a new password; nothing where the address has no account. What fails is told in the log."""
        with _told():
            found = await self.clients.accounts.by_address(email)
            if found is not None and found[0].locked_at is None:
                await self._mail_password(*found)

    async def _mail_password(self, account: Account, known: Credentials) -> None:
        token = await make_link(self.clients.accounts, _password_link(account.id, known))
        notice = AccountNotice(
            subject="Your password at QuietHire",
            heading="Do you want a new password?",
            text="There is an account for this address. The link works once, for 30 minutes; all sessions end with it.",
            button="Choose a new password",
            path=f"{PASSWORD_PATH}?link={quote(token)}",
        )
        await self.clients.mailer.notify(known.email, notice)

    async def join(self, link: str, password: str, name: str, key: str = "") -> Account:
        """A candidate's account for the address of this link; with a key, for the candidate whom that speaks for.

        Raises InvalidInput for a link or key that is not good, and where address or candidate have an account.
        """
        known = await owner_of(self.clients, self.keyring, key) if key else None
        called = "" if known is not None else _name_of(name)
        async with opened_link(self.clients.accounts, link, Purpose.JOIN) as linked:
            kept = Credentials(email=linked.email, password=await self.passwords.hashed(password))
            if known is None:
                return await self._come(linked.account_id, called, kept)
            await note(self.clients, known.id, Deed.ACCOUNT_MADE)
            return await self._add(known.id, Role.CANDIDATE, kept)

    async def by_provider(self, identity: Identity) -> Account:
        """The account of the address that a provider has verified; a new candidate's where it has none.

        An account is of one subject of a provider for good: an address that was given to somebody else opens nothing. Raises
        InvalidInput for that, Unauthorized where the account is locked.
        """
        link = {identity.provider: identity.subject}
        found = await self.clients.accounts.by_address(identity.email)
        if found is None:
            return await self._come(uuid4(), _called(identity), Credentials(email=identity.email, identities=link))
        account, known = found
        if account.locked_at is not None:
            raise Unauthorized(_REFUSED, invalid=True)
        if known.identities.get(identity.provider, identity.subject) != identity.subject:
            hint = "sign in by address and password"
            raise InvalidInput("this account is linked to another one there", where=identity.provider, hint=hint)
        await note(self.clients, account.id, Deed.SIGNED_IN, f"by {identity.provider}")
        if identity.provider not in known.identities:
            await self.clients.accounts.change(
                account.id, lambda now: now.model_copy(update={"identities": link | now.identities})
            )
        return account

    async def invite(self, email: str, role: Role, by: Caller) -> tuple[Account, str]:
        """An account of staff, and the path of the link by which a password is chosen. Raises InvalidInput for an address that has one."""
        kept, account_id = Credentials(email=email), uuid4()
        await note(self.clients, by, Deed.ACCOUNT_MADE, pseudonym_of(account_id))
        account = await self._add(account_id, role, kept)
        return account, await self._invitation(account.id, kept)

    async def invite_anew(self, account_id: UUID) -> tuple[Account, str]:
        """An account of staff without password and second factor and with no session, for who lost app and codes; and a link as at first.

        Raises Gone where there is no such account, InvalidInput for a candidate's.
        """
        account = await self._known(account_id)
        if account.role not in STAFF:
            hint = "quiethire candidate key ID gives its owner a key"
            raise InvalidInput("this is a candidate's account", where="account_id", hint=hint)
        kept = await self.clients.accounts.change(
            account_id,
            lambda known: known.model_copy(update={"password": None, "second": None}),
            ends_at=datetime.now(UTC),
        )
        self.sessions.forget()
        return await self._known(account_id), await self._invitation(account_id, kept)

    async def change_role(self, account_id: UUID, role: Role) -> Account:
        """Give another role. Raises Gone, and InvalidInput between candidate and staff: what somebody keeps as the one the other cannot reach."""
        account = await self._known(account_id)
        if (account.role in STAFF) != (role in STAFF):
            raise InvalidInput(
                "candidates do not become staff, nor staff candidates", where="role", hint="add an account"
            )
        return await self.clients.accounts.set_role(account_id, role)

    async def reset(self, link: str, password: str) -> Account:
        """Keep a new password and end every session. Raises InvalidInput for a link that is not good."""
        async with opened_link(self.clients.accounts, link, Purpose.PASSWORD) as linked:
            hashed = await self.passwords.hashed(password)
            await note(self.clients, linked.account_id, Deed.PASSWORD_CHANGED)
            await self._replace(linked.account_id, linked.password, hashed)
        account = await self._known(linked.account_id)
        if account.locked_at is not None:
            raise _gone()
        return account

    async def change_password(self, account_id: UUID, old: str, new: str, session: UUID | None, who: str) -> None:
        """Keep a new password and end every other session. Raises Unauthorized where the old one does not fit."""
        known = await self.prove(account_id, old, who)
        await note(self.clients, account_id, Deed.PASSWORD_CHANGED)
        await self._replace(account_id, known.password, await self.passwords.hashed(new), but=session)

    async def end(self, account_id: UUID, *, only: UUID | None = None, but: UUID | None = None) -> int:
        """End sessions of an account: all, one, or all but one. Returns how many."""
        ended = await self.clients.accounts.end(account_id, datetime.now(UTC), only=only, but=but)
        self.sessions.forget()
        return ended

    async def _come(self, person_id: UUID, name: str, kept: Credentials) -> Account:
        """A new candidate with an account: both, or neither. Raises InvalidInput for an address that has one."""
        await note(self.clients, person_id, Deed.ACCOUNT_MADE)
        return await self._add(person_id, Role.CANDIDATE, kept, Candidate(id=person_id, name=name, email=kept.email))

    async def _add(
        self, account_id: UUID, role: Role, kept: Credentials, candidate: Candidate | None = None
    ) -> Account:
        account = Account(id=account_id, role=role, created_at=datetime.now(UTC))
        await self.clients.accounts.add(account, kept, candidate)
        return account

    async def _invitation(self, account_id: UUID, kept: Credentials) -> str:
        token = await make_link(self.clients.accounts, _password_link(account_id, kept), INVITED)
        return f"{PASSWORD_PATH}?link={quote(token)}"

    async def _known(self, account_id: UUID) -> Account:
        account = await self.clients.accounts.get(account_id)
        if account is None:
            raise _gone()
        return account

    async def _replace(self, account_id: UUID, was: str | None, password: str, *, but: UUID | None = None) -> None:
        """Keep a new password; with the old one all sessions end but one. Raises InvalidInput where another was kept meanwhile."""
        await self.clients.accounts.change(account_id, _chosen(was, password), ends_at=datetime.now(UTC), but=but)
        self.sessions.forget()


@dataclass(frozen=True)
class SecondFactors:
    """What people do with the second factors of their accounts."""

    accounts: Accounts

    async def begin(self, account_id: UUID, password: str, who: str) -> tuple[str, str]:
        """A new secret, and the address by which apps read it. Raises Unauthorized, InvalidInput where there is a second factor."""
        await self.accounts.prove(account_id, password, who)
        known = await self._store.change(account_id, second_factor.begun)
        second = known.second or SecondFactor(secret="")
        return second.secret, second_factor.uri_of(second, known.email)

    async def confirm(self, account_id: UUID, code: str, session: UUID | None, who: str) -> tuple[str, ...]:
        """Codes for who lost the app. Every other session ends, this one has shown it. Raises InvalidInput for a wrong code."""
        for rate in (CODE, CODE_A_DAY):
            await pass_through(self.accounts.clients.cache, rate, who)
        fresh: list[str] = []

        def confirm(known: Credentials) -> Credentials:
            now, codes = second_factor.confirmed(known, code, datetime.now(UTC))
            fresh[:] = codes
            return now

        await note(self.accounts.clients, account_id, Deed.SECOND_FACTOR_ON)
        await self._store.change(account_id, confirm)
        await self._pass(session)
        await self.accounts.end(account_id, but=session)
        return tuple(fresh)

    async def show(self, account_id: UUID, code: str, session: UUID | None, who: str) -> None:
        """The session has shown a code. Raises Unauthorized for a wrong one, or one that was used."""
        await self._use(account_id, code, who)
        await self._pass(session)

    async def end(self, account_id: UUID, password: str, code: str, who: str) -> None:
        """Switch it off. Raises Unauthorized where password or code do not fit."""
        await self.accounts.prove(account_id, password, who)
        await self._use(account_id, code, who)
        await note(self.accounts.clients, account_id, Deed.SECOND_FACTOR_OFF)
        await self._store.change(account_id, lambda known: known.model_copy(update={"second": None}))
        self.accounts.sessions.forget()

    async def _use(self, account_id: UUID, code: str, who: str) -> None:
        for rate in (CODE, CODE_A_DAY):
            await pass_through(self.accounts.clients.cache, rate, who)

        def use(known: Credentials) -> Credentials:
            now = second_factor.shown(known, code, datetime.now(UTC))
            if now is None:
                raise Unauthorized("This code is not good, or was used already.", invalid=True)
            return now

        await self._store.change(account_id, use)

    async def _pass(self, session: UUID | None) -> None:
        if session is not None:
            await self._store.passed(session)
        self.accounts.sessions.forget()

    @property
    def _store(self) -> AccountStore:
        return self.accounts.clients.accounts


def _chosen(was: str | None, password: str) -> Callable[[Credentials], Credentials]:
    """The change to this password. It raises InvalidInput where another one was kept meanwhile."""

    def chosen(now: Credentials) -> Credentials:
        if now.password != was:
            raise another_password()
        return now.model_copy(update={"password": password})

    return chosen


def _password_link(account_id: UUID, kept: Credentials) -> Linked:
    return Linked(purpose=Purpose.PASSWORD, email=kept.email, account_id=account_id, password=kept.password)


def _gone() -> Gone:
    return Gone("There is no such account.")


def _name_of(given: str) -> str:
    """How somebody is called. Raises InvalidInput for what is no name."""
    try:
        return name_of_somebody(given)[:200]
    except ValueError as error:
        hint = "say how you want to be called, or give a key"
        raise InvalidInput(str(error), where="name", hint=hint) from error


def _called(identity: Identity) -> str:
    """The name that a provider tells, or what there is in its place."""
    for name in (identity.name, identity.email.partition("@")[0]):
        with suppress(InvalidInput):
            return _name_of(name)
    return "Somebody"


@contextmanager
def _told() -> Iterator[None]:
    """Nobody waits for a mail: what fails is told in the log, without the address."""
    try:
        yield
    except QuietHireError as error:
        ERRORS.labels(kind=error.kind).inc()
        logger.warning("a mail about an account was not sent: %s", error.detail, extra={"kind": error.kind})


async def _accounts(request: Request) -> Accounts:
    return cast("Accounts", request.app.state.accounts)


AccountsDep = Annotated[Accounts, Depends(_accounts)]
