"""What the page archive does with damage, hostile bodies and settings."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from quiethire.domain.errors import Gone, InvalidInput, Transient
from quiethire.domain.page import ArchivedFetch, FetchedVia, FetchSpec, FetchTrace, PageRef
from quiethire.settings import Settings
from quiethire.storage.pages import ObjectPageArchive, open_archive
from quiethire.storage.pages.bodies import MAX_BODY_BYTES, hash_of, object_key


class NoIndex:
    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace) -> None:
        raise AssertionError

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        raise AssertionError

    def scan(self, since: datetime | None = None) -> AsyncIterator[ArchivedFetch]:
        raise AssertionError

    async def drop(self, *, superseded: datetime | None, last: datetime | None) -> int:
        return 0

    async def unnamed(self, content_hashes: Collection[str]) -> set[str]:
        """An index that has lost everything."""
        return set(content_hashes)


@pytest.fixture
def archive(tmp_path: Path) -> ObjectPageArchive:
    return open_archive(Settings(data_dir=tmp_path), NoIndex())


def file_of(tmp_path: Path, content_hash: str) -> Path:
    return tmp_path / "pages" / object_key(content_hash)


async def test_bodies_lie_compressed_in_two_levels_of_directories(archive: ObjectPageArchive, tmp_path: Path) -> None:
    content = await archive.put(b"<p>posting</p>" * 1_000)
    file = tmp_path / "pages" / content[:2] / content[2:4] / f"{content}.zst"
    assert zstandard.decompress(file.read_bytes()) == b"<p>posting</p>" * 1_000
    assert file.stat().st_size < 100
    assert [path for path in (tmp_path / "pages").rglob("*") if path.is_file()] == [file]


async def test_storing_again_does_not_rewrite(archive: ObjectPageArchive, tmp_path: Path) -> None:
    content = await archive.put(b"body")
    before = file_of(tmp_path, content).stat()
    await archive.put(b"body")
    after = file_of(tmp_path, content).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    "stored",
    [b"", b"not zstd", zstandard.compress(b"quite another body"), zstandard.compress(b"body" * 99)[:-4]],
    ids=["empty", "not zstd", "another body", "cut off"],
)
async def test_a_damaged_body_is_told_and_mended_by_storing_it_again(
    archive: ObjectPageArchive, tmp_path: Path, stored: bytes
) -> None:
    content = await archive.put(b"body" * 99)
    file_of(tmp_path, content).write_bytes(stored)
    with pytest.raises(InvalidInput) as error:
        await archive.get(content)
    assert (error.value.kind, error.value.where) == ("damaged_page", content)
    await archive.put(b"body" * 99)
    assert await archive.get(content) == b"body" * 99


async def test_a_decompression_bomb_is_refused(archive: ObjectPageArchive, tmp_path: Path) -> None:
    content = await archive.put(b"small")
    file_of(tmp_path, content).write_bytes(zstandard.compress(bytes(20 * MAX_BODY_BYTES)))
    with pytest.raises(InvalidInput, match="expands to more than") as error:
        await archive.get(content)
    assert error.value.kind == "damaged_page"


async def test_the_settings_name_another_directory(tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    archive = open_archive(Settings(data_dir=tmp_path, archive_url=elsewhere.as_uri()), NoIndex())
    content = await archive.put(b"body")
    assert (elsewhere / object_key(content)).is_file()
    assert not (tmp_path / "pages").exists()


@pytest.mark.parametrize("url", ["ftp://host/x", "s3://", "pages", "file://server/share", "memory:///"])
def test_other_urls_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidInput) as error:
        open_archive(Settings(data_dir=tmp_path, archive_url=url), NoIndex())
    assert error.value.kind == "archive_url"


async def test_a_directory_that_cannot_be_written_is_transient(tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("a file where the directory should be")
    with pytest.raises(Transient, match="page archive"):
        await open_archive(Settings(data_dir=tmp_path), NoIndex()).put(b"body")


async def test_a_bucket_holds_bodies_as_a_directory_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, s3_endpoint: str, s3_objects: dict[str, bytes]
) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": s3_endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    archive = open_archive(Settings(data_dir=tmp_path, archive_url="s3://bucket/prefix"), NoIndex())
    with pytest.raises(Gone):
        await archive.get("0" * 64)
    content = await archive.put(b"body")
    assert await archive.put(b"body") == content
    assert await archive.get(content) == b"body"
    assert list(s3_objects) == [f"/bucket/prefix/{object_key(content)}"]
    s3_objects[f"/bucket/prefix/{object_key(content)}"] = b"damaged"
    with pytest.raises(InvalidInput):
        await archive.get(content)


async def test_bodies_that_nothing_names_go_after_days_and_other_files_stay(
    archive: ObjectPageArchive, tmp_path: Path
) -> None:
    old, young = await archive.put(b"old"), await archive.put(b"young")
    foreign = tmp_path / "pages" / "notes.txt"
    foreign.write_text("not ours")
    for file in (foreign, file_of(tmp_path, old)):
        os.utime(file, (0, time.time() - 300_000))
    assert (await archive.prune(superseded=None, last=None)).bodies == 1
    with pytest.raises(Gone):
        await archive.get(old)
    assert await archive.get(young) == b"young"
    assert foreign.exists()


async def test_a_body_that_comes_again_after_hours_is_young_again(archive: ObjectPageArchive, tmp_path: Path) -> None:
    content = await archive.put(b"the same list as yesterday")
    os.utime(file_of(tmp_path, content), (0, time.time() - 300_000))
    await archive.put(b"the same list as yesterday")
    assert (await archive.prune(superseded=None, last=None)).bodies == 0
    assert await archive.get(content) == b"the same list as yesterday"


async def test_what_a_death_left_half_written_is_no_body_and_in_nobody_s_way(
    archive: ObjectPageArchive, tmp_path: Path
) -> None:
    content = hash_of(b"body")
    draft = file_of(tmp_path, content).with_name(f"{content}.zst#1")
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half")
    with pytest.raises(Gone):
        await archive.get(content)
    assert await archive.put(b"body") == content
    assert await archive.get(content) == b"body"
    assert (await archive.prune(superseded=None, last=None)).bodies == 0


async def test_many_who_store_one_body_leave_one_whole_file(archive: ObjectPageArchive, tmp_path: Path) -> None:
    body = b"<p>posting</p>" * 5_000
    (content,) = set(await asyncio.gather(*(archive.put(body) for _ in range(50))))
    assert await archive.get(content) == body
    assert [path for path in (tmp_path / "pages").rglob("*") if path.is_file()] == [file_of(tmp_path, content)]


async def test_an_answer_is_recorded_without_another_look_for_the_body_just_stored(
    archive: ObjectPageArchive, tmp_path: Path
) -> None:
    class Index(NoIndex):
        async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace) -> None:
            recorded.append(ref.content_hash)

    recorded: list[str] = []
    archive = ObjectPageArchive(archive.store, Index())
    content = await archive.put(b"body")
    file_of(tmp_path, content).unlink()
    ref = PageRef(
        url="https://a.example/",
        final_url="https://a.example/",
        status=200,
        content_type="text/html",
        content_hash=content,
        size=4,
        fetched_at=datetime.now(UTC),
        via=FetchedVia.HTTP,
    )
    await archive.record(FetchSpec(url="https://a.example/"), ref)
    assert recorded == [content]
    with pytest.raises(Gone):
        await ObjectPageArchive(archive.store, archive.index).record(FetchSpec(url="https://a.example/"), ref)
