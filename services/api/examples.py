"""Examples of answers in the OpenAPI document. Those of a model stand beside it; here is what the document itself needs."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


def shown(example: object, status: int = 200) -> dict[int | str, Schema]:
    """`responses` of a route whose answer has no model of the API's own, with an example of it."""
    return {status: {"content": {"application/json": {"example": example}}}}


def restore_nulls(document: Schema) -> None:
    """FastAPI takes every null out of its document, those of examples too; a client would take such a field for one that may lack."""
    schemas = document["components"]["schemas"]
    for content in _answers(document):
        for schema in _options(content["schema"], schemas):
            for holder in (content, schema):
                if "example" in holder:
                    holder["example"] = _whole(holder["example"], schema, schemas)


def _answers(document: Schema) -> Iterator[Schema]:
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json", {})
                if status.startswith("2") and content.get("schema"):
                    yield content


def _options(schema: Schema, schemas: Schema) -> list[Schema]:
    """What a value may be, with names looked up."""
    named = [
        schemas[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in schema.get("anyOf", [schema])
    ]
    return [option for option in named if option.get("type") != "null"]


def _whole(value: Any, schema: Schema, schemas: Schema) -> Any:  # noqa: ANN401 - JSON
    """With null for each field that may be null and lacks."""
    options = _options(schema, schemas)
    if isinstance(value, list):
        items: Schema = next((option["items"] for option in options if "items" in option), {})
        return [_whole(each, items, schemas) for each in value]
    if not isinstance(value, dict):
        return value
    known = (option.get("properties", {}) for option in options)
    fields: Schema = next((fields for fields in known if value.keys() <= fields.keys()), {})
    told = {name: _whole(each, fields.get(name, {}), schemas) for name, each in value.items()}
    return told | {name: None for name, field in fields.items() if name not in value and _may_be_null(field)}


def _may_be_null(field: Schema) -> bool:
    kinds = field.get("anyOf", [field])
    return {"type": "null"} in kinds or not any(kind.keys() & {"type", "$ref", "const", "enum"} for kind in kinds)
