-- One row per version of a posting; the newest version wins. The sorting key holds only the job's identity:
-- with anything in it that a re-crawl may change, a new version would never replace the old one.
-- Pay is kept as stated, to the cent; salary_min and salary_max are the same in whole units.
CREATE TABLE IF NOT EXISTS {database:Identifier}.jobs (
    id UUID,
    identity String CODEC(ZSTD(3)),
    url String CODEC(ZSTD(3)),
    url_hash FixedString(64) CODEC(ZSTD(1)),
    board_key Nullable(String) CODEC(ZSTD(3)),
    ats LowCardinality(String),
    external_id Nullable(String) CODEC(ZSTD(3)),
    title String CODEC(ZSTD(3)),
    company_name String CODEC(ZSTD(3)),
    company_domain Nullable(String) CODEC(ZSTD(3)),
    locations Nested (
        name String,
        city Nullable(String),
        region Nullable(String),
        country Nullable(String),
        lat Nullable(Float64),
        lon Nullable(Float64)
    ),
    remote LowCardinality(String),
    remote_allowed_in Array(String) CODEC(ZSTD(3)),
    on_site_days Nullable(UInt8) CODEC(ZSTD(1)),
    visa_sponsorship Nullable(Bool) CODEC(ZSTD(1)),
    job_type LowCardinality(Nullable(String)),
    seniority LowCardinality(Nullable(String)),
    department Nullable(String) CODEC(ZSTD(3)),
    description String CODEC(ZSTD(3)),
    description_html String CODEC(ZSTD(3)),
    requirements Array(String) CODEC(ZSTD(3)),
    skills Array(String) CODEC(ZSTD(3)),
    salary_stated_min Nullable(Decimal(18, 2)),
    salary_stated_max Nullable(Decimal(18, 2)),
    salary_currency LowCardinality(Nullable(String)),
    salary_period LowCardinality(Nullable(String)),
    salary_yearly_min Nullable(Int64),
    salary_yearly_max Nullable(Int64),
    posted_at Nullable(DateTime64(6, 'UTC')),
    valid_through Nullable(DateTime64(6, 'UTC')),
    application_url Nullable(String) CODEC(ZSTD(3)),
    language LowCardinality(Nullable(String)),
    quality_score UInt8,
    provenance String CODEC(ZSTD(3)),
    content_hash FixedString(64) CODEC(ZSTD(1)),
    created_at DateTime64(6, 'UTC'),
    last_seen_at DateTime64(6, 'UTC'),
    closed_at Nullable(DateTime64(6, 'UTC')),
    updated_at DateTime64(6, 'UTC'),
    salary_min Nullable(Int64) ALIAS toInt64(round(salary_stated_min)),
    salary_max Nullable(Int64) ALIAS toInt64(round(salary_stated_max)),
    first_seen_at DateTime64(6, 'UTC') ALIAS created_at,
    crawled_at DateTime64(6, 'UTC') ALIAS last_seen_at,
    parsed_at DateTime64(6, 'UTC') ALIAS last_seen_at,
    INDEX jobs_board_key board_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id
-- A crawl asks for hundreds of ids that lie anywhere: with small granules, little else is read for each of them.
SETTINGS index_granularity = 128;
