"""ClickHouse: postings and their history, the truth."""

from quiethire.storage.clickhouse.clusters import ClickHouseClusters
from quiethire.storage.clickhouse.connection import open_clickhouse
from quiethire.storage.clickhouse.embeddings import ClickHouseEmbeddings
from quiethire.storage.clickhouse.postings import ClickHousePostings
from quiethire.storage.clickhouse.probe import ClickHouseProbe

__all__ = ["ClickHouseClusters", "ClickHouseEmbeddings", "ClickHousePostings", "ClickHouseProbe", "open_clickhouse"]
