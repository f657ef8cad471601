"""JSON-LD as sites write it: JobPosting items and the URLs of item lists, out of broken JSON too."""

import json
import re
from collections.abc import Iterator
from html import unescape

import orjson

from quiethire.domain.posting import RawPosting, Source
from services.parser.document import Document
from services.parser.schema_org import address_of, is_job_posting, to_raw, types_of
from services.parser.schema_values import Json

MAX_SCRIPTS = 100
MAX_ITEMS = 5_000
MAX_DEPTH = 40

_BARE = frozenset({"@id", "@type"})
"""All that a reference to another item has."""
_DEEPEST = 4
"""Items within each other that tell of a posting: its place, the address of that, and the country of that."""

_COMMENT = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>)(?:\s*;)?\s*$"
)
_TRAILING = re.compile(r",(\s*[}\]])")
_CONTROL = re.compile(r"[\x00-\x1f]")
_OPENS = re.compile(r"[\[{]")
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|/\*.*?(?:\*/|\Z)|//[^\n]*|(?<=[:,\[\s])(?:undefined|NaN)(?=[\s,}\]])', re.DOTALL
)
"""Strings, comments and values that JSON has not; one that nothing ends goes on to the end, or the search for its end would start again within it."""


def read(document: Document) -> tuple[RawPosting, ...]:
    """Every JobPosting of the page's JSON-LD, what it only refers to by `@id` put in its place."""
    found = document.once(items)
    postings = [(item, path) for item, path in found if is_job_posting(item)]
    named = {str(item["@id"]): item for item, _ in found if "@id" in item and item.keys() - _BARE} if postings else {}
    return tuple(_read(item, path, named, document.url) for item, path in postings)


def _read(item: Json, path: str, named: dict[str, Json], url: str) -> RawPosting:
    whole = _Plain(named).item(item, 0)
    return to_raw(whole, url=address_of(whole, url), source=Source.JSON_LD, path=path)


class _Plain:
    """Items with their properties by plain names: `schema:title` and `http://schema.org/title` are `title`.

    A reference gives way to the item that it names, and `{"@value": …}` to the value.
    """

    def __init__(self, named: dict[str, Json]) -> None:
        self.named = named
        self.left = MAX_ITEMS
        """Items that are still made: what many refer to is made for each."""

    def item(self, item: Json, depth: int) -> Json:
        """An item, as deep as the properties of a posting go."""
        self.left -= 1
        return {_plain_name(name): self._value(value, depth) for name, value in item.items()}

    def _value(self, value: object, depth: int) -> object:
        if isinstance(value, list):
            return [self._value(entry, depth) for entry in value[:MAX_ITEMS] if not isinstance(entry, list)]
        if not isinstance(value, dict) or depth >= _DEEPEST or self.left <= 0:
            return value
        if "@value" in value:
            return value["@value"]
        if "@id" in value and not value.keys() - _BARE:
            value = self.named.get(str(value["@id"]), value)
        return self.item(value, depth + 1)


def _plain_name(name: str) -> str:
    return name if name[:1] == "@" else re.split(r"[/#:]", name)[-1]


def listed_urls(document: Document) -> tuple[tuple[str, bool], ...]:
    """The addresses in an ItemList, and of JobPostings that stand in a list; of each whether a posting states it as its own."""
    urls: dict[str, bool] = {}
    for item, _ in document.once(items):
        if "listitem" in types_of(item):
            inner = item.get("item")
            target = item.get("url") or (
                inner if isinstance(inner, str) else inner.get("url") if isinstance(inner, dict) else None
            )
            if isinstance(target, str):
                urls.setdefault(target, False)
        elif is_job_posting(item) and isinstance(address := item.get("url"), str):
            urls[address] = True
    return tuple(urls.items())


def items(document: Document) -> list[tuple[Json, str]]:
    """Every object in the page's JSON-LD with its path, graphs, lists and nested ones included."""
    found: list[tuple[Json, str]] = []
    scripts = document.tree.css('script[type*="ld+json" i]')
    for index, script in enumerate(scripts[:MAX_SCRIPTS]):
        value = loads(script.text() or "")
        for item in _objects(value, f"ld+json[{index}]"):
            found.append(item)
            if len(found) >= MAX_ITEMS:
                return found
    return found


