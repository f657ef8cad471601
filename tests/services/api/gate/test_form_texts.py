"""Forms whose texts are written as no browser writes them."""

import time

import pytest
from page_visitor import Browser


@pytest.fixture
async def browser(clients, gateway):
    async with gateway(clients) as client:
        yield Browser(client)


async def sent(browser: Browser, charset: str, fields: dict[str, bytes]):
    """What a form by which somebody begins is answered, in this encoding."""
    await browser.open()
    token = browser.page.css_first("[name=token]").attributes["value"].encode()
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in ({"token": token} | fields).items()
    )
    kind = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}", "Accept": "text/html"}
    return await browser.client.post("/matches/start", content=parts + b"--x--\r\n", headers=kind)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8"])
async def test_a_form_is_read_as_browsers_send_it(browser, charset):
    answer = await sent(browser, charset, {"name": "Zoë".encode()})
    assert answer.status_code == 200
    assert "qh_" in answer.text


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "utf-16", "latin-1", "idna"])
async def test_another_encoding_is_refused(browser, charset):
    answer = await sent(browser, charset, {"token": rb"\ud800", "name": b"+2AA-"})
    assert answer.status_code == 400
    assert "UTF-8" in answer.text


async def test_an_encoding_that_takes_long_to_read_takes_nobodys_time(browser):
    began = time.process_time()
    slow = b"a" * 50_000 + b"-" + b"b" * 45_000
    answer = await sent(browser, "punycode", dict.fromkeys(("name", "phone", "email", "note", "key", "once"), slow))
    assert answer.status_code == 400
    assert time.process_time() - began < 1
