"""Every activity, for the worker."""

from collections.abc import Callable
from typing import Any

from activities.alerting import AlertActivities
from activities.backing_up import BackupActivities
from activities.boards import BoardActivities
from activities.checking import CheckActivities
from activities.clients import Clients
from activities.crawling import CrawlActivities
from activities.dead_letters import DeadLetterActivities
from activities.discovery import DiscoveryActivities
from activities.embedding import EmbedActivities
from activities.indexing import IndexActivities
from activities.matching import MatchActivities
from activities.parsing import ParseActivities
from activities.people_retention import PeopleRetentionActivities
from activities.queue import QueueActivities
from activities.reparsing import ReparseActivities
from activities.retention import RetentionActivities
from activities.storing import StoreActivities


def all_activities(clients: Clients) -> list[Callable[..., Any]]:
    """The activities, bound to these clients."""
    discovery, crawl, parse = DiscoveryActivities(clients), CrawlActivities(clients), ParseActivities(clients)
    boards = BoardActivities(clients)
    store, index, match, queue = (
        StoreActivities(clients),
        IndexActivities(clients),
        MatchActivities(clients),
        QueueActivities(clients),
    )
    reparse = ReparseActivities(clients)
    return [
        discovery.get_stale_companies,
        discovery.update_company_last_crawled,
        discovery.discover_career_pages,
        discovery.enumerate_subdomains,
        discovery.detect_ats,
        discovery.discover_from_github,
        discovery.discover_from_dorks,
        discovery.store_discovered_urls,
        crawl.crawl_career_page,
        crawl.crawl_job_pages,
        CheckActivities(clients).check_boards,
        parse.extract_job_links,
        parse.parse_job_data,
        store.store_jobs_in_clickhouse,
        store.index_jobs_in_typesense,
        store.close_missing_jobs,
        index.build_search_collection,
        index.swap_search_collection,
        index.roll_back_search_index,
        index.reconcile_search_index,
        match.match_parts,
        match.score_candidates,
        EmbedActivities(clients).embed_postings,
        boards.claim_due_boards,
        boards.settle_boards,
        queue.claim_crawl_queue,
        queue.finish_crawl_queue_entry,
        queue.put_off_crawl_queue_entry,
        reparse.plan_reparse,
        reparse.reparse_boards,
        RetentionActivities(clients).prune_archive,
        PeopleRetentionActivities(clients).forget_people,
        AlertActivities(clients).send_alerts,
        BackupActivities(clients).write_backup,
        DeadLetterActivities(clients).keep_dead_letter,
    ]
