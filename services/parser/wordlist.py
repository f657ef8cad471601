"""Lists of words as one expression: a tree of their letters, so that a long list costs little more than a short one."""

import re
from collections.abc import Iterable

from services.parser.normalise.text import fold

_Tree = dict[str, "_Tree"]
_END, _TAIL = "", r"\w*"
"""How a word ends: as it is, or with whatever goes on to the word's end."""


def any_of(*packed: str) -> str:
    """The source of an expression that matches any of the words, packed with `|`, folded; `cook*` goes on to the word's end."""
    words = [word for words in packed for word in words.split("|")]
    tree = _tree((map(_letter, fold(word)), _TAIL if word.endswith("*") else _END) for word in words)
    other = {letter: tree.pop(letter) for letter in list(tree) if not letter.isascii()}
    if not tree or not other:
        return _source(tree or other)
    # The letters of other scripts are many, and most texts have none: one look passes them all by.
    return rf"(?:{_source(tree)}|(?=[^\x00-\x7f]){_source(other)})"


def tree_of(words: Iterable[str]) -> str:
    """The source of an expression that matches any of the words as they are, the longest at a place."""
    return _source(_tree((map(re.escape, word), _END) for word in words))


def _tree(words: Iterable[tuple[Iterable[str], str]]) -> _Tree:
    """The words, each by its letters as patterns and by how it ends."""
    tree: _Tree = {}
    for letters, ending in words:
        node = tree
        for letter in letters:
            node = node.setdefault(letter, {})
        node.setdefault(ending, {})
    return tree


def _source(tree: _Tree) -> str:
    # The longest word first: what ends here comes after what goes on.
    ends = [ending for ending in (_TAIL, _END) if ending in tree]
    branches = [letter + _source(below) for letter, below in tree.items() if letter not in (_TAIL, _END)]
    if not branches:
        return ends[0] if ends else ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join([*branches, *ends[:1]])})"


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
