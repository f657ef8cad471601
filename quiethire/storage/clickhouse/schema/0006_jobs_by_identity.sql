-- The postings of a board lie together, because what they share is then stored once: the sorting key is the identity,
-- which begins with the board, and not the id, which is a hash of it. A sorting key cannot be altered, so the table is
-- made anew and takes the place of the former one. Run only while `jobs` is sorted by id: see migrations.py. Nothing is
-- dropped here: what a death leaves in the new table is written once more, and kept once.
CREATE TABLE IF NOT EXISTS {database:Identifier}.jobs_by_identity (
    id UUID,
    identity String CODEC(ZSTD(3)),
    -- A value that repeats the last part of the identity has \x01 in its place; one that begins with \x02 is as it stands.
    url_stored String CODEC(ZSTD(3)),
    external_id_stored Nullable(String) CODEC(ZSTD(3)),
    application_url_stored Nullable(String) CODEC(ZSTD(3)),
    board_key Nullable(String) CODEC(ZSTD(3)),
    ats LowCardinality(String),
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
    description String CODEC(ZSTD(12)),
    -- The description's HTML without the lines that the text has too: see texts.py.
    description_markup String CODEC(ZSTD(12)),
    -- Requirements are items of the description: their lines, ascending from 1, or where they are not, the items.
    requirement_lines Array(UInt16) CODEC(Delta, ZSTD(3)),
    requirement_items Array(String) CODEC(ZSTD(3)),
    skills Array(String) CODEC(ZSTD(3)),
    salary_stated_min Nullable(Decimal(18, 2)) CODEC(ZSTD(3)),
    salary_stated_max Nullable(Decimal(18, 2)) CODEC(ZSTD(3)),
    salary_min Nullable(Int64) DEFAULT toInt64(round(salary_stated_min)) CODEC(ZSTD(3)),
    salary_max Nullable(Int64) DEFAULT toInt64(round(salary_stated_max)) CODEC(ZSTD(3)),
    salary_currency LowCardinality(Nullable(String)),
    salary_period LowCardinality(Nullable(String)),
    salary_yearly_min Nullable(Int64) CODEC(ZSTD(3)),
    salary_yearly_max Nullable(Int64) CODEC(ZSTD(3)),
    posted_at Nullable(DateTime64(6, 'UTC')) CODEC(ZSTD(3)),
    valid_through Nullable(DateTime64(6, 'UTC')) CODEC(ZSTD(3)),
    language LowCardinality(Nullable(String)),
    quality_score UInt8 CODEC(ZSTD(1)),
    provenance String CODEC(ZSTD(12)),
    content_digest FixedString(32) CODEC(NONE),
    created_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(3)),
    last_seen_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(3)),
    closed_at Nullable(DateTime64(6, 'UTC')) CODEC(ZSTD(3)),
    updated_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(3)),
    cause LowCardinality(String),
    parser_version UInt16 CODEC(ZSTD(1)),
    url String ALIAS if(startsWith(url_stored, '\x02'), substring(url_stored, 2),
        replaceAll(url_stored, '\x01', splitByChar('/', identity)[-1])),
    external_id Nullable(String) ALIAS if(startsWith(external_id_stored, '\x02'), substring(external_id_stored, 2),
        replaceAll(external_id_stored, '\x01', splitByChar('/', identity)[-1])),
    application_url Nullable(String) ALIAS if(startsWith(application_url_stored, '\x02'),
        substring(application_url_stored, 2),
        replaceAll(application_url_stored, '\x01', splitByChar('/', identity)[-1])),
    url_hash String ALIAS lower(hex(SHA256(url))),
    content_hash String ALIAS lower(hex(content_digest)),
    requirements Array(String) ALIAS if(notEmpty(requirement_items), requirement_items,
        arrayMap(line -> substring(line, 3), arrayFilter((line, number) -> has(requirement_lines, number),
            splitByChar('\n', description), arrayEnumerate(splitByChar('\n', description))))),
    first_seen_at DateTime64(6, 'UTC') ALIAS created_at,
    crawled_at DateTime64(6, 'UTC') ALIAS last_seen_at,
    parsed_at DateTime64(6, 'UTC') ALIAS last_seen_at,
    INDEX jobs_id id TYPE bloom_filter(0.00001) GRANULARITY 1,
    INDEX jobs_board_key board_key TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY identity
SETTINGS index_granularity = 256, min_compress_block_size = 262144;
INSERT INTO {database:Identifier}.jobs_by_identity (
    id, identity, url_stored, external_id_stored, application_url_stored, board_key, ats, title, company_name,
    company_domain, `locations.name`, `locations.city`, `locations.region`, `locations.country`, `locations.lat`,
    `locations.lon`, remote, remote_allowed_in, on_site_days, visa_sponsorship, job_type, seniority, department,
    description, description_markup, requirement_items, skills, salary_stated_min, salary_stated_max, salary_min,
    salary_max, salary_currency, salary_period, salary_yearly_min, salary_yearly_max, posted_at, valid_through, language,
    quality_score, provenance, content_digest, created_at, last_seen_at, closed_at, updated_at, cause, parser_version
)
SELECT
    id, identity, concat('\x02', url), concat('\x02', external_id), concat('\x02', application_url), board_key, ats, title,
    company_name, company_domain, `locations.name`, `locations.city`, `locations.region`, `locations.country`,
    `locations.lat`, `locations.lon`, remote, remote_allowed_in, on_site_days, visa_sponsorship, job_type, seniority,
    department, description, concat('\x02', description_html), requirements, skills, salary_stated_min,
    salary_stated_max, salary_min, salary_max, salary_currency, salary_period, salary_yearly_min, salary_yearly_max,
    posted_at, valid_through, language, quality_score, provenance, unhex(content_hash), created_at, last_seen_at,
    closed_at, updated_at, cause, parser_version
FROM {database:Identifier}.jobs FINAL;
EXCHANGE TABLES {database:Identifier}.jobs AND {database:Identifier}.jobs_by_identity;
