"""Names of companies: tidied, told apart from those of the software that shows a posting, and read off an address."""

import re
from urllib.parse import unquote, urlsplit

from quiethire.domain.urls import host_of
from quiethire.domain.words import fold
from services.parser.normalise.text import squeeze

_VENDORS = re.compile(
    r"^(powered by )?(greenhouse|lever|ashby(hq)?|workday|breezy( ?hr)?|gusto|smartrecruiters|personio|teamtailor|recruitee|workable|bamboo ?hr"
    r"|icims|jobvite|people ?strong|talent ?clue|success ?factors|sap successfactors|taleo|oracle (recruiting|hcm).*|ukg|ultipro|paycom|paylocity|paycor|adp"
    r"|phenom( people)?|eightfold(\.ai)?|avature|cornerstone( ondemand)?|pinpoint|rippling|jazz ?hr|gem|comeet|factorial( hr)?|join\.com|softgarden|d\.vinci"
    r"|rexx( systems)?|umantis|haufe|concludis|prescreen|onlyfy|talentsoft|digitalrecruiters|welcome to the jungle|flatchr|gupy|emply|hr-?manager|webcruiter"
    r"|reachmee|varbi|jobylon|easycruit|teamio|recruitis|erecruiter|traffit|dover|wellfound|workatastartup|y combinator|zoho recruit|jobscore|hireology"
    r"|bullhorn|freshteam|manatal|loxo|clearcompany|silkroad|applicantpro|jobadder|occupop|hibob|homerun|recruiterbox|trakstar|polymer|notion|webflow"
    r"|wordpress|wix|squarespace|linkedin|facebook|instagram|xing|youtube|twitter|indeed|glassdoor|google|kununu|stepstone|monster|hellowork|infojobs)"
    r"(,? (inc|llc|gmbh|ltd|hr|ag|se|software|careers?|logo))*\.?$"
)
"""Recruiting software, site builders, networks and job boards, folded: their names stand on the pages of others."""
_SHARED_HOSTS = re.compile(
    r"^(?:[^.]+\.)*?(?P<tenant>[^.]+)\.(?:notion\.site|webflow\.io|wixsite\.com|squarespace\.com|wordpress\.com|myshopify\.com|carrd\.co|framer\.(?:website|app|ai)|netlify\.app|vercel\.app"
    r"|pages\.dev|web\.app|firebaseapp\.com|herokuapp\.com|github\.io|gitlab\.io|hubspotpagebuilder\.com|hs-sites\.com|super\.site|softr\.app|bubbleapps\.io|weebly\.com|jimdosite\.com"
    r"|jimdofree\.com|strikingly\.com|odoo\.com|google\.site|azurewebsites\.net|cloudfront\.net|recruitee\.com|breezy\.hr|bamboohr\.com|teamtailor\.com|applytojob\.com|pinpointhq\.com"
    r"|freshteam\.com|zohorecruit\.\w+|softgarden\.io|jobs\.personio\.(?:de|com)|hire\.trakstar\.com|careers-page\.com|factorialhr\.\w+|homerun\.co|onlyfy\.jobs|hirehive\.com|talentlyft\.com"
    r"|traffit\.com|workable\.com|jobylon\.com|talentclue\.com|gupy\.io|icims\.com|taleo\.net|avature\.net|csod\.com)$"
)
"""Hosts below which each of many sites has a name of its own."""
_VENDOR_HOSTS = re.compile(
    r"(?:^|\.)(?:lever\.co|ashbyhq\.com|greenhouse\.io|smartrecruiters\.com|workable\.com|rippling\.com|gem\.com|join\.com|gusto\.com|wellfound\.com"
    r"|welcometothejungle\.com|linkedin\.com|indeed\.com|notion\.site|jobvite\.com|dover\.com|ycombinator\.com|workatastartup\.com|xing\.com|icims\.eu)$"
)
"""Hosts that keep the boards of many companies, each below a first segment of the path."""
_NOT_TENANTS = frozenset(
    {
        "jobs",
        "job",
        "careers",
        "career",
        "companies",
        "company",
        "embed",
        "en",
        "de",
        "fr",
        "es",
        "portal",
        "o",
        "p",
        "j",
        "board",
    }
)
_GENERIC_WORDS = (
    "www www2 jobs job careers career karriere carriere carrieres carreras empleo work apply boards join hire hiring recruiting "
    "recruitment recruit talent jobboard stellen stellenangebote bewerbung com co net org io app ats hr portal emplois emploi "
    "kariera praca prace lavora vacatures vagas rekrytering jobb en de fr es us uk eu ac edu gov global corp corporate group"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_AROUND = re.compile(
    r"^(?:careers?|jobs?|karriere|work(?:ing)?|life|stellenangebote|join|welcome to|about|open positions|current openings|emplois?|offres d.emploi|bolsa de (?:trabajo|empleo)|ofertas de empleo|empleo|trabaja|vagas|carreiras|lavora|werken|vacatures|oferty pracy|kariera|stellen)"
    r"\s+(?:en|na|no|em|de|del|w|v|u|chez|bij|da|di|con|at|with|bei|chez|hos|@|from|in der|by|for|of)\s+|^(?:join|welcome to|bolsa de (?:trabajo|empleo)|ofertas de empleo|offres d.emploi|oferty pracy|stellenangebote|werken bij|lavora con|trabaja en)\s+"
    r"|\s*[|:–—-]?\s*\b(?:careers?(?: site| page| portal| center)?|jobs?|job board|job openings|karriere(?:portal|seite)?|career opportunities"
    r"|stellenangebote|recruiting|recruitment|recrutement|empleo|trabaja con nosotros|kariera|kariéra|vacatures|logo(?:type)?|home ?page|website|official site)\s*$"
    r"|\s*[®™©]",
    re.IGNORECASE,
)
_HOST_AFFIXES = re.compile(
    r"^(?:jobs?|careers?|karriere|empleo|empleos|trabaja(?:en|con)?|join|work(?:at|with|for)?|lifeat|get|go|we|team|apply|hello|emploi|carriere|jobsat|careersat)"
    r"(?=[a-z]{4})|(?<=[a-z]{3})(?:jobs?|careers?|karriere|hq|group|gruppe|inc|recruiting|recruitment|hiring|talent|app|hr|gmbh|ag|global)$"
)


_FEW = 6
"""Letters that the parts of a token must have for a name that holds them all to be its own."""
_ICIMS = re.compile(r"^(?:careers?|jobs?|[a-z]{2})-|-(?:careers?|jobs?)$")
"""What stands around a tenant in a host's name: `careers-northwind`."""


def tidy(text: str) -> str:
    """A company's name without the words around it: `Careers at Northwind®` and `Northwind Logo` give `Northwind`."""
    name = squeeze(text)[:200].strip(" -–—|,:·•")
    for _ in range(2):
        name = _AROUND.sub("", name).strip(" -–—|,:·•")
    return name


def is_vendor(name: str) -> bool:
    """Whether a name is that of recruiting software, a site builder or a network."""
    return _VENDORS.match(fold(name)) is not None


def tokens_of(url: str) -> tuple[str, ...]:
    """What in an address may be the company's name: the tenant on a vendor's host, else the labels of the host, the likeliest first."""
    host = host_of(url)
    if (shared := _SHARED_HOSTS.match(host)) is not None and shared["tenant"] not in _GENERIC:
        return (_ICIMS.sub("", shared["tenant"]),)
    if _VENDOR_HOSTS.search(host):
        segments = [unquote(s) for s in urlsplit(url).path.split("/") if s]
        return tuple(
            s.lower()
            for s in segments[:2]
            if fold(s) not in _NOT_TENANTS and not re.fullmatch(r"[\d-]+|[0-9a-f-]{36}", s)
        )[:1]
    labels = [
        label for label in host.split(".")[:-1] if label not in _GENERIC and not re.fullmatch(r"wd\d+|\d+", label)
    ]
    return tuple(sorted(labels, key=lambda label: len(label) <= 2))


def same_as_token(name: str, token: str) -> bool:
    """Whether a name and a token of an address are one: alike without blanks, one the head of the other, or its initials."""
    plain = re.sub(r"[^a-z0-9]", "", fold(name))
    stated, token = token.lower(), re.sub(r"[^a-z0-9]", "", token.lower())
    bare = _HOST_AFFIXES.sub("", token)
    if not plain or not token:
        return False
    spelled = [word for word in re.split(r"[^a-z0-9]+", fold(name)) if word]
    parts = [part for part in re.split(r"[^a-z0-9]+", stated) if part]
    if len(parts) > 1 and len("".join(parts)) > _FEW and all(part in spelled for part in parts):
        return True  # "Praxis Dr. Lindner" at `praxis-lindner`
    if plain in (token, bare) or (
        min(len(plain), len(bare)) >= 4 and (plain.startswith(bare) or bare.startswith(plain))
    ):
        return True
    return len(spelled) > 1 and "".join(word[0] for word in spelled) == token


def spelled_out(token: str, texts: list[str]) -> str | None:
    """A token as the page writes it: `acmerobotics` as "Acme Robotics" where that stands in a text with a capital letter."""
    plain = re.sub(r"[^a-z0-9]", "", token.lower())
    wanted = {plain, _HOST_AFFIXES.sub("", plain)}
    wanted = {w for w in wanted if len(w) >= 3}
    for text in texts if wanted else ():
        words = text.split()
        plains = [re.sub(r"[^a-z0-9]", "", fold(word)) for word in words]
        for start, first in enumerate(plains):
            if first and words[start][:1].isupper() and any(w.startswith(first) for w in wanted):
                run = ""
                for end in range(start, min(start + 7, len(words))):
                    run += plains[end]
                    if run in wanted:
                        return " ".join(words[start : end + 1]).strip(" ,.;:!?()[]\"'“”")
    return None


def humanise(token: str) -> str:
    """A token as a name: `acme-robotics` → `Acme Robotics`; capitals that are there stay."""
    words = token.replace("-", " ").replace("_", " ").split()
    return " ".join(word if any(c.isupper() for c in word) else word.capitalize() for word in words)
