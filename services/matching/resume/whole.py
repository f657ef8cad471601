"""A file read to the end: what it says in itself, and the skills of ESCO that its summary and its jobs tell of.

Those are found apart from the reading itself: that is done in a process for each file, and ESCO's tables are too large for each of them.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from quiethire.domain.resume import Reading, Resume, ResumeSkill, ResumeWork, Span
from services.matching.reading.skill_names import skill_key
from services.matching.resume.fields.periods import when, years_of
from services.matching.resume.fields.skills import MAX_SKILLS
from services.matching.resume.pool import ResumePool
from services.matching.taxonomy.skills import Skills, open_skills
from services.matching.taxonomy.sure import sure_mentions

CONFIDENCE = 0.6
"""As sure as of technologies that are named in passing."""


async def read_whole(pool: ResumePool, data: bytes, filename: str | None, cache: Path) -> Resume:
    """Read a file in a process that can be killed; then skills of ESCO in its text, in a thread.

    `cache`: `Settings.cache_path`, where ESCO's tables are kept. Raises InvalidInput and Transient as `ResumePool.read` does.
    """
    resume = await pool.read(data, filename)
    skills = await asyncio.to_thread(open_skills, cache / "taxonomy")
    return await asyncio.to_thread(with_named_skills, skills, resume, datetime.now(UTC).date())


def with_named_skills(skills: Skills, resume: Resume, today: date) -> Resume:
    """The résumé with them behind its own skills, under ESCO's names, each with its first place and the years of its jobs."""
    known = {skill_key(one.name.value) for one in resume.skills}
    found: dict[str, Reading] = {}
    jobs: dict[str, list[ResumeWork]] = {}
    for told, job in _told(resume):
        for mention in sure_mentions(skills, told.value, asked=True):
            if mention.key in known:
                continue
            if job is not None:
                jobs.setdefault(mention.key, []).append(job)
            span = told.span and _span(resume, told.span, told.value[mention.start : mention.end])
            found.setdefault(mention.key, Reading(value=mention.name, confidence=CONFIDENCE, span=span))
    added = tuple(ResumeSkill(name=reading, years=_years(jobs.get(key, []), today)) for key, reading in found.items())
    return resume.model_copy(update={"skills": (*resume.skills, *added[: max(0, MAX_SKILLS - len(resume.skills))])})


def _told(resume: Resume) -> Iterator[tuple[Reading, ResumeWork | None]]:
    if resume.summary is not None:
        yield resume.summary, None
    for job in resume.work:
        if job.summary is not None:
            yield job.summary, job


def _span(resume: Resume, within: Span, words: str) -> Span | None:
    """The first place of the words in the text; None where a line breaks them there."""
    start = resume.text.find(words, within.start, within.end)
    return Span(start=start, end=start + len(words)) if start >= 0 else None


def _years(jobs: list[ResumeWork], today: date) -> float | None:
    dated = [
        (when(job.start.value), when(job.end.value) if job.end else None)
        for job in jobs
        if job.start and (job.end or job.current)
    ]
    return years_of([(start, end) for start, end in dated if start is not None], today) or None
