"""Activities as Temporal runs them, without Temporal."""

from datetime import UTC, datetime

from temporalio.testing import ActivityEnvironment


def activity_environment(**info) -> ActivityEnvironment:
    """One whose activity begins now, and else is told this of itself."""
    environment = ActivityEnvironment()
    told = {**vars(environment.info), "started_time": datetime.now(UTC), **info}
    environment.info = environment.info.__class__(**told)
    return environment
