"""The lines of a résumé by part: head, contact, summary, work, education, skills, languages, references, other."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.matching.resume.lines import Line
from services.matching.resume.parts.headings import Part, heading_of, headings_in, label_of

Parts = tuple[Part, ...]

_INNER = frozenset({Part.SKILLS, Part.SUMMARY, Part.OTHER})
"""What may head a paragraph inside a job too: `Technologies`, `Description`, `Projects`."""
_LABELLED = frozenset(set(Part) - {Part.WORK})
"""Parts in which a label before a colon begins another part."""
_PAGE = re.compile(
    r"^(?:page|seite|página|pagina)\s\d+(?:\s(?:of|von|de|di|sur)\s\d+)?$|^\d+\s?/\s?\d+$", re.IGNORECASE
)


@dataclass(frozen=True)
class _Style:
    """How a heading looks, so that others of the same résumé are known by it."""

    upper: bool
    bold: bool
    colon: bool
    size: float

    @classmethod
    def of(cls, line: Line) -> "_Style":
        return cls(line.text.isupper(), line.bold, line.text.endswith(":"), round(line.size, 1))


def parts_of(lines: Sequence[Line]) -> dict[Part, list[Line]]:
    """Part → its lines in order, without headings. A line stands in several where columns were run together."""
    parts: dict[Part, list[Line]] = {part: [] for part in Part}
    flows: dict[int, Parts] = {}
    now: Parts = (Part.HEAD,)
    flow = 0
    style: _Style | None = None
    for line in lines:
        if _PAGE.match(line.text):
            continue
        if line.flow != flow:
            flows[flow] = now
            flow = line.flow
            now = _resumed(flows, flow, now)
        found, rest = _heading(line, now, style)
        if found and not rest and style is None and set(found) & {Part.WORK, Part.EDUCATION}:
            style = _Style.of(line)
        now = _together(now, found) if found else now
        if not found or rest:
            _add(parts, now, rest if found else (line,))
        elif Part.HEAD not in now:
            _add(parts, now, (Line("", line.start, flow=line.flow),))
    return parts


def _together(now: Parts, found: Parts) -> Parts:
    """The parts after a heading. Once columns are run together, none of them ends for certain."""
    if len(now) == 1 or len(found) > 1:
        return found
    return (*now, *(part for part in found if part not in now))


def mixed(parts: dict[Part, list[Line]]) -> bool:
    """Whether lines on work stand in other parts too: columns were run together."""
    elsewhere = {
        line.start for part in (Part.EDUCATION, Part.SKILLS, Part.SUMMARY) for line in parts[part] if line.text
    }
    return any(line.start in elsewhere for line in parts[Part.WORK] if line.text)


def _add(parts: dict[Part, list[Line]], now: Parts, lines: Iterable[Line]) -> None:
    for part in now:
        parts[part].extend(lines)


def _resumed(flows: dict[int, Parts], flow: int, before: Parts) -> Parts:
    """The part that goes on where the reader's eye moves to another column."""
    kept = flows.get(flow)
    if kept is None:
        return (Part.HEAD,) if flow else before
    if flow == 0 and kept == (Part.HEAD,):
        return before
    return kept


def _heading(line: Line, now: Parts, style: _Style | None) -> tuple[Parts, tuple[Line, ...]]:
    """The parts that a line begins, and what of the line belongs to them."""
    part = heading_of(line.text)
    if part is not None and not (
        set(now) & {Part.WORK} and part in _INNER and style is not None and not _alike(line, style)
    ):
        several = headings_in(line.text)
        return (several if len(set(several)) > 1 else (part,)), ()
    several = headings_in(line.text)
    if len(set(several)) > 1:
        return several, ()
    labelled = label_of(line.text)
    if labelled is not None and set(now) <= _LABELLED:
        part, at = labelled
        return (part,), (_part_of(line, at, len(line.text)),)
    return _capitals(line, now)


def _alike(line: Line, style: _Style) -> bool:
    one = _Style.of(line)
    return (one.upper, one.bold, one.colon) == (style.upper, style.bold, style.colon) and abs(
        one.size - style.size
    ) < 0.11


def _capitals(line: Line, now: Parts) -> tuple[Parts, tuple[Line, ...]]:
    """A heading in capitals that begins or ends a line of another column: both go on together."""
    words = line.text.split()
    capitals = [word.isupper() and len(word) > 3 for word in words]
    if len(words) < 2 or all(word.isupper() or not word.isalpha() for word in words):
        return (), ()
    head = next(
        (index for index, capital in enumerate(capitals) if not capital and words[index] not in ("&", "AND")), 0
    )
    tail = next(
        (
            index
            for index, capital in enumerate(reversed(capitals))
            if not capital and words[-1 - index] not in ("&", "AND")
        ),
        0,
    )
    for phrase, rest in (
        (" ".join(words[:head]), _part_of(line, line.text.find(words[head]), len(line.text))),
        (
            " ".join(words[len(words) - tail :]) if tail else "",
            _part_of(line, 0, line.text.rfind(words[len(words) - tail]) if tail else 0),
        ),
    ):
        part = heading_of(phrase) if phrase else None
        if part is not None and part not in now:
            return (*(one for one in now if one is not Part.HEAD), part), (rest,)
    return (), ()


def _part_of(line: Line, begin: int, end: int) -> Line:
    piece = line.cut(begin, end).stripped()
    return replace(line, text=piece.text, start=piece.start)
