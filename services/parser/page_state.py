"""Postings in a page's embedded state: the JSON that script frameworks leave in a page for their own use.

`__NEXT_DATA__`, `window.__INITIAL_STATE__ = {…}`, `self.__next_f.push([…])`, `<script type="application/json">` and their kin
differ in name only: all are JSON, and an object in them that looks like a posting is one whatever the page calls it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import orjson

from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from services.parser.document import Document
from services.parser.normalise.text import fold, squeeze
from services.parser.schema_org import Json

MAX_STATE = 5_000_000
"""Characters of state that are read of one page."""
MAX_SCRIPTS = 200
MAX_NODES = 200_000
MAX_DEPTH = 40
MAX_FOUND = 5_000
_TRIES = 50
"""Assignments of one script that are tried."""
_ENOUGH_TEXT = 200
"""Characters of a description."""

_TITLED = re.compile(r"\\?\"(?:job_?title|title|name|text|position_?title)\\?\"\s?:", re.IGNORECASE)
_FACTUAL = re.compile(
    r"\\?\"(?:[a-z_]{0,20}locations?[a-z_]{0,20}|departments?[a-z_]{0,20}|[a-z_]{0,12}description[a-z_]{0,12}|employment_?type|job_?id)\\?\"\s?:|__next_f",
    re.IGNORECASE,
)
"""What a state with postings holds: a cheap look before anything is parsed."""
_ASSIGNED = re.compile(r"(?:=|JSON\.parse\(|\.push\(|^)\s{0,20}(?=[\[{\"])")
_FLIGHT_ROW = re.compile(r"^[0-9a-f]{1,6}:(?=[\[{])", re.MULTILINE)

_TITLE = (
    "title",
    "jobtitle",
    "positiontitle",
    "postingtitle",
    "jobpostingtitle",
    "requisitiontitle",
    "name",
    "text",
    "position",
)
_DESCRIPTION = (
    "descriptionhtml", "jobdescription", "jobdescriptionhtml", "description", "content", "descriptionplain", "descriptionbody", "body",
    "fulldescription", "jobad", "details",
)  # fmt: skip
_LOCATION = (
    "locationname", "location", "joblocation", "locations", "locationstext", "alllocations", "primarylocation", "worklocation",
    "joblocations", "jobcity", "city", "office", "offices", "fulllocation", "formattedlocation", "locationlabel",
)  # fmt: skip
_JOB_TYPE = (
    "employmenttype",
    "jobtype",
    "typeofemployment",
    "commitment",
    "contracttype",
    "employmentstatus",
    "timetype",
    "type",
)
_POSTED = (
    "dateposted", "publisheddate", "publishedat", "postedat", "posteddate", "postedon", "firstpublished", "publishedon", "releaseddate",
    "datepublished", "publicationdate", "jobposteddate", "postingdate", "publishdate", "opendate", "createdat",
)  # fmt: skip
_DEPARTMENT = ("departmentname", "department", "departments", "team", "teamname", "jobfunction", "function", "category")
_COMPANY = (
    "companyname",
    "company",
    "hiringorganization",
    "organizationname",
    "organization",
    "employer",
    "employername",
    "hiringcompany",
)
_WORKPLACE = ("workplacetype", "workplace", "workmodel", "worktype", "remotetype", "remotestatus", "remote", "isremote")
_CLOSES = ("validthrough", "applicationdeadline", "deadline", "closingdate", "expirationdate", "enddate", "expiresat")
_PAY = (
    "salary", "salaryrange", "compensation", "compensationtiersummary", "compensationsummary", "basesalary", "payrange", "salarytext",
    "salarydescription",
)  # fmt: skip
_URL = ("absoluteurl", "joburl", "hostedurl", "canonicalurl", "detailurl", "jobdetailurl", "postingurl", "url", "link", "href", "permalink",
        "externalpath", "path", "applyurl")  # fmt: skip
_ID = ("id", "jobid", "shortcode", "uuid", "postingid", "jobpostingid", "slug")
_APPLY = ("applyurl", "applicationurl", "applylink", "jobapplyurl")
_MARKS = frozenset(
    {
        *(
            "employmenttype",
            "jobtype",
            "typeofemployment",
            "commitment",
            "contracttype",
            "timetype",
            "workplacetype",
            "department",
        ),
        *(
            "departments",
            "departmentname",
            "departmentid",
            "team",
            "teamname",
            "jobfunction",
            "requisitionid",
            "internaljobid",
            "jobid",
        ),
        *(
            "jobrequisitionid",
            "reqid",
            "requisitionnumber",
            "applyurl",
            "applicationurl",
            "hostedurl",
            "joburl",
            "dateposted",
            "validthrough",
        ),
        *(
            "applicationdeadline",
            "isremote",
            "salaryrange",
            "compensationtiersummary",
            "jobtitle",
            "hiringorganization",
            "shortcode",
        ),
        *("jobdescription", "experiencelevel", "seniority", "contracttypes", "jobcategory", "postedon", "joblocation"),
    }
)
"""Properties that postings have and other titled things (articles, products, people) have not."""
_UNDER = re.compile(r"(?:job|posting|position|opening|vacanc|requisition|stelle|opportunit|role)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """An object that looks like a posting; its properties by lower-case names without separators, and its path."""

    values: Json
    path: str
    keys: dict[str, str]
    """How the state itself spells the properties."""
    root: object = None
    """The whole state that the object is in."""

    def text(self, *names: str) -> tuple[str, str] | None:
        """The first of these properties that holds a text, or an object with a name, with its name."""
        for name in names:
            if texts := _texts(self.values.get(name)):
                return texts[0], name
        return None

    def at(self, name: str) -> str:
        """The path of a property."""
        return f"{self.path}.{self.keys.get(name, name)}"

    @property
    def title(self) -> str:
        """The title, in one line."""
        found = self.text(*_TITLE)
        return squeeze(found[0]) if found else ""

    @property
    def address(self) -> str | None:
        """The address of the posting as stated, relative or not."""
        found = next((v for name in _URL if isinstance(v := self.values.get(name), str) and _like_address(v)), None)
        return found.strip() if found else None

    @property
    def ids(self) -> tuple[str, ...]:
        """What the posting is told apart by."""
        return tuple(
            str(v) for name in _ID if isinstance(v := self.values.get(name), (str, int)) and not isinstance(v, bool)
        )


def stated_postings(document: Document) -> list[Stated]:
    """Every object of the page's state that looks like a posting, in order."""
    found: list[Stated] = []
    for value, path in _states(document):
        found += _postings_in(value, path)
        if len(found) >= MAX_FOUND:
            break
    return found[:MAX_FOUND]


