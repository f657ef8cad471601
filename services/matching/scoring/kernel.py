# ruff: noqa: PLR0917 - machine code: by position, and a call with arrays costs more than the work in a loop
"""The loops of the engine, as machine code: one profile against one segment, exactly, in five steps.

1. Liken the work that titles name to what was held, from the lists of the works that have a word.
2. Add up the skills that are known over the rows in reach, from the lists of the rows that ask them.
3. Pass over the rows in reach in their order, seventeen bytes each: what skills and likeness give at most decides for nearly all
   of them. For the rest weigh all factors but the semantic one. Rows whose bound, with 15 more points where both sides
   have a vector, misses the floor are left.
4. Take those with the greatest bounds first, add the product of the vectors, and keep the best in a heap; end where no
   bound reaches the worst that is kept.
5. Give the kept ones in their order, with the values of their factors.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.compiled import compiled, inlined, prefetch
from services.matching.factors import culture, experience, salary, skills
from services.matching.factors.registry import CULTURE, EXPERIENCE, SALARY, SKILLS
from services.matching.index.arrays import Found, LexiconArrays, PeopleArrays, ReachArrays, Scratch
from services.matching.index.blocks import INEXPERIENCED, PASSES, UNDERPAID
from services.matching.index.bounds import (
    CLASSES,
    SLACK,
    UNNAMED,
    W_CULTURE,
    W_EXPERIENCE,
    W_SALARY,
    W_SEMANTIC,
    W_SKILLS,
    W_VALIDATION,
    needed,
)
from services.matching.index.memory import LINE
from services.matching.index.segment import SegmentArrays
from services.matching.index.vocabulary import Floats, Ints
from services.matching.scoring.best import apart_for, by_bound, merge, select, tell

_OPTIONAL = skills.OPTIONAL_SHARE
_AHEAD = 24
"""Rows: what is fetched so far ahead has come when it is its turn."""


@compiled
def rank(
    people: PeopleArrays,
    segment: SegmentArrays,
    reach: ReachArrays,
    lexicon: LexiconArrays,
    scratch: Scratch,
    floor: float,
    hidden: bool,
    found: Found,
) -> None:
    """Fill `found` with the best of each person: of the postings that no filter hides, or else of those that one hides."""
    least = np.empty(CLASSES)
    firsts = people.firsts
    apart = apart_for(firsts, found)
    for person in range(firsts.size - 1):
        first, tracks = firsts[person], firsts[person + 1] - firsts[person]
        if tracks == 1:
            _rank_profile(people, first, segment, reach, lexicon, scratch, floor, hidden, least, 0, found, person)
            continue
        for track in range(tracks):
            at = first + track
            _rank_profile(people, at, segment, reach, lexicon, scratch, floor, hidden, least, track, apart, track)
        merge(apart, tracks, segment.ids, scratch.taken, found, person)


@compiled
def _rank_profile(
    people: PeopleArrays,
    at: int,
    segment: SegmentArrays,
    reach: ReachArrays,
    lexicon: LexiconArrays,
    scratch: Scratch,
    floor: float,
    hidden: bool,
    least: Floats,
    track: int,
    found: Found,
    place: int,
) -> None:
    """Fill one place of `found` with the best for one profile."""
    own = people.profiles[at]
    needed(own, floor, least)
    ranges = reach.ranges[reach.starts[own.reach] : reach.starts[own.reach + 1]]
    if hidden:
        ranges = np.array([[0, segment.alive.size]], np.int32)
    _liken(own, people, lexicon, scratch.likeness, scratch.sums)
    _overlap(own, people, segment, ranges, lexicon, scratch.overlaps)
    passed = _pass(segment, ranges, scratch, least)
    sifted = _sift(own, segment, reach.verdicts[own.reach], lexicon.rates, scratch, passed, hidden)
    reached = _weigh_all(own, people, segment, lexicon.rates, scratch, sifted, floor)
    for within in range(ranges.shape[0]):
        scratch.overlaps[ranges[within, 0] : ranges[within, 1]] = 0.0
    by_bound(scratch.bounds, scratch.order, reached)
    found.counts[place] = select(own, people.vectors[at], segment, scratch, floor, reached, found, place)
    tell(own.validation, scratch, track, found, place)


@compiled
def _liken(own: Any, people: PeopleArrays, lexicon: LexiconArrays, likeness: Floats, sums: Floats) -> None:  # noqa: ANN401 - a record
    """How alike each work is to the nearest that is held, by words or else by occupation; 0-1. `sums` are 0 before and after."""
    if own.occupations >= 0:
        by_occupation, occupations = people.likenesses[own.occupations], lexicon.work_occupations
        for work in range(likeness.size):
            likeness[work] = by_occupation[occupations[work]]
    else:
        likeness[:] = 0.0
    starts, works, weights = lexicon.word_starts, lexicon.word_works, lexicon.word_weights
    for title in range(own.first_title, own.last_title):
        first, last = people.titles[title], people.titles[title + 1]
        for held in range(first, last):
            word, weight = people.words[held].word, people.words[held].weight
            for at in range(starts[word], starts[word + 1]):
                sums[works[at]] += weights[at] * weight
        for held in range(first, last):
            word = people.words[held].word
            for at in range(starts[word], starts[word + 1]):
                work = works[at]
                likeness[work] = min(1.0, max(likeness[work], sums[work]))
                sums[work] = 0.0


@compiled
def _overlap(
    own: Any,  # noqa: ANN401 - a record
    people: PeopleArrays,
    segment: SegmentArrays,
    ranges: npt.NDArray[np.int32],
    lexicon: LexiconArrays,
    overlaps: Floats,
) -> None:
    """Add up the skills that are known, for the rows in these ranges."""
    rows, notes = segment.rows, segment.notes
    for at in range(own.first_skill, own.last_skill):
        known = people.skills[at]
        column, proficiency, years = known.column, known.proficiency, known.years
        if column >= segment.starts.size - 1:
            continue
        rarity = lexicon.skill_weights[column]
        position, last = segment.starts[column], segment.starts[column + 1]
        for within in range(ranges.shape[0]):
            position = _from(rows, position, last, ranges[within, 0])
            end = ranges[within, 1]
            while position < last and rows[position] < end:
                note = notes[position]
                share = rarity * (_OPTIONAL if note >= 128 else 1.0)
                overlaps[rows[position]] += share * skills.level(proficiency, years, note & 127)
                position += 1
            if position == last:
                break


@inlined
def _from(rows: Ints, position: int, last: int, wanted: int) -> int:
    """The first position from here on with this row or a later one: by steps that double, then by halves."""
    if position >= last or rows[position] >= wanted:
        return position
    step = 1
    low = position
    while low + step < last and rows[low + step] < wanted:
        low += step
        step *= 2
    high = min(low + step, last)
    while low + 1 < high:
        middle = (low + high) // 2
        if rows[middle] < wanted:
            low = middle
        else:
            high = middle
    return high


@inlined
def _comparable(
    low: float, high: float, same: bool, rate: float, floor: float, floor_in_euros: float
) -> tuple[float, float, float]:
    """Pay and floor in one currency: in euros where theirs differ, NaN where that cannot be."""
    if same:
        return low, high, floor
    return np.rint(low * rate), np.rint(high * rate), floor_in_euros


@inlined
def _weigh(
    by_skills: float, by_experience: float, by_salary: float, by_culture: float, verified: float
) -> tuple[float, float]:
    """Points and weight of all factors that are known, but the semantic one.

    No weight where nothing says that a person can do the work: pay, pace and a verified profile alone would score the
    same for a baker and a programmer.
    """
    points = 0.0
    weight = 0.0
    if by_skills == by_skills:  # noqa: PLR0124 - false for NaN, here and below
        points += W_SKILLS * by_skills
        weight += W_SKILLS
    if by_experience == by_experience:  # noqa: PLR0124
        points += W_EXPERIENCE * by_experience
        weight += W_EXPERIENCE
    if weight == 0.0:
        return 0.0, 0.0
    if by_salary == by_salary:  # noqa: PLR0124
        points += W_SALARY * by_salary
        weight += W_SALARY
    if by_culture == by_culture:  # noqa: PLR0124
        points += W_CULTURE * by_culture
        weight += W_CULTURE
    if verified == verified:  # noqa: PLR0124
        points += W_VALIDATION * verified
        weight += W_VALIDATION
    return points, weight


@compiled
def _pass(segment: SegmentArrays, ranges: npt.NDArray[np.int32], scratch: Scratch, least: Floats) -> int:
    """List the rows in these ranges that skills and likeness may carry to the floor; gives how many."""
    rows, likenesses = scratch.rows, scratch.likeness
    passed = 0
    for within in range(ranges.shape[0]):
        first, last = ranges[within, 0], ranges[within, 1]
        overlaps, gains = scratch.overlaps[first:last], segment.gains[first:last]
        works, kinds = segment.works[first:last], segment.kinds[first:last]
        for at in range(overlaps.size):
            # Without a branch: the processor could not foretell it.
            rows[passed] = first + at
            passed += overlaps[at] * gains[at] + W_EXPERIENCE * likenesses[works[at]] >= least[kinds[at]]
    return passed


@compiled
def _sift(
    own: Any,  # noqa: ANN401 - a record
    segment: SegmentArrays,
    verdicts: npt.NDArray[np.uint8],
    rates: Floats,
    scratch: Scratch,
    passed: int,
    hidden: bool,
) -> int:
    """Of the rows listed keep the living that no filter hides, or else those that one hides; gives how many.

    Without a branch, and with what is read soon fetched ahead: the rows lie far apart, and each would be waited for.
    """
    facts, alive, totals = segment.facts, segment.alive, segment.skill_totals
    rows, all_fired, all_totals = scratch.rows, scratch.fired, scratch.totals
    currency, floor, in_euros, years = own.currency, own.floor, own.floor_in_euros, own.years
    sifted = 0
    for nth in range(passed):
        row, soon = rows[nth], rows[min(nth + _AHEAD, passed - 1)]
        prefetch(facts, soon, 0)
        prefetch(totals, soon, 0)
        fact = facts[row]
        _, high, wanted = _comparable(
            fact.low, fact.high, fact.currency == currency, rates[fact.currency], floor, in_euros
        )
        fired = _fired(verdicts[fact.block], high < wanted, years < fact.least)
        rows[sifted], all_fired[sifted], all_totals[sifted] = row, fired, totals[row]
        sifted += (alive[row] > 0) & ((fired != PASSES) == hidden)
    return sifted


@compiled
def _weigh_all(
    own: Any,  # noqa: ANN401 - a record
    people: PeopleArrays,
    segment: SegmentArrays,
    rates: Floats,
    scratch: Scratch,
    sifted: int,
    floor: float,
) -> int:
    """Weigh the rows listed, and leave those whose bound reaches the floor; gives how many."""
    # Taken out of their tuples once: to take them out in the loop costs more than the work.
    facts, ids, works, kinds = segment.facts, segment.ids, segment.works, segment.kinds
    overlaps, totals, likenesses = scratch.overlaps, scratch.totals, scratch.likeness
    rows, bounds, all_points, weights, all_values, all_fired = (
        scratch.rows, scratch.bounds, scratch.points, scratch.weights, scratch.values, scratch.fired,
    )  # fmt: skip
    blocked = people.blocked[own.first_blocked : own.last_blocked]
    left = people.left[own.first_left : own.last_left]
    titled, states_skills, meant = own.last_title > own.first_title, own.states_skills > 0, own.length > 0
    years, level, industries, verified = own.years, own.level, own.industries, own.validation
    currency, own_floor, in_euros = own.currency, own.floor, own.floor_in_euros
    remote, size, pace = own.remote, own.size, own.pace
    vectors, lengths, width = segment.vectors, segment.lengths, segment.vectors.shape[1]
    reached = 0
    for nth in range(sifted):
        row = rows[nth]
        likeness, kind = likenesses[works[row]], kinds[row]
        fact = facts[row]
        low, high, wanted = _comparable(
            fact.low, fact.high, fact.currency == currency, rates[fact.currency], own_floor, in_euros
        )
        by_skills = math.nan
        if states_skills and kind % UNNAMED:
            by_skills = skills.value(overlaps[row], totals[nth], kind % UNNAMED)
        if not titled or kind & UNNAMED:
            likeness = math.nan
        by_experience = experience.value(likeness, years, fact.asked, level, fact.level, industries, fact.industries)
        by_salary = salary.value(low, high, wanted)
        by_culture = culture.value(fact.remote, remote, fact.size, size, fact.pace, pace)
        points, weight = _weigh(by_skills, by_experience, by_salary, by_culture, verified)
        bound = 0.0 if weight == 0.0 else 100.0 * points / weight
        if weight > 0.0 and meant and fact.vector >= 0:
            bound = 100.0 * (points + W_SEMANTIC) / (weight + W_SEMANTIC)
        if weight == 0.0 or bound < floor - SLACK or _left_out(blocked, fact.company, left, ids[row]):
            continue
        rows[reached], bounds[reached], all_fired[reached] = row, bound, all_fired[nth]
        all_points[reached], weights[reached] = points, weight
        all_values[reached, SKILLS], all_values[reached, EXPERIENCE] = by_skills, by_experience
        all_values[reached, SALARY], all_values[reached, CULTURE] = by_salary, by_culture
        reached += 1
        if meant and fact.vector >= 0:  # The next step reads them.
            prefetch(lengths, fact.vector, 0)
            for byte in range(0, width, LINE):
                prefetch(vectors, fact.vector, byte)
    return reached


@inlined
def _fired(verdict: int, underpaid: bool, too_few_years: bool) -> int:
    """The first filter that hides a posting."""
    if underpaid:
        return UNDERPAID
    if verdict != PASSES:
        return verdict
    return INEXPERIENCED if too_few_years else PASSES


@inlined
def _left_out(blocked: Ints, company: int, left: npt.NDArray[Any], own: Any) -> bool:  # noqa: ANN401 - a record
    """Whether the candidate wants no word of it."""
    for at in range(blocked.size):
        if blocked[at] == company:
            return True
    first, last = 0, left.size
    while first < last:
        middle = (first + last) // 2
        other = left[middle]
        if other.high == own.high and other.low == own.low:
            return True
        if other.high < own.high or (other.high == own.high and other.low < own.low):
            first = middle + 1
        else:
            last = middle
    return False
