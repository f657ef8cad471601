"""People: what they say of themselves, and everything that happens when it changes, is exported or is erased."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, HTTPException
from pydantic import AfterValidator, ConfigDict, Field, field_validator

from activities.erasure import erase_person
from quiethire.clients import Clients
from quiethire.domain import acting
from quiethire.domain.access import ApiKey, digest_of, personal_key
from quiethire.domain.accounts import Account, Session
from quiethire.domain.alerts import Alert, AlertStatus, Channel, Frequency, SavedSearch, account_owner, digest_id
from quiethire.domain.base import Model
from quiethire.domain.candidate import (
    MAX_TRACKS,
    Candidate,
    Country,
    Feedback,
    Introduction,
    Preferences,
    Track,
)
from quiethire.domain.errors import InvalidInput
from quiethire.domain.matching import Decision, Match
from quiethire.domain.notifications import Notification
from quiethire.domain.ports import Vector
from quiethire.domain.resume import Resume
from quiethire.domain.words import name_of_somebody
from services.alerts.mail import email_address
from services.api.dependencies import ClientsDep
from services.api.gate.access import CallerDep, Keyring, own_candidate
from services.api.people.examples import CHANGE, HELD, TOLD, WANTED
from services.api.people.preferences_change import PreferencesChange
from services.api.people.telling import rematch, renew_feed
from services.api.people.told import ToldCandidate

MOST_EXPORTED = 1_000_000
"""Lines of the log of decisions that one export holds."""

_CHECKED_BY = {"tracks": ("skills", "experience"), "work_authorisation": ("work_authorisation",)}
"""What a person changes → the parts of the profile whose verification was of the former words."""

_SECRET = "qh_aGq7Zt2M_JSLA3UjAiTbIxEP8IT4qakbnIUu58rHN0m7QhN"  # noqa: S105  the documents' example


def _mailable(given: str) -> str:
    try:
        return email_address(given)
    except InvalidInput as error:
        raise ValueError(f"{error.detail}: {error.hint}") from error


MailAddress = Annotated[str, Field(max_length=254), AfterValidator(_mailable)]


PersonName = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(name_of_somebody)]


class NewCandidate(Model):
    """A person who wants to be matched. Everything but the name can come later."""

    model_config = ConfigDict(json_schema_extra={"example": WANTED})

    name: PersonName = Field(examples=["Ada Lovelace"])
    email: MailAddress | None = None
    phone: str | None = Field(None, max_length=40)
    tracks: tuple[Track, ...] = Field((), max_length=MAX_TRACKS)
    preferences: Preferences = Preferences()
    work_authorisation: tuple[Country, ...] = Field((), max_length=60)
    active: bool = True
    """Whether they are matched at all."""
    open_to_employers: bool = False
    """Consent: employers may find them for a job, without name and addresses."""
    digest: bool = False
    """Consent: one mail a day with what is new."""

    @field_validator("tracks")
    @classmethod
    def _told_apart(cls, given: tuple[Track, ...]) -> tuple[Track, ...]:
        if len({track.name for track in given}) < len(given):
            raise ValueError("two tracks have the same name")
        return given


class CandidateChange(Model):
    """What is to be otherwise; what is left out stays, in `preferences` too, and null clears. Tracks have addresses of their own."""

    model_config = ConfigDict(json_schema_extra={"example": CHANGE})

    name: PersonName = ""
    email: MailAddress | None = None
    phone: str | None = Field(None, max_length=40)
    preferences: PreferencesChange | None = None
    work_authorisation: tuple[Country, ...] | None = Field(None, max_length=60)
    active: bool = True
    open_to_employers: bool = False
    digest: bool = False

    def of(self, candidate: Candidate) -> Candidate:
        """Somebody with these changes. Raises InvalidInput where their preferences would not be whole."""
        changes = {name: getattr(self, name) for name in self.model_fields_set}
        if "preferences" in changes:
            changes["preferences"] = self.preferences.of(candidate.preferences) if self.preferences else Preferences()
        if "work_authorisation" in changes:
            changes["work_authorisation"] = self.work_authorisation or ()
        return candidate.model_copy(update=changes)


class AddedCandidate(Model):
    """A new candidate with their key, which is shown this once."""

    model_config = ConfigDict(json_schema_extra={"example": {"candidate": TOLD, "secret": _SECRET}})

    candidate: ToldCandidate
    secret: str = Field(examples=[_SECRET])
    """The whole key, as it is sent. Whoever has it reads and changes everything that is kept of this person."""


class HeldDigest(Model):
    """What is held of their daily mail. The words that its links show are sent to their address alone."""

    status: AlertStatus
    created_at: datetime
    failure: str | None
    told: tuple[Alert, ...]
    """Postings and scores that a mail told of, or will, the last first."""


class HeldSearch(Model):
    """What is held of a search that they saved with their account, but for the secrets of its feed or webhook."""

    id: UUID
    name: str
    parameters: str
    """Of the search, as JSON."""
    channel: Channel
    address: str | None
    frequency: Frequency
    status: AlertStatus
    created_at: datetime
    failure: str | None
    told: tuple[Alert, ...]
    """What it told of, or will, the last first."""


class HeldAccount(Model):
    """What is held of their account, but for what proves that it is theirs."""

    account: Account
    email: str
    identities: dict[str, str]
    """Provider → who they are there, where they signed in by one."""
    sessions: tuple[Session, ...]


class Held(Model):
    """Everything that is held of a person, in every store."""

    model_config = ConfigDict(json_schema_extra={"example": HELD})

    exported_at: datetime
    candidate: Candidate
    resume: Resume | None
    """As it was read; the file itself is not kept."""
    keys: tuple[ApiKey, ...]
    matches: tuple[Match, ...]
    feedback: tuple[Feedback, ...]
    introductions: tuple[Introduction, ...]
    decisions: tuple[Decision, ...]
    """The log of decisions, the newest first."""
    feed: tuple[UUID, ...]
    """Redis: the jobs of the daily feed."""
    notifications: tuple[str, ...]
    """Redis: what they were told and can still be told again, as JSON."""
    told: tuple[str, ...]
    """Redis: by which keys it is known for a month what they were told."""
    hidden: str | None
    """Redis: what filters kept from them when they were scored last, as JSON."""
    digest: HeldDigest | None
    searches: tuple[HeldSearch, ...]
    """The newest first. Those of an address alone, saved on the page, are nobody's."""
    vectors: dict[str, Vector]
    """What their titles, skills and industries are to the model, or to one of before: SHA-256 of the text → vector."""
    account: HeldAccount | None


