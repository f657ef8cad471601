-- The last crawls of all boards, for whoever watches them.
CREATE INDEX crawls_started_at ON crawls (started_at DESC, crawl_id DESC);
