-- Whoever acts for a person sees that person's rows and nobody else's, whatever a statement asks for. A transaction takes the role
-- `quiethire_person` and says for whom (quiethire/storage/postgres/connection.py); the role that owns the tables, which
-- workers and operators use, sees everything.

DO $$
BEGIN
    -- Roles are of the whole server, and another database's migration may be making this one.
    CREATE ROLE quiethire_person NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'quiethire_person', 'MEMBER') THEN
        EXECUTE format('GRANT quiethire_person TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO quiethire_person', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO quiethire_person', current_schema());
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO quiethire_person', current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO quiethire_person', current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO quiethire_person', current_schema());
END $$;
REVOKE ALL ON schema_migrations FROM quiethire_person;

CREATE FUNCTION acting_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.person', true), '')::uuid $$;

DO $$
DECLARE
    of_person record;
BEGIN
    FOR of_person IN SELECT * FROM (VALUES
        ('person_keys', 'person'), ('candidates', 'id'), ('resumes', 'candidate_id'), ('matches', 'candidate_id'),
        ('feedback', 'candidate_id'), ('introductions', 'candidate_id'), ('decisions', 'candidate_id'),
        ('profile_vectors', 'candidate_id'), ('api_keys', 'candidate_id'), ('accounts', 'id'), ('account_sessions', 'account_id')
    ) AS tables (name, person)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', of_person.name);
        -- In a subquery it is asked once a statement, and indexes are used.
        EXECUTE format(
            'CREATE POLICY own_rows ON %I TO quiethire_person USING (%I = (SELECT acting_person()))',
            of_person.name, of_person.person
        );
    END LOOP;
END $$;
