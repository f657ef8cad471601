"""What a board of any shape is to the made-up web: it serves the openings that it is given, in its own format."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from benchmarks.simulation.employers import Advert, Employer
from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec


@dataclass(frozen=True)
class Opening:
    """A job as a board lists it: `number` is the board's own id."""

    number: int
    advert: Advert
    since: datetime


@dataclass(frozen=True)
class Listing:
    """What a board shows at a moment. `counted`: how many it says there are, where it says so."""

    openings: Sequence[Opening]
    counted: int
    at: datetime


@dataclass(frozen=True)
class Answer:
    """An answer before the network had its way with it."""

    body: bytes
    content_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    """By lower-case name."""


NOT_THERE = Answer(b"<html><body><h1>404</h1><p>Not found</p></body></html>", "text/html", status=404)


class Shape(ABC):
    """A board of one vendor, or a website."""

    board: Board
    counts = False
    """Whether its list says how many postings there are."""

    def __init__(self, employer: Employer, token: str, *, noisy: bool) -> None:
        self.employer = employer
        self.token = token
        self.noisy = noisy
        """Whether something in its bytes is another at each fetch."""

    @abstractmethod
    def identity(self, opening: Opening) -> str:
        """The posting's identity, as `JobPosting.identity` is documented."""

    @abstractmethod
    def serve(self, spec: FetchSpec, listing: Listing) -> Answer:
        """The honest answer to a request."""

    @abstractmethod
    def is_list(self, spec: FetchSpec) -> bool:
        """Whether a request asks for the list or a page of it."""

    def stamp(self, opening: Opening, at: datetime) -> str:
        """When a posting was touched last: on noisy boards something touches all of them all the time."""
        return (at if self.noisy else opening.since).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(value: object) -> Answer:
    """A JSON answer."""
    return Answer(json.dumps(value).encode(), "application/json")


def found(number: str, listing: Listing) -> Opening | None:
    """The opening of this number."""
    return next((opening for opening in listing.openings if str(opening.number) == number), None)
