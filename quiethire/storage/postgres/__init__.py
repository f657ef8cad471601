"""PostgreSQL: what we know about companies, boards and people, and the index of the page archive."""

from quiethire.storage.postgres.boards import PostgresBoards
from quiethire.storage.postgres.candidates import PostgresCandidates
from quiethire.storage.postgres.companies import PostgresCompanies
from quiethire.storage.postgres.connection import Pool, open_pool
from quiethire.storage.postgres.migration import migrate, migrated
from quiethire.storage.postgres.pages import PostgresPages
from quiethire.storage.postgres.queue import PostgresCrawlQueue

__all__ = [
    "Pool",
    "PostgresBoards",
    "PostgresCandidates",
    "PostgresCompanies",
    "PostgresCrawlQueue",
    "PostgresPages",
    "migrate",
    "migrated",
    "open_pool",
]
