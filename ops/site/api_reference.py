"""The reference of the HTTP API, as Markdown, from its OpenAPI document."""

import json
from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Any

Schema = dict[str, Any]

TITLES = {
    "search": "Search and suggestions",
    "jobs": "Postings",
    "companies": "Companies",
    "stats": "Counts",
    "feeds": "Feeds",
    "exports": "Exports",
    "alerts": "Alerts",
    "matches": "Matches",
    "candidates": "Candidates",
    "accounts": "Accounts",
    "keys": "Keys",
    "operations": "Operations",
}
"""Tag → what its page is called, in the order of the pages."""

SCHEMAS = "schemas"
"""The page of what goes in and comes out."""

_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minLength": "{} characters or more",
    "maxLength": "at most {} characters",
    "minItems": "{} or more",
    "maxItems": "at most {} of them",
}


def api_reference(document: Schema) -> dict[str, str]:
    """Page → its text. A tag without a title here is a KeyError: it is to be named."""
    operations: dict[str, list[str]] = {tag: [] for tag in TITLES}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operations[operation["tags"][0]].extend(_operation(method, path, operation))
    pages = {tag: [f"# {TITLES[tag]}", *parts] for tag, parts in operations.items()}
    schemas = document["components"]["schemas"]
    pages[SCHEMAS] = ["# Schemas", *(part for name in sorted(schemas) for part in _schema(name, schemas[name]))]
    return {name: "\n\n".join(parts) + "\n" for name, parts in pages.items()}


def _operation(method: str, path: str, operation: Schema) -> Iterator[str]:
    yield f"## {method.upper()} {path}"
    yield operation.get("description") or f"{operation['summary']}."
    if operation.get("security"):
        yield "Needs a key, or a token of an account, in `Authorization: Bearer …`."
    if parameters := operation.get("parameters"):
        yield _table(
            ("parameter", "in", "type", "what it says"),
            [(_named(each), each["in"], _type(each["schema"]), _said(each["schema"], each)) for each in parameters],
        )
    if body := operation.get("requestBody"):
        yield f"**Body**: {_content(body['content'])}."
    for status, answer in operation["responses"].items():
        if status != "default":
            yield f"**Answers {status}**" + (f": {_content(answer['content'])}." if "content" in answer else ".")


def _schema(name: str, schema: Schema) -> Iterator[str]:
    yield f"## {name}"
    yield from (schema[key] for key in ("description",) if key in schema)
    if "enum" in schema:
        yield "One of " + ", ".join(f"`{word}`" for word in schema["enum"]) + "."
    required = set(schema.get("required", ()))
    if fields := schema.get("properties"):
        rows = [(_code(field) + _star(field in required), _type(of), _said(of)) for field, of in fields.items()]
        yield _table(("field", "type", "what it says"), rows)
    if "example" in schema:
        yield f"??? example\n\n    ```json\n{_indented(json.dumps(schema['example'], indent=2, ensure_ascii=False))}\n    ```"


def _content(content: Schema) -> str:
    """What comes or goes, by its media types."""
    return " or ".join(f"{_type(of.get('schema', {}))} as `{media}`" for media, of in content.items())


def _type(schema: Schema) -> str:
    """A type in words, with a link where it has a name."""
    return next((words(schema) for key, words in _TYPES.items() if key in schema), "any")


_TYPES: dict[str, Callable[[Schema], str]] = {
    "$ref": lambda schema: _linked(schema["$ref"].rpartition("/")[2]),
    "anyOf": lambda schema: " or ".join(dict.fromkeys(_type(each) for each in schema["anyOf"])),
    "const": lambda schema: _code(json.dumps(schema["const"])),
    "enum": lambda schema: ", ".join(_code(word) for word in schema["enum"]),
    "items": lambda schema: f"list of {_type(schema['items'])}",
    "additionalProperties": lambda schema: (
        f"map of {_type({} if isinstance(of := schema['additionalProperties'], bool) else of)}"
    ),
    "format": lambda schema: str(schema["format"]),
    "type": lambda schema: str(schema["type"]),
}
"""What a schema may say of a type, the most telling first → that in words."""


def _linked(name: str) -> str:
    return f"[{name}]({SCHEMAS}.md#{name.lower()})"


def _said(schema: Schema, parameter: Schema | None = None) -> str:
    """Its description, limits, default and examples, in one cell."""
    plain = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), {}) | schema
    parts = [(parameter or {}).get("description") or schema.get("description", "")]
    parts += [
        f"{text.format(plain[key])[0].upper()}{text.format(plain[key])[1:]}."
        for key, text in _LIMITS.items()
        if key in plain
    ]
    if plain.get("default") not in (None, [], "", {}):
        parts.append(f"Default {_code(json.dumps(plain['default'], ensure_ascii=False))}.")
    if examples := plain.get("examples"):
        parts.append("Such as " + ", ".join(_code(_shown(value)) for value in examples) + ".")
    return " ".join(part.replace("\n", " ").replace("|", "&#124;") for part in parts if part)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _named(parameter: Schema) -> str:
    return _code(parameter["name"]) + _star(parameter.get("required", False))


def _star(required: bool) -> str:
    return ' <abbr title="required">*</abbr>' if required else ""


def _code(text: str) -> str:
    return f"<code>{escape(text, quote=False).replace('|', '&#124;')}</code>"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
