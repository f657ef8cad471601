"""Reading in processes: limits of time and memory, hostile files, and the end of the pool."""

import asyncio
import io
import random
import zipfile
from collections import Counter

import psutil
import pytest
from resume_files import docx_of, pdf_bomb, pdf_of, scan, with_picture

from benchmarks.made_up_people import people
from benchmarks.made_up_resumes import LAYOUTS, render
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.resume import MAX_BYTES, Resume
from services.matching.resume.pool import ResumePool
from services.matching.resume.read import read_resume

FUZZED = 200


@pytest.fixture(scope="module")
async def pool():
    async with ResumePool(1) as pool:
        yield pool


async def test_a_process_reads_what_the_function_reads(pool):
    data = docx_of()
    assert await pool.read(data, "jane.docx") == read_resume(data, "jane.docx")


async def test_reasons_come_back_from_the_process(pool):
    with pytest.raises(InvalidInput) as refused:
        await pool.read(scan(), "scan.pdf")
    assert refused.value.kind == "resume_scanned"
    assert "scans are not read" in refused.value.hint


async def test_what_is_too_large_never_goes_to_a_process(pool):
    with pytest.raises(InvalidInput) as refused:
        await pool.read(bytes(MAX_BYTES + 1))
    assert refused.value.kind == "too_large"


async def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_read():
    async with ResumePool(1, seconds=0.05) as hasty:
        with pytest.raises(InvalidInput) as refused:
            await hasty.read(pdf_of(["many words stand on this line of the page"] * 40, pages=30))
        assert refused.value.kind == "resume_timeout"
        hasty._seconds = 20.0
        assert (await hasty.read(docx_of())).name.value == "Jane Example"


async def test_a_file_that_takes_too_much_memory_is_given_up_and_the_next_one_is_read():
    async with ResumePool(1, memory=150 * 1024 * 1024, seconds=60) as small:
        with pytest.raises(InvalidInput) as refused:
            await small.read(pdf_bomb(600_000_000))
        assert refused.value.kind in ("resume_memory", "resume_crash")
        assert (await small.read(docx_of())).name.value == "Jane Example"


async def test_what_one_file_took_is_there_for_the_next():
    data = with_picture(1_100)
    async with ResumePool(1, memory=40 * 1024 * 1024, seconds=60) as small:
        for _ in range(6):
            assert (await small.read(data)).name.value == "Jane Example"


async def test_callers_wait_for_each_other_and_all_are_served(pool):
    resumes = await asyncio.gather(*(pool.read(docx_of()) for _ in range(5)))
    assert {resume.name.value for resume in resumes} == {"Jane Example"}


async def test_a_closed_pool_says_so():
    pool = ResumePool(1)
    await pool.read(docx_of())
    await pool.close()
    with pytest.raises(Transient):
        await pool.read(docx_of())


async def test_closing_the_pool_ends_a_read_that_runs():
    pool = ResumePool(1)
    await pool.read(docx_of())
    slow = pdf_of(["words on a line"] * 40, pages=30)
    ended, _ = await asyncio.gather(pool.read(slow), pool.close(), return_exceptions=True)
    assert isinstance(ended, Transient)
    assert ended.kind == "resume_unavailable"


async def test_a_caller_who_gives_up_while_a_process_starts_leaves_none_behind():
    before = set(psutil.Process().children())
    async with ResumePool(1) as pool:
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(pool.read(docx_of()), 0.1)
        assert set(psutil.Process().children()) <= before
        assert (await pool.read(docx_of())).name.value == "Jane Example"


async def test_a_process_knows_no_key_and_no_store(monkeypatch):
    monkeypatch.setenv("QUIETHIRE_PERSON_KEY", "secret")
    monkeypatch.setenv("SOME_STORE_DSN", "secret")
    before = set(psutil.Process().children())
    async with ResumePool(1) as pool:
        await pool.read(docx_of())
        (started,) = set(psutil.Process().children()) - before
        assert set(started.environ()) <= {"PATH", "LANG", "LC_CTYPE", "PYTHONPATH"}


async def test_a_file_name_with_broken_letters_costs_nothing(pool):
    assert (await pool.read(docx_of(), "r\udce9sum\udce9.docx")).name.value == "Jane Example"


def _fuzzed(number, dice):
    """One damaged file: bytes changed, cut out, doubled or swapped, within the parts of a Word file too."""
    person = people(8)[number % 8]
    data, _ = render(person, LAYOUTS[number % len(LAYOUTS)])
    if data.startswith(b"PK") and dice.random() < 0.6:
        return _fuzzed_part(data, dice)
    return _damaged(data, dice)


def _damaged(data, dice):
    changed = bytearray(data)
    for _ in range(dice.randint(1, 30)):
        at = dice.randrange(max(len(changed), 1))
        kind = dice.randrange(4)
        if kind == 0:
            changed[at] = dice.randrange(256)
        elif kind == 1:
            del changed[at : at + dice.randint(1, 200)]
        elif kind == 2:
            changed[at:at] = changed[at : at + dice.randint(1, 500)]
        else:
            changed[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 20)))
        if not changed:
            return b""
    return bytes(changed)


def _fuzzed_part(data, dice):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = dice.choice(["word/document.xml", "word/styles.xml", dice.choice(names)])
        for name in names:
            new.writestr(name, _damaged(old.read(name), dice) if name == chosen else old.read(name))
    return out.getvalue()


async def test_damaged_files_are_read_or_refused_and_crash_nothing(pool):
    dice = random.Random(41)
    kinds = Counter()
    for number in range(FUZZED):
        try:
            resume = await pool.read(_fuzzed(number, dice), f"fuzzed-{number}")
        except InvalidInput as refused:
            kinds[refused.kind] += 1
        else:
            assert isinstance(resume, Resume)
            kinds["read"] += 1
    assert set(kinds) <= {"read", "resume_broken", "resume_unknown", "resume_empty", "resume_scanned", "too_large"}
    assert kinds["resume_broken"] > FUZZED / 20
    assert kinds["read"] > FUZZED / 20
