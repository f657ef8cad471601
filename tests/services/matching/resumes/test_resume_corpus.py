"""The real résumés of the corpus: converted from PDF by others, names and addresses taken out, columns often run together.

Read by hand, of the 35 files 33 tell of jobs (all but 59 and 62), 32 of education (all but 33, 56 and 59), all of skills,
and five of a whole name (31, 32, 43, 54, 60; of 36 a letter is lost).
"""

import asyncio

import pytest

from services.matching.resume.pool import ResumePool
from services.matching.resume.proposal import as_candidate_fields

NAMES = {"31": "Nikita Doroshenko", "32": "Lisa Polotckaia", "54": "Pavel Barannikov", "60": "Motovilov Pavel"}


@pytest.fixture(scope="module")
async def resumes(corpus):
    """Read in processes, within the limits of time and memory that hold for everybody's files."""
    files = sorted((corpus / "cv" / "vanetik").glob("*.docx"))
    async with ResumePool() as pool:
        read = await asyncio.gather(*(pool.read(file.read_bytes(), file.name) for file in files))
    return {file.stem: resume for file, resume in zip(files, read, strict=True)}


def test_all_are_read(resumes):
    assert len(resumes) == 35
    assert all(resume.text for resume in resumes.values())


def test_work_education_and_skills_are_found_in_nearly_all(resumes):
    assert sum(bool(resume.work) for resume in resumes.values()) >= 29
    assert sum(bool(resume.education) for resume in resumes.values()) >= 29
    assert sum(bool(resume.skills) for resume in resumes.values()) == 35


def test_names_are_found_and_none_is_invented(resumes):
    found = {number: resume.name.value for number, resume in resumes.items() if resume.name is not None}
    assert NAMES.items() <= found.items()
    assert set(found) <= {*NAMES, "36", "43"}


def test_addresses_that_were_taken_out_are_not_invented(resumes):
    assert all(resume.email is None for number, resume in resumes.items() if number != "56")
    assert all(resume.phone is None for resume in resumes.values())


def test_each_proposes_fields_of_a_candidate(resumes):
    proposals = {number: as_candidate_fields(resume) for number, resume in resumes.items()}
    assert all(proposal.tracks[0].skills for proposal in proposals.values())
    assert sum(bool(proposal.tracks[0].titles) for proposal in proposals.values()) >= 32
