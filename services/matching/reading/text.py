"""How words are compared: the keys under which names meet."""

import re
import unicodedata

_TOKEN = re.compile(r"[^\W_]+[+#]*")


def name_key(name: str) -> str:
    """The form in which two names of a skill or a place are the same: no case, accents or odd spaces."""
    if name.isascii():
        return " ".join(name.casefold().split())
    words = [word if word.isascii() else _without_accents(word) for word in name.split()]
    return " ".join(" ".join(words).casefold().split())


def _without_accents(word: str) -> str:
    return "".join([c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)])


def tokens(text: str) -> list[str]:
    """Words in the form of `name_key`; `C++` and `C#` keep their signs."""
    return _TOKEN.findall(name_key(text))
