"""What an address of a link says: whether it names a posting, belongs to the same owner, or leads elsewhere."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from quiethire.domain.errors import InvalidInput
from quiethire.domain.urls import parse_url
from services.parser.titles import reads_like_title

NUMBER = re.compile(r"\d+")
_STRONG = (
    r"jobs?|positions?|openings?|vacanc(?:y|ies)|vacature[sn]?|postings?|job[-_]?postings?|job[-_]?(?:offers?|details?|openings?|description|ad|search)"
    r"|open[-_]?(?:positions?|roles?)|roles?|requisitions?|stellen?|stellenangebote?|stellenausschreibung(?:en)?|jobangebote?|offres?|offre[-_]emploi"
    r"|ofertas?|ofertes?|empleos?|vagas?|annunci|stillinger?|stilling|ledige[-_]stillinger|jobb|annons|nabidk[ay]|praca|oferty|rpd|opportunit(?:y|ies)"
    r"|voln[ae][-_](?:pozice|mista|pracovni[-_]mista|pracovne[-_]miesta)|pozice|oferty?[-_]pracy|nabidk[ay][-_](?:prace|zamestnani)|offene[-_]stellen|aktuelle[-_]stellen|stellenanzeigen?"
    r"|offres?[-_](?:d[-_])?emplois?|emplois?|postes?|ofertas?[-_](?:de[-_])?(?:empleo|trabajo|emprego)|vacantes?|empregos?|posizioni(?:[-_]aperte)?|offerte[-_](?:di[-_])?lavoro"
    r"|ledig[ae]?[-_](?:stilling|jobs?|jobb|tjanster?)|tyopaikat|allas(?:ok|ajanlatok)?|locuri[-_]de[-_]munca|is[-_]ilanlari|vakansi[iy]a?"
)
_WEAK = r"recruit(?:ment)?|recrutement|rekry|avoimet|vakansii?|kariyer|carreiras|lavora-con-noi|trabaja-con-nosotros|trabalhe-conosco|nous-rejoindre|werken-bij|careers?|karriere|join(?:-us)?|hiring|work-(?:with|at|for)-us|team|company|recruiting|employment|carrieres?|kariera|work"
JOB_PATH = re.compile(rf"/(?:{_STRONG})/(?P<rest>[^/].*)$", re.IGNORECASE)
WEAK_PATH = re.compile(rf"/(?:{_WEAK})/(?P<rest>[^/].*)$", re.IGNORECASE)
JOB_NAME = re.compile(
    r"/(?:stellenangebot|stellenanzeige|stellenausschreibung|stelle|job|vacature|offre|offre-emploi|poste|vacancy|position|oferta|vaga|vacante|emprego|empleo|stilling|ledig-stilling|nabidka|pozice|oferta-pracy|tyopaikka)[-_](?P<slug>[a-z][\w-]{3,})(?:\.\w{3,5}|/)?$",
    re.IGNORECASE,
)
"""A word for jobs and a slug in one segment: `/stellenangebot-architekt.html`."""
_JOB_QUERY = re.compile(
    r"[?&](?:req|jobid|job_id|job|gh_jid|vacancy|vacancyid|positionid|jid|reqid|jobreqid|offer|stelle|id_?job|job_?req)=[\w-]*\d",
    re.IGNORECASE,
)
_JOB_FILE = re.compile(
    r"/(?:job|vacancy|position|stelle|jobposting|viewjob|jobdetails?|job-opening|jobad)[\w-]*\.(?:php|aspx?|jsp|html?|cfm)",
    re.IGNORECASE,
)
_ID = re.compile(
    r"\d{4,}|[0-9a-f]{8}-[0-9a-f]{4}-|(?=[0-9a-f]*\d)[0-9a-f]{12,}|(?:^|/)[a-z]*-?\d{3,}(?:$|[/-])", re.IGNORECASE
)
_ID_QUERY = re.compile(r"[?&]\w{0,12}(?:id|nr|no|num)=\d", re.IGNORECASE)
_HOSTED = re.compile(
    r"^https?://(?:(?:jobs(?:\.eu)?\.lever\.co|jobs\.ashbyhq\.com)/[^/?#]+/[0-9a-z]+(?:-[0-9a-z]+)+/?(?:[?#]|$)|(?:job-)?boards(?:\.eu)?\.greenhouse\.io/[^/]+/jobs/\d+"
    r"|[^/]+\.myworkdayjobs\.com/.*/job/|jobs\.smartrecruiters\.com/[^/]+/\d+|[^/]+\.jobs\.personio\.(?:de|com)/job/\d+|[^/]+\.recruitee\.com/o/"
    r"|apply\.workable\.com/[^/]+/j/|[^/]+\.breezy\.hr/p/|[^/]+\.bamboohr\.com/careers/\d+|[^/]+\.icims\.com/jobs/\d+/|[^/]+\.pinpointhq\.com/[^?]*postings/"
    r"|ats\.rippling\.com/.*/jobs/[0-9a-f-]{36}|jobs\.gem\.com/[^/]+/|[^/]+\.applytojob\.com/apply/\w+/|join\.com/companies/[^/]+/\d+|[^/]+\.teamtailor\.com/jobs/\d+)",
    re.IGNORECASE,
)
"""Addresses of single postings on hosts of applicant tracking systems."""
_LISTED_SITE = re.compile(
    r"(?:lever\.co|ashbyhq\.com|greenhouse\.io|myworkdayjobs\.com|smartrecruiters\.com|personio\.(?:de|com)|recruitee\.com|workable\.com|breezy\.hr|bamboohr\.com"
    r"|icims\.com|pinpointhq\.com|rippling\.com|gem\.com|applytojob\.com|join\.com|teamtailor\.com|oraclecloud\.com|ultipro\.(?:com|ca)|ukg\.net|taleo\.net"
    r"|successfactors\.(?:com|eu)|eightfold\.ai|comeet\.com?|factorial(?:hr)?\.\w+|jobvite\.com|gusto\.com|softgarden\.io|hrmdirect\.com|dayforcehcm\.com|applicantstack\.com|applicantpro\.com|isolvedhire\.com|jobscore\.com|zohorecruit\.\w+|freshteam\.com|catsone\.com|careerplug\.com"
    r"|varbi\.com|jobylon\.com|reachmee\.com|emply\.com|hr-manager\.net|webcruiter\.\w+|easycruit\.com|talentlyft\.com|homerun\.co|flatchr\.io|welcometothejungle\.com|taleez\.com"
    r"|digitalrecruiters\.com|epreselec\.com|talentclue\.com|bizneo\.com|viterbit\.\w+|rexx-systems\.com|umantis\.com|concludis\.de|d-vinci\.\w+|onlyfy\.jobs|b-ite\.\w+|jobbase\.io"
    r"|kenjo\.io|hibob\.com|polymer\.co|workatastartup\.com|csod\.com|avature\.net|peoplehr\.net|tal\.net|eploy\.net|jobtrain\.co\.uk|hirehive\.com|rezoomo\.com|pageuppeople\.com"
    r"|elmotalent\.com\.au|jobadder\.com|applitrack\.com|governmentjobs\.com|usajobs\.gov|adp\.com|saashr\.com|clearcompany\.com|trinethire\.com|gohire\.io|recruiterflow\.com|careers-page\.com"
    r"|dover\.com|kula\.ai|traffit\.com|erecruiter\.pl|teamio\.com|gupy\.io|inrecruiting\.\w+|paylocity\.com|paycom\w*\.\w+)$",
    re.IGNORECASE,
)
_NOT_A_JOB = re.compile(
    r"/(?:login|signin|sign-in|register|account|prihlasit[\w-]*|prihlaseni|anmelden|einloggen|connexion|inloggen|logowanie|zaloguj[\w-]*"
    r"|iniciar-sesion|accedi|logga-in|log-ind|logg-inn|bookmarks?|favou?rites?|watchlist|privacy|terms|cookies?|category|categories|tags?|departments?|locations?|teams?|search|rss|feed|share|blog|news"
    r"|press|events?|faqs?|about|contact|apply|application|alerts?|saved|benefits|culture|diversity|students?|page|profile|create|edit|dashboard|imprint|impressum"
    r"|datenschutz|agb|content|perks|life|interview\w*|process|stories|internships?|university|go)(?:/|$|\?|\.\w+$)|[?&](?:page|p|offset|start|sort|pg|seite|startrow|department|location|category)=",
    re.IGNORECASE,
)
FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|css|js|zip|ics|xml|mp4|webp)(?:$|\?)", re.IGNORECASE)
NOTES = re.compile(
    r"(?:^|\.)(?:notion\.site|notion\.so|docs\.google\.com|drive\.google\.com|forms\.gle|forms\.office\.com|typeform\.com|airtable\.com|tally\.so|jotform\.com|coda\.io|craft\.do|super\.site)$"
)
"""Hosts of notes, documents and forms, where small companies keep their postings."""
JOB_DOCUMENT = re.compile(
    r"(?:stelle|ausschreibung|jobs?|poste|offre|vacanc|vacature|oferta|vaga|position|stilling|nabidka|rekrutacja|jd)[^/]*\.(?:pdf|docx?)",
    re.IGNORECASE,
)
DOCUMENT = re.compile(r"\.(?:pdf|docx?)(?:$|\?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """An address, parsed once: everything that is asked of it reads its parts."""

    url: str
    host: str
    folders: str
    """The path without the query."""
    path: str
    """Path and query."""

    @property
    def plain(self) -> str:
        """Path and query without escapes."""
        return unquote(self.path) if "%" in self.path else self.path


def resolve(href: str, base: str) -> Address | None:
    """Where a link leads; None for what is no address of a page."""
    if not href or len(href) > 2_000 or href.startswith(("#", "mailto:", "tel:", "javascript:")):
        return None
    try:
        parsed = parse_url(href, base)
    except InvalidInput:
        return None
    parsed.hash = ""
    folders = str(parsed.pathname)
    return Address(str(parsed.href), str(parsed.hostname), folders, folders + str(parsed.search))


def same_owner(host: str, site: str) -> bool:
    """Whether a host is of a site, or of a vendor that keeps the postings of many."""
    return site_of(host) == site or _LISTED_SITE.search(host) is not None


def site_of_url(url: str) -> str:
    """The registrable part of an address's host. Raises InvalidInput for what is no address."""
    return site_of(str(parse_url(url).hostname))


