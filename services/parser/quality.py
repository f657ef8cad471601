"""How much of a posting is there: 0–100, and why a posting below the floor is refused. docs/postings.md tells it to users.

| part           | points | given for                                                    |
|----------------|--------|--------------------------------------------------------------|
| title          | 30     | any title                                                    |
| company        | 20     | any company                                                  |
| description    | 25     | 25 from 400 characters, 18 from 200, 10 from 80              |
| location       | 10     | a place in a known country, or remote; 7 for another place   |
| posted         | 4      | a date of posting                                            |
| job type       | 4      | a job type                                                   |
| salary         | 4      | pay                                                          |
| application    | 3      | an address to apply at                                       |

The floor of 70 asks for a title, a company and a whole description, or for one fact more where the description is short:
a real posting may state nothing else. Without a company it asks for a place and two facts more.
"""

from quiethire.domain.base import Model
from quiethire.domain.posting import QUALITY_FLOOR, JobPosting, Workplace


class Part(Model):
    """One part of the score."""

    name: str
    points: int
    of: int


def quality_parts(posting: JobPosting) -> tuple[Part, ...]:
    """The parts of a posting's score; the score is their sum."""
    placed = any(place.country for place in posting.locations) or posting.remote is Workplace.REMOTE
    return (
        Part(name="title", points=30 if posting.title else 0, of=30),
        Part(name="company", points=20 if posting.company_name else 0, of=20),
        Part(name="description", points=_description(len(posting.description_text)), of=25),
        Part(name="location", points=10 if placed else 7 if posting.locations else 0, of=10),
        Part(name="posted date", points=4 if posting.posted_at else 0, of=4),
        Part(name="job type", points=4 if posting.job_type else 0, of=4),
        Part(name="salary", points=4 if posting.salary else 0, of=4),
        Part(name="application address", points=3 if posting.application_url else 0, of=3),
    )


def _description(length: int) -> int:
    return 25 if length >= 400 else 18 if length >= 200 else 10 if length >= 80 else 0


def score(posting: JobPosting) -> int:
    """0–100."""
    return sum(part.points for part in quality_parts(posting))


def refusal_reason(posting: JobPosting) -> str | None:
    """Why a posting is refused, naming what is missing; None where it is good enough."""
    if posting.quality_score >= QUALITY_FLOOR:
        return None
    missing = ", ".join(part.name for part in quality_parts(posting) if part.points < part.of)
    return f"quality {posting.quality_score} is below {QUALITY_FLOOR}: missing or short are {missing}"
