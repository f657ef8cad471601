"""Saved pages into the archive: JSON lines, WARC, and what is wrong in either."""

import gzip
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import FetchedVia, FetchSpec
from quiethire.domain.result import Problem
from quiethire.storage.pages.importing import ImportedPage, import_pages, read_jsonl, read_warc
from quiethire.storage.pages.memory import MemoryPageArchive

DATE = "2026-11-02T12:00:00Z"
Response = tuple[str, str, list[tuple[str, str]], bytes]
HTML = [("Content-Type", "text/html; charset=utf-8")]


def record(kind: str, url: str, block: bytes) -> bytes:
    headers = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": DATE, "Content-Length": str(len(block))}
    lines = "\r\n".join(["WARC/1.1", *(f"{name}: {value}" for name, value in headers.items())])
    return f"{lines}\r\n\r\n".encode() + block + b"\r\n\r\n"


def warc(*responses: Response, zipped: bool = False) -> bytes:
    """An archive with an info record, and a request before each response; each record a gzip member of its own."""
    records = [record("warcinfo", "urn:info", b"software: test\r\n")]
    for url, status, headers, body in responses:
        head = "\r\n".join([f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)])
        records.append(record("request", url, b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"))
        records.append(record("response", url, f"{head}\r\n\r\n".encode() + body))
    return b"".join(gzip.compress(one) if zipped else one for one in records)


@pytest.fixture
def save(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def save(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return save


def kinds(found: list[ImportedPage | Problem]) -> list[str]:
    return [one.kind if isinstance(one, Problem) else one.url for one in found]


async def test_the_corpus_is_imported_and_a_second_time_unchanged(corpus: Path) -> None:
    archive = MemoryPageArchive()
    first = await import_pages(archive, corpus / "web.jsonl")
    assert (first.imported, first.unchanged, first.problems) == (99, 0, ())
    second = await import_pages(archive, corpus / "web.jsonl")
    assert (second.imported, second.unchanged, second.problems) == (0, 99, ())
    line = json.loads((corpus / "web.jsonl").read_text(encoding="utf-8").splitlines()[0])
    ref = await archive.latest(FetchSpec(url=line["url"]))
    assert ref is not None
    assert (ref.status, ref.via, ref.content_type) == (200, FetchedVia.IMPORT, line["content_type"])
    assert await archive.get(ref.content_hash) == (corpus / line["path"]).read_bytes()
    assert ref.fetched_at == datetime.fromtimestamp((corpus / line["path"]).stat().st_mtime, UTC)


async def test_a_page_that_changed_is_imported_again(tmp_path: Path, save: Callable[[str, bytes], Path]) -> None:
    archive = MemoryPageArchive()
    page = save("page.html", b"old")
    lines = save("web.jsonl", b'{"url": "https://a.example/", "path": "page.html", "content_type": "text/html"}\n')
    os.utime(page, (1_000, 1_000))
    assert (await import_pages(archive, lines)).imported == 1
    page.write_bytes(b"new")
    os.utime(page, (2_000, 2_000))
    assert (await import_pages(archive, lines)).imported == 1
    ref = await archive.latest(FetchSpec(url="https://a.example/"))
    assert ref is not None
    assert await archive.get(ref.content_hash) == b"new"
    page.write_bytes(b"older than what the archive knows")
    os.utime(page, (500, 500))
    assert (await import_pages(archive, lines)).unchanged == 1
    assert await archive.latest(FetchSpec(url="https://a.example/")) == ref


def test_a_bad_line_is_a_problem_that_names_it_and_the_rest_goes_on(save: Callable[[str, bytes], Path]) -> None:
    page = save("page.html", b"page")
    good = {"url": "https://a.example/", "path": "page.html", "content_type": "text/html"}
    lines = [
        json.dumps(good),
        "not json",
        json.dumps({"url": "https://a.example/", "path": "page.html"}),
        json.dumps(good | {"url": "javascript:alert(1)"}),
        json.dumps(good | {"path": "missing.html"}),
        json.dumps(good | {"path": "nul\0.html"}),
        json.dumps(good | {"path": "."}),
        "[" * 50_000,
        '"' + "x" * 250_000 + '"',
        "\xff",
        "",
        json.dumps(good | {"path": str(page)}),
    ]
    path = save("web.jsonl", "\n".join(lines).encode("latin-1"))
    found = list(read_jsonl(path))
    assert kinds(found) == [
        "https://a.example/",
        *("invalid_line", "invalid_line", "invalid_url", "missing_file", "missing_file", "missing_file"),
        *("invalid_line", "invalid_line", "invalid_line"),
        "https://a.example/",
    ]
    problems = [one for one in found if isinstance(one, Problem)]
    assert [one.where for one in problems] == [f"{path}:{number}" for number in range(2, 11)]
    assert "content_type" in problems[1].detail


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
async def test_a_warc_is_imported_with_its_dates_and_a_second_time_unchanged(
    save: Callable[[str, bytes], Path], zipped: bool
) -> None:
    path = save(
        "crawl.warc",
        warc(
            ("https://a.example/jobs", "200 OK", HTML, b"<p>jobs</p>"),
            ("https://a.example/old", "301 Moved Permanently", [("Location", "/jobs")], b""),
            ("https://a.example/api", "201 Created", [("Content-Type", "application/json")], b"{}"),
            zipped=zipped,
        ),
    )
    archive = MemoryPageArchive()
    report = await import_pages(archive, path)
    assert (report.imported, report.unchanged) == (2, 0)
    assert [(one.kind, one.detail) for one in report.problems] == [
        ("not_successful", "HTTP status 301: only successful responses are pages: https://a.example/old")
    ]
    again = await import_pages(archive, path)
    assert (again.imported, again.unchanged) == (0, 2)
    ref = await archive.latest(FetchSpec(url="https://a.example/jobs"))
    assert ref is not None
    assert (ref.status, ref.content_type, ref.size) == (200, "text/html; charset=utf-8", 11)
    assert (ref.fetched_at, ref.via) == (datetime(2026, 11, 2, 12, tzinfo=UTC), FetchedVia.IMPORT)
    assert await archive.get(ref.content_hash) == b"<p>jobs</p>"


@pytest.mark.parametrize(("etag", "kept"), [('"a1"', '"a1"'), ('"é1"', None), (f'"{"a" * 600}"', None)])
async def test_an_etag_is_kept_where_it_can_be_sent_back(save, etag: str, kept: str | None) -> None:
    archive = MemoryPageArchive()
    page = ("https://a.example/jobs", "200 OK", [*HTML, ("ETag", etag)], b"<html>jobs</html>")
    assert (await import_pages(archive, save("saved.warc", warc(page)))).imported == 1
    ref = await archive.latest(FetchSpec(url="https://a.example/jobs"))
    assert ref is not None
    assert ref.etag == kept


def test_a_final_url_that_is_none_is_a_problem(save: Callable[[str, bytes], Path]) -> None:
    content = warc(("https://a.example/jobs", "200 OK", HTML, b"<p>jobs</p>"))
    said = content.replace(b"WARC-Type: response", b"WARC-Type: response\r\nQuietHire-Final-URL: file:///etc/passwd")
    assert kinds(list(read_warc(save("saved.warc", said)))) == ["invalid_url"]


def test_bodies_are_decoded(save: Callable[[str, bytes], Path]) -> None:
    chunked = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    path = save(
        "crawl.warc.gz",
        warc(
            ("https://a.example/1", "200 OK", [("Content-Encoding", "gzip")], gzip.compress(b"zipped")),
            ("https://a.example/2", "200 OK", [("Transfer-Encoding", "chunked")], chunked),
            ("https://a.example/3", "200 OK", [("Content-Encoding", "compress-o-matic")], b"?"),
            ("https://a.example/4", "200 OK", [("Content-Encoding", "gzip")], gzip.compress(bytes(60_000_000))),
            zipped=True,
        ),
    )
    found = list(read_warc(path))
    assert kinds(found) == ["https://a.example/1", "https://a.example/2", "unknown_encoding", "page_too_large"]
    assert [one.body for one in found if isinstance(one, ImportedPage)] == [b"zipped", b"abcde"]


def test_responses_that_are_no_pages_are_problems_and_the_rest_goes_on(save: Callable[[str, bytes], Path]) -> None:
    record = b"WARC/1.0\r\nWARC-Type: response\r\n%bContent-Length: %d\r\n\r\n%b\r\n\r\n"
    http = b"HTTP/1.1 200 OK\r\n\r\npage"
    url = b"WARC-Target-URI: <https://a.example/>\r\n"
    date = b"WARC-Date: 2026-11-02T12:00:00Z\r\n"
    content = b"".join(
        record % (headers, len(block), block)
        for headers, block in (
            (date, http),
            (b"WARC-Target-URI: dns:a.example\r\n" + date, http),
            (url + date, b""),
            (url + date, b"no http at all"),
            (url, http),
            (url + b"WARC-Date: yesterday\r\n", http),
            (url + date, http),
        )
    )
    found = list(read_warc(save("crawl.warc", content)))
    record_is_bad = ["invalid_record"] * 4
    assert kinds(found) == ["invalid_url", "invalid_url", *record_is_bad, "https://a.example/"]
    assert isinstance(found[5], Problem)
    assert found[5].where.endswith("crawl.warc:record 6")


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_a_warc_that_is_cut_off_gives_what_it_has_and_says_so(save: Callable[[str, bytes], Path], zipped: bool) -> None:
    first = ("https://a.example/1", "200 OK", HTML, os.urandom(300))
    whole = warc(first, ("https://a.example/2", "200 OK", HTML, os.urandom(300)), zipped=zipped)
    for cut in (1, 50, 100, 200, 300):
        found = list(read_warc(save("crawl.warc", whole[:-cut])))
        assert kinds(found)[:1] == ["https://a.example/1"]
        if cut > 4:  # the blank lines at the end belong to no record
            assert kinds(found)[1:] in (["truncated_file"], ["invalid_warc"], ["invalid_record"])


async def test_the_reader_is_chosen_by_name_or_by_the_first_bytes(save: Callable[[str, bytes], Path]) -> None:
    save("page.html", b"page")
    line = b'\n{"url": "https://a.example/", "path": "page.html", "content_type": "text/html"}'
    response: Response = ("https://a.example/", "200 OK", HTML, b"x")
    for content in (line, warc(response), warc(response, zipped=True)):
        assert (await import_pages(MemoryPageArchive(), save("unnamed", content))).imported == 1
    for name in ("broken.warc", "broken.warc.gz"):
        report = await import_pages(MemoryPageArchive(), save(name, b"nonsense"))
        assert [problem.kind for problem in report.problems] == ["invalid_warc"]
    for content in (b"", b"<html>"):
        with pytest.raises(InvalidInput) as error:
            await import_pages(MemoryPageArchive(), save("unnamed", content))
        assert error.value.kind == "unknown_format"


async def test_a_file_that_is_not_there_is_invalid_input(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(InvalidInput) as error:
            await import_pages(MemoryPageArchive(), path)
        assert error.value.kind == "unreadable_file"
