-- What runs as its owner says which schema it means, and looks among temporary tables last. The search path that 0022 and 0025 kept was that of
-- whoever migrated, and what a path does not name, temporary tables, comes before all that it names: whoever may make one could have had
-- searches counted, or lines of the journal written, in a table of their own. And it is called by those alone who need it.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['journal_add(text, text, text, text)', 'searches_of_address(text, uuid)']
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO quiethire_person', name);
    END LOOP;
END $$;

-- What workflows were started with is of no person who asks.
REVOKE ALL ON dead_letters FROM quiethire_person;
