-- When the newest backup was taken: workers tell it under /metrics, and an alert is due where it is old. It is in no backup: a
-- platform that was restored has none yet.

CREATE TABLE last_backup (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    at timestamptz NOT NULL
);
REVOKE ALL ON last_backup FROM quiethire_person;
