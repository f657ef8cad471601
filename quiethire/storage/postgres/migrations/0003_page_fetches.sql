-- The index of the page archive: which request was answered by which body, and when.

CREATE TABLE page_fetches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text NOT NULL,
    url text NOT NULL,
    final_url text NOT NULL,
    status integer NOT NULL,
    content_type text NOT NULL,
    content_hash text NOT NULL,
    size bigint NOT NULL,
    fetched_at timestamptz NOT NULL,
    via text NOT NULL,
    etag text,
    last_modified text,
    from_archive boolean NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX page_fetches_request ON page_fetches (text_sha256(request_key), fetched_at, content_hash);
