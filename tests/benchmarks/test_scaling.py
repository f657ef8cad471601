"""docs/scaling.md is what the model says, and the model says what is sensible."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from benchmarks.load.measuring import MEASURED
from benchmarks.scaling.costs import SIZES, Assumptions, Cost, Costs, Prices, Size
from benchmarks.scaling.model import Model
from benchmarks.scaling.page import page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_what_the_model_says_and_what_was_measured():
    kept = json.loads(MEASURED.read_text(encoding="utf-8"))
    written = (DOCS / "scaling.md").read_text(encoding="utf-8")
    assert written == page(Model(), Prices(), kept), "run python -m benchmarks.scaling"


def test_every_source_that_is_a_document_is_there():
    sources = {cost.source for cost in Costs().rows()}
    assert [source for source in sources if source.endswith(".md") and not (DOCS / source).is_file()] == []


@pytest.mark.parametrize("part", [each.part for each in Model().plan(SIZES[0]).machines])
def test_more_of_everything_never_needs_less_of_a_part(part):
    cores = [machines.count * machines.vcpu for size in SIZES for machines in [Model().plan(size).of(part)]]
    assert cores == sorted(cores)
    assert cores[0] > 0


@pytest.mark.parametrize("given", [Costs(), Assumptions()])
def test_every_number_of_the_tables_counts(given):
    before = Model().plan(SIZES[-1])
    for each in fields(given):
        value = getattr(given, each.name)
        plans = []
        for times in (10_000, 1 / 10_000):
            changed = replace(given, **{each.name: replace(value, value=value.value * times)})
            model = Model(costs=changed) if isinstance(given, Costs) else Model(assumed=changed)
            plans.append(model.plan(SIZES[-1]))
        assert plans != [before, before], each.name


def test_a_dearer_search_needs_more_of_the_index_and_of_nothing_else():
    dear = Model(costs=replace(Costs(), search_index=Cost(95, "ms", "", "")))
    before, after = (model.plan(Size("", 1e6, 1e7)) for model in (Model(), dear))
    changed = [each.part for each, other in zip(before.machines, after.machines, strict=True) if each != other]
    assert changed == ["typesense"]
    assert after.cost(Prices()) > before.cost(Prices())


def test_half_the_headroom_takes_twice_the_processors_of_a_busy_part():
    assumed = replace(Assumptions(), busy=replace(Assumptions().busy, value=0.3))
    size = Size("", 1e6, 1e8)
    plain, careful = Model().plan(size).of("worker: task"), Model(assumed=assumed).plan(size).of("worker: task")
    assert careful.count == pytest.approx(2 * plain.count, abs=1)


def test_a_collection_never_holds_more_than_it_may():
    for size in SIZES:
        assert size.postings / Model().shards(size) <= Assumptions().shard_postings.value
        assert Model().plan(size).of("typesense").gib <= Assumptions().node_memory.value
