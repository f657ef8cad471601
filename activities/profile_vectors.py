"""What people's profiles mean: vectors by the same model as the postings', made once for each text."""

import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from activities.clients import Clients
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import QuietHireError
from quiethire.domain.matching import Profile
from quiethire.domain.ports import Vector
from quiethire.telemetry import ERRORS
from services.matching.embedding.texts import text_hash
from services.matching.reading.gender import ungendered_title

logger = logging.getLogger(__name__)


def profile_text(profile: Profile) -> str:
    """Titles, skills and industries, in the order of a posting's text.

    Nothing that somebody wrote freely is read, and titles in one form for all genders: a vector knows names, pronouns, ages and
    schools, and none of those may count.
    """
    titles = tuple(map(ungendered_title, profile.titles))
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
        kept = await self._kept.of(self._embedder.model, list(texts))
        found: dict[UUID, tuple[Vector | None, ...]] = {}
        for who, tracks in texts.items():
            wanted = {text_hash(text): text for text in tracks if text}
            known = {name: vector for name, vector in kept.get(who, {}).items() if name in wanted}
            fresh = {name: text for name, text in wanted.items() if name not in known}
            if fresh:
                known |= await self._made(fresh)
                if wanted.keys() == known.keys():
                    await self._kept.keep(self._embedder.model, who, known)
            found[who] = tuple(known.get(text_hash(text)) if text else None for text in tracks)
        return found

    async def _made(self, fresh: Mapping[str, str]) -> dict[str, Vector]:
        """Without the model a score has one factor less, which is better than none: what is missing is made next time."""
        try:
            return dict(zip(fresh, await self._embedder.embed(list(fresh.values())), strict=True))
        except QuietHireError as error:
            ERRORS.labels(kind="embedding").inc()
            logger.warning("profiles are scored without their meaning: %s", error)
            return {}
