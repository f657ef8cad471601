"""schema.org JobPosting, from whatever syntax it was read, as a RawPosting. Values of the wrong type are expected."""

import re
from html import unescape

from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import RawPosting, RawSalary, Source, Sourced
from quiethire.domain.urls import absolute_url
from services.parser.normalise.address import in_words
from services.parser.normalise.gazetteer import state_names
from services.parser.normalise.postal import address_end
from services.parser.normalise.posting import MAX_ID
from services.parser.normalise.text import squeeze

MAX_PLACES = 100

Json = dict[str, object]


def types_of(item: Json) -> set[str]:
    """The types of an item without the vocabulary's address; properties and types are compared in lower case."""
    stated = item.get("@type") or item.get("type")
    names = stated if isinstance(stated, list) else [stated]
    return {re.split(r"[/#:]", name)[-1].lower() for name in names if isinstance(name, str)}


def is_job_posting(item: Json) -> bool:
    """Whether an item is a JobPosting."""
    return "jobposting" in types_of(item)


def to_raw(item: Json, *, url: str, source: Source, path: str) -> RawPosting:
    """What a JobPosting states, with the path of each value."""
    reader = _Item(item, source, path)
    remote = _texts(item.get("jobLocationType"))
    return RawPosting(
        url=url,
        external_id=_identifier(item.get("identifier")),
        title=reader.sourced("title", "name"),
        company=reader.name_of("hiringOrganization", "hiringOrganisation"),
        locations=reader.places(),
        workplace=Sourced(value=remote[0], source=source, path=f"{path}.jobLocationType") if remote else None,
        remote_allowed_in=reader.allowed(),
        job_type=reader.joined("employmentType"),
        department=reader.sourced("occupationalCategory") if not _is_code(item.get("occupationalCategory")) else None,
        description_html=reader.description(),
        salary=reader.salary(),
        posted_at=reader.sourced("datePosted"),
        valid_through=reader.sourced("validThrough"),
        language=reader.sourced("inLanguage"),
    )


def address_of(item: Json, base: str) -> str:
    """The address that an item states as its own, else that of its page. A place within a page is none."""
    for name in ("url", "mainEntityOfPage", "@id"):
        value = item.get(name)
        holders = [value.get("@id"), value.get("url")] if isinstance(value, dict) else [value]
        for text in map(_first_text, holders):
            if text and "#" not in text:
                try:
                    return absolute_url(text, base)
                except InvalidInput:
                    continue
    return base


class _Item:
    def __init__(self, item: Json, source: Source, path: str) -> None:
        self.item = item
        self.source = source
        self.path = path

    def _at(self, name: str, value: str) -> Sourced:
        return Sourced(value=value, source=self.source, path=f"{self.path}.{name}")

    def sourced(self, *names: str) -> Sourced | None:
        for name in names:
            if text := _first_text(self.item.get(name)):
                return self._at(name, squeeze(unescape(text)))
        return None

    def joined(self, name: str) -> Sourced | None:
        texts = _texts(self.item.get(name))
        return self._at(name, ", ".join(texts)) if texts else None

    def name_of(self, *names: str) -> Sourced | None:
        for name in names:
            if found := _names(self.item.get(name)):
                return self._at(name, squeeze(unescape(found[0])))
        return None

    def description(self) -> Sourced | None:
        parts = [
            (name, _first_text(self.item.get(name)))
            for name in ("description", "responsibilities", "qualifications", "skills")
        ]
        kept: list[str] = []
        for name, text in parts:
            # The sections are often repeats of what the description holds.
            if text and (name == "description" or (len(text) > 40 and text[:80] not in "".join(kept))):
                kept.append(text)
        return self._at("description", "\n\n".join(kept)) if kept else None

    def places(self) -> tuple[Sourced, ...]:
        value = self.item.get("jobLocation")
        places = value if isinstance(value, list) else [value]
        texts = [text for place in places[:MAX_PLACES] for text in _places_of(place)]
        return tuple(self._at("jobLocation", text) for text in texts[:MAX_PLACES])

    def allowed(self) -> tuple[Sourced, ...]:
        name = "applicantLocationRequirements"
        value = self.item.get(name)
        entries = value[:MAX_PLACES] if isinstance(value, list) else [value]
        return tuple(self._at(name, text) for entry in entries for text in _land(entry))

    def salary(self) -> RawSalary | None:
        for name in ("baseSalary", "estimatedSalary"):
            value = self.item.get(name)
            for entry in value if isinstance(value, list) else [value]:
                if (found := self._pay(entry, f"{self.path}.{name}")) is not None:
                    return found
        return None

    def _pay(self, entry: object, path: str) -> RawSalary | None:
        currency = _first_text(self.item.get("salaryCurrency"))
        if isinstance(entry, (str, int, float)) and not isinstance(entry, bool):
            return (
                RawSalary(
                    source=self.source,
                    path=path,
                    text=str(entry),
                    currency=currency,
                    period=_first_text(self.item.get("salaryUnit")),
                )
                if entry
                else None
            )
        if not isinstance(entry, dict):
            return None
        currency = _first_text(entry.get("currency")) or currency
        amount = entry.get("value") if entry.get("value") is not None else entry
        amount = amount[0] if isinstance(amount, list) and amount else amount
        period = _first_text(entry.get("unitText")) or _first_text(entry.get("duration"))
        if not isinstance(amount, dict):
            number = _number(amount)
            if number is None:
                return (
                    RawSalary(source=self.source, path=path, text=amount, currency=currency, period=period)
                    if isinstance(amount, str)
                    else None
                )
            return RawSalary(source=self.source, path=path, min=number, max=number, currency=currency, period=period)
        # A form that was left empty says 0.
        low, high, single = (_number(amount.get(name)) or None for name in ("minValue", "maxValue", "value"))
        period = _first_text(amount.get("unitText")) or period
        currency = currency or _first_text(amount.get("currency"))
        worded = _bounds(amount) if low is None or high is None else None
        if low is None and high is None and worded is None:
            low = high = single
        if worded is not None or (low is None and high is None):
            names = ("value", "minValue", "name", "description")
            text = worded or next((t for name in names if (t := _first_text(amount.get(name)))), None)
            return (
                RawSalary(source=self.source, path=path, text=text, currency=currency, period=period) if text else None
            )
        return RawSalary(source=self.source, path=path, min=low, max=high, currency=currency, period=period)


