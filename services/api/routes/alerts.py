"""Alerts for programs: /api/v1/alerts, with a key of the scope `alerts`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Path
from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic.config import JsonDict

from quiethire.domain.access import Scope
from quiethire.domain.acting import act_as
from quiethire.domain.alerts import AlertStatus, Channel, Frequency, SavedSearch
from quiethire.domain.base import Model
from quiethire.domain.errors import Disallowed, Gone, InvalidInput
from services.alerts.mail import email_address
from services.alerts.webhook import new_secret
from services.api.dependencies import ClientsDep
from services.api.gate.access import CallerDep, require
from services.api.gate.input_limits import without_nul
from services.api.gate.once import ONCE
from services.api.publishing.saved_searches import (
    called,
    confirmed,
    need_mail,
    new_search,
    paused,
    save_and_ask,
    send_question,
)
from services.api.search.answers import Unknown
from services.api.search.parameters import SearchParameters
from services.api.search.unknown import unknown_in
from services.api.site import SiteDep


async def _for_owner(caller: CallerDep) -> None:
    """The store shows the alerts of whoever asks alone."""
    act_as(caller.who)


router = APIRouter(
    prefix="/api/v1/alerts", tags=["alerts"], dependencies=[Depends(require(Scope.ALERTS)), Depends(_for_owner)]
)

MOST = 1_000
"""Alerts of one key."""

_ID = "c2a1f1de-6a0b-4c44-9a51-3b1f0a7d9e02"
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105  the documents' example
_NEW: JsonDict = {
    "search": {"q": "data engineer", "location": "Berlin"},
    "channel": "webhook",
    "address": "https://northwind.example/hooks/jobs",
    "frequency": "instant",
    "name": "Data engineers in Berlin",
}
_ALERT: JsonDict = {
    **_NEW,
    "id": _ID,
    "search": SearchParameters(q="data engineer", location="Berlin").model_dump(mode="json"),
    "status": "active",
    "created_at": "2026-11-01T09:30:00Z",
    "failing_since": None,
    "failure": None,
}


class NewAlert(Model):
    """The alert that is wanted."""

    model_config = ConfigDict(json_schema_extra={"example": _NEW})

    search: SearchParameters
    """The parameters of `/api/v1/search`; sort and paging are left aside."""
    channel: Channel
    address: str | None = Field(None, max_length=2_000, examples=["https://northwind.example/hooks/jobs"])
    """The https URL of a webhook, or an e-mail address, which is asked first. A feed has none."""
    frequency: Frequency = Frequency.INSTANT
    name: str | None = Field(None, max_length=100, examples=["Data engineers in Berlin"])

    _storable = field_validator("address", "name")(without_nul)

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if (self.channel is Channel.FEED) != (self.address is None):
            raise ValueError("address: a feed has none, every other channel needs one")
        return self


class AlertChange(Model):
    """What is to be otherwise; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "paused", "frequency": "daily"}})

    status: AlertStatus | None = None
    """`active` or `paused`. Whatever was disabled is active again by this; an e-mail address confirms by itself."""
    frequency: Frequency | None = None
    name: str | None = Field(None, min_length=1, max_length=100)

    _storable = field_validator("name")(without_nul)


class AlertAnswer(Model):
    """An alert."""

    model_config = ConfigDict(json_schema_extra={"example": _ALERT})

    id: UUID
    name: str
    search: SearchParameters
    channel: Channel
    address: str | None
    frequency: Frequency
    status: AlertStatus
    created_at: datetime
    failing_since: datetime | None
    """Since when nothing was taken at its address; switched off after some days of that."""
    failure: str | None

    @classmethod
    def of(cls, search: SavedSearch) -> "AlertAnswer":
        """Without its secrets."""
        known = search.model_dump(include=set(cls.model_fields) - {"search"})
        return cls(**known, search=SearchParameters.model_validate_json(search.parameters))


class CreatedAlert(Model):
    """An alert with its secrets, which are shown this once."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"alert": _ALERT, "secret": _SECRET, "feed_url": None, "unknown": []}}
    )

    alert: AlertAnswer
    secret: str | None = None
    """What a webhook's messages are signed with."""
    feed_url: str | None = None
    """The address of the feed, as JSON Feed; with `.atom` or `.rss` in place of `.json` as those."""
    unknown: tuple[Unknown, ...] = ()
    """Places, companies and skills of the search that are not known here: it may be an alert that never tells anything."""


class Rotation(Model):
    """How a webhook's secret is replaced."""

    grace_seconds: int = Field(86_400, ge=0, le=30 * 86_400, examples=[3_600])
    """So long messages carry the signature by the old secret too."""