def read(document: Document, names: set[str]) -> RawPosting | None:
    """The posting with a description that bears one of the page's (folded) names, or is the only one with a description."""
    described = [p for p in stated_postings(document) if len((p.text(*_DESCRIPTION) or ("",))[0]) >= _ENOUGH_TEXT]
    named = [p for p in described if fold(p.title) in names]
    chosen = named[:1] or (described if len({fold(p.title) for p in described}) == 1 and _bare(document) else [])
    return _raw(chosen[0], document) if chosen else None


def _bare(document: Document) -> bool:
    return sum(len(line.text) for line in document.content) < 1_000


# --- finding ---


def _states(document: Document) -> Iterator[tuple[object, str]]:
    """The JSON values of the page's scripts, within bounds."""
    left = MAX_STATE
    flight: list[str] = []
    for index, script in enumerate(document.tree.css("script:not([src])")[:MAX_SCRIPTS]):
        kind = (script.attributes.get("type") or "").lower()
        text = script.text() or ""
        if "ld+json" in kind or len(text) < 60 or len(text) > left or not _hopeful(text):
            continue
        left -= len(text)
        where = f"script#{script.attributes.get('id')}" if script.attributes.get("id") else f"script[{index}]"
        if "__next_f" in text:
            flight += [
                part for value in _values(text) if isinstance(value, list) for part in value if isinstance(part, str)
            ]
            continue
        yield from ((value, where) for value in _values(text))
    joined = "".join(flight)
    for row in _FLIGHT_ROW.finditer(joined):
        end = joined.find("\n", row.end())
        if (value := _loads(joined[row.end() : end if end > 0 else None])) is not None:
            yield value, "__next_f"


