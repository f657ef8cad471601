"""What the headings of résumés say: English, German, French, Spanish, and the plain ones of Italian, Portuguese, Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Czech."""

import re
from enum import StrEnum
from functools import lru_cache

from quiethire.domain.words import fold


class Part(StrEnum):
    """The parts of a résumé."""

    HEAD = "head"
    """What stands before the first heading."""
    CONTACT = "contact"
    SUMMARY = "summary"
    WORK = "work"
    EDUCATION = "education"
    SKILLS = "skills"
    LANGUAGES = "languages"
    REFERENCES = "references"
    """Other people, who are asked about this one: nothing of theirs is the person's own."""
    OTHER = "other"
    """Projects, courses, interests: read by nobody but for skills."""


_WHOLE = {
    Part.CONTACT: (
        "contact|contacts|contact me|contact me at|contact info|contact information|contact details|personal details|personal information|personal data|"
        "personal info|details|profile details|personalia|kontakt|kontaktdaten|personliche daten|personliche angaben|zur person|"
        "coordonnees|informations personnelles|etat civil|datos personales|datos de contacto|contacto|informacion personal|informacion de contacto|"
        "dati personali|contatti|dados pessoais|contato|persoonlijke gegevens|contactgegevens|gegevens|address|adresse|"
        "kontaktoplysninger|kontaktuppgifter|kontaktinformation|kontaktinformasjon|personlige oplysninger|personlige opplysninger|personliga uppgifter|personuppgifter|personalia|yhteystiedot|henkilotiedot|dane osobowe|dane kontaktowe|osobni udaje|kontaktni udaje|informazioni personali|informacoes pessoais|contactos|contato pessoal|informacoes de contato|informatii personale|date personale"
    ),
    Part.SUMMARY: (
        "summary|profile|about|about me|objective|career objective|professional summary|professional profile|career summary|executive summary|"
        "personal statement|personal summary|overview|introduction|description|bio|who i am|experience summary|relevant experience summary|"
        "summary of qualifications|carrier objective|profil|kurzprofil|uber mich|zusammenfassung|berufliches profil|qualifikationsprofil|"
        "personliches profil|profil professionnel|a propos|a propos de moi|resume|objectif|objectif professionnel|presentation|perfil|perfil profesional|"
        "sobre mi|resumen|resumen profesional|extracto|objetivo|objetivo profesional|profilo|profilo professionale|sommario|su di me|sobre|sobre mim|resumo|"
        "profiel|over mij|samenvatting|persoonlijk profiel|"
        "om mig|om meg|profiltekst|resume profil|sammanfattning|sammendrag|kort om mig|nokkelkvalifikasjoner|profiili|tiivistelma|podsumowanie|podsumowanie zawodowe|profil zawodowy|o mnie|cel zawodowy|o mne|informazioni aggiuntive profilo|chi sono|objetivo profissional|perfil profissional|resumo profissional|sobre mim profissional|apresentacao|obiettivo professionale"
    ),
    Part.WORK: (
        "experience|experiences|work|work experience|working experience|professional experience|employment|employment history|work history|"
        "career history|career|professional history|professional background|professional career|job history|job experience|relevant experience|"
        "relevant work experience|industry experience|positions|positions held|work expirience|working expirience|experience and participated projects|"
        "web dev positions|development experience|berufserfahrung|berufserfahrungen|beruflicher werdegang|"
        "werdegang|berufspraxis|berufliche erfahrung|berufliche erfahrungen|berufliche stationen|praxiserfahrung|praktische erfahrung|arbeitserfahrung|berufliche tatigkeit|"
        "tatigkeiten|berufstatigkeit|experience professionnelle|experiences professionnelles|parcours professionnel|parcours|emplois|historique professionnel|"
        "experiencia|experiencia laboral|experiencia profesional|experiencias profesionales|trayectoria|trayectoria profesional|historial laboral|"
        "esperienza|esperienze|esperienza professionale|esperienze professionali|esperienza lavorativa|esperienze lavorative|experiencia profissional|"
        "experiencias profissionais|werkervaring|ervaring|loopbaan|career path|employment record|professional activity|"
        "erhvervserfaring|arbejdserfaring|ansaettelser|jobberfaring|arbeidserfaring|yrkeserfaring|arbeidspraksis|ansettelser|arbetslivserfarenhet|arbetserfarenhet|yrkeserfarenhet|anstallningar|erfarenhet|erfaring|tyokokemus|doswiadczenie|doswiadczenie zawodowe|przebieg pracy|przebieg kariery|historia zatrudnienia|pracovni zkusenosti|praxe|experiencia profissional e academica|historico profissional|percurso profissional|atividade profissional|esperienze di lavoro|werkgeschiedenis|arbeidsverleden|experienta profesionala|munkatapasztalat|pracovne skusenosti"
    ),
    Part.EDUCATION: (
        "education|educations|academic|academic background|academic education|academic qualifications|academic qualification|educational qualification|educational qualifications|educational background|education and training|"
        "education and courses|education courses|education and qualifications|education and certifications|studies|qualification and education|academics|academic history|higher education|educations and courses|educations and curses|education and training|"
        "ausbildung|bildung|bildungsweg|schulbildung|studium|akademische ausbildung|hochschulbildung|ausbildung und studium|studium und ausbildung|"
        "schule und studium|bildungsgang|akademischer werdegang|schulische ausbildung|aus und weiterbildung|formation|formations|etudes|diplomes|formation academique|"
        "parcours academique|formation et diplomes|diplomes et formations|cursus|scolarite|formacion|formacion academica|educacion|estudios|formacion reglada|"
        "titulacion|historial academico|istruzione|formazione|istruzione e formazione|educacao|formacao|formacao academica|"
        "opleiding|opleidingen|onderwijs|studie|"
        "uddannelse|uddannelser|utdanning|utdannelse|utbildning|utbildningar|koulutus|opinnot|wyksztalcenie|edukacja|vzdelani|vzdelanie|istruzione e studi|titoli di studio|formazione accademica|habilitacoes|habilitacoes literarias|habilitacoes academicas|formacao profissional|formacao e educacao|educatie|studii|tanulmanyok|opleiding en cursussen"
    ),
    Part.SKILLS: (
        "skills|skill|technical skills|skills and expertise|skills expertise|key skills|core skills|top skills|hard skills|soft skills|skill set|skillset|professional skills|"
        "technical competencies|competencies|core competencies|expertise|areas of expertise|technologies|technology|tools|tools and technologies|tools and tech|tools tech|"
        "tech stack|technical stack|technical expertise|technical proficiencies|technical knowledge|qualifications|key qualifications|programming languages|programming|software|it skills|computer skills|"
        "skills and tools|skills and technologies|web dev skills and tools|skills most important are underlined|additional skills|other skills|skills and abilities|strengths|stack|languages and tools|languages and technologies|skills and competencies|"
        "technical summary|technical profile|kenntnisse|fahigkeiten|kompetenzen|it kenntnisse|edv kenntnisse|fachkenntnisse|technische kenntnisse|kenntnisse und fahigkeiten|fahigkeiten und kenntnisse|"
        "technologien|qualifikationen|weitere kenntnisse|besondere kenntnisse|it kompetenzen|technische fahigkeiten|fachliche kompetenzen|programmiersprachen|competences|competences techniques|"
        "competences informatiques|competences cles|competences professionnelles|informatique|savoir faire|aptitudes|outils|logiciels|technologies et outils|connaissances|connaissances informatiques|domaines de competence|"
        "habilidades|habilidades tecnicas|competencias|competencias tecnicas|conocimientos|conocimientos tecnicos|conocimientos informaticos|herramientas|"
        "tecnologias|aptitudes y conocimientos|informatica|competencias profesionales|competencias clave|competenze|competenze tecniche|capacita e competenze|competenze informatiche|vaardigheden|"
        "competenties|technische vaardigheden|habilidades e competencias|aptidoes|"
        "kompetencer|faglige kompetencer|it kompetencer|it faerdigheder|kvalifikationer|faerdigheder|kompetanse|ferdigheter|kvalifikasjoner|kompetenser|fardigheter|it kunskaper|osaaminen|taidot|umiejetnosci|kompetencje|znajomosc programow|umiejetnosci techniczne|dovednosti|znalosti|zrucnosti|capacita|abilita|conoscenze informatiche|competenze digitali|competenze professionali|competencias profissionais|conhecimentos|conhecimentos tecnicos|competencias digitais|habilidades tecnicas e competencias|computervaardigheden|abilitati|keszsegek"
    ),
    Part.LANGUAGES: (
        "languages|language|language skills|spoken languages|languages knowledge|foreign languages|skills language|sprachen|sprachkenntnisse|fremdsprachen|langues|langue|langues etrangeres|langues parlees|"
        "idiomas|lenguas|idioma|conocimiento de idiomas|lingue|lingue straniere|competenze linguistiche|linguas|talen|talenkennis|"
        "sprog|sprogkundskaber|sprak|sprakkunskaper|sprakferdigheter|kielitaito|jezyki|jezyki obce|znajomosc jezykow|jazyky|jazykove znalosti|conoscenze linguistiche|idiomas e linguas|conhecimentos linguisticos|limbi straine|nyelvtudas"
    ),
    Part.OTHER: (
        "declaration|projects|project|personal projects|pet projects|side projects|selected projects|key projects|project examples|project examples clickable|academic projects|other projects|implemented projects|"
        "courses|course|training|trainings|certifications|certificates|certification|licenses and certifications|certifications and licenses|courses and certifications|courses and certificates|"
        "publications|publication|patents|awards|honors|honours|honors and awards|awards and honors|achievements|accomplishments|key achievements|volunteering|volunteer|volunteer experience|volunteer work|"
        "interests|hobbies|hobbies and interests|interests and hobbies|activities|extracurricular activities|links|additional information|additional|other|"
        "miscellaneous|military service|military|memberships|affiliations|conferences|immigration status|also|resources|web dev internships and courses|essence of my story|extra|"
        "projekte|ausgewahlte projekte|weiterbildung|weiterbildungen|fortbildung|fortbildungen|zertifikate|zertifizierungen|interessen|hobbys|hobbies und interessen|"
        "ehrenamt|ehrenamtliches engagement|engagement|auszeichnungen|publikationen|veroffentlichungen|sonstiges|wehrdienst|zivildienst|projets|projets personnels|certificats|"
        "centres d interet|centre d interet|loisirs|interets|benevolat|distinctions|divers|publications|proyectos|certificaciones|certificados|cursos|"
        "formacion complementaria|intereses|aficiones|voluntariado|premios|publicaciones|otros datos|otros|datos de interes|informacion adicional|progetti|certificazioni|interessi|projetos|certificacoes|"
        "interesses|projecten|certificaten|hobby s|nevenactiviteiten|unterschrift|anlagen|signature|"
        "projekter|prosjekter|kurser|kurs|sertifiseringer|certifikater|certifieringar|fritid|fritidsinteresser|fritidsintressen|intressen|frivilligt arbejde|frivillig|tillitsverv|verv|ideella uppdrag|projektit|harrastukset|projekty|kursy|kursy i szkolenia|szkolenia|certyfikaty|zainteresowania|hobby|kurzy|zajmy|certifikaty|corsi|hobby e interessi|altre informazioni|cursos e formacoes|voluntariado e interesses|outras informacoes|cursussen|overige|vrijwilligerswerk"
    ),
    Part.REFERENCES: (
        "references|reference|referees|referee|recommendations|professional references|personal references|character references|references and recommendations|"
        "referenzen|referenz|referenzpersonen|personnes de reference|recommandations|referencias|referencias profesionales|referencias personales|"
        "referenze|referenties|referencje|"
        "referencer|referanser|referenser|suosittelijat|reference na vyzadani|referencias profissionais"
    ),
}
_PARTS = {phrase: part for part, phrases in _WHOLE.items() for phrase in phrases.split("|")}
_TIGHT = {phrase.replace(" ", ""): part for phrase, part in _PARTS.items()}
"""Without blanks: for headings whose letters are set apart."""

