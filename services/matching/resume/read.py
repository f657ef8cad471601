"""From the bytes of a file to a résumé as read."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import MAX_BYTES, Reading, Resume, ResumeEducation, ResumeWork
from services.matching.resume.fields.contacts import email_of, links_of, phone_of, place_of
from services.matching.resume.fields.entries import Job, jobs_of, summary_of
from services.matching.resume.fields.languages import languages_of, lists_languages
from services.matching.resume.fields.names import name_of
from services.matching.resume.fields.periods import years_of
from services.matching.resume.fields.skills import skills_of
from services.matching.resume.fields.studies import studies_of
from services.matching.resume.fields.vocabulary import title_likeness
from services.matching.resume.fields.wishes import (
    is_wish,
    is_wish_alone,
    locations_of,
    salary_floor_of,
    work_authorisation_of,
)
from services.matching.resume.files.docx_file import read_docx
from services.matching.resume.files.pdf_file import read_pdf
from services.matching.resume.files.plain_text import read_text
from services.matching.resume.json_resume import is_json, read_json_resume
from services.matching.resume.lines import Document, Line
from services.matching.resume.parts.advertisement import is_advertisement
from services.matching.resume.parts.headings import Part
from services.matching.resume.parts.others import without_others
from services.matching.resume.parts.sections import mixed, parts_of

_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_WORK = (Part.SUMMARY, Part.SKILLS, Part.LANGUAGES, Part.CONTACT)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_PICTURE = re.compile(rb"RIFF....WEBP|....ftyp(?:hei|hev|mif1|msf1|avif)", re.DOTALL)
_SIDE_BY_SIDE = re.compile(r"\s*[|•·\t]\s*|\s{3,}|\s[-–—]\s")
_HEADED = frozenset({Part.CONTACT, Part.WORK, Part.EDUCATION, Part.SKILLS, Part.LANGUAGES})
_LATER = 0.3
"""Confidence of a date after today, at most."""
_EVIDENCE = 2
"""Kinds of things that a résumé tells at least."""
_PDF_WITHIN = 1_024
"""Bytes in which `%PDF-` must stand, as readers of PDF have it."""


def read_resume(data: bytes, filename: str | None = None, *, today: date | None = None) -> Resume:
    """Read a résumé: PDF, DOCX, text or JSON Resume, known by its content. The file's name only helps to tell the person's.

    `today` ends the jobs that go on. Raises InvalidInput, with what to do about it, where the file is too large
    (`too_large`), empty (`resume_empty`), encrypted (`resume_encrypted`), a scan (`resume_scanned`), damaged
    (`resume_broken`), or no form of résumé or the advertisement of a job (`resume_unknown`).
    """
    now = today or datetime.now(UTC).date()
    check_size(data)
    if not data.strip():
        raise InvalidInput("the file is empty", where="résumé", hint="give a file with text in it", kind="resume_empty")
    if is_json(data):
        return _doubted(read_json_resume(data, now), now)
    return _doubted(_understood(_opened(data), filename, now), now)


def check_size(data: bytes) -> None:
    """Raise InvalidInput (`too_large`) for a file that is too large to be read."""
    if len(data) > MAX_BYTES:
        raise InvalidInput(
            f"the file has {len(data):,} bytes",
            where="résumé",
            hint=f"at most {MAX_BYTES:,} are read",
            kind="too_large",
        )


def _opened(data: bytes) -> Document:
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return read_pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return read_docx(data)
    if data.startswith(_OLD_WORD):
        raise InvalidInput(
            "this is an old Word file, or one with a password",
            where="résumé",
            hint="save it as DOCX or PDF, without a password",
            kind="resume_encrypted",
        )
    if data.startswith(_PICTURES) or _PICTURE.match(data):
        raise InvalidInput(
            "this is a picture",
            where="résumé",
            hint="pictures are not read: give a PDF or a DOCX",
            kind="resume_scanned",
        )
    return read_text(data)


def _checked(resume: Resume, parts: dict[Part, list[Line]]) -> Resume:
    """The résumé, where it tells at least two things of a person; other texts hold now and then what looks like one.

    A dated job with its title is two by itself.
    """
    told = {
        Part.HEAD: resume.name,
        Part.SUMMARY: resume.headline,
        Part.CONTACT: resume.email or resume.phone or resume.place,
        Part.WORK: resume.work,
        Part.EDUCATION: resume.education,
        Part.SKILLS: resume.skills,
        Part.LANGUAGES: resume.languages,
    }
    headed = {part for part in _HEADED if any(line.text for line in parts[part])}
    dated = any(job.title and job.start for job in resume.work)
    if dated + len(headed | {part for part, readings in told.items() if readings}) < _EVIDENCE:
        raise InvalidInput(
            "this does not read as a résumé",
            where="résumé",
            hint="give one with a name, addresses, jobs, studies or skills",
            kind="resume_unknown",
        )
    return resume


def _doubted(resume: Resume, today: date) -> Resume:
    """The résumé, unsure of what it dates after today: such a job is a slip of the pen, or none that anybody held."""
    return resume.model_copy(update={"work": tuple(_unsure_where_later(job, today.isoformat()) for job in resume.work)})


def _unsure_where_later(job: ResumeWork, today: str) -> ResumeWork:
    """Dates of ISO 8601 are compared as far as they go: this year is not later than today."""
    later = {
        name: at.model_copy(update={"confidence": min(at.confidence, _LATER)})
        for name, at in (("start", job.start), ("end", job.end))
        if at is not None and at.value > today[: len(at.value)]
    }
    return job.model_copy(update=later) if later else job


def _understood(whole: Document, filename: str | None, today: date) -> Resume:
    document = without_others(whole)
    parts = parts_of(document.lines)
    lines = [line for line in document.lines if line.text]
    at_work = {line.start for line in parts[Part.WORK]}
    own = [line for line in lines if line.start not in at_work or is_wish_alone(line)]
    jobs = _jobs(parts, document)
    contact = [*parts[Part.HEAD], *parts[Part.CONTACT]]
    email = email_of(document, contact)
    links = links_of(document, contact)
    told = [link.value for link in links]
    name = name_of(document.lines, email=email.value if email else None, links=told, filename=filename)
    placed = place_of([*parts[Part.HEAD][:25], *_below(lines, name)], parts[Part.CONTACT])
    spans = [(job.period.start, job.period.end) for job in jobs if job.period and job.period.start]
    resume = Resume(
        kind=document.kind,
        text=whole.text,
        pages=document.pages,
        name=name,
        email=email,
        phone=phone_of(document, contact, placed[1] if placed else None, email.value if email else None),
        place=placed[0] if placed else None,
        headline=_headline(parts[Part.HEAD], name),
        summary=summary_of(parts[Part.SUMMARY]),
        links=links,
        work=tuple(job.work for job in jobs),
        education=tuple(_studies(parts)),
        skills=skills_of(
            [line for line in parts[Part.SKILLS] if not (is_wish(line) or lists_languages(line))],
            jobs,
            parts[Part.LANGUAGES],
            parts[Part.SUMMARY],
            today,
        ),
        languages=languages_of(parts[Part.LANGUAGES], [line for line in lines if line.start not in at_work]),
        years_experience=years_of(spans, today),
        work_authorisation=work_authorisation_of(own),
        salary_floor=salary_floor_of(own),
        locations=locations_of(own),
    )
    if is_advertisement(whole.lines, resume, today):
        raise InvalidInput(
            "this reads as the advertisement of a job",
            where="résumé",
            hint="give the résumé of who applies: with their jobs or studies, dated",
            kind="resume_unknown",
        )
    return _checked(resume, parts)


def _jobs(parts: dict[Part, list[Line]], document: Document) -> list[Job]:
    """The jobs of the part on work; where none has a heading, those that stand anywhere else."""
    jobs = jobs_of(parts[Part.WORK], strict=mixed(parts))
    if jobs:
        # Where columns were run together, jobs stand below headings of other parts.
        for part in _NO_WORK:
            known = {job.work.title for job in jobs}
            jobs += [job for job in jobs_of(parts[part], strict=True) if job.work.title not in known]
        return jobs
    return jobs_of(document.lines, strict=True)


def _studies(parts: dict[Part, list[Line]]) -> list[ResumeEducation]:
    """The studies of the part on education; where none has a heading, those that stand beside skills, courses or a profile."""
    return studies_of(parts[Part.EDUCATION]) or [
        one
        for part in (Part.SKILLS, Part.OTHER, Part.HEAD, Part.SUMMARY)
        for one in studies_of(parts[part], strict=True)
    ]


def _below(lines: Sequence[Line], name: Reading | None) -> list[Line]:
    """The lines below the name."""
    if name is None or name.span is None:
        return []
    return [line for line in lines if line.start > name.span.start][:3]


def _headline(head: Sequence[Line], name: Reading | None) -> Reading | None:
    """The line near the name that says what they are."""
    for line in [one for one in head if one.text][:10]:
        for piece in line.split(_SIDE_BY_SIDE):
            if name is not None and name.span is not None and name.span.start == piece.start:
                continue
            if title_likeness(piece.text) == 1.0 and len(piece.text) <= 90 and not piece.text.endswith((".", ":")):
                return piece.reading(0.8)
    return None
