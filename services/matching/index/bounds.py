"""What a score can reach at most: by it whole classes of postings are left unseen, and none that could be a match."""

import math
from typing import Any

from services.matching.compiled import compiled
from services.matching.factors import culture, experience, salary, semantic, skills, validation
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
def needed(own: Any, floor: float, least: Floats) -> None:  # noqa: ANN401 - a record
    """Fill `least` with the points that skills, by what is known of them, and the likeness of titles must give in each kind.

    Experience is worth the likeness of titles at most, and may be worth all where that is not known. What a posting that asks
    few skills is given for them all the same counts as given. The others count at their best where both sides may
    know them: that raises a mean. Validation is what it is for every posting.
    """
    titled = own.last_title > own.first_title
    verified, pays = own.validation, not math.isnan(own.floor)
    meant, by_remote, by_size, by_pace = own.length > 0, own.remote > 0, own.size > 0, own.pace > 0
    share = (floor - SLACK) / 100.0
    rest = 1.0 - share
    for kind in range(CLASSES):
        asked = kind % UNNAMED if own.states_skills else 0
        points = share * W_EXPERIENCE if titled and not kind & UNNAMED else -rest * W_EXPERIENCE
        if asked:
            points += W_SKILLS * (share - skills.value(0.0, 1.0, asked))
        if not math.isnan(verified):
            points += (share - verified) * W_VALIDATION
        if kind & PAID and pays:
            points -= rest * W_SALARY
        if kind & MEANT and meant:
            points -= rest * W_SEMANTIC
        if (kind & STATED and by_remote) or (kind & 2 * STATED and by_size) or (kind & 4 * STATED and by_pace):
            points -= rest * W_CULTURE
        least[kind] = points - SLACK
