-- What tells that two postings are the same job, apart from the wide rows: nothing here is ever written into those.
-- A posting's id in two halves: as a plain number it is found by its second one, by which keys point at it.
CREATE TABLE IF NOT EXISTS {database:Identifier}.fingerprints (
    number UInt64,
    rest UInt64,
    method UInt8 CODEC(ZSTD(1)),
    first_seen_at DateTime('UTC') CODEC(ZSTD(1)),
    board UInt64 CODEC(ZSTD(1)),
    company LowCardinality(String),
    domain UInt32 CODEC(ZSTD(1)),
    title UInt32 CODEC(ZSTD(1)),
    department UInt32 CODEC(ZSTD(1)),
    places Array(LowCardinality(String)),
    names Array(UInt64),
    text FixedString(64) CODEC(NONE),
    shingles UInt16 CODEC(ZSTD(1)),
    standing UInt8 CODEC(ZSTD(1)),
    speaks_of_itself Bool CODEC(ZSTD(1)),
    remembered_at DateTime('UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (number, rest)
SETTINGS index_granularity = 128;
CREATE TABLE IF NOT EXISTS {database:Identifier}.fingerprint_keys (
    key UInt32 CODEC(Delta, ZSTD(1)),
    number UInt64 CODEC(NONE)
)
ENGINE = ReplacingMergeTree
ORDER BY (key, number)
-- Thousands of keys that lie anywhere are asked for at a time: small blocks, so that little else is read for each.
SETTINGS index_granularity = 256, min_compress_block_size = 4096;
-- Postings that have mates, or had some: all others stand alone.
CREATE TABLE IF NOT EXISTS {database:Identifier}.clusters (
    job_id UUID,
    cluster UUID,
    rank UInt8 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY job_id
SETTINGS index_granularity = 512;
