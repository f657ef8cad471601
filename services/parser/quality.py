"""How much of a posting is there: 0–100, and why a posting below the floor is refused.

| part           | points | given for                                                     |
|----------------|--------|---------------------------------------------------------------|
| title          | 25     | any title                                                     |
| company        | 15     | any company                                                   |
| description    | 25     | 25 from 400 characters, 18 from 200, 10 from 80               |
| location       | 15     | a place or a remote rule; 10 where no country is known        |
| posted         | 5      | a date of posting                                             |
| job type       | 5      | a job type                                                    |
| salary         | 5      | pay                                                           |
| application    | 5      | an address to apply at                                        |

The floor of 70 asks for a title, a company and a description with at least one fact more, or a title, a company and a
place with every other fact.
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
        Part(name="title", points=25 if posting.title else 0, of=25),
        Part(name="company", points=15 if posting.company_name else 0, of=15),
        Part(name="description", points=_description(len(posting.description_text)), of=25),
        Part(name="location", points=15 if placed else 10 if posting.locations else 0, of=15),
        Part(name="posted date", points=5 if posting.posted_at else 0, of=5),
        Part(name="job type", points=5 if posting.job_type else 0, of=5),
        Part(name="salary", points=5 if posting.salary else 0, of=5),
        Part(name="application address", points=5 if posting.application_url else 0, of=5),
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
