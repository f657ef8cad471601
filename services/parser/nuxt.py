"""The state of Nuxt pages, which is no plain JSON: a function called with its values (Nuxt 2), a flat list of parts (Nuxt 3).

Nuxt 2 writes `window.__NUXT__=(function(a,b){return {title:a,place:b}}("Nurse","Leeds"))`: literals only, no code is run.
Nuxt 3 writes what devalue makes of it: a list whose entries name the others by their place in it.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from services.parser.schema_values import Json

MAX_TEXT = 2_000_000
"""Characters of a function-style state that are read."""
MAX_DEPTH = 60
MAX_ENTRIES = 200_000
"""Values that are read of one state."""
MAX_MADE = 300_000
"""Values that a flat state is made of: each counts as often as it is named."""

T = TypeVar("T")

_FUNCTION = re.compile(r"__NUXT__\s{0,9}=\s{0,9}\(?\s{0,9}function\s{0,9}\((?P<names>[^()]{0,200000})\)\s{0,9}\{")
_RETURN = re.compile(r"\breturn\s{0,9}(?=\{)")
_CALLED = re.compile(r"\s{0,9};?\s{0,9}\}\s{0,9}\)?\s{0,9}(?=\()")
_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)"
    r"|(?P<name>[a-z_$][\w$]*)|(?P<sign>[{}\[\](),:!]))",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "", "\n": ""}
_CONSTANTS: Mapping[str, object] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": None,
    "NaN": None,
    "Infinity": None,
}


def called_state(script: str) -> object:
    """What a Nuxt 2 script makes of its values; None where it is none, or more than literals."""
    head = _FUNCTION.search(script[:MAX_TEXT])
    body = _RETURN.search(script, head.end(), MAX_TEXT) if head else None
    if head is None or body is None:
        return None
    try:
        # The values stand behind the body: it is read once to find its end, and again when they are known.
        _, end = _Literals(script, {}).value(body.end())
        called = _CALLED.match(script, end)
        if called is None:
            return None
        values, _ = _Literals(script, {}).entries(called.end() + 1, ")")
        names = [name.strip() for name in head["names"].split(",")]
        return _Literals(script, dict(zip(names, values, strict=False))).value(body.end())[0]
    except _NotALiteral:
        return None


class _NotALiteral(Exception):
    """The script holds something else than values."""


class _Literals:
    """Reads values as JavaScript writes them; a name stands for a known value, or for none."""

    def __init__(self, script: str, known: Mapping[str, object]) -> None:
        self.script = script
        self.known = {**known, **_CONSTANTS}
        self.depth = 0
        self.left = MAX_ENTRIES

    def value(self, at: int) -> tuple[object, int]:
        """The value at a place, and where it ends. Raises _NotALiteral."""
        return self._value(*self._token(at))

    def _value(self, kind: str, written: str, at: int) -> tuple[object, int]:
        """The value that begins with what was read last."""
        self.left -= 1
        if self.left < 0:
            raise _NotALiteral
        if kind == "text":
            return _unescaped(written[1:-1]), at
        if kind == "number":
            return (float(written) if re.search(r"[.eE]", written) else int(written[:30])), at
        if kind == "name":
            return self._named(written, at)
        if written == "!":  # `!0` is true and `!1` is false: how they are written short.
            _, digit, at = self._token(at)
            return digit == "0", at
        if written == "{":
            return self._deeper(self._members, at)
        if written == "[":
            return self._deeper(self._items, at)
        raise _NotALiteral

    def _items(self, at: int) -> tuple[list[object], int]:
        return self.entries(at, "]")

    def _arguments(self, at: int) -> tuple[list[object], int]:
        return self.entries(at, ")")

    def entries(self, at: int, close: str) -> tuple[list[object], int]:
        """Values up to a closing bracket."""
        found: list[object] = []
        while True:
            kind, written, after = self._token(at)
            if kind == "sign" and written == close:
                return found, after
            if kind == "sign" and written == ",":
                at = after
                continue
            value, at = self._value(kind, written, after)
            found.append(value)

    def _members(self, at: int) -> tuple[Json, int]:
        found: Json = {}
        while True:
            kind, written, at = self._token(at)
            if kind == "sign":
                if written == "}":
                    return found, at
                if written == ",":
                    continue
                raise _NotALiteral
            _, colon, at = self._token(at)
            if colon != ":":
                raise _NotALiteral
            found[_unescaped(written[1:-1]) if kind == "text" else written], at = self.value(at)

    def _named(self, name: str, at: int) -> tuple[object, int]:
        if name == "void":
            return None, self._token(at)[2]
        if name == "new":  # `new Date(1700000000000)`: what it is made of will do.
            _, _, at = self._token(at)
            _, bracket, at = self._token(at)
            if bracket != "(":
                raise _NotALiteral
            values, at = self._deeper(self._arguments, at)
            return next(iter(values), None), at
        if self.script[at : at + 1] == "(":  # `Array(3)`: a call whose value nobody needs.
            return None, self._deeper(self._arguments, at + 1)[1]
        return self.known.get(name), at

    def _deeper(self, read: Callable[[int], tuple[T, int]], at: int) -> tuple[T, int]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _NotALiteral
        found = read(at)
        self.depth -= 1
        return found

    def _token(self, at: int) -> tuple[str, str, int]:
        match = _TOKEN.match(self.script, at, MAX_TEXT)
        if match is None or match.lastgroup is None:
            raise _NotALiteral
        return match.lastgroup, match[match.lastgroup], match.end()


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_character, text)
    # JavaScript spells a character beyond 65,535 as two halves; half a one is none.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _PLAIN.get(escape[3], escape[3])


def flat_state(entries: list[object]) -> object:
    """What a Nuxt 3 list stands for: its first entry, with the others in the places that name them."""
    return _Flat(entries[:MAX_ENTRIES]).at(0, 0)


class _Flat:
    """Makes an entry anew wherever it is named, so that what reads the state meets nothing more often than it was counted."""

    def __init__(self, entries: list[object]) -> None:
        self.entries = entries
        self.within: set[int] = set()
        """Places that are being made: an entry is not put within itself."""
        self.left = MAX_MADE

    def at(self, place: object, depth: int) -> object:
        """The value at a place. Places below nought stand for undefined and its kin."""
        self.left -= 1
        index = self._index(place)
        if index is None or depth > MAX_DEPTH or self.left < 0:
            return None
        entry = self.entries[index]
        if isinstance(entry, list) and _is_wrapper(entry):
            inner = entry[1] if len(entry) > 1 else None
            return inner if self._index(inner) is None else self.at(inner, depth + 1)
        if not isinstance(entry, (dict, list)):
            return entry
        if index in self.within or len(entry) > self.left:
            return None
        self.within.add(index)
        made: object
        if isinstance(entry, dict):
            made = {key: self.at(inner, depth + 1) for key, inner in entry.items()}
        else:
            made = [self.at(inner, depth + 1) for inner in entry]
        self.within.remove(index)
        return made

    def _index(self, place: object) -> int | None:
        if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < len(self.entries):
            return None
        return place


def _is_wrapper(entry: list[object]) -> bool:
    """`["Reactive", 2]`, `["Date", "2026-11-02T00:00:00Z"]`: a kind, then what is of that kind."""
    return len(entry) >= 1 and isinstance(entry[0], str)
