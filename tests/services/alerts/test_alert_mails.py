"""Alerts by e-mail, over a real SMTP server."""

import asyncio
import traceback
from contextlib import suppress
from html.parser import HTMLParser

import pytest

from quiethire.domain.errors import InvalidInput, Permanent, Transient
from quiethire.settings import Settings
from services.alerts.mail import Mailer, email_address
from services.alerts.message import LISTED, Links

LINKS = Links("https://jobs.example")
HOSTILE = "Engineer\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>\u202egnp.exe"


@pytest.fixture
def mailer(mailbox):
    return Mailer(Settings(smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_security="none"), LINKS)


class Tags(HTMLParser):
    """The elements of a page, and where its links go."""

    def __init__(self, markup):
        super().__init__()
        self.names, self.links = set(), []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]


def parts(mail):
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


async def test_an_alert_says_which_search_found_which_jobs_where_and_for_how_much(
    mailer, mailbox, delivery, posting
) -> None:
    job = posting()
    told = delivery(job, posting("Data Analyst", "Globex", salary_min=None, salary_max=None))
    await mailer.deliver(told)
    (mail,) = mailbox.mails
    assert mailbox.recipients == ["ann@example.com"]
    assert mail["Subject"] == "2 new jobs: data engineer · Berlin"
    for text in parts(mail):
        for word in ("Senior Data Engineer", "Northwind", "Berlin", "€75,000–95,000 a year", "Data Analyst", "Globex"):
            assert word in text
        assert f"https://jobs.example/jobs/{job.id}" in text
        assert "data engineer · Berlin" in text
        assert f"https://jobs.example/alerts/{'t' * 43}" in text


async def test_an_alert_of_one_job_has_it_in_the_subject(mailer, mailbox, delivery) -> None:
    await mailer.deliver(delivery())
    assert mailbox.mails[0]["Subject"] == "Senior Data Engineer at Northwind"


async def test_mail_programs_can_unsubscribe_with_one_post(mailer, mailbox, delivery) -> None:
    told = delivery()
    await mailer.deliver(told)
    (mail,), (raw,) = mailbox.mails, mailbox.raw
    address = f"<https://jobs.example/alerts/{'t' * 43}/unsubscribe>"
    assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in raw  # neither folded nor encoded
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == f"<{told.search.id.hex}.alerts.jobs.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_a_second_try_has_the_message_id_of_the_first(mailer, mailbox, delivery) -> None:
    told = delivery()
    await mailer.deliver(told)
    await mailer.deliver(told.model_copy(update={"attempts": 2}))
    assert [mail["Message-ID"] for mail in mailbox.mails] == [f"<{told.id.hex}@jobs.example>"] * 2


async def test_hostile_titles_add_no_header_no_recipient_and_no_element(mailer, mailbox, delivery, posting) -> None:
    await mailer.deliver(delivery(posting(HOSTILE, HOSTILE), name=HOSTILE))
    await mailer.deliver(delivery(posting(HOSTILE), posting(), name=HOSTILE))
    assert mailbox.recipients == ["ann@example.com"] * 2
    for mail in mailbox.mails:
        assert mail["Bcc"] is None
        assert "\u202e" not in mail["Subject"]
        text, markup = parts(mail)
        assert "\nBcc:" not in text
        assert "\u202e" not in text + markup
        tags = Tags(markup)
        assert "script" not in tags.names
        assert all(link.startswith("https://jobs.example/") for link in tags.links)


async def test_an_alert_asks_no_other_host_for_anything(mailer, mailbox, delivery) -> None:
    await mailer.deliver(delivery())
    _, markup = parts(mailbox.mails[0])
    assert Tags(markup).names.isdisjoint({"img", "link", "script", "iframe", "form"})


async def test_a_long_alert_lists_the_first_and_says_how_many_more(mailer, mailbox, delivery, posting) -> None:
    await mailer.deliver(delivery(*(posting(f"Job number {number}.") for number in range(LISTED + 3))))
    (mail,) = mailbox.mails
    assert mail["Subject"].startswith(f"{LISTED + 3} new jobs")
    for text in parts(mail):
        assert f"Job number {LISTED - 1}." in text
        assert f"Job number {LISTED}." not in text
        assert "3 more" in text


async def test_a_question_carries_nobodys_links_and_no_list_headers(mailer, mailbox, delivery) -> None:
    search = delivery(name="cheap pills https://evil.example/buy www.evil.example now").search
    await mailer.confirm(search)
    (mail,) = mailbox.mails
    assert mail["List-Unsubscribe"] is None
    for text in parts(mail):
        assert "evil.example" not in text
        assert f"https://jobs.example/alerts/{'t' * 43}" in text
        assert "If it was not you, do nothing" in text


@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 try later", Transient), ("421 busy", Transient), ("550 no such user", Permanent), ("552 full", Permanent)],
)
async def test_what_the_mail_server_says_decides_whether_it_is_tried_again(
    mailer, mailbox, delivery, answer, error
) -> None:
    mailbox.answers.append(answer)
    with pytest.raises(error):
        await mailer.deliver(delivery())


@pytest.mark.parametrize("when", ["answers", "refusals"])
async def test_what_is_told_of_a_refusal_names_nobody(mailer, mailbox, delivery, when) -> None:
    sent = delivery()
    address = sent.search.address
    local = address.partition("@")[0]
    getattr(mailbox, when).append(f"550 5.1.1 <{address.upper()}>: no mailbox {local} here, ask other@mail.example")
    with pytest.raises(Permanent) as raised:
        await mailer.deliver(sent)
    told = "".join(traceback.format_exception(raised.value)[-1:]) + repr(raised.value.__cause__)
    assert raised.value.__suppress_context__
    assert "550 5.1.1" in told
    assert not any(name in told.casefold().replace("mailbox", "") for name in (address, local, "other@"))


