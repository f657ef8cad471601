"""The truth of the text benchmark is made by one rule for all of its cases."""

from pathlib import Path

from benchmarks.text import BY_EYE, cases, known_as


def test_every_case_with_a_flag_was_read_by_eye_whether_the_reader_gets_it_right_or_not(corpus: Path) -> None:
    flagged = [case for case in cases(corpus) if case.flag is not None]

    assert len(flagged) > 50
    assert {known_as(case.label) for case in flagged} == set(BY_EYE)
    assert [case.workplace for case in flagged] == [BY_EYE[known_as(case.label)] for case in flagged]
