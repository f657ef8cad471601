"""One form of a word for all who do the work: who calls herself Kauffrau, ingénieure, enfermera or waitress scores as he would.

Folded are words of titles alone, on both sides alike, in the form of `name_key`. A rule that catches a word of neither gender does no
harm: it is caught wherever it stands.
"""

from functools import lru_cache

from services.matching.reading.text import tokens

_WORDS = {
    "waitress": "waiter",
    "actress": "actor",
    "actrice": "acteur",
    "arztin": "arzt",
    "hostess": "host",
    "stewardess": "steward",
    "headmistress": "headmaster",
    "krankenschwester": "krankenpfleger",
    "chargee": "charge",
    "maestra": "maestro",
    "medica": "medico",
    "tecnica": "tecnico",
    "mecanica": "mecanico",
    "biologin": "biologe",
    "okonomin": "okonom",
    "expertin": "expert",
    "experte": "expert",
    "beamtin": "beamter",
    "chefin": "chef",
    "cheffe": "chef",
    "notarin": "notar",
    "pilotin": "pilot",
    "avocate": "avocat",
    "agente": "agent",
    "adjointe": "adjoint",
    "apprentie": "apprenti",
    "associee": "associe",
    "attachee": "attache",
    "deleguee": "delegue",
    "employee": "employe",
    "artisane": "artisan",
    "jefa": "jefe",
    "gerenta": "gerente",
    "quimica": "quimico",
    "infermiera": "infermier",
    "commessa": "commesso",
    "cuoca": "cuoco",
}

_ENDINGS = (
    *(("woman", "person"), ("man", "person")),
    *(("frau", "mann"), ("erin", "er"), ("istin", "ist"), ("entin", "ent"), ("antin", "ant"), ("eurin", "eur")),
    *(
        ("orin", "or"),
        ("ologin", "ologe"),
        ("agogin", "agoge"),
        ("arztin", "arzt"),
        ("waltin", "walt"),
        ("wirtin", "wirt"),
    ),
    *(("eutin", "eut"), ("kochin", "koch")),
    *(
        ("tektin", "tekt"),
        ("rafin", "raf"),
        ("raphin", "raph"),
        ("rurgin", "rurg"),
        ("onomin", "onom"),
        ("datin", "dat"),
    ),
    *(("matin", "mat"), ("lystin", "lyst"), ("stellter", "stellte"), ("bildender", "bildende"), ("andiger", "andige")),
    *(("ttrice", "ttore"), ("oressa", "ore"), ("ngere", "nger")),
    *(("trice", "teur"), ("euse", "eur"), ("iere", "ier"), ("ienne", "ien"), ("eure", "eur"), ("ielle", "iel")),
    *(("iale", "ial"), ("ante", "ant")),
    *(("dora", "dor"), ("tora", "tor"), ("sora", "sor"), ("era", "ero"), ("ada", "ado"), ("iva", "ivo")),
    *(
        ("aria", "ario"),
        ("loga", "logo"),
        ("tecta", "tecto"),
        ("eutica", "eutico"),
        ("eira", "eiro"),
        ("egata", "egato"),
    ),
    *(("identa", "idente"), ("stenta", "stente"), ("dienta", "diente")),
)
"""The first that fits, of English, German, French, Spanish, Italian and Portuguese."""

_STEM = 3
"""Letters before an ending at least: `opera` and `login` are no forms of anything."""

_NEITHER = frozenset({"german", "human", "roman", "norman", "camera"})


@lru_cache(maxsize=1 << 16)
def ungendered(word: str) -> str:
    """The word in the form that is the same for all genders."""
    if word in _NEITHER:
        return word
    if word in _WORDS:
        return _WORDS[word]
    for ending, form in _ENDINGS:
        if word.endswith(ending) and len(word) >= len(ending) + _STEM:
            return word[: -len(ending)] + form
    return word


def ungendered_title(title: str) -> str:
    """All words of a title in that form."""
    return " ".join(map(ungendered, tokens(title)))
