-- What tells whether a match is the same as before without opening it: a hash of what is sealed, made with the person's key, so
-- that it tells nobody else anything. Empty = not known: such a match is written once more.
ALTER TABLE matches ADD COLUMN print bytea NOT NULL DEFAULT '';

-- Whether the posting was no match before: by it a run that is tried again knows whom the try before did not tell.
ALTER TABLE decisions ADD COLUMN is_new boolean NOT NULL DEFAULT false;
