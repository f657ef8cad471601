-- Where an alert goes, what its messages are signed with and what its mails' links open it by are sealed with a key of its own: the id of the
-- search is its person in `person_keys`, and a daily mail has the key of whose it is. What is searched for stays in clear, for every run reads
-- it of every active search; it hangs on an id. Rows of before are sealed by the runs of alerts, some at a time, and lose what they had in clear
-- (quiethire/storage/postgres/sealed_searches.py); but for what a daily mail has in `address`, the hash of an address, since the release
-- before compares it and would end the mail.

-- The key comes behind the row, in one transaction: by the row it is known whose it is.
ALTER TABLE saved_searches
    ADD COLUMN person uuid REFERENCES person_keys (person) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    ADD COLUMN sealed bytea,
    ADD COLUMN print bytea;
CREATE INDEX saved_searches_person ON saved_searches (person) WHERE person IS NOT NULL;
CREATE INDEX saved_searches_print ON saved_searches (print) WHERE channel = 'email';
CREATE INDEX saved_searches_in_clear ON saved_searches (id) WHERE token IS NOT NULL OR secret IS NOT NULL OR former_secret IS NOT NULL
    OR (address IS NOT NULL AND NOT starts_with(owner, 'candidate:'));

-- The key goes with the search, whoever deletes that, the release before too; and it is remembered that it went on purpose, as of people.
ALTER TABLE erased_people ADD COLUMN is_search boolean NOT NULL DEFAULT false;

CREATE FUNCTION end_searches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    -- A key that goes looks for its search once more, which is gone by then: a statement for each, with nothing to do.
    IF EXISTS (SELECT FROM gone) THEN
        WITH keys AS (
            DELETE FROM person_keys WHERE person = ANY (ARRAY(SELECT gone.id FROM gone WHERE gone.person = gone.id)) RETURNING person
        )
        INSERT INTO erased_people (person, is_search) SELECT person, true FROM keys ON CONFLICT (person) DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER searches_end AFTER DELETE ON saved_searches REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION end_searches();

-- The release before reads no address of a sealed search, would give up on its mails, and post its webhooks to nowhere. So whoever does not
-- say that they open searches takes no delivery of such a one: it waits as long as it would have been theirs, for somebody who does. The
-- release behind this one drops this.
CREATE FUNCTION leave_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('app.opens_searches', true) = 'on'
        OR NOT EXISTS (SELECT FROM saved_searches WHERE id = NEW.search_id AND sealed IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    UPDATE alert_deliveries SET next_at = NEW.next_at WHERE id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER sealed_deliveries_wait BEFORE UPDATE OF attempts ON alert_deliveries
    FOR EACH ROW WHEN (NEW.attempts > OLD.attempts) EXECUTE FUNCTION leave_sealed();

-- As `searches_of_address` (0025), which counts what stands in clear alone: of an address by its prints, and of rows that are not sealed yet.
CREATE FUNCTION searches_of_prints(prints bytea[], asked text, but uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT count(*) FROM saved_searches
    WHERE channel = 'email' AND status = 'active' AND id <> but AND (print = ANY(prints) OR lower(address) = lower(asked))
$$;

-- Whether an id may be a new search's: it has no key of somebody, and nobody who has gone had it.
CREATE FUNCTION may_be_search(asked uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT EXISTS (SELECT FROM saved_searches WHERE id = asked) OR NOT EXISTS (
        SELECT FROM person_keys WHERE person = asked UNION ALL SELECT FROM erased_people WHERE person = asked
    )
$$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['end_searches()', 'searches_of_prints(bytea[], text, uuid)', 'may_be_search(uuid)']
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION searches_of_prints(bytea[], text, uuid), may_be_search(uuid) TO quiethire_person;

-- Whoever acts for an owner of searches sees the keys of theirs, and makes keys for those alone. So no search of theirs takes the id of a person, of
-- whose key it would be held for the owner: nobody's key is seen, made or ended by a row that says it is a search's.
CREATE POLICY made_of_nobody ON saved_searches AS RESTRICTIVE FOR INSERT TO quiethire_person
    WITH CHECK (may_be_search(id) AND (person IS NULL OR person = id OR person = (SELECT acting_person())));
CREATE POLICY stays_of_nobody ON saved_searches AS RESTRICTIVE FOR UPDATE TO quiethire_person
    USING (true) WITH CHECK (may_be_search(id) AND (person IS NULL OR person = id OR person = (SELECT acting_person())));
CREATE POLICY own_searches ON person_keys FOR SELECT TO quiethire_person
    USING (EXISTS (SELECT FROM saved_searches WHERE saved_searches.id = person_keys.person));
CREATE POLICY made_for_searches ON person_keys FOR INSERT TO quiethire_person
    WITH CHECK (EXISTS (SELECT FROM saved_searches WHERE saved_searches.id = person_keys.person));
CREATE POLICY made_for_searches_alone ON person_keys AS RESTRICTIVE FOR INSERT TO quiethire_person
    WITH CHECK (EXISTS (SELECT FROM saved_searches WHERE saved_searches.id = person_keys.person));
GRANT INSERT ON person_keys TO quiethire_person;
