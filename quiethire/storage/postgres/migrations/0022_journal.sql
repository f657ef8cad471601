-- The journal of who did what to whom. Each line holds the hash of the one before: quiethire/domain/journal.py says how, and finds what
-- was changed, taken out or put elsewhere. Lines are added by the function alone.

CREATE TABLE journal (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    who text NOT NULL CHECK (who !~ E'\n'),
    deed text NOT NULL CHECK (deed !~ E'\n'),
    whom text NOT NULL CHECK (whom !~ E'\n'),
    request_id text NOT NULL CHECK (request_id !~ E'\n'),
    previous bytea NOT NULL,
    hash bytea NOT NULL
);

-- It runs as its owner: who acts for a person writes lines, and neither reads nor changes any.
CREATE FUNCTION journal_add(who text, deed text, whom text, request_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    next bigint := 1;
    before bytea := '';
    moment timestamptz;
BEGIN
    -- One after the other: two lines must not hang on the same one.
    PERFORM pg_advisory_xact_lock(7310581047);
    SELECT j.seq + 1, j.hash INTO next, before FROM journal j ORDER BY j.seq DESC LIMIT 1;
    next := coalesce(next, 1);
    before := coalesce(before, '');
    moment := clock_timestamp();
    INSERT INTO journal VALUES (next, moment, who, deed, whom, request_id, before, sha256(convert_to(concat_ws(
        E'\n', next::text, to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), who, deed, whom, request_id,
        encode(before, 'hex')
    ), 'UTF8')));
END $$;
REVOKE ALL ON journal FROM quiethire_person;

CREATE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is only added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_stays BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION keep_journal();
CREATE TRIGGER journal_stays_all BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION keep_journal();
