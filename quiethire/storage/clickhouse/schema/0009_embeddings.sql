-- What postings mean, as vectors in bytes: a component is its value times 127. Apart from the wide rows, and made anew at will.
CREATE TABLE IF NOT EXISTS {database:Identifier}.embeddings (
    job_id UUID,
    model LowCardinality(String),
    row DateTime('UTC') CODEC(ZSTD(1)),
    text_hash FixedString(32) CODEC(NONE),
    vector Array(Int8) CODEC(NONE),
    kept_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(ZSTD(1)),
    INDEX text_hash text_hash TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(kept_at)
ORDER BY (model, job_id)
SETTINGS index_granularity = 512;
