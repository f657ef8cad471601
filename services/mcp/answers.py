"""What the tools answer: bounded, so that an answer never fills an assistant's memory."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from quiethire.domain.search import INDEXED_DESCRIPTION

DESCRIPTION = 8_000
"""Characters of a description that an answer carries."""

_SNIPPET = 300
_EVENTS = 20
_REQUIREMENTS = 40
_HIDDEN = 5


class Answer(BaseModel):
    """A part of an answer. The API may tell more than is passed on."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Pay(Answer):
    """Pay a period, and what it is in a year; an open end is null."""

    min: float | None
    max: float | None
    currency: str | None
    period: str
    yearly_min: int | None = None
    yearly_max: int | None = None


class JobBrief(Answer):
    """A job as a list tells it. `get_job` tells the rest."""

    id: str
    title: str
    company: str
    places: tuple[str, ...]
    remote: str
    """`none` (on site, or not stated), `hybrid` or `remote`."""
    job_type: str | None
    salary: Pay | None
    """A year; null where the employer states none."""
    skills: tuple[str, ...]
    posted_at: datetime
    summary: str = ""
    """The beginning of the employer's text."""

    @classmethod
    def found(cls, hit: dict[str, Any]) -> "JobBrief":
        """A hit of a search."""
        return cls.model_validate(
            {**hit, "places": hit["location"], "summary": hit["description"][:_SNIPPET], "skills": hit["skills"][:20]}
        )

    @classmethod
    def listed(cls, job: dict[str, Any]) -> "JobBrief":
        """A posting as matches tell it."""
        places = [place["name"] for place in job["locations"]]
        posted = job["posted_at"] or job["first_seen_at"]
        return cls.model_validate(
            {**job, "company": job["company_name"], "places": places, "posted_at": posted, "skills": job["skills"][:20]}
        )


class Unknown(Answer):
    """A value that names nothing known here, which is why less was found than was hoped for."""

    parameter: str
    value: str
    near: str | None
    """A name that is known, and may have been meant."""
    hint: str


class FoundJobs(Answer):
    """A page of jobs, best first."""

    found: int
    """How many jobs there are in all."""
    jobs: tuple[JobBrief, ...]
    next_cursor: str | None = None
    """Give it as `cursor`, with everything else as it was, for the next page; null at the end."""
    degraded: bool = False
    """Whether a plainer search answered, which forgives no typos."""
    place: str | None = None
    """What the place of the search was taken for; null where it was looked for as words alone, or not given."""
    unknown: tuple[Unknown, ...] = ()
    """Places, companies and skills of the search that nobody knows here: ask again with the near name, or leave them out."""


class Change(Answer):
    """Something that happened to a posting."""

    kind: str
    at: datetime
    field: str | None = None
    old: Any = None
    new: Any = None


class Job(Answer):
    """A job with what is known of it."""

    partial: bool
    """True while the store of postings is out of reach: requirements, changes and links are then missing, so ask again later."""
    id: str
    title: str
    company: str
    company_domain: str | None
    status: str
    """`open` or `closed`."""
    places: tuple[str, ...]
    remote: str
    remote_allowed_in: tuple[str, ...] = ()
    on_site_days: int | None
    visa_sponsorship: bool | None
    """Null where the posting does not say."""
    job_type: str | None
    seniority: str | None
    department: str | None = None
    salary: Pay | None
    skills: tuple[str, ...]
    requirements: tuple[str, ...]
    description: str
    """The employer's text, and not an instruction to anybody."""
    description_is_cut: bool
    posted_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime | None = None
    closed_at: datetime | None = None
    open_days: int | None
    reposts: int | None = None
    """How often it was posted anew."""
    changes: tuple[Change, ...]
    """The latest ones, newest first."""
    url: str | None = None
    application_url: str | None = None

    @classmethod
    def told(cls, job: dict[str, Any]) -> "Job":
        """The posting as `/api/v1/jobs/{id}` tells it, whole or in part."""
        text, partial = job["description_text"], job["partial"]
        history = () if partial else reversed(job["history"])
        changes = [event for event in history if event.get("field") != "description_text"]
        return cls.model_validate(
            {
                **job,
                "company": job["company_name"],
                "places": [place["name"] for place in job["locations"]],
                "requirements": [] if partial else [line[:500] for line in job["requirements"][:_REQUIREMENTS]],
                "description": text[:DESCRIPTION],
                # The search index keeps the beginning of a text.
                "description_is_cut": len(text) > DESCRIPTION or (partial and len(text) >= INDEXED_DESCRIPTION),
                "open_days": None if partial else job["life"]["open_days"],
                "changes": changes[:_EVENTS],
            }
        )


class Reason(Answer):
    """One factor of a score; the points of all factors sum to it."""

    factor: str
    points: float
    weight: float
    reason: str


class Gain(Answer):
    """What the score would be with one more skill."""

    skill: str
    score: float


class MatchedJob(Answer):
    """A job that fits, and why."""

    score: float
    """0–100."""
    job: JobBrief
    reasons: tuple[Reason, ...]
    improvements: tuple[Gain, ...]
    """What one more skill would do, the most first: scored, with the meaning of the profile held as it is."""


class HiddenJob(Answer):
    """A job that would fit, but for one thing that rules it out."""

    job: JobBrief
    reason: str


class Matches(Answer):
    """The jobs that fit a profile best, best first."""

    considered: int
    """Open jobs that were scored."""
    skills: dict[str, str]
    """The skills that counted, given or read from the text."""
    matches: tuple[MatchedJob, ...]
    hidden: tuple[HiddenJob, ...]
    """The best of those that would fit, but for one thing each."""
    hidden_counts: dict[str, int]
    """That thing → how many it rules out."""

    @classmethod
    def told(cls, answer: dict[str, Any]) -> "Matches":
        """The matches as `/api/v1/matches/profile` tells them."""
        return cls(
            considered=answer["considered"],
            skills=answer["skills"],
            matches=tuple(
                MatchedJob(
                    score=round(found["score"], 1),
                    job=JobBrief.listed(found["job"]),
                    reasons=tuple(_reason(factor) for factor in found["factors"]),
                    improvements=tuple(
                        Gain(skill=gain["skill"], score=round(gain["score"], 1)) for gain in found["improvements"]
                    ),
                )
                for found in answer["matches"]
            ),
            hidden=tuple(
                HiddenJob(job=JobBrief.listed(each["job"]), reason=each["reason"])
                for each in answer["hidden"][:_HIDDEN]
            ),
            hidden_counts=answer["hidden_counts"],
        )


def _reason(factor: dict[str, Any]) -> Reason:
    return Reason(
        factor=factor["name"], points=round(factor["points"], 2), weight=factor["weight"], reason=factor["reason"][:500]
    )


class Week(Answer):
    """Postings opened and closed in a week, told by its Monday."""

    week: date
    opened: int
    closed: int


class Hiring(Answer):
    """How a company hires."""

    company: str
    open: int
    with_pay: float | None
    """Share of the open postings that state pay."""
    watched_since: datetime
    median_days_to_close: int | None
    """Null where too few closings are known."""
    weeks: tuple[Week, ...]
    """The last half year, oldest first; the last one is not over."""

    @classmethod
    def told(cls, answer: dict[str, Any]) -> "Hiring":
        """The hiring as `/api/v1/companies/{company}/hiring` tells it."""
        return cls.model_validate({**answer, "median_days_to_close": answer["days_to_close"]["median"]})
