"""How the title of a job reads: the nouns of occupations and the marks of gender that postings bear."""

import re

from quiethire.domain.words import fold
from services.parser.wordlist import any_of

_STEMS = any_of(
    "engineer|developer|manager|director|analyst|architect|designer|scientist|consultant|specialist|coordinator|co-ordinator|administrator|assistant"
    "|associate|technician|representative|executive|officer|supervisor|accountant|recruiter|nurse|therapist|teacher|operator|mechanic|driver"
    "|advisor|adviser|strategist|researcher|programmer|planner|buyer|controller|auditor|attorney|counsel|paralegal|clerk|cashier|cook|chef|barista"
    "|postdoc|post-doc|professor|lecturer|trainer|writer|editor|producer|marketer|physician|pharmacist|inspector|welder|electrician|machinist|assembler"
    "|receptionist|apprentice|trainee|head of|vice president|devops|full stack|full-stack|fullstack|front end|front-end|frontend|back end|back-end|backend"
    "|machine learning|software|sales|account|support|success|generalist|partner|principal|founding|fellow|general application"
    "|technologist|steward|janitor|custodian|housekeep|caregiver|counselor|counsellor|clinician|psych|dentist|doctor|expert|evangelist|practitioner"
    "|carpenter|plumber|joiner|roofer|painter|bricklayer|scaffolder|labourer|laborer|landscaper|gardener|groundskeeper|caretaker|forklift|courier|bartender"
    "|waiter|waitress|dishwasher|butcher|hairdresser|stylist|beautician|groomer|veterinar|paramedic|midwife|radiograph|sonograph|phlebotom|hygienist|optometr"
    "|physiotherap|dietit|carer|care worker|support worker|social worker|youth worker|childcare|educator|librarian|curator|journalist|photographer|videographer"
    "|illustrator|animator|copywriter|translator|interpreter|solicitor|barrister|bookkeeper|treasurer|underwriter|actuary|economist|statistician|biologist|chemist|physicist"
    "|geologist|surveyor|estimator|foreman|superintendent|fabricator|dispatcher|sailor|firefighter|security guard|lifeguard|cleaner|merchandiser|fundraiser"
    "|operative|deckhand|farmhand|stagehand|handyman|phd position|phd student|phd candidate|doctoral|doctorate|dean of|crew member|team member|keyholder",
    "entwickler|ingenieur|leiter|mitarbeiter|berater|kaufmann|kauffrau|kaufleute|techniker|sachbearbeiter|referent|fachkraft|werkstudent|praktik"
    "|auszubildende|ausbildung|professur|doktorand|wissenschaftlich|verkaufer|pfleger|initiativbewerbung|pflegefach|pflegedienst|bauleitung|teamleitung|projektleitung|filialleitung|instandhalter|assistenz|hilfskraft|koordinator|fachangestellte|angestellte"
    "|elektroniker|elektriker|mechaniker|mechatroniker|schlosser|monteur|schreiner|tischler|zimmerer|zimmermann|dachdecker|maurer|fliesenleger|anlagenmechaniker|installateur|spengler|klempner"
    "|maler und|lackierer|backer|metzger|fleischer|konditor|kellner|servicekraft|aushilfe|kuchenhilfe|reinigungskraft|hausmeister|gartner|landschaftsbau|fahrer|lagerist|logistiker|disponent|zusteller"
    "|erzieher|lehrer|lehrkraft|sozialarbeiter|sozialpadagog|padagog|heilerziehung|hebamme|facharzt|assistenzarzt|oberarzt|zahnarzt|tierarzt|apotheker|physiotherapeut|ergotherapeut|logopad|friseur"
    "|buchhalter|steuerberater|steuerfach|rechtsanwalt|notar|jurist|zeichner|bauleiter|polier|vermesser|meister|redakteur|volontar|ubersetzer|grafiker|gestalter|mediengestalter|programmierer|sekretar"
    "|einkaufer|arbeiter|facharbeiter|maschinenfuhrer|zerspanungs|schweisser|kundenberater|kundenservice|vertriebs|traineeprogramm|geschaftsfuhr",
    "developpeur|responsable|charge de|charge d'|chargee d|chef de|cheffe de|commercial|technicien|conseiller|vendeur|assistante|alternan|stagiaire|ingenieure|directeur|directrice"
    "|boulanger|patissier|cuisinier|serveur|serveuse|barman|plongeur|boucher|charcutier|menuisier|charpentier|macon|plombier|chauffagiste|electricien|couvreur|carreleur|peintre|soudeur|chaudronnier|mecanicien"
    "|carrossier|chauffeur|conducteur|cariste|magasinier|preparateur|manutentionnaire|livreur|coursier|agent de|agent d'|agente|ouvrier|operateur|operatrice|usineur|tourneur|fraiseur|jardinier|paysagiste|animateur"
    "|animatrice|educateur|educatrice|enseignant|professeur|formateur|infirmier|aide-soignant|aide soignant|auxiliaire|medecin|pharmacien|kinesitherap|sage-femme|coiffeu|esthetici|comptable|juriste|avocat|notaire|secretaire"
    "|gestionnaire|redacteur|graphiste|dessinateur|geometre|conducteur de travaux|acheteu|approvisionn|receptionniste|femme de chambre|gouvernant|chercheu|doctorant|apprenti|offre de stage|stage de|stage en|employe de|employee de|hote d|hotesse",
    "ingeniero|ingeniera|desarrollador|programador|gerente|tecnico|tecnica|vendedor|consultor|coordinador|auxiliar|administrativ|becari|monitor|comercial|camarero|camarera|cocinero|cocinera|ayudante|dependient|cajer"
    "|electricista|fontanero|albanil|carpintero|soldador|mecanico|conductor|repartidor|mozo|operario|operador|peon|limpiador|limpieza|jardiner|enfermer|farmaceutic|fisioterapeut|profesor|maestr|educador|docente"
    "|contable|abogad|asesor|secretari|recepcionista|disenador|redactor|periodista|arquitect|encargad|jefe de|jefa de|responsable de|analista|especialista|pasante|chofer|guardia de|vigilante|peluquer|cuidador",
    "engenheir|desenvolvedor|gestor|estagi|motorista|atendente|cozinheir|garcom|empregad|eletricista|encanador|pedreiro|mecanic|ajudante|estoquista|enfermeir"
    "|contador|contabilista|advogad|rececionista|jornalista|coordenador|assistente|aprendiz|tecnic de|infermera|cambrer|cuiner|mestre|enginyer|desenvolupador",
    "impiegat|ingegnere|sviluppatore|programmatore|addett|responsabile|magazzinier|camerier|infermier|commess|meccanic|autista|stagista|tirocin|operai|operatore|elettricista|idraulic|muratore|falegname|saldatore|tornitore"
    "|manutentore|contabile|ragionier|avvocat|segretari|progettista|disegnatore|geometra|architett|redattore|farmacist|fisioterapist|educatore|insegnante|apprendista|venditore|consulente|direttore"
    "|panettier|pasticcier|pizzaiol|parrucchier|estetista|fattorino|corriere|caporeparto|capocantiere",
    "medewerker|ontwikkelaar|adviseur|verpleegkundige|verzorgende|begeleider|leerkracht|leraar|docent|bezorger|elektricien|loodgieter|timmerman|metselaar|schilder|stukadoor|lasser|magazijn|orderpicker|heftruck"
    "|beveiliger|schoonma|verkoper|verkoopmedewerker|kassamedewerker|keukenhulp|bakker|slager|kapper|hovenier|stagiair|bijbaan|boekhouder|administrateur|advocaat|secretaresse|werkvoorbereider|uitvoerder|tekenaar"
    "|projectleider|teamleider|vestigingsmanager|bedrijfsleider|inkoper|accountmanager|onderzoeker|promovendus|vormgever|huisarts|tandarts|fysiotherapeut|doktersassistent|pedagogisch|logopedist|vakman|servicemonteur",
    "udvikler|ingenior|konsulent|medarbejder|medarbeider|medarbetare|sygeplejerske|laerer|leder|utvikler|radgiver|sykepleier|utvecklare|ingenjor|handlaggare|tomrer|snedker|smed|mekaniker|chauffor|sjafor|lastbil|lagermedarbe|paedagog|social- og sundhed|sosu"
    "|bogholder|revisor|advokat|sekretaer|kontorassistent|tjener|kokk|bager|slagter|rengoring|renholder|vaktmester|pedel|saljare|larare|forskollarare|underskoterska|sjukskoterska|snickare|svetsare|montor|projektleder|projektledare"
    "|helsefagarbeider|fagarbeider|hjelpepleier|vernepleier|daglig leder|avdelingsleder|okonom|forsker|forskare|stipendiat|larling|laerling|arkitekt|tekniker|tandlaege|tandlakare|laege|lakare"
    "|servitor|kock|stadare|lokalvardare|vaktmastare|bilmekaniker|maskinforare|anlaggare|rormokare",
    "vyvojar|programator|manazer|specialista|ucetni|technik|ridic|kuchar|obchodn|konzultant|svarec|zamecnik|skladnik|prodavac|delnik|pracovnik|pracovnice|brigadnik|elektrikar|zednik|truhlar|instalater|mechanik|asistent|vedouci|reditel|ucitel|zdravotni sestra|sestra|lekar"
    "|lekarnik|cisnik|servirka|uklize|pekar|reznik|kadernik|projektant|konstrukter|serizovac|soustruznik|obrabec|analytik|recepcni|pokladni|vratny|stavbyvedouci|opravar|montaznik|predavac|vodic|uctovn|veduci|robotnik|zvarac|murar|stolar|upratova",
    "programista|inzynier|kierownik|specjalis|pracownik|sprzedawca|ksiegow|magazynier|kierowca|spawacz|slusarz|elektryk|monter|hydraulik|murarz|stolarz|ciesla|kucharz|kelner|piekarz|cukiernik|fryzjer|kosmetycz|opiekun|pielegniar|lekarz|farmaceut"
    "|fizjoterapeut|nauczyciel|przedszkol|wychowawca|asystent|sekretark|recepcjonist|doradca|przedstawiciel|handlow|analityk|konstruktor|technolog|kontroler|brygadzist|ochroniarz|sprzatacz|sprzatani|dostawca|kurier|ogrodnik|stazyst|praktykant|radca prawny|dyrektor|grafik",
    "kehittaja|asiantuntija|paallikko|hoitaja|insinoori|suunnittelija|myyja|asentaja|kuljettaja|koordinaattori|harjoittelija|opettaja|johtaja|tyontekija|tarjoilija|kokki|leipuri|siivooja|laakari|kirjanpita|avustaja|lastenhoita|sahkoasentaja|hitsaaja|ohjaaja|konsultti|arkkitehti|tutkija",
    "fejleszto|mernok|vezeto|munkatars|asszisztens|ugyintezo|szakember|technikus|konyvelo|ertekesito|sofor|raktaros|szakacs|pincer|villanyszerelo|lakatos|hegeszto|apolo|tanar|ovodapedag|takarito|gyakornok|tanacsado|elemzo|szerelo|karbantarto",
    "inginer|dezvoltator|contabil|vanzator|sofer|ospatar|bucatar|sudor|lacatus|muncitor|manipulant|gestionar|secretar|consilier|tehnician|instalator|zidar|tamplar|femeie de serviciu|stagiar",
    "uzmani|uzman|muhendis|yonetici|muduru|mudur|asistan|sorumlu|temsilci|danisman|teknisyen|teknikeri|muhasebe|gelistirici|kaynakci|elektrikci|tornaci|depo eleman|eleman|hemsire|doktor|eczaci|ogretmen|stajyer|sekreter|mimar|tasarimci|kasiyer|kurye|guvenlik gorevlisi",
    "инженер|разработчик|менеджер|специалист|бухгалтер|водитель|оператор|продавец|администратор|аналитик|программист|слесар|сварщик|электрик|повар|врач|медсестр|начальник|руководитель|директор|помощник|консультант|официант|бармен|пекар|кондитер|кладовщик|рабочий|рабочая|монтажник|грузчик|курьер|уборщи|охранник|механик"
    "|токар|фрезеровщик|наладчик|столяр|маляр|каменщик|учител|преподаватель|воспитатель|фармацевт|провизор|юрист|экономист|секретар|дизайнер|редактор|журналист|архитектор|технолог|кассир|тестировщик|стажер|маркетолог|парикмахер|монтер|мойщик"
    "|інженер|розробник|спеціаліст|фахівець|продавець|водій|кухар|лікар|медична сестра|вчитель|вихователь|зварювальник|електрик|слюсар|комірник|прибиральни|помічник|керівник|кур'єр|програміст|счетоводител|шофьор|продавач|готвач|сервитьор|техник|експерт",
    "μηχανικοσ|υπαλληλοσ|πωλητ|λογιστ|οδηγοσ|σερβιτορ|μαγειρ|τεχνικοσ|βοηθοσ|νοσηλευτ|γιατροσ|καθηγητ|προγραμματιστ|αναλυτ|διευθυντ|υπευθυν|συμβουλοσ|ηλεκτρολογοσ|αποθηκαριοσ|γραμματε",
    "programer|inzenjer|menadzer|konobar|kuhar|vozac|skladistar|zavarivac|elektricar|racunovoda|knjigovoda|medicinska sestra|ucitelj|odgojitelj|vaspitac|savjetnik|voditelj|saradnik|suradnik|strucnjak|serviser|razvijalec|inzenir|vodja|natakar|skladiscnik|komercialist|racunovod",
    "工程师|經理|经理|专员|專員|主管|助理|设计师|設計師|运营|營運|销售|銷售|会计|會計|顾问|顧問|总监|總監|实习|實習|司机|司機|厨师|廚師|服务员|服務員|护士|護士|护理|医生|醫生|教师|教師|老师|老師|操作工|技术员|技術員|技工|电工|焊工|保安|保洁|仓管|客服|文员|出纳|采购|採購|架构师|分析师|编辑|策划|督导|店长|店員|导购|收银|讲师|研究员|博士后|律师|翻译"
    "|エンジニア|マネージャー|マネジャー|営業|デザイナー|プランナー|ディレクター|プロデューサー|マーケター|セールス|コンサルタント|スタッフ|事務|看護師|薬剤師|管理|監督|職人|担当|アシスタント|プログラマ|介護|保育士|調理|料理人|販売員|店長|ドライバー|運転手|整備士|経理|人事|総務|講師|教員|美容師|技術者|技師|作業員|オペレーター|アルバイト|パート|インターン|研究員|編集者|ライター"
    "|엔지니어|개발자|매니저|디자이너|기획자|마케터|영업|회계|간호사|약사|요리사|조리사|기사|사무직|사무원|상담원|상담사|강사|교사|연구원|인턴|관리자|담당자|생산직|판매원|매장|프로그래머|분석가|컨설턴트|스태프|직원",
    "kỹ sư|nhân viên|lập trình viên|kế toán|quản lý|trưởng phòng|chuyên viên|tài xế|đầu bếp|thực tập|giám đốc|trợ lý|công nhân|giáo viên|điều dưỡng|tư vấn viên|karyawan|pengemudi|sopir|perawat|akuntan|pramuniaga|kasir|teknisi|penjaga|staff|magang|juru masak|manajer|asisten|analis|pengembang"
    "|مهندس|محاسب|مدير|مطور|مبرمج|موظف|سائق|طباخ|ممرض|معلم|مدرس|طبيب|صيدلي|فني|مندوب|مسؤول|سكرتير|مساعد|أخصائي|اخصائي|مشرف|محلل|عامل|מהנדס|מפתח|מנהל|רואה חשבון|חשב|נהג|טבח|מלצר|אחות|מורה|מזכיר|טכנאי|אנליסט|איש מכירות|נציג|עובד|מתכנת|יועץ|วิศวกร|ผู้จัดการ|พนักงาน|เจ้าหน้าที่|นักพัฒนา|บัญชี|พ่อครัว|ครู|พยาบาล|ช่าง|หัวหน้า|ที่ปรึกษา",
)  # fmt: skip
"""Parts of the names of occupations, wherever they stand in a word."""
_WHOLE = any_of(
    "intern|interns|internship|internships|lead|vp|sre|data|product|agent|agents|maid|host|hostess|baker|tailor|mason|rigger|nanny|coach|porter|artist|actor|musician|pastor|vicar|vet|locum|hgv|worker|tutor"
    "|installer|pilot|helper|picker|packer|builder|fitter|qa|ux|cto|cfo|ceo|coo|volunteer|arzt|arztin|koch|kochin|maler|malerin|leitung|azubi|minijob|kraftfahrer|kok|kokken|smed|elev|lege|kock|medico|medica"
    "|medicos|tecnic|almacen|en practicas|cuoco|cuoca|cuochi|garson|asci|isci|usta|elemani|логист|guru"
)  # fmt: skip
_OCCUPATION = re.compile(rf"{_STEMS}|\b{_WHOLE}\b")
_GENDER = re.compile(
    r"\(?\b[mwfdxvhniag]\s?[/|,.]\s?[mwfdxvhni](\s?[/|,.]\s?[mwfdxvhni])?\b\)?|\(all genders\)|(?<=\w)[*:_]in(nen)?\b|/-?in\b|\bh/f\b|/a\b",
    re.IGNORECASE,
)

_SURELY = re.compile(
    r"\((?:[a-z]\s?[/|,*]\s?){1,3}[a-z]\)|\((?:all|any) genders?\)|\b(?:m/w/d|w/m/d|m/f/d|f/m/d|m/w/x|m/f/x|f/m/x|m/v/x|v/m/x|m/w|w/m|h/f|f/h|m/k|k/m|m/v|v/m|m/f|f/m)\b",
    re.IGNORECASE,
)
_LONGEST = 250
"""Characters of a title."""
_MOST_WORDS = 32
_MARK = re.compile(r"[/|,.*:_(]")
"""What every mark of gender has in it, and few other texts."""


def bears_gender(text: str) -> bool:
    """Whether a short text bears a mark of gender that nothing but the title of a job does: `(m/w/d)`, `H/F`."""
    return len(text) <= _LONGEST and ("/" in text or "(" in text) and _SURELY.search(text) is not None


def reads_like_title(text: str) -> bool:
    """Whether a short text names an occupation or bears a mark of gender."""
    if not 2 <= len(text) <= _LONGEST or len(text.split()) > _MOST_WORDS:
        return False
    if _MARK.search(text) is not None and _GENDER.search(text) is not None:
        return True
    return _OCCUPATION.search(fold(text)) is not None
