"""The language of a text."""

import py3langid

_ENOUGH = 80
_SAMPLE = 2_000


def language(text: str, stated: str | None = None) -> str | None:
    """ISO 639-1 code: of the text where there is enough of it, else as stated (`en-GB` → `en`), else None."""
    if len(text) >= _ENOUGH:
        # The middle is the body of a posting; its head may be a slogan in another language.
        start = max(0, (len(text) - _SAMPLE) // 3)
        code, _ = py3langid.classify(text[start : start + _SAMPLE])
        return str(code)
    primary = (stated or "").strip().lower().replace("_", "-").split("-")[0]
    return primary if len(primary) == 2 and primary.isalpha() else None
