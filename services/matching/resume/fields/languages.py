"""Languages that people speak, by their names in English, German, French and Spanish, and how well they are spoken."""

import re
from collections.abc import Sequence
from functools import cache

from quiethire.domain.resume import Reading
from services.matching.reading.text import name_key
from services.matching.resume.lines import Line, Piece

_NAMES = {
    "English": "english englisch anglais ingles inglese engels",
    "German": "german deutsch allemand aleman tedesco alemao duits",
    "French": "french franzosisch francais frances francese frans",
    "Spanish": "spanish spanisch espagnol espanol castellano spagnolo espanhol spaans castilian",
    "Italian": "italian italienisch italien italiano italiaans",
    "Portuguese": "portuguese portugiesisch portugais portugues portoghese portugees",
    "Dutch": "dutch niederlandisch neerlandais holandes neerlandes olandese nederlands",
    "Russian": "russian russisch russe ruso russo",
    "Ukrainian": "ukrainian ukrainisch ukrainien ucraniano",
    "Polish": "polish polnisch polonais polaco polacco",
    "Czech": "czech tschechisch tcheque checo",
    "Turkish": "turkish turkisch turc turco",
    "Arabic": "arabic arabisch arabe arabo",
    "Hebrew": "hebrew hebraisch hebreu hebreo",
    "Chinese": "chinese chinesisch chinois chino mandarin cantonese kantonesisch mandarino",
    "Japanese": "japanese japanisch japonais japones",
    "Korean": "korean koreanisch coreen coreano",
    "Hindi": "hindi",
    "Urdu": "urdu",
    "Bengali": "bengali bangla",
    "Tamil": "tamil",
    "Telugu": "telugu",
    "Punjabi": "punjabi",
    "Marathi": "marathi",
    "Persian": "persian persisch farsi persan persa",
    "Swedish": "swedish schwedisch suedois sueco",
    "Norwegian": "norwegian norwegisch norvegien noruego",
    "Danish": "danish danisch danois danes",
    "Finnish": "finnish finnisch finnois finlandes",
    "Greek": "greek griechisch grec griego",
    "Romanian": "romanian rumanisch roumain rumano",
    "Hungarian": "hungarian ungarisch hongrois hungaro",
    "Bulgarian": "bulgarian bulgarisch bulgare bulgaro",
    "Croatian": "croatian kroatisch croate croata",
    "Serbian": "serbian serbisch serbe serbio",
    "Slovak": "slovak slowakisch slovaque eslovaco",
    "Slovenian": "slovenian slowenisch slovene",
    "Catalan": "catalan katalanisch catala",
    "Basque": "basque baskisch euskera vasco",
    "Galician": "galician galizisch gallego",
    "Vietnamese": "vietnamese vietnamesisch vietnamien vietnamita",
    "Thai": "thai",
    "Indonesian": "indonesian indonesisch indonesien",
    "Latin": "latin latein",
    "Azerbaijani": "azerbaijani aserbaidschanisch",
    "Georgian": "georgian georgisch",
    "Armenian": "armenian armenisch",
    "Swahili": "swahili suaheli",
    "Yiddish": "yiddish jiddisch",
    "Lithuanian": "lithuanian litauisch",
    "Latvian": "latvian lettisch",
    "Estonian": "estonian estnisch",
    "Albanian": "albanian albanisch",
    "Belarusian": "belarusian weissrussisch",
}
_APART = re.compile(r"\s*[,;|•·\t/]\s*|\s{2,}|\.\s+|\s+(?:and|und|et|y|e)\s+")
_LABEL = re.compile(
    r"(?:^|[\s|;,.])(?:(?:spoken|foreign)\s)?(?:languages?(?:\sknowledge|\sskills)?|sprach(?:en|kenntnisse)|langues?(?:\sparlées)?|idiomas?|lingue)\s?(?:[:\t]|\s(?=[A-Z]))\s*",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"\b[ABC][12](?:[-/+][ABC]?[12]?)?\b|\b(?:native(?:\sor\sbilingual)?(?:\sproficiency|\sspeaker)?|mother\stongue|bilingual|fluent|(?:full|limited)?\s?professional(?:\sworking)?(?:\sproficiency)?|elementary(?:\sproficiency)?|"
    r"advanced|(?:upper|pre|lower)?[- ]?intermediate|beginner|basic|proficient|working\sknowledge|conversational|technical|good|excellent|muttersprache|muttersprachler(?:in)?|fließend|verhandlungssicher|grundkenntnisse|"
    r"sehr\sgut|gut|fortgeschritten|langue\smaternelle|maternelle?|courant|bilingue|intermédiaire|notions|débutant|avancé|professionnel|scolaire|nativo|nativa|lengua\smaterna|materna|fluido|avanzado|intermedio|básico|alto|medio)\b",
    re.IGNORECASE,
)


@cache
def _known() -> dict[str, str]:
    return {written: name for name, names in _NAMES.items() for written in names.split()}


def language_of(text: str) -> str | None:
    """The English name of the language that these few words name, its level aside."""
    words = re.findall(r"[^\W\d_]+", name_key(text))
    if not 1 <= len(words) <= 6:
        return None
    for index in (0, -1):
        name = _known().get(words[index])
        rest = words[1:] if index == 0 else words[:-1]
        if name is not None and (not rest or _LEVEL.search(text)):
            return name
    return None


def languages_of(listed: Sequence[Line], others: Sequence[Line]) -> tuple[Reading, ...]:
    """Languages in order, each once, as `German` or `German (C1)`, the level in the words of the résumé."""
    pieces: list[Piece] = [*listed]
    for line in others:
        found = _LABEL.search(line.text)
        if found is not None:
            pieces.append(line.cut(found.end(), len(line.text)))
    spoken: dict[str, tuple[Piece, str | None]] = {}
    last: str | None = None
    for piece in pieces:
        for part in piece.split(_APART):
            found_name = _named(part)
            if found_name is not None:
                last = found_name
                spoken.setdefault(found_name, (part, _level(part.text)))
            elif (
                last is not None
                and spoken[last][1] is None
                and len(part.text.split()) <= 4
                and (level := _level(part.text))
            ):
                spoken[last] = spoken[last][0], level
    return tuple(
        part.reading(0.9, f"{name} ({level})" if level else name) for name, (part, level) in list(spoken.items())[:20]
    )


def _named(part: Piece) -> str | None:
    words = re.findall(r"[^\W\d_]+", name_key(part.text))
    if len(words) > 9:
        return None
    return next((name for word in words if (name := _known().get(word)) is not None), None)


def _level(text: str) -> str | None:
    found = _LEVEL.search(text)
    return found[0].strip() if found else None
