-- When a row was written, by the clock of whoever wrote it. That is not what `updated_at` tells: a crawl stamps its rows with its own start, and
-- a better reading of a page leaves a row its version. Rows from before this column, and those that the release before writes, have that for it.
ALTER TABLE {database:Identifier}.jobs
    ADD COLUMN IF NOT EXISTS kept_at DateTime64(6, 'UTC') DEFAULT updated_at CODEC(Delta, ZSTD(3));
