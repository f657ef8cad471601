"""What the collection takes for words."""

import re
import unicodedata

from quiethire.domain.search_words import SEPARATORS

SYMBOLS = ["+", "#"]
"""These are part of a word: C, C++ and C# are three things."""

_SPLIT = re.compile(rf"[\s{re.escape(''.join(SEPARATORS))}]+")


def words_of(text: str) -> list[str]:
    """Lower-case words without accents; `+` and `#` belong to a word, other signs are dropped."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = ("".join(c for c in word if c.isalnum() or c in SYMBOLS) for word in _SPLIT.split(plain))
    return [word for word in kept if word]
