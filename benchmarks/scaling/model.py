"""From unit costs and assumptions to machines. Pure; everything is at the peak, with headroom, unless it says otherwise."""

import math
from dataclasses import dataclass, field

from benchmarks.scaling.costs import Assumption, Assumptions, Cost, Costs, Prices, Size

DAY = 86_400.0
GIB, TB = 2.0**30, 1e12
DAYS_A_YEAR = 365.0
POOL = 10
"""Connections of one process to PostgreSQL (quiethire/storage/postgres/connection.py)."""
MOST_CONNECTIONS = 400
"""Beyond that, a pooler stands before PostgreSQL."""
COLLECTIONS = 2
"""That lie in Typesense: the one of before stays until the next swap."""
LEAST_MEMORY = 2.0
"""GiB of the smallest node of a store."""


@dataclass(frozen=True)
class Rates:
    """What happens, a second."""

    searches: float
    """That reach the index, at the peak: suggestions among them."""
    kept: float
    opened: float
    feeds: float
    looks: float
    """At boards, over the whole day."""
    parsed: float
    written: float
    fresh: float
    """Postings that were never seen, of those written."""


@dataclass(frozen=True)
class Machines:
    """So many of one kind."""

    part: str
    count: int
    vcpu: float
    """Of each."""
    gib: float
    tb: float
    why: str

    def cost(self, prices: Prices) -> float:
        """A month."""
        return self.count * (self.vcpu * prices.vcpu + self.gib * prices.gib + self.tb * prices.tb)


@dataclass(frozen=True)
class Plan:
    """A platform of one size."""

    size: Size
    rates: Rates
    machines: tuple[Machines, ...]

    def of(self, part: str) -> Machines:
        """The machines of a part."""
        return next(each for each in self.machines if each.part == part)

    def cost(self, prices: Prices) -> float:
        """A month."""
        return sum(each.cost(prices) for each in self.machines)


