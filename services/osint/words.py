"""The words by which career pages are known, in the languages of those who write them.

Words of a path are compared without accents and with hyphens, as sites write them.
"""

import re
import unicodedata


def _any_of(*words: str, within: tuple[str, ...] = ()) -> re.Pattern[str]:
    """Matches any of the words where it stands alone, and those `within` anywhere: some scripts set no spaces."""
    alone = r"(?<![^\W_])(?:" + "|".join(words) + r")(?![^\W_])"
    return re.compile("|".join((alone, *within)), re.IGNORECASE)


CAREER = _any_of(
    r"careers?(?!\s+(advice|services?|cent(er|re)s?|coach\w*|counsel\w*|fairs?|guid\w*|change|paths?))", r"jobs?", r"job\s?(board|search|opportunities)", r"work\s+(with|for|at)\s+us", r"join\s+(us|our\s+team|the\s+team)",
    r"we[’']?re\s+hiring", r"hiring", r"vacanc(y|ies)", r"recruit(ing|ment)?", r"employment", r"positions",  # English
    r"karriere\w*", r"stellen\w*", r"jobangebote", r"arbeiten\s+bei(\s+uns)?", r"ausschreibungen", r"bewerb(er|ung)\w*",  # German
    r"carri[eè]res?", r"recrutement", r"emplois?", r"nous\s+rejoindre", r"rejoign\w+", r"rejoindre\b.{0,20}",  # French
    r"empleos?", r"trabaja\s+con\s+nosotros", r"[uú]nete", r"trabajo", r"carreras?",  # Spanish
    r"carreiras?", r"vagas", r"trabalhe\s+(conosco|connosco)", r"junte-se", r"recrutamento",  # Portuguese
    r"lavora\s+con\s+noi", r"posizioni\s+aperte", r"carriera", r"opportunit[aà]\s+di\s+lavoro",  # Italian
    r"vacatures?", r"werken\s+bij.{0,20}", r"werkenbij",  # Dutch
    r"karri[aä]r(?!e)\w*", r"lediga\s+(jobb|tj[aä]nster)", r"jobba\s+(hos|p[aå])\s+.{1,20}",  # Swedish
    r"ledige\s+(stillinger|jobs?)", r"jobb", r"stillinger",  # Danish, Norwegian
    r"avoimet\s+ty[oö]paikat", r"ty[oö]paikat", r"meille\s+t[oö]ihin", r"rekry",  # Finnish
    r"kariera", r"praca", r"oferty\s+pracy", r"do[lł][aą]cz\s+do\s+nas",  # Polish
    r"kari[eé]ra", r"voln[aáeé]\s+(m[ií]sta|pozice|poz[ií]cie|miesta)", r"pr[aá]ca?\s+u\s+n[aá]s",  # Czech, Slovak
    r"karrier", r"[aá]ll[aá]sok", r"[aá]ll[aá]saj[aá]nlatok", r"csatlakozz\s+hozz[aá]nk",  # Hungarian
    r"cariere?", r"locuri\s+de\s+munc[aă]", r"posturi\s+vacante", r"al[aă]tur[aă]-te\s+nou[aă]",  # Romanian
    r"karijera?", r"zaposlitev", r"zapo[sš]ljavanje", r"prosta\s+delovna\s+mesta", r"slobodna\s+radna\s+mjesta",  # Slovene, Croatian
    r"kariyer(imiz)?", r"i[sş]\s+ilanlar[iı]", r"a[cç][iı]k\s+pozisyonlar",  # Turkish
    r"карьера", r"вакансии", r"вакансії", r"кар[’']?єра", r"робота\s+в\s+нас", r"работа\s+у\s+нас", r"кариери?",  # Russian, Ukrainian, Bulgarian
    r"καρι[εέ]ρα", r"θ[εέ]σεις\s+εργασ[ιί]ας", r"tuy[eể]n\s+d[uụ]ng", r"lowongan(\s+kerja)?", r"karir",  # Greek, Vietnamese, Indonesian
    within=(r"採用", r"求人", r"キャリア", r"招聘", r"招募", r"加入我[们們]", r"诚聘", r"채용", r"קריירה", r"דרושים", r"وظائف", r"ร่วมงานกับเรา"),
)  # fmt: skip
"""What a link to a career page, its title or its heading says."""

