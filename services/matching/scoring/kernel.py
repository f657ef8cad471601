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

from services.matching.compiled import compiled, inlined
from services.matching.factors import culture, experience, salary, semantic, skills
from services.matching.factors.registry import CULTURE, EXPERIENCE, MILLIONTHS, SALARY, SEMANTIC, SKILLS, VALIDATION
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
from services.matching.index.segment import SegmentArrays
from services.matching.index.vocabulary import Floats, Ints
from services.matching.scoring.heap import down, swap, up, worse

_OPTIONAL = skills.OPTIONAL_SHARE


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
    """Fill `found` with the best of each profile: of the postings that no filter hides, or else of those that one hides."""
    least = np.empty(CLASSES)
    for person in range(people.years.size):
        needed(people, person, floor, least)
        ranges = reach.ranges[reach.starts[people.reach[person]] : reach.starts[people.reach[person] + 1]]
        if hidden:
            ranges = np.array([[0, segment.alive.size]], np.int32)
        _liken(people, person, lexicon, scratch.likeness, scratch.sums)
        _overlap(people, person, segment, ranges, lexicon, scratch.overlaps)
        passed = _pass(segment, ranges, scratch, least)
        reached = _gather(people, person, segment, reach, lexicon, scratch, passed, floor, hidden)
        for within in range(ranges.shape[0]):
            scratch.overlaps[ranges[within, 0] : ranges[within, 1]] = 0.0
        _by_bound(scratch.bounds, scratch.order, reached)
        found.counts[person] = _select(people, person, segment, scratch, floor, reached, found)
        _tell(people, person, scratch, found)


@compiled
def _liken(people: PeopleArrays, person: int, lexicon: LexiconArrays, likeness: Floats, sums: Floats) -> None:
    """How alike each work is to the nearest that is held, by words or else by occupation; 0-1. `sums` are 0 before and after."""
    occupation = people.occupations[person]
    if occupation >= 0:
        by_occupation, occupations = people.likenesses[occupation], lexicon.work_occupations
        for work in range(likeness.size):
            likeness[work] = by_occupation[occupations[work]]
    else:
        likeness[:] = 0.0
    starts, works, weights = lexicon.word_starts, lexicon.word_works, lexicon.word_weights
    for held in range(people.title_starts[person], people.title_starts[person + 1]):
        first, last = people.held_starts[held], people.held_starts[held + 1]
        for own in range(first, last):
            word, weight = people.held_words[own], people.held_weights[own]
            for at in range(starts[word], starts[word + 1]):
                sums[works[at]] += weights[at] * weight
        for own in range(first, last):
            word = people.held_words[own]
            for at in range(starts[word], starts[word + 1]):
                work = works[at]
                likeness[work] = min(1.0, max(likeness[work], sums[work]))
                sums[work] = 0.0


@compiled
def _overlap(
    people: PeopleArrays,
    person: int,
    segment: SegmentArrays,
    ranges: npt.NDArray[np.int32],
    lexicon: LexiconArrays,
    overlaps: Floats,
) -> None:
    """Add up the skills that are known, for the rows in these ranges."""
    rows, notes = segment.rows, segment.notes
    for at in range(people.skill_starts[person], people.skill_starts[person + 1]):
        column = people.skill_columns[at]
        if column >= segment.starts.size - 1:
            continue
        rarity, proficiency, years = lexicon.skill_weights[column], people.proficiencies[at], people.skill_years[at]
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
def _gather(
    people: PeopleArrays,
    person: int,
    segment: SegmentArrays,
    reach: ReachArrays,
    lexicon: LexiconArrays,
    scratch: Scratch,
    passed: int,
    floor: float,
    hidden: bool,
) -> int:
    """Weigh the rows listed, and leave those whose bound reaches the floor; gives how many."""
    # Taken out of their tuples once: to take them out in the loop costs more than the work.
    facts, ids, alive = segment.facts, segment.ids, segment.alive
    works, kinds = segment.works, segment.kinds
    totals, counts, overlaps = segment.skill_totals, segment.skill_counts, scratch.overlaps
    rows, bounds, all_points, weights, all_values, all_fired = (
        scratch.rows, scratch.bounds, scratch.points, scratch.weights, scratch.values, scratch.fired,
    )  # fmt: skip
    rates, likenesses = lexicon.rates, scratch.likeness
    verdicts = reach.verdicts[people.reach[person]]
    titled = people.title_starts[person + 1] > people.title_starts[person]
    blocked = people.blocked[people.blocked_starts[person] : people.blocked_starts[person + 1]]
    left = people.left[people.left_starts[person] : people.left_starts[person + 1]]
    states_skills, meant = people.states_skills[person] > 0, people.lengths[person] > 0
    years, level, industries = people.years[person], people.levels[person], people.industries[person]
    currency, own_floor, in_euros = people.currencies[person], people.floors[person], people.floors_in_euros[person]
    remote, size, pace = people.culture[person, 0], people.culture[person, 1], people.culture[person, 2]
    verified = people.validation[person]
    reached = 0
    for nth in range(passed):
        row = rows[nth]
        overlap, likeness, kind = overlaps[row], likenesses[works[row]], kinds[row]
        fact = facts[row]
        low, high, wanted = _comparable(
            fact.low, fact.high, fact.currency == currency, rates[fact.currency], own_floor, in_euros
        )
        fired = _fired(verdicts[fact.block], high < wanted, years < fact.least)
        if not alive[row] or (fired != PASSES) != hidden:
            continue
        by_skills = math.nan
        if states_skills and counts[row] > 0:
            by_skills = skills.value(overlap, totals[row], counts[row])
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
        rows[reached], bounds[reached], all_fired[reached] = row, bound, fired
        all_points[reached], weights[reached] = points, weight
        all_values[reached, SKILLS], all_values[reached, EXPERIENCE] = by_skills, by_experience
        all_values[reached, SALARY], all_values[reached, CULTURE] = by_salary, by_culture
        reached += 1
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


