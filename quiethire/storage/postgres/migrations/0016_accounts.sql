-- Accounts of people. Address, hash of the password and all else that proves who somebody is are sealed with the person's
-- key; an account is found by a keyed print of its address. Of tokens only SHA-256 is kept: they are random.

CREATE TABLE accounts (
    id uuid PRIMARY KEY REFERENCES person_keys (person) ON DELETE CASCADE,
    role text NOT NULL,
    print bytea NOT NULL UNIQUE,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    locked_at timestamptz
);

CREATE TABLE account_sessions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    is_browser boolean NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX account_sessions_account ON account_sessions (account_id);

-- A browser's session has one secret; that of a program a chain of refresh tokens, each used once.
CREATE TABLE account_secrets (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES account_sessions (id) ON DELETE CASCADE,
    used_at timestamptz
);
CREATE INDEX account_secrets_session ON account_secrets (session_id);

-- What a mailed link stands for, sealed with the link itself, of which this is the SHA-256.
CREATE TABLE account_links (
    digest bytea PRIMARY KEY,
    sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX account_links_expiry ON account_links (expires_at);
