"""Facets are counted for who shows them, and for nobody else: to count takes as long as to find."""

import pytest

from quiethire.domain.search import FACETS, SearchQuery
from services.api.search.canonical import canonical


@pytest.fixture
def counted(clients):
    """What each search of the index was to count, in their order."""
    asked, search = [], clients.index.search

    async def noting(query, *given):
        asked.append(query.facets)
        return await search(query, *given)

    clients.index.search = noting
    return asked


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/search.json?q=data",
        "/api/v1/exports/jobs.csv?q=data",
        "/companies/Northwind",
        "/api/v1/search?q=data&facets=none",
    ],
)
async def test_what_shows_no_facets_has_none_counted(clients, gateway, crawl, posting, counted, path):  # noqa: PLR0917
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        assert (await client.get(path)).status_code == 200
    assert set(counted) == {()}


async def test_a_page_has_them_counted_once_whatever_it_tells_beside(clients, gateway, crawl, posting, counted):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        for path in ("/?q=data", "/?q=nothing&skills=Python", "/api/v1/search?company=Nobody+Ltd&location=Berlni"):
            counted.clear()
            assert (await client.get(path)).status_code == 200
            assert len(counted) > 1
            assert sorted(counted, key=len)[-2:] == [(), FACETS]


def test_one_choice_of_facets_has_one_form():
    plain = canonical(SearchQuery(facets=("skills", "remote")))
    assert plain.facets == ("remote", "skills")
    assert plain == canonical(SearchQuery(facets=("remote", "skills", "remote")))