async def me(caller: CallerDep, clients: ClientsDep) -> Candidate:
    """Whom the key speaks for. Raises HTTPException where that is nobody, or nobody any more."""
    found = await clients.candidates.get(own_candidate(caller))
    if found is None:
        raise HTTPException(404, "There is no such candidate any more.")
    return found


MeDep = Annotated[Candidate, Depends(me)]


async def add(clients: Clients, new: NewCandidate, candidate_id: UUID | None = None) -> Candidate:
    """Keep a new candidate. `candidate_id`: who they are where that is settled."""
    candidate = Candidate(
        id=candidate_id or uuid4(), **{name: getattr(new, name) for name in NewCandidate.model_fields}
    )
    await clients.candidates.save(candidate)
    if candidate.tracks:
        await rematch(clients, candidate.id)
    return candidate


async def new_key(clients: Clients, candidate_id: UUID) -> str:
    """A key that speaks for a candidate. Raises Gone where there is none."""
    key, secret = personal_key(candidate_id, name="candidate", now=datetime.now(UTC))
    await clients.keys.add(key, digest_of(secret))
    return secret


async def changed(clients: Clients, candidate_id: UUID, change: Callable[[Candidate], Candidate]) -> Candidate:
    """Keep what `change` makes of somebody as they are now, and show it: scored anew where that may change a score.

    Whether words are true that are no more is not known of the new ones. Raises what `change` raises, and Gone where there is no
    such candidate.
    """
    was, now = await clients.candidates.change(candidate_id, lambda person: _to_be_verified(person, change(person)))
    if now != was:
        await renew_feed(clients, candidate_id)
    if (now.active, now.profiles) != (was.active, was.profiles):
        await rematch(clients, candidate_id)
    return now


