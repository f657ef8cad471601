"""Words by which a line of a résumé is known for what it is: titles of jobs, employers, schools and degrees."""

import re

from services.matching.reading.text import name_key

_ROLES = (
    "engineer engineers developer programmer architect analyst scientist manager director administrator consultant specialist technician designer "
    "officer assistant coordinator supervisor associate representative executive president founder cofounder owner partner lead leader head chief "
    "cto ceo cfo coo cio intern internship trainee apprentice researcher professor lecturer teacher tutor instructor trainer coach mentor nurse doctor "
    "physician surgeon pharmacist therapist dentist veterinarian paramedic caregiver accountant auditor bookkeeper controller actuary economist "
    "banker broker trader underwriter lawyer attorney paralegal solicitor barrister judge clerk secretary receptionist recruiter buyer planner "
    "scheduler dispatcher driver pilot mechanic electrician plumber welder carpenter machinist operator assembler fitter inspector tester "
    "chef cook baker barista waiter waitress bartender housekeeper cleaner cashier salesperson seller salesman merchandiser marketer copywriter writer editor "
    "journalist translator interpreter photographer artist illustrator animator producer musician librarian curator guard soldier "
    "firefighter strategist evangelist advocate agent advisor adviser counselor counsellor counselor ambassador freelancer contractor devops sre webmaster "
    "scrum-master statistician mathematician physicist chemist biologist geologist surveyor estimator foreman storekeeper warehouseman postdoc fellow "
    "volunteer operative interviewer expert principal practitioner generalist superintendent qa fullstack frontend backend student guide host hostess "
    "vp svp evp avp midwife hairdresser butcher gardener florist farmer painter courier janitor concierge stylist nanny steward stewardess packer picker handler "
    "examiner investigator detective optician optometrist dietitian nutritionist psychiatrist labourer roofer bricklayer plasterer glazier "
    # German
    "entwickler entwicklerin ingenieur ingenieurin programmierer programmiererin architekt architektin analystin berater beraterin leiter leiterin geschaftsfuhrer geschaftsfuhrerin "
    "sachbearbeiter sachbearbeiterin mitarbeiter mitarbeiterin kaufmann kauffrau assistentin techniker technikerin verkaufer verkauferin lehrer lehrerin "
    "arzt arztin pfleger pflegerin krankenschwester buchhalter buchhalterin werkstudent werkstudentin praktikant praktikantin praktikum auszubildender "
    "auszubildende referent referentin fachkraft mechaniker mechanikerin elektriker elektroniker mechatroniker meister koch kochin fahrer fahrerin "
    "einkaufer einkauferin disponent disponentin erzieher erzieherin therapeut therapeutin vertriebsmitarbeiter designerin managerin redakteur redakteurin "
    "projektleiter projektleiterin teamleiter teamleiterin abteilungsleiter bereichsleiter filialleiter fachinformatiker spezialist spezialistin wissenschaftlicher doktorand "
    "kellner kellnerin backer backerin maler malerin schreiner schreinerin tischler tischlerin schlosser maurer friseur friseurin gartner gartnerin lagerist lageristin "
    "notar notarin polizist polizistin anwalt anwaltin aushilfe hebamme metzger fleischer schweisser dachdecker florist floristin hauswirtschafterin zusteller "
    # French
    "ingenieure developpeur developpeuse programmeur analyste chef cheffe responsable directeur directrice gestionnaire charge chargee "
    "consultante conseiller conseillere technicien technicienne assistante administrateur administratrice architecte comptable vendeur vendeuse commercial commerciale "
    "infirmier infirmiere medecin enseignant enseignante professeur formateur formatrice stagiaire stage alternant alternante apprenti apprentie adjoint adjointe "
    "coordinateur coordinatrice concepteur conceptrice graphiste redacteur redactrice traducteur traductrice secretaire acheteur acheteuse "
    "cuisinier serveur serveuse chauffeur mecanicien electricien ouvrier juriste avocat avocate data-scientist educateur educatrice aide-soignante agent hotesse "
    # Spanish, Italian, Portuguese, Dutch
    "ingeniero ingeniera desarrollador desarrolladora programador programadora analista arquitecto arquitecta consultor consultora gerente jefe jefa directora "
    "encargado encargada tecnico tecnica auxiliar asistente administrativo administrativa contable comercial vendedor vendedora dependiente dependienta profesor profesora "
    "maestro maestra enfermero enfermera medico abogado abogada disenador disenadora becario becaria practicas coordinador coordinadora especialista "
    "redactor redactora traductor traductora cocinero camarero camarera conductor operario operaria recepcionista secretaria investigador investigadora "
    "ingegnere sviluppatore sviluppatrice programmatore analista responsabile direttore impiegato impiegata tirocinante stagista consulente commessa insegnante "
    "addetto addetta infermiera cameriere cuoco segretaria ragioniere avvocato progettista docente operaio magazziniere autista programmatrice "
    "diretor diretora professora enfermeira enfermeiro contabilista contador assistente operador motorista advogado advogada gestor gestora estagiaria "
    "verkoper boekhouder projectleider directeur verkoopster "
    # Danish, Norwegian, Swedish, Polish, Czech
    "sælger selger saljare lærer larare radgiver okonom sjef systemutvecklare udvikler utvikler utvecklare konsulent konsult praktikant ekonom "
    "programista programistka inzynier kierownik kierowniczka specjalista specjalistka ksiegowa ksiegowy asystent asystentka dyrektor analityk konsultant konsultantka "
    "sprzedawca nauczyciel nauczycielka pielegniarka stazysta stazystka kierowca handlowiec przedstawiciel vyvojar programator ucetni prodavac ucitel ucitelka "
    "engenheiro engenheira desenvolvedor desenvolvedora estagiario estagiaria ontwikkelaar adviseur medewerker stagiair beheerder leraar verpleegkundige"
)
_ROLE = frozenset(_ROLES.split())
_ROLE_ENDINGS = re.compile(
    r"(?:entwickler|ingenieur|leiter|berater|manager|techniker|mechaniker|kaufmann|kauffrau|arbeiter|pfleger|lehrer|assistent|verkaufer|meister|sprecher|beauftragter|angestellter?|helfer|monteur|fahrer|therapeut|redakteur|anwalt|fachkraft|pflegekraft|reinigungskraft)(?:in)?$|(?:utvecklare|udvikler|utvikler|konsulent|ledare|leder|ingenjor|ingeniør|medarbetare|medarbejder|medarbeider|skoterska|plejerske|pleier|medhjælper)$|(?:ologist|grapher)$"
)
_LEVELS_WORDS = "senior junior sr jr mid principal staff lead chief head vice deputy trainee intern graduate"
_LEVELS = frozenset(_LEVELS_WORDS.split())

