"""Résumés read: made-up ones in five layouts against what they were made of, and the time that one takes.

    python -m benchmarks.resumes [--quick] [--json]

An entry of work is right where title, employer, start and end are; one of education where school, degree and end are.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from rapidfuzz import fuzz

from benchmarks.made_up_people import MadeJob, MadeStudy, Person, people
from benchmarks.made_up_resumes import LAYOUTS, render
from benchmarks.report import Target, finish, options
from quiethire.domain.resume import Reading, Resume, ResumeEducation, ResumeWork
from services.matching.reading.skill_names import skill_key
from services.matching.reading.text import name_key
from services.matching.resume.read import read_resume

TARGETS: dict[str, Target] = {
    "name": (">=", 0.95),
    "e-mail": (">=", 0.95),
    "phone": (">=", 0.95),
    "work F1": (">=", 0.85),
    "education F1": (">=", 0.85),
    "skills F1": (">=", 0.85),
}
TODAY = date(2026, 11, 1)
SEED = 31
"""Of other people than the tests' ones, which the rules were made looking at."""
_ALIKE = 90.0

T = TypeVar("T")
R = TypeVar("R")


def measure(readings: Sequence[tuple[Person, Resume]]) -> dict[str, float]:
    """Shares right of single fields, and F1 of entries, over all résumés."""
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for person, resume in readings:
        right["name"] += name_key(_value(resume.name)) == name_key(person.name)
        right["e-mail"] += _value(resume.email).casefold() == person.email
        right["phone"] += _value(resume.phone) == person.phone
        right["work"] += _paired(person.jobs, resume.work, _same_job)
        right["education"] += _paired(person.studies, resume.education, _same_study)
        listed, read = {skill_key(one) for one in person.skills}, {skill_key(one.name.value) for one in resume.skills}
        right["skills"] += len(listed & read)
        told.update(work=len(person.jobs), education=len(person.studies), skills=len(listed))
        found.update(work=len(resume.work), education=len(resume.education), skills=len(read))
    figures = {name: round(right[name] / len(readings), 4) for name in ("name", "e-mail", "phone")}
    for name in ("work", "education", "skills"):
        figures[f"{name} F1"] = round(2 * right[name] / max(told[name] + found[name], 1), 4)
    return figures


def _paired(told: Sequence[T], read: Sequence[R], same: Callable[[T, R], bool]) -> int:
    """How many of the told entries one of the read ones tells, each used once."""
    left = list(read)
    count = 0
    for one in told:
        match = next((other for other in left if same(one, other)), None)
        if match is not None:
            left.remove(match)
            count += 1
    return count


def _same_job(job: MadeJob, read: ResumeWork) -> bool:
    start, end = (f"{job.start[0]}-{job.start[1]:02d}", f"{job.end[0]}-{job.end[1]:02d}" if job.end else "")
    return (
        _alike(job.title, read.title)
        and _alike(job.employer, read.employer)
        and _value(read.start) == start
        and _value(read.end) == end
    )


def _same_study(study: MadeStudy, read: ResumeEducation) -> bool:
    degree = name_key(study.degree) in name_key(_value(read.degree))
    return _alike(study.school, read.institution) and degree and _value(read.end) == str(study.end)


def _alike(told: str, read: Reading | None) -> bool:
    return read is not None and fuzz.ratio(name_key(told), name_key(read.value)) >= _ALIKE


def _value(reading: Reading | None) -> str:
    return reading.value if reading else ""


def main() -> int:
    """Read every made-up person's résumé in every layout."""
    told = options(__doc__)
    crowd = people(12 if told.quick else 64, seed=SEED)
    figures: dict[str, float] = {}
    everything: list[tuple[Person, Resume]] = []
    for layout in LAYOUTS:
        readings = []
        seconds = []
        for person in crowd:
            data, filename = render(person, layout)
            before = time.process_time()
            resume = read_resume(data, filename, today=TODAY)
            seconds.append(time.process_time() - before)
            readings.append((person, resume))
        everything += readings
        figures |= {f"{layout}: {name}": figure for name, figure in measure(readings).items()}
        figures[f"{layout}: seconds, median"] = round(statistics.median(seconds), 4)
    figures |= {"résumés": len(everything), **measure(everything)}
    return finish(figures, TARGETS, as_json=told.json)


if __name__ == "__main__":
    sys.exit(main())
