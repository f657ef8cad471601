"""The rules of one robots.txt for one crawler, by RFC 9309 and Google's specification test.

Two things the test settles where the RFC leaves room: only a user-agent line after a rule begins a new group (unknown
lines and Crawl-delay do not), and patterns are compared as they are written, percent-escapes not undone. Misspelt and
colonless lines count as what they mean: whoever wrote them wants to be left alone.
"""

import re
from dataclasses import dataclass, field
from math import isfinite

MAX_LINE = 16_664
"""Bytes of a line that are read; Google's bound, eight times the longest URL a browser took."""

MAX_SHOWN = 200
"""Characters of a pattern that are shown."""

RULE_WORK = 20
MAX_WORK = 20_000_000
"""Characters that are looked at for one verdict, and as how many a rule counts besides: a tenth of a second or so."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN = re.compile(rb"[a-zA-Z_-]+")
_LINE = re.compile(rb"[^\r\n]+")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_FIELDS = (
    ("user-agent", ("user-agent", "useragent", "user agent")),
    ("disallow", ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")),
    ("allow", ("allow",)),
    ("crawl-delay", ("crawl-delay", "crawl delay")),
)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Rule:
    """One Allow or Disallow that holds for us."""

    allow: bool
    pattern: str
    """Escaped as URLs are: ASCII alone, escapes in upper case."""
    line: int
    """Its line in the file, counted from 1; 0 of `UNDECIDED`."""

    def __str__(self) -> str:
        if not self.line:
            return self.pattern
        # A stranger wrote it, and somebody's terminal may show it.
        shown = _CONTROL.sub(lambda control: f"%{ord(control[0]):02X}", self.pattern[:MAX_SHOWN])
        cut = "…" if len(self.pattern) > MAX_SHOWN else ""
        return f"{'Allow' if self.allow else 'Disallow'}: {shown}{cut} (line {self.line})"


UNDECIDED = Rule(allow=False, pattern="its rules take too long to be looked through", line=0)
"""Who writes a file that no crawler can read in time is taken to want none."""


@dataclass(frozen=True)
class Rules:
    """What a robots.txt says to one crawler. Without rules everything is allowed."""

    packed: str = ""
    """A rule a line: `+` for Allow or `-` for Disallow, its line in the file, its pattern. As objects, the rules of one file
    would take up to 8 MB. The most specific stands first, and of two alike the one that allows: the first match decides."""
    crawl_delay: float | None = None
    """Seconds between requests, as the file asks for."""

    def deciding(self, target: str) -> Rule | None:
        """The rule that decides over a path with its query; None where none matches, so that it is allowed.

        `UNDECIDED` where that takes more than `MAX_WORK`.
        """
        work = MAX_WORK
        for packed in self.packed.split("\n") if self.packed else ():
            head, _, pattern = packed.partition(" ")
            work -= RULE_WORK + (len(pattern) + len(target) if "*" in pattern else 0)
            if work < 0:
                return UNDECIDED
            if _matches(pattern, target):
                return Rule(head[0] == "+", pattern, int(head[1:]))
        return None


def _matches(pattern: str, target: str) -> bool:
    """Whether a pattern matches a path with its query: `*` is anything, `$` at the end is the end."""
    anchored = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    if not parts:
        return not anchored or len(target) == len(first)
    position = len(first)
    for part in parts[:-1]:
        position = target.find(part, position)
        if position < 0:
            return False
        position += len(part)
    if anchored:
        return len(target) - len(parts[-1]) >= position and target.endswith(parts[-1])
    return target.find(parts[-1], position) >= 0


@dataclass
class _Group:
    """What was said to one name, in all of its groups together."""

    rules: list[tuple[str, str, int]] = field(default_factory=list)
    """Sign, pattern and line."""
    crawl_delay: float | None = None
    seen: bool = False


def parse_rules(body: bytes, agent: str) -> Rules:
    """The rules for `agent` (a product token): of the groups that name it, else of those for `*`. Never fails."""
    ours, everyone = _Group(), _Group()
    current: list[_Group] = []
    ruled = False
    for number, name, value in _lines(body):
        if name == "user-agent":
            if ruled:
                current, ruled = [], False
            group = _group_of(value, agent, ours, everyone)
            if group is not None and group not in current:
                group.seen = True
                current.append(group)
            continue
        # A group of others is closed by its rules just so.
        ruled = ruled or name != "crawl-delay"
        for group in current:
            _add(group, number, name, value)
    chosen = ours if ours.seen else everyone
    rules = sorted(chosen.rules, key=lambda rule: (-len(rule[1]), rule[0]))
    packed = "\n".join(f"{sign}{line} {pattern}" for sign, pattern, line in rules)
    return Rules(packed, chosen.crawl_delay)


def target_of(url: str) -> str:
    """The path and query of a URL as it is written: what rules are matched against.

    No escapes are added or undone, but their digits count alike in either case, as in rules (RFC 3986, 6.2.2.1).
    """
    rest = url.partition("#")[0]
    scheme, found, after = rest.partition("//")
    if found and not re.search(r"[/?;]", scheme):
        rest = after
    start = re.search(r"[/?;]", rest)
    if start is None:
        return "/"
    target = _upper_escapes(rest[start.start() :])
    return target if target.startswith("/") else f"/{target}"


def _lines(body: bytes) -> "list[tuple[int, str, bytes]]":
    """Line number, field and value of each line that says something to a crawler."""
    for cut in (3, 2, 1):  # a byte order mark, even a cut one, hides no rule
        if body.startswith(_BOM[:cut]):
            body = body[cut:]
            break
    found = []
    number, end = 1, 0
    for match in _LINE.finditer(body):
        between = body[end : match.start()]
        number += between.count(b"\n") + between.count(b"\r") - between.count(b"\r\n")
        end = match.end()
        name, value = _split(match[0][:MAX_LINE])
        kind = next((kind for kind, spellings in _FIELDS if name.startswith(spellings)), None)
        if kind is not None:
            found.append((number, kind, value))
    return found


def _split(line: bytes) -> tuple[str, bytes]:
    text = line.partition(b"#")[0].strip()
    name, colon, value = text.partition(b":")
    if not colon:
        words = text.split()
        name, value = (words[0], words[1]) if len(words) == 2 else (b"", b"")
    return name.strip().decode("ascii", "replace").lower(), value.strip()


def _group_of(value: bytes, agent: str, ours: _Group, everyone: _Group) -> _Group | None:
    if value == b"*" or (value[:1] == b"*" and value[1:2].isspace()):
        return everyone
    token = _TOKEN.match(value)
    return ours if token is not None and token[0].decode().lower() == agent.lower() else None


def _add(group: _Group, number: int, name: str, value: bytes) -> None:
    if name == "crawl-delay":
        delay = _seconds(value)
        if delay is not None:
            group.crawl_delay = max(delay, group.crawl_delay or 0.0)
    elif value:  # an empty one closes nothing
        group.rules.append(("+" if name == "allow" else "-", _escaped(value), number))


def _escaped(value: bytes) -> str:
    text = "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in value)
    return _upper_escapes(text)


def _upper_escapes(text: str) -> str:
    return _ESCAPE.sub(lambda escape: escape[0].upper(), text)


def _seconds(value: bytes) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds > 0 else None
