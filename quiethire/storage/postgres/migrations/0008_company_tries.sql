-- A company whose discovery fails waits for its next turn behind the others, instead of before them for ever.
ALTER TABLE companies ADD COLUMN last_tried_at timestamptz, ADD COLUMN failures integer NOT NULL DEFAULT 0;
UPDATE companies SET last_tried_at = last_crawled_at;
CREATE INDEX companies_last_tried_at ON companies (last_tried_at NULLS FIRST, domain);
