"""Whether a way of matching treats groups of people alike: selection rates and impact ratios.

Groups are supplied from outside for the time of an audit, and kept nowhere: what is never scored is not held either. The rule of
four fifths (29 CFR 1607.4 D): a group that is selected at less than 80% of the rate of the group selected most is treated worse, as
far as the numbers are large enough to say so.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.matching import Selection

FOUR_FIFTHS = 0.8
_ROUNDING = 1e-9
SMALL = 30
"""A rate of fewer people says little."""


class Rate(Model):
    """How often somebody, or something, of a group was selected."""

    of: int
    selected: int
    rate: float | None
    """None where there is nothing to select from."""
    impact_ratio: float | None
    """By the rate of the group that was selected most, of those of more than a few people where there are any."""
    adverse: bool
    """Below four fifths."""


class GroupAudit(Model):
    """One group."""

    group: str
    people: Rate
    """People, and those who have any match, or had one in that time."""
    decisions: Rate
    """Postings that were decided on first in that time, and those shown: the others were hidden by a hard filter."""
    small: bool
    """Of too few people to say anything."""


class Audit(Model):
    """All groups, by name."""

    groups: tuple[GroupAudit, ...]
    unknown: int = Field(ge=0)
    """People of the groups who are no candidates."""
    ungrouped: int = Field(ge=0)
    """People of whom something was decided, and who are in no group."""


def audit(groups: Mapping[UUID, str], known: Sequence[UUID], selections: Sequence[Selection]) -> Audit:
    """Audit candidates (`known`) by the groups supplied. Whoever is in no group is counted, and no more."""
    there = set(known)
    members = {person: group for person, group in groups.items() if person in there}
    people = Counter(members.values())
    matched, decided, shown = Counter[str](), Counter[str](), Counter[str]()
    for one in selections:
        if (group := members.get(one.candidate_id)) is not None:
            matched[group] += one.matched
            decided[group] += one.decided
            shown[group] += one.shown
    large = {group for group, count in people.items() if count >= SMALL} or people.keys()
    of_people, of_decisions = _rates(people, matched, large), _rates(decided, shown, large)
    return Audit(
        groups=tuple(
            GroupAudit(
                group=group,
                people=of_people[group],
                decisions=of_decisions.get(group) or _rate(0, 0, None),
                small=people[group] < SMALL,
            )
            for group in sorted(people)
        ),
        unknown=len(groups) - len(members),
        ungrouped=sum(one.candidate_id not in groups for one in selections),
    )


def _rates(of: Mapping[str, int], selected: Mapping[str, int], large: Collection[str]) -> dict[str, Rate]:
    best = max((selected[group] / count for group, count in of.items() if count and group in large), default=None)
    return {group: _rate(count, selected[group], best) for group, count in of.items()}


def _rate(of: int, selected: int, best: float | None) -> Rate:
    rate = selected / of if of else None
    ratio = None if rate is None or not best else rate / best
    return Rate(
        of=of,
        selected=selected,
        rate=rate,
        impact_ratio=ratio,
        adverse=ratio is not None and ratio < FOUR_FIFTHS - _ROUNDING,
    )
