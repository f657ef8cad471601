-- What has to be known before a posting is closed, beside the facts of the crawls.
ALTER TABLE crawls ADD COLUMN gone boolean NOT NULL DEFAULT false;

-- Postings that a complete crawl missed, and that are not believed gone yet.
CREATE TABLE doubted_postings (
    board_key text COLLATE "C" NOT NULL,
    job_id uuid NOT NULL,
    missing_since timestamptz NOT NULL
);
CREATE UNIQUE INDEX doubted_postings_board ON doubted_postings (text_sha256(board_key), job_id);

-- Postings that belong to another board than this one, and that this one lists too.
CREATE TABLE also_listed (
    board_key text COLLATE "C" NOT NULL,
    job_id uuid NOT NULL,
    since timestamptz NOT NULL
);
CREATE UNIQUE INDEX also_listed_posting ON also_listed (job_id, text_sha256(board_key));
CREATE INDEX also_listed_board ON also_listed (text_sha256(board_key));
