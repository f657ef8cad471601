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


_AROUND = 120
"""Characters to each side of a span that are looked at, at most."""


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a span in its sentence."""
    before = re.split(r"[.;!?]\s", text[max(0, start - _AROUND) : start])[-1]
    after = re.split(r"[.;!?](?:\s|$)", text[end : end + _AROUND])[0]
    return before, after


def holds(lower: str, words: tuple[str, ...]) -> bool:
    """Whether a text in lower case holds one of these: what is looked at first, where a pattern would cost more."""
    for word in words:  # noqa: SIM110 - `any` of a generator takes twice as long
        if word in lower:
            return True
    return False
