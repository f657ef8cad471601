"""What `PostgresAlerts` says to PostgreSQL."""

from quiethire.domain.alerts import SavedSearch

COLUMNS = tuple(SavedSearch.model_fields)
CHANGING = (
    "status",
    "frequency",
    "name",
    "since",
    "secret",
    "former_secret",
    "former_until",
    "failing_since",
    "failure",
)
SELECT = f"""
    SELECT {", ".join(COLUMNS)}, saved_searches.person, sealed, master, wrapped
    FROM saved_searches LEFT JOIN person_keys ON person_keys.person = saved_searches.person
"""  # noqa: S608  (names of our own)
SOME = f"{SELECT} WHERE id = ANY(%(ids)s::uuid[])"
INSERT = f"""
    INSERT INTO saved_searches ({", ".join(COLUMNS)}, token_hash, person, sealed, print)
    VALUES ({", ".join(f"%({name})s" for name in COLUMNS)}, %(token_hash)s, %(person)s, %(sealed)s, %(print)s)
    ON CONFLICT (id) DO NOTHING
"""  # noqa: S608  (names of our own)
KEEP_KEY = "INSERT INTO person_keys (person, master, wrapped) VALUES (%(person)s, %(master)s, %(wrapped)s)"
SEAL = """
    UPDATE saved_searches SET person = %(person)s, sealed = %(sealed)s, print = %(print)s, address = %(address)s,
        token = %(token)s, secret = %(secret)s, former_secret = %(former_secret)s
    WHERE id = %(id)s
"""
REPRINT = """
    UPDATE saved_searches SET print = given.print FROM unnest(%(ids)s::uuid[], %(prints)s::bytea[]) AS given (id, print)
    WHERE saved_searches.id = given.id AND saved_searches.print <> given.print
"""
# Rows are held before they are read: their keys are of the moment of the reading.
HOLD = "SELECT id FROM saved_searches WHERE id = %(id)s FOR NO KEY UPDATE"
# The condition is that of an index, word for word.
HOLD_CLEAR = """
    SELECT id FROM saved_searches WHERE token IS NOT NULL OR secret IS NOT NULL OR former_secret IS NOT NULL
        OR (address IS NOT NULL AND NOT starts_with(owner, 'candidate:'))
    ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
"""
# Where one goes its key goes with it, by a trigger (migration 0028).
DELETE = "DELETE FROM saved_searches WHERE id = %(id)s RETURNING NOT starts_with(owner, 'candidate:') AS is_own"
DROP_OLD = (
    """DELETE FROM alerted WHERE search_id = %(id)s AND at < %(before)s AND (delivery_id IS NULL OR delivery_id IN (
        SELECT id FROM alert_deliveries WHERE search_id = %(id)s AND state = 'waiting' AND created_at < %(before)s))""",
    "DELETE FROM alert_deliveries WHERE search_id = %(id)s AND state = 'waiting' AND created_at < %(before)s",
)
# By the address itself, which is kept nowhere: whatever master keys a process has, and the release before, take turns with all others.
LOCK_ADDRESS = "SELECT pg_advisory_xact_lock(hashtextextended('alerts:' || lower(%(address)s), 0))"
OF_ADDRESS = "SELECT searches_of_prints(%(prints)s::bytea[], %(address)s, %(id)s) AS searches"
MAY_ASK = """
    INSERT INTO alert_questions AS question (address_hash, asked_at) VALUES (%(hash)s, %(now)s)
    ON CONFLICT (address_hash) DO UPDATE SET asked_at = excluded.asked_at WHERE question.asked_at <= %(before)s
    RETURNING asked_at
"""
NOTE = """
    INSERT INTO noted_postings AS noted (job_id, first_noted_at, noted_at, settled)
    SELECT job_id, %(now)s, %(now)s, NOT EXISTS (SELECT FROM saved_searches WHERE status = 'active')
    FROM unnest(%(jobs)s::uuid[]) AS given (job_id) ORDER BY job_id
    ON CONFLICT (job_id) DO UPDATE SET noted_at = greatest(noted.noted_at, excluded.noted_at), settled = false
    WHERE NOT excluded.settled
    RETURNING settled
"""
NOTED = """
    SELECT job_id, first_noted_at, noted_at FROM noted_postings
    WHERE NOT settled AND noted_at <= %(until)s
    AND (%(at)s::timestamptz IS NULL OR (noted_at, job_id) > (%(at)s::timestamptz, %(job)s::uuid))
    ORDER BY noted_at, job_id LIMIT %(limit)s
"""
SETTLE = """
    UPDATE noted_postings AS noted SET settled = true FROM unnest(%(jobs)s::uuid[], %(ats)s::timestamptz[]) AS given (job_id, at)
    WHERE noted.job_id = given.job_id AND noted.noted_at = given.at
"""
# The conditions stand there twice: what is confirmed or noted again meanwhile is looked at anew by the outer one alone, and stays.
FORGET_UNCONFIRMED = """
    DELETE FROM saved_searches WHERE status = 'unconfirmed' AND created_at < %(before)s AND id IN (
        SELECT id FROM saved_searches WHERE status = 'unconfirmed' AND created_at < %(before)s LIMIT %(most)s
    ) RETURNING 1
"""
FORGET_NOTED = """
    DELETE FROM noted_postings WHERE settled AND noted_at < %(before)s AND job_id IN (
        SELECT job_id FROM noted_postings WHERE settled AND noted_at < %(before)s LIMIT %(most)s
    ) RETURNING 1
"""
FORGET_ASKED = """
    DELETE FROM alert_questions WHERE asked_at < %(before)s AND address_hash IN (
        SELECT address_hash FROM alert_questions WHERE asked_at < %(before)s LIMIT %(most)s
    ) RETURNING 1
"""
# Each row of the ledger is looked up by its index: right after a great run the planner still takes the table for a small one.
BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
# Of postings of one job in one call the first counts, for the statement does not see its own rows, those of `known` neither.
CLAIM = """
    WITH known AS (
        INSERT INTO alerted_jobs (search_id, job_id)
        SELECT known.search_id, known.job_id FROM unnest(%(known_by)s::uuid[], %(known)s::uuid[]) AS known (search_id, job_id)
        JOIN saved_searches ON saved_searches.id = known.search_id AND saved_searches.status = 'active'
        ON CONFLICT (search_id, job_id) DO NOTHING
    ), given AS (
        SELECT DISTINCT ON (search_id, cluster) * FROM unnest(
            %(searches)s::uuid[], %(jobs)s::uuid[], %(clusters)s::uuid[], %(families)s::uuid[], %(sketches)s::text[],
            %(mates)s::text[], %(due)s::timestamptz[], %(postings)s::jsonb[]
        ) WITH ORDINALITY AS given (search_id, job_id, cluster, family, sketch, mates, due_at, posting, place) ORDER BY search_id, cluster, place
    )
    INSERT INTO alerted (search_id, job_id, cluster, family, sketch, at, due_at, posting)
    SELECT given.search_id, given.job_id, given.cluster, given.family, given.sketch::bit(512), %(now)s, given.due_at, given.posting
    FROM given JOIN saved_searches ON saved_searches.id = given.search_id AND saved_searches.status = 'active'
    WHERE NOT EXISTS (
        SELECT FROM alerted_jobs WHERE alerted_jobs.search_id = given.search_id AND alerted_jobs.job_id = given.job_id
    ) AND NOT EXISTS (
        SELECT FROM alerted WHERE alerted.search_id = given.search_id AND alerted.at > %(rested)s
        AND alerted.cluster = given.cluster
    ) AND NOT EXISTS (
        SELECT FROM alerted WHERE alerted.search_id = given.search_id AND alerted.at > %(rested)s
        AND alerted.family = given.family AND bit_count(alerted.sketch # given.sketch::bit(512)) <= %(same_text)s
    ) AND NOT EXISTS (
        SELECT FROM alerted WHERE alerted.search_id = given.search_id AND alerted.at > %(rested)s
        AND alerted.job_id = ANY(given.mates::uuid[])
    )
    ON CONFLICT (search_id, job_id) DO NOTHING
    RETURNING job_id
"""
ALERTS = """
    SELECT posting, at FROM alerted WHERE search_id = %(id)s AND (delivery_id IS NOT NULL OR %(waiting)s) ORDER BY at DESC, job_id LIMIT %(limit)s
"""
PENDING = """
    WITH pending AS MATERIALIZED (
        SELECT DISTINCT search_id FROM alerted WHERE delivery_id IS NULL AND due_at <= %(now)s
    )
    SELECT search_id FROM pending JOIN saved_searches ON saved_searches.id = search_id
    WHERE status = 'active' LIMIT %(limit)s
"""
DELIVERY = """
    WITH delivery AS (
        INSERT INTO alert_deliveries (id, search_id, state, next_at, created_at, sent_at)
        SELECT gen_random_uuid(), id, CASE channel WHEN 'feed' THEN 'sent' ELSE 'waiting' END, %(now)s, %(now)s,
            CASE channel WHEN 'feed' THEN %(now)s::timestamptz END
        FROM saved_searches WHERE id = ANY(%(searches)s::uuid[])
        RETURNING id, search_id
    ), pending AS (
        SELECT search_id, job_id, row_number() OVER (PARTITION BY search_id ORDER BY at, job_id) AS place FROM alerted
        WHERE delivery_id IS NULL AND due_at <= %(now)s AND search_id = ANY(%(searches)s::uuid[])
    )
    UPDATE alerted SET delivery_id = delivery.id FROM delivery, pending
    WHERE alerted.search_id = pending.search_id AND alerted.job_id = pending.job_id
    AND delivery.search_id = pending.search_id AND pending.place <= %(most)s
"""
OPENS = "SELECT set_config('app.opens_searches', 'on', true)"
"""Said before a delivery is taken, until the transaction ends: the release before takes none of a sealed search (migration 0028)."""
TAKE = """
    WITH due AS MATERIALIZED (
        SELECT DISTINCT ON (search_id) id FROM alert_deliveries WHERE state = 'waiting' AND next_at <= %(now)s
        ORDER BY search_id, next_at, id
    ), picked AS MATERIALIZED (
        SELECT delivery.id FROM due JOIN alert_deliveries AS delivery ON delivery.id = due.id
        JOIN saved_searches AS search ON search.id = delivery.search_id
        WHERE delivery.state = 'waiting' AND delivery.next_at <= %(now)s
        AND search.status = 'active' AND search.channel = ANY(%(channels)s)
        ORDER BY search.failing_since IS NOT NULL, delivery.next_at, delivery.id LIMIT %(limit)s FOR UPDATE OF delivery SKIP LOCKED
    )
    UPDATE alert_deliveries AS delivery SET attempts = attempts + 1, next_at = %(lost)s
    FROM picked WHERE delivery.id = picked.id
    RETURNING delivery.id, delivery.search_id, delivery.attempts, delivery.created_at
"""
OF_DELIVERIES = """
    SELECT delivery_id, posting FROM alerted WHERE delivery_id = ANY(%(ids)s::uuid[]) ORDER BY (posting->>'posted_at') DESC, job_id
"""
DELIVERED = """
    WITH sent AS (
        UPDATE alert_deliveries SET state = 'sent', sent_at = %(now)s, error = NULL WHERE id = %(id)s RETURNING search_id
    )
    UPDATE saved_searches SET failing_since = NULL, failure = NULL FROM sent
    WHERE saved_searches.id = sent.search_id AND failing_since IS NOT NULL
"""
FAILED = """
    WITH tried AS (
        UPDATE alert_deliveries SET error = %(error)s, next_at = coalesce(%(again_at)s::timestamptz, next_at),
            state = CASE WHEN %(again_at)s::timestamptz IS NULL THEN 'failed' ELSE 'waiting' END
        WHERE id = %(id)s AND state = 'waiting' RETURNING search_id
    )
    UPDATE saved_searches SET failing_since = coalesce(failing_since, %(now)s), failure = %(error)s,
        status = CASE WHEN %(disable)s THEN 'disabled' ELSE status END
    FROM tried WHERE saved_searches.id = tried.search_id
"""
NEXT_TRY = """
    WITH times AS MATERIALIZED (
        SELECT search_id, min(next_at) AS at FROM alert_deliveries WHERE state = 'waiting' GROUP BY search_id
        UNION ALL SELECT search_id, min(due_at) FROM alerted WHERE delivery_id IS NULL GROUP BY search_id
    )
    SELECT min(at) AS at FROM times JOIN saved_searches ON saved_searches.id = search_id
    WHERE status = 'active' AND channel = ANY(%(channels)s)
"""
