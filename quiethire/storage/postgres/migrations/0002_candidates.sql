-- People looking for work. The name stands apart from the profile, which is all that the engine sees.

CREATE TABLE candidates (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    profile jsonb NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE matches (
    candidate_id uuid NOT NULL REFERENCES candidates (id) ON DELETE CASCADE,
    job_id uuid NOT NULL,
    score double precision NOT NULL,
    factors jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (candidate_id, job_id)
);
CREATE INDEX matches_best ON matches (candidate_id, score DESC, job_id);
CREATE INDEX matches_job_id ON matches (job_id);
