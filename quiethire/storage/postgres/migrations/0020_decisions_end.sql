-- A line of the log of decisions may go after half a year: so long who was passed over can ask why. Until then it stays, and it is
-- never changed.
CREATE OR REPLACE FUNCTION keep_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (
        OLD.at < now() - interval '183 days' OR NOT EXISTS (SELECT FROM person_keys WHERE person = OLD.candidate_id)
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the log of decisions is only added to' USING ERRCODE = 'restrict_violation';
END $$;

-- Lines come in the order of their time: a few bytes for each run of pages tell where the old ones are.
CREATE INDEX decisions_at ON decisions USING brin (at);
