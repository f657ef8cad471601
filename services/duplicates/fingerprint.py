"""Postings to fingerprints: what is compared of each, and the keys under which its like is found."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from quiethire.domain.board import WEBSITE
from quiethire.domain.cluster import Fingerprint, Standing
from quiethire.domain.company_names import company_key, core_words, plain_letters, spelled_in_hosts
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import JobPosting
from services.duplicates import companies, places, texts, titles
from services.duplicates.hashing import hash32, hash64
from services.duplicates.names import Recognise, names_of
from services.duplicates.words import fold, words

METHOD = 4
"""To be raised with every change of what a fingerprint holds: stored ones are then made anew."""

PLACES_LOOKED_FOR = 2
"""Places of a posting under which another company's copy of it is looked for."""

_SAID = 3
"""Letters that a company's name must have for its mention to mean something."""

_LONGEST_COMPANY = 40
"""Letters of a company's key that are kept."""


def fingerprints(rows: Sequence[StoredPosting], recognise: Recognise) -> list[Fingerprint]:
    """The fingerprints of stored postings. Pure; the same posting gives the same one everywhere."""
    shingled = [texts.shingles(row.posting.description_text) for row in rows]
    return [
        _fingerprint(row, digest, len(shingles), recognise)
        for row, digest, shingles in zip(rows, texts.minima(shingled), shingled, strict=True)
    ]


def _fingerprint(row: StoredPosting, digest: Sequence[int], count: int, recognise: Recognise) -> Fingerprint:
    posting = row.posting
    company = company_key(posting.company_name)[:_LONGEST_COMPANY]
    where = places.place_keys(posting.locations)
    title = " ".join(
        titles.title_words(posting.title, company=posting.company_name, places=places.place_names(posting.locations))
    )
    names = names_of(posting, recognise)
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
        speaks_of_itself=_speaks_of_itself(posting),
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


def _speaks_of_itself(posting: JobPosting) -> bool:
    """Whether the text names the company, as people speak of it: without its legal form."""
    own, text = core_words(posting.company_name), fold(posting.description_text)
    if sum(map(len, own)) < _SAID or own[0] not in text:
        return False
    named = re.compile(r"(?<![a-z0-9])" + r"\W{0,3}".join(map(re.escape, own)))
    return named.search(text) is not None


def _standing(posting: JobPosting) -> Standing:
    if companies.is_agency(posting.company_name):
        return Standing.AGENCY
    if posting.ats != WEBSITE and posting.board_key is not None:
        return Standing.OWN  # On an ATS, which belongs to who posts there.
    host = (urlsplit(posting.url).hostname or "").removeprefix("www.")
    home = posting.company_domain or ""
    names = spelled_in_hosts(posting.company_name)
    if home:
        mine = host == home or host.endswith(f".{home}")
        labels = {company_key(home.split(".")[0]), company_key(home)}
        called = any(companies.same_company(name, label) for name in names for label in labels)
        return Standing.OWN if mine and called else Standing.ELSEWHERE
    return Standing.OWN if any(_is_in(name, host) for name in names) else Standing.ELSEWHERE


def _is_in(name: str, host: str) -> bool:
    """Whether a host is called after a company. A short name must stand for itself: `sap` is none of `sapient.com`."""
    spelled = plain_letters(fold(host))
    if len(name) < companies.HEAD:
        return name in words(spelled)
    return name in spelled.replace("-", "").replace(".", "")
