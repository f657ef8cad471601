"""Job links of a listing page, by how listings are built in general: addresses of postings, and groups of alike links."""

import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from quiethire.domain.base import Model
from quiethire.domain.page import Page
from quiethire.domain.urls import absolute_url, canonical_url, parse_url
from quiethire.domain.words import fold
from services.parser import jsonld, page_state
from services.parser.addresses import (
    DOCUMENT,
    FILE,
    JOB_DOCUMENT,
    JOB_NAME,
    JOB_PATH,
    NOTES,
    NUMBER,
    WEAK_PATH,
    Address,
    hosted,
    leads_elsewhere,
    names_posting,
    resolve,
    same_owner,
    site_of,
    site_of_url,
    slug,
)
from services.parser.cards import Near
from services.parser.document import Document
from services.parser.empty_listing import says_none
from services.parser.headline import is_generic
from services.parser.labels import says_apply
from services.parser.normalise.gazetteer import is_large_city
from services.parser.normalise.job_type import job_type
from services.parser.normalise.text import squeeze
from services.parser.paging import goes_on
from services.parser.titles import reads_like_title
from services.parser.truncation import is_cut
from services.parser.wordlist import any_of

MAX_LINKS = 5_000
MAX_ANCHORS = 20_000


class JobLink(Model):
    """An address that leads to one posting, with the text that leads there."""

    url: str
    text: str


class Listing(Model):
    """What a listing page leads to. `goes_on`: it has more than the links, on pages of its own or beyond our bound."""

    links: tuple[JobLink, ...]
    goes_on: bool
    says_none: bool = False
    """Whether it leads to no posting and says that there are none at present."""
    cut: bool = False
    """Whether the page ends before its end."""


