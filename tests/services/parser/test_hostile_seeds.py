"""The fuzz run in short: its seeds, and what small changes make of them, through every target."""

import pytest
from fuzz_targets import TARGETS, run, seeds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEEDS = seeds()
BAIT = [
    b"\0",
    b"<",
    b">",
    b'"',
    b"'",
    b"&#",
    b"[" * 50,
    b"{",
    b"\\ud800",
    b"\xff\xfe",
    b"-->",
    b"9" * 400,
    b"1e999",
    b",",
]


@pytest.mark.parametrize("target", TARGETS)
def test_every_seed_ends_in_a_result_or_a_typed_error(target):
    for _, _, data in SEEDS:
        run(target, data)


def test_every_target_has_seeds():
    assert {target for target, _, _ in SEEDS} == set(TARGETS)


@st.composite
def bent(draw: st.DrawFn, target: str) -> bytes:
    """A seed of the target, of which a few stretches are cut out, doubled, or bait is put in their place."""
    data = draw(st.sampled_from([data for name, _, data in SEEDS if name == target]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        data = data[:start] + draw(st.sampled_from([*BAIT, b"", data[start:end] * 2])) + data[end:]
    return data


@pytest.mark.parametrize("target", TARGETS)
def test_a_seed_that_is_bent_ends_in_a_result_or_a_typed_error(target):
    @settings(max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(bent(target))
    def check(data: bytes) -> None:
        run(target, data)

    check()
