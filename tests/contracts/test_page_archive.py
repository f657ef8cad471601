"""One contract for the page archive: an object store with its index in PostgreSQL, and the twin in memory."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef
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
