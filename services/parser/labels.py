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
        "duty station|job locations|sites|site|city name|location name|primary location|location(s)|work locations|working location|job site|posting location|campus|town|"
        "where you will work|where you'll work|position location|city/state|city, state|workplace location|work site|country|state",
        "standort|standorte|arbeitsort|arbeitsorte|einsatzort|einsatzorte|ort|orte|dienstort|stadt|arbeitsplatz|beschaftigungsort|tatigkeitsort|dein arbeitsort|dein standort|"
        "ihr arbeitsort|niederlassung|filiale|region|einsatzgebiet",
        "lieu|lieux|lieu de travail|localisation|ville|lieu du poste|localisation du poste|lieu d'affectation|lieu d'exercice|lieu de mission|implantation|departement/ville|"
        "emplacement|agence|secteur geographique",
        "ubicacion|ubicaciones|localidad|lugar|lugar de trabajo|ciudad|poblacion|provincia|localizacion|centro de trabajo|ubicacion del puesto|municipio|sede de trabajo",
        "ubicacio|localitat|lloc de treball|poblacio|centre de treball|municipi|localizacao|local|locais|local de trabalho|cidade|localidade|morada",
        "sede|sedi|luogo|luogo di lavoro|citta|sede di lavoro|sede lavorativa|localita|provincia/citta|locatie|locaties|standplaats|plaats|werklocatie|werkplek|vestiging|regio",
        "arbejdssted|arbejdssteder|sted|lokation|geografi|by|arbeidssted|arbeidssteder|lokasjon|arbeidslokasjon|arbetsort|arbetsplats|ort|plats|placering|placeringsort|stationeringsort|"
        "kommun|tjanstgoringsort",
        "misto vykonu prace|misto vykonu|misto prace|misto pracoviste|pracoviste|lokalita|mesto|adresa|adresa pracoviste|lokalizacja|lokalizacje|miejsce pracy|miejsce wykonywania pracy|miasto|"
        "siedziba",
    ),
    "salary": _words(
        "salary|salary range|pay|pay range|compensation|compensation range|base salary|wage|hourly rate|rate|remuneration|"
        "annual salary|pay rate|salary/rate|base pay|total compensation|estimated salary|on target earnings|package|ote|salary band|salary grade|salary package|wages|hourly wage|"
        "hourly pay|pay scale|base salary range|compensation package|expected salary|starting salary|rate of pay|salary (gross)|annual base salary|target salary|day rate",
        "gehalt|vergutung|lohn|entgelt|jahresgehalt|bruttogehalt|entlohnung|gehaltsspanne|verdienst|bezahlung|stundenlohn|monatsgehalt|jahresbruttogehalt|gehaltsrahmen|bruttolohn|"
        "mindestgehalt|dein gehalt|ihr gehalt|gehaltsband|bezuge|dotierung",
        "salaire|remuneration|fourchette de salaire|salaire brut|salaire annuel|remuneration annuelle|salaire indicatif|retribution|tjm|salario bruto anual|retribucion bruta|"
        "sueldo bruto|remuneracion bruta|salario mensual|salario|sueldo|retribucion|rango salarial|banda salarial|remuneracion|salario bruto",
        "salari|salari brut|retribucio|remuneracio|salario base|vencimento|ordenado|faixa salarial|retribuzione lorda|stipendio lordo|ral offerta|salarisindicatie|bruto salaris|"
        "salarisschaal|uurloon|maandsalaris|manedslon|arslonn|manadslon|ersattning|platove rozmezi|hruba mzda|nastupni plat|financni ohodnoceni|widelki|widelki placowe|zarobki|"
        "remuneracao|retribuzione|stipendio|ral|salaris|loon|lon|lonn|mzda|plat|odmena|mzdove rozpeti",
        "wynagrodzenie|placa|stawka|pensja",
    ),
    "job_type": _words(
        "job type|employment type|type|contract|contract type|time type|position type|employment|schedule|work type|type of contract|"
        "type of employment|hours|working hours|commitment|job schedule|work schedule|working time|full time/part time|employment status|contract duration|duration|job status|"
        "work hours|position status|time commitment|worker type|worker sub-type|employee type|appointment type|tenure|employee status|status|shift",
        "beschaftigungsart|beschaftigungsverhaltnis|beschaftigungsumfang|arbeitsverhaltnis|arbeitszeiten|stellenumfang|stellenart|befristung|wochenstunden|pensum|arbeitspensum|"
        "vertragsform|vertragsdauer|beschaftigung|jobart|anstellungsverhaltnis|zeitmodell|anstellungsart|vertragsart|arbeitszeit|art der anstellung|anstellung|einstellungsart|umfang|arbeitszeitmodell",
        "type de contrat|nature du contrat|duree du contrat|duree|type de poste|rythme|horaires|contrat|tipo de empleo|tipo contrato|duracion del contrato|horario|jornada de trabajo|temps de travail|type d'emploi|tipo de contrato|jornada|contrato|tipo de jornada|jornada laboral",
        "tipus de contracte|tipus de jornada|contracte|durada|tipo de contratacao|vinculo|regime de contratacao|horario de trabalho|tipo di impiego|tipologia contrattuale|"
        "inquadramento|orario di lavoro|disponibilita|soort dienstverband|aantal uren|uren per week|werkuren|contracttype|tipo di contratto|contratto|orario|contractvorm|dienstverband|uren|tipo de vaga",
        "ansaettelsesform|ansaettelsestype|jobtype|ugentlig arbejdstid|timer|ansettelsestype|heltid/deltid|sysselsattningsgrad|anstallningstyp|arbetstid|tjanstgoringsgrad|varaktighet|"
        "ansaettelsesform|arbejdstid|stillingstype|arbeidstid|ansettelsesform|anstallningsform|omfattning|stillingsprocent",
        "typ uvazku|druh uvazku|forma spoluprace|typ smlouvy|pracovnepravni vztah|druh umowy|typ zatrudnienia|forma zatrudnienia|umowa|typ uvazku|uvazek|pracovni pomer|typ pracovniho pomeru|pracovni uvazek|smluvni vztah|typ umowy|rodzaj umowy|wymiar pracy|etat",
    ),
    "workplace": _words(
        "workplace type|remote|remote work|work mode|work model|work arrangement|remote status|workplace|work setting|location type|"
        "work style|remote policy|remote/onsite|on-site/remote|work place type|workplace model|working model|work location type|remote?|remote option|telework|telework eligible|"
        "arbeitsplatzmodell|remote-arbeit|mobiles arbeiten|teletravail possible|modalite de travail|presencialidad|lavoro da remoto|thuiswerken|hjemmearbejde|hjemmekontor|distansarbete|"
        "praca zdalna|praca zdalna/stacjonarna|prace na dalku|home-office|arbeitsmodell|homeoffice|home office|arbeitsweise|teletravail|mode de travail|modalidad",
        "modalidad de trabajo|teletrabajo|modalitat de treball|modalitat|regime de trabalho|modalita di lavoro|modalita|werkvorm|"
        "forma prace|tryb pracy|misto prace z domova",
    ),
    "posted_at": _words(
        "posted|posted on|posted date|job posting date|open date|opening date|listed|listed on|date listed|advertised|date advertised|release date|start of posting|live since|date posted|posting date|published|published on|publication date|date|post date|opened|job posted|created",
        "veroffentlicht|veroffentlicht am|veroffentlichungsdatum|veroffentlichung|online seit dem|ausgeschrieben am|ausschreibungsdatum|inserat vom|anzeigendatum|publiee le|date de parution|"
        "mis en ligne le|publiziert am|online seit|datum|eingestellt am|erschienen am|publie le|date de publication|mise en ligne",
        "publicado|publicado el|publicada el|fecha de alta|publicada em|publicado em|data de inicio da publicacao|publicat el|data pubblicazione|pubblicata il|publicatiedatum|"
        "online sinds|slaet op|opslagsdato|publiceret|publiceringsdatum|publicerat|publisert dato|annonsert|vlozeno|aktualizovano|datum vlozeni|zverejneno dne|dodano|data dodania|"
        "fecha de publicacion|publicada|publicat|data de publicacio|data de publicacao|pubblicato il|data di pubblicazione|"
        "gepubliceerd|geplaatst op|opslaet|oprettet|publisert|publicerad|datum zverejneni|zverejneno|data publikacji|opublikowano",
    ),
    "valid_through": _words(
        "apply by|deadline|deadline to apply|application closing date|applications close|closing|close date|closing on|end date|apply until|posting end date|posting close date|"
        "bewerbung bis|bewerbungsende|frist|date de cloture|date limite de candidature|cloture|fecha de cierre|plazo|plazo de presentacion|fecha limite de inscripcion|prazo|"
        "data limite|candidaturas ate|termine|scadenza candidature|reageren voor|sluit op|ansogningsfrist den|frist for ansogning|sok senest|soknadsfrist:|sista ansokan|"
        "termin skladani|data wygasniecia|termin aplikowania|uzaverka prihlasek|prihlasky do|application deadline|closing date|closes|valid through|apply before|expires|bewerbungsfrist|bewerbungsschluss|"
        "bewerben bis|date limite|fecha limite|data limit|scadenza|sluitingsdatum|ansogningsfrist|soknadsfrist|sista ansokningsdag|uzaverka",
    ),
    "department": _words(
        "department|department name|career area|practice area|team|function|category|job category|job function|area|division|business unit|job family|discipline|field",
        "abteilung|bereich|fachbereich|tatigkeitsfeld|berufsfeld|einsatzbereich|departement|service|equipe|departamento|area|departament|"
        "dipartimento|reparto|afdeling|vakgebied|avdeling|avdelning|oddeleni|obor|dzial",
    ),
    "company": _words(
        "company|employer|employer name|hiring organization|about the employer|client|recruiter|institution name|agency|firma/arbeitgeber|etablissement|recruteur|entitat|empresa contratante|"
        "entidad|ente|organisatie|organisationsenhed|arbeidsgivar|arbetsgivarens namn|nazev spolecnosti|firma|nazwa firmy|pracodawca/firma|organization|organisation|company name|hiring company|institution|unternehmen|arbeitgeber|firma|entreprise|"
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
    r"^(?:.{0,12}\b)?(apply(?! (?:an?|your|the|our|these|best|new|critical|strong|advanced|modern|knowledge|skills|principles?|techni\w+|method\w*) )|apply here|apply for|i'm interested|submit application|easy apply|bewerben|jetzt bewerben|online bewerben"
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

SLOGAN = re.compile(
    r"^(join|explore|discover|meet|shape|come and|find your|start your|build your|grow your|make an impact|your (impact|career|future|journey|next)|we.re hiring|be part of"
    r"|werde teil|gestalte|starte deine|entdecke|rejoignez|decouvrez|unete|descubre|junta-te|unisciti|scopri|kom werken|bliv en del|bli en del|pridej se|pridejte se|dolacz)\b"
)
"""How pages about working somewhere address their readers, folded: no title of a job."""

ABOUT_WORK = re.compile(
    r"^(about|why) |\b(internships|careers (at|@|with)|jobs (at|in|for)|open (positions|roles|jobs) (at|in)|current openings|openings at|working at|work at|life at|join our"
    r"|why (work|join)|our (interview|hiring|recruit\w+) process|interview process|how we hire|what to expect|internships? (program\w*|at|with)"
    r"|career development|build with us|company culture|arbeiten bei|karriere bei|stellenangebote|jobs bei|unsere jobs|stellenausschreibungen"
    r"|nos offres|rejoignez|trabaja con|unete|travailler chez|come work|employee benefits|meet the team|your journey)\b"
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


_SIGN = re.compile(r"^[^\w(]+")
"""Bullets and pictures before a label."""
_PLURAL = re.compile(r"\s?\((?:s|e|n|en|es|x|er)\)$")


def label_of(text: str) -> str | None:
    """The field that a short text labels, if it is a label."""
    if not 2 <= len(text) <= 45:
        return None
    name = _PLURAL.sub("", fold(_SIGN.sub("", text)))
    return _FIELD.get(name) or _FIELD.get(name.removeprefix("job ").removeprefix("the "))


_FIELD = {word: field for field in reversed(list(LABELS)) for word in LABELS[field]}
