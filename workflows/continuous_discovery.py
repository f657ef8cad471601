"""The loop that keeps everything current: every company that is due, then new ones."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.discovery import (
        CrawledInput,
        DiscoveryActivities,
        SearchInput,
        StaleInput,
    )
    from activities.errors import to_problem
    from quiethire.domain.base import Model
    from quiethire.domain.company import Company
    from quiethire.domain.result import Problem
    from workflows.company_discovery import (
        CompanyDiscoveryInput,
        CompanyDiscoveryResult,
        CompanyDiscoveryWorkflow,
    )
    from workflows.policies import API_CALL, DATABASE, ONCE
    from workflows.results import CrawlSummary

WINDOW = 10
"""Companies that are under way at once."""


class ContinuousDiscoveryInput(Model):
    """What one run takes on."""

    github_query: str = "hiring in:readme"
    dork_query: str = "site:greenhouse.io hiring"
    stale_threshold_days: int = 7
    max_new_companies: int = 50
    run_github_discovery: bool = False
    run_dork_discovery: bool = False


class DiscoveryProgress(Model):
    """How far a run is, for whoever asks."""

    companies: int = 0
    companies_done: int = 0
    boards: int = 0
    postings_seen: int = 0
    postings_stored: int = 0


class ContinuousDiscoveryResult(Model):
    """What came of the run."""

    companies: int
    companies_failed: int
    companies_found: int = 0
    """New companies from GitHub and dorks: due in the next run."""
    crawled: CrawlSummary


@workflow.defn
class ContinuousDiscoveryWorkflow:
    """A window of companies at a time; one that fails stops no other, and stays due."""

    def __init__(self) -> None:
        self._progress = DiscoveryProgress()
        self._crawled = CrawlSummary()
        self._failed = 0

    @workflow.query
    def progress(self) -> DiscoveryProgress:
        """Counts so far."""
        return self._progress

    @workflow.run
    async def run(self, input: ContinuousDiscoveryInput) -> ContinuousDiscoveryResult:
        """See the class."""
        stale = await workflow.execute_activity_method(
            DiscoveryActivities.get_stale_companies,
            StaleInput(
                older_than=timedelta(days=input.stale_threshold_days),
                limit=input.max_new_companies,
                now=workflow.now(),
            ),
            **DATABASE,
        )
        self._progress = DiscoveryProgress(companies=len(stale.companies))
        window = asyncio.Semaphore(WINDOW)
        await asyncio.gather(*(self._company(company, window) for company in stale.companies))
        return ContinuousDiscoveryResult(
            companies=len(stale.companies),
            companies_failed=self._failed,
            companies_found=await self._search(input),
            crawled=self._crawled,
        )

    async def _company(self, company: Company, window: asyncio.Semaphore) -> None:
        async with window:
            result = await self._discover(company)
            done = not result.failed and await self._mark_crawled(company)
            self._failed += not done
        self._crawled += result.crawled
        self._progress = DiscoveryProgress(
            companies=self._progress.companies,
            companies_done=self._progress.companies_done + 1,
            boards=self._crawled.boards,
            postings_seen=self._crawled.postings.seen,
            postings_stored=self._crawled.postings.stored,
        )

    async def _mark_crawled(self, company: Company) -> bool:
        """Whether the company is current now. One that could not be marked stays due."""
        crawled = CrawledInput(domain=company.domain, at=workflow.now())
        try:
            await workflow.execute_activity_method(DiscoveryActivities.update_company_last_crawled, crawled, **DATABASE)
        except ActivityError as error:
            self._crawled = self._crawled.with_problems(to_problem(error, company.domain))
            return False
        return True

    async def _discover(self, company: Company) -> CompanyDiscoveryResult:
        try:
            return await workflow.execute_child_workflow(
                CompanyDiscoveryWorkflow.run,
                CompanyDiscoveryInput(domain=company.domain, name=company.name),
                id=f"company-discovery/{company.domain}",
                retry_policy=ONCE,
            )
        except ChildWorkflowError as error:
            problem = to_problem(error, company.domain)
        except WorkflowAlreadyStartedError:
            problem = Problem(kind="already_running", where=company.domain, detail="its discovery runs already")
        return CompanyDiscoveryResult(domain=company.domain, crawled=CrawlSummary().with_problems(problem), failed=True)

    async def _search(self, input: ContinuousDiscoveryInput) -> int:
        """New companies, from outside. What is not configured is a problem named, and the rest goes on."""
        searches = []
        if input.run_github_discovery:
            searches.append((DiscoveryActivities.discover_from_github, input.github_query))
        if input.run_dork_discovery:
            searches.append((DiscoveryActivities.discover_from_dorks, input.dork_query))
        found = 0
        for activity, query in searches:
            try:
                result = await workflow.execute_activity_method(activity, SearchInput(query=query), **API_CALL)
            except ActivityError as error:
                self._crawled = self._crawled.with_problems(to_problem(error, query))
                continue
            found += result.companies
            self._crawled = self._crawled.with_problems(*result.problems)
        return found
