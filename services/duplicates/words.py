"""Words of titles, names and texts in a form in which they can be compared."""

import re
import unicodedata
from functools import lru_cache

_SCRIPTS_WITHOUT_BLANKS = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_SCRIPTS_WITHOUT_BLANKS}]|[^\W_{_SCRIPTS_WITHOUT_BLANKS}]+")
"""A word; of scripts that leave no blanks between words, a sign."""

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "ß": "ss"})


@lru_cache(maxsize=8_192)
def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def words(text: str) -> list[str]:
    """The words of a text that is folded or in lower case."""
    return _WORD.findall(text)
