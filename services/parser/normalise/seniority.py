"""The level of a posting, from its title."""

import re

from quiethire.domain.posting import Seniority
from services.parser.normalise.text import fold

_LEVELS: tuple[tuple[Seniority, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (
            Seniority.INTERN,
            r"\b(intern|internship|praktik\w+|stagiaire|werkstudent\w*|working student|becari\w+|trainee|azubi\w*|apprentice)\b",
        ),
        (
            Seniority.EXECUTIVE,
            (
                r"\b(chief (?!of staff)\w+( \w+)? officer|c[etfompir]o|vp|svp|evp|vice president|president|head of|managing director"
                r"|director\w*|direktor\w*|directeur|geschaftsfuhr\w+|partner(?=$| \())\b(?! of photography)"
            ),
        ),
        (Seniority.STAFF, r"\b(staff|principal|distinguished|fellow)\b"),
        (
            Seniority.LEAD,
            r"\b(lead|leader|teamlead|team lead|teamleit\w+|tech lead|leiter\w*|chef de|jefe|responsable|supervisor)\b",
        ),
        (Seniority.SENIOR, r"\b(senior|sr|snr|expert|iii|iv|experienced|erfahren\w*|starszy|confirme)\b"),
        (
            Seniority.JUNIOR,
            r"\b(junior|jr|jnr|entry[ -]level|graduate|associate|absolvent\w*|einsteiger\w*|mladsi|mlodszy|debutant)\b",
        ),
        (Seniority.MID, r"\b(mid|mid[ -]level|intermediate|ii|medior|regular)\b"),
    )
)


def seniority(title: str) -> Seniority | None:
    """The level that the title names; none where it names none."""
    folded = re.sub(r"[^\w\s&+-]", " ", fold(title))
    for level, pattern in _LEVELS:
        if pattern.search(folded):
            return level
    return None
