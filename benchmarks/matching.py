"""How fast and how exact matching is: one candidate against all postings, all candidates against all, and both against brute force.

A cold match is the whole best 200 with the values of their factors, and the sentences and improvements of the first page of
20, for a candidate whose wishes were never seen; of each the least of three rounds, so that caches have seen all else. Times are of the processor, since the machine is shared: `_wall_` figures
say what the clock said. A full run is measured on a slice of people (`_people_measured`, 20 seconds of the processor), and told for a
million on two cores, ranking only: neither what filters hide from each person, nor what keeping and telling costs, which docs/matching.md tells. Brute force works beside the build, in a process
of its own. Memory is what the process has more than before the build: `arrays` of the index, `resident` with all its names, `peak`
while it is built. Figures that need a running platform or texts stand beside their targets elsewhere: the cached feed and notifications in
`benchmarks.delivery`, skills, titles, pay and workplace in `benchmarks.skills`, `.titles` and `.text`, résumés in `benchmarks.resumes`.
"""

import gc
import hashlib
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import numpy as np

from activities.profile_vectors import profile_text
from benchmarks.matching_data import Labour, Opening, Trades
from benchmarks.matching_expected import KEPT, Market, best_of_all, best_of_changed, changed, opened
from benchmarks.matching_reference import Best
from benchmarks.report import Target, finish, options
from quiethire.domain.candidate import Candidate
from quiethire.domain.ports import Vector
from services.matching.engine import Person, PostingIndex, match, match_all, rank
from services.matching.factors.skills import ENOUGH
from services.matching.reading.text import tokens
from services.matching.resume.proposal import as_candidate_fields
from services.matching.resume.read import read_resume

_PAGE = 20
_ROUNDS = 3
_SHARES = (0.03, 0.12)
"""Changes: one that stays a segment of its own, one after which all is one again."""


def main() -> int:
    """Measure and print."""
    given = options(__doc__)
    small = Market(600, 10_000, 100) if given.quick else Market(2_000, 100_000, 1_000)
    fresh = Market(300, 3_000, 50) if given.quick else Market(600, 20_000, 200)
    great = Market(600, 30_000, 20) if given.quick else Market(2_000, 1_000_000, 20)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # For the process beside: two that take both cores wait for each other.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        figures = _measured("10k" if given.quick else "100k", small, beside, quick=given.quick)
        figures["swap_delta"] = _swap_delta(small)
        figures |= _kept_current(fresh, beside)
        figures |= _measured("30k" if given.quick else "1m", great, beside, quick=given.quick)
    targets: dict[str, Target] = {
        **{name: ("<=", 0.0) for name in figures if name.endswith("_that_differ")},
        **{name: ("<=", 1e-6) for name in figures if name.startswith("parts_error")},
        "swap_delta": ("<=", 0.0),
    }
    if not given.quick:
        targets |= {
            "cold_match_100k_p95_ms": ("<=", 1.0),
            "cold_match_1m_p95_ms": ("<=", 5.0),
            "full_run_1m_people_100k_minutes": ("<=", 2.0),
            "full_run_1m_people_1m_minutes": ("<=", 15.0),
        }
    return finish(figures, targets, as_json=given.json)


def _measured(name: str, market: Market, beside: ProcessPoolExecutor, *, quick: bool) -> dict[str, float]:
    """One size of market: exactness, times and memory."""
    waiting = beside.submit(best_of_all, market)
    figures: dict[str, float] = {f"postings_{name}": market.postings}
    labour, index, memory, spent = _built(market)
    figures[f"build_{name}_ms_a_posting"] = spent / market.postings * 1e3
    figures |= {f"{each}_megabytes_{name}": size for each, size in memory.items()}
    people = list(labour.people(market.people))
    figures |= _exactness(index, people, waiting, name)
    few = np.mean(np.diff(index.segments[0].columns.skill_starts) < ENOUGH)
    figures[f"postings_{name}_that_ask_fewer_than_3_skills"] = float(few)
    timed = list(labour.people(200 if quick else 500))
    return figures | _speed(index, timed, name) | _full_run(index, labour, name, 1.0 if quick else 20.0)


def _built(market: Market) -> tuple[Labour, PostingIndex, dict[str, float], float]:
    """The index, read some postings at a time as the worker reads it."""
    labour, parts = opened(market)
    gc.collect()
    before, spent = _status("VmRSS"), 0.0
    Path("/proc/self/clear_refs").write_text("5")  # The peak counts from here.
    reader = PostingIndex.reader(Trades())
    for part in parts:
        began = time.process_time()
        reader.add([each.posting for each in part], _vectors(part))
        spent += time.process_time() - began
    began = time.process_time()
    index = PostingIndex.of_read(reader)
    spent += time.process_time() - began
    del reader
    peak = _status("VmHWM") - before
    gc.collect()
    memory = {"arrays": index.nbytes / 1e6, "resident": _status("VmRSS") - before, "peak": peak}
    return labour, index, memory, spent


def _vectors(openings: Sequence[Opening]) -> dict[UUID, Vector]:
    return {each.posting.id: each.vector for each in openings if each.vector is not None}