def _objects(value: object, path: str) -> Iterator[tuple[Json, str]]:
    stack: list[tuple[object, str, int]] = [(value, path, 0)]
    while stack:
        current, where, depth = stack.pop()
        if depth > MAX_DEPTH:
            continue
        if isinstance(current, dict):
            yield current, where
            stack += [
                (v, f"{where}.{k}", depth + 1) for k, v in reversed(current.items()) if isinstance(v, (dict, list))
            ]
        elif isinstance(current, list):
            stack += [
                (v, f"{where}[{i}]", depth + 1)
                for i, v in reversed(list(enumerate(current[:MAX_ITEMS])))
                if isinstance(v, (dict, list))
            ]


def loads(text: str) -> object:
    """The value of a script's text; each mend is tried only where the milder one before it did not do. None = hopeless."""
    text = _COMMENT.sub("", text.strip().lstrip("\ufeff")).strip().rstrip(";")
    if not text:
        return None
    for mend in (_as_it_is, _control_characters, _comments_and_commas, _entities, _in_a_row, _one_by_one):
        try:
            return mend(text)
        except (orjson.JSONDecodeError, RecursionError):
            continue
    return None


def _as_it_is(text: str) -> object:
    return orjson.loads(text)


def _control_characters(text: str) -> object:
    """Raw line breaks and the like within strings become blanks; so do backslashes that escape nothing."""
    return orjson.loads(_CONTROL.sub(" ", re.sub(r'\\(?!["\\/bfnrtu])', r"\\\\", text)))


def _comments_and_commas(text: str) -> object:
    """Comments go, strings stay, and a comma before a closing bracket goes."""
    return _control_characters(_TRAILING.sub(r"\1", _TOKEN.sub(_token, text)))


def _token(match: re.Match[str]) -> str:
    """A string as it is, null for what JavaScript calls no value, nothing for a comment."""
    token = match.group()
    return token if token[0] == '"' else "null" if token[0] in "uN" else " "


def _in_a_row(text: str) -> object:
    """Several values one after the other, or one with script around it: all of them, as a list."""
    decoder, found, at = json.JSONDecoder(strict=False, parse_constant=lambda _: None), list[object](), 0
    while len(found) < MAX_SCRIPTS and (start := _OPENS.search(text, at)) is not None:
        try:
            value, at = decoder.raw_decode(text, start.start())
        except ValueError:  # Broken, or a number that is longer than any.
            break
        found.append(value)
    if not found or "JobPosting" in text[at:]:
        raise orjson.JSONDecodeError("broken", text, at)
    return found


def _entities(text: str) -> object:
    """`&quot;` for every quote: the whole script was escaped."""
    if not re.match(r"[\[{]\s*&(quot|#34);", text):
        raise orjson.JSONDecodeError("not escaped", text, 0)
    return _comments_and_commas(unescape(text))


_PAIR = re.compile(r'"(@?[A-Za-z]+)"\s*:\s*"((?:[^"\\]|\\.)*)"\s*(?=[,}\]])')
_LONG = re.compile(r'"(description|title)"\s*:\s*"')
_LONG_END = re.compile(r'"\s*(?=,\s*"@?[A-Za-z]+"\s*:|\}\s*$)')


def _one_by_one(text: str) -> object:
    """The pairs of text that can still be told apart: for a JobPosting whose quotes are not escaped."""
    if "JobPosting" not in text:
        raise orjson.JSONDecodeError("no JobPosting", text, 0)
    flat = {m[1]: m[2] for m in reversed(list(_PAIR.finditer(text)))}
    flat |= dict(_long(text))
    item: Json = {**flat, "@type": "JobPosting"}
    organisation = re.search(r'"hiringOrganization"\s*:\s*\{[^{}]*?"name"\s*:\s*"((?:[^"\\]|\\.)*)"', text)
    item["hiringOrganization"] = organisation[1] if organisation else None
    address = {name: flat[name] for name in ("addressLocality", "addressRegion", "addressCountry") if name in flat}
    item["jobLocation"] = {"address": address} if address else None
    item.pop("name", None)
    return item


def _long(text: str) -> Iterator[tuple[str, str]]:
    """Titles and descriptions up to the first quote that can end them. Where one has no end, none after it has one."""
    at = 0
    while (start := _LONG.search(text, at)) and (end := _LONG_END.search(text, start.end())):
        yield start[1], text[start.end() : end.start()]
        at = end.end()
