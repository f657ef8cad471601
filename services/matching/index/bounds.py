"""What a score can reach at most: by it whole classes of postings are left unseen, and none that could be a match."""

import math

from services.matching.compiled import compiled
from services.matching.factors import culture, experience, salary, semantic, skills, validation
from services.matching.index.arrays import PeopleArrays
from services.matching.index.vocabulary import Floats

W_SKILLS, W_EXPERIENCE, W_SEMANTIC = skills.WEIGHT, experience.WEIGHT, semantic.WEIGHT
W_SALARY, W_CULTURE, W_VALIDATION = salary.WEIGHT, culture.WEIGHT, validation.WEIGHT
ENOUGH = skills.ENOUGH

SLACK = 1e-4
"""Points by which a bound may miss: more than the rounding of a score to the millionth, and of a gain to four bytes."""

UNNAMED, PAID, MEANT, STATED = 4, 8, 16, 32
CLASSES = 256
"""A posting's kind, by which its bound is known before it is looked at: how many skills it asks, up to `ENOUGH`, and a bit each for
a title that names no work, for pay, for a vector, and for each of the three preferences that it declares."""


@compiled
def needed(people: PeopleArrays, person: int, floor: float, least: Floats) -> None:
    """Fill `least` with the points that skills, by what is known of them, and the likeness of titles must give in each kind.

    Experience is worth the likeness of titles at most, and may be worth all where that is not known. What a posting that asks
    few skills is given for them all the same counts as given. The others count at their best where both sides may
    know them: that raises a mean. Validation is what it is for every posting.
    """
    titled = people.title_starts[person + 1] > people.title_starts[person]
    verified, pays = people.validation[person], not math.isnan(people.floors[person])
    meant, wished = people.lengths[person] > 0, people.culture[person]
    share = (floor - SLACK) / 100.0
    rest = 1.0 - share
    for kind in range(CLASSES):
        asked = kind % UNNAMED if people.states_skills[person] else 0
        points = share * W_EXPERIENCE if titled and not kind & UNNAMED else -rest * W_EXPERIENCE
        if asked:
            points += W_SKILLS * (share - skills.value(0.0, 1.0, asked))
        if not math.isnan(verified):
            points += (share - verified) * W_VALIDATION
        if kind & PAID and pays:
            points -= rest * W_SALARY
        if kind & MEANT and meant:
            points -= rest * W_SEMANTIC
        if (kind & STATED and wished[0]) or (kind & 2 * STATED and wished[1]) or (kind & 4 * STATED and wished[2]):
            points -= rest * W_CULTURE
        least[kind] = points - SLACK
