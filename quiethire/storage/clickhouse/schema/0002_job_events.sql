-- Append-only history. An event's id is made of its content, so one that is told twice is kept once.
CREATE TABLE IF NOT EXISTS {database:Identifier}.job_events (
    id UUID,
    job_id UUID,
    kind LowCardinality(String),
    at DateTime64(6, 'UTC'),
    field LowCardinality(String),
    old String CODEC(ZSTD(3)),
    new String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (job_id, at, id);
