"""How the title of a job reads: the nouns of occupations and the marks of gender that postings bear."""

import re

from services.parser.normalise.text import fold

_OCCUPATION = re.compile(
    r"(engineer|developer|manager|director|analyst|architect|designer|scientist|consultant|specialist|coordinator|administrator|assistant"
    r"|associate|technician|representative|executive|officer|supervisor|accountant|recruiter|nurse|therapist|teacher|operator|mechanic|driver"
    r"|advisor|adviser|strategist|researcher|programmer|planner|buyer|controller|auditor|attorney|counsel|paralegal|clerk|cashier|cook|chef|barista"
    r"|postdoc|professor|lecturer|trainer|writer|editor|producer|marketer|physician|pharmacist|inspector|welder|electrician|machinist|assembler"
    r"|receptionist|intern\b|internship\b|apprentice|trainee|lead\b|head of|vice president|\bvp\b|\bsre\b|devops|full.?stack|front.?end|back.?end"
    r"|machine learning|data |software|sales|account|support|success|product |generalist|partner|principal|founding|fellow|general application"
    r"|technologist|steward|janitor|custodian|housekeep|caregiver|counselor|clinician|psych|dentist|doctor|agent\b|expert|evangelist|practitioner"
    r"|entwickler|ingenieur|leiter|mitarbeiter|berater|kaufmann|kauffrau|techniker|sachbearbeiter|referent|fachkraft|werkstudent|praktik"
    r"|auszubildende|ausbildung|professur|doktorand|wissenschaftlich|verkaufer|pfleger|initiativbewerbung|assistenz|hilfskraft|koordinator"
    r"|ingenieur|developpeur|responsable|charge de|charge d|chef de|commercial|technicien|conseiller|vendeur|assistante|alternan|stagiaire"
    r"|ingeniero|ingeniera|desarrollador|gerente|tecnico|tecnica|vendedor|consultor|coordinador|auxiliar|administrativ|becari|monitor|comercial"
    r"|engenheiro|analista|desenvolvedor|impiegat|ingegnere|sviluppatore|addett|medewerker|ontwikkelaar|adviseur|verpleegkundige"
    r"|udvikler|ingenior|konsulent|medarbejder|sygeplejerske|laerer|leder|utvikler|radgiver|sykepleier|utvecklare|ingenjor|handlaggare|chef"
    r"|vyvojar|programator|manazer|specialista|ucetni|technik|ridic|kuchar|obchodn|konzultant|programista|inzynier|kierownik|specjalista)"
)
_GENDER = re.compile(
    r"\(?\b[mwfdxvhniag]\s?[/|,.]\s?[mwfdxvhni](\s?[/|,.]\s?[mwfdxvhni])?\b\)?|\(all genders\)|(?<=\w)[*:_]in(nen)?\b|/-?in\b|\bh/f\b|/a\b",
    re.IGNORECASE,
)


def reads_like_title(text: str) -> bool:
    """Whether a short text names an occupation or bears a mark of gender."""
    if not 3 <= len(text) <= 250 or len(text.split()) > 32:
        return False
    return _GENDER.search(text) is not None or _OCCUPATION.search(fold(text)) is not None
