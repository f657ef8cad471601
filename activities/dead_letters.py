"""Keeping dead letters: what nobody tries again by itself."""

import base64
from datetime import UTC, datetime

from temporalio import activity

from activities.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.dead_letters import DeadLetter
from quiethire.telemetry import DEAD_LETTERS


class KeepLetterInput(Model):
    """A letter, and what its workflow was started with: Temporal's payloads in base64; None where that is more than is kept."""

    letter: DeadLetter
    payload: str | None


class DeadLetterActivities:
    """`keep_dead_letter`."""

    def __init__(self, clients: Clients) -> None:
        self._letters = clients.dead_letters

    @activity.defn(name="keep_dead_letter")
    async def keep_dead_letter(self, input: KeepLetterInput) -> None:
        """Keep it for a person who looks; told twice, it counts once."""
        payload = None if input.payload is None else base64.b64decode(input.payload)
        await self._letters.keep(input.letter, payload, datetime.now(UTC))
        DEAD_LETTERS.labels(kind=input.letter.kind).inc()
        activity.logger.error(
            "%s of %s ended for good: %s",
            input.letter.activity or "the run",
            input.letter.workflow_id,
            input.letter.detail,
            extra={"kind": input.letter.kind, "where": input.letter.where},
        )
