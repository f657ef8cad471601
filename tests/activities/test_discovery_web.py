"""Discovery as activities give it the world: through the crawler, with the parser's adapters and the map's hosts."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from activities.discovery import web_of
from demo.web import create_app, host_map
from quiethire.settings import Settings
from quiethire.storage.pages.memory import MemoryPageArchive
from services.crawler.crawler import open_crawler
from services.osint.discovery import Web
from services.osint.methods.ats import AtsDetection
from services.osint.methods.career_pages import discover_career_pages
from services.parser.pool import ParserPool


@pytest.fixture(scope="module")
async def web() -> AsyncIterator[Web]:
    """The demo web of the second day."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        server = uvicorn.Server(uvicorn.Config(create_app(2), log_level="critical", lifespan="off", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        settings = Settings(
            host_map=host_map(bound.getsockname()[1]), host_delay_min=0, host_delay_max=0, browser=False
        )
        archive = MemoryPageArchive()
        async with open_crawler(settings, archive) as crawler, ParserPool(workers=1) as parser:
            yield web_of(crawler, archive, parser, settings)
        server.should_exit = True
        await serving


@pytest.mark.parametrize(
    ("domain", "board", "evidence"),
    [
        ("northwind.example", "greenhouse/northwind", ["link", "link", "confirmed"]),
        ("palisade-security.example", "ashby/PalisadeSecurity", ["link", "embed", "confirmed"]),
        ("acme-robotics.example", "website/https://acme-robotics.example/careers", None),
    ],
)
async def test_a_board_is_found_and_asked_through_the_crawler(
    web: Web, domain: str, board: str, evidence: list[str] | None
) -> None:
    found = await discover_career_pages(domain, web)
    assert found.problems == ()
    best = found.candidates[0]
    assert best.board is not None
    assert best.board.key == board
    if evidence:
        assert [reason.kind for reason in best.evidence] == evidence


async def test_a_redirect_to_an_ats_is_followed_by_the_crawler(web: Web) -> None:
    (candidate,) = (await AtsDetection().discover("https://quayside.example/careers", web)).candidates
    assert candidate.board is not None
    assert candidate.board.key == "greenhouse/quaysideanalytics"
    assert candidate.evidence[0].kind == "redirect"


async def test_a_page_around_a_board_that_is_gone_is_told_and_is_no_board(web: Web) -> None:
    found = await discover_career_pages("meridian-loom.example", web)
    assert [candidate.board for candidate in found.candidates] == [None, None]
    assert {evidence.kind for candidate in found.candidates for evidence in candidate.evidence} >= {
        "refuted",
        "section",
    }


async def test_a_board_that_is_not_there_is_refuted_through_the_crawler(web: Web) -> None:
    (candidate,) = (await AtsDetection().discover("https://jobs.lever.co/nobody-at-all", web)).candidates
    assert candidate.board is None
    assert candidate.evidence[-1].kind == "refuted"


async def test_hosts_of_the_map_resolve_and_names_below_them_do_not_reach_the_network(web: Web) -> None:
    assert web.dns is not None
    assert (await web.dns.ask("careers.acme-robotics.example")).addresses == ("127.0.0.1",)
    assert (await web.dns.ask("nothing.acme-robotics.example")).addresses == ()
