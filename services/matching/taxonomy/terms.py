"""Labels found in texts: the keys under which `managing budgets` and `manage a budget` are one, and a lookup of all labels."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from services.matching.reading.text import name_key

MAX_WORDS = 7
"""Longer labels stand in no posting as they are."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?[+#]*")
CONNECTING = frozenset("of and for in to the & on at with a an or by as from".split())  # noqa: SIM905
"""Words that say nothing of a label by themselves, and neither end nor begin one."""
_SILENT = frozenset("the a an your our their its".split())  # noqa: SIM905
_NOT_PLURAL = ("ss", "us", "is", "ics")


class Word(NamedTuple):
    """A word of a text, as a noun and as a verb, and its place."""

    noun: str
    verb: str
    start: int
    end: int


@lru_cache(maxsize=1 << 16)
def _forms(word: str) -> tuple[str, str]:
    """The forms under which a noun in singular and plural, and a verb in any form, are one."""
    noun = name_key(word)
    if len(noun) > 3 and noun.endswith("s") and not noun.endswith(_NOT_PLURAL):
        noun = f"{noun[:-3]}y" if noun.endswith("ies") and len(noun) > 4 else noun[:-1]
    verb = noun
    for ending in ("ing", "ed"):
        if len(verb) > len(ending) + 2 and verb.endswith(ending):
            verb = verb.removesuffix(ending)
            verb = verb[:-1] if len(verb) > 3 and verb[-1] == verb[-2] else verb
            break
    return noun, verb.removesuffix("e") if len(verb) > 3 else verb


def words(text: str) -> list[Word]:
    """The words of a text but for articles."""
    found = []
    for match in _WORD.finditer(text):
        noun, verb = _forms(match.group())
        if noun not in _SILENT:
            found.append(Word(noun, verb, match.start(), match.end()))
    return found


def label_key(label: str) -> str:
    """The key of a label: its first word as a verb where others follow, the rest as nouns. Empty where it is too long."""
    each = words(label)
    if len(each) > MAX_WORDS:
        return ""
    return _key(each) if len(each) > 1 else each[0].noun if each else ""


def _key(each: Sequence[Word]) -> str:
    return " ".join((each[0].verb, *(word.noun for word in each[1:])))


def keys_of(labels: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Labels, each with the number of what it names, by their keys. The first that is given has a key."""
    keys: dict[str, int] = {}
    for label, number in labels:
        keys.setdefault(label_key(label), number)
    keys.pop("", None)
    return keys


class Found(NamedTuple):
    """A label in a text: which, and the words `first` to `last` (not included) that are it."""

    label: int
    first: int
    last: int


class Lookup:
    """All labels by their keys."""

    def __init__(self, keys: Mapping[str, int]) -> None:
        """Keys as `keys_of` gives them."""
        self._keys = keys
        self._sizes: dict[
            str, int
        ] = {}  # First word → a bit for each number of words that keys beginning with it have.
        for key in keys:
            first = key.partition(" ")[0]
            self._sizes[first] = self._sizes.get(first, 0) | 1 << (key.count(" ") + 1)

    def get(self, label: str) -> int | None:
        """What a label names."""
        return self._keys.get(label_key(label))

    def find(self, text: list[Word]) -> Iterator[Found]:
        """Labels in the order of the text, the longest at a place, none over another."""
        at = 0
        while at < len(text):
            found = self._at(text, at)
            if found is not None:
                yield found
            at = found.last if found is not None else at + 1

    def _at(self, text: list[Word], at: int) -> Found | None:
        sizes = self._sizes.get(text[at].verb, 0)
        for size in range(min(sizes.bit_length() - 1, len(text) - at), 1, -1):
            if sizes >> size & 1:
                number = self._keys.get(_key(text[at : at + size]))
                if number is not None:
                    return Found(number, at, at + size)
        number = self._keys.get(text[at].noun)
        return None if number is None else Found(number, at, at + 1)