class RotatedSecret(Model):
    """The new secret, which is shown this once."""

    model_config = ConfigDict(json_schema_extra={"example": {"secret": _SECRET}})

    secret: str


class Alerts(Model):
    """A key's alerts, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"alerts": [_ALERT]}})

    alerts: tuple[AlertAnswer, ...]


@router.post("", status_code=201, dependencies=[ONCE])
async def create_alert(
    new: NewAlert, caller: CallerDep, clients: ClientsDep, site: SiteDep, later: BackgroundTasks
) -> CreatedAlert:
    """Save a search: postings that appear from now on are told, each once.

    An e-mail address is asked by mail, and nothing goes there before its reader agrees; the answer is the same whether or not
    the address could be asked.
    """
    if len(await clients.alerts.of_owner(caller.who, MOST)) >= MOST:
        raise InvalidInput(f"this key has {MOST} alerts already", hint="delete some")
    address = _checked_address(new, clients)
    search, token = new_search(
        new.search,
        channel=new.channel,
        frequency=new.frequency,
        owner=caller.who,
        address=address,
        name=new.name,
    )
    # Before it is kept: a search that fails leaves no alert behind that its answer never told of.
    unknown = await unknown_in(clients, new.search.unpaged())
    if search.channel is Channel.EMAIL:
        if await save_and_ask(clients, search):
            later.add_task(send_question, clients, search)
    else:
        await clients.alerts.save(search, token)
    feed = f"{site}/alerts/feeds/{token}.json" if search.channel is Channel.FEED else None
    return CreatedAlert(alert=AlertAnswer.of(search), secret=search.secret, feed_url=feed, unknown=unknown)


@router.get("")
async def list_alerts(caller: CallerDep, clients: ClientsDep) -> Alerts:
    """List the alerts of this key."""
    return Alerts(alerts=tuple(map(AlertAnswer.of, await clients.alerts.of_owner(caller.who, MOST))))


async def _own(alert_id: Annotated[UUID, Path(examples=[_ID])], caller: CallerDep, clients: ClientsDep) -> SavedSearch:
    search = await clients.alerts.get(alert_id)
    if search is None or search.owner != caller.who:
        raise Gone("There is no alert of this id.")
    return search


OwnDep = Annotated[SavedSearch, Depends(_own)]


@router.get("/{alert_id}")
async def get_alert(search: OwnDep) -> AlertAnswer:
    """One alert of this key."""
    return AlertAnswer.of(search)


@router.patch("/{alert_id}")
async def change_alert(change: AlertChange, search: OwnDep, clients: ClientsDep) -> AlertAnswer:
    """Pause or resume an alert, or change how often it tells. What is posted during a pause is not told later."""
    if change.status in (AlertStatus.UNCONFIRMED, AlertStatus.DISABLED):
        raise InvalidInput("is not set by hand", where="status", hint="active or paused")
    if change.status is not None and search.status is AlertStatus.UNCONFIRMED:
        raise HTTPException(409, "Only who reads the address can confirm this alert, by the mail that went there.")
    changed = search
    if change.status is AlertStatus.ACTIVE and search.status is not AlertStatus.ACTIVE:
        changed = confirmed(search)
    elif change.status is AlertStatus.PAUSED:
        changed = paused(search)
    others = change.model_dump(include={"frequency"}, exclude_none=True) | {"name": called(change.name, search.name)}
    changed = changed.model_copy(update=others)
    await clients.alerts.change(changed, search)
    return AlertAnswer.of(changed)


@router.post("/{alert_id}/rotate", dependencies=[ONCE])
async def rotate_secret(rotation: Rotation, search: OwnDep, clients: ClientsDep) -> RotatedSecret:
    """Give a webhook a new secret; messages carry both signatures during the grace time."""
    if search.channel is not Channel.WEBHOOK:
        raise InvalidInput("only a webhook has a secret")
    secret = new_secret()
    until = datetime.now(UTC) + timedelta(seconds=rotation.grace_seconds)
    changes = {"secret": secret, "former_secret": search.secret, "former_until": until}
    await clients.alerts.change(search.model_copy(update=changes), search)
    return RotatedSecret(secret=secret)


@router.delete("/{alert_id}", status_code=204)
async def delete_alert(search: OwnDep, clients: ClientsDep) -> None:
    """Delete an alert, and all that is known of what it told."""
    await clients.alerts.delete(search.id)


def _checked_address(new: NewAlert, clients: ClientsDep) -> str | None:
    if new.address is None:
        return None
    if new.channel is Channel.EMAIL:
        need_mail(clients)
        return email_address(new.address)
    try:
        clients.webhooks.check(new.address)
    except Disallowed as error:
        raise InvalidInput(f"is no public address: {error.detail}", where="address") from error
    return new.address
