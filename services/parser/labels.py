"""The words of the field in the languages that are read: labels of facts, headings, and what is no job title.

All are folded (`normalise.text.fold`): lower case, no accents.
"""

import re

from services.parser.normalise.text import fold


def _words(*packed: str) -> frozenset[str]:
    return frozenset(fold(word) for words in packed for word in words.split("|"))


LABELS: dict[str, frozenset[str]] = {
    "location": _words(
        "location|locations|job location|work location|place of work|place|workplace|city|office|office location|where|based in|"
        "duty station|job locations|sites|city name|location name|primary location|location(s)",
        "standort|standorte|arbeitsort|einsatzort|ort|dienstort|stadt|arbeitsplatz",
        "lieu|lieu de travail|localisation|ville|lieu du poste|site",
        "ubicacion|localidad|lugar|lugar de trabajo|ciudad|poblacion|provincia|localizacion",
        "ubicacio|localitat|lloc de treball|poblacio|localizacao|local|local de trabalho|cidade",
        "sede|luogo|luogo di lavoro|citta|sede di lavoro|locatie|standplaats|plaats|werklocatie",
        "arbejdssted|sted|lokation|arbeidssted|arbetsort|ort|plats|placering",
        "misto vykonu prace|misto pracoviste|lokalita|mesto|adresa|lokalizacja|miejsce pracy|miasto",
    ),
    "salary": _words(
        "salary|salary range|pay|pay range|compensation|compensation range|base salary|wage|hourly rate|rate|remuneration|"
        "annual salary|pay rate|salary/rate|base pay|total compensation|estimated salary|on target earnings|package",
        "gehalt|vergutung|lohn|entgelt|jahresgehalt|bruttogehalt|entlohnung|gehaltsspanne|verdienst",
        "salaire|remuneration|fourchette de salaire|salario|sueldo|retribucion|rango salarial|banda salarial|remuneracion|salario bruto",
        "salari|retribucio|remuneracio|remuneracao|retribuzione|stipendio|ral|salaris|loon|lon|lonn|mzda|plat|odmena|mzdove rozpeti",
        "wynagrodzenie|placa|stawka",
    ),
    "job_type": _words(
        "job type|employment type|type|contract|contract type|time type|position type|employment|schedule|work type|type of contract|"
        "type of employment|hours|working hours|commitment|job schedule|work schedule|working time|full time/part time",
        "beschaftigungsart|anstellungsart|vertragsart|arbeitszeit|art der anstellung|anstellung|einstellungsart|umfang|arbeitszeitmodell",
        "type de contrat|contrat|temps de travail|type d'emploi|tipo de contrato|jornada|contrato|tipo de jornada|jornada laboral",
        "tipus de contracte|contracte|tipo di contratto|contratto|orario|contractvorm|dienstverband|uren|tipo de vaga",
        "ansaettelsesform|arbejdstid|stillingstype|arbeidstid|ansettelsesform|anstallningsform|omfattning|stillingsprocent",
        "typ uvazku|uvazek|pracovni pomer|typ pracovniho pomeru|pracovni uvazek|smluvni vztah|typ umowy|rodzaj umowy|wymiar pracy|etat",
    ),
    "workplace": _words(
        "workplace type|remote|remote work|work mode|work model|work arrangement|remote status|workplace|work setting|location type|"
        "work style|remote policy|arbeitsmodell|homeoffice|home office|arbeitsweise|teletravail|mode de travail|modalidad",
        "modalidad de trabajo|teletrabajo|modalitat de treball|modalitat|regime de trabalho|modalita di lavoro|modalita|werkvorm|"
        "forma prace|tryb pracy|misto prace z domova",
    ),
    "posted_at": _words(
        "posted|posted on|date posted|posting date|published|published on|publication date|date|post date|opened|job posted|created",
        "veroffentlicht|veroffentlicht am|online seit|datum|eingestellt am|erschienen am|publie le|date de publication|mise en ligne",
        "publicado|fecha de publicacion|publicada|publicat|data de publicacio|data de publicacao|pubblicato il|data di pubblicazione|"
        "gepubliceerd|geplaatst op|opslaet|oprettet|publisert|publicerad|datum zverejneni|zverejneno|data publikacji|opublikowano",
    ),
    "valid_through": _words(
        "apply by|deadline|application deadline|closing date|closes|valid through|apply before|expires|bewerbungsfrist|bewerbungsschluss|"
        "bewerben bis|date limite|fecha limite|data limit|scadenza|sluitingsdatum|ansogningsfrist|soknadsfrist|sista ansokningsdag|uzaverka",
    ),
    "department": _words(
        "department|team|function|category|job category|job function|area|division|business unit|job family|discipline|field",
        "abteilung|bereich|fachbereich|tatigkeitsfeld|berufsfeld|einsatzbereich|departement|service|equipe|departamento|area|departament|"
        "dipartimento|reparto|afdeling|vakgebied|avdeling|avdelning|oddeleni|obor|dzial",
    ),
    "company": _words(
        "company|employer|organization|organisation|company name|hiring company|institution|unternehmen|arbeitgeber|firma|entreprise|"
        "employeur|societe|empresa|empleador|azienda|bedrijf|werkgever|virksomhed|arbejdsgiver|arbeidsgiver|foretag|arbetsgivare|"
        "spolecnost|zamestnavatel|pracodawca",
    ),
}  # fmt: skip
"""Field → what it is labelled with."""