AMBIGUOUS = re.compile(r"recruit(ing|ment)?|hiring|employment|positions", re.IGNORECASE)
"""Those of these words that as often name what a company sells, or the law."""

LISTING = _any_of(
    r"(open|current|available|all|job|our|view|employment|career)\s+(positions?|openings?|opportunities|vacancies|roles|jobs)",
    r"openings", r"open\s+(job|role)s?", r"(jobs?|careers?|positions?|vacancy)\s*(listings?|search|board|offers?|list)", r"vacancies", r"vacatures",
    r"(offene|freie|aktuelle|unsere|alle)\s+(stellen|jobs|positionen)\w*", r"stellen(angebote|ausschreibungen|b[oö]rse|markt)", r"ausschreibungen",
    r"offres\s+d[’']emploi", r"postes\s+(ouverts|[aà]\s+pourvoir)", r"ofertas\s+de\s+(empleo|trabajo)", r"vagas\s+abertas",
    r"posizioni\s+aperte", r"ledige\s+stillinger", r"lediga\s+(jobb|tj[aä]nster)", r"avoimet\s+ty[oö]paikat", r"oferty\s+pracy",
    r"voln[aáeé]\s+(m[ií]sta|pozice|poz[ií]cie|miesta)", r"nyitott\s+poz[ií]ci[oó]k", r"[aá]ll[aá]saj[aá]nlat(ok|aink)", r"locuri\s+de\s+munc[aă]", r"posturi\s+vacante",
    r"a[cç][iı]k\s+pozisyonlar(\s*[iı]m[iı]z)?", r"i[sş]\s+ilanlar[iı]", r"вакансии", r"вакансії", r"θ[εέ]σεις\s+εργασ[ιί]ας", r"(openstaande|actuele|alle|onze)\s+vacatures",
    r"ledige\s+jobs?", r"alle\s+stillinger", r"alla\s+lediga\s+(jobb|tj[aä]nster)", r"v[aå]ra\s+lediga\s+(jobb|tj[aä]nster)", r"offerte\s+di\s+lavoro",
    r"(ofertas|vacantes|puestos)\s+(disponibles|abiertas|abiertos)", r"(vacantes|vagas|oportunidades)\s+(disponibles|dispon[ií]veis|abiertas|abertas)", r"puestos\s+vacantes",
    r"aktualne\s+oferty(\s+pracy)?", r"otwarte\s+rekrutacje", r"prosta\s+delovna\s+mesta", r"lowongan\s+(kerja|tersedia)", r"v[iị]\s+tr[ií]\s+tuy[eể]n\s+d[uụ]ng",
    within=(r"募集職種", r"募集要項", r"求人一覧", r"職種一覧", r"採用職種", r"招聘职位", r"在招职位", r"热招职位", r"职位列表", r"職缺", r"채용\s?공고", r"모집\s?공고", r"משרות", r"الوظائف\s+(المتاحة|الشاغرة)", r"ตำแหน่งงาน"),
)  # fmt: skip
"""What says that postings are listed here, not only that one may work here."""