_OPENS = re.compile(r"location(?:\.href)?\s{0,5}=\s{0,5}['\"]([^'\"]{1,1000})['\"]")
_DULL = re.compile(
    r"^(?:(?:read|learn|see|view|show|find out|load|discover|explore) (?:more|all|details|jobs?|open\w*|roles?|positions?|vacanc\w+|posting|role|the .*|this .*|full .*).*"
    r"|(?:mehr (?:erfahren|infos?|lesen|dazu).*|details?( ansehen)?|zur stelle.*|zum job.*|stelle ansehen|en savoir plus.*|voir (?:l.offre|plus|le poste|les details).*|lire la suite"
    r"|ver (?:mas|oferta|detalles?|vaga|empleo)\b.*|mas informacion|saber mas|leer mas|mes informacio|veure .*|saiba mais|ver mais|scopri di piu|leggi (?:di piu|tutto)|maggiori informazioni"
    r"|vedi (?:offerta|dettagli)|lees (?:meer|verder)|bekijk.*|meer (?:info\w*|lezen)|laes mere|se (?:stillingen|jobbet|mere|mer|stilling|alle)|les mer|las mer.*|vis (?:mere|stilling)"
    r"|vice( informaci)?|detail( pozice| nabidky)?|zobrazit.*|zobacz.*|wiecej|szczegoly|czytaj wiecej|info|details|open|>+|→|›)"
    r"|more|(?:more|further|additional) (?:info\w*|details)\b.*|job (?:details|description)|full (?:job )?description|(?:zur|zum) (?:vollstandigen |kompletten |ganzen )?(?:stelle\w*|ausschreibung|anzeige|jobangebot|beschreibung|angebot|inserat)\b.*"
    r"|(?:weitere|nahere|alle) (?:info\w*|details)\b.*|(?:stellen\w+|details|anzeige|ausschreibung|pdf) (?:ansehen|anzeigen|lesen|offnen|herunterladen|als pdf)|jetzt (?:ansehen|lesen)|plus d.infos?.*|en savoir \+.*|decouvrir.*|consulter.*|telecharger.*|download\w*.*|pdf"
    r"|mas info\w*|ver la .*|conoce mas|descargar.*|scarica.*|approfondisci|dettagli.*|vai all.*|meer over.*|naar (?:de )?vacature|se mere.*|laes .*|se hele .*|mer info\w*|se annons.*|till annonsen|lue lisaa|katso .*|подробнее.*|смотреть.*|detaylar.*|incele|詳細.*|続きを.*|もっと.*|詳しく.*|查看.*|了解.*|更多.*"
    rf"|(?:{any_of('자세히')}).*"
    r"|all jobs|next|previous|back(?!-? ?end|-? ?office|bone|up).*|weiter(?!bild).*|zuruck.*|home|menu"
    r"|log ?in|sign (?:in|up)|share(?!point|holder).*|save.*|refer(?!en[tz]|ee).*|subscribe(?!r).*|create.*alert.*|privacy(?! (?:counsel|engin|manag|analy|offic|law|special)).*"
    r"|\d+|career ?s?|jobs|open positions|search(?! (?:engin|market|consult|special|analy|manag|quality)).*|filter.*|contact(?! cent).*|about.*|faqs?|terms.*|cookie.*)$"
)
_DEPARTMENT = re.compile(
    r"(?:all |view |see )?(?:(?:software |product |data |hardware )?engineering|(?:product |growth |brand )?marketing|sales|(?:customer|client) (?:success|support|service|experience|care)|support|product(?: management)?"
    r"|(?:product )?design|data|(?:data|machine learning|research)(?: & | and )?\w*(?: science)?|software(?: development)?|hardware|operations|accounting|finance(?: (?:&|and) \w+)?|people(?: (?:&|and) \w+)?|legal|research|internships?"
    r"|ausbildung|praktik(?:um|a)|studium|vertrieb|verwaltung|technik|it|alternance|stages?)(?: (?:team|jobs|roles|positions|careers))?(?: ?\(?\d+\)?(?: \w+)?)?"
)
"""Departments, folded: lists of jobs by these stand below words for jobs too."""
_ARTICLE = re.compile(
    r"^(?:how|why|what|when|where|wie|warum|was|comment|pourquoi|como|meet|inside|introducing|\d+ (?:\w+ )?(?:tips|reasons|ways|questions|interview))\b"
    r"|\b(?:guide to|(?:salary|career|interview) guide|tips|questions|explained|checklist|case study|career path)\b|\?$"
)
"""How articles are called, folded."""
_LISTS = re.compile(
    r"\b(?:\w*ausschreibungen|stellenangebote|offene stellen|job offers|jobs|positions|openings|vacancies|offres d.emploi|ofertas|ofertes|vagas|vacatures|ledige stillinger"
    r"|lediga jobb|volna mista|oferty pracy)\b"
)
"""Texts of links to more lists, folded."""
_NO_POSTING_FILE = re.compile(
    r"bewerbungs|bewerberb|formular|application.?form|datenschutz|privacy|brochure|broschure|flyer|handbook|policy|guide|leitfaden|imagefolder|formulaire|formulario|modulo|notice"
)
"""Documents beside postings that are none, folded."""
_MOST = 0.6
"""Share of a group's links that must read like titles where nothing else speaks for it."""
_MAX_ELSEWHERE = 2_000
"""Links of a page that are looked at for postings on other sites, and in its frames."""
_NETWORK = re.compile(
    r"(?:^|\.)(?:facebook|instagram|twitter|x|linkedin|xing|youtube|github|medium|tiktok|t)\.(?:com|me)$"
)
"""Hosts of people's profiles."""
_INDEX = re.compile(r"(?<=/)index\.\w{3,5}$")
_LONGEST_NAME = 60
_PAID = re.compile(r"(?:gehalt|gehaelter|salary|salaries|salaire|sueldos?|salario|stipendio|lohn)[-_/]", re.IGNORECASE)
"""How addresses of what is earned begin, below a word for jobs."""
_JOBS_BY = re.compile(
    r"(?:[\w-]+[ -])?(?:jobs|stellenangebote|vacatures|emplois|vagas|empleos) (?:in|fur|for|als|im|en|a|em|para|pour|voor) "
)
"""Texts of links to lists by place or trade, folded."""
_ABOUT_JOBS = re.compile(
    r"\b(jobs?|careers?|karriere|positions?|openings?|vacanc\w+|hiring|stellen\w*|ausschreibung\w*|offres? d.emploi|empleo|ofertas|vagas|lavora|vacatures|stillinger|nabidky|prace|oferty pracy|join us|roles|recruit(?:ment|ing)?|recrutement|nous rejoindre|rejoignez\w*|rekry\w*|avoimet tyopaikat|tyopaikat|kariyer|is ilanlari|carreiras|trabaja\w*|trabalhe\w*|empleos|empregos?|pozice|lavoro|annunci|offerte|stanowisk\w*"
    r"|werken bij|vacature|work (?:with|for|at) us|employment|kariera|kariérní|ledige job\w*|lediga\w*|jobba|вакансии|вакансія|вакансії|карьера)\b|求人|採用|募集|招聘|职位|職位|加入我们|加入我們|人才"
    rf"|{any_of('채용|인재영입')}"
)


