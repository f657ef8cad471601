"""Skills: how much of what a posting asks is known, and how well."""

import numpy as np

from quiethire.domain.matching import Proficiency, Profile
from services.matching.matrix import PostingMatrix
from services.matching.skill_names import skill_key
from services.matching.sparse import Floats, share

PROFICIENCY = {Proficiency.EXPERT: 1.0, Proficiency.WORKING: 0.7, Proficiency.LEARNING: 0.3}

ENOUGH = 3
"""So many skills say what a posting needs. Fewer say little, for or against: the value is drawn towards the middle."""

_NAMED = 5
"""A reason names so many skills of a kind, and counts the rest."""


class Skills:
    """Sum of rarity x proficiency over the skills asked, by the sum of their rarities.

    Skills that a posting only wishes for weigh half. A posting that names fewer than `ENOUGH` is drawn towards 0.5: one
    skill that happens to be known does not make a fit. Unknown where either side names none.
    """

    name = "skills"
    weight = 40.0

    def values(self, profile: Profile, matrix: PostingMatrix) -> Floats:
        """0-1 for each row, NaN where unknown."""
        if not profile.skills:
            return np.full(len(matrix), np.nan)
        known = _known(profile)
        columns = matrix.skill_columns
        query = {columns[key]: PROFICIENCY[known[key]] for key in sorted(known) if key in columns}
        overlap = share(matrix.skills.dot(query), matrix.skill_totals)
        trust = np.minimum(1.0, matrix.skill_counts / ENOUGH)
        return trust * overlap + (1.0 - trust) * 0.5

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int, value: float) -> str:
        """What is known of what is asked."""
        if np.isnan(value):
            return "unknown: " + ("the posting names no skills" if profile.skills else "the profile names no skills")
        optional = matrix.statements[row].optional_skills
        by_key = {skill_key(skill): skill for skill in matrix.postings[row].skills}
        required = {key: skill for key, skill in by_key.items() if skill not in optional}
        wished = {key: skill for key, skill in by_key.items() if skill in optional}
        parts = [
            _sentence(skills, kind, profile)
            for skills, kind in ((required, "required"), (wished, "wished-for"))
            if skills
        ]
        if len(by_key) < ENOUGH:
            parts.append("so few skills say little")
        return "; ".join(parts)


def _known(profile: Profile) -> dict[str, Proficiency]:
    """Skills by key; the better proficiency where one is named twice."""
    known: dict[str, Proficiency] = {}
    for skill, proficiency in profile.skills.items():
        key = skill_key(skill)
        known[key] = max(proficiency, known.get(key, proficiency), key=lambda each: PROFICIENCY[each])
    return known


def _sentence(asked: dict[str, str], kind: str, profile: Profile) -> str:
    known = _known(profile)
    have = [
        skill if known[key] is Proficiency.EXPERT else f"{skill} ({known[key].value})"
        for key, skill in asked.items()
        if key in known
    ]
    lacking = [skill for key, skill in asked.items() if key not in known]
    noun = "skill" if len(asked) == 1 else "skills"
    sentence = f"{len(have)} of {len(asked)} {kind} {noun}"
    if have:
        sentence += f": {_list(have)}"
    return f"{sentence}; missing {_list(lacking)}" if lacking else sentence


def _list(names: list[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
