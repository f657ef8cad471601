"""Figures of years as people write them: `5`, `five to seven`, `fünf bis sieben`, `between 3 and 5`. Of a range the lower end counts."""

_WORDS = {
    1: "one ein eins un uno um een",
    2: "two zwei deux dos due dois duas twee",
    3: "three drei trois tres tre três drie",
    4: "four vier quatre cuatro quattro quatro",
    5: "five fünf fuenf cinq cinco cinque vijf",
    6: "six sechs seis sei zes",
    7: "seven sieben sept siete sette sete zeven",
    8: "eight acht huit ocho otto oito",
    9: "nine neun neuf nueve nove negen",
    10: "ten zehn dix diez dieci dez tien",
    12: "twelve zwölf douze doce dodici doze twaalf",
    15: "fifteen fünfzehn quinze quince quindici vijftien",
    20: "twenty zwanzig vingt veinte venti vinte twintig",
}
_NUMBERS = {word: number for number, words in _WORDS.items() for word in words.split()}
_NUMBER = rf"(?:\d{{1,2}}|(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?![^\W_]))"
_AGAIN = r"(?:\s{0,2}\(\d{1,2}\))?"
"""The same number in brackets: `five (5)`."""
LOW = (
    r"(?P<between>(?:between|zwischen|entre|tra|fra|tussen)\s{1,3})?"
    rf"(?<![\d.,])(?P<low>{_NUMBER}){_AGAIN}"
)
"""The number, or the lower end of a range, as the source of an expression; as the two below."""
HIGH = (
    r"(?:(?:\s{0,2}[-–—]\s{0,2}|\s{1,2}(?(between)(?:and|und|et|y|e|en)|(?:to|or|bis|oder|à|ou|a|o|tot|of))\s{1,2})"
    rf"{_NUMBER}{_AGAIN}\s{{0,2}}\+?)?"
)
"""The upper end."""
UNIT = r"(?:years?|yrs?|jahr(?:en?)?|jährige[rnms]?|ans|années|años?|anos?|anni|anno|jaar|jaren)"


def number_of(written: str) -> int:
    """The number that `low` is."""
    return _NUMBERS.get(written.casefold()) or int(written)
