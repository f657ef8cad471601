"""The demo web and hand-written sites, as the osint tests reach them."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from osint_web import Adapters, HttpFetch, serve

from demo.web import create_app, host_map
from quiethire.domain.errors import Gone
from quiethire.domain.page import FetchSpec, Page
from services.osint.discovery import Web
from services.osint.dns import Resolver
from services.parser.ats.registry import recognise


@pytest.fixture(scope="session")
async def demo_hosts() -> AsyncIterator[dict[str, str]]:
    """The demo web of the first day."""
    async with serve(create_app(1)) as port:
        yield host_map(port)


@pytest.fixture
def fetch(demo_hosts: dict[str, str]) -> HttpFetch:
    return HttpFetch(demo_hosts)


@pytest.fixture
def web(fetch: HttpFetch, demo_hosts: dict[str, str]) -> Web:
    """The demo web, with a resolver that knows its hosts."""
    return Web(fetch=fetch, recognise=recognise, dns=Resolver(host_map=demo_hosts), boards=Adapters())


@pytest.fixture
def site() -> Callable[[dict[str, str]], Web]:
    """Makes a Web of hand-written pages: HTML (or any text) by URL; everything else is gone."""

    def build(pages: dict[str, str]) -> Web:
        async def fetch(spec: FetchSpec) -> Page:
            if spec.url not in pages:
                raise Gone("status 404", where=spec.url)
            return Page(
                url=spec.url, body=pages[spec.url].encode(), content_type="text/html", fetched_at=datetime.now(UTC)
            )

        return Web(fetch=fetch, recognise=recognise)

    return build
