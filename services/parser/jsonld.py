"""JSON-LD as sites write it: JobPosting items and the URLs of item lists, out of broken JSON too."""

import re
from collections.abc import Iterator
from html import unescape

import orjson

from quiethire.domain.posting import RawPosting, Source
from services.parser.document import Document
from services.parser.schema_org import Json, address_of, is_job_posting, to_raw, types_of

MAX_SCRIPTS = 100
MAX_ITEMS = 5_000
MAX_DEPTH = 40

_COMMENT = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_TRAILING = re.compile(r",(\s*[}\]])")
_CONTROL = re.compile(r"[\x00-\x1f]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|//[^\n]*', re.DOTALL)


def read(document: Document) -> tuple[RawPosting, ...]:
    """Every JobPosting of the page's JSON-LD, what it only refers to by `@id` put in its place."""
    found = document.once(items)
    postings = [(item, path) for item, path in found if is_job_posting(item)]
    named = {str(item["@id"]): item for item, _ in found if "@id" in item and len(item) > 1} if postings else {}
    return tuple(
        to_raw(_resolved(item, named), url=address_of(item, document.url), source=Source.JSON_LD, path=path)
        for item, path in postings
    )


def _resolved(item: Json, named: dict[str, Json]) -> Json:
    def whole(value: object) -> object:
        if isinstance(value, list):
            return [whole(entry) for entry in value[:MAX_ITEMS] if not isinstance(entry, list)]
        return (
            named.get(str(value["@id"]), value)
            if isinstance(value, dict) and len(value) == 1 and "@id" in value
            else value
        )

    return {name: whole(value) for name, value in item.items()}


def listed_urls(document: Document) -> tuple[str, ...]:
    """The addresses in an ItemList, and of JobPostings that stand in a list."""
    urls: list[str] = []
    for item, _ in document.once(items):
        if "listitem" in types_of(item):
            inner = item.get("item")
            target = item.get("url") or (
                inner if isinstance(inner, str) else inner.get("url") if isinstance(inner, dict) else None
            )
            urls += [target] if isinstance(target, str) else []
        elif is_job_posting(item) and isinstance(address := item.get("url"), str):
            urls.append(address)
    return tuple(dict.fromkeys(urls))


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
    text = _COMMENT.sub("", text.strip()).strip().rstrip(";")
    if not text:
        return None
    for mend in (_as_it_is, _control_characters, _comments_and_commas, _entities, _one_by_one):
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
    text = _TOKEN.sub(lambda m: m.group() if m.group().startswith('"') else " ", text)
    return _control_characters(_TRAILING.sub(r"\1", text))


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
