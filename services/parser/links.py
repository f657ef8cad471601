"""Job links of a listing page, by how listings are built in general: addresses of postings, and groups of alike links."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from quiethire.domain.urls import absolute_url, canonical_url, parse_url
from services.parser import jsonld, page_state
from services.parser.document import Document
from services.parser.labels import says_apply
from services.parser.normalise.text import fold, squeeze
from services.parser.paging import goes_on
from services.parser.titles import reads_like_title

MAX_LINKS = 5_000
MAX_ANCHORS = 20_000
MAX_LOOKS = 2_000
"""Elements around links in which a heading is looked for."""


class JobLink(Model):
    """An address that leads to one posting, with the text that leads there."""

    url: str
    text: str


class Listing(Model):
    """What a listing page leads to. `goes_on`: it has more than the links, on pages of its own or beyond our bound."""

    links: tuple[JobLink, ...]
    goes_on: bool


_NUMBER = re.compile(r"\d+")
_STRONG = (
    r"jobs?|positions?|openings?|vacanc(?:y|ies)|vacature[sn]?|postings?|job[-_]?postings?|job[-_]?(?:offers?|details?|openings?|description|ad|search)"
    r"|open[-_]?(?:positions?|roles?)|roles?|requisitions?|stellen?|stellenangebote?|stellenausschreibung(?:en)?|jobangebote?|offres?|offre[-_]emploi"
    r"|ofertas?|ofertes?|empleos?|vagas?|annunci|stillinger?|stilling|ledige[-_]stillinger|jobb|annons|nabidk[ay]|praca|oferty|rpd|opportunit(?:y|ies)"
)
_WEAK = r"careers?|karriere|join(?:-us)?|hiring|work-(?:with|at|for)-us|team|company|recruiting|employment|carrieres?|kariera|work"
_JOB_PATH = re.compile(rf"/(?:{_STRONG})/(?P<rest>[^/].*)$", re.IGNORECASE)
_WEAK_PATH = re.compile(rf"/(?:{_WEAK})/(?P<rest>[^/].*)$", re.IGNORECASE)
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
_HOSTED = re.compile(
    r"^https?://(?:jobs(?:\.eu)?\.lever\.co/[^/]+/[0-9a-f-]{36}/?$|jobs\.ashbyhq\.com/[^/]+/[0-9a-f-]{36}/?$|(?:job-)?boards(?:\.eu)?\.greenhouse\.io/[^/]+/jobs/\d+"
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
_OPENS = re.compile(r"location(?:\.href)?\s{0,5}=\s{0,5}['\"]([^'\"]{1,1000})['\"]")
_NOT_A_JOB = re.compile(
    r"/(?:login|signin|sign-in|register|account|privacy|terms|cookies?|category|categories|tags?|departments?|locations?|teams?|search|rss|feed|share|blog|news"
    r"|press|events?|faqs?|about|contact|apply|application|alerts?|saved|benefits|culture|diversity|students?|page|profile|create|edit|dashboard|imprint|impressum"
    r"|datenschutz|agb|content|perks|life|interview\w*|process|stories|internships?|university|go)(?:/|$|\?|\.\w+$)|[?&](?:page|p|offset|start|sort|pg|seite|startrow|department|location|category)=",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|css|js|zip|ics|xml|mp4|webp)(?:$|\?)", re.IGNORECASE)
_DULL = re.compile(
    r"^(?:(?:read|learn|see|view|show|find out|load|discover|explore) (?:more|all|details|jobs?|open\w*|roles?|positions?|vacanc\w+|posting|role|the .*|this .*|full .*).*"
    r"|(?:mehr (?:erfahren|infos?|lesen|dazu).*|details?( ansehen)?|zur stelle.*|zum job.*|stelle ansehen|en savoir plus.*|voir (?:l.offre|plus|le poste|les details).*|lire la suite"
    r"|ver (?:mas|oferta|detalles?|vaga|empleo)\b.*|mas informacion|saber mas|leer mas|mes informacio|veure .*|saiba mais|ver mais|scopri di piu|leggi (?:di piu|tutto)|maggiori informazioni"
    r"|vedi (?:offerta|dettagli)|lees (?:meer|verder)|bekijk.*|meer (?:info\w*|lezen)|laes mere|se (?:stillingen|jobbet|mere|mer|stilling|alle)|les mer|las mer.*|vis (?:mere|stilling)"
    r"|vice( informaci)?|detail( pozice| nabidky)?|zobrazit.*|zobacz.*|wiecej|szczegoly|czytaj wiecej|info|details|open|>+|→|›)"
    r"|more|all jobs|next|previous|back.*|weiter.*|zuruck.*|home|menu"
    r"|log ?in|sign (?:in|up)|share.*|save.*|refer.*|subscribe.*|create.*alert.*|privacy.*|\d+|career ?s?|jobs|open positions|search.*|filter.*|contact.*|about.*|faqs?|terms.*|cookie.*)$"
)
_LISTS = re.compile(
    r"\b(?:\w*ausschreibungen|stellenangebote|offene stellen|job offers|jobs|positions|openings|vacancies|offres d.emploi|ofertas|ofertes|vagas|vacatures|ledige stillinger"
    r"|lediga jobb|volna mista|oferty pracy)\b"
)
"""Texts of links to more lists, folded."""
_DOCUMENT = re.compile(r"\.(?:pdf|docx?)(?:$|\?)", re.IGNORECASE)
_ABOUT_JOBS = re.compile(
    r"\b(jobs?|careers?|karriere|positions?|openings?|vacanc\w+|hiring|stellen\w*|ausschreibung\w*|offres? d.emploi|empleo|ofertas|vagas|lavora|vacatures|stillinger|nabidky|prace|oferty pracy|join us|roles)\b"
)


@dataclass(frozen=True, slots=True)
class _Address:
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


@dataclass(frozen=True, slots=True)
class _Anchor:
    address: _Address
    text: str
    heading: str
    """The heading next to the link, for links that only say "more"."""
    group: str
    """Host and path up to the last segment: links of one list share it."""
    place: str
    """Tags and classes of what is around: links of one list share these too."""

    @property
    def url(self) -> str:
        return self.address.url


def extract_job_links(page: Page) -> tuple[JobLink, ...]:
    """The links of a page that lead to single postings, in order, each once; none for pages without postings."""
    return read_listing(page).links


def read_listing(page: Page) -> Listing:
    """The links to single postings, and whether the page says that there are more elsewhere."""
    return listing_of(Document(page))


def listing_of(document: Document) -> Listing:
    """As `read_listing`, for a page that is parsed already."""
    links = document.once(links_of)
    return Listing(links=links, goes_on=bool(links) and (len(links) >= MAX_LINKS or goes_on(document)))


def links_of(document: Document) -> tuple[JobLink, ...]:
    """As `extract_job_links`, for a page that is parsed already."""
    anchors = _anchors(document)
    found: dict[str, str] = {}
    for url in jsonld.listed_urls(document):
        target = _resolve(url, document.url)
        if target and (_hosted(target.url) or _by_address(target)):
            found[target.url] = ""
    sure = [a for a in anchors if _hosted(a.url) or (_by_address(a.address) and _carries(a))]
    for anchor in (*sure, *_by_group(document, anchors)):
        if not found.get(anchor.url):
            found[anchor.url] = anchor.heading or anchor.text
    if not found:
        found = _in_state(document)
        return tuple(JobLink(url=url, text=text[:300]) for url, text in list(found.items())[:MAX_LINKS])
    order = {anchor.url: index for index, anchor in reversed(list(enumerate(anchors)))}
    urls = sorted(found, key=lambda url: order.get(url, -1))
    # As the page gives them, for a site may need what we think is tracking; but each posting once.
    distinct = {canonical_url(url): url for url in reversed(urls)}
    return tuple(JobLink(url=url, text=found[url][:300]) for url in list(distinct.values())[::-1][:MAX_LINKS])


def _in_state(document: Document) -> dict[str, str]:
    """Postings that only the page's state lists: at the address that each states, else where its host is known to keep one."""
    found: dict[str, str] = {}
    site = _site(document.url)
    for posting in page_state.stated_postings(document):
        stated = _resolve(posting.address or "", document.url)
        at_host = (
            f"{document.url.split('?')[0].rstrip('/')}/{middle}{key}"
            for key in posting.ids
            for middle in ("", "j/", "jobs/", "job/")
        )
        url = stated.url if stated and _same(stated.host, site) else next(filter(_hosted, at_host), None)
        if url is not None and url != canonical_url(document.url):
            found.setdefault(url, posting.title)
    return found


