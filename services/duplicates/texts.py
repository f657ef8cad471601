"""Likeness of descriptions: MinHash over shingles of words, kept as one bit a hash.

b-bit minwise hashing (Li and König, 2010): of each minimum one bit is kept. Two texts whose shingles overlap by J (Jaccard)
agree in a share of (1 + J) / 2 of the bits.
"""

import sys
from collections.abc import Sequence

from rensa import RMinHash  # type: ignore[import-untyped]  # it ships no types

from quiethire.domain.cluster import SKETCH_BITS
from services.duplicates.words import words

SEED = 20_261_121
SHINGLE = 3
"""Words of a shingle."""

MOST_WORDS = 5_000
"""Words of a description that count."""

BANDS, ROWS = 5, 2
"""Texts are looked for by any of so many bands of so many minima: of those alike by 0.8 one in 160 is missed, by 0.65 one in 16."""


def shingles(text: str) -> list[str]:
    """The different runs of words in a text, or all of it where it is shorter than one."""
    spoken = words(text.lower())[:MOST_WORDS]
    if len(spoken) < SHINGLE:
        return [" ".join(spoken)] if spoken else []
    runs = zip(spoken, spoken[1:], spoken[2:], strict=False)
    return list(dict.fromkeys(map(" ".join, runs)))


def minima(texts: Sequence[list[str]]) -> list[list[int]]:
    """The MinHashes of each text's shingles: `SKETCH_BITS` numbers of 32 bits."""
    return [list(digest) for digest in RMinHash.digests_from_token_sets(texts, num_perm=SKETCH_BITS, seed=SEED)]


def sketch(digest: Sequence[int]) -> bytes:
    """One bit of each of the minima."""
    bits = int("".join("1" if number & 1 else "0" for number in digest), 2)
    return bits.to_bytes(SKETCH_BITS // 8, "big")


def bands(digest: Sequence[int]) -> list[str]:
    """The first minima, in bands: two like texts have one in common."""
    return ["/".join(map(str, digest[band * ROWS : (band + 1) * ROWS])) + f"@{band}" for band in range(BANDS)]


def likeness(one: bytes, other: bytes) -> float:
    """The Jaccard likeness of two texts, estimated: 0–1, its standard error at most 0.045."""
    differing = (int.from_bytes(one, sys.byteorder) ^ int.from_bytes(other, sys.byteorder)).bit_count()
    return max(0.0, 1 - 2 * differing / SKETCH_BITS)


def contained(likeness_: float, one: int, other: int) -> float:
    """The share of the shorter text's shingles that the longer one has too, given both numbers of shingles."""
    shorter = min(one, other)
    return min(1.0, likeness_ / (1 + likeness_) * (one + other) / shorter) if shorter else 0.0
