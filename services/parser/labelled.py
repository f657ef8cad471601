"""The facts that a page without markup shows under labels: `Location: Porto`, `Posted on 8 May 2026`, a label above its value."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile

from quiethire.domain.posting import Source, Sourced, Workplace
from quiethire.domain.words import fold
from services.parser.document import Document, Line
from services.parser.labels import LABELS, label_of
from services.parser.normalise.dates import day_first, parse_date
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place
from services.parser.normalise.period import paid
from services.parser.normalise.postal import address_end, postal_place
from services.parser.normalise.salary import reads_as_pay
from services.parser.normalise.text import squeeze
from services.parser.normalise.workplace import workplace

MAX_VALUE = 160
"""Characters of a fact; what is longer is prose."""
_LONGEST_PLACE = 8
"""Words of a place."""

_DIGIT = re.compile(r"\d")
_DASHED = re.compile(r"([^\W\d][\w /'’()]{2,30}?)\s(?:[-–—|=>]|→)\s(.{2,160})$")
"""`Location – Porto`."""
_DATED = 90
"""Characters of a line that holds a date of posting among other words."""
_PUBLISHED = re.compile(
    r"\b(?:(?:job |vacancy |position |advert(?:isement)? )?(?:posted|published|advertised|listed)(?: on| at| since)?|veroffentlicht(?: am| seit)?|ausgeschrieben am|online seit(?: dem)?|publiee?s?(?: le)?"
    r"|mise? en ligne le|publicad[oa](?: el| em| desde)?|pubblicat[oa](?: il)?|gepubliceerd(?: op)?|geplaatst(?: op)?|opslaet(?: den)?|publisert(?: den)?|publicerad(?:es)?(?: den)?|zverejneno(?: dne)?"
    r"|opublikowan[oae](?: dnia| w dniu)?|опубликован[оаы]?|размещен[оаы]?|julkaistu)[\s:]{1,3}(?=\S{0,12}\s?\d)"
)
"""Words for posting before a date, folded."""
_NUMBER = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?(?:\s?[-–]\s?\d{1,2})?")
_OF_HOURS = re.compile(
    r"hour|stund|arbeitszeit|\b(?:uur|uren|heures?|horas|ore|timer|timmar|godzin\w*|hodin\w*|tunti\w*)\b"
)
_KINDS_OF_WORK: dict[str, tuple[Callable[[str], object], ...]] = {
    "job_type": (job_type,),
    "workplace": (workplace,),
    "location": (workplace,),
}
"""What tells that a word that may be a label is a value below another one."""
_SHORT = 60
"""Characters of a value that says no more than how the work is done."""
_PAIRED = {("dt", "dd"), ("th", "td")}
"""Elements of a label and its value."""
_MAX_VALUES = 10
_MAX_STREETS = 3
"""Lines of an address before its place."""
_MONEY = re.compile(r"[€$£]\s?\d|\d\s?[€$£]")
_CARD_FACTS = 4
"""Facts that `<meta name="twitter:label1">` and its kin label."""
_DATE_WORDS = frozenset(
    word for name in ("posted_at", "valid_through") for label in LABELS[name] for word in label.split()
)
"""Words of the labels of dates: a line that begins with none of them has no date behind such a label."""


@dataclass
class Facts:
    """Facts by field, the first of each kept, with where each was found."""

    found: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, name: str, value: str, path: str) -> None:
        """Keep a value, unless it is prose or known."""
        value = squeeze(value).strip(" :–-|")
        values = self.found.setdefault(name, [])
        if value and len(value) <= MAX_VALUE and value not in [known for known, _ in values] and len(values) < 10:
            values.append((value, path))

    def first(self, name: str) -> Sourced | None:
        """The value that was found first."""
        values = self.found.get(name)
        return Sourced(value=values[0][0], source=Source.HTML, path=values[0][1]) if values else None


def labelled(document: Document) -> Facts:
    """`Label: value` on one line, and a label with its value on the next."""
    facts = Facts()
    lines = document.content
    for index, line in enumerate(lines):
        # No label with its value is longer.
        if len(line.text) > 2 * MAX_VALUE or _in_one_line(facts, line):
            continue
        if (name := label_of(line.text)) is None or is_value(lines, index):
            continue
        if (beside := _columns(lines, index)) is not None:
            _below_label(facts, name, line, beside)
        else:
            _below_label(facts, name, line, lines[index + 1 : index + 1 + _MAX_VALUES])
    for number in range(1, _CARD_FACTS + 1):
        # What the page tells networks to show beside its link.
        if (name := label_of(document.meta.get(f"twitter:label{number}", ""))) is not None:
            facts.add(name, document.meta.get(f"twitter:data{number}", ""), f"meta[twitter:data{number}]")
    _drop_wrong(facts, document)
    return facts


def is_value(lines: list[Line], index: int) -> bool:
    """Whether the markup says that a line is the value of the label before it: `Contract` is a label only where it is none."""
    before = lines[index - 1].tag if index else ""
    return lines[index].tag == "dd" or (
        lines[index].tag == "td" and before == "th" and (index < 2 or lines[index - 2].tag != "th")
    )


def _columns(lines: list[Line], index: int) -> list[Line] | None:
    """For the head of a column the cell below it, if the table has one row of as many cells; None for what heads none."""
    if lines[index].tag != "th":
        return None
    first, end = index, index
    while first and lines[first - 1].tag == "th" and index - first < _MAX_VALUES:
        first -= 1
    while end < len(lines) and lines[end].tag == "th" and end - index < _MAX_VALUES:
        end += 1
    if end - first < 2:
        return None
    cells = list(takewhile(lambda line: line.tag == "td", lines[end : end + _MAX_VALUES]))
    return cells[index - first : index - first + 1] if len(cells) == end - first else []


def _below_label(facts: Facts, name: str, label: Line, following: list[Line]) -> None:
    for index, value in enumerate(following):
        paired = (label.tag, value.tag) in _PAIRED
        if value.heading == 1 or value.tag == "dt" or (not paired and _is_label(value, name)):
            break
        # Of several values the markup makes a list.
        places = name == "location" and label.tag != "li" and value.tag == "li"
        listed = places or (label.tag == "dt" and paired)
        if index and following[index - 1].tag == "li" != value.tag:
            break
        facts.add(name, _told(name, label.text, value.text), f"{value.tag} after “{label.text.strip(' :')}”")
        if name == "location" and index < _MAX_STREETS - 1 and _is_street(value.text):
            continue  # The lines of an address: the place comes after the street.
        if not listed:
            break


def _is_label(line: Line, above: str) -> bool:
    """Whether a line below a label is the next one, and no value that is a label elsewhere: `Remote` below `Location`."""
    if line.tag == "th" or label_of(line.text) is None:
        return line.tag == "th"
    kind = _KINDS_OF_WORK.get(above)
    return kind is None or not any(check(line.text) for check in kind)


_NO = re.compile(r"(?:no|none|nein|non|nao|nee|nej|nei|ne|nie|false|ei|not (?:possible|available|eligible))\b")
_YES = re.compile(r"(?:yes|ja|oui|si|sim|tak|ano|true|kylla|possible|moglich|posible|possivel|mogelijk|mulig|mojlig)\b")


def _told(name: str, label: str, value: str) -> str:
    """A value with its label, where only that says how often is paid, what the hours are of, or that work is remote."""
    label = label.strip(" :")
    if name == "salary":
        return f"{value} {label}" if paid(label) is not None and paid(value) is None else value
    if name == "job_type":
        return _with_unit(label, value)
    if name != "workplace" or workplace(label) is None or workplace(value) is not None:
        return value
    folded = fold(value)
    if _NO.match(folded) is not None:
        return f"{label}: no"
    if _YES.match(folded) is not None:
        # Where a label speaks of the home, it is a possibility beside the office.
        return f"{label}: {value}" if "remote" in fold(label) else f"{label} possible"
    whole = f"{label} {value}"
    return whole if workplace(whole) is Workplace.HYBRID else value


def _with_unit(label: str, value: str) -> str:
    """A bare number with what its label counts: the hours of a week, or shares of a post."""
    if _NUMBER.fullmatch(value) is None:
        return value
    return f"{value}/week" if _OF_HOURS.search(fold(label)) is not None else f"{value} {label}"


def _in_one_line(facts: Facts, line: Line) -> bool:
    """A label and its value side by side: with a colon, as two texts, with a dash, or as `Posted on 8 May 2026`."""
    head, colon, tail = line.text.replace("：", ":").partition(":")
    if colon and tail.strip() and (name := label_of(head)) is not None:
        if len(tail) <= MAX_VALUE:
            facts.add(name, _told(name, head, tail.strip()), f"{line.tag} “{head.strip()}:”")
        return True
    if len(line.parts) > 1 and not line.heading and (name := label_of(line.parts[0])) is not None:
        facts.add(name, _told(name, line.parts[0], " ".join(line.parts[1:])), f"{line.tag} “{line.parts[0]}”")
        return True
    if _dated(facts, line) or _published(facts, line):
        return True
    match = _DASHED.match(line.text)
    if match is not None and (name := label_of(match[1])) is not None:
        facts.add(name, _told(name, match[1], match[2]), f"{line.tag} “{match[1]}”")
        return True
    return False


def _dated(facts: Facts, line: Line) -> bool:
    """A label and a date behind it without any sign: `Posted on 8 May 2026`."""
    words = line.text.split(maxsplit=9)
    if not 1 < len(words) <= 8 or _DATE_WORDS.isdisjoint(word.strip(" :*.,;–-|") for word in line.folded.split()[:3]):
        return False
    if label_of(line.text) is not None:
        return False  # "Posted date" is a label as a whole: its value comes next.
    for size in (3, 2, 1):
        name = label_of(" ".join(words[:size])) if len(words) > size else None
        if name in ("posted_at", "valid_through") and (len(words) <= size + 2 or _DIGIT.search(line.text)):
            facts.add(name, " ".join(words[size:]), f"{line.tag} “{' '.join(words[:size])}”")
            return True
    return False


def _published(facts: Facts, line: Line) -> bool:
    """A date behind a word for posting anywhere in a short line: `Vacancy 2026-017, published on 8 May 2026`."""
    if len(line.text) > _DATED or _DIGIT.search(line.text) is None:
        return False
    match = _PUBLISHED.search(line.folded)
    if match is not None:
        facts.add("posted_at", line.folded[match.end() :], f"{line.tag} “{match.group().strip()}”")
    return match is not None


_STREET = re.compile(r"\D+ \d{1,4} ?[a-z]?(?: ?[-–/] ?\d{1,4} ?[a-z]?)?|\d{1,5},? \D+|\D{3,}")


def _is_street(text: str) -> bool:
    """Whether a line below a label for places can be the first of an address, which names no place yet."""
    return (
        len(text) <= 60
        and _STREET.fullmatch(text) is not None
        and not known_place(text)
        and address_end(text) is None
        and not postal_place(text)
    )


def _pay(text: str) -> bool:
    return reads_as_pay(text, labelled=True)


def _drop_wrong(facts: Facts, document: Document) -> None:
    """A value that cannot be what its label says is no fact: `Type` may head anything."""
    checks: dict[str, Callable[[str], object]] = {
        "job_type": job_type,
        "workplace": workplace,
        "salary": _pay,
        "posted_at": lambda text: _may_be_day(text, document),
        "valid_through": lambda text: _may_be_day(text, document),
    }
    for name, other in (("job_type", "workplace"), ("workplace", "job_type")):
        # "Working pattern: Hybrid", "Work mode: Full-time": such labels are over either.
        for value, path in facts.found.get(name, []):
            if len(value) <= _SHORT and not checks[name](value) and checks[other](value):
                facts.add(other, value, path)
    for name, check in checks.items():
        facts.found[name] = [(value, path) for value, path in facts.found.get(name, []) if check(value)]
    places = [(value.removesuffix("."), path) for value, path in facts.found.get("location", []) if len(value) <= 120]
    facts.found["location"] = [
        (place, path)
        for value, path in places
        if not value.endswith(("?", "!")) and _MONEY.search(value) is None and (place := _place_of(value)) is not None
    ]


def _place_of(value: str) -> str | None:
    """What of a text below a label for places is one: of a sentence what stands before its comma, of "on site" nothing."""
    if known_place(value):
        return value
    if len(value.split()) > _LONGEST_PLACE:
        head = value.partition(",")[0]
        return head if len(head.split()) <= _LONGEST_PLACE and known_place(head.split()[0]) else None
    return None if workplace(value) is Workplace.NONE else value


def _may_be_day(text: str, document: Document) -> bool:
    """Whether a text is a date in some order of day and month: below a label the posting's country settles it later."""
    return parse_date(text, document.page.fetched_at, day_first=True) is not None or shows_day(text, document)


def shows_day(text: str, document: Document) -> bool:
    """Whether a text is a date in the order that the language of the page has."""
    order = day_first(document.language, None)
    return parse_date(text, document.page.fetched_at, day_first=order) is not None