def _resolve(href: str, base: str) -> _Address | None:
    if not href or len(href) > 2_000 or href.startswith(("#", "mailto:", "tel:", "javascript:")):
        return None
    try:
        parsed = parse_url(href, base)
    except InvalidInput:
        return None
    parsed.hash = ""
    folders = str(parsed.pathname)
    return _Address(str(parsed.href), str(parsed.hostname), folders, folders + str(parsed.search))


def _anchors(document: Document) -> list[_Anchor]:
    base = document.tree.css_first("base[href]")
    root = _resolve((base.attributes.get("href") or "") if base else "", document.url)
    start = root.url if root is not None else document.url
    here, site = absolute_url(document.url), _site(document.url)
    near = _Near()
    found: list[_Anchor] = []
    for node in document.tree.css("a[href], [data-href], [data-url], [onclick*='location']")[:MAX_ANCHORS]:
        # Most links stand in the frame of a page: the cheapest question first, the address once.
        if document.framed(node) or (address := _resolve(_target(node), start)) is None:
            continue
        url = address.url
        if url == here or _FILE.search(url) or not _same(address.host, site):
            continue
        if _leads_elsewhere(address) and not _hosted(url):
            continue
        text = squeeze(node.text(separator=" "))[:300]
        folded = fold(text)
        # A card may lead to its posting by a button alone: "Apply now", "View position".
        dull = not text or _DULL.match(folded) is not None or (says_apply(folded) and not reads_like_title(text))
        heading = (near.heading(node) or _slug(address)) if dull else ""
        found.append(_Anchor(address, text, heading, _group(address), near.place(node)))
    return found


