"""Subdomains by a DNS wordlist, those of jobs first; a domain that answers to every name fools nobody."""

import asyncio
import hashlib
from collections import Counter

from quiethire.domain.company import Subdomain
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.result import Problem
from quiethire.domain.urls import domain_of
from services.osint.discovery import Discovery, Resolve, Web
from services.osint.words import JOB_SUBDOMAINS, SUBDOMAINS

AT_ONCE = 10
"""Names asked for at the same time."""


class Subdomains:
    """Finds host names below a company's domain. Its subject is that domain."""

    name = "subdomains"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The names of the wordlist that exist. Raises InvalidInput where there is no resolver or no domain."""
        if web.resolve is None:
            raise InvalidInput(
                "no resolver was given", where=subject, hint="pass Web(resolve=…)", kind="not_configured"
            )
        return await enumerate_subdomains(subject, web.resolve)


async def enumerate_subdomains(domain: str, resolve: Resolve) -> Discovery:
    """Ask the DNS for each name of the wordlist below `domain`. `requests` counts the questions.

    Where names that nobody can have set up resolve too (a wildcard record), only names with other addresses count.
    """
    domain = domain_of(domain)
    asking = asyncio.Semaphore(AT_ONCE)
    failures: list[Problem] = []

    async def addresses(label: str) -> frozenset[str]:
        async with asking:
            try:
                return frozenset(await resolve(f"{label}.{domain}"))
            except QuietHireError as error:
                failures.append(Problem.of(error, where=f"{label}.{domain}"))
                return frozenset()

    probes = _impossible(domain)
    answers = await asyncio.gather(*(addresses(label) for label in (*probes, *SUBDOMAINS)))
    wildcard = frozenset[str]().union(*answers[: len(probes)])
    found = [
        Subdomain(subdomain=f"{label}.{domain}", method="dns", is_job_related=label in JOB_SUBDOMAINS)
        for label, where in zip(SUBDOMAINS, answers[len(probes) :], strict=True)
        if where - wildcard
    ]
    return Discovery(subdomains=tuple(found), problems=_told(failures), requests=len(answers))


def _impossible(domain: str) -> tuple[str, ...]:
    """Two names that no company has, the same ones for the same domain."""
    digest = hashlib.sha256(domain.encode()).hexdigest()
    return f"qh-{digest[:20]}", f"qh-{digest[20:40]}"


def _told(failures: list[Problem]) -> tuple[Problem, ...]:
    """One problem for each kind of failure: a dead name server fails every name alike."""
    first = {failure.kind: failure for failure in reversed(failures)}
    counts = Counter(failure.kind for failure in failures)
    return tuple(
        failure.model_copy(update={"detail": f"{failure.detail}; so for {counts[kind]} names"})
        for kind, failure in first.items()
    )
