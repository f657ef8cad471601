"""What the page of matches is made of. Its weights re-rank what is there; the script of the page does the same sum."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from quiethire.domain.candidate import Why
from quiethire.domain.matching import FactorScore
from services.api.jobs.postings import PostingSummary
from services.api.pages.match_words import (
    LABELS,
    hidden_words,
    pay_words,
    place_words,
    reason_words,
    sentence,
    value_words,
)
from services.api.pages.posting_view import company_url
from services.api.pages.wording import ago, label
from services.api.people.match_feed import HiddenJob, MatchedJob, MatchFeed
from services.matching.factors.registry import FACTORS

MOST_WEIGHT = 100
SHOWN = 20
"""Matches that the page shows at first: each is six kilobytes."""
ALL = "all"
"""The parameter that asks for all of them."""
WHYS = {
    Why.PAY: "Pay",
    Why.PLACE: "Place",
    Why.SKILLS: "Not my skills",
    Why.LEVEL: "Level",
    Why.COMPANY: "Nothing of this company any more",
    Why.OTHER: "Something else",
}


@dataclass(frozen=True)
class Weight:
    """How much a factor counts."""

    name: str
    label: str
    value: float
    usual: float


@dataclass(frozen=True)
class Part:
    """A factor's part of a score; `x` and `width` are its place in the bar, in hundredths."""

    name: str
    label: str
    value: float | None
    points: float
    x: float
    width: float
    told: str
    reason: str


@dataclass(frozen=True)
class Job:
    """A posting in a line."""

    id: str
    url: str
    title: str
    company: str
    company_url: str
    facts: str
    pay: str
    posted: str
    posted_at: str


@dataclass(frozen=True)
class Learnt:
    """What one more skill would do."""

    skill: str
    score: int


@dataclass(frozen=True)
class Card:
    """A match."""

    job: Job
    score: float
    known_weight: float
    """Points of 100, under the usual weights, that were known."""
    parts: tuple[Part, ...]
    improvements: tuple[Learnt, ...]
    track: str
    interested: bool

    @property
    def whole(self) -> int:
        """The score as it is shown."""
        return round(self.score)


@dataclass(frozen=True)
class HiddenGroup:
    """What one filter keeps away; only the best of them are listed."""

    count: int
    words: str
    jobs: tuple[tuple[Job, str], ...]


@dataclass(frozen=True)
class MatchesView:
    """The list, and what is said of it."""

    cards: tuple[Card, ...]
    count: int
    """Matches that can be shown."""
    hidden: tuple[HiddenGroup, ...]
    found: int
    considered: int | None
    weights: tuple[Weight, ...]

    @property
    def hidden_count(self) -> int:
        """All that is hidden."""
        return sum(group.count for group in self.hidden)

    @property
    def lacks_meaning(self) -> bool:
        """Whether none of them was compared by its meaning: postings are read for it a while after they were found."""
        parts = [part for card in self.cards for part in card.parts if part.name == "semantic"]
        return bool(parts) and all(part.value is None for part in parts)

    @property
    def reweighed(self) -> bool:
        """Whether the weights are their person's own."""
        return any(weight.value != weight.usual for weight in self.weights)

    @property
    def all_url(self) -> str:
        """The page with all of them, under the same weights."""
        own = {f"w_{weight.name}": f"{weight.value:g}" for weight in self.weights if weight.value != weight.usual}
        return f"/matches?{urlencode({ALL: '1'} | own)}"


def weights_of(params: QueryParams) -> tuple[Weight, ...]:
    """The weights in an address; what is no number there is as usual."""
    return tuple(Weight(name, LABELS[name], _weight(params.get(f"w_{name}"), usual), usual) for name, usual in FACTORS)


def rescored(factors: Sequence[FactorScore], weights: Mapping[str, float]) -> tuple[float, ...]:
    """The points of each factor: `100 x w x v / sum of w` over the factors with a value, as the engine does it."""
    known = math.fsum(weights[factor.name] for factor in factors if factor.value is not None)
    return tuple(
        100 * weights[factor.name] * factor.value / known if factor.value is not None and known else 0.0
        for factor in factors
    )


def matches_view(feed: MatchFeed, weights: Sequence[Weight], now: datetime, shown: int | None = None) -> MatchesView:
    """The feed under these weights, best first; those of interest stay before all others. `shown`: how many at most."""
    values = {weight.name: weight.value for weight in weights}
    cards = [_card(match, values, now) for match in feed.matches]
    cards.sort(key=lambda card: (not card.interested, -round(card.score, 6), card.job.id))
    return MatchesView(
        tuple(cards[:shown]), len(cards), _hidden(feed, now), feed.found, feed.considered, tuple(weights)
    )


def _weight(given: str | None, usual: float) -> float:
    try:
        value = float(given) if given else usual
    except ValueError:
        return usual
    return value if 0 <= value <= MOST_WEIGHT else usual


def _card(match: MatchedJob, weights: Mapping[str, float], now: datetime) -> Card:
    points = rescored(match.factors, weights)
    parts: list[Part] = []
    x = 0.0
    for factor, given in zip(match.factors, points, strict=True):
        parts.append(_part(factor, given, x))
        x += given
    return Card(
        job=_job(match.job, now),
        score=math.fsum(points),
        known_weight=match.known_weight,
        parts=tuple(parts),
        improvements=tuple(Learnt(each.skill, round(each.score)) for each in match.improvements),
        track=match.track,
        interested=match.interested,
    )


def _part(factor: FactorScore, points: float, x: float) -> Part:
    told, reason = value_words(factor.value), reason_words(factor.reason, factor.value)
    return Part(factor.name, LABELS[factor.name], factor.value, points, x, points, told, reason)


def _job(job: PostingSummary, now: datetime) -> Job:
    words = (*place_words(job), *([label("job_type", job.job_type)] if job.job_type else []))
    at = job.posted_at or job.first_seen_at
    return Job(
        id=str(job.id),
        url=f"/jobs/{job.id}",
        title=job.title,
        company=job.company_name,
        company_url=company_url(job.company_domain or job.company_name),
        facts=" · ".join(words),
        pay=pay_words(job),
        posted=f"posted {ago(at, now)}",
        posted_at=at.isoformat(),
    )


def _hidden(feed: MatchFeed, now: datetime) -> tuple[HiddenGroup, ...]:
    return tuple(
        HiddenGroup(count, words, _listed(feed.hidden, name, now))
        for name, count, words in hidden_words(feed.hidden_counts or {})
    )


def _listed(hidden: Sequence[HiddenJob], name: str, now: datetime) -> tuple[tuple[Job, str], ...]:
    return tuple((_job(each.job, now), sentence(each.reason)) for each in hidden if each.filter == name)