@dataclass(frozen=True, slots=True)
class _Anchor:
    node: LexborNode
    address: Address
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
    cut = is_cut(document.page.body)
    if not links:
        return Listing(links=(), goes_on=False, says_none=not cut and _says_none(document), cut=cut)
    return Listing(links=links, goes_on=len(links) >= MAX_LINKS or goes_on(document), cut=cut)


def _says_none(document: Document) -> bool:
    return _page_about_jobs(document) and not goes_on(document) and says_none(document)


def links_of(document: Document) -> tuple[JobLink, ...]:
    """As `extract_job_links`, for a page that is parsed already."""
    anchors = _anchors(document)
    found: dict[str, str] = {}
    for url, own in jsonld.listed_urls(document):
        target = resolve(url, document.url)
        if target and (hosted(target.url) or names_posting(target) or (own and _stated(target, document))):
            found[target.url] = ""
    sure = [a for a in anchors if hosted(a.url) or (names_posting(a.address) and _carries(a))]
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


def _stated(address: Address, document: Document) -> bool:
    """Whether an address that marked-up posting states is a page of its own: on the site, and neither the list nor above it."""
    here = f"{document.url.partition('?')[0].rstrip('/')}/"
    return same_owner(address.host, site_of_url(document.url)) and not here.startswith(f"{address.url.rstrip('/')}/")


def _in_state(document: Document) -> dict[str, str]:
    """Postings that only the page's state lists: at the address that each states, else where its host is known to keep one."""
    found: dict[str, str] = {}
    site = site_of_url(document.url)
    for posting in page_state.stated_postings(document):
        stated = resolve(posting.address or "", document.url)
        at_host = (
            f"{document.url.split('?')[0].rstrip('/')}/{middle}{key}"
            for key in posting.ids
            for middle in ("", "j/", "jobs/", "job/")
        )
        url = stated.url if stated and same_owner(stated.host, site) else next(filter(hosted, at_host), None)
        if url is not None and url != canonical_url(document.url):
            found.setdefault(url, posting.title)
    return found


def _anchors(document: Document) -> list[_Anchor]:
    base = document.tree.css_first("base[href]")
    root = resolve((base.attributes.get("href") or "") if base else "", document.url)
    start = root.url if root is not None else document.url
    here, site = absolute_url(document.url), site_of_url(document.url)
    near = document.once(_near)
    found: list[_Anchor] = []
    for node in document.tree.css("a[href], [data-href], [data-url], [onclick*='location']")[:MAX_ANCHORS]:
        # Most links stand in the frame of a page: the cheapest question first, the address once.
        if document.framed(node) or (address := resolve(_target(node), start)) is None:
            continue
        url = address.url
        if url == here or FILE.search(url) or not (same_owner(address.host, site) or NOTES.search(address.host)):
            continue
        if leads_elsewhere(address) and not hosted(url) and not NOTES.search(address.host):
            continue
        text = squeeze(node.text(separator=" "))[:300]
        folded = fold(text)
        # A card may lead to its posting by a button alone: "Apply now", "View position".
        dull = _is_dull(text, folded)
        heading = near.heading(node) if dull else ""
        if dull and (not heading or is_generic(heading)):
            heading = slug(address)  # "Open position" heads every card.
        if _is_landing(address, text):
            continue
        found.append(_Anchor(node, address, text, heading, _group(address), near.place(node)))
    return found


