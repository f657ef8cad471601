"""Stub activities of a whole crawl and of a discovery, as most tests want them."""

from datetime import UTC, datetime

from stub_activities import Stubs

from activities.batches import PostingBatch, UrlList
from activities.crawling import BoardCrawl, PagesCrawl
from activities.matching import ScoreResult
from activities.parsing import ExtractedLinks, ParsedJobs
from activities.storing import CloseResult, IndexResult, StoreResult
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.page import FetchedVia, PageRef
from quiethire.domain.posting import job_id

PAGE = PageRef(
    url="https://northwind.example/careers",
    final_url="https://northwind.example/careers",
    status=200,
    content_type="text/html",
    content_hash="0" * 64,
    size=1,
    fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    via=FetchedVia.HTTP,
)
FRESH = job_id("greenhouse/northwind/1")
STORED = StoreResult(opened=1, changed=0, reopened=0, unchanged=1, touched=(FRESH,), seconds=0.0)


def board(name="northwind"):
    return Board(
        ats="greenhouse", token=name, url=f"https://boards.greenhouse.io/{name}", company_domain=f"{name}.example"
    )


def website(path="careers"):
    url = f"https://northwind.example/{path}"
    return Board(ats=WEBSITE, token=url, url=url)


def crawl_stubs(**changed):
    answers = {
        "crawl_career_page": lambda asked: BoardCrawl(
            board=Board.model_validate(asked["board"]),
            batches=(PostingBatch(content_hash="a" * 64, count=2),),
            complete=True,
            requests=1,
        ),
        "extract_job_links": ExtractedLinks(links=UrlList(content_hash="c" * 64, count=60)),
        "crawl_job_pages": PagesCrawl(pages=(PAGE,), requests=1),
        "parse_job_data": ParsedJobs(batches=(PostingBatch(content_hash="b" * 64, count=1),)),
        "store_jobs_in_clickhouse": STORED,
        "index_jobs_in_typesense": IndexResult(indexed=1, seconds=0.0),
        "close_missing_jobs": lambda asked: CloseResult(closed=0, indexed=len(asked["touched"])),
        "match_parts": 1,
        "score_candidates": ScoreResult(candidates=0, postings=1, matches=0, new=0, seconds=0.0),
    }
    return Stubs(**answers | changed)


def raising(error):
    def answer(_):
        raise error

    return answer
