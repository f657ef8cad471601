-- Saved searches, and what each told, are held apart as people's rows are: by their owner, who is a key (`key:…`), an account (`account:…`) or,
-- of a daily mail, a person (`candidate:…`). Keys speak for nobody, so that a transaction says for which owner it is, beside for whom.

CREATE FUNCTION acting_owners() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT ARRAY[nullif(current_setting('app.owner', true), ''), 'candidate:' || acting_person()::text] $$;

ALTER TABLE saved_searches ENABLE ROW LEVEL SECURITY;
-- In a subquery it is asked once a statement, and the index by owner is used.
CREATE POLICY own_rows ON saved_searches TO quiethire_person USING (owner = ANY ((SELECT acting_owners())::text[]));

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['alert_deliveries', 'alerted', 'alerted_jobs']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_rows ON %I TO quiethire_person USING (search_id IN (SELECT id FROM saved_searches))', name);
    END LOOP;
END $$;

-- How many searches an address has is counted whoever saved them, and nothing else is told of those of others: it runs as its owner.
CREATE FUNCTION searches_of_address(asked text, but uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT count(*) FROM saved_searches
    WHERE channel = 'email' AND lower(address) = lower(asked) AND status = 'active' AND id <> but
$$;
