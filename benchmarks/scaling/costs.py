"""What one of each thing costs, as it was measured, and what is assumed of people and boards."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Cost:
    """A measured unit cost."""

    value: float
    unit: str
    words: str
    source: str
    """Where it was measured: a document or a benchmark."""


_LOAD = "`make load`"


@dataclass(frozen=True)
class Costs:
    """Milliseconds are of one processor (of the shared two that all of this was measured on)."""

    search_api: Cost = Cost(2.4, "ms", "API, a search that is not kept, mean of six kinds", "adr/0021-gateway.md")
    search_index: Cost = Cost(
        9.9, "ms", "Typesense, the same search, 100,000 postings, with what is indexed meanwhile", _LOAD
    )
    search_index_fixed: Cost = Cost(
        3.6, "ms", "Typesense, the same search, 3,000 postings: the part that does not grow", _LOAD
    )
    kept: Cost = Cost(0.05, "ms", "API, a search that is kept", "adr/0021-gateway.md")
    posting_read: Cost = Cost(15.0, "ms", "ClickHouse, one posting by its id", "adr/0018-posting-storage.md")
    feed: Cost = Cost(0.35, "ms", "API, a feed of matches that a process keeps", "adr/0031-delivery.md")
    fetch: Cost = Cost(0.5, "ms", "crawler, a page over HTTP with all its guards", "adr/0005-crawler.md")
    rendered: Cost = Cost(
        85.0, "ms", "crawler and Chromium, a page that a script builds", "adr/0012-browser-and-proxies.md"
    )
    look: Cost = Cost(
        120.0,
        "ms",
        "worker and Temporal, a look at a board of five postings, one in ten changed, with all that goes on anyhow",
        _LOAD,
    )
    action: Cost = Cost(
        7.7, "ms", "Temporal with its worker, one activity (260 a second on two processors)", "adr/0009-temporal.md"
    )
    look_actions: Cost = Cost(
        0.043, "activities", "a look at a board that has not changed", "adr/0014-continuous-loop.md"
    )
    crawl_actions: Cost = Cost(5, "activities", "the crawl of one that has", "adr/0009-temporal.md")
    parse: Cost = Cost(1.7, "ms", "parser, a posting (600 a processor's second)", "adr/0018-posting-storage.md")
    skills: Cost = Cost(2.0, "ms", "parser, its skills", "adr/0029-skills-and-titles.md")
    store: Cost = Cost(0.26, "ms", "a row stored in ClickHouse, with its preparation", "adr/0018-posting-storage.md")
    duplicates: Cost = Cost(0.46, "ms", "a fresh posting compared with a million", "adr/0016-duplicates.md")
    index: Cost = Cost(0.84, "ms", "a posting brought into the index, worker and Typesense", "adr/0019-search-index.md")
    embed: Cost = Cost(6.6, "ms", "what a posting means, the local model", "adr/0026-semantic-search.md")
    match_loop: Cost = Cost(
        0.1, "ms", "a person against 100,000 postings, in the loops of a full run", "adr/0027-matching-engine.md"
    )
    match_night: Cost = Cost(20.0, "ms", "a person of a night in which every score moved, with keeping", "matching.md")
    match_keep: Cost = Cost(7.0, "ms", "of it what is kept and told, nearly all of it PostgreSQL's", "matching.md")
    posting_clickhouse: Cost = Cost(
        993, "bytes", "disk of ClickHouse, a posting in all tables", "adr/0018-posting-storage.md"
    )
    posting_index: Cost = Cost(4_300, "bytes", "memory of Typesense, a posting with its vector", _LOAD)
    posting_match: Cost = Cost(1_400, "bytes", "memory of a match worker, a posting", "adr/0027-matching-engine.md")
    kept_answer: Cost = Cost(35_000, "bytes", "Valkey, a kept answer", "adr/0021-gateway.md")
    decision: Cost = Cost(
        700, "bytes", "PostgreSQL, a line of the log of decisions with its indexes", "adr/0030-people.md"
    )
    process: Cost = Cost(
        700e6, "bytes", "a worker or API process, a half of what is both, with ClickHouse in it", _LOAD
    )
    parser_process: Cost = Cost(
        280e6, "bytes", "a process of the parser's pool, with places and skills", "adr/0006-parser.md"
    )

    def rows(self) -> list[Cost]:
        """All of them, in order."""
        return [getattr(self, each.name) for each in fields(self)]


@dataclass(frozen=True)
class Assumption:
    """What nobody measured: change it where you know better."""

    value: float
    words: str


@dataclass(frozen=True)
class Assumptions:
    """Of people, boards and machines."""

    searches: Assumption = Assumption(3, "searches a user a day, over all users, also those who stay away")
    typed: Assumption = Assumption(4, "suggestions asked for while one search is typed")
    opened: Assumption = Assumption(2, "postings opened for one search")
    kept_share: Assumption = Assumption(0.3, "of searches are answered by what is kept")
    peak: Assumption = Assumption(4, "times the day's mean in the busiest minutes")
    candidates: Assumption = Assumption(0.5, "of users have a profile that is matched every night")
    feeds: Assumption = Assumption(1, "looks at one's matches, a candidate a day")
    board_postings: Assumption = Assumption(20, "open postings of a board")
    looks: Assumption = Assumption(
        1.5, "looks at a board a day (0.25 to 23 by how often it changes: adr/0014-continuous-loop.md)"
    )
    changed: Assumption = Assumption(
        0.4, "of looks find a change, as the cadence aims at; the whole list is parsed then"
    )
    rendered: Assumption = Assumption(0.1, "of looks need the browser")
    life: Assumption = Assumption(30, "days that a posting is open")
    writes: Assumption = Assumption(3, "times a posting is written in its life: opened, changed, closed")
    years: Assumption = Assumption(2, "years that closed postings are kept in ClickHouse")
    night: Assumption = Assumption(6, "hours for what is made anew each night: matches, index")
    news: Assumption = Assumption(2, "new lines of the log of decisions, a candidate a day; 200 at first")
    fetch_row: Assumption = Assumption(
        600, "bytes of PostgreSQL for a look: what was fetched, and the crawl's facts, for 30 days"
    )
    person: Assumption = Assumption(
        60_000, "bytes of PostgreSQL for a candidate without the log: profile, 200 matches, notifications"
    )
    busy: Assumption = Assumption(0.6, "of a processor may be used at the peak; the rest is headroom")
    writers: Assumption = Assumption(20, "of our processes are served by one processor of PostgreSQL")
    node_cores: Assumption = Assumption(16, "processors of the largest machine that is used")
    node_memory: Assumption = Assumption(128, "GiB of the same machine")
    memory_full: Assumption = Assumption(0.6, "of a machine's memory may be data, at most")
    shard_postings: Assumption = Assumption(
        4e6, "postings of one collection of Typesense, at most: beyond, a search takes too long"
    )
    asked: Assumption = Assumption(
        0.2, "of the shards are asked by a search, where there are more than one: by country and language"
    )
    clickhouse_tb: Assumption = Assumption(1.0, "TB of one shard of ClickHouse, at most")

    def rows(self) -> list[Assumption]:
        """All of them, in order."""
        return [getattr(self, each.name) for each in fields(self)]


@dataclass(frozen=True)
class Prices:
    """Of a month, in any currency: list prices of large clouds lie around these. Change them for yours."""

    vcpu: float = 20.0
    gib: float = 3.0
    tb: float = 80.0


@dataclass(frozen=True)
class Size:
    """A platform."""

    name: str
    users: float
    postings: float


SIZES = (
    Size("1k users", 1e3, 1e5),
    Size("10k users", 1e4, 1e6),
    Size("100k users", 1e5, 3e6),
    Size("1M users", 1e6, 1e7),
    Size("1M users, 100M postings", 1e6, 1e8),
)