_FIRM = re.compile(
    r"(?<!\w)(?:gmbh(?:\s?&\s?co\.?\s?kg)?|ag|kg|ohg|ug|e\.\s?v\.|se|inc|inc\.|incorporated|llc|l\.l\.c\.|ltd|ltd\.|limited|plc|corp|corp\.|corporation|company|co\.|"
    r"s\.a\.s?\.?u?|sas|sasu|sarl|s\.l\.u?\.?|s\.r\.l\.|srl|s\.p\.a\.|spa|b\.v\.|bv|n\.v\.|oy|ab|a/s|aps|pty|llp|lp|group|gruppe|groupe|grupo|holding|holdings|labs?|studios?|"
    r"solutions|systems|technologies|technology|software|consulting|partners|associates|industries|services|bank|banque|banco|sparkasse|versicherung(?:en)?|insurance|"
    r"hospital|klinik|klinikum|clinique|clinica|krankenhaus|hôpital|hospices|agency|agentur|agence|agencia|ministry|ministerium|stadt|council|stadtwerke|werke|institut|institute|"
    r"foundation|stiftung|university|universität|airlines|logistics|logistik|media|digital|ventures|capital|pharma|energy|motors|restaurante?|ristorante|hotel|store|ngo|freelance|self-employed)(?!\w)",
    re.IGNORECASE,
)
_SURE_FIRM = re.compile(
    r"(?<!\w)(?:gmbh|ag|kg|ug|inc\.?|llc|ltd\.?|limited|plc|corp\.?|sas|sarl|sp\.\s?z\s?o\.\s?o\.?|s\.\s?r\.\s?o\.?|ltda\.?|lda\.?|a/s|aps|(?-i:ASA?|AB)|s\.l\.u?\.?|s\.a\.|s\.r\.l\.|s\.p\.a\.|b\.v\.|n\.v\.|oy|pty|llp|se|e\.\s?v\.)(?!\w)",
    re.IGNORECASE,
)