HIRING = _any_of(
    r"apply(\s+now)?", r"view\s+(job|role|position|opening)s?", r"(see|view|explore|browse|search|find|discover|check\s+out|show)\s+(all\s+|our\s+)?(open\s+|current\s+|available\s+|job\s+|career\s+)?(jobs|roles|positions|openings|opportunities|vacancies|careers)",
    r"find\s+your\s+(next\s+|perfect\s+|dream\s+|ideal\s+)?(role|job|career|fit)",
    r"(open|current|available)\s+(positions|roles|openings|vacancies|opportunities)", r"job\s+openings", r"equal\s+(employment\s+)?opportunity",
    r"join\s+(us|our\s+team|the\s+team)", r"we[’']?re\s+hiring", r"full[- ]time", r"part[- ]time", r"no\s+(open|current)\s+(positions|openings|vacancies)",
    r"bewerb(en|ung|ungsfrist|erinnen)\w*", r"vollzeit", r"teilzeit", r"unbefristet", r"befristet", r"stellenangebote?", r"entgeltgruppe",
    r"postul(er|ez)", r"candidature", r"cdi", r"cdd", r"temps\s+plein", r"cand[ií]date\s?se", r"solliciteer", r"aplicar", r"postular", r"inscr[ií]bete",
    r"s[oø]k\s+(stillingen|jobbet|tj[aä]nsten)", r"s[oø]k\s+(h[aä]r|her|n[aå])", r"ans[oö]k(an|ning)?", r"ans[oø]gning(sfrist)?", r"s[oø]knadsfrist", r"sista\s+ans[oö]kningsdag",
    r"heltid", r"deltid", r"fuldtid", r"(vakituinen|m[aä][aä]r[aä]aikainen|kokop[aä]iv[aä]inen)", r"hae\s+(paikkaa|t[aä]t[aä]|nyt)", r"l[aä]het[aä]\s+hakemus",
    r"aplikuj", r"pe[lł]ny\s+etat", r"umowa\s+o\s+prac[eę]", r"wy[sś]lij\s+cv", r"pln[yý]\s+[uú]vazek", r"hlavn[ií]\s+pracovn[ií]\s+pom[eě]r", r"po[sš]li\s+(n[aá]m\s+)?([zž]ivotopis|cv)",
    r"tiempo\s+completo", r"jornada\s+completa", r"env[ií]a(nos)?\s+tu\s+(cv|curr[ií]culum)", r"tempo\s+(integral|pieno|determinato|indeterminato)", r"candidati", r"candidat(ar|ura)(-se)?",
    r"candidature\s+spontan[eé]es?", r"invia\s+(il\s+tuo\s+)?(cv|curriculum)", r"candidatura\s+spontanea", r"envie\s+(o\s+)?seu\s+curr[ií]culo", r"fulltime", r"parttime", r"voltijd", r"deeltijd",
    r"open\s+sollicitatie", r"solliciteren", r"initiativbewerbung", r"jetzt\s+bewerben", r"jelentkez[eé]s", r"teljes\s+munkaid[oő]", r"aplic[aă](\s+acum)?", r"norm[aă]\s+[iî]ntreag[aă]",
    r"ba[sş]vur(u|un)?", r"hemen\s+ba[sş]vur", r"tam\s+zamanl[iı]", r"откликнуться", r"отправить\s+резюме", r"полная\s+занятость", r"надіслати\s+резюме", r"повна\s+зайнятість",
    r"prijavi\s+se", r"kirim\s+(cv|lamaran)", r"lamar", r"[uứ]ng\s+tuy[eể]n", r"αποστολ[ηή]\s+βιογραφικο[υύ]", r"send\s+(us\s+)?your\s+(cv|r[eé]sum[eé])", r"equal\s+opportunity\s+employer",
    within=(r"応募", r"エントリー", r"新卒", r"中途採用", r"募集要項", r"働きませんか", r"正社員", r"应聘", r"投递简历", r"全职", r"지원하기", r"정규직", r"입사\s?지원", r"הגש\s+מועמדות", r"قدم\s+الآن", r"สมัครงาน"),
)  # fmt: skip
"""What a page says that hires, however it is called."""

SEEKING = _any_of(
    r"(your|a|the|submit|send|include\s+a)\s+(cv|r[eé]sum[eé]|cover\s+letter)", r"(we[’']?re|we\s+are|currently)\s+(always\s+|currently\s+)?(looking\s+for|seeking|recruiting)", r"applications?\s+(should|must|form|deadline|to|are)",
    r"don[’']?t\s+see\s+(a|the|your)\b.{0,20}", r"(wir\s+)?suchen(\s+wir)?", r"(deine|ihre)\s+(bewerbung|unterlagen)", r"lebenslauf", r"(nous\s+)?recrutons", r"(votre|un|ton)\s+(cv|candidature)", r"lettre\s+de\s+motivation",
    r"cerchiamo", r"(il\s+)?curriculum(\s+vitae)?", r"entra\s+(nella|nel|a\s+far)", r"buscamos", r"(tu|su|hoja\s+de)\s+(cv|curr[ií]culum|vida)", r"procuramos", r"estamos\s+contratando", r"wij\s+zoeken", r"(zoeken|op\s+zoek\s+naar)",
    r"(jouw|je|uw)\s+(cv|sollicitatie)", r"vi\s+(s[oö]ker|s[oø]ger|rekryterar|ans[aä]tter|ansetter|ans[aæ]tter)", r"(etsimme|haemme)", r"(hakemus|cv)", r"szukamy", r"poszukujemy", r"hled[aá]me", r"h[lľ]ad[aá]me", r"zam[eě]stn[aá]me", r"keres[uü]nk",
    r"[oö]n[eé]letrajz", r"c[aă]ut[aă]m", r"angaj[aă]m", r"i[sš][cč]emo", r"tra[zž]imo", r"(ar[iı]yoruz|[oö]zge[cç]mi[sş])", r"ищем", r"резюме", r"шукаємо", r"αναζητο[υύ]με", r"kami\s+mencari", r"ch[uú]ng\s+t[oô]i\s+t[iì]m",
    within=(r"履歴書", r"简历", r"履歷", r"이력서", r"קורות\s+חיים", r"السيرة\s+الذاتية"),
)  # fmt: skip
"""What a page says that seeks people, or that any page about work may say: it asks for less than `HIRING`."""

