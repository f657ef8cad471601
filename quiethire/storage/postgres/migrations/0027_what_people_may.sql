-- Whoever acts for a person, or for an owner of searches, may do to their rows what a request of theirs does, and nothing else: 0018 granted all
-- that can be done to every table, to those of crawls and to those that were yet to come. What policies hold apart by rows this holds apart by
-- deeds: nobody gives their own account another role, or their own key other scopes. A new table is granted where a request needs it.

DO $$
BEGIN
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON TABLES FROM quiethire_person', current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON SEQUENCES FROM quiethire_person', current_schema());
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM quiethire_person', current_schema());
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM quiethire_person', current_schema());
END $$;

GRANT SELECT ON matches, decisions, profile_vectors TO quiethire_person;
GRANT SELECT, UPDATE ON candidates TO quiethire_person;
GRANT SELECT, INSERT, UPDATE, DELETE ON resumes, feedback TO quiethire_person;
GRANT SELECT, UPDATE (agreed, answered_at) ON introductions TO quiethire_person;

-- A row can be held (FOR KEY SHARE) by who may change some column of it; the policy lets nobody change this one. What hangs on a key goes with
-- it as its tables' owner says.
GRANT SELECT, UPDATE (person), DELETE ON person_keys TO quiethire_person;
GRANT SELECT (person), INSERT (person) ON erased_people TO quiethire_person;
-- By it the ledger beside the database names who erases themselves.
GRANT SELECT ON erasure_key TO quiethire_person;

GRANT SELECT, INSERT, UPDATE (revoked_at, last_used_at), DELETE ON api_keys TO quiethire_person;
GRANT INSERT ON api_key_secrets TO quiethire_person;

GRANT SELECT, UPDATE (sealed, second_factor) ON accounts TO quiethire_person;
GRANT SELECT, UPDATE (ended_at, last_used_at, second_factor) ON account_sessions TO quiethire_person;

GRANT SELECT, INSERT, UPDATE, DELETE ON saved_searches TO quiethire_person;
GRANT SELECT, DELETE ON alerted, alert_deliveries TO quiethire_person;
GRANT SELECT, INSERT, UPDATE (asked_at) ON alert_questions TO quiethire_person;