def _target(node: LexborNode) -> str:
    """Where a link leads, or a card that a script makes one."""
    attributes = node.attributes
    if node.tag == "a" and attributes.get("href"):
        return (attributes.get("href") or "").strip()
    opens = _OPENS.search(attributes.get("onclick") or "")
    return (opens[1] if opens else attributes.get("data-href") or attributes.get("data-url") or "").strip()


def _same(host: str, site: str) -> bool:
    return _site_of(host) == site or _LISTED_SITE.search(host) is not None


def _site(url: str) -> str:
    return _site_of(str(parse_url(url).hostname))


def same_site(url: str, other: str) -> bool:
    """Whether two addresses belong to one owner, near enough. Raises InvalidInput for what is no address."""
    return _site(url) == _site(other)


@lru_cache(maxsize=256)
def _site_of(host: str) -> str:
    """The registrable part of a host, near enough: its last two labels, three below `co.uk` and the like."""
    labels = host.split(".")
    wide = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in ("co", "com", "org", "ac", "gov", "net")
    return ".".join(labels[-3 if wide else -2 :])


def _group(address: _Address) -> str:
    head = _NUMBER.sub("0", address.folders.rstrip("/").rpartition("/")[0])
    return f"{address.host}{head}"


class _Near:
    """What stands around the links of a page. Neighbours share their surroundings, so answers are kept by address."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._headings: dict[int, str | None] = {}

    def place(self, node: LexborNode) -> str:
        """Tags and first classes of the five elements around a link."""
        names: list[str] = []
        parent = node.parent
        while parent is not None and len(names) < 5:
            if (name := self._names.get(parent.mem_id)) is None:
                first = (parent.attributes.get("class") or "").split(" ")[0]
                name = "" if parent.tag in ("body", "html") else f"{parent.tag}.{_NUMBER.sub('', first)}"
                self._names[parent.mem_id] = name
            if not name:
                break
            names.append(name)
            parent = parent.parent
        return ">".join(names)

    def heading(self, node: LexborNode) -> str:
        """The heading in the nearest of four elements around a link that has one, unless it heads many links."""
        parent = node.parent
        for _ in range(4):
            if parent is None or parent.tag == "body":
                return ""
            if parent.mem_id not in self._headings:
                # Every look goes through all that is within: a page that asks for too many gets no more answers.
                self._headings[parent.mem_id] = _heading_in(parent) if len(self._headings) < MAX_LOOKS else None
            if (heading := self._headings[parent.mem_id]) is not None:
                return heading
            parent = parent.parent
        return ""


def _heading_in(element: LexborNode) -> str | None:
    """The first heading in an element; an empty text where it heads many links, None where there is none."""
    heading = element.css_first("h1, h2, h3, h4, h5, h6, strong, b")
    if heading is None:
        return None
    return squeeze(heading.text(separator=" "))[:300] if len(element.css("a[href]")) <= 3 else ""


def _slug(address: _Address) -> str:
    """The words of the last segment below a word for jobs, where they read like a title: `/jobs/lead-nurse-leeds`."""
    match = _JOB_PATH.search(address.plain.partition("?")[0])
    words = re.sub(r"[-_+.]+", " ", match["rest"].rstrip("/").rpartition("/")[2]).strip() if match else ""
    return words if len(words.split()) > 1 and reads_like_title(words) else ""


def _hosted(url: str) -> bool:
    return _HOSTED.match(url) is not None


def _leads_elsewhere(address: _Address) -> bool:
    """Whether the address names something else. Below a word for jobs only the rest counts: `/about/jobs/nurse`."""
    path = address.path
    match = _JOB_PATH.search(path)
    return _NOT_A_JOB.search(f"/{match['rest']}" if match else path) is not None


def _by_address(address: _Address) -> bool:
    """An address that names a posting by itself: a word for jobs, then an identifier."""
    path = address.plain
    match = _JOB_PATH.search(path)
    if match is not None and _ID.search(match["rest"]):
        return True
    return _JOB_QUERY.search(path) is not None or (_JOB_FILE.search(path) is not None and _ID.search(path) is not None)


def _carries(anchor: _Anchor) -> bool:
    """Whether a link shows what it leads to: a title, a heading next to it, or at least more than a dull word."""
    folded = fold(anchor.text)
    if _DOCUMENT.search(anchor.url) is None and _LISTS.search(folded) and not reads_like_title(anchor.text):
        return False
    return bool(anchor.heading) or (bool(folded) and _DULL.match(folded) is None and not says_apply(folded))


def _by_group(document: Document, anchors: list[_Anchor]) -> list[_Anchor]:
    """Lists of alike links whose texts read like titles of jobs."""
    groups: dict[tuple[str, str], list[_Anchor]] = defaultdict(list)
    for anchor in anchors:
        groups[(anchor.group, anchor.place)].append(anchor)
    about_jobs = _page_about_jobs(document)
    found: list[_Anchor] = []
    for members in groups.values():
        urls = {a.url for a in members}
        titled = {a.url for a in members if reads_like_title(a.heading or a.text)}
        share = len(titled) / len(urls)
        path = members[0].address.plain
        strong, weak = _JOB_PATH.search(path) is not None, _WEAK_PATH.search(path) is not None
        if (strong and share >= 0.3) or (weak and share >= 0.5) or (about_jobs and len(urls) >= 3 and share >= 0.6):
            found += [a for a in members if _carries(a) and (strong or a.url in titled or share >= 0.8)]
    return [*found, *_documents(anchors)] if about_jobs else found


def _documents(anchors: list[_Anchor]) -> list[_Anchor]:
    """Postings that are kept as documents: three or more of them in one folder below a word for jobs."""
    groups: dict[str, list[_Anchor]] = defaultdict(list)
    for anchor in anchors:
        if _DOCUMENT.search(anchor.url) and _JOB_PATH.search(anchor.address.plain):
            groups[anchor.group].append(anchor)
    return [anchor for members in groups.values() if len({a.url for a in members}) >= 3 for anchor in members]


def _page_about_jobs(document: Document) -> bool:
    """Whether the page calls itself a page about jobs, in its address, its title or its first headings."""
    headings = [line.text for line in document.content if line.heading in (1, 2)][:6]
    parsed = parse_url(document.url)
    path = re.sub(r"[/_.-]+", " ", unquote(parsed.pathname + parsed.search))
    return any(_ABOUT_JOBS.search(fold(text)) for text in (path, document.title, *headings))
