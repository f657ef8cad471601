"""What lives in PostgreSQL and the page archive: all that a command opens beside a running platform, and quick to load."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from quiethire.domain.access import digest_of, personal_key
from quiethire.domain.dead_letters import DeadLetters
from quiethire.domain.errors import InvalidInput
from quiethire.domain.journal import Deed, Journal, pseudonym_of
from quiethire.domain.ports import BoardStore, CandidateStore, CompanyStore, CrawlQueue, MatchStore, PageArchive
from quiethire.readiness import Ready
from quiethire.settings import Settings, required
from quiethire.storage import postgres
from quiethire.storage.pages import open_archive


@dataclass(frozen=True)
class Registry:
    """What lives in PostgreSQL and the page archive: all that a command may open beside a running platform."""

    companies: CompanyStore
    boards: BoardStore
    queue: CrawlQueue
    candidates: CandidateStore
    matches: MatchStore
    journal: Journal
    dead_letters: DeadLetters
    archive: PageArchive
    readiness: Ready
    """A look at PostgreSQL."""


@asynccontextmanager
async def open_registry(settings: Settings) -> AsyncIterator[Registry]:
    """The registry alone, for a process that must not open ClickHouse: in-process, it has one owner."""
    masters = postgres.MasterKeys(settings.person_key)
    async with postgres.open_pool(required(settings.postgres_dsn, "POSTGRES_DSN")) as pool:
        yield Registry(
            companies=postgres.PostgresCompanies(pool),
            boards=postgres.PostgresBoards(pool),
            queue=postgres.PostgresCrawlQueue(pool),
            candidates=postgres.PostgresCandidates(pool, masters),
            matches=postgres.PostgresMatches(pool, masters),
            journal=postgres.PostgresJournal(pool),
            dead_letters=postgres.PostgresDeadLetters(pool),
            archive=open_archive(settings, postgres.PostgresPages(pool)),
            readiness=Ready((postgres.PostgresProbe(pool),)),
        )


async def rewrap_person_keys(settings: Settings) -> int:
    """Seal every key of a person or an alert with the first of the master keys of the settings, and find accounts and alerts by it.

    Returns how many keys.
    """
    async with postgres.open_pool(required(settings.postgres_dsn, "POSTGRES_DSN")) as pool:
        masters = postgres.MasterKeys(settings.person_key)
        count = await postgres.PersonKeys(masters).rewrap(pool)
        await postgres.PostgresAccounts(pool, masters).reprint()
        await postgres.PostgresAlerts(pool, masters).reprint()
        return count


async def renew_personal_key(settings: Settings, candidate_id: UUID) -> str:
    """A new key for somebody who lost theirs; every key that spoke for them ends, in other processes within five seconds.

    Whoever has it reads everything of that person: nobody gets one who could not open the database anyway. So this needs the master
    key, and there is no route for it; the journal tells. Raises InvalidInput where there is no such candidate, or the master key opens nothing of them.
    """
    async with postgres.open_pool(required(settings.postgres_dsn, "POSTGRES_DSN")) as pool:
        candidates = postgres.PostgresCandidates(pool, postgres.MasterKeys(settings.person_key))
        if await candidates.get(candidate_id) is None:
            raise InvalidInput("there is no such candidate", where=str(candidate_id), hint="quiethire candidate list")
        await postgres.PostgresJournal(pool).add("operator", Deed.KEY_MADE, pseudonym_of(candidate_id), "")
        keys = postgres.PostgresApiKeys(pool)
        key, secret = personal_key(candidate_id, name="candidate", now=datetime.now(UTC))
        await keys.drop_of_candidate(candidate_id)
        await keys.add(key, digest_of(secret))
        return secret
