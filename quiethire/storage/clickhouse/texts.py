"""What a posting says twice is stored once: its HTML and its requirements repeat its text, its addresses its identity."""

import re
from collections.abc import Sequence

_AS_IS = "\x02"
"""Before a value that is stored as it stands. The schema knows this sign, and \\x01 for the last part of an identity."""

_LINE, _SKIP, _RUN = "\x01", "\x03", "\x04"
"""In markup: what is left of the text's next line; that this is not here; and, around a number, so many characters of it."""

_SIGN = re.compile(f"({_LINE}|{_SKIP}|{_RUN}[0-9]+{_RUN})")
_BETWEEN = re.compile(r"(?:<[^>]*>|&nbsp;|\s)+")
"""What stands in a line of HTML and not in that of the text."""

_ITEM = "- "

_DRIFT = 300
"""Characters between a line's end and the next one's start: tags, and what of a line was not recognised."""

_QUOTE = re.compile(r"“([^”…]{9,})")
_PLACE = re.compile(rf"{_LINE}([0-9]+),([0-9]+)")
"""In a path: where the text says what is quoted, and how long that is."""

_START = 3
"""Characters by which a line with tags in it is found."""


def markup_of(html: str, text: str) -> str:
    """The HTML with signs in the place of the lines that the text has too."""
    if any(sign in html for sign in (_LINE, _AS_IS, _SKIP, _RUN)):
        return _AS_IS + html
    parts: list[str] = []
    at, drift = 0, _DRIFT
    for line in _lines(text):
        end = at + len(line) + drift
        found = html.find(line, at, end)
        if found >= 0:
            parts += (html[at:found], _LINE)
            at, drift = found + len(line), _DRIFT
        elif (runs := _runs(html, line, html.find(line[:_START], at, end))) is not None:
            found, told, stop = runs
            parts += (html[at:found], *told)
            at, drift = stop, _DRIFT
        else:
            parts.append(_SKIP)
            drift += 2 * len(line)
    parts.append(html[at:])
    return "".join(parts)


def _runs(html: str, line: str, start: int) -> tuple[int, list[str], int] | None:
    """A line that begins at `start` and has tags within: its start, its parts, and its end; None where it is another."""
    parts: list[str] = []
    at, told = start, 0
    while 0 <= at < len(html):
        stop = html.find("<", at)
        run = html[at:] if stop < 0 else html[at:stop]
        if not line.startswith(run, told):
            run = run.rstrip()
            if not line.startswith(run, told):
                return None
        told += len(run)
        at += len(run)
        if told == len(line):
            return start, [*parts, _LINE], at
        between = _BETWEEN.match(html, at)
        if between is None:
            return None
        at = between.end() - (line[told] == " " and between[0].endswith(" "))
        parts += (f"{_RUN}{len(run)}{_RUN}" if run else "", html[between.start() : at])
    return None


def html_of(markup: str, text: str) -> str:
    """The HTML that `markup_of` was given."""
    if markup.startswith(_AS_IS):
        return markup[1:]
    lines = iter(_lines(text))
    parts = _SIGN.split(markup)
    left = ""
    for number in range(1, len(parts), 2):
        sign = parts[number]
        line = left or next(lines)
        told = len(line) if sign in (_LINE, _SKIP) else int(sign[1:-1])
        parts[number] = "" if sign == _SKIP else line[:told]
        left = line[told:]
    return "".join(parts)


def _lines(text: str) -> list[str]:
    """The lines of a text as HTML has them: escaped, and items without their mark."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return [line for line in f"\n{escaped}".replace("\n- ", "\n").split("\n") if line]


def item_lines(items: Sequence[str], text: str) -> list[int]:
    """The numbers of the lines, from 1, that are these items in this order; none where they are not all there."""
    lines = text.split("\n") if items else []
    numbers: list[int] = []
    at = 0
    for item in items:
        try:
            at = lines.index(_ITEM + item, at) + 1
        except ValueError:
            return []
        numbers.append(at)
    return numbers if at <= 65_535 else []


def items_of(numbers: Sequence[int], text: str) -> list[str]:
    """The items in these lines."""
    lines = text.split("\n") if numbers else []
    return [lines[number - 1][len(_ITEM) :] for number in numbers]


def without_quotes(path: str, text: str) -> str:
    """A path of provenance that says where it quotes the text, instead of what it quotes."""
    if _LINE in path or path.startswith(_AS_IS):
        return _AS_IS + path

    def place(quote: re.Match[str]) -> str:
        at = text.find(quote[1])
        return quote[0] if at < 0 else f"“{_LINE}{at},{len(quote[1])}"

    return _QUOTE.sub(place, path) if "“" in path else path


def with_quotes(stored: str, text: str) -> str:
    """The path that `without_quotes` was given."""
    if stored.startswith(_AS_IS):
        return stored[1:]
    return _PLACE.sub(lambda place: text[int(place[1]) : int(place[1]) + int(place[2])], stored)


def shortened(value: str | None, identity: str) -> str | None:
    """The value with a sign in the place of the last part of the identity, as the schema puts it back."""
    if value is None:
        return None
    if _LINE in value or value.startswith(_AS_IS):
        return _AS_IS + value
    last = identity.rpartition("/")[2]
    return value.replace(last, _LINE) if last else value
