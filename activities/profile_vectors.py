"""What people's profiles mean: vectors by the same model as the postings', made once for each text."""

import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from activities.clients import Clients
from activities.vectors import vectors_of
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import QuietHireError
from quiethire.domain.matching import Profile
from quiethire.domain.ports import Vector
from quiethire.telemetry import ERRORS
from services.matching.embedding.texts import text_hash
from services.matching.reading.levels import plain_title

logger = logging.getLogger(__name__)


def profile_text(profile: Profile) -> str:
    """Titles, skills and industries, in the order of a posting's text.

    Nothing that somebody wrote freely is read, and of titles only what the engine compares, in one form for all genders: a vector
    knows names, pronouns, ages and schools, and none of those may count.
    """
    titles = tuple(dict.fromkeys(filter(None, map(plain_title, profile.titles))))
    return "\n".join(", ".join(part) for part in (titles, profile.skills, profile.industries) if part)


class MeaningOfProfiles:
    """Vectors of candidates' tracks."""

    def __init__(self, clients: Clients) -> None:
        self._embedder = clients.embedder
        self._kept = clients.profile_vectors

    async def of(self, candidates: Sequence[Candidate]) -> Mapping[UUID, tuple[Vector | None, ...]]:
        """One vector a track, in their order; None where there is nothing to embed, or no model at the moment."""
        texts = {one.id: [profile_text(profile) for profile in one.profiles] for one in candidates}
        if not self._embedder.available:
            return {who: (None,) * len(tracks) for who, tracks in texts.items()}
        wanted = {who: {text_hash(text): text for text in tracks if text} for who, tracks in texts.items()}
        kept = dict(await self._kept.of(self._embedder.model, list(texts)))
        lacking = [who for who, own in wanted.items() if own.keys() - kept.get(who, {}).keys()]
        if lacking:
            await self._make({who: wanted[who] for who in lacking}, kept)
            # As they are kept, in fewer bits than they were made: who is scored again scores the same.
            kept.update(await self._kept.of(self._embedder.model, lacking))
        return {
            who: tuple(kept.get(who, {}).get(text_hash(text)) if text else None for text in tracks)
            for who, tracks in texts.items()
        }

    async def _make(self, wanted: Mapping[UUID, Mapping[str, str]], kept: Mapping[UUID, Mapping[str, Vector]]) -> None:
        """Make what these people lack, and keep it in place of what they want no more."""
        known = {
            who: {name: vector for name, vector in kept.get(who, {}).items() if name in own}
            for who, own in wanted.items()
        }
        fresh = {name: text for who, own in wanted.items() for name, text in own.items() if name not in known[who]}
        try:
            made = await vectors_of(self._embedder, fresh)
        except QuietHireError as error:
            # Without the model a score has one factor less, which is better than none: what is missing is made next time.
            ERRORS.labels(kind="embedding").inc()
            logger.warning("profiles are scored without their meaning: %s", error)
            return
        for who, own in wanted.items():
            if new := {name: made[name] for name in own.keys() & made.keys()}:
                await self._kept.keep(self._embedder.model, who, known[who] | new)
