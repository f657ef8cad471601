"""docs/scaling.md, as the model says it."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.report import missed_of
from benchmarks.scaling.costs import SIZES, Prices, Size
from benchmarks.scaling.model import Machines, Model, Plan

_HEAD = """# Scaling

How many machines a platform takes, by a small model of measured unit costs. Made by `python -m benchmarks.scaling`: change the numbers in
`benchmarks/scaling/costs.py`, not this file. With `--vcpu`, `--gib` and `--tb` it tells the cost at your prices, on the terminal.

**What is measured and what is not.** Unit costs were measured on two shared processors with at most a million postings, and are in the table
at the end with their sources. Everything beyond that is multiplication: nothing here has run on more than one machine. Sizes from
100k users on are a plan, not an experience; measure the first of each kind of machine before you buy the others.

The smallest size needs none of this: it is less than one search a second, which `quiethire up` holds on one machine of two processors and
8 GiB ([below](#what-one-machine-held)).
"""

_BREAKS = """
## What breaks first

| size | first to give way | what to do | what has to change in the code |
| --- | --- | --- | --- |
| 1k users | one process with everything: a crawl and the searches share its processor | run worker and API apart (`docker-compose.yml`) | nothing |
| 10k users | searches on one processor: a process of the API is one | more replicas of `api` (they share only Redis), three nodes of Typesense | nothing |
| 100k users | the nightly rebuild of the index, which one activity after another makes; the log of decisions in one table | `QUIETHIRE_MATCH_SHARDS`, as many match workers; a partition a month for `decisions` and `pages` | partitions are a migration that is not written; `ReindexWorkflow` has to build in parts |
| 1M users | one collection of Typesense: each search looks at all postings | collections by country and language, a search asks those it needs | `quiethire/storage/typesense` has one alias: it needs one for each shard, and answers have to be merged (facets, cursors) |
| 100M postings | memory of match workers, each of which holds all postings; one ClickHouse | an index of a region for the people of that region; shards with Distributed tables | `services/matching/index` by region; migrations `ON CLUSTER`, `Replicated` engines, a Distributed table before each, by the board's key, so that `known_of` asks one shard; Temporal namespaces by region, as one namespace has one frontend's history shards |

Two limits are not of machines: a host is asked once a second at most, and the boards of one vendor share a host, so that the looks a day at
one vendor's boards are at most 86,400 with one address (`QUIETHIRE_PROXIES` gives more addresses, not more rights); and reading the
whole web's postings asks for the consent of those who run it.
"""


def page(model: Model, prices: Prices, kept: Mapping[str, Any], sizes: Sequence[Size] = SIZES) -> str:
    """The whole page. `kept`: the figures of `make load`."""
    plans = [model.plan(size) for size in sizes]
    parts = [_HEAD, _summary(plans, prices)]
    parts += [_one(plan, prices) for plan in plans]
    parts += [_BREAKS, measured(kept), _assumptions(model), _costs(model)]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


SHOWN = {
    "processors": "processors, of everything together and of who asks",
    "load_average": "processes that wanted one, on average, at the end of the steady load",
    "postings": "postings",
    "steady_offered_per_second": "different searches a second, of six kinds in turns, none kept",
    "steady_seconds": "seconds of that",
    "steady_boards_crawled_per_second": "boards looked at a second meanwhile, one in ten changed",
    "steady_p50_ms": "ms from when a search was due to its answer, half of them",
    "steady_p95_ms": "95 of 100",
    "steady_p99_ms": "99 of 100",
    "steady_errors": "searches without a good answer",
    "knee_offered_per_second": "searches a second at the knee: the last rate at which 95 of 100 took no longer than 150 ms",
    "overload_offered_per_second": "searches a second of the overload",
    "overload_good_per_second": "of them answered within a second",
    "overload_goodput": "of what was answered at the knee",
    "overload_refused_p99_ms": "ms to a refusal (503 with Retry-After), 99 of 100",
    "overload_unanswered": "without any answer",
    "overload_other_errors": "answered otherwise than 200, 429 or 503",
    "overload_recovery_seconds": "seconds until all was well again",
    "soak_minutes": "minutes of the soak",
    "soak_errors": "searches of it without a good answer",
    "soak_answered_503": "of them sent away for a moment (503 with Retry-After)",
    "soak_answered_0": "without any answer",
    "soak_memory_mb": "MB of all processes at its end",
    "soak_memory_percent_per_hour": "per cent of it more an hour, by least squares",
    "soak_memory_percent_per_hour_error": "standard error of that",
    "soak_files_growth": "open files more at its end, but for those of /proc",
    "soak_sockets_growth": "of them sockets",
    "soak_threads_growth": "threads more at its end",
    "orphans": "processes that outlived the platform",
}
"""The figures of `make load` that the page tells, and what they are."""


def measured(kept: Mapping[str, Any]) -> str:
    """What one machine held, as the last run of each part that was kept found it."""
    runs = [_run(part, run) for part, run in kept.items()]
    return "\n".join(("\n## What one machine held\n", *runs))


def _run(part: str, run: Mapping[str, Any]) -> str:
    figures, targets = run["figures"], run["targets"]
    missed = missed_of(figures, targets)
    rows: list[list[object]] = []
    for name, words in SHOWN.items():
        if name in figures:
            sign, value = targets.get(name, ("", 0.0))
            verdict = f"{'missed' if name in missed else 'reached'}: {sign} {value:g}" if sign else ""
            rows.append([words, f"{figures[name]:g}", verdict])
    short = figures.get("soak_is_short")
    told = f'`make load ARGS="--part {part}"` on one machine with everything, {run["at"]}. {run["note"]}'.strip()
    if short:
        told += " The soak was short: it cannot tell what grows for good from caches that fill, and its slope is held against no target."
    return f"{told}\n\n{_table(('what', 'figure', 'target'), rows)}\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _summary(plans: Sequence[Plan], prices: Prices) -> str:
    parts = list(dict.fromkeys(each.part for plan in plans for each in plan.machines))
    rows: list[list[object]] = [
        ["open postings", *(f"{plan.size.postings:,.0f}" for plan in plans)],
        ["searches that reach the index, at the peak, a second", *(f"{plan.rates.searches:,.1f}" for plan in plans)],
        ["looks at boards a second, all day", *(f"{plan.rates.looks:,.2f}" for plan in plans)],
        ["postings parsed a second, all day", *(f"{plan.rates.parsed:,.1f}" for plan in plans)],
    ]
    rows += [[f"`{part}`", *(_brief(plan, part) for plan in plans)] for part in parts]
    rows += [
        ["**processors**", *(f"{sum(m.count * m.vcpu for m in plan.machines):,.0f}" for plan in plans)],
        ["**GiB of memory**", *(f"{sum(m.count * m.gib for m in plan.machines):,.0f}" for plan in plans)],
        ["**TB of disk**", *(f"{sum(m.count * m.tb for m in plan.machines):,.1f}" for plan in plans)],
        ["**cost a month**", *(f"{plan.cost(prices):,.0f}" for plan in plans)],
        ["cost a month and user", *(f"{plan.cost(prices) / plan.size.users:,.2f}" for plan in plans)],
    ]
    told = (
        f"## The machines\n\nA cell reads: how many, processors and GiB of each. Prices a month: {prices.vcpu:g} a processor, {prices.gib:g} a GiB "
        f"of memory, {prices.tb:g} a TB of disk, in your currency; traffic, the archive of pages and backups are not in it.\n"
    )
    return "\n".join([told, _table(["", *(plan.size.name for plan in plans)], rows)])


def _brief(plan: Plan, part: str) -> str:
    found = [each for each in plan.machines if each.part == part]
    return " + ".join(f"{each.count} x {each.vcpu:g}/{each.gib:g}" for each in found) or "–"


def _one(plan: Plan, prices: Prices) -> str:
    rows = [_row(each, prices) for each in plan.machines]
    head = ("part", "machines", "processors each", "GiB each", "TB each", "a month", "why so many")
    return f"\n## {plan.size.name}\n\n{_table(head, rows)}"


def _row(each: Machines, prices: Prices) -> list[object]:
    return [
        f"`{each.part}`",
        each.count,
        f"{each.vcpu:g}",
        f"{each.gib:g}",
        f"{each.tb:g}",
        f"{each.cost(prices):,.0f}",
        each.why,
    ]


def _assumptions(model: Model) -> str:
    rows = [[f"{each.value:,g}", each.words] for each in model.assumed.rows()]
    return "\n## What is assumed\n\nNobody measured these: they are of people, boards and machines.\n\n" + _table(
        ("", "what"), rows
    )


def _costs(model: Model) -> str:
    rows = [[f"{each.value:,g} {each.unit}", each.words, _source(each.source)] for each in model.costs.rows()]
    return "\n## What was measured\n\nMilliseconds are of one processor.\n\n" + _table(
        ("cost", "of what", "measured in"), rows
    )


def _source(source: str) -> str:
    return f"[{source.rpartition('/')[2].removesuffix('.md')}]({source})" if source.endswith(".md") else source
