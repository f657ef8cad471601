"""The archive as a WARC, and back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.page import FetchedVia, FetchSpec, FetchTrace, PageRef
from quiethire.storage.pages import export_pages, import_pages
from quiethire.storage.pages.memory import MemoryPageArchive

NOW = datetime(2026, 11, 2, 12, 0, 0, 42, UTC)
PAGE = FetchSpec(url="https://northwind.example/careers?team=a%20b")
SEARCH = FetchSpec(url="https://jobs.example/search", method="POST", body='{"page": 1, "q": "é"}')


async def record(archive: MemoryPageArchive, spec: FetchSpec, body: bytes, at: datetime = NOW) -> PageRef:
    ref = PageRef(
        url=spec.url,
        final_url=spec.url,
        status=200,
        content_type="text/html; charset=utf-8",
        content_hash=await archive.put(body),
        size=len(body),
        fetched_at=at,
        via=FetchedVia.HTTP,
        etag='"abc"',
    )
    headers = {"content-encoding": "gzip", "server": "nginx", "etag": '"abc"'}
    await archive.record(spec, ref, FetchTrace(headers=headers))
    return ref


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


@pytest.fixture
async def archive() -> MemoryPageArchive:
    archive = MemoryPageArchive()
    await record(archive, PAGE, b"<p>old</p>", NOW - timedelta(days=2))
    await record(archive, PAGE, "<p>né</p>".encode())
    await record(archive, SEARCH, b'{"jobs": []}')
    return archive


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
async def test_what_is_exported_comes_back_whole(archive: MemoryPageArchive, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    assert (await export_pages(archive, file, since=None, host=None)).exported == 2
    copy = MemoryPageArchive()
    report = await import_pages(copy, file)
    assert (report.imported, report.problems) == (2, ())
    for spec in (PAGE, SEARCH):
        there, here = await copy.latest(spec), await archive.latest(spec)
        assert there is not None
        assert here is not None
        assert there == here.model_copy(update={"via": FetchedVia.IMPORT})
        assert await copy.get(there.content_hash) == await archive.get(here.content_hash)
    assert await copy.latest(FetchSpec(url=SEARCH.url)) is None


MOVED = FetchSpec(url="https://northwind.example/jobs/7")
LISTING = FetchSpec(url="https://www.northwind.example/jobs?open=1")


async def moved(archive: MemoryPageArchive, at: datetime = NOW) -> PageRef:
    """As the crawler records a redirected page: under the URL that was asked for, and under the one that answered."""
    ref = await record(MemoryPageArchive(), MOVED, b"<p>listing</p>", at)
    ref = ref.model_copy(update={"final_url": LISTING.url, "content_hash": await archive.put(b"<p>listing</p>")})
    await archive.record(MOVED, ref)
    await archive.record(LISTING, ref)
    return ref


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
async def test_a_redirected_page_comes_back_under_both_of_its_urls(tmp_path: Path, name: str) -> None:
    archive, copy, file = MemoryPageArchive(), MemoryPageArchive(), tmp_path / name
    ref = await moved(archive)
    await export_pages(archive, file, since=None, host=None)
    assert (await import_pages(copy, file)).problems == ()
    for spec in (MOVED, LISTING):
        there = await copy.latest(spec)
        assert there is not None
        assert (there.url, there.final_url, there.content_hash) == (MOVED.url, LISTING.url, ref.content_hash)
    assert (await import_pages(copy, file)).imported == 0


async def test_where_a_redirect_led_is_news_though_the_url_itself_was_fetched_since(tmp_path: Path) -> None:
    archive, copy, file = MemoryPageArchive(), MemoryPageArchive(), tmp_path / "pages.warc"
    await moved(archive, NOW - timedelta(days=1))
    await export_pages(archive, file, since=None, host=None)
    newer = await record(copy, MOVED, b"<p>job</p>")
    await import_pages(copy, file)
    assert await copy.latest(MOVED) == newer
    listing = await copy.latest(LISTING)
    assert listing is not None
    assert listing.final_url == LISTING.url


async def test_another_reader_of_warc_understands_it(archive: MemoryPageArchive, tmp_path: Path) -> None:
    await export_pages(archive, tmp_path / "pages.warc.gz", since=None, host=None)
    with (tmp_path / "pages.warc.gz").open("rb") as file:
        found = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]
    assert found[1:3] == [("request", PAGE.url, b""), ("response", PAGE.url, "<p>né</p>".encode())]


async def test_an_export_may_be_of_one_host_or_since_a_day(archive: MemoryPageArchive, tmp_path: Path) -> None:
    file = tmp_path / "pages.warc"
    assert (await export_pages(archive, file, since=None, host="jobs.example")).exported == 1
    assert (await export_pages(archive, file, since=NOW + timedelta(days=1), host=None)).exported == 0


async def test_a_lost_body_is_told_and_the_rest_is_exported(archive: MemoryPageArchive, tmp_path: Path) -> None:
    lost = await record(archive, FetchSpec(url="https://lost.example/"), b"lost")
    del archive._bodies[lost.content_hash]
    report = await export_pages(archive, tmp_path / "pages.warc", since=None, host=None)
    assert report.exported == 2
    assert [problem.where for problem in report.problems] == ["https://lost.example/"]


async def test_a_file_that_cannot_be_written_is_named(archive: MemoryPageArchive, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nowhere"):
        await export_pages(archive, tmp_path / "nowhere" / "pages.warc", since=None, host=None)


async def test_an_export_that_fails_leaves_nothing_behind(
    archive: MemoryPageArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: str) -> bytes:
        raise Transient("out of reach")

    monkeypatch.setattr(archive, "get", away)
    with pytest.raises(Transient):
        await export_pages(archive, tmp_path / "pages.warc", since=None, host=None)
    assert names(tmp_path) == []
