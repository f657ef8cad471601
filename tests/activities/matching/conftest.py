"""Runs of matches."""

import pytest
from scored_people import DATA, person

from activities.matching import MatchActivities, ScoreInput
from quiethire.settings import Settings


@pytest.fixture
async def score(world, run):
    world.settings = Settings(data_dir=DATA)
    await world.candidates.save(person())
    activities = MatchActivities(world)

    async def score(*, attempt=1, run_id="test-run", info=None, beats=None, **given):
        return await run(
            activities.score_candidates,
            ScoreInput(**given),
            attempt=attempt,
            run_id=run_id,
            beats=beats,
            **(info or {}),
        )

    return score
