-- The vectors of people's profiles, a byte for each component, by the hash of the text that they are of. They can be made anew.

CREATE TABLE profile_vectors (
    candidate_id uuid NOT NULL REFERENCES person_keys (person) ON DELETE CASCADE,
    model text NOT NULL,
    text_hash bytea NOT NULL,
    vector bytea NOT NULL,
    PRIMARY KEY (candidate_id, model, text_hash)
);
