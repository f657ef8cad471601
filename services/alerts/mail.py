"""Mails, over SMTP: alerts, their confirmations, and notices about accounts."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime
from urllib.parse import urlsplit
from uuid import uuid4

import aiosmtplib

from quiethire.domain.accounts import AccountNotice
from quiethire.domain.alerts import Delivery, SavedSearch
from quiethire.domain.errors import InvalidInput, Permanent, Transient
from quiethire.settings import Settings
from services.alerts.message import Links, Message, alert_message, confirm_message, notice_message, plain

SMTP_TIMEOUT = 30.0
"""Seconds for a message, from the connection until the server has taken it."""
GOODBYE = 2.0
"""Seconds to wait for the answer to `QUIT`, after which nothing depends on it."""
CONNECTIONS = 4

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)

_ENCODED = "=?"
"""How a word begins that headers decode (RFC 2047), line breaks in it too, which would begin headers of a stranger's."""

_LONGEST_REPLY = 300
_NAMED = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
_SOMEBODY = "(address)"


def email_address(text: str) -> str:
    """An address that a mail can go to, its domain in small letters. Raises InvalidInput."""
    local, _, domain = text.strip().rpartition("@")
    address = f"{local}@{domain.lower()}"
    if len(address) > 254 or len(local) > 64 or not _ADDRESS.fullmatch(address) or _ENCODED in address:
        raise InvalidInput("is no e-mail address", where="email", hint="write it as name@example.com", kind="email")
    return address


class _Verbatim(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # typeshed's two differ in `max_count`
    """A header that is never folded or encoded: RFC 2369 wants its address readable as it stands."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _Verbatim)
    return SMTP.clone(header_factory=registry)


_POLICY = _policy()


class Mailer:
    """`MailSender` on the SMTP server of the settings."""

    def __init__(
        self, settings: Settings, links: Links, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._links = links
        self._now = now
        self._host = urlsplit(links.site).hostname or "localhost"
        self._slots = asyncio.Semaphore(CONNECTIONS)

    @property
    def configured(self) -> bool:
        """Whether `smtp_host` is set."""
        return self._settings.smtp_host is not None

    async def confirm(self, search: SavedSearch) -> None:
        """Ask whether alerts are wanted. Raises Transient or Permanent."""
        await self._send(search.address or "", confirm_message(search, self._links), uuid4().hex)

    async def deliver(self, delivery: Delivery) -> None:
        """Tell of postings. Raises Transient or Permanent.

        The Message-ID is the delivery's: where a second try sends what had arrived, mail programs know it for the same.
        """
        search = delivery.search
        await self._send(search.address or "", alert_message(delivery, self._links), delivery.id.hex, listed=search)

    async def notify(self, address: str, notice: AccountNotice) -> None:
        """Tell somebody of their account. Raises Transient or Permanent."""
        await self._send(address, notice_message(notice, self._links), uuid4().hex)

    async def _send(
        self, address: str, message: Message, message_id: str, *, listed: SavedSearch | None = None
    ) -> None:
        """`listed`: what its reader can end by their mail program's own button."""
        settings = self._settings
        if settings.smtp_host is None:
            raise Transient("no mail server is set", where="QUIETHIRE_SMTP_HOST", hint="set it", kind="not_configured")
        try:
            mail = self._mail(address, message, message_id)
            if listed is not None:
                mail["List-Unsubscribe"] = f"<{self._links.unsubscribe(listed)}>"
                mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
                mail["List-Id"] = f"<{listed.id.hex}.alerts.{self._host}>"
            async with self._slots:
                await self._give(mail, address)
        except aiosmtplib.SMTPException as error:
            # Without its cause, which names the recipient.
            raise _mapped(error, settings.smtp_host, address) from None
        except TimeoutError as error:
            detail = f"the message was not taken within {SMTP_TIMEOUT:g} s"
            raise Transient(detail, where=settings.smtp_host, kind="timeout") from error
        except OSError as error:
            raise Transient(f"{type(error).__name__}: {error}"[:300], where=settings.smtp_host, kind="smtp") from error
        except (ValueError, MessageError) as error:
            # No further try makes a mail of it. What it says is of a posting or a person, so it is not told.
            raise Permanent("no mail can be made of this message", where="mail", kind="mail") from error

    async def _give(self, mail: EmailMessage, recipient: str) -> None:
        """Over a connection of its own. The library's own timeout is that of a word, and there are a dozen."""
        settings = self._settings
        server = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=SMTP_TIMEOUT,
        )
        try:
            async with asyncio.timeout(SMTP_TIMEOUT):
                await server.connect()
                await server.send_message(mail, sender=self._sender.addr_spec, recipients=[recipient])
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                await server.quit(timeout=GOODBYE)
            server.close()

    def _mail(self, address: str, message: Message, message_id: str) -> EmailMessage:
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = self._sender
        mail["To"] = Address(addr_spec=address)
        mail["Subject"] = plain(message.subject.replace(_ENCODED, "= ?"))
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = f"<{message_id}@{self._host}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        return mail

    @property
    def _sender(self) -> Address:
        return Address("QuietHire", addr_spec=self._settings.smtp_from or f"alerts@{self._host}")


def _mapped(error: aiosmtplib.SMTPException, where: str, recipient: str) -> Transient | Permanent:
    """A reply of 5xx is final, but for one about us: a password that is wrong will be mended, and the mail go out.

    Servers like to repeat whom they refuse. What is told here is kept and logged, so that it tells nobody's address.
    """
    refused = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
    reply = f"{refused.code} {refused.message}" if isinstance(refused, aiosmtplib.SMTPResponseException) else refused
    detail = _unnamed(plain(f"{type(refused).__name__}: {reply}")[:_LONGEST_REPLY], recipient)
    ours = isinstance(error, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPSenderRefused)
    code = getattr(refused, "code", 0)
    if isinstance(code, int) and 500 <= code < 600 and not ours:
        return Permanent(detail, where=where, kind="smtp_refused")
    return Transient(
        detail, where=where, hint="is the mail server running, and are user and password right?", kind="smtp"
    )


def _unnamed(text: str, recipient: str) -> str:
    """The text without anybody's address, and without the recipient's own name for themselves."""
    local = recipient.partition("@")[0]
    known = re.compile(rf"(?<!\w)(?:{re.escape(recipient)}|{re.escape(local)})(?!\w)", re.IGNORECASE)
    return known.sub(_SOMEBODY, _NAMED.sub(_SOMEBODY, text)) if local else _NAMED.sub(_SOMEBODY, text)
