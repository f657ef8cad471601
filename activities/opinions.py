"""What people said of jobs and of companies, as it counts for their matches: for who makes them, who shows them and who tells employers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from activities.clients import Clients
from quiethire.domain.candidate import Candidate, Feedback, Verdict
from quiethire.domain.cluster import by_cluster
from quiethire.domain.company_names import known_as, meant_by
from quiethire.domain.posting import JobPosting


@dataclass(frozen=True)
class Opinion:
    """What somebody likes, and wants no more."""

    liked: frozenset[UUID] = frozenset()
    """Every listing of the jobs that they like."""
    refused: frozenset[UUID] = frozenset()
    """Every listing of the jobs that they said no to."""
    companies: tuple[str, ...] = ()
    """Names and domains of companies of which they want nothing."""

    def refuses(self, posting: JobPosting) -> bool:
        """Whether they want nothing of this posting."""
        if posting.id in self.refused:
            return True
        return not self._meant.isdisjoint(known_as(posting.company_name, posting.company_domain))

    @cached_property
    def _meant(self) -> frozenset[str]:
        return frozenset(key for word in self.companies for key in meant_by(word))


async def opinions_of(clients: Clients, people: Collection[Candidate]) -> dict[UUID, Opinion]:
    """What each of these people said until now. Of all that they said of one job, by whichever listing, the newest word counts."""
    said = await clients.matches.feedback_of([person.id for person in people])
    mates = await clients.clusters.mates({each.job_id for words in said.values() for each in words}) if said else {}
    listings = by_cluster(mates)
    no = {each.job_id for words in said.values() for each in words if each.blocks_company}
    rows = await clients.postings.known(no) if no else {}
    stated = {job_id: row.posting.company_domain or row.posting.company_name for job_id, row in rows.items()}

    def of(person: Candidate, words: Sequence[Feedback]) -> Opinion:
        verdicts: dict[UUID, Verdict] = {}
        for each in sorted(words, key=lambda one: one.at):
            same = listings[mates[each.job_id].cluster] if each.job_id in mates else ()
            verdicts.update(dict.fromkeys((each.job_id, *same), each.verdict))
        companies = (stated[each.job_id] for each in words if each.blocks_company and each.job_id in stated)
        return Opinion(
            liked=frozenset(job_id for job_id, verdict in verdicts.items() if verdict is Verdict.INTERESTED),
            refused=frozenset(job_id for job_id, verdict in verdicts.items() if verdict is Verdict.NOT_INTERESTED),
            companies=tuple(dict.fromkeys((*person.preferences.blocked_companies, *companies))),
        )

    return {person.id: of(person, said.get(person.id, ())) for person in people}
