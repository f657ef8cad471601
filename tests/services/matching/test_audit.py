"""Selection rates and impact ratios, by groups that are supplied from outside."""

from uuid import UUID

import pytest

from quiethire.domain.matching import Selection
from services.matching.audit import SMALL, audit


def people(start: int, count: int) -> list[UUID]:
    return [UUID(int=number) for number in range(start, start + count)]


def seen(person: UUID, decided: int, shown: int) -> Selection:
    return Selection(candidate_id=person, matched=shown > 0, decided=decided, shown=shown)


def test_rates_are_of_people_and_of_decisions_and_the_ratio_is_by_the_best() -> None:
    a, b = people(0, 40), people(100, 50)
    groups = dict.fromkeys(a, "a") | dict.fromkeys(b, "b")
    selections = [seen(one, 10, 8) for one in a[:36]] + [seen(one, 10, 6) for one in b[:30]]
    found = audit(groups, a + b, selections)
    first, second = found.groups
    assert (first.people.rate, second.people.rate) == (0.9, 0.6)
    assert (first.decisions.rate, second.decisions.rate) == (0.8, 0.6)
    assert second.people.impact_ratio == pytest.approx(0.6 / 0.9)
    assert second.decisions.impact_ratio == pytest.approx(0.75)
    assert (first.people.adverse, second.people.adverse, second.decisions.adverse) == (False, True, True)
    assert (found.unknown, found.ungrouped) == (0, 0)


def test_exactly_four_fifths_is_not_worse() -> None:
    a, b = people(0, 100), people(100, 100)
    selections = [seen(one, 1, 1) for one in (*a, *b[:80])]
    found = audit(dict.fromkeys(a, "a") | dict.fromkeys(b, "b"), a + b, selections)
    assert [(group.people.impact_ratio, group.people.adverse) for group in found.groups] == [(1.0, False), (0.8, False)]


def test_who_was_never_decided_on_counts_as_not_selected() -> None:
    found = audit(dict.fromkeys(people(0, 4), "a"), people(0, 4), [seen(UUID(int=0), 2, 1), seen(UUID(int=1), 2, 0)])
    (group,) = found.groups
    assert (group.people.of, group.people.selected, group.decisions.of) == (4, 1, 4)


def test_who_has_a_match_of_long_ago_counts_as_selected() -> None:
    standing = Selection(candidate_id=UUID(int=0), matched=True, decided=0, shown=0)
    (group,) = audit(dict.fromkeys(people(0, 2), "a"), people(0, 2), [standing]).groups
    assert (group.people.selected, group.decisions.of) == (1, 0)


def test_small_groups_are_named_and_nobody_is_judged_by_nothing() -> None:
    found = audit(dict.fromkeys(people(0, SMALL), "a") | {UUID(int=99): "b"}, [*people(0, SMALL), UUID(int=99)], [])
    assert [(group.group, group.small) for group in found.groups] == [("a", False), ("b", True)]
    for group in found.groups:
        assert (group.people.rate, group.people.impact_ratio, group.people.adverse) == (0.0, None, False)
        assert group.decisions.rate is None


def test_nobody_is_judged_by_the_luck_of_a_few() -> None:
    many, other, few = people(0, 100), people(200, 100), people(500, 2)
    groups = dict.fromkeys(many, "many") | dict.fromkeys(other, "other") | dict.fromkeys(few, "few")
    selections = [seen(one, 1, 1) for one in (*many[:70], *other[:50], *few)]
    lucky, best, worse = audit(groups, [*many, *other, *few], selections).groups
    assert (lucky.small, lucky.people.rate, lucky.people.adverse) == (True, 1.0, False)
    assert (best.people.impact_ratio, best.people.adverse) == (1.0, False)
    assert (worse.people.impact_ratio, worse.people.adverse) == (pytest.approx(5 / 7), True)


def test_who_is_no_candidate_and_who_is_in_no_group_is_counted() -> None:
    found = audit({UUID(int=1): "a", UUID(int=2): "a"}, [UUID(int=1), UUID(int=3)], [seen(UUID(int=3), 1, 1)])
    assert (found.unknown, found.ungrouped, found.groups[0].people.of) == (1, 1, 1)
