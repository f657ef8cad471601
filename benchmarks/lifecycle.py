"""Thirty days of five hundred made-up boards in virtual time: what the house tells of postings against what is true.

Production code runs: the workflows in the SDK's own machine, the activities, adapters, parser and cadence, over the stores'
twins in memory, behind a made-up web with outages, cut pages, walls and refusals (`benchmarks.simulation`).

`python -m benchmarks.lifecycle [--json] [--quick]`
"""

import asyncio
import logging
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.report import Target, finish, options
from benchmarks.simulation.life import live
from benchmarks.simulation.scoring import Rate, Tally, score
from benchmarks.simulation.trouble import Kind

SEED = 20261121
BOARDS, DAYS = 500, 30.0
QUICK_BOARDS, QUICK_DAYS = 40, 10.0
PROCESSES = 2

TARGETS: dict[str, Target] = {
    "closing_precision": (">=", 0.995),
    "closing_recall": (">=", 0.98),
    "closing_delay_median_intervals": ("<=", 1.0),
}


def main() -> int:
    """Simulate, print, and tell whether the targets are reached."""
    given = options(__doc__)
    boards, days = (QUICK_BOARDS, QUICK_DAYS) if given.quick else (BOARDS, DAYS)
    began = time.perf_counter()
    tally = simulate(range(boards), days)
    figures = figures_of(tally) | {"seconds": round(time.perf_counter() - began, 1)}
    return finish(figures, TARGETS, as_json=given.json)


def simulate(boards: range, days: float) -> Tally:
    """The tally of these boards. Each has a world of its own, so that they may be lived side by side."""
    total = Tally()
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for tally in pool.map(tally_of, boards, [days] * len(boards), chunksize=4):
            total.add(tally)
    return total


def tally_of(board: int, days: float) -> Tally:
    """The tally of one board."""
    logging.getLogger().setLevel(logging.CRITICAL)  # Thousands of made-up failures are logged as real ones would be.
    return score(asyncio.run(live(SEED, board, days)))


def figures_of(tally: Tally) -> dict[str, float]:
    """What is printed. Shares that rest on no case are 1."""
    intervals = sorted(delay for delay, _ in tally.delays) or [0.0]
    hours = sorted(delay for _, delay in tally.delays) or [0.0]
    figures: dict[str, float] = {
        "boards": tally.boards,
        "days": round(tally.days / max(tally.boards, 1), 1),
        "postings": tally.postings,
        "closing_precision": tally.closing_precision.share,
        "closing_recall": tally.closing_recall.share,
        "closing_delay_median_intervals": round(statistics.median(intervals), 3),
        "closing_delay_p95_intervals": round(intervals[int(len(intervals) * 0.95)], 2),
        "closing_delay_median_hours": round(statistics.median(hours), 2),
        "closing_delay_p95_hours": round(hours[int(len(hours) * 0.95)], 1),
        "closings_told": tally.closing_precision.all,
        "closings_true": tally.closing_recall.all,
        "closings_left_out": tally.closing_recall.left_out,
        "naive_closing_precision": tally.naive_precision.share,
        "naive_closing_recall": tally.naive_recall.share,
        "naive_closings_told": tally.naive_precision.all,
        "opening_precision": tally.opening_precision.share,
        **_pair("reopening", tally.reopening_precision, tally.reopening_recall),
    }
    for name in ("title", "salary", "locations", "description_text"):
        figures |= _pair(f"change_{name}", tally.change_precision[name], tally.change_recall[name])
    figures["changes_told_of_other_fields"] = tally.change_precision["other"].all
    figures |= {
        "crawls": tally.looks,
        "crawls_a_board_and_day": round(tally.looks / tally.days, 2),
        "requests_a_board_and_day": round(tally.requests / tally.days, 2),
        "same_list_share": round(tally.same_list / max(tally.looks, 1), 4),
        "cpu_seconds_per_1000_unchanged": round(1000 * tally.unchanged_seconds / max(tally.same_list, 1), 2),
    }
    figures |= {f"crawls_amid_{kind}": tally.amid[kind] for kind in Kind}
    return figures | {f"closed_wrongly_amid_{kind}": count for kind, count in sorted(tally.blame.items())}


def _pair(name: str, precision: Rate, recall: Rate) -> dict[str, float]:
    return {
        f"{name}_precision": precision.share,
        f"{name}_recall": recall.share,
        f"{name}_true": recall.all,
        f"{name}_left_out": recall.left_out,
    }


if __name__ == "__main__":
    sys.exit(main())
