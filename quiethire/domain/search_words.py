"""What a person typed into a search box, taken apart: words, phrases between quotes, and what must not be there."""

import re
import unicodedata
from functools import lru_cache

from quiethire.domain.base import Model

MAX_TERMS = 20
"""Words, phrases and exclusions that are looked at; further ones narrow nothing. A title has fewer."""

SEPARATORS = ("-", "/", ",", "(", ")", "|", ":", ";", "&", "_")
"""These join words in titles as blanks do: `Python/Django`, `full-stack` and `(m/w/d)` are found by their parts."""

_SPLIT = re.compile(rf"[\s{re.escape(''.join(SEPARATORS))}]+")

_STRAIGHT = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"') | dict.fromkeys("’‘ʼ＇´", "'") | dict.fromkeys("−－–—", "-"))
"""Telephones, word processors and East Asian keyboards set these for quotes, apostrophes and minus. The index drops an apostrophe,
whichever it is: of `d’études` a blank in its place would make two words that no title has.
"""

_PART = re.compile(r'(?P<minus>-*)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')

_GENDERS = re.compile(r"\(?(?<![\w/|])[mwfdhxiv](?:\s?[/|,]\s?[mwfdhxiv*]){1,4}(?![\w/|])\)?", re.IGNORECASE)
"""`(m/w/d)`, `f/m/x`, `H/F`: it stands in titles, says nothing, and is written in a dozen ways."""

_EVERY_POSTING = frozenset(
    [
        "job",
        "jobs",
        "vacancy",
        "vacancies",
        "career",
        "careers",
        "hiring",
        "stelle",
        "stellen",
        "stellenangebot",
        "stellenangebote",
        "emploi",
        "emplois",
        "empleo",
        "empleos",
        "trabajo",
        "vacature",
        "vacatures",
        "lavoro",
    ]
)
"""Every posting is one: who asks for nothing else asks for all."""

_SAYS_NOTHING = _EVERY_POSTING | {"in", "at", "near", "bei", "à"}
"""What stands before a place or a company need not stand in a posting either: dropped where other words remain."""


_INITIALS = re.compile(r"(?:[^\W_]*&)*(?:[^\W\d_]&[^\W_]+|[^\W_]+&[^\W\d_])(?:&[^\W_]*)*")
"""`AT&T`, `R&D`, `M&A`: a letter beside the sign says nothing by itself, and stands in every other posting."""

_DOTTED = re.compile(r"[^\w.]*\.\w+[^\w.]*")
"""`.NET`, however it is set apart."""

ACCENTED = "[\u00c0-\u024f\u0300-\u036f\u0370-\u04ff\u1e00-\u1fff\u3040-\u30ff]"
"""A pattern, for every engine that is asked: letters that may carry a mark, of the scripts that write those as one, and marks alone."""

_ACCENTED = re.compile(ACCENTED)


class Asked(Model):
    """A typed query, taken apart. Each phrase and exclusion is one or several words with blanks between."""

    words: tuple[str, ...] = ()
    """All of these, in any order; see `ends_open`."""
    phrases: tuple[str, ...] = ()
    """All of these, as they stand."""
    excluded: tuple[str, ...] = ()
    """None of these, as they stand."""

    @property
    def ends_open(self) -> bool:
        """Whether the last word may be the beginning of a longer one. `.NET` is a word: without its dot, which indexes drop, it begins every network."""
        return bool(self.words) and _DOTTED.fullmatch(self.words[-1]) is None

    @property
    def matches_all(self) -> bool:
        """Whether nothing is asked."""
        return not (self.words or self.phrases or self.excluded)


@lru_cache(maxsize=1_000)  # One search asks for it several times.
def asked(q: str) -> Asked:
    """Take a query apart. Any text is valid: quotes that nothing closes and lone dashes count as blanks."""
    words, phrases, excluded, initials = [], [], [], set[str]()
    text = _GENDERS.sub(" ", q.translate(_STRAIGHT))
    if text.count('"') % 2:
        opened = text.rindex('"')
        text = f"{text[:opened]} {text[opened + 1 :]}"
    for part in list(_PART.finditer(text)):
        plain = _plain(part["word"] if part["phrase"] is None else part["phrase"])
        if not plain:
            continue
        if part["minus"]:
            excluded.append(_as_phrase(plain))
        elif part["phrase"] is not None:
            phrases.append(_as_phrase(plain))
        else:
            words += _as_phrase(plain).split()
            if _INITIALS.fullmatch(plain):
                phrases.append(_as_phrase(plain))
                initials |= set(phrases[-1].split())
    telling = [word for word in words if word in initials or word.casefold() not in _SAYS_NOTHING]
    without = telling or phrases or any(word.casefold() in _EVERY_POSTING for word in words)
    return Asked(
        words=tuple(telling if without else words)[:MAX_TERMS],
        phrases=tuple(phrases)[:MAX_TERMS],
        excluded=tuple(excluded)[:MAX_TERMS],
    )


def apostrophes_apart(parts: Asked) -> Asked:
    """The same for a search that looks for parts of words: titles write an apostrophe in several ways, so what it joins stands apart."""
    return Asked(
        words=tuple(part for word in parts.words for part in word.split("'") if part),
        phrases=tuple(phrase.replace("'", " ") for phrase in parts.phrases),
        excluded=tuple(phrase.replace("'", " ") for phrase in parts.excluded),
    )


def without_accents(text: str) -> str:
    """`Café` as `Cafe`: people type either. Texts without an `ACCENTED` letter are left as they are."""
    if not _ACCENTED.search(text):
        return text
    parted = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(each for each in parted if unicodedata.category(each) != "Mn"))


def _plain(text: str) -> str:
    """Without what no index takes for a word: backticks, control characters, punctuation that is not ASCII, lone signs."""
    kept = "".join(" " if _is_blank(character) else character for character in text)
    words = (word.lstrip("-") for word in kept.split())
    return " ".join(word for word in words if any(map(_is_telling, word)))


def _as_phrase(plain: str) -> str:
    """Its words with blanks between: `full-stack` is the phrase of two."""
    return " ".join(word for word in _SPLIT.split(plain) if any(map(_is_telling, word)))


def _is_blank(character: str) -> bool:
    kind = unicodedata.category(character)
    return character in "`*" or kind[0] in "ZC" or (kind[0] == "P" and ord(character) > 127)


def _is_telling(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] in "LN" or kind == "So"
