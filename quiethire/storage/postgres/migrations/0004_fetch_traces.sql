-- How each page was come by, and the request whole: what an export of the archive needs.
ALTER TABLE page_fetches
    ADD COLUMN method text NOT NULL DEFAULT 'GET',
    ADD COLUMN request_body text,
    ADD COLUMN headers jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN redirects text[] NOT NULL DEFAULT '{}',
    ADD COLUMN why text NOT NULL DEFAULT '';
CREATE INDEX page_fetches_recorded ON page_fetches (recorded_at, id);
CREATE INDEX page_fetches_body ON page_fetches (content_hash);
