-- What is asked of all people at once is asked by an index, and opens nobody's profile.

-- Whether employers may find somebody: a flag of consent, as `active` is one. NULL = saved before this column was; what is
-- sealed decides then, as it does in the end for everybody.
ALTER TABLE candidates ADD COLUMN open_to_employers boolean;

-- Digests ask nothing, and there are as many as people.
CREATE INDEX saved_searches_asking ON saved_searches (id) WHERE status = 'active' AND NOT starts_with(owner, 'candidate:');