@compiled
def _by_bound(bounds: Floats, order: Ints, reached: int) -> None:
    """Fill `order` by whole points of the bounds, the greatest first."""
    starts = np.zeros(103, np.int64)
    for at in range(reached):
        starts[102 - int(bounds[at])] += 1
    for bucket in range(1, 103):
        starts[bucket] += starts[bucket - 1]
    for at in range(reached - 1, -1, -1):
        bucket = 102 - int(bounds[at])
        starts[bucket] -= 1
        order[starts[bucket]] = at


@compiled
def _select(
    people: PeopleArrays,
    person: int,
    segment: SegmentArrays,
    scratch: Scratch,
    floor: float,
    reached: int,
    found: Found,
) -> int:
    """Fill `found.rows` and `found.scores` of this person; gives how many."""
    rows, scores, places, bounds = found.rows[person], found.scores[person], scratch.places, scratch.bounds
    meant = people.lengths[person] > 0
    least = np.int64(np.ceil(floor * MILLIONTHS))
    count = 0
    for nth in range(reached):
        at = scratch.order[nth]
        full = count == rows.size
        if full and bounds[at] * MILLIONTHS < scores[0] - 10:
            if (int(bounds[at]) + 1) * MILLIONTHS < scores[0] - 10:
                break
            continue
        row = scratch.rows[at]
        points, weight = scratch.points[at], scratch.weights[at]
        vector = segment.facts[row].vector
        by_meaning = math.nan
        if meant and vector >= 0:
            cosine = _product(segment.vectors, vector, people.vectors, person)
            by_meaning = semantic.value(cosine * segment.lengths[vector] * people.lengths[person])
            points += W_SEMANTIC * by_meaning
            weight += W_SEMANTIC
        scratch.values[at, SEMANTIC] = by_meaning
        score = np.int64(np.rint(100.0 * points / weight * MILLIONTHS))
        if score < least:
            continue
        if not full:
            rows[count], scores[count], places[count] = row, score, at
            count += 1
            up(rows, scores, places, segment.ids, count - 1)
        elif worse(scores[0], rows[0], score, row, segment.ids):
            rows[0], scores[0], places[0] = row, score, at
            down(rows, scores, places, segment.ids, count)
    for last in range(count - 1, 0, -1):
        swap(rows, scores, places, 0, last)
        down(rows, scores, places, segment.ids, last)
    return count


@inlined
def _product(vectors: npt.NDArray[np.int8], vector: int, own: npt.NDArray[np.int8], person: int) -> float:
    """The exact product of two vectors of bytes."""
    product = np.int32(0)
    for at in range(own.shape[1]):
        product = np.int32(product + np.int32(vectors[vector, at]) * np.int32(own[person, at]))
    return float(product)


@compiled
def _tell(people: PeopleArrays, person: int, scratch: Scratch, found: Found) -> None:
    """Fill `found.values` and `found.fired` of those that are kept."""
    for nth in range(found.counts[person]):
        place = scratch.places[nth]
        values, known = found.values[person, nth], scratch.values[place]
        found.fired[person, nth] = scratch.fired[place]
        for factor in range(values.size):
            values[factor] = known[factor]
        values[VALIDATION] = people.validation[person]