async def test_a_mail_server_that_is_away_is_tried_again(delivery) -> None:
    mailer = Mailer(Settings(smtp_host="127.0.0.1", smtp_port=1, smtp_security="none"), LINKS)
    with pytest.raises(Transient):
        await mailer.deliver(delivery())


async def test_a_server_that_is_slow_with_each_word_has_one_time_for_all_of_them(delivery, monkeypatch) -> None:
    async def drawl(reader, writer):
        answers = [b"250 ok"] * 3 + [b"354 go", b"250 taken", b"221 bye"]
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # nobody stays for the end
            for answer in (b"220 mail.example", *answers):
                await asyncio.sleep(0.3)
                writer.write(answer + b"\r\n")
                await reader.readuntil(b"\r\n.\r\n" if answer.startswith(b"354") else b"\r\n")
        writer.close()

    monkeypatch.setattr("services.alerts.mail.SMTP_TIMEOUT", 0.7)
    async with await asyncio.start_server(drawl, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        mailer = Mailer(Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none"), LINKS)
        with pytest.raises(Transient, match=r"not taken within 0\.7 s"):
            await mailer.deliver(delivery())


async def test_a_mail_that_was_taken_is_sent_though_the_server_does_not_say_goodbye(delivery, monkeypatch) -> None:
    async def mute(reader, writer):
        for answer in (b"220 mail.example", *[b"250 ok"] * 3, b"354 go", b"250 taken"):
            writer.write(answer + b"\r\n")
            await reader.readuntil(b"\r\n.\r\n" if answer.startswith(b"354") else b"\r\n")
        await reader.read()
        writer.close()

    monkeypatch.setattr("services.alerts.mail.GOODBYE", 0.1)
    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        mailer = Mailer(Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none"), LINKS)
        await mailer.deliver(delivery())


async def test_a_server_that_offers_no_tls_gets_no_mail_in_the_clear(mailbox, delivery) -> None:
    mailer = Mailer(Settings(smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_security="starttls"), LINKS)
    with pytest.raises(Transient):
        await mailer.deliver(delivery())
    assert mailbox.raw == []


async def test_without_a_mail_server_mail_is_not_configured(delivery) -> None:
    mailer = Mailer(Settings(), LINKS)
    assert not mailer.configured
    with pytest.raises(Transient, match="no mail server"):
        await mailer.deliver(delivery())


ENCODED = "=?utf-8?q?!=0D=0AReply-To:_a=40evil.io=0D=0A=0D=0APay=3A_http=3A=2F=2Fevil.io=2Fx?="


@pytest.mark.parametrize("hostile", [ENCODED, f"Dev {ENCODED}", "Dev =?utf-7?q?+2AA-?=", "a =?=?utf-8?q?=0D=0A?=?="])
async def test_words_that_headers_would_decode_are_read_as_they_stand(
    mailer, mailbox, delivery, posting, hostile
) -> None:
    await mailer.deliver(delivery(posting(hostile)))
    await mailer.confirm(delivery(name=hostile).search)
    for mail, raw in zip(mailbox.mails, mailbox.raw, strict=True):
        assert "Reply-To" not in mail
        assert mail["Subject"] == " ".join(mail["Subject"].split())
        assert b"\r\n\r\nPay" not in raw
        assert set(mail.keys()) >= {"Date", "Message-ID", "Auto-Submitted", "Content-Type"}
    assert "= ?" in mailbox.mails[0]["Subject"]


async def test_what_no_mail_can_be_made_of_is_told_for_good(mailer, mailbox, delivery, posting) -> None:
    with pytest.raises(Permanent, match="no mail can be made"):
        await mailer.deliver(delivery(posting("Dev \ud800")))
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Your account is locked, visit evil-bank.com now", "Your account is locked, visit … now"),
        ("evil.com?x=1 evil.com:8080 bob@evil.com", "… … …"),
        ("node.js developer, C++ 20.5 % St. Gallen", "node.js developer, C++ 20.5 % St. Gallen"),
    ],
)
async def test_a_question_carries_nobodys_links(mailer, mailbox, delivery, name, left) -> None:
    await mailer.confirm(delivery(name=name).search)
    assert left in mailbox.mails[0]["Subject"]
    for text in parts(mailbox.mails[0]):
        assert "evil" not in text


@pytest.mark.parametrize("address", ["ann@example.com", "Ann.O'Neil+jobs@Mail.EXAMPLE.co.uk", "a@b-c.example"])
def test_addresses_of_mail_are_taken(address: str) -> None:
    local, _, domain = address.rpartition("@")
    assert email_address(f" {address} ") == f"{local}@{domain.lower()}"


@pytest.mark.parametrize(
    "address",
    [
        *("", "ann", "ann@", "@example.com", "ann@example", "a b@example.com", "a@b@example.com", "ann@exa mple.com"),
        *(
            "ann@example.com\r\nBcc: x@y.example",
            "ann@example.com,bob@example.com",
            "<ann@example.com>",
            "ann..b@x.example",
            "=?utf-8?q?a?=@b.de",
        ),
        *("ann@[127.0.0.1]", f"{'a' * 65}@example.com", f"ann@{'a.' * 125}example"),
    ],
)
def test_what_is_no_single_address_of_mail_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        email_address(address)
