"""The figures that docs/accuracy.md publishes are reached on the corpus, as the command line answers."""

import pytest

from benchmarks.accuracy import TARGETS, document, encodings, measure
from benchmarks.report import COMPARE
from benchmarks.structured_data import posting_of


@pytest.fixture(scope="module")
def measured(corpus, tmp_path_factory):
    if not (corpus.parent / "tools").is_dir():
        pytest.skip(f"no scorers beside the corpus at {corpus}")
    return measure(corpus, tmp_path_factory.mktemp("accuracy"))


@pytest.mark.parametrize("figure", TARGETS)
def test_the_target_is_reached(measured, figure):
    sign, target = TARGETS[figure]
    assert COMPARE[sign](measured.figures()[figure], target)


def test_the_document_sets_every_field_beside_the_baseline(measured, corpus):
    shown = document(measured, measured.postings, encodings(corpus, lambda body: "utf-8"))
    rows = [line.split("|")[1].strip() for line in shown.splitlines() if line.startswith("| ")]
    for name in measured.postings.fields:
        assert name.replace("_", " ") in rows
    assert f"{measured.postings.macro:.3f}" in shown
    assert "82/82" in shown


def test_the_baseline_reads_what_structured_data_states():
    markup = """<script type="application/ld+json">{"@graph": [{"@type": "JobPosting", "title": "Cook",
    "hiringOrganization": {"name": "Northwind"}, "jobLocation": {"address": {"addressLocality": "Porto"}},
    "datePosted": "2026-10-20T08:00:00Z", "baseSalary": {"currency": "EUR", "value": {"minValue": 1200, "maxValue": "1400",
    "unitText": "MONTH"}}}]}</script>"""
    found = posting_of(markup, "https://x.example/")
    assert found is not None
    assert (found["title"], found["company"], found["locations"], found["posted_at"]) == (
        "Cook",
        "Northwind",
        ["Porto"],
        "2026-10-20",
    )
    assert [found[f"salary_{name}"] for name in ("min", "max", "currency", "period")] == [1200, 1400, "EUR", "month"]
    assert posting_of("<h1>Cook</h1>", "https://x.example/") is None
