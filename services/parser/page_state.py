"""Postings in a page's embedded state: the JSON that script frameworks leave in a page for their own use.

`__NEXT_DATA__`, `window.__INITIAL_STATE__ = {…}`, `self.__next_f.push([…])`, `<script type="application/json">` and their kin
differ in name only: all are JSON, and an object in them that looks like a posting is one whatever the page calls it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import orjson

from services.parser import nuxt
from services.parser.document import Document
from services.parser.normalise.address import in_words
from services.parser.normalise.text import squeeze
from services.parser.schema_values import Json

MAX_STATE = 5_000_000
"""Characters of state that are read of one page."""
MAX_SCRIPTS = 200
MAX_NODES = 500_000
"""Values that are looked at, those too that hold nothing to look into."""
MAX_DEPTH = 40
MAX_FOUND = 5_000
_TRIES = 50
"""Assignments of one script that are tried."""
ENOUGH_TEXT = 200
"""Characters of a description."""

_TITLED = re.compile(r"\\?\"(?:job_?title|title|name|text|position_?title)\\?\"\s?:", re.IGNORECASE)
_FACTUAL = re.compile(
    r"\\?\"(?:[a-z_]{0,20}locations?[a-z_]{0,20}|departments?[a-z_]{0,20}|[a-z_]{0,12}description[a-z_]{0,12}|employment_?type|job_?id)\\?\"\s?:|__next_f",
    re.IGNORECASE,
)
"""What a state with postings holds: a cheap look before anything is parsed."""
_PARTS = (
    *("ocation", "OCATION", "epartment", "EPARTMENT", "escription", "ESCRIPTION", "mployment", "MPLOYMENT"),
    *("obid", "ob_id", "obId", "obID", "OBID", "OB_ID", "__next_f"),
)
"""Parts of the words above, in every case that is in use: text without any of them is not searched by pattern."""
_NUXT = "__NUXT_"
_ASSIGNED = re.compile(r"(?:=|JSON\.parse\(|\.push\(|^)\s{0,20}(?=[\[{\"])")
_FLIGHT_ROW = re.compile(r"^[0-9a-f]{1,6}:(?=[\[{])", re.MULTILINE)

TITLE = (
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
DESCRIPTION = (
    "descriptionhtml", "jobdescription", "jobdescriptionhtml", "description", "content", "descriptionplain", "descriptionbody", "body",
    "fulldescription", "jobad", "details",
)  # fmt: skip
LOCATION = (
    "locationname", "location", "joblocation", "locations", "locationstext", "alllocations", "primarylocation", "worklocation",
    "joblocations", "jobcity", "city", "office", "offices", "fulllocation", "formattedlocation", "locationlabel",
)  # fmt: skip
_URL = ("absoluteurl", "joburl", "hostedurl", "canonicalurl", "detailurl", "jobdetailurl", "postingurl", "url", "link", "href", "permalink",
        "externalpath", "path", "applyurl")  # fmt: skip
_ID = ("id", "jobid", "shortcode", "uuid", "postingid", "jobpostingid", "slug")
_SMALLER, _LAND = ("city", "addresslocality", "state", "region", "addressregion"), ("country", "addresscountry")
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
            if texts := texts_of(self.values.get(name)):
                return texts[0], name
        return None

    def at(self, name: str) -> str:
        """The path of a property."""
        return f"{self.path}.{self.keys.get(name, name)}"

    @property
    def title(self) -> str:
        """The title, in one line."""
        found = self.text(*TITLE)
        return squeeze(found[0]) if found else ""

    @property
    def address(self) -> str | None:
        """The address of the posting as stated, relative or not."""
        found = next((v for name in _URL if isinstance(v := self.values.get(name), str) and like_address(v)), None)
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
        if _NUXT in text and (called := nuxt.called_state(text)) is not None:
            yield called, "__NUXT__"
            continue
        if script.attributes.get("id") == f"{_NUXT}DATA__":
            yield from ((nuxt.flat_state(value), where) for value in _values(text) if isinstance(value, list))
            continue
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
    if not any(part in text for part in _PARTS):
        return False
    if _NUXT in text and "function" in text:  # Its names bear no quotes.
        return True
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
    stack: list[tuple[Json | list[object], str, str, int]] = []
    if isinstance(value, (dict, list)):
        stack.append((value, path, "", 0))
    nodes = 0
    while stack and nodes < MAX_NODES and len(found) < MAX_FOUND:
        current, where, key, depth = stack.pop()
        nodes += 1 + len(current)
        if isinstance(current, dict):
            if (posting := _posting(current, where, key)) is not None:
                found.append(replace(posting, root=value))
                continue
            named = [(f".{k}", str(k), v) for k, v in current.items() if isinstance(v, (dict, list))]
        else:
            named = [(f"[{i}]", key, v) for i, v in enumerate(current) if isinstance(v, (dict, list))]
        if depth < MAX_DEPTH:
            stack += [(v, where + at, k, depth + 1) for at, k, v in reversed(named)]
    return found


def _posting(item: Json, path: str, key: str) -> Stated | None:
    """The object as a posting: a title, a place or a description, and a mark of postings or a place below a word for jobs."""
    if len(item) < 3:
        return None
    # A record may keep its properties one level down: {"id": …, "attributes": {"title": …}}.
    inner = next(
        (v for name in ("attributes", "fields", "node", "data") if isinstance(v := item.get(name), dict)), None
    )
    values = {plain_name(k): v for k, v in ({**item, **inner} if inner else item).items()}
    title = next((v for name in TITLE if isinstance(v := values.get(name), str) and v.strip()), None)
    if title is None or not 3 <= len(title.strip()) <= 200:
        return None
    placed = any(texts_of(values.get(name)) for name in LOCATION)
    described = any(isinstance(v := values.get(name), str) and len(v) >= ENOUGH_TEXT for name in DESCRIPTION)
    marks = len(_MARKS & values.keys())
    if not (placed or described) or marks + bool(_UNDER.search(key)) < 2:
        return None
    return Stated(values, path, {plain_name(k): str(k) for k in (*item, *(inner or ()))})


def plain_name(key: object) -> str:
    """A property's name in lower case without separators: `locationName` and `location_name` are one."""
    return str(key).lower().replace("_", "").replace("-", "")


def like_address(text: str) -> bool:
    """Whether a text is an address, absolute or from the root."""
    return text.strip().startswith(("http://", "https://", "/")) and len(text) < 1_000


def texts_of(value: object, depth: int = 0) -> list[str]:
    """Texts of a value: itself, the names of objects, places as "city, region, country"."""
    if isinstance(value, bool) or value is None or depth > 3:
        return []
    if isinstance(value, (str, int, float)):
        return [str(value).strip()] if str(value).strip() else []
    if isinstance(value, list):
        return [text for entry in value[:30] for text in texts_of(entry, depth + 1)]
    if isinstance(value, dict):
        named = {plain_name(k): v for k, v in value.items()}
        for name in ("name", "label", "text", "title", "displayname", "fulllocation", "rendered", "value"):
            if texts := texts_of(named.get(name), depth + 1):
                return texts[:1]
        parts, lands = (
            [t for name in names for t in texts_of(named.get(name), depth + 1)[:1]] for names in (_SMALLER, _LAND)
        )
        place = in_words(parts, lands[0] if lands else None)
        return [place] if place else []
    return []
