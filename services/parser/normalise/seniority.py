"""The level of a posting, from its title, in the languages of the field."""

import re

from quiethire.domain.posting import Seniority
from quiethire.domain.words import fold

_OF_ANOTHER = re.compile(
    r"\b(?:(?:executive|personal|office) assistant|assist\w*|secretary|sekretar\w*|pa|ea|asisten\w*|asystent\w*|assistenz|secretaria|segretari\w*)(?: in)?"
    r" (?:to|for|fur|der|des|du|de|del|della|til|till|van|von|do|a)\b.*|\bexecutive assistant\b.*|\b(?:reporting to|report to)\b.*"
)
"""Whom an assistant works for is not the level of the assistant."""
_NO_LEVEL = re.compile(
    r"\blead (?:generation|gen|qualification|management|to|time|nurturing)\b|\bleads\b|\bchief of staff\b|\bmember of (?:the )?technical staff\b"
    r"|\b(?:senior|seniors) (?:living|care|center|centre|housing|services|citizens?|residen\w*|communit\w*|home)\b"
    r"|\b(?:art|film|funeral|music|stage|casting|photo) director\w*|\bdirector of photography\b"
    r"|\b(?:internship|intern|apprenticeship|trainee|volunteer)s? (?:coordinator|program\w*|manager|recruiter|supervisor)\b"
    r"|\bintern (?:transport|auditor|verkoop|sales|vertrieb|kommunikat\w*|kontroll\w*)\b"
    r"|\b(?:early|late|growth|seed|main|sound|multi|back|on) stage\b|\bstage (?:manager|hand|hands|technic\w*|crew|light\w*|automation|actor|carpenter|design\w*)\b"
    r"|\b(?:chef|jefe|jefa) de (?:proje\w*|proye\w*|produ\w*|partie|rang|publicite|cabine)\b|\b(?:vice|assistant|school|deputy|high school) principal\b"
    r"|\bassociate (?:professor|dean|counsel)\b|\b(?:research|postdoc\w*|doctoral|teaching|clinical|policy|visiting) fellow\w*|\bgraduate (?:school|programs?|studies|admissions)\b"
)
"""Words of a level that name none."""
_MAKERS = (
    r"(?:engineer\w*|develop\w*|scientist\w*|designer\w*|design|researcher\w*|research|architect\w*|programmer\w*|software|machine learning|data|product|technologist"
    r"|analyst|sre|security|technical|ux|ui|ml|ai|devops|reliability|hardware|firmware|infrastructure|platform|frontend|backend|full ?stack|program manager)"
)
_STUDENT = (
    r"interns?|internship|praktik\w*|pratik\w*|stagiair\w*|stagist\w*|werkstudent\w*|working student|becari\w*|practicas|practiques|tirocin\w*|estagi\w*|staz\w*"
    r"|trainee\w*|azubi\w*|auszubildende\w*|ausbildung|apprenti\w*|alternan\w*|aprendiz\w*|lehrling\w*|laerling\w*|larling\w*|leerling\w*|elev|diplomand\w*"
    r"|masterand\w*|abschlussarbeit|bachelorarbeit|masterarbeit|thesis student|studentische\w*|student assistant|studenter?med\w*|co op student"
    r"|(?:afstudeer|meewerk|snuffel)stage|(?:offre de|en|in) stage|stage (?:de|en|d|fin|pfe|curricul\w*|extracurricul\w*|conventionne|assistant\w*|charge\w*|m|h|f|\d+ ?mois)"
)
_LEVELS: tuple[tuple[Seniority, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (Seniority.INTERN, rf"\b(?:{_STUDENT})\b|^stage\b|\bstage$"),
        (
            Seniority.EXECUTIVE,
            (
                r"\b(?:chief (?:\w+ ){1,2}officer|c[etfompir]o|ciso|chro|vp|svp|evp|avp|vice president\w*|president\w*|head of|managing director|directors?"
                r"|director[ae]s?|direktor\w*|direct(?:eur|rice)\w*|dirett(?:ore|rice)|diretor\w*|dyrektor\w*|reditel\w*|geschaftsfuhr\w*|vorstand\w*|vd|prezes"
                r"|amministratore delegato|(?:managing|general|founding|equity) partner)\b|^(?:senior )?partner$"
            ),
        ),
        (
            Seniority.STAFF,
            (
                rf"\b(?:staff|principal) (?:\w+ ){{0,3}}?{_MAKERS}\b|\b{_MAKERS} (?:staff|principal)\b|\bprincipal (?!investigator)\w+|\bdistinguished\b"
                rf"|\b(?:engineering|technical) fellow\b|\bfellow engineer\b"
            ),
        ),
        (
            Seniority.LEAD,
            (
                r"\b(?:lead|leader|leads|techlead|teamlead|leiter\w*|leitung|leitende\w*"
                r"|(?:team|gruppen|abteilungs|bereichs|filial|schicht|standort|werk|werks|produktions|kuchen|stations|pflegedienst|wohnbereichs|einrichtungs|markt"
                r"|betriebs|vertriebs|personal|fachbereichs|service)leit\w*|chef de (?:service|equipe|cuisine|secteur|rayon|departement|agence|atelier|pole)"
                r"|chef d (?:equipe|atelier|agence)|(?:avdelnings|afdelings|enhets|gruppe?|sektions|kontor|koks|kokken|omrades?)chef|jef[ea] de|responsable|responsabile"
                r"|responsavel|encargad[oa]|capo ?(?:reparto|turno|squadra|cantiere|ufficio)|supervis\w*|(?:team|gruppe|afdelings|avdelings|seksjons)led(?:er|are)"
                r"|teamleid\w*|leidinggevende|vedouc[ia]\w*|kierowni\w*|lider\w*|foreman|forewoman|vorarbeiter\w*|head (?:chef|nurse|coach|teacher|cook|barista))\b"
            ),
        ),
        (
            Seniority.SENIOR,
            r"\b(?:seniors?|sr|snr|expert\w*|iii|iv|experienced|erfahren\w*|starsz[ya]\w*|confirme\w*|experimente\w*|ervaren|erfaren|zkusen\w*|doswiadczon\w*)\b",
        ),
        (
            Seniority.JUNIOR,
            (
                r"\b(?:juniors?|jr|jnr|entry[ -]level|graduate|associate|absolvent\w*|einsteiger\w*|berufseinsteiger\w*|mladsi|mlodsz[ya]\w*|debutant\w*|neolaureat\w*"
                r"|recem formad\w*|recien titulad\w*|nyuddannet|nyutdannet|nyutexaminerad|starter)\b"
            ),
        ),
        (
            Seniority.MID,
            (
                r"\b(?:mid|mid[ -]level|intermediate|ii|medior|(?<!tempo )(?<!tiempo )(?<!periodo )(?<!horario )plen[oa](?= |$)|regular (?=develop|engineer|tester|programist|analyst|qa|software|java|python|frontend|backend))\b"
                r"|\b(?:mid|junior) regular\b|\bregular$"
            ),
        ),
    )
)


def seniority(title: str) -> Seniority | None:
    """The level that the title names; none where it names none."""
    folded = " ".join(re.sub(r"[^\w\s&+-]", " ", fold(title)).split())
    folded = _NO_LEVEL.sub(" ", _OF_ANOTHER.sub(" ", folded))
    return next((level for level, pattern in _LEVELS if pattern.search(folded.strip())), None)
