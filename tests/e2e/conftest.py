import pytest
from quiethire_command import Command


@pytest.fixture
def command(tmp_path):
    return Command(tmp_path / "data")


@pytest.fixture(scope="module")
def shared_command(tmp_path_factory):
    """One data directory for the tests of a file, which build on each other in order."""
    return Command(tmp_path_factory.mktemp("e2e") / "data")
