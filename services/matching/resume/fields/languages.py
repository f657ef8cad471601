"""Languages that people speak, by their names in English, German, French and Spanish, those of Europe in the languages around them too, and how well they are spoken."""

import re
from collections.abc import Sequence
from functools import cache

from quiethire.domain.resume import Reading
from services.matching.reading.text import name_key
from services.matching.resume.lines import Line, Piece

_NAMES = {
    "English": "english englisch anglais ingles inglese engels engelska engelsk angielski anglictina englanti engleza",
    "German": "german deutsch allemand aleman tedesco alemao duits tyska tysk niemiecki nemcina saksa",
    "French": "french franzosisch francais frances francese frans franska fransk francuski francouzstina ranska",
    "Spanish": "spanish spanisch espagnol espanol castellano spagnolo espanhol spaans castilian spanska spansk hiszpanski espanja",
    "Italian": "italian italienisch italien italiano italiaans italienska italiensk wloski",
    "Portuguese": "portuguese portugiesisch portugais portugues portoghese portugees portugisiska portugalski",
    "Dutch": "dutch niederlandisch neerlandais holandes neerlandes olandese nederlands nederlandsk holenderski niderlandzki hollandsk",
    "Russian": "russian russisch russe ruso russo ryska russisk rosyjski",
    "Ukrainian": "ukrainian ukrainisch ukrainien ucraniano ukrainski oekraiens",
    "Polish": "polish polnisch polonais polaco polacco polska polsk polski pools polones",
    "Czech": "czech tschechisch tcheque checo cestina czeski tjekkisk",
    "Turkish": "turkish turkisch turc turco",
    "Arabic": "arabic arabisch arabe arabo arabisk arabiska arabski",
    "Hebrew": "hebrew hebraisch hebreu hebreo",
    "Chinese": "chinese chinesisch chinois chino mandarin cantonese kantonesisch mandarino kinesisk kinesiska chinski chines",
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
    "Swedish": "swedish schwedisch suedois sueco svenska svensk szwedzki ruotsi zweeds",
    "Norwegian": "norwegian norwegisch norvegien noruego norska norsk norweski noors",
    "Danish": "danish danisch danois danes danska dansk dunski deens",
    "Finnish": "finnish finnisch finnois finlandes finska finsk finski suomi",
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
    r"(?:^|[\s|;,.])(?:(?:spoken|foreign|other)\s)?(?:mother\stongues?|madrelingua|altre\slingue|langue\smaternelle|autres\slangues|weitere\ssprachen|lengua\smaterna|otros\sidiomas|língua\smaterna|outras\slínguas|languages?(?:\sknowledge|\sskills)?|sprach(?:en|kenntnisse)|langues?(?:\sparlées)?|idiomas?|lingue|talen|sprog|språk|języki(?:\sobce)?)\s?(?:[:\t]|\s{1,20}(?=[A-Z]))\s*",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"\b[ABC][12](?:[-/+][ABC]?[12]?)?\b|\b(?:native(?:\sor\sbilingual)?(?:\sproficiency|\sspeaker)?|mother\stongue|bilingual|fluent|(?:full|limited)?\s?professional(?:\sworking)?(?:\sproficiency)?|elementary(?:\sproficiency)?|"
    r"advanced|(?:upper|pre|lower)?[- ]?intermediate|beginner|basic|proficient|working\sknowledge|conversational|technical|good|excellent|muttersprache|muttersprachler(?:in)?|fließend|verhandlungssicher|grundkenntnisse|"
    r"sehr\sgut|gut|fortgeschritten|langue\smaternelle|maternelle?|courant|bilingue|intermédiaire|notions|débutant|avancé|professionnel|scolaire|nativo|nativa|lengua\smaterna|materna|fluido|avanzado|intermedio|básico|alto|medio|(?:moders|mors)m[åa]l|flytende|flytande|flydende|forhandlingsniveau|grundläggande|grunnleggende|bieg(?:ły|le)|ojczysty|podstawowy|komunikatywny|średniozaawansowany|zaawansowany|madrelingua|fluente|ottimo|buono|scolastico|nativo|intermediário|avançado|moedertaal|vloeiend|goed|rodilý|äidinkieli)\b",
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


def lists_languages(line: Line) -> bool:
    """Whether a line lists languages that people speak behind a label, and so no skills."""
    label = _LABEL.match(line.text)
    return label is not None and any(_named(part) for part in line.cut(label.end(), len(line.text)).split(_APART))


def _named(part: Piece) -> str | None:
    words = re.findall(r"[^\W\d_]+", name_key(part.text))
    if len(words) > 9:
        return None
    return next((name for word in words if (name := _known().get(word)) is not None), None)


def _level(text: str) -> str | None:
    found = _LEVEL.search(text)
    return found[0].strip() if found else None
