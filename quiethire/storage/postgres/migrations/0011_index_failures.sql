-- What is known of the search index beside the index itself: how many documents it holds, what removes some of them now,
-- which collection is being built, and what could not be indexed.

CREATE TABLE search_index (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    documents bigint,
    building text,
    building_at timestamptz,
    reindexed_at timestamptz,
    reconciled_at timestamptz
);
INSERT INTO search_index DEFAULT VALUES;

CREATE TABLE search_index_removals (
    id uuid PRIMARY KEY,
    documents bigint NOT NULL CHECK (documents >= 0),
    at timestamptz NOT NULL
);

CREATE TABLE index_failures (
    job_id uuid PRIMARY KEY,
    error text NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE INDEX index_failures_last_at ON index_failures (last_at, job_id);
