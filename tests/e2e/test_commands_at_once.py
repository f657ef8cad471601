"""Commands that find no platform, and come at the same time."""

import pytest
from quiethire_command import PATIENCE

pytestmark = pytest.mark.timeout(600)


def test_one_starts_it_the_other_uses_it_and_both_are_done(command):
    both = [command.start(*asked, "--json") for asked in (["stats"], ["companies", "list"])]
    said = [process.communicate(timeout=2 * PATIENCE)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert not (command.data_dir / "running.json").exists()
