"""The words by which career pages are known, in the languages of those who write them.

Words of a path are compared without accents and with hyphens, as sites write them.
"""

import re
import unicodedata


def _any_of(*words: str) -> re.Pattern[str]:
    """Matches any of the words where it stands alone."""
    return re.compile(r"(?<![^\W_])(?:" + "|".join(words) + r")(?![^\W_])", re.IGNORECASE)


CAREER = _any_of(
    r"careers?(?!\s+advice)", r"jobs?", r"job\s?(board|search|opportunities)", r"work\s+(with|for|at)\s+us", r"join\s+(us|our\s+team|the\s+team)",
    r"we[’']?re\s+hiring", r"hiring", r"vacanc(y|ies)", r"recruit(ing|ment)", r"employment",  # English
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
    r"kari[eé]ra", r"voln[aá]\s+m[ií]sta", r"pr[aá]ce\s+u\s+n[aá]s",  # Czech
    r"kariyer", r"i[sş]\s+ilanlar[iı]", r"a[cç][iı]k\s+pozisyonlar",  # Turkish
    r"採用(情報)?", r"求人", r"招聘", r"加入我们", r"채용", r"인재채용",  # Japanese, Chinese, Korean
)  # fmt: skip
"""What a link to a career page, its title or its heading says."""

LISTING = _any_of(
    r"(open|current|available|all|job|our|view)\s+(positions?|openings?|opportunities|vacancies|roles|jobs)",
    r"openings", r"open\s+(job|role)s?", r"job\s*(listings?|search|board|offers?)", r"vacancies", r"vacatures",
    r"(offene|freie|aktuelle|unsere|alle)\s+(stellen|jobs|positionen)\w*", r"stellen(angebote|ausschreibungen|b[oö]rse|markt)", r"ausschreibungen",
    r"(nos|toutes\s+les)?\s*offres\s+d[’']emploi", r"postes\s+(ouverts|[aà]\s+pourvoir)", r"ofertas\s+de\s+(empleo|trabajo)", r"vagas\s+abertas",
    r"posizioni\s+aperte", r"ledige\s+stillinger", r"lediga\s+(jobb|tj[aä]nster)", r"avoimet\s+ty[oö]paikat", r"oferty\s+pracy",
    r"voln[aá]\s+m[ií]sta", r"募集職種", r"open\s+roles",
)  # fmt: skip
"""What says that postings are listed here, not only that one may work here."""

HIRING = _any_of(
    r"apply(\s+now)?", r"view\s+(job|role|position|opening)s?", r"(see|view|explore|browse)\s+(all\s+|our\s+)?(open\s+|current\s+)?(jobs|roles|positions|openings)",
    r"join\s+(us|our\s+team|the\s+team)", r"we[’']?re\s+hiring", r"full[- ]time", r"part[- ]time", r"no\s+(open|current)\s+(positions|openings|vacancies)",
    r"bewerb(en|ung|ungsfrist|erinnen)\w*", r"vollzeit", r"teilzeit", r"unbefristet", r"befristet", r"stellenangebote?", r"entgeltgruppe",
    r"postul(er|ez)", r"candidature", r"cdi", r"cdd", r"temps\s+plein", r"cand[ií]date\s?se", r"solliciteer", r"aplicar", r"postular", r"inscr[ií]bete",
    r"s[oø]k\s+(stillingen|jobbet|tj[aä]nsten)", r"ans[oö]k", r"aplikuj", r"応募",
)  # fmt: skip
"""What a page says that hires, however it is called."""

OTHER_PAGE = _any_of(
    r"interview(ing|s)?", r"how\s+we\s+(hire|work|recruit)", r"hiring\s+process", r"culture", r"kultur", r"benefits", r"values", r"life", r"inside",
    r"diversity", r"inclusion", r"development", r"students?", r"internships?", r"faqs?", r"blog", r"news", r"stories", r"privacy", r"datenschutz",
    r"events?", r"teams?", r"locations?", r"about", r"advice", r"alumni", r"bewerbungsprozess", r"arbeiten\s+bei(\s+\w+)?", r"working\s+(at|here)",
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

PATHS = (
    "/careers", "/jobs", "/career", "/karriere", "/about/careers", "/about/jobs", "/company/careers", "/join-us",
    "/en/careers", "/stellenangebote", "/work-with-us", "/vacancies", "/hiring", "/join", "/emplois", "/recrutement",
)  # fmt: skip
"""Where career pages often are."""

SUBDOMAINS = (
    "careers", "jobs", "career", "hiring", "job", "karriere", "work", "join", "recruiting", "apply", "talent", "stellen", "vacatures",
    "werkenbij", "empleo", "emplois", "recrutement", "lavora", "vagas", "rekrytering", "kariera", "people", "team", "hr",
    "www", "about", "company", "corporate", "blog", "docs", "api", "app", "shop", "support",
)  # fmt: skip
"""Names to ask the DNS for, those of jobs first."""

JOB_SUBDOMAINS = frozenset(SUBDOMAINS[:24])


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