@dataclass(frozen=True)
class Model:
    """The costs and assumptions that plans are made of."""

    costs: Costs = field(default_factory=Costs)
    assumed: Assumptions = field(default_factory=Assumptions)

    def plan(self, size: Size) -> Plan:
        """The machines of a platform of this size."""
        rates = self.rates(size)
        processes = [self._api(rates), *self._workers(size, rates)]
        stores = [
            *self._typesense(size, rates),
            self._clickhouse(size, rates),
            *self._postgres(size, sum(each.count for each in processes)),
            self._valkey(size, rates),
            self._temporal(rates),
        ]
        return Plan(size, rates, (*processes, *stores))

    def rates(self, size: Size) -> Rates:
        """What happens there."""
        a = self.assumed
        searches = size.users * of(a.searches) * of(a.peak) / DAY
        looks = size.postings / of(a.board_postings) * of(a.looks) / DAY
        fresh = size.postings / of(a.life) / DAY
        return Rates(
            searches=searches * (1 - of(a.kept_share) + of(a.typed)),
            kept=searches * of(a.kept_share),
            opened=searches * of(a.opened),
            feeds=size.users * of(a.candidates) * of(a.feeds) * of(a.peak) / DAY,
            looks=looks,
            parsed=looks * of(a.changed) * of(a.board_postings),
            written=fresh * of(a.writes),
            fresh=fresh,
        )

    def search_index_ms(self, postings: float) -> float:
        """Processor time of Typesense for one search of a collection of so many: a part grows with them, a part does not."""
        fixed = of(self.costs.search_index_fixed)
        return fixed + (of(self.costs.search_index) - fixed) * postings / 100_000

    def _cores(self, ms_a_second: float) -> float:
        """Processors for so many milliseconds of work each second, with headroom."""
        return ms_a_second / 1_000 / of(self.assumed.busy)

    def _processes(self, part: str, cores: float, why: str, *, least: int = 1, gib: float | None = None) -> Machines:
        """Processes of ours: each uses one processor."""
        memory = of(self.costs.process) / GIB if gib is None else gib
        return Machines(part, max(least, math.ceil(cores)), 1.0, round(memory + 0.3, 1), 0.0, why)

    def _api(self, rates: Rates) -> Machines:
        c = self.costs
        ms = rates.searches * of(c.search_api) + rates.kept * of(c.kept) + rates.feeds * of(c.feed)
        ms += rates.opened * of(c.search_api)
        return self._processes("api", self._cores(ms), f"{rates.searches:,.0f} searches/s", least=2)

    def _workers(self, size: Size, rates: Rates) -> list[Machines]:
        c, a = self.costs, self.assumed
        plain = rates.looks * of(c.look)
        fetch = rates.looks * ((1 - of(a.rendered)) * of(c.fetch) + of(a.rendered) * of(c.rendered))
        parse = rates.parsed * (of(c.parse) + of(c.skills))
        store = rates.written * (of(c.store) + of(c.index)) + rates.fresh * of(c.duplicates)
        night = of(a.night) * 3_600
        rebuild = size.postings * of(c.index) / night
        people = size.users * of(a.candidates)
        loops = of(c.match_loop) * size.postings / 100_000
        match = people * (of(c.match_night) + loops) / night
        memory = size.postings * of(c.posting_match) * 1.2 / GIB + 1.0
        return [
            self._processes(
                "worker: task",
                self._cores(plain + store + rebuild),
                f"{rates.looks:,.2f} looks/s, {rates.written:,.1f} rows/s, the nightly rebuild",
            ),
            self._processes("worker: crawl", self._cores(fetch), f"{rates.looks:,.2f} pages/s", gib=1.5),
            self._processes(
                "worker: parse",
                self._cores(parse),
                f"{rates.parsed:,.1f} postings/s",
                gib=of(c.parser_process) / GIB + 0.5,
            ),
            self._processes("worker: embed", self._cores(rates.fresh * of(c.embed)), f"{rates.fresh:,.2f} postings/s"),
            self._processes(
                "worker: match",
                self._cores(match),
                f"{people:,.0f} people a night, each worker holds all postings",
                gib=memory,
            ),
        ]

    def shards(self, size: Size) -> int:
        """Collections that the postings are divided among."""
        a = self.assumed
        room = of(a.node_memory) * of(a.memory_full) * GIB / (COLLECTIONS * of(self.costs.posting_index))
        return max(1, math.ceil(size.postings / min(of(a.shard_postings), room)))

    def _typesense(self, size: Size, rates: Rates) -> list[Machines]:
        c, a = self.costs, self.assumed
        shards = self.shards(size)
        each = size.postings / shards
        asked = max(1.0, shards * of(a.asked)) if shards > 1 else 1.0
        cores = self._cores(rates.searches * asked / shards * self.search_index_ms(each))
        memory = COLLECTIONS * each * of(c.posting_index) / GIB / of(a.memory_full)
        nodes = max(3 if size.users > 1_000 else 1, math.ceil(cores / of(a.node_cores)))
        vcpu = min(of(a.node_cores), max(2, math.ceil(cores / nodes)))
        disk = round(2 * memory * GIB / TB, 2)
        why = f"{shards} shard(s) of {each / 1e6:,.1f}M, {self.search_index_ms(each):,.0f} ms a search and shard, {asked:,.0f} asked"
        return [Machines("typesense", shards * nodes, vcpu, max(LEAST_MEMORY, math.ceil(memory)), disk, why)]

    def _clickhouse(self, size: Size, rates: Rates) -> Machines:
        c, a = self.costs, self.assumed
        rows = size.postings * (1 + of(a.years) * DAYS_A_YEAR / of(a.life))
        tb = rows * of(c.posting_clickhouse) * 1.5 / TB
        cores = self._cores(rates.opened * of(c.posting_read) + rates.written * of(c.store))
        shards = max(1, math.ceil(tb / of(a.clickhouse_tb)), math.ceil(cores / of(a.node_cores)))
        replicas = 2 if size.users > 1_000 else 1
        vcpu = min(of(a.node_cores), max(2, math.ceil(cores / shards / replicas)))
        why = f"{shards} shard(s) x {replicas}, {rows / 1e6:,.0f}M rows with closed ones"
        return Machines("clickhouse", shards * replicas, vcpu, max(4.0, vcpu * 4.0), round(tb / shards + 0.02, 2), why)

    def _postgres(self, size: Size, processes: int) -> list[Machines]:
        a = self.assumed
        people = size.users * of(a.candidates)
        log = people * (200 + of(a.news) * DAYS_A_YEAR) * of(self.costs.decision)
        looks = size.postings / of(a.board_postings) * of(a.looks) * 30 * of(a.fetch_row)
        data = log + people * of(a.person) + looks
        nightly = people * of(self.costs.match_keep) / (of(a.night) * 3_600)
        vcpu = min(of(a.node_cores), max(2, math.ceil(self._cores(nightly) + processes / of(a.writers))))
        memory = max(LEAST_MEMORY, math.ceil(data * 0.1 / GIB))
        nodes = 1 if size.users <= 1_000 else 2 if size.users <= 1e5 else 3
        disk = round(1.5 * data / TB + 0.02, 2)
        months = 13 if log > 50e9 else 1
        why = f"{data / 1e9:,.0f} GB, the log of decisions {log / 1e9:,.0f} GB in {months} partition(s), {processes * POOL} connections"
        found = [Machines("postgresql", nodes, vcpu, memory, disk, why)]
        if processes * POOL > MOST_CONNECTIONS:
            found.append(Machines("pgbouncer", 2, 1.0, 0.5, 0.0, f"beyond {MOST_CONNECTIONS} connections"))
        return found

    def _valkey(self, size: Size, rates: Rates) -> Machines:
        c, a = self.costs, self.assumed
        # Five minutes of answers; suggestions are not kept. A feed of 200 matches is about as long as an answer.
        answers = rates.searches / (1 + of(a.typed)) * 300 * of(c.kept_answer)
        feeds = size.users * of(a.candidates) * of(a.feeds) / 24 * of(c.kept_answer)
        memory = max(1.0, math.ceil((answers + feeds) / GIB / of(a.memory_full)))
        return Machines(
            "valkey", 1 if size.users <= 1_000 else 2, 1.0, memory, 0.0, "answers of five minutes, feeds of an hour"
        )

    def _temporal(self, rates: Rates) -> Machines:
        c = self.costs
        actions = rates.looks * (of(c.look_actions) + of(self.assumed.changed) * of(c.crawl_actions))
        cores = self._cores(actions * of(self.costs.action))
        return self._server("temporal", cores, f"{actions:,.1f} actions/s")

    def _server(self, part: str, cores: float, why: str) -> Machines:
        nodes = max(1, math.ceil(cores / of(self.assumed.node_cores)))
        vcpu = max(1, math.ceil(cores / nodes))
        return Machines(part, nodes, float(vcpu), 1.0 + vcpu, 0.0, why)


def of(each: Cost | Assumption) -> float:
    """Its number."""
    return each.value
