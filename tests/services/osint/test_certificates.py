"""Names on certificates, from a local server that answers as crt.sh does, on its good days and on the others.

Request and answer as crt.sh gives them: `https://crt.sh/?q=%25.example.com&output=json`, `exclude=expired`; objects with
`issuer_ca_id`, `issuer_name`, `common_name`, `name_value`, `id`, `entry_timestamp`, `not_before`, `not_after`, `serial_number`.
"""

import pytest
from outer_web import outside
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from quiethire.domain.errors import InvalidInput
from services.osint.methods.certificates import Certificates
from services.osint.names import MAX_NAMES


def certificate(number: int, names: str) -> dict[str, object]:
    return {
        "issuer_ca_id": 282054,
        "issuer_name": 'C=US, O="Example CA", CN=Example TLS',
        "common_name": "acme.com",
        "name_value": names,
        "id": number,
        "entry_timestamp": "2026-04-02T21:29:08.423",
        "not_before": "2026-04-02T21:18:57",
        "not_after": "2027-04-02T21:18:57",
        "serial_number": f"{number:032x}",
    }


async def discovered(answer: Response, domain: str = "acme.com"):
    async def crt(_: Request) -> Response:
        return answer

    async with outside(["crt.sh"], {"/": crt}) as (web, seen):
        return await Certificates().discover(domain, web), seen


async def test_names_are_read_line_by_line_and_those_of_jobs_come_first() -> None:
    """As crt.sh answers `?q=%25.acme.com&output=json&exclude=expired`."""
    listed = [
        certificate(1, "acme.com\n*.acme.com\nwww.acme.com"),
        certificate(2, "WWW.acme.com\njobs.acme.com\nadmin@acme.com"),
        certificate(3, "*.karriere.acme.com\nshop.acme.com.evil.example\nnotacme.com\na b.acme.com\n-x.acme.com"),
        certificate(4, "under_score.acme.com\nxn--bcher-kva.acme.com\n"),
    ]
    found, seen = await discovered(JSONResponse(listed))
    assert [(one.subdomain, one.is_job_related, one.method) for one in found.subdomains] == [
        ("jobs.acme.com", True, "crt"),
        ("karriere.acme.com", True, "crt"),
        ("www.acme.com", False, "crt"),
        ("xn--bcher-kva.acme.com", False, "crt"),
    ]
    assert (found.problems, found.requests) == ((), 1)
    (request,) = (one for one in seen.asked if one.url.path == "/")
    assert request.method == "GET"
    assert request.headers["host"] == "crt.sh"
    assert request.scope["query_string"] == b"q=%25.acme.com&output=json&exclude=expired"


async def test_a_domain_with_very_many_names_is_bounded_and_jobs_are_kept() -> None:
    listed = [certificate(number, f"host{number}.acme.com") for number in range(3_000)]
    found, _ = await discovered(JSONResponse([*listed, certificate(9_999, "careers.acme.com")]))
    assert len(found.subdomains) == MAX_NAMES
    assert found.subdomains[0].subdomain == "careers.acme.com"


async def test_no_certificates_are_no_problem() -> None:
    found, _ = await discovered(JSONResponse([]))
    assert (found.subdomains, found.problems) == ((), ())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (PlainTextResponse("Bad Gateway", 502), "http_502"),
        (HTMLResponse("<html>Service Unavailable</html>", 503), "throttled"),
        (PlainTextResponse("", 404), "gone"),
        (HTMLResponse("<!doctype html><html><body>crt.sh</body></html>"), "not_json"),
        (PlainTextResponse("", 200, media_type="application/json"), "not_json"),
        (PlainTextResponse('[{"id": 1, "name_val', 200, media_type="application/json"), "schema_drift"),
        (JSONResponse({"error": "sorry"}), "schema_drift"),
        (JSONResponse([{"id": 1}]), "schema_drift"),
        (JSONResponse(["acme.com"]), "schema_drift"),
        (JSONResponse([certificate(1, "x.acme.com") | {"pad": "x" * 11_000_000}]), "too_large"),
    ],
    ids=["502", "503", "404", "html", "empty", "cut", "object", "no-names", "strings", "huge"],
)
async def test_what_goes_wrong_is_a_problem_and_nothing_more(answer: Response, kind: str) -> None:
    found, _ = await discovered(answer)
    assert found.subdomains == ()
    assert [problem.kind for problem in found.problems] == [kind]
    assert "crt.sh" in found.problems[0].where


async def test_what_its_robots_txt_forbids_is_not_asked() -> None:
    async def robots(_: Request) -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /")

    async def crt(_: Request) -> Response:
        return JSONResponse([])

    async with outside(["crt.sh"], {"/robots.txt": robots, "/": crt}) as (web, seen):
        found = await Certificates().discover("acme.com", web)
    assert [problem.kind for problem in found.problems] == ["robots"]
    assert seen.targets == []


async def test_what_is_no_domain_is_refused() -> None:
    with pytest.raises(InvalidInput):
        await discovered(JSONResponse([]), "not a domain")
