"""The loop that keeps everything current: every company that is due, then new ones."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ChildWorkflowError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.discovery import CrawledInput, DiscoveryActivities, SearchInput, StaleInput
    from activities.errors import to_problem
    from quiethire.domain.base import Model
    from quiethire.domain.company import Company
    from quiethire.domain.result import Problem
    from workflows.company_discovery import (
        CompanyDiscoveryInput,
        CompanyDiscoveryResult,
        CompanyDiscoveryWorkflow,
    )
    from workflows.policies import CRAWL, DATABASE, ONCE, Urgency, priority
    from workflows.results import CrawlSummary
    from workflows.steering import RunProgress, SteeredRun

WINDOW = 10
"""Companies that are under way at once."""
PAGE = 200
"""Companies that are asked for at once."""


class DiscoveredSoFar(Model):
    """What the earlier histories of a run came to."""

    began_at: datetime
    """Companies crawled after `began_at` minus the threshold are none of this run's."""
    after: Company | None = None
    """The company that was begun last."""
    begun: int = 0
    progress: RunProgress = RunProgress()
    crawled: CrawlSummary = CrawlSummary()


class ContinuousDiscoveryInput(Model):
    """What one run takes on."""

    github_query: str = "hiring in:readme"
    dork_query: str = "site:greenhouse.io hiring"
    stale_threshold_days: int = 7
    max_new_companies: int = 50
    """Companies that one run takes on at most, those never tried and those tried long ago."""
    run_github_discovery: bool = False
    run_dork_discovery: bool = False
    so_far: DiscoveredSoFar | None = None
    """Set by the run itself, where its history starts anew."""


class ContinuousDiscoveryResult(Model):
    """What came of the run."""

    companies: int
    companies_failed: int
    companies_found: int = 0
    """New companies from GitHub and dorks: due in the next run."""
    crawled: CrawlSummary


@workflow.defn
class ContinuousDiscoveryWorkflow(SteeredRun):
    """A window of companies at a time; one that fails stops no other, and has another turn later."""

    def __init__(self) -> None:
        super().__init__()
        self._so_far = DiscoveredSoFar(began_at=workflow.now())

    @workflow.run
    async def run(self, input: ContinuousDiscoveryInput) -> ContinuousDiscoveryResult:
        """See the class."""
        self._so_far = input.so_far or self._so_far
        self._begin(WINDOW, self._so_far.progress)
        all_begun = await self._discover_stale(input)
        await self._drain()
        if not all_begun:
            so_far = self._so_far.model_copy(update={"progress": self.progress_so_far})
            workflow.continue_as_new(input.model_copy(update={"so_far": so_far}))
        found = await self._search(input)
        return ContinuousDiscoveryResult(
            companies=self._so_far.begun,
            companies_failed=self.progress_so_far.failed,
            companies_found=found,
            crawled=self._so_far.crawled,
        )

    async def _discover_stale(self, input: ContinuousDiscoveryInput) -> bool:
        """Whether every company of the run is begun; False where the rest is left to a new history."""
        while left := max(0, input.max_new_companies - self._so_far.begun):
            if not await self._has_room():
                return False
            stale = await workflow.execute_activity_method(
                DiscoveryActivities.get_stale_companies,
                StaleInput(
                    older_than=timedelta(days=input.stale_threshold_days),
                    limit=min(left, PAGE),
                    now=self._so_far.began_at,
                    after=self._so_far.after,
                ),
                **DATABASE,
            )
            if not stale.companies:
                break
            if not self.progress_so_far.total:
                waiting = max(stale.waiting, len(stale.companies))
                self._advance(total=min(input.max_new_companies, waiting))
                self._tell()
            for company in stale.companies:
                if not await self._has_room():
                    return False
                self._so_far = self._so_far.model_copy(update={"after": company, "begun": self._so_far.begun + 1})
                self._start(self._company(company))
        return True

    async def _company(self, company: Company) -> None:
        result = await self._discover(company)
        crawled = self._so_far.crawled + result.crawled
        self._so_far = self._so_far.model_copy(update={"crawled": crawled})
        self._advance(
            total=max(self.progress_so_far.total, self._so_far.begun),
            done=self.progress_so_far.done + 1,
            failed=self.progress_so_far.failed + int(result.failed),
            boards=crawled.boards,
            postings_seen=crawled.postings.seen,
            postings_stored=crawled.postings.stored,
        )

    async def _discover(self, company: Company) -> CompanyDiscoveryResult:
        try:
            return await workflow.execute_child_workflow(
                CompanyDiscoveryWorkflow.run,
                CompanyDiscoveryInput(domain=company.domain, name=company.name),
                id=f"company-discovery/{company.domain}",
                retry_policy=ONCE,
                # One that outlasts its parent's history ends well all the same, and marks the company itself.
                parent_close_policy=ParentClosePolicy.ABANDON,
                priority=priority(Urgency.BATCH, company.domain),
            )
        except ChildWorkflowError as error:
            problem = to_problem(error, company.domain)
            await self._mark_failed(company)
        except WorkflowAlreadyStartedError:
            problem = Problem(kind="already_running", where=company.domain, detail="its discovery runs already")
        return CompanyDiscoveryResult(domain=company.domain, crawled=CrawlSummary().with_problems(problem), failed=True)

    async def _mark_failed(self, company: Company) -> None:
        """A discovery that broke off could not say so itself."""
        failed = CrawledInput(domain=company.domain, at=workflow.now(), failed=True)
        try:
            await workflow.execute_activity_method(DiscoveryActivities.update_company_last_crawled, failed, **DATABASE)
        except ActivityError as error:
            self._note(to_problem(error, company.domain))

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
                result = await workflow.execute_activity_method(activity, SearchInput(query=query), **CRAWL)
            except ActivityError as error:
                self._note(to_problem(error, query))
                continue
            found += result.companies
            self._note(*result.problems)
        return found

    def _note(self, *problems: Problem) -> None:
        self._so_far = self._so_far.model_copy(update={"crawled": self._so_far.crawled.with_problems(*problems)})