NOT_A_PAGE = _any_of(
    r"(error\s*)?(404|403|410|500|502|503)(\s*(error|-|:|\|).*)?", r"(page|site|content|url|resource)\s+(can[’']?t\s+be\s+|could\s+not\s+be\s+|was\s+|is\s+)?(not\s+|un)(found|available|exist)",
    r"not\s+found", r"(this|the|that)\s+page\s+(does\s?n[o’']t\s+exist|isn[’']?t\s+available|is\s+gone)", r"access\s+denied", r"forbidden", r"unauthori[sz]ed", r"bad\s+gateway", r"service\s+unavailable",
    r"internal\s+server\s+error", r"something\s+went\s+wrong", r"just\s+a\s+moment", r"attention\s+required", r"are\s+you\s+(a\s+)?(human|robot)", r"security\s+check", r"verify\s+you\s+are",
    r"under\s+(construction|maintenance)", r"coming\s+soon", r"domain\s+(is\s+)?for\s+sale", r"index\s+of\s*/.*", r"before\s+you\s+continue", r"enable\s+javascript",
    r"seite\s+(wurde\s+)?nicht\s+gefunden", r"nicht\s+gefunden", r"page\s+(introuvable|non\s+trouv[eé]e)", r"p[aá]gina\s+n[aã]?o?\s*(no\s+)?encontrada", r"pagina\s+non\s+trovata", r"pagina\s+niet\s+gevonden",
    r"sidan\s+(kunde\s+inte\s+hittas|hittades\s+inte|finns\s+inte)", r"siden\s+(blev\s+)?(ikke\s+fundet|ble\s+ikke\s+funnet|finnes\s+ikke|findes\s+ikke)", r"sivua\s+ei\s+l[oö]ydy", r"strona\s+nie\s+(zosta[lł]a\s+znaleziona|istnieje)",
    r"nie\s+znaleziono(\s+strony)?", r"str[aá]nka\s+n(ebyla|ebola|eexistuje)\s*\w*", r"sayfa\s+bulunamad[iı]", r"страница\s+не\s+найдена", r"сторінку\s+не\s+знайдено", r"az\s+oldal\s+nem\s+tal[aá]lhat[oó]",
    r"pagin[aă]\s+nu\s+a\s+fost\s+g[aă]sit[aă]",
    within=(r"ページが見つかりません", r"页面(不存在|未找到)", r"找不到(页面|頁面|网页)", r"페이지를\s?찾을\s?수\s?없"),
)  # fmt: skip
"""What the title or heading of an error says, or of a wall before the page."""

LOGIN = _any_of(
    r"(log|sign)\s?[- ]?\s?(in|on|up)", r"create\s+(an\s+|your\s+)?account", r"(candidate|applicant)\s+(login|portal|sign)", r"my\s+account", r"forgot(ten)?\s+(your\s+)?password", r"anmelden", r"anmeldung", r"einloggen",
    r"se\s+connecter", r"connexion", r"iniciar\s+sesi[oó]n", r"acceder", r"accedi", r"entrar", r"inloggen", r"logga\s+in", r"logg?\s+(inn|ind)", r"kirjaudu", r"zaloguj", r"logowanie", r"p[rř]ihl[aá][sš]en[ií]",
    r"giri[sş]\s+yap", r"войти", r"вход", within=(r"ログイン", r"登录", r"登入", r"로그인"),
)  # fmt: skip
"""The heading of a page behind which something may be."""

