-- API keys by their prefixes, which are no secret. Of a secret its SHA-256 alone is kept. A key has several secrets for
-- as long as the grace time of a rotation lasts.

CREATE TABLE api_keys (
    prefix text PRIMARY KEY,
    name text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    rotated_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);

CREATE TABLE api_key_secrets (
    digest bytea PRIMARY KEY,
    prefix text NOT NULL REFERENCES api_keys (prefix) ON DELETE CASCADE,
    valid_until timestamptz
);
CREATE INDEX api_key_secrets_prefix ON api_key_secrets (prefix);
