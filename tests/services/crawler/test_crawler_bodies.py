"""Bodies, whole or not at all."""

import gzip
import zlib

import pytest
from crawled_web import HOST, PAGE, failure, http

from quiethire.domain.errors import (
    InvalidInput,
    Transient,
)
from quiethire.domain.page import FetchSpec

URL = f"https://{HOST}/careers"


async def test_a_body_shorter_than_announced_is_truncated(web, archive, crawling):
    web.routes["/careers"] = http(200, PAGE, length=len(PAGE) + 10)
    error = await failure(crawling, URL)
    assert isinstance(error, Transient)
    assert error.kind == "truncated"
    assert await archive.latest(FetchSpec(url=URL)) is None


@pytest.mark.parametrize("rest", [b"5\r\n<html\r\n", b"5\r\n<ht", b"5\r\n<html\r\n0\r\n", b""])
async def test_an_unfinished_chunked_body_is_truncated(web, crawling, rest):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    web.routes["/careers"] = head + rest
    assert (await failure(crawling, URL)).kind == "truncated"


@pytest.mark.parametrize("cut", [-1, -9, 12])
async def test_an_incomplete_gzip_body_is_truncated(web, crawling, cut):
    web.routes["/careers"] = http(200, gzip.compress(PAGE, mtime=0)[:cut], "Content-Encoding: gzip")
    assert (await failure(crawling, URL)).kind == "truncated"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("x-gzip", gzip.compress(PAGE[:20], mtime=0) + gzip.compress(PAGE[20:], mtime=0)),
        ("GZIP", gzip.compress(PAGE, mtime=0) + b"trailing"),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("identity", PAGE),
    ],
)
async def test_encoded_bodies_are_decoded(web, archive, crawling, encoding, body):
    web.routes["/careers"] = http(200, body, f"Content-Encoding: {encoding}")
    async with crawling() as crawler:
        ref = await crawler.fetch(FetchSpec(url=URL))
    assert await archive.get(ref.content_hash) == PAGE


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "gzip, deflate", "compress"])
async def test_encodings_not_asked_for_are_refused(web, crawling, encoding):
    web.routes["/careers"] = http(200, b"xxxx", f"Content-Encoding: {encoding}")
    error = await failure(crawling, URL)
    assert isinstance(error, InvalidInput)
    assert error.kind == "content_encoding"


async def test_a_decompression_bomb_is_refused(web, crawling):
    bomb = gzip.compress(bytes(50_000_000))
    web.routes["/careers"] = http(200, bomb, "Content-Encoding: gzip")
    error = await failure(crawling, URL, fetch_max_bytes=1_000_000)
    assert isinstance(error, InvalidInput)
    assert error.kind == "too_large"


async def test_an_endless_body_is_cut_off(web, crawling):
    async def endless(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(bytes(65_536))
            await writer.drain()

    web.routes["/careers"] = endless
    assert (await failure(crawling, URL, fetch_max_bytes=300_000)).kind == "too_large"


@pytest.mark.parametrize(
    ("accept", "content_type", "body", "kind"),
    [
        ("html", "application/pdf", b"%PDF-1.7", "not_html"),
        ("html", "text/html", b"\x89PNG\r\n\x1a\n\0\0", "not_html"),
        ("html", "text/html", b"", "not_html"),
        ("html", "application/json", b"{}", "not_html"),
        ("json", "application/json", b"<html>login</html>", "not_json"),
        ("json", "text/html", PAGE, "not_json"),
        ("xml", "text/html", PAGE, "not_xml"),
    ],
)
async def test_a_body_of_another_kind_is_refused(web, crawling, *, accept, content_type, body, kind):
    web.routes["/careers"] = http(200, body, content_type=content_type)
    error = await failure(crawling, FetchSpec(url=URL, accept=accept))
    assert isinstance(error, InvalidInput)
    assert error.kind == kind


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        ("html", "", PAGE),
        ("html", "text/plain", PAGE),
        ("html", "text/html", b"\xff\xfe" + "<html>".encode("utf-16-le")),
        ("json", "text/html", b' {"jobs": []}'),
        ("json", "application/vnd.api+json", b"\xef\xbb\xbf[]"),
        ("xml", "text/html", b"<?xml version='1.0'?><urlset/>"),
        ("xml", "application/rss+xml", b"<rss/>"),
        ("any", "application/pdf", b"%PDF-1.7"),
    ],
)
async def test_a_body_of_the_right_kind_is_taken_whatever_its_label(web, crawling, accept, content_type, body):
    web.routes["/careers"] = http(200, body, content_type=content_type)
    async with crawling() as crawler:
        assert (await crawler.fetch(FetchSpec(url=URL, accept=accept))).size == len(body)


async def test_what_follows_a_compressed_body_is_bounded(web, crawling):
    sent = 0

    async def junk(request, writer):
        nonlocal sent
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
            + gzip.compress(PAGE, mtime=0)
        )
        while True:
            writer.write(bytes(65_536))
            sent += 65_536
            await writer.drain()

    web.routes["/careers"] = junk
    assert (await failure(crawling, URL, fetch_max_bytes=300_000)).kind == "too_large"
    assert sent < 30_000_000