def _status(field: str) -> float:
    """Megabytes of this process, by the kernel."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith(field))


def _exactness(
    index: PostingIndex, people: Sequence[Person], expected: Future[list[Best]], name: str
) -> dict[str, float]:
    differ, error, found = 0, 0.0, 0
    for ranking, best in zip(match_all(people, index, limit=KEPT), expected.result(), strict=True):
        got = [(str(job_id), float(score)) for job_id, score in zip(ranking.job_ids(), ranking.scores, strict=True)]
        differ += got != best
        found += len(got)
        for each in ranking.matches(0):
            error = max(error, abs(sum(factor.points for factor in each.factors) - each.score))
    return {
        f"people_checked_{name}": len(people),
        f"matches_a_person_{name}": found / len(people),
        f"top200_of_{name}_that_differ": differ,
        f"parts_error_{name}": error,
    }


def _kept_current(market: Market, beside: ProcessPoolExecutor) -> dict[str, float]:
    """An index that is changed and changed again, against brute force over what there is then."""
    waiting = beside.submit(best_of_changed, market, _SHARES)
    labour, parts = opened(market)
    now = [opening for part in parts for opening in part]
    people = list(labour.people(market.people))
    index = PostingIndex.build([each.posting for each in now], vectors=_vectors(now), occupations=Trades())
    rankings = []
    for share in _SHARES:
        change, now = changed(labour, now, share)
        vectors = _vectors(change.came) | change.vectors
        index = index.changed([each.posting for each in change.came], change.gone, vectors=vectors)
        rankings.append([
            [(str(job_id), float(score)) for job_id, score in zip(each.job_ids(), each.scores, strict=True)]
            for each in match_all(people, index, limit=KEPT)
        ])  # fmt: skip
    differ = sum(
        got != best
        for some, expected in zip(rankings, waiting.result(), strict=True)
        for got, best in zip(some, expected, strict=True)
    )
    return {"changes_checked": len(_SHARES) * len(people), "top200_after_changes_that_differ": differ}


def _speed(index: PostingIndex, people: Sequence[Person], name: str) -> dict[str, float]:
    """The least of three rounds for each person: the machine does other work too."""
    list(match_all(people[:20], index, limit=KEPT, threads=1))
    gc.collect()
    gc.freeze()
    rounds: list[list[tuple[float, float]]] = []
    for _ in range(_ROUNDS):
        rounds.append([])
        for person in people:
            index._reach.clear()  # noqa: SLF001 - so that the wishes are new
            began, wall = time.thread_time(), time.perf_counter()
            rank(person, index, limit=KEPT).matches(_PAGE, _PAGE)
            rounds[-1].append(((time.thread_time() - began) * 1e3, (time.perf_counter() - wall) * 1e3))
    gc.unfreeze()
    times = np.min(rounds, axis=0)
    return {
        f"cold_match_{name}_p50_ms": float(np.quantile(times[:, 0], 0.5)),
        f"cold_match_{name}_p95_ms": float(np.quantile(times[:, 0], 0.95)),
        f"cold_match_{name}_wall_p95_ms": float(np.quantile(times[:, 1], 0.95)),
    }


def _full_run(index: PostingIndex, labour: Labour, name: str, seconds: float) -> dict[str, float]:
    """People are made beforehand and looked at in rounds, each with wishes of its own."""
    people = list(labour.people(500 if seconds < 10 else 10_000))
    done, began, wall = 0, time.process_time(), time.perf_counter()
    while time.process_time() - began < seconds:
        done += sum(1 for _ in match_all(people, index, limit=KEPT))
    spent, waited = time.process_time() - began, time.perf_counter() - wall
    return {
        f"full_run_{name}_people_measured": done,
        f"full_run_1m_people_{name}_minutes": spent / done * 1e6 / 2 / 60,
        f"full_run_1m_people_{name}_wall_minutes": waited / done * 1e6 / 60,
    }


def _swap_delta(market: Market) -> float:
    """The same life told by other people: name, addresses, pronoun, age, family, photo; from their résumés on."""
    postings = Labour(base=market.base).postings(3_000)
    index = PostingIndex.build(postings, vectors={each.id: _meaning(each.title) for each in postings})
    people = [
        Candidate(id=UUID(int=1), name=str(fields.name), tracks=fields.tracks, preferences=fields.preferences)
        for fields in (as_candidate_fields(read_resume(_life(*who).encode(), today=_TODAY)) for who in _SWAPPED)
    ]
    meant = [[_meaning(profile_text(profile)) for profile in each.profiles] for each in people]
    one, *others = (
        match(each.id, each.profiles, index, vectors=own, limit=KEPT, floor=0).matches
        for each, own in zip(people, meant, strict=True)
    )
    if not one or any([each.job_id for each in one] != [each.job_id for each in other] for other in others):
        return 100.0
    return max(abs(mine.score - each.score) for other in others for mine, each in zip(one, other, strict=True))


def _meaning(text: str) -> Vector:
    """A vector that every word of a text moves: here counts whether two texts are the same, and no model need be there."""
    bits = np.zeros(512)
    for word in (*tokens(text), text):
        bits += np.unpackbits(np.frombuffer(hashlib.sha512(word.encode()).digest(), np.uint8)) - 0.5
    return tuple((bits / np.linalg.norm(bits)).tolist())


_TODAY = date(2026, 11, 1)
_SWAPPED = (
    (
        "Aisha Bello (she/her)",
        "29 years old",
        "aisha@bello.example | +234 803 123 4567",
        "A mother of two, 29 years old.",
    ),
    ("Hans Meier", "58, married", "hm1961@meier.example | +49 171 1234567", "Born in 1961, married. Photo enclosed."),
    ("Kim Lee (they/them)", "they/them", "kim@lee.example", "My portrait is on the next page."),
)


def _life(name: str, headline: str, addresses: str, about: str) -> str:
    return (
        f"{name}\nSoftware Engineer, {headline}\n{addresses}\n\nSummary\n{about}\n\nWork experience\n"
        "Software Engineer, Northwind\n03/2019 - present\n- Services in Python and SQL\n"
        "Developer, Globex\n01/2016 - 02/2019\n- Pages in TypeScript\n\nSkills\nPython, SQL, TypeScript, Docker\n"
    )


if __name__ == "__main__":
    sys.exit(main())
