"""A typed query, taken apart."""

import pytest

from quiethire.domain.search_words import MAX_TERMS, asked


@pytest.mark.parametrize(
    ("q", "words", "phrases", "excluded"),
    [
        ("data engineer", ("data", "engineer"), (), ()),
        ('"data engineer" berlin', ("berlin",), ("data engineer",), ()),
        ("„Data Engineer“ «remote first»", (), ("Data Engineer", "remote first"), ()),
        ("engineer -senior --lead", ("engineer",), (), ("senior", "lead")),
        ('engineer -"sales manager" -full-stack', ("engineer",), (), ("sales manager", "full stack")),
        ("full-stack c++ c# .net", ("full", "stack", "c++", "c#", ".net"), (), ()),
        ("engineer, software/(web) - a_b", ("engineer", "software", "web", "a", "b"), (), ()),
        ('"data engineer', ("data", "engineer"), (), ()),
        ('data "" -"" - -- `', ("data",), (), ()),
        ("Koch (m/w/d)", ("Koch",), (), ()),
        ("Comptable H/F", ("Comptable",), (), ()),
        ("I/O engineer r&d", ("I", "O", "engineer", "r", "d"), ("r d",), ()),
        ("AT&T sales", ("AT", "T", "sales"), ("AT T",), ()),
        (".NET developer", (".NET", "developer"), (), ()),
        ("Marketing&Sales AT&", ("Marketing", "Sales"), (), ()),
        ("engineer −intern －lead –trainee — Berlin", ("engineer", "Berlin"), (), ("intern", "lead", "trainee")),
        ("python jobs", ("python",), (), ()),
        ("jobs", (), (), ()),
        ("Jobs in", (), (), ()),
        ("in", ("in",), (), ()),
        ("data engineer jobs in Berlin", ("data", "engineer", "Berlin"), (), ()),
        ("Erzieher/in bei Northwind", ("Erzieher", "Northwind"), (), ()),
        ('in "plug in"', (), ("plug in",), ()),
        ("engineer – berlin", ("engineer", "berlin"), (), ()),
        ("* \x00 … 🦀", ("🦀",), (), ()),
        ("a`-b", ("a", "b"), (), ()),
        ("Chargé d’études -women’s", ("Chargé", "d'études"), (), ("women's",)),
    ],
)
def test_words_phrases_and_exclusions_are_told_apart(q, words, phrases, excluded):
    parts = asked(q)
    assert (parts.words, parts.phrases, parts.excluded) == (words, phrases, excluded)


@pytest.mark.parametrize("q", ["", "  ", "-", '"', "-" * 300, '""', "*", "(m/w/d)"])
def test_a_query_without_words_asks_nothing(q):
    assert asked(q).matches_all


def test_only_so_many_words_are_looked_at():
    parts = asked(" ".join(f"w{number} -x{number}" for number in range(50)))
    assert (len(parts.words), len(parts.excluded)) == (MAX_TERMS, MAX_TERMS)


@pytest.mark.parametrize(
    ("q", "is_open"),
    [
        ("develop", True),
        ("c#/.NET", False),
        ("(.NET)", False),
        (".net develop", True),
        ("node.js", True),
        ('"data"', False),
    ],
)
def test_what_begins_with_a_dot_is_no_beginning(q, is_open):
    assert asked(q).ends_open is is_open
