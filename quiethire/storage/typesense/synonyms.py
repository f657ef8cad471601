"""Words that mean the same, from `synonyms.txt`, written into each document beside its own.

Not through the server's synonyms: Typesense 0.24 replaces every word of a query that has any, so that `senior js developer` is
asked as `sr javascript dev` and never as `senior javascript developer`, and it asks once for each variant. Beside the
document's own words they cost a search nothing, work together, and may be typed in part or wrongly.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from quiethire.domain.posting import Workplace
from quiethire.domain.search import SearchDocument
from quiethire.storage.typesense.words import words_of

_Run = tuple[str, ...]

_SOMEBODY = re.compile(
    "(?!senior|junior)[a-z]{2,30}(?:er|or|ist|yst|ian|ant)|nurse|chef|cook|clerk|architect|intern|agent|guard|lead|apprentice"
)
"""English words for who does some work; of others that end so the plural is asked for by nobody."""


@cache
def _groups() -> Mapping[str, tuple[tuple[_Run, tuple[str, ...]], ...]]:
    """First word → each run of words that begins with it, and what else means the same."""
    text = resources.files(__package__).joinpath("synonyms.txt").read_text(encoding="utf-8")
    found: dict[str, list[tuple[_Run, tuple[str, ...]]]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            group = [member.strip() for member in line.split("=")]
            for member in group:
                run = tuple(words_of(member))
                found.setdefault(run[0], []).append((run, tuple(other for other in group if other != member)))
    return MappingProxyType({word: tuple(runs) for word, runs in found.items()})


def also(document: SearchDocument) -> tuple[str, ...]:
    """What else its title, its skills and its places are called, and that it is remote: few texts say so in their first lines.

    People ask for `backend engineers`, and titles name one.
    """
    texts = (document.title, *document.skills, *document.location)
    remote = [document.remote] if document.remote == Workplace.REMOTE else []
    others = [other for text in texts for other in _others(words_of(text))]
    called = [*words_of(document.title), *(word for other in others for word in words_of(other))]
    several = [f"{word}s" for word in called if _SOMEBODY.fullmatch(word)]
    return tuple(dict.fromkeys([*remote, *others, *several]))


def _others(words: list[str]) -> Iterable[str]:
    """The longest run from each word on: what is told of `go to market` is not told of `go`."""
    groups, start = _groups(), 0
    while start < len(words):
        told = [
            entry for entry in groups.get(words[start], ()) if words[start : start + len(entry[0])] == list(entry[0])
        ]
        longest = max((len(run) for run, _ in told), default=1)
        for run, others in told:
            if len(run) == longest:
                yield from others
        start += longest
