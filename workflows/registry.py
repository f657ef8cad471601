"""Every workflow, for the worker and for the replay tests."""

from workflows.alerts import AlertWorkflow
from workflows.backup import BackupWorkflow
from workflows.board_refresh import BoardRefreshWorkflow
from workflows.career_page_crawl import CareerPageCrawlWorkflow
from workflows.company_discovery import CompanyDiscoveryWorkflow
from workflows.continuous_discovery import ContinuousDiscoveryWorkflow
from workflows.crawl_queue import CrawlQueueWorkflow
from workflows.embed import EmbedWorkflow
from workflows.match import MatchWorkflow
from workflows.people_retention import PeopleRetentionWorkflow
from workflows.reconcile import ReconcileWorkflow
from workflows.reindex import ReindexWorkflow
from workflows.reparse import ReparseWorkflow
from workflows.retention import RetentionWorkflow
from workflows.rollback import RollbackWorkflow

WORKFLOWS = (
    AlertWorkflow,
    BackupWorkflow,
    BoardRefreshWorkflow,
    CareerPageCrawlWorkflow,
    CompanyDiscoveryWorkflow,
    ContinuousDiscoveryWorkflow,
    CrawlQueueWorkflow,
    EmbedWorkflow,
    MatchWorkflow,
    PeopleRetentionWorkflow,
    ReconcileWorkflow,
    ReindexWorkflow,
    ReparseWorkflow,
    RetentionWorkflow,
    RollbackWorkflow,
)