PORTAL = _any_of(
    r"post\s+(a|your)\s+(job|vacancy)s?", r"(for|are\s+you\s+an?)\s+(employers?|recruiters?)", r"employers?\s+(login|area|sign)", r"browse\s+(all\s+)?(companies|employers)", r"(all|top|featured)\s+(companies|employers)",
    r"(upload|post)\s+your\s+(cv|r[eé]sum[eé])", r"(jobs|companies)\s+by\s+(category|industry|location|company)", r"find\s+(your\s+)?(dream\s+|next\s+)?jobs?\s+in", r"salary\s+(guide|calculator)", r"startup\s+(jobs|directory|database)", r"job\s+board\s+(software|solution)",
    r"f[uü]r\s+arbeitgeber", r"stellenanzeige\s+(schalten|aufgeben)", r"firmen\s+a-z", r"espace\s+recruteurs?", r"d[eé]poser\s+(une\s+offre|votre\s+cv|mon\s+cv)", r"publicar\s+(una\s+)?oferta", r"para\s+empresas",
    r"per\s+le\s+aziende", r"pubblica\s+(un\s+)?annuncio", r"voor\s+werkgevers", r"f[oö]r\s+arbetsgivare", r"dla\s+pracodawc[oó]w", r"dodaj\s+ogłoszenie", r"pro\s+(firmy|zam[eě]stnavatele)", r"i[sş]verenler\s+i[cç]in", r"работодателям",
)  # fmt: skip
"""What a portal says that lists the postings of many employers."""

MANUAL = _any_of(
    r"cron(jobs?|tab)?", r"schedulers?", r"queues?", r"workers?", r"yaml", r"cli", r"endpoints?", r"api\s+reference", r"documentation", r"parameters?", r"stdout", r"docker", r"kubernetes", r"pods?", r"pipelines?", r"runners?",
    r"background\s+jobs?", r"batch\s+jobs?", r"job\s+(runs?|definitions?|queues?|ids?|status)", r"npm", r"localhost", r"config(uration)?\s+file", r"release\s+notes", r"changelog",
)  # fmt: skip
"""What a manual says in which jobs are run by machines."""

NO_OPENINGS = _any_of(
    r"(no|not\s+any|don[’']?t\s+have\s+any)\s+((current|open|available|job)\s+)*(positions|openings|vacancies|roles|jobs|opportunities)", r"keine\s+(offenen|aktuellen|freien)?\s*(stellen|positionen|stellenangebote|jobs)",
    r"(aucun|pas\s+d)[’'e]*\s*(poste|offre)s?", r"no\s+hay\s+(ofertas|vacantes|puestos)", r"nessuna\s+posizione", r"geen\s+(openstaande\s+)?vacatures", r"inga\s+lediga", r"ingen\s+ledige", r"brak\s+(aktualnych\s+)?ofert", r"nenh?uma\s+vaga",
)  # fmt: skip
"""What a listing says that has nothing to list."""

OTHER_PAGE = _any_of(
    r"interview(ing|s)?", r"how\s+we\s+(hire|work|recruit)", r"hiring\s+process", r"culture", r"kultur", r"benefits", r"values", r"life", r"inside",
    r"diversity", r"inclusion", r"development", r"students?", r"graduates?", r"internships?", r"faqs?", r"blog", r"news", r"stories", r"privacy", r"datenschutz",
    r"perks", r"mission", r"why\s+(work|join|us)\b.{0,20}", r"meet\s+.{1,20}", r"what\s+to\s+expect", r"(our|the|recruitment|application|selection)\s+process", r"testimonials?", r"people\s+stories",
    r"unsere\s+werte", r"vorteile", r"arbeitsumfeld", r"mitarbeiterstimmen", r"avantages", r"notre\s+culture", r"valeurs", r"processus\s+de\s+recrutement",
    r"cultura", r"beneficios", r"benef[ií]cios", r"valores", r"proceso\s+de\s+selecci[oó]n", r"processo\s+seletivo", r"vantaggi", r"valori", r"cultuur", r"arbeidsvoorwaarden", r"sollicitatieproces\w*", r"f[oö]rm[aå]ner", r"kulturen",
    r"rekryteringsprocess\w*", r"ans[oø]gningsproces\w*", r"fordele", r"kulttuuri", r"ty[oö]suhde-edut", r"benefity", r"proces\s+rekrutacji", r"kultura", r"v[yý]b[eě]rov[eé]\s+[rř][ií]zen[ií]",
    r"events?", r"(?<!join our )(?<!join the )(?<!ins )teams?", r"locations?", r"about", r"advice", r"alumni", r"bewerbungsprozess", r"arbeiten\s+bei(\s+\w+)?", r"working\s+(at|here)",
    r"einstieg\w*", r"benefits\w*", r"apply", r"saved", r"login", r"alerts?",
)  # fmt: skip
"""Pages that stand beside a career page and list no postings."""

