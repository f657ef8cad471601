"""Titles as people write them, without what they tell of themselves beside their work: pronouns, age, birth, family, gender.

None of it may reach what scores or compares (`quiethire.domain.matching.Profile`), and a vector of a text knows all of it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_PRONOUN = (
    r"(?:she|her|hers|he|him|his|they|them|theirs?|ze|zie|hir|xe|xem|sie|ihr|ihre|er|ihm|ihn|sein|seine|dey|denen|"
    r"elle|il|lui|iel|ielle|ella|él|el|la|le|elles|elli|lei|lui|sua|suo|ela|ele|dela|dele|elu|ona|jej|on|jego|oni|ich|hen|hens|hon|henne|han|honom|hun|zij|haar|hij|hem|zijn)"
)
_PRONOUNS = rf"{_PRONOUN}(?:\s?[/|]\s?{_PRONOUN}){{1,3}}|(?:my |meine? )?(?:pronouns?|pronomen)\s?:?\s?{_PRONOUN}(?:\s?[/|,]\s?{_PRONOUN})*|(?:any|all) pronouns"
_GENDERS = r"(?:[dx]/)?(?:m/w|w/m|m/f|f/m|h/f|f/h|m/v|v/m|m/k|k/m|m\*w|w\*m|m\|w|w\|m|m\|f|f\|m)(?:[/|*](?:divers|div|d|x|i|n|gn)){0,2}|(?:all|any|alle) (?:genders?|geschlechter)"
_AGE = (
    r"\d{2}[\s-]*(?:years?|yrs?)[\s-]*(?:old|of age|young)|\d{2}\s?y\.?/?o\.?|\d{2}\s?jahre?(?: (?:alt|jung))?(?!\s*(?:erfahrung|berufs))|\d{2}[\s-]?jährige?[rn]?"
    r"|\d{2}\s?ans(?! d)|\d{2}\s?(?:años|anos)(?: de edad| de idade)?(?! de)|\d{2}\s?anni(?! di)|\d{2}\s?lata?(?! do)"
    r"|(?:aged?|alter|âge|âgée?(?: de)?|edad|età|idade|wiek)\s?:?\s?\d{2}(?:\s?(?:years?|jahre?|ans|años|anni|anos|lata?))?"
    r"|(?:in (?:my|his|her|their) )?(?:early|mid|late)[\s-]?(?:20|30|40|50|60)['’]?s|(?:early|mid|late)[\s-](?:twenties|thirties|forties|fifties|sixties)"
)
_DATE = r"(?:[^\W\d]*\.?\s?)?[\d./\s-]{0,8}(?:[^\W\d]{3,10}\.?,?\s)?(?:\d{1,2},?\s)?(?:19|20)\d\d"
_BIRTH = (
    r"(?:born|b\.|geb\.|geboren|jahrgang|née? (?:en|le)|nacid[oa]|nat[oa] (?:il|nel)|nascid[oa]|urodzon[ay]|ur\.|date of birth|d\.?o\.?b\.?|birth ?date|geburtsdatum|year of birth)"
    rf"\s?:?\s?{_DATE}|\*\s?{_DATE}"
)
_INLINE = re.compile(rf"(?<![\w/])(?:{_PRONOUNS}|{_GENDERS}|{_AGE}|{_BIRTH})(?![\w/])", re.IGNORECASE)
"""What is known wherever it stands."""

_MANY = r"(?:a|an|one|two|three|four|five|\d|zwei|drei|vier|deux|trois|dos|tres|due|tre|einem|eines)"
_ALONE = re.compile(
    rf"(?:{_PRONOUN}|1[6-9]|[2-8]\d|19[3-9]\d|20[01]\d"
    r"|(?:(?:happily |newly )?(?:un)?married|(?:not |never )married|single|divorced|widow(?:ed)?|widower|engaged|verheiratet|ledig|geschieden|verwitwet|verlobt|marié?e?|célibataire|divorcée?|veuve?"
    r"|casad[oa]|solter[oa]|divorciad[oa]|viud[oa]|sposat[oa]|coniugat[oa]|celibe|nubile|divorziat[oa]|solteir[oa]|divorciad[oa]|żonaty|mężatka|zamężna|kawaler|panna|rozwiedzion[ay])"
    r"|(?:male|female|man|woman|non-?binary|nb|trans(?:gender)?|männlich|weiblich|divers|mann|frau|herr|homme|femme|hombre|mujer|masculino|femenin[oa]|feminino|uomo|donna|maschio|femmina|mężczyzna|kobieta|mr|mrs|ms|mx)\.?"
    rf"|(?:(?:proud|single|working) )?(?:mother|father|mum|mom|dad|parent|mutter|vater|mère|père|madre|padre|mãe|pai|mama|papa)(?: (?:of|von|de|di) (?:{_MANY})(?: (?:children|kids|kindern?|enfants|hijos|figli|filhos))?)?"
    rf"|(?:no|{_MANY}|kein|keine|sans|sin) (?:child(?:ren)?|kids?|kind(?:er)?|enfants?|hij[oa]s?|figli[oa]?|filh[oa]s?)"
    r"|(?:date of birth|birth ?date|gender|sex|age|marital status|nationality|citizenship|religion|geschlecht|alter|familienstand|staatsangehörigkeit|nationalität|konfession|sexe|état civil|nationalité|sexo|edad|estado civil|nacionalidad|sesso|stato civile|nazionalità|nacionalidade)\s?:[^,;|()]*"
    r")",
    re.IGNORECASE,
)
"""What is known where nothing else stands between two signs that set words apart: `Single Page Applications` are no family."""
_APART = re.compile(r"(\s*[,;|()\[\]•·]\s*|\s+[-–—/]\s+)")
_EMPTY = re.compile(r"[(\[]\s*[,;|/•·–—-]*\s*[)\]]")
_TWICE = re.compile(r"\s*([,;|•·–—])(?:\s*[,;|•·–—])+")
_LOOSE = re.compile(r"\s+(?=,)")
_BLANKS = " ,;|/•·–—-"


@lru_cache(maxsize=1 << 14)
def impersonal(title: str) -> str:
    """A title without what it tells of a person; as it was where it tells nothing of one, and empty where it tells nothing else."""
    parts = _APART.split(_INLINE.sub(" ", title))
    left = "".join(
        "" if place % 2 == 0 and _ALONE.fullmatch(part.strip()) else part for place, part in enumerate(parts)
    )
    if left == title:
        return title
    return " ".join(_LOOSE.sub("", _TWICE.sub(r"\1 ", _EMPTY.sub(" ", left))).split()).strip(_BLANKS)


def impersonal_titles(titles: Iterable[str]) -> tuple[str, ...]:
    """Titles without that, each once; those that say nothing else are left out."""
    return tuple(dict.fromkeys(plain for title in titles if (plain := impersonal(title))))
