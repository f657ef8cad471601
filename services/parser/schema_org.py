"""schema.org JobPosting, from whatever syntax it was read, as a RawPosting. Values of the wrong type are expected."""

import re
from html import unescape

from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import RawPosting, Source, Sourced
from quiethire.domain.urls import absolute_url
from services.parser.normalise.address import in_words
from services.parser.normalise.gazetteer import state_names
from services.parser.normalise.postal import address_end
from services.parser.normalise.posting import MAX_ID
from services.parser.normalise.text import squeeze
from services.parser.schema_pay import salary_of
from services.parser.schema_values import MAX_NAMES, Json, first_text, names_in, texts_in


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
    remote = texts_in(item.get("jobLocationType"))
    return RawPosting(
        url=url,
        external_id=_identifier(item.get("identifier")),
        title=reader.sourced("title", "name"),
        company=reader.name_of("hiringOrganization", "hiringOrganisation"),
        locations=reader.places(),
        workplace=Sourced(value=remote[0], source=source, path=f"{path}.jobLocationType") if remote else None,
        remote_allowed_in=reader.allowed(),
        job_type=reader.joined("employmentType"),
        department=reader.department(),
        description_html=reader.description(),
        salary=salary_of(item, source, path),
        posted_at=reader.sourced("datePosted"),
        valid_through=reader.sourced("validThrough"),
        language=reader.sourced("inLanguage"),
    )


def address_of(item: Json, base: str) -> str:
    """The address that an item states as its own, else that of its page. A place within a page is none."""
    for name in ("url", "mainEntityOfPage", "@id"):
        value = item.get(name)
        holders = [value.get("@id"), value.get("url")] if isinstance(value, dict) else [value]
        for text in map(first_text, holders):
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
            if text := first_text(self.item.get(name)):
                return self._at(name, squeeze(unescape(text)))
        return None

    def joined(self, name: str) -> Sourced | None:
        texts = texts_in(self.item.get(name))
        return self._at(name, ", ".join(texts)) if texts else None

    def name_of(self, *names: str) -> Sourced | None:
        for name in names:
            if found := names_in(self.item.get(name)):
                return self._at(name, squeeze(unescape(found[0])))
        return None

    def department(self) -> Sourced | None:
        stated = self.name_of("occupationalCategory") if not _is_code(self.item.get("occupationalCategory")) else None
        employer = self.item.get("hiringOrganization")
        named = names_in(employer.get("department")) if isinstance(employer, dict) else []
        within = self._at("hiringOrganization.department", squeeze(unescape(named[0]))) if named else None
        return stated or self.name_of("employmentUnit") or within

    def description(self) -> Sourced | None:
        parts = [
            (name, first_text(self.item.get(name)))
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
        texts = [text for place in places[:MAX_NAMES] for text in _places_of(place)]
        return tuple(self._at("jobLocation", text) for text in texts[:MAX_NAMES])

    def allowed(self) -> tuple[Sourced, ...]:
        name = "applicantLocationRequirements"
        value = self.item.get(name)
        entries = value[:MAX_NAMES] if isinstance(value, list) else [value]
        return tuple(self._at(name, text) for entry in entries for text in _land(entry))


def _places_of(place: object) -> list[str]:
    """One jobLocation as texts, of which a list of addresses gives several: each address, or the name of the place."""
    if isinstance(place, str):
        return list(filter(None, [squeeze(unescape(place))]))
    if not isinstance(place, dict):
        return []
    address = place.get("address")
    stated = address[:MAX_NAMES] if isinstance(address, list) and address else _towns(address)
    texts = [text for each in stated if (text := _address(each, place)) is not None]
    return texts or names_in(place)[:1]


def _towns(address: object) -> list[object]:
    """One address as one for each of the towns that it lists, each with the region beside it where there are as many."""
    towns = address.get("addressLocality") if isinstance(address, dict) else None
    if not isinstance(address, dict) or not isinstance(towns, list) or len(towns) < 2:
        return [address]
    listed = {name: value for name, value in address.items() if isinstance(value, list) and len(value) == len(towns)}
    return [{**address, **{name: value[at] for name, value in listed.items()}} for at in range(len(towns[:MAX_NAMES]))]


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
    text = squeeze(unescape(first_text(value) or next(iter(names_in(value)), "")))
    return None if text.lower() in ("null", "undefined", "n/a", "none", "-") else text


def _land(entry: object) -> list[str]:
    """Where one may apply from; the code of what says that it is a state, in words: `CA` is a country's too."""
    names = names_in(entry)
    if not isinstance(entry, dict):
        return names
    address = entry.get("address")
    if not names and isinstance(address, dict):
        return list(filter(None, [_part(address.get("addressCountry"))]))
    if "state" not in types_of(entry):
        return names
    return [state_names().get(name, name) for name in names]


def _identifier(value: object) -> str | None:
    text = first_text(value.get("value") if isinstance(value, dict) else value)
    return text if text and len(text) <= MAX_ID else None


def _is_code(value: object) -> bool:
    """Occupation codes (O*NET, ISCO) are no department."""
    return bool(re.match(r"[\d.-]+", first_text(value) or ""))
