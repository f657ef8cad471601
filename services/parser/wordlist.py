"""Lists of words as one expression: a tree of their letters, so that a long list costs little more than a short one."""

from services.parser.normalise.text import fold

_Tree = dict[str, "_Tree"]
_END = ""


def any_of(*packed: str) -> str:
    """The source of an expression that matches any of the words, packed with `|`, folded; `cook*` goes on to the word's end."""
    tree: _Tree = {}
    for word in (word for words in packed for word in words.split("|")):
        node = tree
        for letter in fold(word):
            node = node.setdefault(letter, {})
        node.setdefault(r"\w*" if word.endswith("*") else _END, {})
    return _source(tree)


def _source(tree: _Tree) -> str:
    # The longest word first: what ends here comes after what goes on.
    ends = [ending for ending in (r"\w*", _END) if ending in tree]
    branches = [_letter(letter) + _source(below) for letter, below in tree.items() if letter not in (r"\w*", _END)]
    if not branches:
        return ends[0] if ends else ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join([*branches, *ends[:1]])})"


def _letter(letter: str) -> str:
    return r"\s" if letter == " " else letter if letter.isalnum() else f"\\{letter}"
