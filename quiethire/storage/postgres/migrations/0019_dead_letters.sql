-- Work that nobody tries again by itself: what went wrong, and what it was to be done with, for a person who looks.
CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    workflow text NOT NULL,
    workflow_id text NOT NULL,
    run_id text NOT NULL,
    -- Which activity of the workflow; empty: the workflow itself.
    activity text NOT NULL,
    queue text NOT NULL,
    place text NOT NULL,
    detail text NOT NULL,
    -- What the workflow was started with, as Temporal carries it; NULL: more than is kept.
    payload bytea,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    count integer NOT NULL DEFAULT 1,
    -- What was counted last: a letter that is told twice counts once.
    occurrence text NOT NULL,
    replayed_at timestamptz,
    UNIQUE (workflow_id, activity, kind)
);

CREATE INDEX dead_letters_last ON dead_letters (last_at DESC, id DESC);
