"""Detection of the ATS behind a URL."""

from collections.abc import Callable

import pytest

from quiethire.domain.company import UrlType
from quiethire.domain.errors import InvalidInput
from services.osint.discovery import Web
from services.osint.methods.ats import AtsDetection, detect_ats


@pytest.mark.parametrize(
    ("url", "key", "kind"),
    [
        ("https://jobs.lever.co/lumenfold/", "lever/lumenfold", "url"),
        ("https://quayside.example/careers", "greenhouse/quaysideanalytics", "redirect"),
        ("https://www.quayside.example/careers", "greenhouse/quaysideanalytics", "redirect"),
        ("https://palisade-security.example/careers", "ashby/PalisadeSecurity", "embed"),
        ("https://lumenfold.example/careers", "lever/lumenfold", "embed"),
        ("https://northwind.example/careers", "greenhouse/northwind", "link"),
    ],
)
async def test_an_ats_is_detected_by_url_redirect_embed_and_link(url: str, key: str, kind: str, web: Web) -> None:
    found = await detect_ats(url, web.fetch, web.recognise)
    assert found is not None
    assert found.board is not None
    assert (found.board.key, found.url_type) == (key, UrlType.ATS)
    assert [evidence.kind for evidence in found.evidence] == [kind]


async def test_a_url_of_an_ats_needs_no_request(web: Web) -> None:
    assert (await AtsDetection().discover("https://jobs.ashbyhq.com/PalisadeSecurity", web)).requests == 0


async def test_a_site_of_its_own_has_no_ats(web: Web) -> None:
    found = await AtsDetection().discover("https://acme-robotics.example/careers", web)
    assert (found.candidates, found.problems, found.requests) == ((), (), 1)


async def test_a_page_that_fails_is_told_as_a_problem(web: Web) -> None:
    url = "https://harborline.example/about/jobs/crane-maintenance-engineer"
    assert await detect_ats(url, web.fetch, web.recognise) is None
    (problem,) = (await AtsDetection().discover(url, web)).problems
    assert (problem.kind, problem.where) == ("transient", url)


async def test_a_surer_sign_comes_first(site: Callable[[dict[str, str]], Web]) -> None:
    page = "<a href='https://jobs.lever.co/partner'>Partner</a><iframe src='https://jobs.ashbyhq.com/Own'></iframe>"
    web = site({"https://a.example/jobs": page})
    found = await detect_ats("https://a.example/jobs", web.fetch, web.recognise)
    assert found is not None
    assert found.url == "https://jobs.ashbyhq.com/Own"


async def test_what_is_no_url_is_refused(web: Web) -> None:
    with pytest.raises(InvalidInput):
        await detect_ats("nonsense", web.fetch, web.recognise)