def _bounds(amount: Json) -> str | None:
    """Bounds that are stated in words, as one range: "$50,000" and "60k"; None where they are numbers, or none."""
    low, high = (_first_text(amount.get(name)) or "" for name in ("minValue", "maxValue"))
    if all(_number(end) is not None or not re.search(r"\d", end) for end in (low, high)):
        return None
    low, high = (end if _number(end) != 0 and re.search(r"\d", end) else "" for end in (low, high))
    if low and high and low != high:
        return f"{low} - {high}"
    return low if low == high else f"from {low}" if low else f"up to {high}"


def _places_of(place: object) -> list[str]:
    """One jobLocation as texts, of which a list of addresses gives several: each address, or the name of the place."""
    if isinstance(place, str):
        return list(filter(None, [squeeze(unescape(place))]))
    if not isinstance(place, dict):
        return []
    address = place.get("address")
    stated = address[:MAX_PLACES] if isinstance(address, list) and address else [address]
    texts = [text for each in stated if (text := _address(each, place)) is not None]
    return texts or _names(place)[:1]


def _address(address: object, place: Json) -> str | None:
    """One address as text. Where a form has but one line for it, the place is at its end."""
    if isinstance(address, str):
        return squeeze(unescape(address)) or None
    holder = address if isinstance(address, dict) else place
    names: list[str | None]
    *names, country = (_part(holder.get(name)) for name in ("addressLocality", "addressRegion", "addressCountry"))
    if not any(names):
        names = [address_end(_part(holder.get("streetAddress")) or "")]
    return in_words(names, country) or None


def _part(value: object) -> str | None:
    """One part of an address; nothing where a form was left empty."""
    text = squeeze(unescape(_first_text(value) or next(iter(_names(value)), "")))
    return None if text.lower() in ("null", "undefined", "n/a", "none", "-") else text


def _land(entry: object) -> list[str]:
    """Where one may apply from; the code of what says that it is a state, in words: `CA` is a country's too."""
    names = _names(entry)
    if not isinstance(entry, dict):
        return names
    address = entry.get("address")
    if not names and isinstance(address, dict):
        return list(filter(None, [_part(address.get("addressCountry"))]))
    if "state" not in types_of(entry):
        return names
    return [state_names().get(name, name) for name in names]


def _identifier(value: object) -> str | None:
    text = _first_text(value.get("value") if isinstance(value, dict) else value)
    return text if text and len(text) <= MAX_ID else None


def _is_code(value: object) -> bool:
    """Occupation codes (O*NET, ISCO) are no department."""
    return bool(re.match(r"[\d.-]+", _first_text(value) or ""))


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [
        str(v).strip()
        for v in values[:50]
        if isinstance(v, (str, int, float)) and not isinstance(v, bool) and str(v).strip()
    ]


def _first_text(value: object) -> str | None:
    return next(iter(_texts(value)), None)


def _names(value: object) -> list[str]:
    """Names of things that are given as text, as an object with a name, or as a list of either."""
    found: list[str] = []
    for entry in (value if isinstance(value, list) else [value])[:MAX_PLACES]:
        if isinstance(entry, dict):
            found += [name for key in ("name", "legalName", "address") if (name := _first_text(entry.get(key)))][:1]
        else:
            found += _texts(entry)[:1]
    return found


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if not isinstance(value, str):
        return None
    text = re.sub(r"[\s'’]", "", value)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d{1,2})?", text) or re.fullmatch(r"\d+,\d{1,2}", text):
        text = text.replace(".", "").replace(",", ".")  # "45.000" and "14,50" as much of Europe writes them
    return float(plain) if re.fullmatch(r"\d{1,12}(\.\d+)?", plain := text.replace(",", "")) else None