def _hopeful(text: str) -> bool:
    return _FACTUAL.search(text) is not None and ("__next_f" in text or _TITLED.search(text) is not None)


def _values(text: str) -> Iterator[object]:
    """What a script is, assigns or passes on, as far as it is JSON; JSON within a string is opened too."""
    text = text.strip()
    whole = _loads(text) if text[:1] in "[{" else None
    if whole is not None:
        yield whole
        return
    decoder = json.JSONDecoder(strict=False)
    at, tries, wasted = 0, 0, 0
    while tries < _TRIES and wasted < MAX_STATE and (match := _ASSIGNED.search(text, at)) is not None:
        tries += 1
        at = match.end() + 1
        try:
            value, at = decoder.raw_decode(text, match.end())
        except json.JSONDecodeError as error:
            wasted += error.pos - match.end()
            continue
        except RecursionError:
            continue
        if isinstance(value, str):
            value = _loads(value) if value[:1] in ("{", "[") else None
        if isinstance(value, (dict, list)) and value:
            yield value


def _loads(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _postings_in(value: object, path: str) -> list[Stated]:
    """Walks a value without recursion; below a posting nothing more is looked for."""
    found: list[Stated] = []
    stack: list[tuple[object, str, str, int]] = [(value, path, "", 0)]
    nodes = 0
    while stack and nodes < MAX_NODES and len(found) < MAX_FOUND:
        current, where, key, depth = stack.pop()
        nodes += 1
        if isinstance(current, dict):
            if (posting := _posting(current, where, key)) is not None:
                found.append(replace(posting, root=value))
                continue
            entries = [(v, f"{where}.{k}", str(k)) for k, v in current.items()]
        elif isinstance(current, list):
            entries = [(v, f"{where}[{i}]", key) for i, v in enumerate(current)]
        else:
            continue
        if depth < MAX_DEPTH:
            stack += [(v, w, k, depth + 1) for v, w, k in reversed(entries) if isinstance(v, (dict, list))]
    return found


def _posting(item: Json, path: str, key: str) -> Stated | None:
    """The object as a posting: a title, a place or a description, and a mark of postings or a place below a word for jobs."""
    if len(item) < 3:
        return None
    # A record may keep its properties one level down: {"id": …, "attributes": {"title": …}}.
    inner = next(
        (v for name in ("attributes", "fields", "node", "data") if isinstance(v := item.get(name), dict)), None
    )
    values = {_name(k): v for k, v in ({**item, **inner} if inner else item).items()}
    title = next((v for name in _TITLE if isinstance(v := values.get(name), str) and v.strip()), None)
    if title is None or not 3 <= len(title.strip()) <= 200:
        return None
    placed = any(_texts(values.get(name)) for name in _LOCATION)
    described = any(isinstance(v := values.get(name), str) and len(v) >= _ENOUGH_TEXT for name in _DESCRIPTION)
    marks = len(_MARKS & values.keys())
    if not (placed or described) or marks + bool(_UNDER.search(key)) < 2:
        return None
    return Stated(values, path, {_name(k): str(k) for k in (*item, *(inner or ()))})


def _name(key: object) -> str:
    return str(key).lower().replace("_", "").replace("-", "")


def _like_address(text: str) -> bool:
    return text.strip().startswith(("http://", "https://", "/")) and len(text) < 1_000


def _texts(value: object, depth: int = 0) -> list[str]:
    """Texts of a value: itself, the names of objects, places as "city, region, country"."""
    if isinstance(value, bool) or value is None or depth > 3:
        return []
    if isinstance(value, (str, int, float)):
        return [str(value).strip()] if str(value).strip() else []
    if isinstance(value, list):
        return [text for entry in value[:30] for text in _texts(entry, depth + 1)]
    if isinstance(value, dict):
        named = {_name(k): v for k, v in value.items()}
        for name in ("name", "label", "text", "title", "displayname", "fulllocation", "rendered", "value"):
            if texts := _texts(named.get(name), depth + 1):
                return texts[:1]
        parts = [t for n in ("city", "addresslocality", "state", "region", "addressregion", "country", "addresscountry")
                 for t in _texts(named.get(n), depth + 1)[:1]]  # fmt: skip
        return [", ".join(dict.fromkeys(parts))] if parts else []
    return []


# --- reading ---


def _raw(stated: Stated, document: Document) -> RawPosting:
    def sourced(*names: str) -> Sourced | None:
        found = stated.text(*names)
        return Sourced(value=found[0], source=Source.HTML, path=stated.at(found[1])) if found else None

    return RawPosting(
        url=document.url,
        title=Sourced(value=stated.title, source=Source.HTML, path=f"{stated.path}.title"),
        company=sourced(*_COMPANY) or _owner(stated),
        locations=_places(stated),
        workplace=_workplace(stated),
        job_type=sourced(*_JOB_TYPE),
        department=sourced(*_DEPARTMENT),
        description_html=sourced(*_DESCRIPTION),
        salary=_pay(stated),
        posted_at=sourced(*_POSTED),
        valid_through=sourced(*_CLOSES),
        application_url=next((v for name in _APPLY if isinstance(v := stated.values.get(name), str) and _like_address(v)), None),
        language=document.language,
    )  # fmt: skip


def _owner(stated: Stated) -> Sourced | None:
    """The organisation that the state around the posting is about, at most three levels down: `{"organization": {"name": …}}`."""
    level: list[tuple[object, str]] = [(stated.root, stated.path.partition(".")[0])]
    for _ in range(4):
        below: list[tuple[object, str]] = []
        for holder, path in level[:200]:
            entries = list(enumerate(holder[:20])) if isinstance(holder, list) else []
            for key, value in holder.items() if isinstance(holder, dict) else entries:
                name = value.get("name") if isinstance(value, dict) and _name(key) in _COMPANY else None
                if isinstance(name, str) and name.strip():
                    return Sourced(value=name, source=Source.HTML, path=f"{path}.{key}.name")
                below.append((value, f"{path}.{key}"))
        level = below
    return None


def _places(stated: Stated) -> tuple[Sourced, ...]:
    """The first property that names places; a city gets its region and country from beside it."""
    for name in _LOCATION:
        texts = _texts(stated.values.get(name))
        if name in ("city", "jobcity") and texts:
            around = [t for n in ("state", "region", "country") for t in _texts(stated.values.get(n))[:1]]
            texts = [", ".join(dict.fromkeys((texts[0], *around)))]
        if texts:
            return tuple(Sourced(value=t, source=Source.HTML, path=stated.at(name)) for t in texts[:30])
    return ()


def _workplace(stated: Stated) -> Sourced | None:
    for name in _WORKPLACE:
        value = stated.values.get(name)
        text = "remote" if value is True else value if isinstance(value, str) and value.strip() else None
        if text:
            return Sourced(value=text, source=Source.HTML, path=stated.at(name))
    return None


def _pay(stated: Stated) -> RawSalary | None:
    """Two numbers with a currency, else a text."""
    holders = [stated.values, *(v for name in _PAY if isinstance(v := stated.values.get(name), dict))]
    for holder in holders:
        values = {_name(k): v for k, v in holder.items()}
        low = _first_number(
            values, "salarymin", "minsalary", "salaryfrom", "compensationmin", "min", "minvalue", "from"
        )
        high = _first_number(values, "salarymax", "maxsalary", "salaryto", "compensationmax", "max", "maxvalue", "to")
        currency = next(
            iter(
                _texts(values.get("salarycurrency"))
                + _texts(values.get("currency"))
                + _texts(values.get("currencycode"))
            ),
            None,
        )
        period = next((t for n in ("salaryperiod", "period", "interval", "unittext", "salaryinterval", "payperiod", "salaryunit")
                       for t in _texts(values.get(n))), None)  # fmt: skip
        if (low is not None or high is not None) and currency:
            return RawSalary(
                source=Source.HTML, path=f"{stated.path}.salary", min=low, max=high, currency=currency, period=period
            )
    text = next((v for name in _PAY if isinstance(v := stated.values.get(name), str) and v.strip()), None)
    return RawSalary(source=Source.HTML, path=f"{stated.path}.salary", text=text[:500]) if text else None


def _first_number(values: Json, *names: str) -> float | None:
    for name in names:
        value = values.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return float(value)
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}(\.\d{1,2})?", value):
            return float(value)
    return None
