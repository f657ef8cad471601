-- What the erasure ledger beside the database is keyed with (quiethire/storage/erasures.py). It comes back with a backup, and so
-- the ledger knows the people of every backup of this database, whatever happened to the database meanwhile.
CREATE TABLE erasure_key (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    key bytea NOT NULL
);
-- gen_random_uuid() takes its 122 bits each from the system's source of strong randomness.
INSERT INTO erasure_key (key) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
-- Who acts for a person may erase them, which asks for it; nobody changes it.
REVOKE INSERT, UPDATE, DELETE ON erasure_key FROM quiethire_person;
