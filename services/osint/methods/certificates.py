"""Subdomains by certificate transparency: the names on certificates that were issued, as crt.sh lists them.

Source of the format: crt.sh, `?q=%.DOMAIN&output=json&exclude=expired`: a list of objects whose `name_value` holds names, one
a line, some with a wildcard's star, some e-mail addresses. It is a free service without promises: slow, often out of order (502,
503, HTML instead of JSON), and it throttles. What fails here is a problem that is told, and nothing more.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from quiethire.domain.company import Subdomain
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.result import Problem
from quiethire.domain.urls import domain_of
from services.osint.discovery import Discovery, Requests, Web
from services.osint.methods.subdomains import jobs_first
from services.osint.names import MAX_NAMES, name_below, speaks_of_jobs

API = "https://crt.sh/"
MAX_CERTIFICATES = 50_000
"""Certificates of one domain that are looked at."""


class Certificates:
    """Finds host names below a company's domain. Its subject is that domain."""

    name = "certificates"
    method = "crt"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The names on certificates that are still valid. Raises InvalidInput where the subject is no domain."""
        domain = domain_of(subject)
        requests = Requests(web.fetch, limit=1)
        page = await requests.get(FetchSpec(url=f"{API}?q=%25.{domain}&output=json&exclude=expired", accept="json"))
        names = dict[str, None]()
        if page is not None:
            try:
                names = dict.fromkeys(_names(page, domain))
            except SchemaDrift as error:
                requests.problems.append(Problem.of(error))
        found = (
            Subdomain(subdomain=name, method=self.method, is_job_related=speaks_of_jobs(name, domain)) for name in names
        )
        return Discovery(
            subdomains=jobs_first(found)[:MAX_NAMES], problems=tuple(requests.problems), requests=requests.made
        )


def _names(page: Page, domain: str) -> Iterator[str]:
    try:
        certificates: Any = orjson.loads(page.body)
    except orjson.JSONDecodeError as error:
        raise SchemaDrift("the answer is not JSON", where=API) from error
    if not isinstance(certificates, list):
        raise SchemaDrift("the answer is no list", where=API)
    for certificate in certificates[:MAX_CERTIFICATES]:
        value = certificate.get("name_value") if isinstance(certificate, dict) else None
        if not isinstance(value, str):
            raise SchemaDrift("a certificate has no `name_value`", where=API)
        for line in value.splitlines():
            if name := name_below(domain, line):
                yield name
