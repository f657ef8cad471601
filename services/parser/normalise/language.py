"""The language of a text."""

from functools import cache

from services.parser.normalise.language_model import open_identifier

ENOUGH = 80
"""Characters from which the text itself tells its language."""
_SAMPLE = 1_000
_LETTERS = 2
"""Of a code of ISO 639-1."""

_SMALL_WORDS = {
    "en": "the and of to with you we our is are for this that will your be",
    "de": "und die der das wir mit für den ist sie du ein eine zu auf im deine unsere",
    "fr": "les des et vous nous une dans est pour du le notre avec sur votre aux",
    "es": "el los las y del una con en que para nuestro tu es por",
    "it": "il di della con gli che nel sei per e le dei sono alla",
    "nl": "het een van wij je met voor ben jij onze bij ook",
    "pl": "w z na do oraz i jest się dla że pracy",
    "pt": "o os não uma para com em do da e são você dos",
}
"""The commonest words of languages that these tell apart; the rest, and what is close to them, are left to the classifier."""
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(code for code, words in _SMALL_WORDS.items() if word in words.split())
    for words in _SMALL_WORDS.values()
    for word in words.split()
}
LANDS = {"da": "DK", "no": "NO", "nb": "NO", "nn": "NO", "sv": "SE", "cs": "CZ", "pl": "PL", "hu": "HU", "is": "IS"}
"""Languages that are spoken in one country with a currency of its own: what `kr` means where no place is known."""
_CZECH, _OFTEN = "ěřů", 8
"""Letters that no other language of the field has, and how many of them are no mere names."""
_FEW, _CLEARLY, _TIMES = 50, 0.1, 3
"""How many words are too few, which share must be common words of the language, and how many times that of any other."""


def language(text: str, stated: str | None = None) -> str | None:
    """ISO 639-1 code: of the text where there is enough of it, else as stated (`en-GB` → `en`), else None.

    The classifier knows some tongues that have no such code, and text in none: of those the page's own word is taken.
    """
    if len(text) >= ENOUGH:
        # The middle is the body of a posting; its head may be a slogan in another language.
        start = max(0, (len(text) - _SAMPLE) // 3)
        sample = text[start : start + _SAMPLE]
        told = _at_a_glance(sample.lower()) or str(_identifier().classify(sample)[0])
        if len(told) == _LETTERS:
            return told
    primary = (stated or "").strip().lower().replace("_", "-").split("-")[0]
    return primary if len(primary) == _LETTERS and primary.isalpha() else None


def warm_up() -> None:
    """Load the classifier now rather than with the first text."""
    _identifier()


_identifier = cache(open_identifier)


def _at_a_glance(sample: str) -> str | None:
    """The language whose own letters or commonest words stand out, twenty times faster than the classifier; None in any doubt."""
    if sum(map(sample.count, _CZECH)) >= _OFTEN:
        return "cs"
    words = sample.split()
    counts = dict.fromkeys(_SMALL_WORDS, 0)
    for word in words:
        for code in _LANGUAGES_OF.get(word, ()):
            counts[code] += 1
    best, second = sorted(counts.values(), reverse=True)[:2]
    if best < _CLEARLY * len(words) or best < _TIMES * second or len(words) < _FEW:
        return None
    return max(counts, key=lambda code: counts[code])