def _is_dull(text: str, folded: str) -> bool:
    """Whether a link's text says no more than that it leads on."""
    return not text or _DULL.match(folded) is not None or (says_apply(folded) and not reads_like_title(text))


def _is_landing(address: Address, text: str) -> bool:
    """Whether a link leads to a list by place or trade, or to what is earned there: `/jobs/hamburg/`, `Jobs for nurses`."""
    path = address.plain.partition("?")[0].rstrip("/")
    match = JOB_PATH.search(path)
    if match is None or hosted(address.url) or names_posting(address):
        return False
    if _PAID.match(match["rest"]) or _JOBS_BY.match(fold(text[:_LONGEST_NAME])):
        return True
    words = match["rest"].replace("-", " ")
    return "/" not in words and is_large_city(words.title()) and not reads_like_title(text.partition(",")[0])


def _near(_: Document) -> Near:
    return Near()


def _target(node: LexborNode) -> str:
    """Where a link leads, or a card that a script makes one."""
    attributes = node.attributes
    if node.tag == "a" and attributes.get("href"):
        return (attributes.get("href") or "").strip()
    opens = _OPENS.search(attributes.get("onclick") or "")
    return (opens[1] if opens else attributes.get("data-href") or attributes.get("data-url") or "").strip()


def _group(address: Address) -> str:
    head = NUMBER.sub("0", address.folders.rstrip("/").rpartition("/")[0])
    return f"{address.host}{head}"


def _carries(anchor: _Anchor) -> bool:
    """Whether a link shows what it leads to: a title, a heading next to it, or at least more than a dull word."""
    folded = fold(anchor.text)
    if DOCUMENT.search(anchor.url) is None and _LISTS.search(folded) and not reads_like_title(anchor.text):
        return False
    return bool(anchor.heading) or (bool(folded) and _DULL.match(folded) is None and not says_apply(folded))


def _names_job(text: str) -> bool:
    """Whether a link's text is called as a job is, rather than as a department or an article is."""
    if not reads_like_title(text):
        return False
    folded = fold(text)
    return _DEPARTMENT.fullmatch(folded) is None and _ARTICLE.search(folded) is None


def _stands_as_job(anchor: _Anchor, near: Near, *, placed: bool) -> bool:
    """Whether the card of a link shows that it leads to a job, whatever it is called; a place says so where it is `placed`."""
    name = anchor.heading or anchor.text
    folded = fold(name)
    if is_generic(name) or _DULL.match(folded) or _DEPARTMENT.fullmatch(folded) or _ARTICLE.search(folded):
        return False
    if job_type(anchor.text) is not None:
        return True
    return near.is_job_card(anchor.node, anchor.place) or near.tells_of_work(anchor.node, name, placed=placed)


def _by_group(document: Document, anchors: list[_Anchor]) -> list[_Anchor]:
    """Lists of alike links whose texts read like titles of jobs."""
    groups: dict[tuple[str, str], list[_Anchor]] = defaultdict(list)
    for anchor in anchors:
        groups[(anchor.group, anchor.place)].append(anchor)
    about_jobs = _page_about_jobs(document)
    near = document.once(_near)
    found: list[_Anchor] = []
    own = str(parse_url(document.url).hostname)
    for members in groups.values():
        if site_of(members[0].address.host) != site_of(own) and NOTES.search(members[0].address.host):
            continue
        urls = {a.url for a in members}
        titled = {a.url for a in members if _names_job(a.heading or a.text)}
        share = len(titled) / len(urls)
        path = members[0].address.plain
        strong, weak = JOB_PATH.search(path) is not None, WEAK_PATH.search(path) is not None
        strong = strong or (about_jobs and JOB_NAME.search(path.partition("?")[0]) is not None)
        if about_jobs and len(urls) > 1 and share < _MOST:
            # A card says what kind of job it leads to, whatever the job is called; or its classes do.
            titled |= {a.url for a in members if a.url not in titled and _stands_as_job(a, near, placed=strong or weak)}
            share = len(titled) / len(urls)
        if (strong and share >= 0.3) or (weak and share >= 0.5) or (about_jobs and len(urls) >= 3 and share >= 0.6):
            found += [a for a in members if _carries(a) and (strong or a.url in titled or share >= 0.8)]
    if not about_jobs:
        return found
    found += [*_documents(anchors), *_kept_elsewhere(anchors, document), *_on_other_sites(document)]
    return found or _below_in_frame(document)


