-- Saved searches, what each was alerted of, and the messages that told it.

CREATE TABLE saved_searches (
    id uuid PRIMARY KEY,
    owner text COLLATE "C" NOT NULL,
    name text NOT NULL,
    parameters text NOT NULL,
    query jsonb NOT NULL,
    posted_within integer,
    channel text NOT NULL CHECK (channel IN ('email', 'webhook', 'feed')),
    frequency text NOT NULL CHECK (frequency IN ('instant', 'daily')),
    status text NOT NULL CHECK (status IN ('unconfirmed', 'active', 'paused', 'disabled')),
    address text,
    token text,
    token_hash bytea UNIQUE,
    secret text,
    former_secret text,
    former_until timestamptz,
    created_at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    failing_since timestamptz,
    failure text
);
CREATE INDEX saved_searches_owner ON saved_searches (owner, created_at DESC);
CREATE INDEX saved_searches_address ON saved_searches (lower(address)) WHERE channel = 'email';
CREATE INDEX saved_searches_active ON saved_searches (id) WHERE status = 'active';

-- When an address was last asked, by its hash: whoever never agreed leaves no address behind.
CREATE TABLE alert_questions (
    address_hash bytea PRIMARY KEY,
    asked_at timestamptz NOT NULL
);

-- Postings whose search documents were made anew. Those settled are kept a while for `first_noted_at`.
CREATE TABLE noted_postings (
    job_id uuid PRIMARY KEY,
    first_noted_at timestamptz NOT NULL,
    noted_at timestamptz NOT NULL,
    settled boolean NOT NULL DEFAULT false
);
CREATE INDEX noted_postings_open ON noted_postings (noted_at, job_id) WHERE NOT settled;
CREATE INDEX noted_postings_settled ON noted_postings (noted_at) WHERE settled;

CREATE TABLE alert_deliveries (
    id uuid PRIMARY KEY,
    search_id uuid NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    error text
);
CREATE INDEX alert_deliveries_search ON alert_deliveries (search_id);
CREATE INDEX alert_deliveries_waiting ON alert_deliveries (next_at) WHERE state = 'waiting';

-- The ledger: a row says that the posting was claimed for the search, and is never told twice.
CREATE TABLE alerted (
    search_id uuid NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    job_id uuid NOT NULL,
    cluster uuid NOT NULL,
    family uuid NOT NULL,
    sketch bit(512) NOT NULL,
    at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    posting jsonb NOT NULL,
    delivery_id uuid REFERENCES alert_deliveries (id),
    PRIMARY KEY (search_id, job_id)
);
CREATE INDEX alerted_family ON alerted (search_id, family);
CREATE INDEX alerted_cluster ON alerted (search_id, cluster);
CREATE INDEX alerted_at ON alerted (search_id, at DESC);
CREATE INDEX alerted_pending ON alerted (due_at) WHERE delivery_id IS NULL;
CREATE INDEX alerted_delivery ON alerted (delivery_id);

-- Every posting that a search need not hear of any more: told as one of thirty cities or as a mate, or held back as what was told.
CREATE TABLE alerted_jobs (
    search_id uuid NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    job_id uuid NOT NULL,
    PRIMARY KEY (search_id, job_id)
);
