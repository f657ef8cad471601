"""Real compressed bodies: valid, broken, bombs."""

import pytest
from crawled_web import HOST, http

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.page import FetchSpec

URL = f"https://{HOST}/body"


async def fetched(web, archive, crawling, body: bytes, encoding: str) -> bytes:
    web.routes["/body"] = http(200, body, f"Content-Encoding: {encoding}")
    async with crawling() as crawler:
        ref = await crawler.fetch(FetchSpec(url=URL))
    return await archive.get(ref.content_hash)


async def test_every_form_of_a_page_is_decoded_whole(web, archive, crawling, corpus):
    folder = corpus / "http" / "compressed"
    forms = {"html-gzip.bin": "gzip", "html-zlibdeflate.bin": "deflate", "html-rawdeflate.bin": "deflate"}
    bodies = [
        await fetched(web, archive, crawling, (folder / name).read_bytes(), encoding)
        for name, encoding in forms.items()
    ]
    for body in bodies:
        assert body.startswith(b"<!DOCTYPE HTML>")
        assert body.rstrip().endswith(b"</html>")


@pytest.mark.parametrize("name", ["truncated-crc-error-short.gz", "truncated-crc-error.gz", "unexpected-eof.gz"])
async def test_broken_bodies_are_truncated(web, archive, crawling, corpus, name):
    body = (corpus / "http" / "compressed" / name).read_bytes()
    with pytest.raises(Transient) as caught:
        await fetched(web, archive, crawling, body, "gzip")
    assert caught.value.kind == "truncated"


@pytest.mark.parametrize(("name", "encoding"), [("bomb-gzip.bin", "gzip"), ("bomb-deflate.bin", "deflate")])
async def test_bombs_are_refused(web, archive, crawling, corpus, *, name, encoding):
    body = (corpus / "http" / "compressed" / name).read_bytes()
    with pytest.raises(InvalidInput) as caught:
        await fetched(web, archive, crawling, body, encoding)
    assert caught.value.kind == "too_large"
