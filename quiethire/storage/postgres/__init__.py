"""PostgreSQL: what we know about companies, boards and people, and the index of the page archive."""

from quiethire.storage.postgres.accounts import PostgresAccounts
from quiethire.storage.postgres.alerts import PostgresAlerts
from quiethire.storage.postgres.api_keys import PostgresApiKeys
from quiethire.storage.postgres.boards import PostgresBoards
from quiethire.storage.postgres.candidates import PostgresCandidates
from quiethire.storage.postgres.companies import PostgresCompanies
from quiethire.storage.postgres.connection import Pool, open_pool
from quiethire.storage.postgres.dead_letters import PostgresDeadLetters
from quiethire.storage.postgres.index_records import PostgresIndexRecords
from quiethire.storage.postgres.journal import PostgresJournal
from quiethire.storage.postgres.last_backup import PostgresLastBackup, note_backup
from quiethire.storage.postgres.matches import PostgresMatches
from quiethire.storage.postgres.migration import migrate, migrated
from quiethire.storage.postgres.pages import PostgresPages
from quiethire.storage.postgres.person_keys import PersonKeys
from quiethire.storage.postgres.probe import PostgresProbe
from quiethire.storage.postgres.profile_vectors import PostgresProfileVectors
from quiethire.storage.postgres.queue import PostgresCrawlQueue
from quiethire.storage.postgres.sealing import MasterKeys

__all__ = [
    "MasterKeys",
    "PersonKeys",
    "Pool",
    "PostgresAccounts",
    "PostgresAlerts",
    "PostgresApiKeys",
    "PostgresBoards",
    "PostgresCandidates",
    "PostgresCompanies",
    "PostgresCrawlQueue",
    "PostgresDeadLetters",
    "PostgresIndexRecords",
    "PostgresJournal",
    "PostgresLastBackup",
    "PostgresMatches",
    "PostgresPages",
    "PostgresProbe",
    "PostgresProfileVectors",
    "migrate",
    "migrated",
    "note_backup",
    "open_pool",
]
