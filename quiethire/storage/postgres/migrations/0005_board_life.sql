-- When each board is to be read next, and what each crawl rests on.
ALTER TABLE boards
    ADD COLUMN next_due_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN claimed_by text;
CREATE INDEX boards_next_due_at ON boards (next_due_at, id);
CREATE INDEX boards_claimed_by ON boards (claimed_by) WHERE claimed_by IS NOT NULL;

ALTER TABLE crawls
    ADD COLUMN proof text NOT NULL DEFAULT '',
    ADD COLUMN fingerprint text NOT NULL DEFAULT '',
    ADD COLUMN same_list boolean NOT NULL DEFAULT false,
    ADD COLUMN corrected integer NOT NULL DEFAULT 0;