_SCHOOL = re.compile(
    r"\w*universit\w*|universid\w*|\buni\b|\w*hochschule\w*|fachhochschule|\bfh\b|\bth\b|\btu\b|\bhtw\b|\bcollege\b|\w*gymnasium|\w*realschule|\bberufsschule\b|\w*schule\b|\bschool\b|"
    r"\bacademy\b|\bakademie\b|\bacademi[ae]\b|\bacadémie\b|\binstitut\w*|\binstitute\b|\blyc[ée]e\b|\b[ée]cole\b|\bfacult[ée]\b|\biut\b|\binsa\b|\bpolyt[eé]c\w*|\bpolitécnic\w*|\bpolitecnic\w*|"
    r"\bescuela\b|\bcolegio\b|\bies\b|\bfacultad\b|\bcentro de formaci[oó]n\b|\bmit\b|\beth\b|\bepfl\b|\bucla\b|\bhec\b|\bessec\b|\bescp\b|\budemy\b|\bcoursera\b|\bbootcamp\b|\bconservator\w*|"
    r"\bkolleg\b|\bseminary\b|\btechnion\b|\bkth\b|\bscuola\b|\bliceo\b|\bescola\b|\bsorbonne\b|\bcnam\b|\bcfa\b|\bihk\b|\bhtl\b|\bpolitecnic[oa]\b|\bpolitechnik\w*|\buniwersytet\w*|\w*h[øöo]gskol\w*|\w*højskole\w*|\w*hogeschool\w*|\w*gymnasi(?:et|um|eskol\w*)|\bskol[ae]n?\b|\bszkoła\b|\bliceum\b|\bakademia\b|\btechnikum\b|\bunivers?zit\w*|\byliopisto\b|\bammattikorkeakoulu\b|\bfaculdade\b|\bistituto\b|\blyceum\b|\btraining cent(?:er|re)\b|\beducation(?:al)? cent(?:er|re)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"(?<!\w)(?:b\.?\s?sc\.?|m\.?\s?sc\.?|b\.?\s?a\.|m\.?\s?a\.|(?-i:BA|MA|BS|MS)(?=\s(?:in|of)\b|\s?[,(–-]|$|\s(?!SQL|Office|Excel|Word|Project|Access|DOS|Windows)[A-Z])|b\.s\.|m\.s\.|b\.e\.|m\.e\.|b\.?\s?ed\.?|higher secondary|b\.?\s?eng\.?|m\.?\s?eng\.?|b\.?\s?tech\.?|m\.?\s?tech\.?|b\.?com\.?|bba|m\.?b\.?a\.?|ph\.?\s?d\.?|dr\.|ll\.?\s?[bm]\.?|dphil|"
    r"bachelor\w*(?:['’]s)?(?: degree)?|master\w*(?:['’]s)?(?: degree)?|mastrer['’]s|doctorate|doctor of|doktor\w*|promotion|associate(?:['’]s)? degree|postgraduate\w*|undergraduate|dipl[oô]me\w*(?: d[’\']\w+| universitaire)?|diploma|high school diploma|"
    r"foundation degree|a-levels|gcse\w*|hnd|\w*diplom(?:a|[eé])?|diplom-\w+|magister|bacharel\w*|lehre|staatsexamen|abitur|fachabitur|fachhochschulreife|allgemeine hochschulreife|mittlere reife|realschulabschluss|hauptschulabschluss|"
    r"\w*ausbildung(?: zum| zur| als)?|umschulung|licence|licenciatura|licenciad[oa]|licenza|laurea(?: magistrale| triennale| specialistica)?|grado(?: superior| medio)?|graduad[oa]|máster|maestría|doctorad[oa]|doctorat|ingenier[íi]a|ingénieur|ingenier[oa] (?:en|de|técnico|superior|informátic\w+)|"
    r"técnic[oa] superior(?: en)?|ciclo formativo|bachillerato|formación profesional|(?-i:FP)|baccalaur[ée]at|bac(?:\s?\+\s?\d)?|(?-i:BTS|DUT|BUT|DEUG|DESS|DEA|CAP|BEP)|maîtrise|mastère|classe préparatoire|certificate|zertifikat|certificat|"
    r"kandidat\w*|magister\w*|licencjat\w*|inżynier|(?-i:mgr)(?: inż\.)?|matura|maturità|studentereksamen|vitnemål|bakal[aá]ř\w*|civilingenjör\w*|civilingeniør\w*|mestrado|bacharelado|doutorado|mestre|(?-i:HBO|MBO|VWO|HAVO|VMBO)|specialist(?: degree)?|engineer['’]s degree|nanodegree|degree)(?!\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def title_likeness(text: str) -> float:
    """How much these words look like the title of a job: 0 for none of its words, 1 for little else."""
    words = [name_key(word) for word in _WORD.findall(text)]
    if not words or len(words) > 14:
        return 0.0
    hits = [word for word in words if is_role(word)]
    if not hits:
        return 0.4 if words[0] in _LEVELS and len(words) > 1 else 0.0
    return 1.0 if len(words) <= 7 else 0.6


def is_role(word: str) -> bool:
    """Whether a word, in the form of `name_key`, names a trade."""
    if word in _ROLE or _ROLE_ENDINGS.search(word):
        return True
    return "-" in word and any(part in _ROLE for part in word.split("-"))


def firm_likeness(text: str) -> float:
    """How much these words look like the name of an employer."""
    if _SURE_FIRM.search(text):
        return 1.0
    if _FIRM.search(text) or _SCHOOL.search(text):
        return 0.6
    return 0.0


def school_in(text: str) -> re.Match[str] | None:
    """The word that makes these words the name of a school."""
    return _SCHOOL.search(text)


def degree_in(text: str) -> re.Match[str] | None:
    """The words that name a degree."""
    return _DEGREE.search(text)


def degrees_in(text: str) -> list[re.Match[str]]:
    """All of them."""
    return list(_DEGREE.finditer(text))
