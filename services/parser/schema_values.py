"""The values of schema.org items, which stand alone, in lists, or as things with a name."""

import re

Json = dict[str, object]

MAX_NAMES = 100
_MAX_TEXTS = 50
_GREATEST = 10**15


def texts_in(value: object) -> list[str]:
    """Texts and numbers, alone or in a list."""
    values = value if isinstance(value, list) else [value]
    return [
        str(v).strip()
        for v in values[:_MAX_TEXTS]
        if isinstance(v, (str, int, float)) and not isinstance(v, bool) and str(v).strip()
    ]


def first_text(value: object) -> str | None:
    """The first of them."""
    return next(iter(texts_in(value)), None)


def names_in(value: object) -> list[str]:
    """Names of things that are given as text, as an object with a name, or as a list of either."""
    found: list[str] = []
    for entry in (value if isinstance(value, list) else [value])[:MAX_NAMES]:
        if isinstance(entry, dict):
            found += [name for key in ("name", "legalName", "address") if (name := first_text(entry.get(key)))][:1]
        else:
            found += texts_in(entry)[:1]
    return found


def number_in(value: object) -> float | None:
    """A number, or a text that is nothing else, as much of the world writes them."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value) if abs(value) <= _GREATEST else None
    if not isinstance(value, str):
        return None
    text = re.sub(r"[\s'’]", "", value)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d{1,2})?", text) or re.fullmatch(r"\d+,\d{1,2}", text):
        text = text.replace(".", "").replace(",", ".")  # "45.000" and "14,50" as much of Europe writes them
    return float(plain) if re.fullmatch(r"\d{1,12}(\.\d+)?", plain := text.replace(",", "")) else None
