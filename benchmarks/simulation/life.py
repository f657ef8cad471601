"""A board's life in virtual time: the house reads it whenever the house finds it due."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from activities.batches import load_batch
from activities.boards import BoardActivities
from activities.checking import CheckActivities
from activities.crawling import CrawlActivities
from activities.matching import MatchActivities
from activities.parsing import ParseActivities
from activities.storing import CloseInput, StoreActivities
from benchmarks.simulation.employers import employer
from benchmarks.simulation.shapes import Shape
from benchmarks.simulation.temporal import Activity, Clock, VirtualTemporal
from benchmarks.simulation.trouble import Kind, troubles
from benchmarks.simulation.truth import habits, history
from benchmarks.simulation.vendors import Ashby, Greenhouse, Lever, Personio, SmartRecruiters, Workday
from benchmarks.simulation.web import SimulatedWeb, Site
from benchmarks.simulation.websites import MarkedWebsite, PagedWebsite, Website
from benchmarks.simulation.world import VirtualArchive, VirtualCache, World
from quiethire.domain.lifecycle import JobEvent
from quiethire.domain.posting import JOB_NAMESPACE
from workflows.board_refresh import BoardRefreshInput, BoardRefreshResult, BoardRefreshWorkflow
from workflows.career_page_crawl import CareerPageCrawlWorkflow
from workflows.match import MatchWorkflow

BEGAN = datetime(2026, 8, 3, tzinfo=UTC)
"""A Monday. It must lie in the past: the twins make a new board due at the moment at which it is added."""

SHAPES: tuple[type[Shape], ...] = (
    Greenhouse, Greenhouse, Greenhouse, Lever, Lever, Ashby, Ashby, SmartRecruiters, Workday, Personio, Personio,
    Website, Website, PagedWebsite, PagedWebsite, MarkedWebsite, MarkedWebsite,
)  # fmt: skip
"""How the boards' shapes are spread."""

DRAINED_EVERY = timedelta(minutes=5)
"""How often what is due is taken: the schedule of the refresh."""


WORKFLOWS = (BoardRefreshWorkflow, CareerPageCrawlWorkflow, MatchWorkflow)


@dataclass
class Look:
    """One time that the house looked at the board."""

    began: datetime
    ended: datetime
    requests: int
    same_list: bool
    amid: frozenset[Kind]
    """What was wrong with the board meanwhile."""
    listed: frozenset[UUID] | None
    """What the postings of this crawl were, as parsed; None where the list did not come with 200."""
    seconds: float
    """CPU time, without that of the made-up web."""


@dataclass
class Life:
    """All that is to be known of a board after its days."""

    site: Site
    start: datetime
    end: datetime
    looks: list[Look] = field(default_factory=list)
    events: list[JobEvent] = field(default_factory=list)


async def live(seed: int, number: int, days: float) -> Life:
    """The life of the board of this number, the same for the same seed."""
    chance = random.Random(f"{seed}/{number}")
    by = employer(chance, number)
    end = BEGAN + timedelta(days=days)
    shape = SHAPES[number % len(SHAPES)](by, f"{by.name.lower()}{number}", noisy=chance.random() < 0.5)
    truth = history(chance, by, habits(chance), BEGAN, end)
    site = Site(
        shape=shape,
        history=truth,
        troubles=troubles(chance, shape, BEGAN, end),
        validates=not shape.noisy and chance.random() < 0.5,
        soft_404=chance.random() < 0.4,
    )
    life = Life(site, BEGAN, end)
    await _House(life).run()
    return life


class _House:
    """The whole of the production code around one board."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._clock = Clock(life.start + timedelta(hours=1))
        archive = VirtualArchive(self._clock)
        self._web = SimulatedWeb(self._clock, archive, life.site)
        self._world = World(self._web, archive, VirtualCache(self._clock))

    async def run(self) -> None:
        """Look whenever the board is due, until the days are over."""
        world, clock, board = self._world, self._clock, self._life.site.shape.board
        await world.index.ensure()
        await world.boards.add_due([board], clock.now)
        while True:
            schedule = await world.boards.schedule(clock.now)
            due = schedule.oldest_due_at or schedule.next_due_at or clock.now + timedelta(hours=1)
            steps = max((due - clock.now) // DRAINED_EVERY + 1, 1)
            clock.now += steps * DRAINED_EVERY
            if clock.now >= self._life.end:
                break
            await self._look()
            world.archive.forget()
        for row in await world.postings.page(limit=1_000_000, closed=None):
            self._life.events.extend(await world.postings.history(row.posting.id))

    async def _look(self) -> None:
        web, clock, began = self._web, self._clock, self._clock.now
        web.requests, web.listed, web.seconds = 0, False, 0.0
        spent = time.process_time()
        ends: list[CloseInput] = []

        def watch(given: object) -> None:
            if isinstance(given, CloseInput):
                ends.append(given)

        temporal = VirtualTemporal(clock, _activities(self._world), WORKFLOWS, watch)
        run_id = str(uuid5(JOB_NAMESPACE, f"{self._life.site.shape.token} {began}"))
        await temporal.run(
            BoardRefreshWorkflow, BoardRefreshInput(), BoardRefreshResult, workflow_id="board-refresh", run_id=run_id
        )
        spent = time.process_time() - spent - web.seconds
        newest = await self._world.boards.recent_crawls(self._life.site.shape.board.key, 1)
        crawls = [crawl for crawl in newest if crawl.started_at >= began]
        same_list = bool(crawls) and crawls[0].same_list
        self._life.looks.append(
            Look(
                began=began,
                ended=clock.now,
                requests=web.requests,
                same_list=same_list,
                amid=frozenset(
                    wrong.kind for wrong in self._life.site.troubles if wrong.start <= clock.now and wrong.end > began
                ),
                listed=await self._listed(ends) if web.listed and not same_list else None,
                seconds=spent,
            )
        )

    async def _listed(self, ends: Sequence[CloseInput]) -> frozenset[UUID]:
        """The postings that a crawl had, whatever it made of them."""
        batches = [batch for end in ends for batch in end.batches]
        loaded = [await load_batch(self._world.archive, batch) for batch in batches]
        return frozenset(posting.id for batch in loaded for posting in batch.postings)


def _activities(world: World) -> list[Activity]:
    """What the loop needs of the worker's activities, as a worker that has just started has them."""
    boards, check, crawl = BoardActivities(world), CheckActivities(world), CrawlActivities(world)
    parse, store, match = ParseActivities(world), StoreActivities(world), MatchActivities(world)
    return [
        boards.claim_due_boards,
        boards.settle_boards,
        check.check_boards,
        crawl.crawl_career_page,
        crawl.crawl_job_pages,
        parse.extract_job_links,
        parse.parse_job_data,
        store.store_jobs_in_clickhouse,
        store.index_jobs_in_typesense,
        store.close_missing_jobs,
        match.match_parts,
        match.score_candidates,
    ]
