"""Postings to fingerprints: what is compared of each, and the keys under which its like is found."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from quiethire.domain.board import WEBSITE
from quiethire.domain.cluster import Fingerprint, Standing
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import JobPosting
from services.duplicates import companies, places, texts, titles
from services.duplicates.hashing import hash32, hash64
from services.duplicates.names import Recognise, names_of
from services.duplicates.words import fold

METHOD = 3
"""To be raised with every change of what a fingerprint holds: stored ones are then made anew."""

PLACES_LOOKED_FOR = 2
"""Places of a posting under which another company's copy of it is looked for."""

_SAID = 3
"""Letters that a company's name must have for its mention to mean something."""


def fingerprints(rows: Sequence[StoredPosting], recognise: Recognise) -> list[Fingerprint]:
    """The fingerprints of stored postings. Pure; the same posting gives the same one everywhere."""
    shingled = [texts.shingles(row.posting.description_text) for row in rows]
    return [
        _fingerprint(row, digest, len(shingles), recognise)
        for row, digest, shingles in zip(rows, texts.minima(shingled), shingled, strict=True)
    ]


def _fingerprint(row: StoredPosting, digest: Sequence[int], count: int, recognise: Recognise) -> Fingerprint:
    posting = row.posting
    company = companies.company_key(posting.company_name)
    where = places.place_keys(posting.locations)
    title = " ".join(
        titles.title_words(posting.title, company=posting.company_name, places=places.place_names(posting.locations))
    )
    names = names_of(posting, recognise)
    spoken = fold(posting.company_name)
    return Fingerprint(
        job_id=posting.id,
        method=METHOD,
        first_seen_at=row.first_seen_at,
        board=hash64(posting.board_key) if posting.board_key else 0,
        company=company,
        domain=hash32(posting.company_domain) if posting.company_domain else 0,
        title=hash32(title),
        department=hash32(fold(posting.department)) if posting.department else 0,
        places=where,
        names=names,
        text=texts.sketch(digest),
        shingles=min(count, 65_535),
        standing=_standing(posting),
        speaks_of_itself=len(spoken) >= _SAID and spoken in fold(posting.description_text),
        keys=tuple(sorted({*_keys(company, title, where, digest, count), *(_narrow(name) for name in names)})),
    )


def _keys(company: str, title: str, where: Sequence[str], digest: Sequence[int], count: int) -> Iterator[int]:
    """The same company and title; the same title and place and a part of the text."""
    if company:
        yield hash32("company", company, title)
    if count:
        for place in where[:PLACES_LOOKED_FOR] or ("",):
            for band in texts.bands(digest):
                yield hash32("text", title, place, band)


def _narrow(name: int) -> int:
    """A name as a key, of half its bits: keys only lead to what is then compared."""
    return name & 0xFFFFFFFF


def _standing(posting: JobPosting) -> Standing:
    if companies.is_agency(posting.company_name):
        return Standing.AGENCY
    if posting.ats != WEBSITE and posting.board_key is not None:
        return Standing.OWN  # On an ATS, which belongs to who posts there.
    host = (urlsplit(posting.url).hostname or "").removeprefix("www.")
    home = posting.company_domain or ""
    if home:
        company = companies.company_key(posting.company_name)
        label = "".join(sign for sign in home.split(".")[0] if sign.isalnum())
        mine = host == home or host.endswith(f".{home}")
        return Standing.OWN if mine and companies.same_company(company, label) else Standing.ELSEWHERE
    label = companies.company_key(posting.company_name)
    return Standing.OWN if label and label in host.replace("-", "").replace(".", "") else Standing.ELSEWHERE
