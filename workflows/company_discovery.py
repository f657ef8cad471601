"""One company: where it lists its postings, and what is listed there."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.discovery import (
        DetectInput,
        DiscoverInput,
        DiscoveryActivities,
        StoreDiscoveredInput,
    )
    from activities.errors import to_problem
    from quiethire.domain.base import Model
    from quiethire.domain.board import Board
    from quiethire.domain.company import BoardCandidate, Subdomain
    from quiethire.domain.result import Problem
    from workflows.career_page_crawl import DOMAIN, crawl_as_child
    from workflows.policies import API_CALL, CRAWL, DATABASE, Urgency, priority
    from workflows.results import CrawlSummary

WORTH_CRAWLING = 0.5
"""Confidence from which a board is crawled at once. Less sure ones are kept, with their evidence."""


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
    """Whether something failed that may work next time. Such a company stays due."""


@workflow.defn
class CompanyDiscoveryWorkflow:
    """Career pages and subdomains side by side, the ATS behind each, then a crawl of every board."""

    @workflow.run
    async def run(self, input: CompanyDiscoveryInput) -> CompanyDiscoveryResult:
        """See the class."""
        workflow.upsert_search_attributes([DOMAIN.value_set(input.domain)])
        began = workflow.now()
        try:
            candidates, subdomains, problems = await self._discover(input)
        except ActivityError as error:
            crawled = CrawlSummary().with_problems(to_problem(error, input.domain))
            return CompanyDiscoveryResult(domain=input.domain, crawled=crawled, failed=True)
        await workflow.execute_activity_method(
            DiscoveryActivities.store_discovered_urls,
            StoreDiscoveredInput(domain=input.domain, name=input.name, candidates=candidates, subdomains=subdomains),
            **DATABASE,
        )
        discovery_seconds = (workflow.now() - began).total_seconds()
        boards = _boards(candidates)
        results = await asyncio.gather(
            *(crawl_as_child(board, offline=input.offline, urgency=input.urgency) for board in boards)
        )
        crawled = sum((CrawlSummary.of(result) for result in results), CrawlSummary()).with_problems(*problems)
        stages = {"discover": discovery_seconds, **crawled.stage_seconds}
        return CompanyDiscoveryResult(
            domain=input.domain,
            candidates=candidates,
            boards=boards,
            crawled=crawled.model_copy(update={"stage_seconds": stages}),
            failed=any(result.failed for result in results) or (not candidates and bool(problems)),
        )

    async def _discover(
        self, input: CompanyDiscoveryInput
    ) -> tuple[tuple[BoardCandidate, ...], tuple[Subdomain, ...], tuple[Problem, ...]]:
        request = DiscoverInput(domain=input.domain, name=input.name, offline=input.offline)
        urgency = priority(input.urgency, input.domain)
        pages, names = await asyncio.gather(
            workflow.execute_activity_method(
                DiscoveryActivities.discover_career_pages, request, priority=urgency, **CRAWL
            ),
            workflow.execute_activity_method(
                DiscoveryActivities.enumerate_subdomains, request, priority=urgency, **API_CALL
            ),
        )
        known = {candidate.url for candidate in pages.candidates}
        hosts = [f"https://{name.subdomain}/" for name in names.subdomains if name.is_job_related]
        unknown = tuple(url for url in hosts if url not in known)
        candidates, problems = pages.candidates, pages.problems + names.problems
        if unknown:
            detected = await workflow.execute_activity_method(
                DiscoveryActivities.detect_ats, DetectInput(**request.model_dump(), urls=unknown), **CRAWL
            )
            candidates, problems = candidates + detected.candidates, problems + detected.problems
        return candidates, names.subdomains, problems


def _boards(candidates: tuple[BoardCandidate, ...]) -> tuple[Board, ...]:
    found = {
        candidate.board.key: candidate.board
        for candidate in candidates
        if candidate.board is not None and candidate.confidence >= WORTH_CRAWLING
    }
    return tuple(found.values())