_KEY_WORDS = {
    word: part
    for part, words in (
        (Part.REFERENCES, "references referees referenzen referencias"),
        (
            Part.OTHER,
            "projects projekte projets proyectos courses certificates certifications interests hobbies publications awards volunteering",
        ),
        (Part.EDUCATION, "education ausbildung studium formation formacion estudios etudes educacion academic"),
        (Part.LANGUAGES, "sprachkenntnisse sprachen langues idiomas"),
        (
            Part.SKILLS,
            "skills competencies kenntnisse fahigkeiten competences habilidades conocimientos competencias technologies expertise",
        ),
        (Part.WORK, "experience employment berufserfahrung experiencia werdegang history"),
        (Part.SUMMARY, "summary profile profil perfil"),
    )
    for word in words.split()
}
"""Words that make a short line of heading's words one, the first of them in this order."""
_BESIDE_WORDS = (
    "and & of the in my key main core relevant related professional personal technical selected "
    "additional other further work working it web software development industry practical academic recent "
    "previous general hard soft summary most important overview skills background training courses "
    "qualifications tools und der die das meine berufliche weitere wichtige et de des la le les mes en "
    "autres y del las los mi mis otros otras complementaria profesional laboral professionnelle "
    "professionnelles professionnel tecnicos tecnicas techniques knowledge abilities career expertise "
    "technologies"
)
_BESIDE = frozenset(_BESIDE_WORDS.split())
_MAX_WORDS = 6
_MAX_LENGTH = 60
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=8192)
def heading_of(text: str) -> Part | None:
    """The part that a line is the heading of, if it is nothing but a heading."""
    line = text.strip().rstrip(":").strip(" .:|-–—_=*#~•")
    if not line or len(line) > _MAX_LENGTH or line.count(",") > 1:
        return None
    words = _WORD.findall(fold(line).replace("&", " and "))
    if not words or any(word.isdigit() for word in words):
        return None
    phrase = " ".join(words)
    bare = " ".join(word for word in words if word != "and")
    part = _PARTS.get(phrase) or _PARTS.get(bare) or _TIGHT.get("".join(words))
    if part is not None or len(words) > _MAX_WORDS:
        return part
    if not line[:1].isupper():
        return None
    if all(word in _BESIDE or word in _KEY_WORDS for word in words):
        return next((part for key, part in _KEY_WORDS.items() if key in words), None)
    return None


