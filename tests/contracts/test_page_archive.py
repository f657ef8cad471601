"""One contract for the page archive: an object store with its index in PostgreSQL, and the twin in memory."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.page import ArchivedFetch, FetchedVia, FetchSpec, FetchTrace, PageRef
from quiethire.domain.ports import PageArchive
from quiethire.settings import Settings
from quiethire.storage.pages import open_archive
from quiethire.storage.pages.bodies import MAX_BODY_BYTES
from quiethire.storage.pages.memory import MemoryPageArchive
from quiethire.storage.postgres import PostgresPages

NOW = datetime(2026, 11, 2, 12, 0, 0, 42, UTC)
SPEC = FetchSpec(url="https://northwind.example/careers")


@pytest.fixture(params=["memory", "directory"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> PageArchive:
    if request.param == "memory":
        return MemoryPageArchive()
    return open_archive(Settings(data_dir=tmp_path), PostgresPages(request.getfixturevalue("postgres_pool")))


TRACE = FetchTrace(headers={"server": "nginx"}, redirects=("http://northwind.example/careers",), why="script shell")


def ref(content_hash: str, at: datetime = NOW, **changes: object) -> PageRef:
    fields: dict[str, object] = {
        "url": SPEC.url,
        "final_url": f"{SPEC.url}/",
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "content_hash": content_hash,
        "size": 4,
        "fetched_at": at,
        "via": FetchedVia.BROWSER,
        "etag": '"abc"',
        "last_modified": "Mon, 02 Nov 2026 12:00:00 GMT",
    }
    return PageRef.model_validate(fields | changes)


@pytest.mark.parametrize("body", [b"", b"page", bytes(range(256)) * 5_000], ids=["empty", "short", "long"])
async def test_a_body_comes_back_by_its_sha256(archive: PageArchive, body: bytes) -> None:
    stored = [await archive.put(body) for _ in range(2)]
    assert stored == [hashlib.sha256(body).hexdigest()] * 2
    assert await archive.get(stored[0]) == body


async def test_a_body_never_stored_is_gone(archive: PageArchive) -> None:
    with pytest.raises(Gone):
        await archive.get("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "²" * 64])
async def test_what_is_no_hash_is_refused(archive: PageArchive, name: str) -> None:
    with pytest.raises(InvalidInput):
        await archive.get(name)


async def test_a_body_beyond_the_bound_is_refused(archive: PageArchive) -> None:
    with pytest.raises(InvalidInput) as error:
        await archive.put(bytes(MAX_BODY_BYTES + 1))
    assert error.value.kind == "page_too_large"


async def test_the_newest_answer_is_the_latest_in_whatever_order_they_came(archive: PageArchive) -> None:
    old, new = await archive.put(b"old"), await archive.put(b"new")
    await archive.record(SPEC, ref(new))
    await archive.record(SPEC, ref(old, NOW - timedelta(microseconds=1)))
    assert await archive.latest(SPEC) == ref(new)


async def test_recording_an_answer_again_changes_nothing(archive: PageArchive) -> None:
    first, second = await archive.put(b"first"), await archive.put(b"second")
    await archive.record(SPEC, ref(first))
    await archive.record(SPEC, ref(second))
    await archive.record(SPEC, ref(first))
    assert await archive.latest(SPEC) == ref(second)


async def test_requests_are_told_apart_by_method_and_body_and_not_by_tracking(archive: PageArchive) -> None:
    content = await archive.put(b"page")
    await archive.record(SPEC, ref(content))
    assert await archive.latest(FetchSpec(url=f"{SPEC.url}?utm_source=mail#top", private_query="key=1")) == ref(content)
    assert await archive.latest(FetchSpec(url=SPEC.url, method="POST", body="{}")) is None
    assert await archive.latest(FetchSpec(url=f"{SPEC.url}?page=2")) is None


async def test_an_answer_whose_body_is_not_stored_is_refused(archive: PageArchive) -> None:
    with pytest.raises(Gone):
        await archive.record(SPEC, ref("0" * 64))
    assert await archive.latest(SPEC) is None


async def scanned(archive: PageArchive, since: datetime | None = None) -> list[ArchivedFetch]:
    return [fetch async for fetch in archive.scan(since) if fetch.ref.url.startswith("https://scan.example/")]


async def test_a_scan_gives_the_newest_answer_to_every_request_and_how_it_came(archive: PageArchive) -> None:
    old, new, posted = [await archive.put(body) for body in (b"old", b"new", b"posted")]
    page = FetchSpec(url="https://scan.example/careers", private_query="key=secret")
    search = FetchSpec(url="https://scan.example/search", method="POST", body='{"page": 1}')
    at: dict[str, Any] = {"url": page.url, "final_url": page.url}
    await archive.record(page, ref(new, **at), TRACE)
    await archive.record(page, ref(old, NOW - timedelta(days=1), **at))
    await archive.record(search, ref(posted, url=search.url, final_url=search.url))
    bare = page.model_copy(update={"private_query": ""})
    assert await scanned(archive) == [
        ArchivedFetch(spec=bare, ref=ref(new, **at), trace=TRACE),
        ArchivedFetch(spec=search, ref=ref(posted, url=search.url, final_url=search.url)),
    ]
    assert await scanned(archive, NOW + timedelta(seconds=1)) == []


async def test_a_scan_goes_on_however_much_lies_between_what_it_looks_for(
    archive: PageArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quiethire.storage.postgres.pages.WINDOW", 2)
    content = await archive.put(b"page")
    pages = [FetchSpec(url=f"https://scan.example/{number}") for number in range(7)]
    for number, page in enumerate(pages):
        at = NOW if number in (1, 6) else NOW - timedelta(days=1)
        await archive.record(page, ref(content, at, url=page.url))
    assert [fetch.spec for fetch in await scanned(archive)] == pages
    assert [fetch.spec for fetch in await scanned(archive, NOW)] == [pages[1], pages[6]]


async def test_retention_keeps_the_newest_answer_longer_than_those_it_replaced(archive: PageArchive) -> None:
    old, new = await archive.put(b"old"), await archive.put(b"new")
    await archive.record(SPEC, ref(old, NOW - timedelta(days=1)))
    await archive.record(SPEC, ref(new))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await archive.prune(superseded=None, last=None)
    assert (await archive.prune(superseded=tomorrow, last=None)).fetches == 1
    assert await archive.latest(SPEC) == ref(new)
    assert (await archive.prune(superseded=tomorrow, last=None)).fetches == 0
    assert (await archive.prune(superseded=tomorrow, last=tomorrow)).fetches == 1
    assert await archive.latest(SPEC) is None


async def test_a_body_that_was_just_stored_outlives_retention_without_an_answer(archive: PageArchive) -> None:
    content = await archive.put(b"on its way")
    await archive.prune(superseded=None, last=None)
    assert await archive.get(content) == b"on its way"
