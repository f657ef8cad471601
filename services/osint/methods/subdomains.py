"""Subdomains by a DNS wordlist, those of jobs first; a domain that answers to every name fools nobody.

Where names that nobody can have set up are answered (a wildcard record), only names count that are answered otherwise: by
another alias, or, where neither is an alias, by other addresses. A wildcard may answer with other addresses each time;
then addresses in the same networks tell nothing.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network

from quiethire.domain.company import BoardCandidate, DiscoveryMethod, Subdomain
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.result import Problem
from quiethire.domain.urls import domain_of
from services.osint.discovery import Discovery, Recognise, Web
from services.osint.dns import Dns, DnsAnswer
from services.osint.methods.ats import by_alias
from services.osint.names import JOB_NAMES, OTHER_NAMES, speaks_of_jobs
from services.osint.vendors import vendor_of

AT_ONCE = 20
"""Names asked for at the same time."""
PROBES = 4
"""Names that nobody can have set up, which are asked for first."""
MORE_PROBES = 12
"""So many more, where the answers to those differ."""
MAX_FAILURES = 10
"""After so many names that could not be asked for no more are: the name servers of a domain fail for all names alike."""

_Network = IPv4Network | IPv6Network


class Subdomains:
    """Finds host names below a company's domain. Its subject is that domain."""

    name = "subdomains"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The names of the wordlist that exist, and the boards whose names at a vendor they are aliases of.

        `requests` counts the questions. Raises InvalidInput where the subject is no domain.
        """
        domain = domain_of(subject)
        if web.dns is None:
            return Discovery(problems=(Problem(kind="not_configured", where=domain, detail="there is no DNS to ask"),))
        asking = Asking(web.dns)
        wildcard = await _wildcard(domain, asking)
        if asking.problems:
            return Discovery(problems=asking.told(), requests=asking.asked)
        answers = await asking.ask(f"{label}.{domain}" for label in (*JOB_NAMES, *OTHER_NAMES))
        there = {name: answer for name, answer in answers.items() if not wildcard.explains(name, answer)}
        found = found_names(domain, there, self.method, web.recognise)
        return found.model_copy(update={"problems": asking.told(), "requests": asking.asked})

    method = "dns"


@dataclass
class Asking:
    """Questions to the DNS, so many at once; what fails is counted and stops nobody."""

    dns: Dns
    asked: int = 0
    problems: list[Problem] = field(default_factory=list)

    async def ask(self, names: Iterable[str]) -> dict[str, DnsAnswer]:
        """The answers by name, in the order of the names; only of names that have an address."""
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one(name: str) -> DnsAnswer:
            async with at_once:
                if len(self.problems) >= MAX_FAILURES:
                    return DnsAnswer()
                self.asked += 1
                try:
                    return await self.dns.ask(name)
                except InvalidInput as error:
                    if error.kind == "invalid_url":
                        return DnsAnswer()  # too long a name below a long domain: nobody has it
                    self.problems.append(Problem.of(error, where=name))
                except QuietHireError as error:
                    self.problems.append(Problem.of(error, where=name))
                return DnsAnswer()

        asked = tuple(dict.fromkeys(names))
        answers = await asyncio.gather(*(one(name) for name in asked))
        return {name: answer for name, answer in zip(asked, answers, strict=True) if answer.addresses}

    def told(self) -> tuple[Problem, ...]:
        """One problem for each kind of failure: a dead name server fails every name alike."""
        first = {problem.kind: problem for problem in reversed(self.problems)}
        counts = Counter(problem.kind for problem in self.problems)
        return tuple(
            problem.model_copy(update={"detail": f"{problem.detail}; so for {counts[kind]} names"})
            for kind, problem in first.items()
        )


def found_names(domain: str, answers: dict[str, DnsAnswer], method: str, recognise: Recognise) -> Discovery:
    """The names that exist, and the boards that they are aliases of. An alias of a vendor's makes a name one of jobs."""
    subdomains: list[Subdomain] = []
    boards: dict[str, BoardCandidate] = {}
    for name, answer in answers.items():
        vendor = vendor_of(answer.aliases, recognise)
        of_jobs = vendor is not None or speaks_of_jobs(name, domain)
        subdomains.append(Subdomain(subdomain=name, method=method, is_job_related=of_jobs))
        if vendor is not None and vendor.board is not None:
            via = {"discovered_via": DiscoveryMethod.SUBDOMAIN}
            boards.setdefault(vendor.board.key, by_alias(name, vendor, vendor.board).model_copy(update=via))
    return Discovery(subdomains=jobs_first(subdomains), candidates=tuple(boards.values()))


def jobs_first(subdomains: Iterable[Subdomain]) -> tuple[Subdomain, ...]:
    """Those of jobs first, plain ones such as `careers` before `careers-test`, otherwise in their order."""
    plain = frozenset(JOB_NAMES)
    return tuple(
        sorted(subdomains, key=lambda one: (not one.is_job_related, one.subdomain.partition(".")[0] not in plain))
    )


@dataclass(frozen=True)
class _Wildcard:
    """What a domain answers for names that nobody has set up: nothing, as a rule."""

    answers: tuple[tuple[str, DnsAnswer], ...] = ()

    def explains(self, name: str, answer: DnsAnswer) -> bool:
        """Whether the name is answered as any name is."""
        if not self.answers:
            return False
        if _alias(name, answer) not in {_alias(probe, probed) for probe, probed in self.answers}:
            return False
        if answer.aliases:
            return True
        pool = [probed.addresses for _, probed in self.answers]
        if len({frozenset(addresses) for addresses in pool}) == 1:
            return frozenset(answer.addresses) <= frozenset(pool[0])
        networks = {_network(address) for addresses in pool for address in addresses}
        return any(_network(address) in networks for address in answer.addresses)


async def _wildcard(domain: str, asking: Asking) -> _Wildcard:
    answers = await asking.ask(_impossible(domain, range(PROBES)))
    if len({frozenset(answer.addresses) for answer in answers.values()}) > 1:
        answers |= await asking.ask(_impossible(domain, range(PROBES, PROBES + MORE_PROBES)))
    return _Wildcard(tuple(answers.items()))


def _impossible(domain: str, numbers: Sequence[int]) -> list[str]:
    """Names that no company has, the same ones for the same domain."""
    digests = (hashlib.sha256(f"{domain} {number}".encode()).hexdigest() for number in numbers)
    return [f"qh-{digest[:20]}.{domain}" for digest in digests]


def _alias(name: str, answer: DnsAnswer) -> str:
    """What the name is an alias of, if anything; a target that is made of the name itself (DNAME) is one for all."""
    label = name.partition(".")[0]
    return answer.aliases[0].replace(label, "*") if answer.aliases else ""


def _network(address: str) -> _Network:
    """The network that an address is in, as its owner may have got it."""
    return ip_network(f"{address}/{48 if ':' in address else 24}", strict=False)
