-- Companies, what discovery found of them, boards, crawls and the crawl queue.

-- URLs may be longer than an index entry, so uniqueness is held over their hash. A backslash is doubled
-- because the cast from text to bytea reads it as an escape; unlike convert_to(), the cast is immutable.
CREATE FUNCTION text_sha256(value text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN sha256(replace(value, '\', '\\')::bytea);

CREATE TABLE companies (
    id uuid PRIMARY KEY,
    domain text COLLATE "C" NOT NULL UNIQUE,
    name text,
    last_crawled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX companies_last_crawled_at ON companies (last_crawled_at NULLS FIRST, domain);

CREATE TABLE boards (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ats text COLLATE "C" NOT NULL CHECK (ats <> '' AND position('/' IN ats) = 0),
    token text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (ats || '/' || token) STORED,
    url text NOT NULL,
    company_id uuid REFERENCES companies (id),
    company_name text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX boards_key ON boards (text_sha256(key));
CREATE INDEX boards_company_id ON boards (company_id);

CREATE TABLE discovered_urls (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id uuid NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    url text COLLATE "C" NOT NULL,
    url_type text NOT NULL CHECK (url_type IN ('career_page', 'job_board', 'ats')),
    discovered_via text NOT NULL CHECK (discovered_via IN ('osint', 'github', 'dork', 'subdomain')),
    priority smallint NOT NULL DEFAULT 5,
    crawled boolean NOT NULL DEFAULT false,
    confidence double precision NOT NULL,
    evidence jsonb NOT NULL,
    board_id bigint REFERENCES boards (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX discovered_urls_url ON discovered_urls (company_id, text_sha256(url));
CREATE INDEX discovered_urls_company_id ON discovered_urls (company_id);
CREATE INDEX discovered_urls_crawled ON discovered_urls (crawled);

CREATE TABLE discovered_subdomains (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id uuid NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    subdomain text COLLATE "C" NOT NULL,
    method text NOT NULL,
    is_job_related boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (company_id, subdomain)
);

CREATE TABLE dork_results (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    query text NOT NULL,
    url text NOT NULL,
    title text,
    snippet text,
    rank integer,
    discovered_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX dork_results_query_url ON dork_results (text_sha256(query), text_sha256(url));

CREATE TABLE crawls (
    crawl_id text PRIMARY KEY,
    board_key text COLLATE "C" NOT NULL,
    started_at timestamptz NOT NULL,
    complete boolean NOT NULL,
    missing integer NOT NULL,
    seen integer NOT NULL,
    opened integer NOT NULL,
    changed integer NOT NULL,
    reopened integer NOT NULL,
    unchanged integer NOT NULL,
    refused integer NOT NULL,
    closed integer NOT NULL,
    problems integer NOT NULL,
    requests integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX crawls_board ON crawls (text_sha256(board_key), started_at DESC);

CREATE TABLE crawl_queue (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url text NOT NULL,
    priority smallint NOT NULL DEFAULT 5,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    last_attempt_at timestamptz,
    claimed_by text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX crawl_queue_claimed_by ON crawl_queue (claimed_by) WHERE status = 'processing';
CREATE INDEX crawl_queue_status_priority ON crawl_queue (status, priority);
CREATE UNIQUE INDEX crawl_queue_waiting ON crawl_queue (text_sha256(url)) WHERE status IN ('pending', 'processing');
