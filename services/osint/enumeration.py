"""All ways to find host names below a domain, side by side: the DNS, certificates, theHarvester."""

import asyncio

from quiethire.domain.company import Subdomain
from quiethire.domain.urls import domain_of
from services.osint.discovery import Discovery, Method, Web
from services.osint.methods.certificates import Certificates
from services.osint.methods.harvester import Harvester
from services.osint.methods.subdomains import Asking, Subdomains, found_names, jobs_first
from services.osint.names import MAX_NAMES, is_public

MAX_CHECKED = 200
"""Names from elsewhere that the DNS is asked for."""


async def enumerate_subdomains(domain: str, web: Web) -> Discovery:
    """Names that exist, each once with the method that found it first, those of jobs first.

    What certificates and theHarvester name may be long gone: the DNS has the last word, where there is one to ask. A
    method that fails, or that is not configured, takes nothing from the others; certificates and theHarvester are then told
    as `unavailable`. Raises InvalidInput for what is no domain.
    """
    domain = domain_of(domain)
    strangers: tuple[Method, ...] = (Certificates(), Harvester()) if is_public(domain) else ()
    by_dns, *elsewhere = await asyncio.gather(*(method.discover(domain, web) for method in (Subdomains(), *strangers)))
    known = {found.subdomain for found in by_dns.subdomains}
    named = dict[str, Subdomain]()
    for found in (name for one in elsewhere for name in one.subdomains):
        named.setdefault(found.subdomain, found)
    unknown = jobs_first(found for name, found in named.items() if name not in known)
    if web.dns is None:
        checked = Discovery(subdomains=unknown)
    else:
        asking = Asking(web.dns)
        answers = await asking.ask(found.subdomain for found in unknown[:MAX_CHECKED])
        checked = found_names(domain, answers, "", web.recognise)
        credited = (one.model_copy(update={"method": named[one.subdomain].method}) for one in checked.subdomains)
        checked = checked.model_copy(
            update={"subdomains": tuple(credited), "problems": asking.told(), "requests": asking.asked}
        )
    boards = {one.url: one for one in (*by_dns.candidates, *checked.candidates)}
    return Discovery(
        candidates=tuple(boards.values()),
        subdomains=jobs_first((*by_dns.subdomains, *checked.subdomains))[:MAX_NAMES],
        problems=(*by_dns.problems, *checked.problems),
        unavailable=tuple(problem for part in elsewhere for problem in part.problems),
        requests=sum(part.requests for part in (by_dns, *elsewhere, checked)),
    )