def _on_other_sites(document: Document) -> list[_Anchor]:
    """Postings of others that a page about jobs lists: alike links that lead on, two or more, each below the title of a job."""
    site, near = site_of_url(document.url), document.once(_near)
    groups: dict[str, list[_Anchor]] = defaultdict(list)
    for node in document.tree.css("a[href^='http']")[:_MAX_ELSEWHERE]:
        address = resolve(_target(node), document.url)
        if address is None or same_owner(address.host, site) or NOTES.search(address.host) or len(address.path) <= 1:
            continue
        text = squeeze(node.text(separator=" "))[:300]
        if document.framed(node) or _NETWORK.search(address.host) or not _is_dull(text, fold(text)):
            continue
        place = near.place(node)
        groups[place].append(_Anchor(node, address, text, near.heading(node), "", place))
    kept = [[a for a in members if _names_job(a.heading) and not is_generic(a.heading)] for members in groups.values()]
    return [anchor for members in kept if len({a.heading for a in members}) > 1 for anchor in members]


def _below_in_frame(document: Document) -> list[_Anchor]:
    """Postings that only the menu of a page about jobs leads to: the pages right below it, most of them called as jobs are."""
    here = resolve(document.url, document.url)
    folder = _INDEX.sub("", here.folders).rstrip("/") if here is not None else ""
    if here is None or not folder:
        return []
    below: dict[str, _Anchor] = {}
    for node in document.tree.css("nav a[href], aside a[href], [class*=menu] a[href], [class*=sidebar] a[href]")[
        :_MAX_ELSEWHERE
    ]:
        address = resolve(_target(node), document.url)
        if address is None or address.host != here.host or not address.folders.startswith(f"{folder}/"):
            continue
        name = _INDEX.sub("", address.folders)[len(folder) :].strip("/")
        if name and "/" not in name:
            text = squeeze(node.text(separator=" "))[:300]
            below.setdefault(address.url, _Anchor(node, address, text, "", "", ""))
    titled = [anchor for anchor in below.values() if _names_job(anchor.text) and not is_generic(anchor.text)]
    return titled if len(titled) > 1 and len(titled) >= _MOST * len(below) else []


def _documents(anchors: list[_Anchor]) -> list[_Anchor]:
    """Postings that are kept as documents: two or more in one folder that a word for jobs is in the address of."""
    groups: dict[str, list[_Anchor]] = defaultdict(list)
    for anchor in anchors:
        path = anchor.address.plain
        if not DOCUMENT.search(anchor.url) or _NO_POSTING_FILE.search(fold(f"{path} {anchor.text}")):
            continue
        if JOB_PATH.search(path) or JOB_DOCUMENT.search(path):
            groups[anchor.group].append(anchor)
    return [anchor for members in groups.values() if len({a.url for a in members}) >= 2 for anchor in members]


def _kept_elsewhere(anchors: list[_Anchor], document: Document) -> list[_Anchor]:
    """Postings that a page about jobs keeps with a host of notes and forms, by links that are called as jobs are."""
    site = site_of_url(document.url)
    return [
        anchor
        for anchor in anchors
        if NOTES.search(anchor.address.host)
        and site_of(anchor.address.host) != site
        and (_names_job(anchor.text) or (_names_job(anchor.heading) and not says_apply(fold(anchor.text))))
    ]


def _page_about_jobs(document: Document) -> bool:
    """Whether the page calls itself a page about jobs, in its address, its title or its first headings."""
    headings = [line.text for line in document.content if line.heading in (1, 2)][:6]
    parsed = parse_url(document.url)
    path = re.sub(r"[/_.-]+", " ", unquote(parsed.pathname + parsed.search))
    return any(_ABOUT_JOBS.search(fold(text)) for text in (path, document.title, *headings))
