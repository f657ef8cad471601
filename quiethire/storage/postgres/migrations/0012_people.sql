-- People: everything that says who they are or what they want is sealed with a key of their own (docs/privacy.md). What
-- stood in clear before goes.

DROP TABLE matches;
DROP TABLE candidates;

-- The root of all that is kept of a person: where this row goes, every other goes with it, and what is left of them in
-- backups cannot be opened any more. `wrapped` is the person's key, sealed with the master key that `master` names.
CREATE TABLE person_keys (
    person uuid PRIMARY KEY,
    master text NOT NULL,
    wrapped bytea NOT NULL
);

-- Whoever was erased stays erased, whatever was under way: an id alone says nothing of anybody.
CREATE TABLE erased_people (
    person uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX erased_people_at ON erased_people (erased_at);

CREATE TABLE candidates (
    id uuid PRIMARY KEY REFERENCES person_keys (person) ON DELETE CASCADE,
    sealed bytea NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX candidates_updated_at ON candidates (updated_at);

CREATE TABLE resumes (
    candidate_id uuid PRIMARY KEY REFERENCES person_keys (person) ON DELETE CASCADE,
    sealed bytea NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Reasons name skills, places and pay of the person: `sealed` holds all of a match but its score.
CREATE TABLE matches (
    candidate_id uuid NOT NULL REFERENCES person_keys (person) ON DELETE CASCADE,
    job_id uuid NOT NULL,
    score double precision NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (candidate_id, job_id)
);
CREATE INDEX matches_best ON matches (candidate_id, score DESC, job_id);
CREATE INDEX matches_job_id ON matches (job_id);

CREATE TABLE feedback (
    candidate_id uuid NOT NULL REFERENCES person_keys (person) ON DELETE CASCADE,
    job_id uuid NOT NULL,
    sealed bytea NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (candidate_id, job_id)
);

CREATE TABLE introductions (
    candidate_id uuid NOT NULL REFERENCES person_keys (person) ON DELETE CASCADE,
    job_id uuid NOT NULL,
    asked_by text NOT NULL,
    sealed bytea NOT NULL,
    asked_at timestamptz NOT NULL,
    agreed boolean,
    answered_at timestamptz,
    PRIMARY KEY (candidate_id, job_id, asked_by)
);
CREATE INDEX introductions_job ON introductions (job_id);

CREATE TABLE decisions (
    candidate_id uuid NOT NULL REFERENCES person_keys (person) ON DELETE CASCADE,
    job_id uuid NOT NULL,
    run text NOT NULL,
    at timestamptz NOT NULL,
    engine text NOT NULL,
    profile_hash text NOT NULL,
    posting_hash text NOT NULL,
    "values" jsonb NOT NULL,
    score double precision NOT NULL,
    filters text[] NOT NULL,
    rank integer,
    PRIMARY KEY (candidate_id, job_id, run)
);
CREATE INDEX decisions_newest ON decisions (candidate_id, at DESC, rank);

-- The log is only ever added to. A line goes when its person was erased, and then by the cascade alone: at any other time
-- they still have a key.
CREATE FUNCTION keep_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM person_keys WHERE person = OLD.candidate_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the log of decisions is only added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER decisions_stay BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION keep_decisions();
CREATE TRIGGER decisions_stay_all BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION keep_decisions();

-- The 128-bit number of a UUID, modulo the shards: 32 bits at a time, so that every step fits a bigint.
CREATE FUNCTION shard_of(id uuid, shards bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ((((a % shards * 4294967296 + b) % shards * 4294967296 + c) % shards * 4294967296) + d) % shards
    FROM (
        SELECT ('x' || substr(hex, 1, 8))::bit(32)::bigint AS a, ('x' || substr(hex, 9, 8))::bit(32)::bigint AS b,
            ('x' || substr(hex, 17, 8))::bit(32)::bigint AS c, ('x' || substr(hex, 25, 8))::bit(32)::bigint AS d
        FROM (SELECT replace(id::text, '-', '') AS hex) AS digits
    ) AS parts
$$;

-- A key that speaks for one candidate goes with them.
ALTER TABLE api_keys ADD COLUMN candidate_id uuid REFERENCES person_keys (person) ON DELETE CASCADE;
CREATE INDEX api_keys_candidate ON api_keys (candidate_id);