ROLE = re.compile(
    r"(?<![^\W_])(?:"
    r"engineer|developer|programmer|architect|manager|director|head of|lead|designer|analyst|scientist|specialist|consultant|advisor|adviser"
    r"|coordinator|administrator|assistant|associate|executive|representative|officer|technician|operator|accountant|controller|recruiter"
    r"|counsel|attorney|lawyer|nurse|physician|therapist|teacher|instructor|researcher|postdoc|professor|intern|internship|apprentice|trainee"
    r"|supervisor|planner|buyer|writer|editor|producer|chef|cook|server|driver|cleaner|worker|clerk|cashier|caregiver|electrician|mechanic"
    r"|vice president|principal|strategist|marketer|trader|auditor|expert"
    r"|\w*entwickler(in)?|\w*ingenieur(in)?|\w*leiter(in)?|\w*leitung|\w*mitarbeiter(in|de)?|\w*berater(in)?|\w*referent(in)?|\w*assistenz"
    r"|\w*techniker(in)?|\w*kauf(mann|frau|leute)|\w*praktik(um|ant\w*)|werkstudent\w*|\w*professur\w*|\w*mechatroniker(in)?|sachbearbeit\w*"
    r"|\w*fachkraft|\w*elektroniker(in)?|\w*meister(in)?|ausbildung|hilfskr[aä]ft\w*|besch[aä]ftigte\w*|volont[aä]r\w*|\w*buchhalter(in)?"
    r"|ing[eé]nieure?|d[eé]veloppeu(r|se)|charg[eé]e?|responsable|conseill[eè]re?|technicien(ne)?|stage|stagiaire|alternan(t|ce)\w*|assistante?"
    r"|ingenier[oa]|desarrollador(a)?|gerente|t[eé]cnic[oa]|analista|engenheir[oa]|desenvolvedor(a)?|sviluppatore|impiegat[oa]|addett[oa]"
    r"|ontwikkelaar|medewerker|adviseur|ingenj[oö]r|utvecklare|r[aå]dgiver|konsulent|asiantuntija|specjalista|in[zż]ynier|in[zž]en[yý]r"
    r")(?![^\W_])|エンジニア|マネージャー|工程师|개발자",
    re.IGNORECASE,
)
"""Nouns of which titles of postings are made."""

GENDERED = re.compile(
    r"\(?\b[mwfhdx](?:\s?[/|*]\s?[mwfhdxi*]){1,3}\b\)?|\ball genders\b|\(gn\)|[/*:]in(?:nen)?\b", re.IGNORECASE
)
"""The marks by which titles say that they mean everybody."""

MAX_TITLE = 160
MAX_TITLE_WORDS = 8
"""Words of a title that bears no mark such as (m/f/d): a longer text with a role in it is mostly a headline."""


def plain(text: str) -> str:
    """Lower case, without accents, words apart: for the parts of a path."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() if not _has_cjk(text) else text
    return re.sub(r"[\s_+.\-]+", " ", bare).strip().lower()


def _has_cjk(text: str) -> bool:
    return any("\u3040" <= letter <= "\ud7af" for letter in text)


def looks_like_title(text: str) -> bool:
    """Whether a text reads like the title of a posting, and not like a sentence or a headline."""
    if not 4 <= len(text) <= MAX_TITLE:
        return False
    return bool(GENDERED.search(text)) or (len(text.split()) <= MAX_TITLE_WORDS and bool(ROLE.search(text)))
