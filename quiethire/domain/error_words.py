"""What is wrong with a value, in plain words: the value itself, and what is allowed. The validator's own words name its insides."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from quiethire.domain.money import plain_amount

_SHOWN = 60
"""Characters of a value that are told back."""

_NO_TIME = "is no time with its zone, such as 2026-11-01T00:00:00Z"
_WORDS: Mapping[str, str] = {
    "missing": "must be given",
    "int_parsing": "is no whole number",
    "int_parsing_size": "is no whole number of a size that is allowed",
    "int_type": "is no whole number",
    "int_from_float": "is no whole number",
    "float_parsing": "is no number",
    "float_type": "is no number",
    "finite_number": "is no number that can be reckoned with",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "greater_than": "is not more than {gt}, as it must be",
    "greater_than_equal": "is less than {ge}, the least that is allowed",
    "less_than": "is not less than {lt}, as it must be",
    "less_than_equal": "is more than {le}, the most that is allowed",
    "uuid_parsing": "is no id, such as 8e10130d-4662-5c5d-86ac-2414f0a75e5a",
    "uuid_type": "is no id, such as 8e10130d-4662-5c5d-86ac-2414f0a75e5a",
    "datetime_parsing": _NO_TIME,
    "datetime_from_date_parsing": _NO_TIME,
    "datetime_type": _NO_TIME,
    "datetime_object_invalid": _NO_TIME,
    "timezone_aware": _NO_TIME,
    "string_pattern_mismatch": "is not written as this is",
    "enum": "is none of {expected}",
    "literal_error": "is none of {expected}",
}
"""Kind of error → words that follow the value."""

_OF_THE_WHOLE: Mapping[str, str] = {
    "missing": "must be given",
    "string_too_long": "is longer than {max_length} characters",
    "string_too_short": "is too short; the least length is {min_length}",
    "too_long": "has more than {max_length} values",
    "too_short": "has fewer than {min_length} values",
    "string_type": "must be a text",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "json_invalid": "is no JSON",
    "nul": "must not hold the character NUL",
}
"""The same of errors that telling the value back would not explain."""

_CHOICE = re.compile("'([^']*)'")


def error_words(error: Mapping[str, Any], known: Collection[str] = ()) -> str:
    """The words of one of pydantic's errors. `known`: the names that there are where it lies, one of which may be misspelt."""
    kind, context = str(error["type"]), _plain(error.get("ctx") or {})
    if kind == "extra_forbidden":
        what = "field of this" if error["loc"][0] == "body" else "parameter of this address"
        return f"is no {what}{did_you_mean(near_name(str(error['loc'][-1]), known))}"
    if kind in _OF_THE_WHOLE:
        return _OF_THE_WHOLE[kind].format_map(context)
    near = ""
    if "expected" in context:
        near = _near_choice(error.get("input"), str(context["expected"]))
        context["expected"] = _choices(str(context["expected"]))
    words = _WORDS[kind].format_map(context) + near if kind in _WORDS else _own(str(error["msg"]))
    value = _value(error.get("input"))
    return f"{value} {words}" if value else words


def _plain(context: Mapping[str, Any]) -> dict[str, Any]:
    """Bounds as people write them."""
    return {name: plain_amount(value) if isinstance(value, float) else value for name, value in context.items()}


def _choices(expected: str) -> str:
    """The values that there are, as they are typed."""
    if "'hybrid'" in expected:  # Of a workplace `none` by itself tells nobody that it is work on site.
        expected = expected.replace("'none'", "on site (none)")
    return expected.replace("'", "")


def _near_choice(given: object, expected: str) -> str:
    return did_you_mean(near_name(given, _CHOICE.findall(expected))) if isinstance(given, str) else ""


def near_name(asked: str, known: Collection[str]) -> str | None:
    """The name that somebody may have meant; None where none is near."""
    names = {name.lower(): name for name in known}
    near = get_close_matches(asked.lower(), names, n=1, cutoff=0.7)
    return names[near[0]] if near else None


def did_you_mean(near: str | None) -> str:
    """`; did you mean per_page?`, or nothing."""
    return f"; did you mean {near}?" if near else ""


def _own(message: str) -> str:
    """Messages of ours begin with a small letter and go on behind the value; all others speak of the validator."""
    plain = message.removeprefix("Value error, ")
    return plain if plain[:1].islower() else "is not allowed here"


def _value(given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        return ""
    text = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(given)[: _SHOWN + 1]
    )
    return f"“{text}”" if len(text) <= _SHOWN else f"“{text[:_SHOWN]}…”"
