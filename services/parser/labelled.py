"""The facts that a page without markup shows under labels: `Location: Porto`, `Posted on 8 May 2026`, a label above its value."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from quiethire.domain.posting import Source, Sourced, Workplace
from services.parser.document import Document, Line
from services.parser.labels import LABELS, label_of
from services.parser.normalise.dates import day_first, parse_date
from services.parser.normalise.job_type import job_type
from services.parser.normalise.location import known_place
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
        if len(line.text) <= 2 * MAX_VALUE and not _in_one_line(facts, line) and (name := label_of(line.text)):
            _below_label(facts, name, line, lines[index + 1 : index + 4])
    for number in range(1, _CARD_FACTS + 1):
        # What the page tells networks to show beside its link.
        if (name := label_of(document.meta.get(f"twitter:label{number}", ""))) is not None:
            facts.add(name, document.meta.get(f"twitter:data{number}", ""), f"meta[twitter:data{number}]")
    _drop_wrong(facts, document)
    return facts


def _below_label(facts: Facts, name: str, label: Line, following: list[Line]) -> None:
    for value in following:
        if label_of(value.text) is not None or value.heading == 1:
            break
        facts.add(name, value.text, f"{value.tag} after “{label.text.strip(' :')}”")
        if name == "location" and _is_street(value.text):
            continue  # The lines of an address: the place comes after the street.
        if label.tag != "dt" or value.tag != "dd":
            break


def _in_one_line(facts: Facts, line: Line) -> bool:
    """A label and its value side by side: with a colon, as two texts, with a dash, or as `Posted on 8 May 2026`."""
    head, colon, tail = line.text.replace("：", ":").partition(":")
    if colon and tail.strip() and (name := label_of(head)) is not None:
        if len(tail) <= MAX_VALUE:
            facts.add(name, tail, f"{line.tag} “{head.strip()}:”")
        return True
    if len(line.parts) > 1 and not line.heading and (name := label_of(line.parts[0])) is not None:
        facts.add(name, " ".join(line.parts[1:]), f"{line.tag} “{line.parts[0]}”")
        return True
    if _dated(facts, line) or _published(facts, line):
        return True
    match = _DASHED.match(line.text)
    if match is not None and (name := label_of(match[1])) is not None:
        facts.add(name, match[2], f"{line.tag} “{match[1]}”")
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
