"""A database in which no statement may delete more than two rows of a table."""

from psycopg import sql

_REFUSE = sql.SQL("""
    CREATE FUNCTION refuse_more() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT count(*) FROM gone) > 2 THEN RAISE EXCEPTION 'too many for one statement'; END IF;
        RETURN NULL;
    END $$;
""")
_TRIGGER = sql.SQL("""
    CREATE TRIGGER at_most_two AFTER DELETE ON {} REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_more();
""")


def at_most_two(*tables: str) -> sql.Composed:
    """What makes these tables refuse it."""
    return sql.Composed([_REFUSE, *(_TRIGGER.format(sql.Identifier(table)) for table in tables)])
