"""How words are compared: the keys under which names meet, and hashed terms."""

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

TERMS = 1 << 18
"""Width of the hashed term space. Hashing bounds memory whatever words hostile pages invent."""

_TOKEN = re.compile(r"[^\W_]+[+#]*")


def name_key(name: str) -> str:
    """The form in which two names of a skill or a place are the same: no case, accents or odd spaces."""
    decomposed = unicodedata.normalize("NFKD", name)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).casefold().split())


def tokens(text: str) -> list[str]:
    """Words in the form of `name_key`; `C++` and `C#` keep their signs."""
    return _TOKEN.findall(name_key(text))


@lru_cache(maxsize=1 << 16)
def term(token: str) -> int:
    """The column of a token. CRC-32, because Python's own hash differs between processes."""
    return zlib.crc32(token.encode()) % TERMS


def term_frequencies(parts: Iterable[str]) -> dict[int, float]:
    """1 + ln(count) for each term, by ascending column, so that equal texts give equal sums to the last bit."""
    counts = Counter(term(token) for part in parts for token in tokens(part))
    return {column: 1.0 + math.log(counts[column]) for column in sorted(counts)}