def same_site(url: str, other: str) -> bool:
    """Whether two addresses belong to one owner, near enough. Raises InvalidInput for what is no address."""
    return site_of_url(url) == site_of_url(other)


@lru_cache(maxsize=256)
def site_of(host: str) -> str:
    """The registrable part of a host, near enough: its last two labels, three below `co.uk` and the like."""
    labels = host.split(".")
    wide = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in ("co", "com", "org", "ac", "gov", "net")
    return ".".join(labels[-3 if wide else -2 :])


def slug(address: Address) -> str:
    """The words of the last segment below a word for jobs, where they read like a title: `/jobs/lead-nurse-leeds`."""
    path = address.plain.partition("?")[0]
    if (named := JOB_NAME.search(path)) is not None:
        return re.sub(r"[-_]+", " ", named["slug"])
    match = JOB_PATH.search(path)
    words = re.sub(r"[-_+.]+", " ", match["rest"].rstrip("/").rpartition("/")[2]).strip() if match else ""
    return words if len(words.split()) > 1 and reads_like_title(words) else ""


def hosted(url: str) -> bool:
    """Whether an address is that of a single posting with an applicant tracking system."""
    return _HOSTED.match(url) is not None


def leads_elsewhere(address: Address) -> bool:
    """Whether the address names something else. Below a word for jobs only the rest counts: `/about/jobs/nurse`."""
    path = address.path
    match = JOB_PATH.search(path)
    return _NOT_A_JOB.search(f"/{match['rest']}" if match else path) is not None


def names_posting(address: Address) -> bool:
    """An address that names a posting by itself: a word for jobs, then an identifier."""
    path = address.plain
    match = JOB_PATH.search(path)
    if match is not None and _ID.search(match["rest"]):
        return True
    if _JOB_QUERY.search(path) is not None:
        return True
    return _JOB_FILE.search(path) is not None and (_ID.search(path) or _ID_QUERY.search(path)) is not None
