"""A person's résumé: read, corrected by them, and made theirs."""

from uuid import UUID

from pydantic import ConfigDict

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.candidate import Candidate, Preferences, SkillLevel, Track
from quiethire.domain.errors import InvalidInput
from quiethire.domain.resume import MAX_TEXT, Resume, ResumeFields
from quiethire.domain.words import name_of_somebody
from services.alerts.mail import email_address
from services.api.people.candidates import changed, with_track
from services.api.people.examples import READ_RESUME
from services.matching.resume.proposal import CandidateFields, as_candidate_fields, as_track
from services.matching.resume.whole import read_whole

MAIN_TRACK = "Main"


class ReadResume(Model):
    """What was read of a résumé, and what it would make of the profile."""

    model_config = ConfigDict(json_schema_extra={"example": READ_RESUME})

    resume: Resume
    proposal: CandidateFields


async def read_file(clients: Clients, data: bytes, filename: str | None) -> Resume:
    """Read a file as `read_whole` does, with its errors."""
    return await read_whole(clients.resumes, data, filename, clients.settings.cache_path)


def read_resume(resume: Resume) -> ReadResume:
    """A reading with what it proposes."""
    return ReadResume(resume=resume, proposal=as_candidate_fields(resume))


async def applied(
    clients: Clients, candidate_id: UUID, resume: Resume, correction: ResumeFields, track: str
) -> Candidate:
    """Keep a corrected reading, and make it the track of this name and the fields of the person.

    Their name and addresses become those of the reading; what they want and where they may work is only filled in where they
    have said nothing of it. Raises InvalidInput for a reading that does not fit its text.
    """
    corrected = resume.model_copy(update={name: getattr(correction, name) for name in ResumeFields.model_fields})
    _check_spans(corrected)
    fields, told = as_candidate_fields(corrected), as_track(corrected, track)
    addresses = {name: value for name in ("name", "phone") if (value := getattr(fields, name))}
    if fields.name:
        addresses["name"] = _named(fields.name)
    if fields.email:
        addresses["email"] = email_address(fields.email)

    def apply(person: Candidate) -> Candidate:
        filled = {
            "preferences": _filled(person.preferences, fields.preferences),
            "work_authorisation": person.work_authorisation or fields.work_authorisation,
        }
        applied = with_track(person, _kept_levels(person, told)).model_copy(update=addresses | filled)
        return Candidate.model_validate(applied.model_dump())

    # What is refused is refused before anything is kept.
    person = await changed(clients, candidate_id, apply)
    await clients.candidates.save_resume(candidate_id, corrected)
    return person


def _named(given: str) -> str:
    try:
        return name_of_somebody(given)
    except ValueError as error:
        raise InvalidInput(f"“{given[:40]}”: {error}", where="name", hint="write it as people say it") from error


def _kept_levels(candidate: Candidate, track: Track) -> Track:
    """The track, with what a résumé does not tell as the person has said it before."""
    before = next((each for each in candidate.tracks if each.name == track.name), Track())
    skills = {
        name: SkillLevel(
            proficiency=before.skills.get(name, level).proficiency,
            years=before.skills.get(name, level).years if level.years is None else level.years,
        )
        for name, level in track.skills.items()
    }
    return track.model_copy(update={"skills": skills, "industries": track.industries or before.industries})


def _filled(wanted: Preferences, told: Preferences) -> Preferences:
    """What they want, and where they have not said it, what the résumé tells of it."""
    empty = [name for name in Preferences.model_fields if not getattr(wanted, name)]
    return wanted.model_copy(update={name: getattr(told, name) for name in empty})


def _check_spans(resume: Resume) -> None:
    for span in _spans(resume.model_dump(exclude={"text"})):
        if not span["start"] <= span["end"] <= min(len(resume.text), MAX_TEXT):
            raise InvalidInput(
                "a span lies outside of the text", where="span", hint="leave out spans of what you wrote"
            )


def _spans(value: object) -> list[dict[str, int]]:
    if isinstance(value, dict):
        own = [value["span"]] if value.get("span") else []
        return own + [span for inner in value.values() for span in _spans(inner)]
    return [span for inner in value for span in _spans(inner)] if isinstance(value, tuple | list) else []