SECTION = re.compile(
    r"\b(responsibilit\w+|requirements?|qualifications?|about (the|this) (role|job|position|opportunity)|the (role|opportunity|job)|what you.?ll"
    r"|what you will|what you bring|you will|your (role|tasks|profile|responsibilities|mission)|job description|job summary|who you are|about you"
    r"|the position|skills|experience|nice to have|what we offer|what we.re looking for|benefits|duties|you might be a fit|preferred"
    r"|aufgaben|deine aufgaben|ihre aufgaben|anforderung\w*|profil|wir bieten|das erwartet|stellenbeschreibung|qualifikation\w*"
    r"|missions?|descriptif|votre profil|profil recherche|responsabilit\w+|funciones|requisitos|descripcion|ofrecemos|requisits|descripcio"
    r"|funcoes|requisiti|mansioni|offriamo|functieomschrijving|functie-eisen|wij bieden|arbejdsopgaver|kvalifikation\w*|arbeidsoppgaver"
    r"|kvalifikasjon\w*|arbetsuppgifter|napln prace|pozadavky|pozadujeme|nabizime|obowiazki|wymagania|oferujemy|co te ceka|job purpose)\b"
)
"""Headings that stand in a posting."""

APPLY = re.compile(
    r"^(?:.{0,12}\b)?(apply|apply now|apply here|apply for|i'm interested|submit application|easy apply|bewerben|jetzt bewerben|online bewerben"
    r"|postuler|je postule|candidater|inscribete|inscribirme|aplicar|solicitar|inscriu-t'hi|inscriure.?m|candidatar|candidati|candidatura"
    r"|solliciteer|solliciteren|sog stillingen|ansog|sok (stillingen|jobbet|tjansten)|ansok|odpovedet|reagovat|poslat zivotopis|aplikuj"
    r"|send ansogning|apply by email|how to apply)\b.{0,60}$"
)
"""What links, buttons and headings to apply with say, folded."""

NOT_A_TITLE = re.compile(
    r"^(careers?|jobs?|job (openings?|board|search|offers?|application|listings?)|open (positions?|roles?)|current (openings?|vacancies)"
    r"|openings?|vacanc(y|ies)|positions?|opportunit(y|ies)|search( results)?|home|welcome|join (us|our team)|work (with|for|at) us|about( us)?"
    r"|our (team|culture|story|mission|company)|culture|contact( us)?|news|blog|login|sign in|apply( now)?|application submitted|thank you"
    r"|(summer )?internships?|students?|graduates?|page not found|404|not found|error|access denied|just a moment|karriere|stellenangebote|offene stellen|stellen|jobangebote"
    r"|stellenausschreibungen|aktuelle ausschreibungen|offres? d.emploi|emplois?|nos offres|ofertas?( de (empleo|trabajo))?|empleo|trabajo"
    r"|ofertes?|vagas|offerte di lavoro|lavora con noi|vacatures|ledige stillinger|lediga (jobb|tjanster)|job|nabidky prace|volna mista|kariera"
    r"|oferty pracy|praca|back|menu|cookies?|privacy|faq|all (jobs|roles|openings)|(top|featured|latest) jobs|who we are|description|overview)$"
)
"""Headings that name no posting, folded."""

ABOUT_WORK = re.compile(
    r"^(about|why) |\b(internships|careers (at|@|with)|jobs (at|in|for)|open (positions|roles|jobs) (at|in)|current openings|openings at|working at|work at|life at|join our"
    r"|why (work|join)|our (interview|hiring|recruit\w+) process|interview process|how we hire|what to expect|internships? (program\w*|at|with)"
    r"|career development|build with us|company culture|arbeiten bei|karriere bei|stellenangebote|jobs bei|unsere jobs|stellenausschreibungen"
    r"|nos offres|rejoignez|trabaja con|unete|travailler chez|come work|employee benefits|meet the team|inside the build|your journey)\b"
)
"""Headings of pages about working somewhere, lists among them, folded."""

REFERENCE = re.compile(
    r"^(job )?(requisition|req|reference|ref|posting|vacancy|position|job)( ?(id|code|number|nr|no|#))\b|^(kennziffer|referenznummer|stellen-?id|jr\d{4,})"
)
"""Lines that give a posting's number, folded."""

OUR_COMPANY = re.compile(
    r"^(?:about|uber|a propos de|sobre|acerca de|om|o)\s+(?!the\b|this\b|us\b|you\b|uns\b|our\b|your\b|nas\b|oss\b|role\b)(.{2,60})$"
)
"""`About Northwind`, folded."""


def label_of(text: str) -> str | None:
    """The field that a short text labels, if it is a label."""
    if not 2 <= len(text) <= 45:
        return None
    name = fold(text)
    return _FIELD.get(name) or _FIELD.get(name.removeprefix("job ").removeprefix("the "))


_FIELD = {word: field for field in reversed(list(LABELS)) for word in LABELS[field]}
