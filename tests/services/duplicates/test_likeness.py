"""Likeness of texts: estimated close to what it is, and the same in every process."""

import random
import subprocess
import sys

import pytest

from services.duplicates.texts import BANDS, bands, contained, likeness, minima, shingles, sketch

WORDS = [f"word{number}" for number in range(3_000)]

PINNED = [3225536625, 3629853605, 3235480613, 3231660230]


def text(chance: random.Random, words: int = 400) -> list[str]:
    return chance.choices(WORDS, k=words)


def sketched(*texts: str) -> list[bytes]:
    return [sketch(digest) for digest in minima([shingles(each) for each in texts])]


def test_a_text_is_as_like_itself_as_can_be_however_it_is_spelled() -> None:
    [one, other] = sketched("You build the pipelines.\nWe pay well!", "you BUILD the pipelines - we pay, well")
    assert one == other
    assert likeness(one, other) == 1


@pytest.mark.parametrize("changed", [0, 20, 60, 150, 400])
def test_likeness_is_estimated_within_its_error(changed: int) -> None:
    errors = []
    for seed in range(20):
        chance = random.Random(seed)
        one = text(chance)
        other = [*one[: len(one) - changed], *text(chance, changed)]
        left, right = set(shingles(" ".join(one))), set(shingles(" ".join(other)))
        exact = len(left & right) / len(left | right)
        errors.append(likeness(*sketched(" ".join(one), " ".join(other))) - exact)
    assert max(map(abs, errors)) < 4 * 0.045
    assert abs(sum(errors) / len(errors)) < 0.03


def test_the_part_of_a_cut_text_that_the_whole_one_has_is_all_of_it() -> None:
    whole = text(random.Random(1))
    cut = whole[:200]
    alike = likeness(*sketched(" ".join(whole), " ".join(cut)))
    sizes = [len(shingles(" ".join(each))) for each in (whole, cut)]
    assert alike < 0.7
    assert contained(alike, *sizes) > 0.9
    assert contained(0.0, 0, 10) == 0


def test_like_texts_have_a_band_in_common_and_others_have_none() -> None:
    chance = random.Random(3)
    one = text(chance)
    near, far = [*one[:-20], *text(chance, 20)], text(chance)
    first, second, third = (set(bands(digest)) for digest in minima([shingles(" ".join(t)) for t in (one, near, far)]))
    assert len(first) == BANDS
    assert first & second
    assert not first & third


def test_texts_of_scripts_without_blanks_have_shingles_too() -> None:
    assert len(shingles("数据工程师负责数据平台")) > 5
    assert shingles("") == []
    assert shingles("Only two") == ["only two"]


def test_the_hashes_are_those_of_every_other_process_and_machine() -> None:
    """Stored sketches are compared with new ones: a library that hashes otherwise needs a new method."""
    code = (
        "from services.duplicates.texts import minima, shingles\n"
        "print(minima([shingles('you build the pipelines that our teams rely on')])[0][:4])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(PINNED)
    assert minima([shingles("you build the pipelines that our teams rely on")])[0][:4] == PINNED
