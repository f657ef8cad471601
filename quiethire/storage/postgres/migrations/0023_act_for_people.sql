-- Since PostgreSQL 16 who makes a role without being superuser is a member of it, and may not act as it until it says so itself: 0018 asked
-- for the membership alone. Digests of secrets are held apart as the rows are that they open.

DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN
        -- An IF of its own: older servers do not know this word.
        IF NOT pg_has_role(current_user, 'quiethire_person', 'SET') THEN
            EXECUTE format('GRANT quiethire_person TO %I', current_user);
        END IF;
    END IF;
END $$;

ALTER TABLE account_secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON account_secrets TO quiethire_person USING (session_id IN (SELECT id FROM account_sessions));

ALTER TABLE api_key_secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON api_key_secrets TO quiethire_person USING (prefix IN (SELECT prefix FROM api_keys));