def label_of(text: str) -> tuple[Part, int] | None:
    """The part that a line names before a colon, and where what follows begins: `Skills: Python, Go`."""
    at = text.find(":")
    if not 0 < at <= 40 or not text[at + 1 :].strip():
        return None
    words = _WORD.findall(fold(text[:at]))
    part = _PARTS.get(" ".join(words))
    return (part, at + 1) if part else None


@lru_cache(maxsize=8192)
def headings_in(text: str) -> tuple[Part, ...]:
    """The parts of a line that is several headings side by side: `SUMMARY EDUCATION`."""
    line = text.strip().strip(":")
    if len(line) > _MAX_LENGTH or not line[:1].isupper() or "," in line:
        return ()
    words = _WORD.findall(fold(line))
    if not 2 <= len(words) <= 8 or " ".join(words) in _PARTS:
        return ()
    return _parted([word for word in words if word != "and"])


def _parted(words: list[str]) -> tuple[Part, ...]:
    """The words as whole headings, the longest first; nothing where one is left over."""
    if not words:
        return ()
    for end in range(len(words), 0, -1):
        part = _PARTS.get(" ".join(words[:end]))
        if part is None:
            continue
        if end == len(words):
            return (part,)
        if rest := _parted(words[end:]):
            return (part, *rest)
    return ()
