-- Whether an account asks for a second factor, and which sessions have shown it. What proves it is sealed with the rest.

ALTER TABLE accounts ADD COLUMN second_factor boolean NOT NULL DEFAULT false;
ALTER TABLE account_sessions ADD COLUMN second_factor boolean NOT NULL DEFAULT false;
