"""What the search benchmark searches in and asks for: postings of the corpus and retold ones, and queries made of their words."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from quiethire.domain.lifecycle import StoredPosting, observe
from quiethire.domain.posting import JobPosting, job_id

SEEN_UNTIL = datetime.now(UTC).replace(microsecond=0) - timedelta(days=10)
"""What was seen in the last days is compared again by every rebuild: here nothing was."""

CLASSES = ("keyword", "facets", "geo", "typo", "autocomplete", "semantic")

PAGE = "page"
"""Words, filters, circles and typos in turns, with all facets counted of ours, as who names none has them, and of the naive collection
those that it has."""

_NAIVE_FACETS = "company,location,remote,job_type"

_WORDS = ("engineer", "manager", "developer", "analyst", "designer", "sales", "data", "product", "security", "customer")


@dataclass(frozen=True)
class Ask:
    """One question: to us, as the parameters of our API, and to Typesense itself as a naive client would put it."""

    ours: str
    naive: dict[str, str]

    @property
    def alike(self) -> str:
        """Ours, with as much counted as the naive client has counted."""
        if not self.ours.startswith("/api/v1/search"):
            return self.ours
        facets = self.naive.get("facet_by", "none").split(",")
        return f"{self.ours}&{urlencode({'facets': facets}, doseq=True)}"


def postings(read: Sequence[JobPosting], count: int) -> Iterator[list[StoredPosting]]:
    """So many postings made of those read, in lots of 5,000, each of a time of its own."""
    lot: list[StoredPosting] = []
    for number in range(count):
        at = SEEN_UNTIL - timedelta(minutes=number % 40_000)
        lot += observe({}, [_copy(read[number % len(read)], number // len(read), at)], at).rows
        if len(lot) == 5_000:
            yield lot
            lot = []
    if lot:
        yield lot


def _copy(posting: JobPosting, copy: int, at: datetime) -> JobPosting:
    if not copy:
        return posting
    identity = f"{posting.identity}-{copy}"
    own = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"{posting.url}-{copy}",
        "company_name": f"{posting.company_name} {copy}",
        "posted_at": at,
    }
    return posting.model_copy(update=own)


def questions(read: Sequence[JobPosting], kind: str, count: int, seed: int) -> list[Ask]:
    """So many questions of a kind, no two the same, so that no cache helps."""
    chance = random.Random(f"{kind} {seed}")
    asked: dict[str, Ask] = {}
    while len(asked) < count:
        ask = _MAKERS[kind](chance.choice(read), chance)
        if ask.ours:
            asked.setdefault(ask.ours, ask)
    return list(asked.values())


def mixed(read: Sequence[JobPosting], seed: int) -> Iterator[Ask]:
    """Questions of all kinds in turns, without end, no two the same; but beginnings of words, of which there are not so many."""
    chance, asked = random.Random(seed), set[str]()
    while True:
        for kind in CLASSES:
            for _ in range(20):
                ask = _MAKERS[kind](chance.choice(read), chance)
                if ask.ours and ask.ours not in asked:
                    break
            if ask.ours:
                asked.add(ask.ours)
                yield ask


def _title_words(posting: JobPosting, chance: random.Random) -> str:
    words = [word for word in posting.title.replace(",", " ").split() if word.isalpha() and len(word) > 2]
    extra = [skill for skill in posting.skills if skill.isalpha()]
    chosen = words[: chance.randint(1, 3)] + ([chance.choice(extra)] if extra and chance.random() < 0.5 else [])
    return " ".join(chosen).lower() or chance.choice(_WORDS)


def _keyword(posting: JobPosting, chance: random.Random) -> Ask:
    words = f"{_title_words(posting, chance)} {chance.choice(_WORDS)}"
    return Ask(f"/api/v1/search?{urlencode({'q': words})}", {"q": words})


def _facets(posting: JobPosting, chance: random.Random) -> Ask:
    words, floor = _title_words(posting, chance).split()[0], chance.randrange(20_000, 150_000)
    ours = {"q": words, "remote": chance.choice(("remote", "hybrid")), "salary_min": floor, "sort": "date"}
    return Ask(
        f"/api/v1/search?{urlencode(ours)}",
        {
            "q": words,
            "filter_by": f"remote:={ours['remote']} && salary_max:>={floor}",
            "facet_by": _NAIVE_FACETS,
            "sort_by": "posted_at:desc",
        },
    )


def _geo(posting: JobPosting, chance: random.Random) -> Ask:
    place = next((place for place in posting.locations if place.lat is not None), None)
    if place is None or place.lat is None or place.lon is None:
        return Ask("", {})
    words, km = chance.choice(_WORDS), chance.randrange(10, 200)
    lat, lon = (round(part + chance.uniform(-0.5, 0.5), 3) for part in (place.lat, place.lon))
    ours = {"q": words, "geo": f"{lat},{lon},{km}"}
    return Ask(f"/api/v1/search?{urlencode(ours)}", {"q": words, "filter_by": f"geopoint:({lat}, {lon}, {km} km)"})


def _typo(posting: JobPosting, chance: random.Random) -> Ask:
    words = _title_words(posting, chance).split()
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    if len(words[longest]) < 7:
        return Ask("", {})
    at = chance.randrange(1, len(words[longest]) - 1)
    words[longest] = words[longest][:at] + words[longest][at + 1 :]
    told = " ".join(words)
    return Ask(f"/api/v1/search?{urlencode({'q': told})}", {"q": told})


def _page(posting: JobPosting, chance: random.Random) -> Ask:
    ask = chance.choice((_keyword, _facets, _geo, _typo))(posting, chance)
    return Ask(ask.ours, {**ask.naive, "facet_by": _NAIVE_FACETS})


def _autocomplete(posting: JobPosting, chance: random.Random) -> Ask:
    words = _title_words(posting, chance)
    start = words[: chance.randint(2, min(12, max(3, len(words))))].strip()
    return Ask(f"/api/v1/suggest?{urlencode({'q': start})}", {"q": start, "per_page": "8"}) if start else Ask("", {})


def _semantic(posting: JobPosting, chance: random.Random) -> Ask:
    words = f"{_title_words(posting, chance)} {chance.choice(_WORDS)}"
    return Ask(f"/api/v1/search?{urlencode({'q': words, 'semantic': 'true'})}", {"q": words, "semantic": "true"})


_MAKERS = {
    PAGE: _page,
    "keyword": _keyword,
    "facets": _facets,
    "geo": _geo,
    "typo": _typo,
    "autocomplete": _autocomplete,
    "semantic": _semantic,
}
