"""Lists of folded words as one expression, and phrases of them that are found in any script."""

import re

from quiethire.domain.words import END, TAIL, fold, source, tree


def any_of(*packed: str) -> str:
    """The source of an expression that matches any of the words, packed with `|`, folded; `cook*` goes on to the word's end."""
    words = [word for words in packed for word in words.split("|")]
    letters = tree((map(_letter, fold(word)), TAIL if word.endswith("*") else END) for word in words)
    other = {letter: letters.pop(letter) for letter in list(letters) if not letter.isascii()}
    if not letters or not other:
        return source(letters or other)
    # The letters of other scripts are many, and most texts have none: one look passes them all by.
    return rf"(?:{source(letters)}|(?=[^\x00-\x7f]){source(other)})"


def _letter(letter: str) -> str:
    return r"\s" if letter == " " else letter if letter.isalnum() else f"\\{letter}"


class Phrases:
    """Whole phrases anywhere in a folded text, and those of scripts that set no words apart.

    Nearly every line of a page is asked for several of these, and nearly none holds one: what ends a word is found faster
    than a boundary before one, and a text of plain letters is not asked for other scripts.
    """

    def __init__(self, spaced: str, unspaced: str, first: str = "") -> None:
        """Expressions for whole words, for what may stand within one, and for words that only begin a text."""
        self._spaced = re.compile(rf"\W{spaced}\b")
        self._unspaced = re.compile(unspaced)
        self._first = re.compile(rf"{first}\b") if first else None

    def search(self, folded: str) -> re.Match[str] | None:
        """Some find in a text, if there is one; it does not tell where."""
        found = self._spaced.search(f" {folded}")
        if found is None and self._first is not None:
            found = self._first.match(folded)
        return found if found is not None or folded.isascii() else self._unspaced.search(folded)