def _to_be_verified(was: Candidate, now: Candidate) -> Candidate:
    """Nobody has checked the new words: that is not known, and not that they failed, which would cost points."""
    stale = {part for name in _CHECKED_BY if getattr(now, name) != getattr(was, name) for part in _CHECKED_BY[name]}
    verified = {part: checked for part, checked in now.verified.items() if part not in stale}
    return now.model_copy(update={"verified": verified})


def with_track(candidate: Candidate, track: Track) -> Candidate:
    """Them with this track, in place of that of its name. Raises InvalidInput for one too many."""
    if any(each.name == track.name for each in candidate.tracks):
        tracks = tuple(track if each.name == track.name else each for each in candidate.tracks)
        return candidate.model_copy(update={"tracks": tracks})
    if len(candidate.tracks) >= MAX_TRACKS:
        raise InvalidInput(
            f"{MAX_TRACKS} tracks are the most", where="tracks", hint="remove one that you look for least"
        )
    return candidate.model_copy(update={"tracks": (*candidate.tracks, track)})


def without_track(candidate: Candidate, name: str) -> Candidate:
    """Them without the track of this name."""
    return candidate.model_copy(update={"tracks": tuple(each for each in candidate.tracks if each.name != name)})


async def held(clients: Clients, candidate: Candidate) -> Held:
    """Everything that is held of a person."""
    who = candidate.id
    hidden = (await clients.cache.feed(who)).hidden
    return Held(
        exported_at=datetime.now(UTC),
        candidate=candidate,
        resume=await clients.candidates.resume(who),
        keys=tuple(await clients.keys.of_candidate(who)),
        matches=tuple(await clients.matches.matches(who, MOST_EXPORTED)),
        feedback=tuple(await clients.matches.feedback(who)),
        introductions=tuple(await clients.matches.introductions(candidate_id=who)),
        decisions=tuple(await clients.matches.decisions(who, MOST_EXPORTED)),
        feed=tuple(job_id for job_id, _ in await clients.cache.daily_matches(who)),
        notifications=tuple(map(_body, await clients.cache.notified(who))),
        told=tuple(await clients.cache.told(who)),
        hidden=None if hidden is None else hidden.decode(),
        digest=await _held_digest(clients, who),
        searches=await _held_searches(clients, account_owner(who)),
        vectors=dict(await clients.profile_vectors.held(who)),
        account=await _held_account(clients, who),
    )


async def _held_account(clients: Clients, candidate_id: UUID) -> HeldAccount | None:
    account, known = await clients.accounts.get(candidate_id), await clients.accounts.credentials(candidate_id)
    if account is None or known is None:
        return None
    sessions = tuple(await clients.accounts.sessions(candidate_id, datetime.now(UTC)))
    return HeldAccount(account=account, email=known.email, identities=known.identities, sessions=sessions)


async def _held_digest(clients: Clients, candidate_id: UUID) -> HeldDigest | None:
    search = await clients.alerts.get(digest_id(candidate_id))
    if search is None:
        return None
    told = await _told_by(clients, search)
    return HeldDigest(status=search.status, created_at=search.created_at, failure=search.failure, told=told)


async def _held_searches(clients: Clients, owner: str) -> tuple[HeldSearch, ...]:
    """The store shows them to whoever acts as their owner alone, and not to who acts for the person."""
    with acting.request():
        acting.act_as(owner)
        found = await clients.alerts.of_owner(owner, MOST_EXPORTED)
        kept = set(HeldSearch.model_fields) - {"told"}
        return tuple([
            HeldSearch(**each.model_dump(include=kept), told=await _told_by(clients, each)) for each in found
        ])  # fmt: skip


async def _told_by(clients: Clients, search: SavedSearch) -> tuple[Alert, ...]:
    return tuple(await clients.alerts.alerts(search.id, MOST_EXPORTED, waiting=True))


async def erase(clients: Clients, keyring: Keyring, candidate_id: UUID) -> None:
    """Erase a person from every store, and know their keys no more; a second time does nothing."""
    await erase_person(clients, candidate_id)
    keyring.forget()


def _body(told: Notification) -> str:
    return told.body.decode()
