"""One company: where it lists its postings, and what is listed there."""

import asyncio
from collections.abc import Awaitable

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.discovery import (
        CrawledInput,
        DetectInput,
        DiscoverInput,
        DiscoveryActivities,
        StoreDiscoveredInput,
    )
    from activities.errors import to_problem
    from quiethire.domain.base import Model
    from quiethire.domain.board import Board
    from quiethire.domain.company import BoardCandidate
    from quiethire.domain.result import Problem
    from services.osint.discovery import Discovery
    from workflows.career_page_crawl import DOMAIN
    from workflows.child_crawl import crawl_as_child
    from workflows.policies import CRAWL, DATABASE, STORE, Urgency, priority
    from workflows.results import CrawlSummary


class CompanyDiscoveryInput(Model):
    """The company, by its domain."""

    domain: str
    name: str | None = None
    offline: bool = False
    urgency: Urgency = Urgency.BATCH


class CompanyDiscoveryResult(Model):
    """What was found and crawled."""

    domain: str
    candidates: tuple[BoardCandidate, ...] = ()
    boards: tuple[Board, ...] = ()
    crawled: CrawlSummary = CrawlSummary()
    failed: bool = False
    """Whether something failed that may work next time. Such a company is due again sooner."""


@workflow.defn
class CompanyDiscoveryWorkflow:
    """Career pages and subdomains side by side, the ATS behind each, then a crawl of every board."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._failed = False

    @workflow.run
    async def run(self, input: CompanyDiscoveryInput) -> CompanyDiscoveryResult:
        """See the class."""
        workflow.upsert_search_attributes([DOMAIN.value_set(input.domain)])
        began = workflow.now()
        candidates = await self._discover(input)
        if not _boards(candidates) and not self._problems:
            nothing = "no career page and no board was found"
            self._problems.append(Problem(kind="no_board", where=input.domain, detail=nothing))
        discovery_seconds = (workflow.now() - began).total_seconds()
        boards = _boards(candidates)
        results = await asyncio.gather(
            *(crawl_as_child(board, offline=input.offline, urgency=input.urgency) for board in boards)
        )
        failed = self._failed or (not candidates and self._is_troubled) or any(result.failed for result in results)
        if not input.offline and not await self._mark(input.domain, failed=failed):
            failed = True
        crawled = sum((CrawlSummary.of(result) for result in results), CrawlSummary()).with_problems(*self._problems)
        stages = {"discover": discovery_seconds, **crawled.stage_seconds}
        return CompanyDiscoveryResult(
            domain=input.domain,
            candidates=candidates,
            boards=boards,
            crawled=crawled.model_copy(update={"stage_seconds": stages}),
            failed=failed,
        )

    @property
    def _is_troubled(self) -> bool:
        return any(problem.kind != "no_board" for problem in self._problems)

    async def _mark(self, domain: str, *, failed: bool) -> bool:
        """Say how it ended: the company is current, or waits for a later turn. Whether that could be said."""
        crawled = CrawledInput(domain=domain, at=workflow.now(), failed=failed)
        try:
            await workflow.execute_activity_method(DiscoveryActivities.update_company_last_crawled, crawled, **DATABASE)
        except ActivityError as error:
            self._problems.append(to_problem(error, domain))
            return False
        return True

    async def _discover(self, input: CompanyDiscoveryInput) -> tuple[BoardCandidate, ...]:
        """Career pages and the ATS behind job-related subdomains, stored with their evidence."""
        request = DiscoverInput(domain=input.domain, name=input.name, offline=input.offline)
        urgency = priority(input.urgency, input.domain)
        pages, names = await asyncio.gather(
            self._try(
                workflow.execute_activity_method(
                    DiscoveryActivities.discover_career_pages, request, priority=urgency, **CRAWL
                )
            ),
            self._try(
                workflow.execute_activity_method(
                    DiscoveryActivities.enumerate_subdomains, request, priority=urgency, **CRAWL
                )
            ),
        )
        known = {candidate.url for candidate in pages.candidates}
        hosts = [f"https://{name.subdomain}/" for name in names.subdomains if name.is_job_related]
        unknown = tuple(url for url in hosts if url not in known)
        detected = Discovery()
        if unknown:
            asked = DetectInput(**request.model_dump(), urls=unknown)
            detected = await self._try(workflow.execute_activity_method(DiscoveryActivities.detect_ats, asked, **CRAWL))
        candidates = pages.candidates + detected.candidates
        stored = StoreDiscoveredInput(
            domain=input.domain, name=input.name, candidates=candidates, subdomains=names.subdomains
        )
        try:
            await workflow.execute_activity_method(DiscoveryActivities.store_discovered_urls, stored, **STORE)
        except ActivityError as error:
            self._problems.append(to_problem(error, input.domain))
            self._failed = True
        return candidates

    async def _try(self, doing: Awaitable[Discovery]) -> Discovery:
        """What a method found; one that failed for good found nothing, and takes nothing from the others."""
        try:
            found = await doing
        except ActivityError as error:
            self._problems.append(to_problem(error, workflow.info().workflow_id))
            self._failed = True
            return Discovery()
        self._problems.extend(found.problems)
        return found


def _boards(candidates: tuple[BoardCandidate, ...]) -> tuple[Board, ...]:
    sure = (candidate.sure_board for candidate in candidates)
    found = {board.key: board for board in sure if board is not None}
    return tuple(found.values())
