"""Clusters: the same whatever the order, and no wider than the pairs allow."""

import itertools
import random

import pytest

from quiethire.domain.cluster import COPY_RANK
from services.duplicates.clusters import arrange, gathered
from services.duplicates.texts import likeness

WORDS = [f"word{number}" for number in range(2_000)]


def words(seed: int, count: int = 300) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=count))


def clusters(*given):
    """The postings' numbers by cluster, each named by the place it has in `given`."""
    placed = arrange(given)
    number = {each.job_id: n for n, each in enumerate(given)}
    groups: dict[object, set[int]] = {}
    for job_id, placement in placed.items():
        groups.setdefault(placement.cluster, set()).add(number[job_id])
    return sorted(map(sorted, groups.values()))


def test_a_job_of_two_cities_does_not_join_the_jobs_of_each(known):
    berlin = known("greenhouse/northwind/1", cities=("Berlin",), seen=0)
    both = known("https://jobs.example/1", cities=("Berlin", "Munich"), seen=1)
    munich = known("lever/northwind/2", cities=("Munich",), seen=2)
    assert clusters(berlin, both, munich) == [[0, 1], [2]]


def test_what_one_board_lists_apart_stays_apart_whatever_is_like_both(known):
    first = known("greenhouse/northwind/1", cities=("Berlin", "Munich"), seen=0)
    second = known("greenhouse/northwind/2", cities=("Munich",), seen=1)
    copy = known("https://jobs.example/1", cities=("Munich",), seen=2)
    assert clusters(first, second, copy) == [[0], [1, 2]]
    early = copy.model_copy(update={"first_seen_at": first.first_seen_at.replace(year=2025)})
    assert clusters(first, second, early) == [[0], [1, 2]]


def test_a_name_leads_on_where_likeness_does_not(known):
    ats = known("greenhouse/northwind/4000001", seen=0)
    page = known("https://northwind.example/open?gh_jid=4000001", cities=("Munich",), seen=1)
    copy = known("https://jobs.example/1", cities=("Munich",), seen=2)
    assert clusters(ats, page, copy) == [[0, 1, 2]]


def test_the_order_in_which_postings_come_does_not_matter(known):
    texts = (words(1), words(1, 290), words(2))
    given = [
        known(f"{ats}/northwind/{number}", cities=cities, seen=number % 5, description_text=texts[number % 3])
        for number, (ats, cities) in enumerate(
            itertools.product(("greenhouse", "lever", "ashby"), (("Berlin",), ("Berlin", "Munich"), ("Munich",), ()))
        )
    ]
    assert likeness(given[0].text, given[1].text) > 0.9
    expected = arrange(given)
    for seed in range(10):
        assert arrange(random.Random(seed).sample(given, len(given))) == expected


def test_a_cluster_is_called_after_its_earliest_posting_and_of_one_moment_after_the_least_id(known):
    first, second = known("greenhouse/northwind/1", seen=1), known("lever/northwind/1", seen=0)
    assert {at.cluster for at in arrange([first, second]).values()} == {second.job_id}
    same = first.model_copy(update={"first_seen_at": second.first_seen_at})
    assert {at.cluster for at in arrange([same, second]).values()} == {min(same.job_id, second.job_id, key=str)}


@pytest.mark.parametrize("name", ["Zenit Staffing", "Zenit"])
def test_the_copy_is_the_one_whose_text_does_not_name_its_company_even_if_it_was_seen_first(known, name):
    text = words(4)
    copy = known("https://zenit.example/1", company_name=name, description_text=text, seen=0)
    original = known("greenhouse/northwind/1", description_text=f"{text} Northwind hires.", seen=1)
    placed = arrange([copy, original])
    assert (placed[copy.job_id].rank >= COPY_RANK, placed[original.job_id].rank) == (True, 0)
    assert placed[copy.job_id].is_copy
    assert not placed[original.job_id].is_copy


def test_an_employer_whose_name_bears_its_legal_form_is_no_copy_of_an_agency_that_names_itself(known):
    text = words(4)
    own = known(
        "greenhouse/northwind/1", company_name="Northwind GmbH", description_text=f"At Northwind {text}", seen=0
    )
    agency = known(
        "https://zenit.example/1", company_name="Zenit", description_text=f"Zenit hires for others. {text}", seen=1
    )
    placed = arrange([own, agency])
    assert placed[agency.job_id].is_copy
    assert not placed[own.job_id].is_copy


def test_a_listing_elsewhere_ranks_behind_the_employer_s_own(known):
    elsewhere, own = known("https://jobs.example/1", seen=0), known("greenhouse/northwind/1", seen=1)
    placed = arrange([elsewhere, own])
    assert placed[own.job_id].rank < placed[elsewhere.job_id].rank < COPY_RANK


def test_only_postings_with_mates_are_gathered(known):
    one, other, alone = (
        known("greenhouse/northwind/1"),
        known("lever/northwind/1"),
        known("lever/northwind/2", title="Cook"),
    )
    assert set(gathered(arrange([one, other, alone]))) == {one.job_id, other.job_id}
