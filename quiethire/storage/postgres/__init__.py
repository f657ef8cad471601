"""PostgreSQL: what we know about companies, boards and people, and the index of the page archive."""

from quiethire.storage.postgres.alerts import PostgresAlerts
from quiethire.storage.postgres.api_keys import PostgresApiKeys
from quiethire.storage.postgres.boards import PostgresBoards
from quiethire.storage.postgres.candidates import PostgresCandidates
from quiethire.storage.postgres.companies import PostgresCompanies
from quiethire.storage.postgres.connection import Pool, open_pool
from quiethire.storage.postgres.index_records import PostgresIndexRecords
from quiethire.storage.postgres.migration import migrate, migrated
from quiethire.storage.postgres.pages import PostgresPages
from quiethire.storage.postgres.queue import PostgresCrawlQueue

__all__ = [
    "Pool",
    "PostgresAlerts",
    "PostgresApiKeys",
    "PostgresBoards",
    "PostgresCandidates",
    "PostgresCompanies",
    "PostgresCrawlQueue",
    "PostgresIndexRecords",
    "PostgresPages",
    "migrate",
    "migrated",
    "open_pool",
]
