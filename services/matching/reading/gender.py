"""One form of a word for all who do the work: who calls herself Kauffrau, ingénieure, enfermera or waitress scores as he would.

Folded are words of titles alone, on both sides alike, in the form of `name_key`. A rule that catches a word of neither gender does no
harm: it is caught wherever it stands.
"""

import re
from functools import lru_cache


def _pairs(packed: str) -> dict[str, str]:
    words = packed.replace(",", " ").split()
    return dict(zip(words[::2], words[1::2], strict=True))


_WORDS = _pairs(
    # English
    "waitress waiter, actress actor, hostess host, stewardess steward, headmistress headmaster, manageress manager,"
    # German
    "biologin biologe, experte expert, pastorin pastor, magd knecht, hofdame hofherr, beamte beamter,"
    "lotsin lotse, schutzin schutze, kollegin kollege, winzerin winzer, freie freier, ratin rat, poetin poet,"
    # French
    "autrice auteur, actrice acteur, cheffe chef, avocate avocat, agente agent, adjointe adjoint, apprentie apprenti, associee associe,"
    "attachee attache, chargee charge, deleguee delegue, employee employe, salariee salarie, diplomee diplome, preposee prepose,"
    "artisane artisan, hotesse hote, maitresse maitre, ecrivaine ecrivain, soldate soldat, sculptrice sculpteur, manageuse manager,"
    "designeuse designer, certifiee certifie, alternee alterne, sportif sportive, prefete prefet, deputee depute,"
    # Spanish and Portuguese
    "maestra maestro, experta expert, experto expert, jefa jefe, gerenta gerente, actriz actor, atriz ator, jueza juez, concejala concejal,"
    "oficiala oficial, fiscala fiscal, bailarina bailarin, matrona matron, patrona patron, decana decano, artesana artesano, duena dueno,"
    "azafata azafato, soldada soldado, candidata candidato, alumna alumno, interna interno, externa externo, obispa obispo, capitana capitan,"
    "piloto pilot, pilota pilot, arquiteta arquiteto, arquitecta arquitecto, sastra sastre,"
    # Italian
    "attrice atteur, attore atteur, pittore pitteur, commessa commesso, cuoca cuoco, avvocata avvocato, avvocatessa avvocato, laureata laureato,"
    "addetta addetto, architetta architetto, sarta sarto, sindaca sindaco, socia socio, capa capo, poliziotta poliziotto, bidella bidello,"
    "deputata deputato,"
    # Polish
    "ksiegowa ksiegowy, pielegniarka pielegniarz, radczyni radca, polozna polozny, poloznik polozny, pracownica pracownik,"
    "kierownica kierownik, mistrzyni mistrz, gospodyni gospodarz, glowna glowny, głowna głowny"
)

_ENDINGS = tuple(
    _pairs(
        # English and German
        "woman person, man person, frau mann, krankenschwester krankenpfleger,"
        "bildender bildende, stellter stellte, andiger andige, sitzender sitzende, tierender tierende, dierender dierende, ordneter ordnete,"
        "licher liche, ftragter ftragte, chtigter chtigte, eitender eitende, ischer ische,"
        "erin er, istin ist, entin ent, antin ant, andin and, eurin eur, orin or, ologin ologe, agogin agoge, arztin arzt, waltin walt, wirtin wirt,"
        "eutin eut, kochin koch, tektin tekt, rafin raf, raphin raph, rurgin rurg, onomin onom, datin dat, matin mat, katin kat, ratin rat,"
        "lystin lyst, arin ar, sophin soph, letin let, ralin ral, wartin wart, schmiedin schmied, chefin chef, pilotin pilot,"
        "expertin expert, beamtin beamter,"
        # Italian and French agents, in one form: `coordinatrice` is hers in both
        "oressa ore, entessa ente, atore ateur, itore iteur, ditore diteur, ttore tteur, trice teur,"
        # French
        "ngere nger, chere cher, llere ller, euse eur, ienne ien, ronne ron, pionne pion, eure eur, ielle iel, nnelle nnel, iale ial,"
        "onale onal, erale eral, ipale ipal, itale ital, icale ical, ante ant, identa ident, idente ident,"
        "atif ative, utif utive, ortif ortive, uctif uctive, eatif eative,"
        # French, Spanish, Italian and Portuguese
        "gnera gner, gnere gner, iera ier, iere ier, iero ier, eira eiro,"
        "dora dor, tora tor, sora sor, era ero, ada ado, iva ivo, aria ario, loga logo, goga gogo, tecta tecto, tetta tetto,"
        "teta teto, onoma onomo, grafa grafo, ujana ujano, esana esano, egata egato, istra istro, aia aio, ica ico,"
        "stenta stente, dienta diente, lienta liente,"
        # Polish
        "istka ista, cielka ciel, iczka ik, yczka yk, zka g, orka or, erka er, arka arz, entka ent, antka ant, ektka ekt, atka at,"
        "czyni ca, dsza dszy, rsza rszy"
    ).items()
)
"""The first that fits."""

_STEM = 3
"""Letters before a short ending at least: `opera` and `login` are no forms of anything."""
_SURE = 6
"""Letters of an ending that is a word by itself, or no other word has: Köchin, Ärztin."""

_TIMES = 3
"""Some forms of his fold as well: Fischerin, Fischer."""

_NEITHER = frozenset({"german", "human", "roman", "norman", "camera", "africa", "america", "canada", "nevada"})

_ENDED = r"(?:in|innen|frau|n?e|euse|t?rice|i?ère|as?|os?|ra)"
_BOTH = re.compile(rf"(?<=[^\W\d_]{{3}})(?:(?:[*:_·•]|/-?){_ENDED}\b|\(-?{_ENDED}\)|Innen\b)|(?<=[a-zäöüß]r)In\b")
"""What stands behind a word so that it means every gender: `Entwickler*in`, `Verkäufer/-in`, `chargé·e`, `ingeniero/a`."""


@lru_cache(maxsize=1 << 16)
def ungendered(word: str) -> str:
    """The word in the form that is the same for all genders."""
    for _ in range(_TIMES):
        word = _folded(word)
    return word


def _folded(word: str) -> str:
    if word in _NEITHER:
        return word
    if word in _WORDS:
        return _WORDS[word]
    for ending, form in _ENDINGS:
        if word.endswith(ending) and (len(word) >= len(ending) + _STEM or len(ending) >= _SURE):
            return word[: -len(ending)] + form
    return word


def for_all(title: str) -> str:
    """A title without the marks by which its words mean every gender."""
    return _BOTH.sub("", title)
