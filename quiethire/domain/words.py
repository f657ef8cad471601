"""Finding words in a text: a long list of them as one expression, lower case that keeps every place, and a form to compare by."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

Tree = dict[str, "Tree"]

END, TAIL = "", r"\w*"
"""How a word ends: as it is, or with whatever goes on to the word's end."""


def lowered(text: str) -> str:
    """Lower case with every character in its place, which `İ` does not keep."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


_JOINERS = "\u200c\u200d"
"""They show nothing by themselves, and some scripts need them within words."""
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


def name_of_somebody(given: str) -> str:
    """A name without blanks around it. Raises ValueError for one that shows no letter, or hides signs among its letters.

    Such are control characters, and those that turn the direction of reading: what is seen would not be what stands there.
    """
    name = given.strip()
    if not any(unicodedata.category(sign)[0] == "L" and sign not in _BLANK_LETTERS for sign in name):
        raise ValueError("a name has letters")
    if any(unicodedata.category(sign)[0] == "C" and sign not in _JOINERS for sign in name):
        raise ValueError("a name has no characters that cannot be seen")
    return name


class _Plain(dict[int, int | str | None]):
    """What becomes of each code point of decomposed text: accents go, letters with a stroke lose it, the rest stays."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]  # type: ignore[return-value]  # the only strings are those it starts with


_PLAIN = _Plain({ord("ł"): "l", ord("ø"): "o", ord("æ"): "ae"})


def fold(text: str) -> str:
    """Lower case without accents and punctuation at the ends: what labels and names are compared by."""
    return _folded_line(text) if len(text) <= _LINE else _folded(text)


def _folded(text: str) -> str:
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return " ".join(plain.split()).strip(" :*.,;–-|")


_LINE = 200
_folded_line = lru_cache(maxsize=4_096)(_folded)
"""Two in three of the lines, labels and links of a page are asked for more than once."""


def tree_of(words: Iterable[str]) -> str:
    """The source of an expression that matches any of the words as they are, the longest at a place."""
    return source(tree((map(re.escape, word), END) for word in words))


def tree(words: Iterable[tuple[Iterable[str], str]]) -> Tree:
    """The words, each by its letters as patterns and by how it ends: a long list costs little more than a short one."""
    whole: Tree = {}
    for letters, ending in words:
        node = whole
        for letter in letters:
            node = node.setdefault(letter, {})
        node.setdefault(ending, {})
    return whole


def source(whole: Tree) -> str:
    """The source of an expression that matches any word of a tree."""
    # The longest word first: what ends here comes after what goes on.
    ends = [ending for ending in (TAIL, END) if ending in whole]
    branches = [letter + source(below) for letter, below in whole.items() if letter not in (TAIL, END)]
    if not branches:
        return ends[0] if ends else ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join([*branches, *ends[:1]])})"
